"""`agreements` and `preview`: what is known, and what a subscription would be sent."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from flows.commands.parameters import DAY, SPAN, countries, pair_of, sectors, stages
from flows.exits import Exit, Stop

FORMATS = click.Choice(["table", "json", "csv", "xlsx"])


@click.group(invoke_without_command=True, short_help="List agreements, or show one with all that is known.")
@click.option("--country", multiple=True, help="ISO 3166-1 alpha-2 code of either side; may be repeated.")
@click.option("--pair", multiple=True, metavar="KZ-RW", help="Both sides; may be repeated.")
@click.option("--sector", multiple=True, help="Sector code; may be repeated.")
@click.option("--stage", multiple=True, help="signed, in_force, planned or ended; may be repeated.")
@click.option("--since", type=DAY, help="First day of the newest stage, 2026-11-01, or a span back from today, 30d.")
@click.option("--until", type=DAY, help="Last day of the newest stage.")
@click.option("--outlet", default="", help="Part of an outlet's name, or a feed's key.")
@click.option("--confidence", type=click.FloatRange(0, 1), default=0.0, help="Least confidence.")
@click.option("--text", default="", help="Words in any language, in titles, subjects, bodies, headlines and evidence.")
@click.option("--idle", is_flag=True, help="Signed at least 18 months ago and not in force.")
@click.option("--rejected", is_flag=True, help="Also those that a person withdrew.")
@click.option(
    "--order", type=click.Choice(["latest", "first_seen", "confidence", "key"]), default="latest", show_default=True
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.pass_context
def agreements(ctx: click.Context, /, **given: Any) -> None:
    """List agreements, newest first; `agreements show ID` tells all of one."""
    if ctx.invoked_subcommand:
        return
    import storage
    from flows.app import opened

    form = "json" if given["as_json"] else given["form"]
    query = _query(given)
    _fitting(form, given["output"])
    with opened() as app, storage.reading(app.engine) as session:
        if given["idle"]:
            waiting = storage.idle(session, datetime.now(UTC), query)
            found, total = waiting[: query.limit], len(waiting)
        else:
            found, total = storage.agreements(session, query), storage.count(session, query)
        _write(found, form, given["output"], app.settings.site.url)
    if total > len(found):
        click.echo(f"{len(found)} of {total}; --limit shows more", err=True)


def _query(given: dict[str, Any]) -> Any:
    import storage
    from classify.model import Stage

    return storage.Query(
        countries=countries(given["country"]),
        pairs=tuple(pair_of(text) for text in given["pair"]),
        sectors=sectors(given["sector"]),
        stages=tuple(Stage(code) for code in stages(given["stage"])),
        since=given["since"],
        until=given["until"],
        outlet=given["outlet"],
        confidence=given["confidence"],
        text=given["text"],
        rejected=given["rejected"],
        order=given["order"],
        limit=given["limit"],
    )


def _fitting(form: str, output: Path | None) -> None:
    if form == "table" and output:
        raise Stop("--output needs --format json, csv or xlsx", Exit.USAGE)
    if form == "xlsx" and output is None:
        raise Stop("--format xlsx needs --output FILE", Exit.USAGE)


def _write(found: list[Any], form: str, output: Path | None, site_url: str) -> None:
    from alerts import exports
    from flows.summary import agreement_row
    from flows.tables import print_table

    if form == "table":
        print_table([agreement_row(one) for one in found], empty="no agreements")
        return
    makers = {"json": exports.to_json, "csv": exports.to_csv, "xlsx": exports.to_xlsx}
    body = makers[form](found, site_url)
    if output:
        output.write_bytes(body)
        click.echo(f"{len(found)} agreements in {output}", err=True)
    else:
        sys.stdout.buffer.write(body)


@agreements.command(short_help="Show all that is known of one agreement.")
@click.argument("key", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(key: str, as_json: bool) -> None:
    """Show all that is known of one agreement, by its id or any id that it ever had."""
    import json

    import storage
    from alerts import exports
    from flows.app import opened
    from flows.summary import agreement_text

    with opened() as app, storage.reading(app.engine) as session:
        found = storage.get(session, key)
        if as_json:
            click.echo(json.dumps(exports.document(found, app.settings.site.url), ensure_ascii=False, indent=2))
        else:
            click.echo(agreement_text(found))


@click.command(short_help="Show what a subscription would have been sent.")
@click.argument("name", required=False)
@click.option("--since", type=SPAN, default="30d", show_default=True, help="How far back: 30d, 2w, or a date.")
@click.option("--open", "open_", is_flag=True, help="Open the HTML in the browser.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the HTML to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the agreements as JSON.")
def preview(name: str | None, since: timedelta | date, open_: bool, output: Path | None, as_json: bool) -> int:
    """Show what subscription NAME would have been sent, and warn of a filter that matches nothing or everything.

    Nothing is sent or remembered.
    """
    from flows.app import opened
    from flows.previewing import preview as work

    now = datetime.now(UTC)
    start = now - since if isinstance(since, timedelta) else datetime.combine(since, datetime.min.time(), UTC)
    with opened() as app:
        shown = work(app, name, start, now)
    if as_json:
        sys.stdout.buffer.write(shown.as_json())
    else:
        click.echo(shown.message.text)
    for warning in shown.warnings:
        click.echo(f"warning: {warning}", err=True)
    if output or open_:
        path = shown.save(output)
        click.echo(f"{path} written", err=True)
        if open_:
            click.launch(str(path))
    return Exit.DONE
