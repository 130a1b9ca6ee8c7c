"""A real store filled with invented reports, as ingest would: entries with labels made by hand, then covered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Engine

import storage
from classify.model import DateFact, Evidence, Facts, Instrument, Labels, Pair, Span, Stage
from seeds.model import Entry, Feed
from storage.cover import cover


@dataclass(frozen=True)
class Telling:
    """One outlet's report of one agreement."""

    pair: Pair
    outlet: str = "Daily One"
    stage: Stage = Stage.SIGNED
    on: date | None = date(2026, 11, 19)
    sentence: str = "The two governments signed a memorandum of understanding on lithium in the capital."
    title: str = ""
    sectors: tuple[str, ...] = ("mining",)
    official: str = ""
    lang: str = "en"
    url: str = ""
    confidence: float = 0.9
    subject: str = "lithium processing"

    @property
    def feed(self) -> Feed:
        key = self.outlet.lower().replace(" ", "-")
        return Feed(key, self.outlet, f"https://{key}.example/feed", "US", self.lang, official=self.official)

    def entry(self, seen: datetime, number: int) -> Entry:
        url = self.url or f"https://{self.feed.key}.example/{number}"
        title = self.title or f"{'–'.join(self.pair)} {self.stage} {number}"
        published = seen - timedelta(hours=1)
        return Entry(self.feed.key, title, self.sentence, url, f"guid-{number}", published, self.lang, self.outlet)

    def labels(self) -> Labels:
        span = Span("text", 0, len(self.sentence))
        return Labels(
            agreement=self.stage,
            agreement_pairs=(self.pair,),
            pairs=(self.pair,),
            sectors=self.sectors,
            confidence=self.confidence,
            evidence=Evidence(self.sentence, span),
            facts=Facts(
                date=DateFact(self.on, "day", span) if self.on else None,
                instruments=(Instrument("memorandum", self.subject, span),),
                words=frozenset(self.subject.split()),
            ),
            lang=self.lang,
        )


def ingest(engine: Engine, tellings: Sequence[Telling], now: datetime, *, tell: bool = True, first: int = 0) -> None:
    """Store the reports and cover them, in one transaction."""
    with storage.transaction(engine) as session:
        items: list[int] = []
        for number, telling in enumerate(tellings, first + int(now.timestamp())):
            entries = [telling.entry(now, number)]
            add = partial(storage.add_items, session, telling.feed, entries, [telling.labels()], version="v", now=now)
            items += add(tell=tell).items
        cover(session, items, now)


def payload(body: bytes) -> dict[str, object]:
    """A webhook's body."""
    read: dict[str, object] = json.loads(body)
    return read
