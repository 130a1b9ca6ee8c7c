"""All that writes to a store, once and small: made or upgraded, two ingests, a digest delivered as files, a backfill.

For the tests that stop it at a call of the system. It is safe to repeat: the store and the folder of digests then end
as after one undisturbed run.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Engine, text
from store_reports import NOW, Said
from store_work import BATCH, outcome, stream, take

from alerts.deliver import Way
from alerts.delivery import deliver_due
from alerts.desk import Desk
from alerts.digests import compose_due
from alerts.subscription import Subscription
from classify.model import Labels, Stage
from seeds import Entry
from storage import StoreError, backfill, check, open_store, reading

What = Literal["run", "upgrade", "ingest", "digest", "backfill"]
SOON: Final = NOW + timedelta(days=1)
FAULT: Final = 10
LATER: Final = NOW + timedelta(days=2)
TODAY = NOW.date()
NEWS = [
    Said("astana", TODAY, TODAY, pair=("CL", "JP")),
    Said("kigali", TODAY, TODAY, pair=("CL", "JP"), official="JP"),
    Said(
        "times", TODAY, TODAY - timedelta(days=1), pair=("EG", "GR"), subject="wheat supply", sectors=("agriculture",)
    ),
    Said("post", TODAY, None, Stage.PLANNED, ("NO", "SE"), "air services", ("transport",)),
]
"""What the digest tells, of pairs that nothing else is about: so it is the same whatever else comes before."""
ARCHIVED = {one.entry.title: one for one in stream(12, seed=8)}
DESK = Desk(sender="digest@x.example", reply_to="desk@x.example", operator="Us, Geneva")


def labels(entries: Sequence[Entry]) -> list[Labels]:
    """The labels of the archive's lines."""
    return [ARCHIVED[entry.title].labels for entry in entries]


def archive(folder: Path) -> Path:
    """The archive as a file of JSON lines, written once: that it can be is no part of a run."""
    path = folder / "archive.jsonl"
    if path.exists():
        return path
    lines = [json.dumps({"title": title, "published": f"{one.day}", "lang": "en"}) for title, one in ARCHIVED.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def ingest(engine: Engine) -> None:
    """Two batches of reports, each in one transaction."""
    for batch in (stream()[:BATCH], NEWS):
        take(engine, batch)


def digest(engine: Engine, folder: Path, now: datetime, waited: timedelta = timedelta()) -> None:
    """What is new, for one reader, as files in `out`, which are tried so long after."""
    readers = [Subscription(name="all", address="file:out")]
    made = compose_due(engine, readers, now, desk=DESK, environ={}, due_only=False)
    if made.failed:
        raise AssertionError(made.failed)
    out = deliver_due(engine, readers, now + waited, way=Way(base=folder), environ={})
    if out.counts.keys() - {"sent"}:
        raise StoreError(f"not delivered: {out.counts}")


def take_archive(engine: Engine, folder: Path) -> None:
    """A file of JSON lines in two batches."""
    backfill(engine, archive(folder), labels, version="1", batch=6, now=lambda: NOW)


def address(folder: Path) -> str:
    """The URL that the file `url` of the folder names, else that of the SQLite file `pactwatch.db` in it."""
    named = folder / "url"
    return named.read_text("utf-8") if named.exists() else f"sqlite:///{folder / 'pactwatch.db'}"


@contextmanager
def opened(folder: Path) -> Iterator[Engine]:
    """The folder's store, made or upgraded where needed."""
    engine = open_store(address(folder))
    try:
        yield engine
    finally:
        engine.dispose()


def run(folder: Path, now: datetime = SOON, *, waited: timedelta = timedelta()) -> None:
    """Everything, one after the other; the digest at a time, and what was put off before once one has waited."""
    with opened(folder) as engine:
        ingest(engine)
        digest(engine, folder, now, waited)
        take_archive(engine, folder)


def only(what: What, folder: Path) -> None:
    """One part of it, as a process of its own does it."""
    with opened(folder) as engine:
        if what == "ingest":
            ingest(engine)
        elif what == "backfill":
            take_archive(engine, folder)
        elif what == "digest":
            for hour in range(3):
                digest(engine, folder, SOON + timedelta(hours=hour))


def attempt(what: What, folder: str) -> None:
    """What a command does: a fault of the store is one line, and an exit code that tells it from any other error."""
    try:
        run(Path(folder)) if what == "run" else only(what, Path(folder))
    except StoreError as error:
        print(error, file=sys.stderr)
        sys.exit(FAULT)


def again(what: What, folder: Path) -> None:
    """The same once more after a fault, when what was put off is due."""
    run(folder, waited=timedelta(hours=1)) if what == "run" else only(what, folder)


def held(folder: Path, *, digests: bool = True) -> list[str]:
    """What the store's own checks find, and what store and folder hold, as sorted business values. Without `digests`
    not how many there were: only what was told."""
    told = (
        "SELECT subscription, a, b, told.stage, standing FROM told "
        "JOIN alias ON told.key = alias.key JOIN agreement ON alias.agreement = agreement.id"
    )
    counts = ["SELECT kind, state FROM digest", "SELECT state, count(*) FROM delivery GROUP BY 1"] if digests else []
    with opened(folder) as engine, reading(engine) as session:
        rows = [
            str(tuple(row))
            for sql in (told, "SELECT count(*) FROM item", *counts)
            for row in session.execute(text(sql))
        ]
        found = [*sorted(rows), *check(engine), *outcome(engine)]
    return [*found, *sorted(path.suffix for path in folder.glob("out/*"))] if digests else found
