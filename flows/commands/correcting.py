"""`correct`: a person's decisions on agreements; kept, shown, and stronger than any later report."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

BY = click.option("--by", default="", help="Who decides; shown in the record of changes.")
WHY = click.option("--why", default="", help="Why; shown in the record and told to those who were told otherwise.")
ID = click.argument("key", metavar="ID")


@click.group()
def correct() -> None:
    """Correct the record: reject or restore an agreement, change its labels, merge two, split one.

    A decision survives reclassification and later reports. Those who were told of a rejected agreement are told once.
    """


def _decide(work: Callable[[Any, datetime], str]) -> None:
    import storage
    from flows.app import opened

    with opened() as app, storage.lease(app.engine, "ingest"), storage.transaction(app.engine) as session:
        click.echo(work(session, datetime.now(UTC)))


@correct.command()
@ID
@WHY
@BY
def reject(key: str, why: str, by: str) -> None:
    """Withdraw an agreement: it is no news, or none at all."""
    from storage import correct as room

    _decide(lambda session, now: f"{room.reject(session, key, why, now=now, by=by)} rejected")


@correct.command()
@ID
@WHY
@BY
def restore(key: str, why: str, by: str) -> None:
    """Take a rejection back."""
    from storage import correct as room

    _decide(lambda session, now: f"{room.restore(session, key, why, now=now, by=by)} restored")


@correct.command()
@ID
@click.option("--stage", help="signed, in_force, planned or ended.")
@click.option("--sector", multiple=True, help="All its sectors; may be repeated.")
@click.option("--place", help="Where it was signed.")
@click.option("--title", help="Its title.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the stage.")
@WHY
@BY
def relabel(key: str, why: str, by: str, **labels: Any) -> None:
    """Change what the record says of an agreement."""
    from flows.relabelling import checked
    from storage import correct as room

    wanted = checked(labels)
    _decide(lambda session, now: f"{room.relabel(session, key, wanted, why, now=now, by=by)} relabelled")


@correct.command()
@ID
@click.argument("other", metavar="OTHER")
@WHY
@BY
def merge(key: str, other: str, why: str, by: str) -> None:
    """Say that OTHER is the same agreement as ID; its id goes on leading to the record."""
    from storage import correct as room

    _decide(lambda session, now: f"{other} is now part of {room.merge(session, key, other, why, now=now, by=by)}")


@correct.command()
@ID
@click.argument("items", type=int, nargs=-1, required=True, metavar="ITEM…")
@WHY
@BY
def split(key: str, items: tuple[int, ...], why: str, by: str) -> None:
    """Say that these ITEMs (numbers as `agreements show` gives them) tell of another agreement than ID."""
    from storage import correct as room

    _decide(lambda session, now: f"{room.split(session, key, items, why, now=now, by=by)} split off from {key}")
