"""`correct`: a person's decisions on agreements; kept, shown, and stronger than any later report."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from flows.commands.parameters import PAIR, SECTOR, STAGE

BY = click.option("--by", default="", help="Who decides; shown in the record of changes.")
WHY = click.option("--why", default="", help="Why; shown in the record and told to those who were told otherwise.")
ID = click.argument("key", metavar="ID")


@click.group(short_help="Reject, change, merge or split agreements.")
def correct() -> None:
    """Correct the record: reject or restore an agreement, change its labels, merge two, split one.

    A decision survives reclassification and later reports. Those who were told of a rejected agreement are told once.
    """


def _decide(work: Callable[[Any, datetime], str]) -> None:
    import storage
    from flows.app import opened

    with (
        opened() as app,
        storage.lease(app.engine, "ingest", app.settings.wait, what="a correction"),
        storage.transaction(app.engine) as session,
    ):
        click.echo(work(session, datetime.now(UTC)))


@correct.command()
@ID
@click.option("--why", required=True, help="Why; shown in the record and told to those who were told otherwise.")
@BY
def reject(key: str, why: str, by: str) -> None:
    """Withdraw an agreement: it is no news, or none at all. --why is told to the readers."""
    from storage import correct as room

    _decide(lambda session, now: f"{room.reject(session, key, why, by=by, now=now).key} rejected")


@correct.command()
@ID
@WHY
@BY
def restore(key: str, why: str, by: str) -> None:
    """Take a rejection back."""
    from storage import correct as room

    _decide(lambda session, now: f"{room.restore(session, key, why, by=by, now=now).key} restored")


@correct.command(short_help="Change what the reports of an agreement tell.")
@ID
@click.option("--stage", type=STAGE, help="signed, in_force, planned, ended, or none: they tell of no agreement.")
@click.option("--pair", type=PAIR, metavar="KZ-RW", help="The two countries.")
@click.option("--sector", type=SECTOR, multiple=True, help="All its sectors; may be repeated.")
@WHY
@BY
def relabel(key: str, stage: Any, pair: Any, sector: tuple[str, ...], why: str, by: str) -> None:
    """Change what the reports of an agreement are read as telling: stage, pair or sectors."""
    from storage import correct as room

    if not (stage or pair or sector):
        raise click.UsageError("say what to change: --stage, --pair or --sector")
    wanted: dict[str, Any] = {"stage": stage, "pair": pair, "sectors": sector or None}
    _decide(lambda session, now: f"{room.relabel(session, key, **wanted, by=by, now=now, note=why).key} relabelled")


@correct.command(short_help="Say that agreements are one and the same.")
@click.argument("keys", nargs=-1, required=True, metavar="ID ID…")
@WHY
@BY
def merge(keys: tuple[str, ...], why: str, by: str) -> None:
    """Say that these agreements are one and the same; every id goes on leading to the record."""
    from storage import correct as room

    _decide(lambda session, now: f"{', '.join(keys)} are {room.merge(session, keys, by=by, now=now, note=why).key}")


@correct.command(short_help="Say that reports tell of another agreement.")
@ID
@click.argument("items", type=int, nargs=-1, required=True, metavar="ITEM…")
@WHY
@BY
def split(key: str, items: tuple[int, ...], why: str, by: str) -> None:
    """Say that these ITEMs (numbers as `agreements show` gives them) tell of another agreement than ID.

    ID stays the name of the part with more reports, or of the first report where both have as many.
    """
    from alerts.display import counted
    from storage import correct as room

    def work(session: Any, now: datetime) -> str:
        rest, theirs = room.split(session, key, items, by=by, now=now, note=why)
        has = [f"{one.key} has {counted(len(one.reports), 'report')}" for one in (theirs, rest)]
        return f"{has[0]} (items {', '.join(map(str, sorted(set(items))))}), {has[1]} (the rest)"

    _decide(work)


@correct.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(as_json: bool) -> None:
    """Show all decisions, newest first."""
    import json

    import storage
    from flows.app import opened
    from flows.tables import cell, print_table
    from storage import correct as room

    with opened() as app, storage.reading(app.engine) as session:
        made = room.decisions(session)
    if as_json:
        click.echo(json.dumps([_document(one) for one in made], ensure_ascii=False, indent=2))
        return
    rows = [
        {
            "number": one.number,
            "at": f"{one.at:%Y-%m-%d %H:%M}",
            "kind": one.kind,
            "agreements": list(one.names),
            "values": "; ".join(f"{name}: {cell(value)}" for name, value in one.values.items() if value),
            "why": one.note,
            "by": one.by,
            "undone": f"{one.undone:%Y-%m-%d}" if one.undone else "",
        }
        for one in made
    ]
    print_table(rows, empty="nothing was decided")


def _document(one: Any) -> dict[str, Any]:
    """A decision for a machine; times as ISO 8601."""
    undone = one.undone.isoformat() if one.undone else None
    told = {"number": one.number, "at": one.at.isoformat(), "kind": one.kind, "agreements": list(one.names)}
    return told | {"values": one.values, "why": one.note, "by": one.by, "undone": undone}
