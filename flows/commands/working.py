"""The main job: `run`, `ingest`, `digest`."""

import json
from datetime import UTC, datetime

import click

from flows.exits import Exit

JSON = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
DUE = click.option("--due", is_flag=True, help="Only what is due by its rhythm, as the schedules do.")


@click.command(short_help="Do the whole job once: read the feeds, send the news.")
@JSON
def run(as_json: bool) -> int:
    """Do the whole job once: read all feeds, then send every subscription its news.

    With nothing configured: the built-in watch list, SQLite in the data folder, and one digest of everything new as
    files in the outbox folder there.
    """
    from flows import archives, logs, running
    from flows.summary import run_json, run_text

    if not as_json:
        logs.leave_to_summary()
    with running.opened() as job:
        now = datetime.now(UTC)
        ingested, told = job.ingest(now), job.digest(now)
        archives.retain(job.app, now)
        text = json.dumps(run_json(job.app, ingested, told), ensure_ascii=False, indent=2) if as_json else None
        click.echo(text or run_text(job.app, ingested, told, now))
    return Exit.PARTLY if told.failed or ingested.nothing_read else Exit.DONE


@click.command(short_help="Read the feeds and store what is new; send nothing.")
@DUE
@JSON
def ingest(due: bool, as_json: bool) -> int:
    """Read the feeds: fetch, classify, store, merge; send nothing."""
    from flows import logs, running
    from flows.summary import ingest_json, ingest_text

    if not as_json:
        logs.leave_to_summary()
    with running.opened() as job:
        done = job.ingest(datetime.now(UTC), due)
        click.echo(json.dumps(ingest_json(done), ensure_ascii=False, indent=2) if as_json else ingest_text(done))
    return Exit.PARTLY if done.nothing_read else Exit.DONE


@click.command(short_help="Send every subscription its news; read no feed.")
@DUE
@JSON
def digest(due: bool, as_json: bool) -> int:
    """Compose a digest for every subscription that has news, and deliver it; read no feed."""
    from flows import logs, running
    from flows.summary import digest_json, digest_text

    if not as_json:
        logs.leave_to_summary()
    with running.opened() as job:
        told = job.digest(datetime.now(UTC), due)
        click.echo(json.dumps(digest_json(told), ensure_ascii=False, indent=2) if as_json else digest_text(told))
    return Exit.PARTLY if told.failed else Exit.DONE
