"""`agreements` and `preview`: what is known, and what a subscription would be sent."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from flows.commands.parameters import COUNTRY, DAY, PAIR, SECTOR, SHARE, SPAN, STAGE
from flows.exits import Exit

FORMATS = ("table", "json", "csv", "xlsx")
ROWS = 50
"""Lines of a table where no limit is asked for; files are whole."""


@click.group(invoke_without_command=True, short_help="List agreements, or show one with all that is known.")
@click.option("--country", type=COUNTRY, multiple=True, help="Either side: KZ, KAZ or Kazakhstan; may be repeated.")
@click.option("--pair", type=PAIR, multiple=True, metavar="KZ-RW", help="Both sides; may be repeated.")
@click.option("--sector", type=SECTOR, multiple=True, help="Sector code, such as mining; may be repeated.")
@click.option("--stage", type=STAGE, multiple=True, help="signed, in_force, planned or ended; may be repeated.")
@click.option("--since", type=DAY, help="First day of the newest stage, 2026-11-01, or a span back from today, 30d.")
@click.option("--until", type=DAY, help="Last day of the newest stage. Where no day is known, neither holds.")
@click.option("--outlet", default="", help="Part of an outlet's name, or a feed's key.")
@click.option("--confidence", type=SHARE, default=0.0, help="Least confidence, 0 to 1.")
@click.option("--text", default="", help="Words in any language, in titles, subjects, bodies, headlines and evidence.")
@click.option("--idle", is_flag=True, help="Signed at least 18 months ago and not in force.")
@click.option("--rejected", is_flag=True, help="Also those that a person withdrew.")
@click.option(
    "--order", type=click.Choice(["latest", "first_seen", "confidence", "key"]), default="latest", show_default=True
)
@click.option("--limit", type=click.IntRange(1), help=f"At most so many.  [default: {ROWS} in a table, else all]")
@click.option("--format", "form", type=click.Choice(FORMATS), help="[default: table, or by the ending of --output]")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.pass_context
def agreements(ctx: click.Context, /, **given: Any) -> None:
    """List agreements, newest first; `agreements show ID` tells all of one."""
    if ctx.invoked_subcommand:
        return
    form = _form(given["form"], given["as_json"], given["output"])
    import storage
    from flows.app import opened

    query = _query(given, given["limit"] or (ROWS if form == "table" else None))
    with opened() as app, storage.reading(app.engine) as session:
        if given["idle"]:
            waiting = storage.idle(session, datetime.now(UTC), query)
            found, total = waiting[: query.limit], len(waiting)
        else:
            found, total = storage.agreements(session, query), storage.count(session, query)
        _write(found, form, given["output"], app.settings.site.url)
    if total > len(found):
        click.echo(f"{len(found):,} of {total:,}; --limit {total} shows all", err=True)


def _query(given: dict[str, Any], limit: int | None) -> Any:
    import storage

    if given["since"] and given["until"] and given["since"] > given["until"]:
        raise click.UsageError(f"--since {given['since']} is after --until {given['until']}: no day lies between them")
    alike = ("since", "until", "outlet", "confidence", "text", "rejected", "order")
    return storage.Query(
        countries=given["country"],
        pairs=given["pair"],
        sectors=given["sector"],
        stages=given["stage"],
        limit=limit,
        **{name: given[name] for name in alike},
    )


def _form(form: str | None, as_json: bool, output: Path | None) -> str:
    """The format that the options ask for together; `UsageError` where they contradict each other."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} contradict each other")
    ending = output.suffix.lower().removeprefix(".") if output else ""
    found = form or ("json" if as_json else ending if ending in FORMATS else "table")
    if found == "table" and output:
        raise click.UsageError("--output needs a name that ends in .json, .csv or .xlsx, or one of these by --format")
    if found == "xlsx" and output is None:
        raise click.UsageError("--format xlsx needs --output FILE")
    return found


def _write(found: list[Any], form: str, output: Path | None, site_url: str) -> None:
    from alerts import exports
    from alerts.display import counted
    from flows.output import binary, into
    from flows.summary import agreement_row
    from flows.tables import print_table

    if form == "table":
        print_table([agreement_row(one) for one in found], empty="no agreements")
        return
    makers = {"json": exports.to_json, "csv": exports.to_csv, "xlsx": exports.to_xlsx}
    body = makers[form](found, site_url)
    if output:
        into(output, body)
        click.echo(f"{counted(len(found), 'agreement')} in {output}", err=True)
    else:
        binary(body)


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
    from flows.output import binary
    from flows.previewing import preview as work

    now = datetime.now(UTC)
    start = now - since if isinstance(since, timedelta) else datetime.combine(since, datetime.min.time(), UTC)
    with opened() as app:
        shown = work(app, name, start, now)
    if as_json:
        binary(shown.as_json())
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
