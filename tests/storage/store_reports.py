"""Reports as the tests of the store make them, and one ingest of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zlib import crc32

from sqlalchemy import Engine

from classify.model import DateFact, Evidence, Fact, Facts, Instrument, Labels, Pair, Span, Stage
from seeds import Entry, Feed
from storage import Covered, add_items, agreements, cover, reading, transaction
from storage.asking import Query
from storage.records import Agreement

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
SPAN = Span("text", 0, 1)


@dataclass(frozen=True)
class Said:
    """One report as these tests make it."""

    outlet: str
    day: date | None
    """Of publication, None where the item has no date."""
    on: date | None = None
    """Of the occasion, as told."""
    stage: Stage = Stage.SIGNED
    pair: Pair = ("KZ", "RW")
    subject: str = "visa exemption"
    sectors: tuple[str, ...] = ("migration",)
    official: str = ""
    tell: bool = True
    signature: int = 0
    """Of the text; near ones are copies."""

    @property
    def feed(self) -> Feed:
        return Feed(self.outlet, self.outlet, f"https://{self.outlet}.example/", "KZ", "en", official=self.official)

    @property
    def entry(self) -> Entry:
        name = f"{self.outlet}: {self.stage} {self.pair} {self.subject} {self.day} {self.on}"
        at = datetime.combine(self.day, datetime.min.time(), UTC) if self.day else None
        return Entry(self.outlet, name, "", f"https://{self.outlet}.example/{crc32(name.encode())}", name, at, "en")

    @property
    def labels(self) -> Labels:
        words = frozenset(f"w:{word}" for word in self.subject.split())
        facts = Facts(
            date=DateFact(self.on, "day", SPAN) if self.on else None, places=(Fact("astana", "Astana", SPAN),),
            instruments=(Instrument("agreement", self.subject, SPAN, self.subject),), words=words,
            signature=self.signature,
        )  # fmt: skip
        evidence = Evidence(f"They {self.stage} it.", SPAN)
        return Labels(self.stage, (self.pair,), (self.pair,), self.sectors, 0.9, evidence, facts, "en")


def put(engine: Engine, said: Iterable[Said], now: datetime = NOW) -> Covered:
    """Store reports as one ingest and merge them."""
    with transaction(engine) as session:
        items: list[int] = []
        for one in said:
            added = add_items(
                session, one.feed, [one.entry], [one.labels], version="1", now=now, tell=one.tell, window=timedelta(900)
            )
            items += added.items
        return cover(session, items, now)


MARCH = date(2026, 3, 10)
VISA = [
    Said("astana", MARCH, MARCH),
    Said("kigali", MARCH + timedelta(1), MARCH, official="RW"),
    Said("times", MARCH + timedelta(1)),
]
"""One signing, reported three times."""


def everything(engine: Engine, query: Query | None = None) -> list[Agreement]:
    """All live agreements."""
    with reading(engine) as session:
        return agreements(session, query or Query(limit=None))


def told(agreement: Agreement) -> list[tuple[str, str]]:
    """What readers are told of it."""
    return [(change.kind, change.after) for change in agreement.changes if change.tell]
