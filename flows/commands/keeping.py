"""Keeping the store: `backfill`, `reclassify`, `site`, `backup`, `restore`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from flows.exits import Exit, Stop


@click.command(short_help="Take archives of JSON lines in; nothing is mailed.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--tell", is_flag=True, help="Let the next digests tell what is new in it, however old.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def backfill(files: tuple[Path, ...], tell: bool, as_json: bool) -> int:
    """Take archives in: JSON lines with title, text, url, published, lang; plain, .gz or .zst.

    Nothing of it is mailed, now or by a later digest, unless you say --tell.

    A stopped backfill goes on where it was when called again. Lines that cannot be read go to FILE.bad.jsonl.
    """
    from alerts.display import counted
    from flows.archives import backfill as work

    outcomes = work(files, tell=tell)
    if as_json:
        click.echo(json.dumps(outcomes, ensure_ascii=False, indent=2))
    else:
        for one in outcomes:
            click.echo(
                f"{one['file']}: {one['lines']:,} lines, {one['new']:,} items new, {one['known']:,} known, "
                f"{one['bad']:,} bad, {one['agreements']:,} agreements new"
            )
    for one in outcomes:
        if one["problem"]:
            click.echo(f"{one['file']}: {one['problem']}", err=True)
        if one["bad"]:
            bad = counted(one["bad"], "line")
            click.echo(f"{one['file']}: {bad} could not be read; what and why is in {one['bad_lines']}", err=True)
    return Exit.PARTLY if any(one["bad"] or one["problem"] for one in outcomes) else Exit.DONE


@click.command(short_help="Read again what an earlier version labelled.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def reclassify(as_json: bool) -> None:
    """Read all items again whose labels are of an earlier version; change what must change, mail nothing old."""
    from flows.archives import reclassify as work

    done = work()
    if as_json:
        click.echo(json.dumps(done, indent=2))
    else:
        click.echo(
            f"{done['items']:,} items read again, {done['changed']:,} with other labels; "
            f"{len(done['new'])} agreements new, {len(done['moved'])} changed"
        )


@click.command(short_help="Write the archive site.")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def site(folder: Path | None, as_json: bool) -> None:
    """Write the archive site to FOLDER (else site.folder of the settings); only what changed is written."""
    from flows.archives import site as work

    built = work(folder)
    if as_json:
        click.echo(json.dumps(asdict(built) | {"folder": str(built.folder)}, indent=2))
    else:
        click.echo(
            f"{built.folder}: {built.written} files written, {built.unchanged} as they were, {built.removed} removed"
        )


@click.command(short_help="Copy the store, also while others write.")
@click.argument("target", required=False, type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path | None) -> None:
    """Copy the store, also while others write, to TARGET (else a dated file in the data folder's backups)."""
    from flows.archives import backup as work

    click.echo(f"{work(target)} written; `pactwatch restore` puts it back")


@click.command(short_help="Put a backup in the place of the store.")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Don't ask; needed where there is no terminal to ask at.")
def restore(source: Path, yes: bool) -> None:
    """Put a backup in the place of the store; what was there is kept as a backup."""
    from flows.archives import restore as work

    if not yes and not sys.stdin.isatty():
        raise Stop("restore: needs --yes, for there is no terminal to ask at; nothing was changed", Exit.USAGE)
    if not yes:
        click.confirm("Put this backup in the place of the present store?", abort=True)
    kept = work(source)
    click.echo("restored" + (f"; what was there lies in {kept}" if kept else ""))
