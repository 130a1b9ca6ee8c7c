"""A run over a fixed stream of reports, for the tests that kill it, run it beside others or break its server.

    python store_work.py URL [FIRST [STEP]]

takes batches FIRST, FIRST + STEP, ... of the stream, each in one transaction with its merging, as an ingest does. It is
safe to repeat: the store then ends as after one undisturbed run.
"""

import random
import sys
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session
from store_reports import MARCH, NOW, Said, everything

from classify.model import Stage
from storage import add_items, cover, open_store, transact

PAIRS = [("KZ", "RW"), ("FR", "IT"), ("KZ", "UG"), ("ES", "FR")]
TOPICS = [("visa exemption", "migration"), ("wheat supply", "agriculture"), ("air services", "transport")]
BATCH = 5


def stream(size: int = 120, seed: int = 7) -> list[Said]:
    """The same reports at every call."""
    chance = random.Random(seed)
    found = []
    for _ in range(size):
        subject, sector = chance.choice(TOPICS)
        day = MARCH - timedelta(days=chance.randint(0, 60))
        found.append(
            Said(
                chance.choice(["astana", "kigali", "times", "post", "herald"]), day,
                day - timedelta(days=1) if chance.random() < 0.6 else None,
                chance.choice([Stage.SIGNED, Stage.SIGNED, Stage.PLANNED, Stage.IN_FORCE]), chance.choice(PAIRS),
                subject, (sector,),
            )
        )  # fmt: skip
    return list(dict.fromkeys(found))


def take(engine: Engine, said: list[Said]) -> None:
    """One ingest: everything of it, or nothing."""

    def work(session: Session) -> None:
        items: list[int] = []
        for one in said:
            added = add_items(session, one.feed, [one.entry], [one.labels], version="1", now=NOW)
            items += added.items
        cover(session, items, NOW)

    transact(engine, work)


def run(url: str, first: int = 0, step: int = 1) -> None:
    """Take the stream's batches in."""
    engine = open_store(url)
    said = stream()
    batches = [said[at : at + BATCH] for at in range(0, len(said), BATCH)]
    for batch in batches[first::step]:
        take(engine, batch)
    engine.dispose()


def outcome(engine: Engine) -> list[str]:
    """What the store holds, as sorted business values: the same after any number of kills and reruns."""
    return sorted(
        repr(
            (
                one.pair, one.title, one.stage, one.stages, one.sectors, one.confidence, one.outlets,
                sorted((report.title, report.stage) for report in one.reports),
            )
        )
        for one in everything(engine)
    )  # fmt: skip


if __name__ == "__main__":
    run(sys.argv[1], *map(int, sys.argv[2:]))
