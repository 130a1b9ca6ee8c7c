"""`feeds`: what is watched and how it fares; try, add, import, export."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from flows.exits import Exit, Stop

if TYPE_CHECKING:
    from seeds import Feed


@click.group(invoke_without_command=True, short_help="Show how the watched feeds fare; check, add, import.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--trouble", is_flag=True, help="Only those that need a look.")
@click.pass_context
def feeds(ctx: click.Context, as_json: bool, trouble: bool) -> None:
    """Show every watched feed and its state: fine, quiet, failing since, moved, gone, undated, not a feed."""
    if ctx.invoked_subcommand:
        return
    import storage
    from flows.app import opened
    from flows.health import health_data, health_rows
    from flows.tables import print_table

    with opened() as app, storage.transaction(app.engine) as session:
        storage.watch(session, app.feeds)
        found = storage.health(session)
    chosen = [one for one in found if not trouble or one.state not in ("new", "fine", "quiet")]
    if as_json:
        click.echo(json.dumps([health_data(one) for one in chosen], ensure_ascii=False, indent=2))
    else:
        print_table(health_rows(chosen), empty="no feed needs a look" if trouble else "no feeds are watched")


@feeds.command(short_help="Read a feed once and say what it gives.")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def check(url: str, as_json: bool) -> int:
    """Read the feed at URL once and say what it gives; nothing is stored."""
    import asyncio

    import feeds as room
    from flows.app import rules
    from flows.health import tried_rows, tried_text
    from flows.loading import load

    tried = asyncio.run(room.check(url, rules(load().settings)))
    click.echo(json.dumps(tried_rows(tried), ensure_ascii=False, indent=2) if as_json else tried_text(tried))
    return Exit.DONE if tried.ok else Exit.FAILED


@feeds.command(short_help="Show one feed with the history of its polls.")
@click.argument("key")
@click.option("--limit", default=20, type=click.IntRange(1), help="Polls to show, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(key: str, limit: int, as_json: bool) -> None:
    """Show the feed KEY: its state, when it is asked next, and what came of its polls."""
    import storage
    from flows.app import opened
    from flows.health import feed_data, feed_text, history_rows
    from flows.tables import print_table

    with opened() as app, storage.transaction(app.engine) as session:
        storage.watch(session, app.feeds)
        found = next((one for one in storage.health(session) if one.key == key), None)
        if found is None:
            raise Stop(f"no feed has the key {key!r}; `pactwatch feeds` shows them all", Exit.USAGE)
        polls = storage.history(session, key, limit)
        memory = storage.remembered(session, [key]).get(key)
        asked = memory.url if memory and memory.declared == found.url else found.url
        if as_json:
            click.echo(json.dumps(feed_data(found, asked, polls), ensure_ascii=False, indent=2))
            return
        click.echo(feed_text(found, asked) + "\n")
        print_table(history_rows(polls), empty="it was never read")


@feeds.command(short_help="Take over the new address of a feed that moved.")
@click.argument("key")
def confirm(key: str) -> None:
    """Say that the moved feed KEY is right as it is now: its new address, or its new contents, are taken over."""
    import feeds as room
    import storage
    from flows.app import opened

    with opened() as app, storage.transaction(app.engine) as session:
        storage.watch(session, app.feeds)
        memory = storage.remembered(session, [key]).get(key)
        if memory is None:
            raise Stop(f"no feed has the key {key!r}; `pactwatch feeds` shows them all", Exit.USAGE)
        if memory.state != "moved":
            raise Stop(f"{key} has not moved: it is {memory.state}", Exit.USAGE)
        confirmed = room.confirm(memory)
        storage.keep(session, {key: confirmed})
    click.echo(f"{key} is read from {confirmed.url} from now on")


@feeds.command(short_help="Find the feed of a page and write it to your feeds.toml.")
@click.argument("url")
@click.option("--outlet", default="", help="Name of the outlet; else the feed's own title.")
@click.option("--country", default="", help="ISO 3166-1 alpha-2 code of its country.")
@click.option("--lang", default="", help="BCP 47 code of its language; else what the feed says.")
@click.option("--official", default="", help="Country code, where a government speaks here.")
def add(url: str, outlet: str, country: str, lang: str, official: str) -> None:
    """Find the feed of the page (or feed) at URL and write it to your feeds.toml."""
    import asyncio

    import feeds as room
    from flows.app import declared, rules
    from flows.loading import load
    from seeds import add_feeds
    from seeds.address import normal

    located = load()
    known = {normal(feed.url): feed for feed in declared(located)}
    found = asyncio.run(room.discover(url, rules(located.settings)))
    if not found:
        raise Stop(f"{url}: no feed found there; `pactwatch feeds check URL` tries one address")
    feed = room.declare(
        found[0],
        outlet=outlet,
        country=country.upper(),
        lang=lang,
        official=official.upper(),
        taken={feed.key for feed in known.values()},
    )
    if same := known.get(normal(feed.url)):
        click.echo(_known(same))
    else:
        add_feeds(located.feeds_file, [feed])
        click.echo(f"{feed.key}: {feed.url} added to {located.feeds_file}")
    for other in found[1:]:
        click.echo(f"  also there: {other.feed.url}", err=True)


@feeds.command("import", short_help="Add the feeds of OPML files to your feeds.toml.")
@click.argument("files", type=click.File("rb"), nargs=-1, required=True)
def import_(files: tuple[BinaryIO, ...]) -> int:
    """Add the feeds of OPML FILES (- for standard input) to your feeds.toml; nothing is fetched.

    Folders and categories are read through; what is watched already is left as it is.
    """
    from flows.app import declared
    from flows.loading import load
    from seeds import add_feeds, opml

    located = load()
    found = opml.gather(((file.name, file.read()) for file in files), declared(located))
    if found.fresh:
        add_feeds(located.feeds_file, found.fresh)
    for feed in found.known:
        if not feed.enabled:
            click.echo(_known(feed), err=True)
    for line in found.refused:
        click.echo(f"left out: {line}", err=True)
    known = f", {len(found.known)} watched already" if found.known else ""
    left = f", {len(found.refused)} left out" if found.refused else ""
    click.echo(f"{len(found.fresh)} feeds added to {located.feeds_file}{known}{left}")
    return Exit.PARTLY if found.refused else Exit.DONE


def _known(feed: "Feed") -> str:
    """That an address is declared already, and what that means."""
    if feed.enabled:
        return f"{feed.key}: {feed.url} is watched already"
    why = f" ({feed.off_because})" if feed.off_because else ""
    return f"{feed.key}: {feed.url} is switched off{why}; an entry of your own with this key switches it on"


@feeds.command(short_help="Write all watched feeds as OPML.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
def export(file: Path | None) -> None:
    """Write all watched feeds as OPML to FILE, or to standard output."""
    from flows.app import declared
    from flows.loading import load
    from flows.output import binary, into
    from seeds import opml

    body = opml.write([feed for feed in declared(load()) if feed.enabled])
    if file:
        into(file, body)
    else:
        binary(body)
