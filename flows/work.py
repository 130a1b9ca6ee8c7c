"""The work itself, without Prefect: flows and commands wrap these functions.

ingest    seed articles, then each batch of feeds: fetch, parse, classify, add, cover
digest    compose what is due, deliver what is composed
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TypeVar

import classify
import feeds
import storage
from alerts import delivery, digests
from alerts.digests import Composed
from classify.model import Labels
from feeds import Fetched, Remembered
from feeds.memory import host
from flows import desk, pages
from flows.app import App
from flows.garbage import seldom_collected
from flows.logs import LOGGER, SUMMED
from flows.signals import held
from seeds import Entry, Feed, load_articles

X = TypeVar("X")
ARTICLES = Feed(key="seed", outlet="Seed articles", url="", country="", lang="", enabled=False)
"""The source under which seed articles are kept; no feed, so it counts among none."""
CHUNK = 1500
"""Entries that are held in memory before they are stored."""
HEAD_START = 0.1
"""Seconds in which the first feeds are asked and their parsing starts, before the first label loads the word lists."""
OFFLINE = feeds.errors.Offline.__name__


@dataclass(frozen=True)
class Read:
    """What became of one feed."""

    feed: str
    outlet: str
    outcome: str
    """`entries`, `unchanged` or `failed`."""
    entries: int = 0
    new: int = 0
    error: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Ingested:
    """What became of an ingest."""

    reads: tuple[Read, ...] = ()
    items_new: int = 0
    items_known: int = 0
    agreements_new: tuple[str, ...] = ()
    agreements_changed: tuple[str, ...] = ()
    not_due: int = 0

    def __add__(self, other: "Ingested") -> "Ingested":
        return Ingested(
            self.reads + other.reads,
            self.items_new + other.items_new,
            self.items_known + other.items_known,
            tuple(dict.fromkeys(self.agreements_new + other.agreements_new)),
            tuple(dict.fromkeys(self.agreements_changed + other.agreements_changed)),
            self.not_due + other.not_due,
        )

    @property
    def failed(self) -> tuple[Read, ...]:
        return tuple(read for read in self.reads if read.outcome == "failed")

    @property
    def offline(self) -> bool:
        """Whether every name failed to resolve: there is no network, and no feed is to blame."""
        return bool(self.reads) and all(read.error == OFFLINE for read in self.reads)

    @property
    def nothing_read(self) -> bool:
        """Whether every feed failed though there is a network: something is wrong on this side."""
        return bool(self.reads) and len(self.failed) == len(self.reads) and not self.offline


ReadBatch = Callable[[App, Sequence[Feed], datetime], Awaitable[Ingested]]


async def ingest(app: App, now: datetime, *, due: bool = False, read: ReadBatch | None = None) -> Ingested:
    """Reads all feeds (only those that are due, for schedules) and the seed articles into the store.

    `read` reads one batch; flows pass a task. Batches run side by side, and the seed articles beside
    them. Raises `storage.Busy` where another run ingests and does not end within 30 seconds.
    """
    read = read or read_batch
    with storage.lease(app.engine, "ingest", app.settings.wait, what="ingest"), seldom_collected():
        with held(), storage.transaction(app.engine) as session:
            storage.watch(session, app.feeds)
        wanted = _due(app, now) if due else list(app.feeds)
        batches = _slices(_hosts_together(wanted), app.settings.prefect.batch)
        done = Ingested(not_due=len(app.feeds) - len(wanted))
        for part in await _together(_read_articles(app, now), *(read(app, batch, now) for batch in batches)):
            done += part
        return done


async def _together(*parts: Awaitable[Ingested]) -> list[Ingested]:
    """All of them side by side; where one raises, the others have ended before that is heard, so that nobody goes on
    without the lease."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_batch(app: App, batch: Sequence[Feed], now: datetime) -> Ingested:
    """Fetches, parses, classifies and stores one batch of feeds; a failing feed is a row of the outcome, no error."""
    with storage.reading(app.engine) as session:
        remembered = storage.remembered(session, [feed.key for feed in batch])
    done = Ingested()
    async for chunk in _chunks(feeds.read_all(batch, remembered, app.rules, now)):
        fresh = await pages.with_pages(unknown(app, chunk), app.rules, now - _window(app))
        done += keep(app, chunk, fresh, await _labelled(chunk, fresh))
    return done


def unknown(app: App, chunk: Sequence[Fetched]) -> list[list[Entry]]:
    """Of each fetched feed those entries that the store doesn't hold as they now read."""
    with storage.reading(app.engine) as session:
        known = storage.known_by_feed(session, [fetched.entries for fetched in chunk])
    pairs = zip(chunk, known, strict=True)
    return [[e for e, held in zip(fetched.entries, flags, strict=True) if not held] for fetched, flags in pairs]


async def _labelled(chunk: Sequence[Fetched], fresh: Sequence[Sequence[Entry]]) -> list[Labels]:
    """Labels of all fresh entries, in order. Every few of them the other feeds have their turn: their bodies are read
    and parsed meanwhile."""
    labels: list[Labels] = []
    for fetched, new in zip(chunk, fresh, strict=True):
        for entry in new:
            labels.append(label(entry, fetched.feed))
            if len(labels) % 10 == 0:
                await asyncio.sleep(0)
    return labels


def keep(app: App, chunk: Sequence[Fetched], fresh: Sequence[Sequence[Entry]], labels: Sequence[Labels]) -> Ingested:
    """Stores the fresh entries and what to remember of the servers, in one transaction: what we remember of a server is
    never ahead of what we hold."""
    feeds_by_key = {fetched.feed.key: fetched.feed for fetched in chunk}
    entries = [entry for new in fresh for entry in new]
    now = chunk[0].at
    polls = [(fetched, len(new)) for fetched, new in zip(chunk, fresh, strict=True) if fetched.feed is not ARTICLES]
    with held(), storage.transaction(app.engine) as session:
        added = storage.add_many(
            session, feeds_by_key, entries, labels, version=classify.VERSION, now=now, window=_window(app)
        )
        storage.remember(session, polls)
        covered = storage.cover(session, added.items, now)
    known = sum(len(fetched.entries) for fetched in chunk) - len(added.items)
    reads = tuple(_row(fetched, new) for fetched, new in polls)
    return Ingested(reads, len(added.items), known, covered.new, covered.changed)


def _window(app: App) -> timedelta:
    return timedelta(days=app.settings.watch.told_days)


@dataclass(frozen=True)
class Told:
    """What became of a digest run; subscriptions by name, no address."""

    digests: tuple[Composed, ...] = ()
    sent: int = 0
    waiting: int = 0
    """Deliveries that are tried again later, and subscriptions that wait for an earlier digest."""
    failed: tuple[str, ...] = ()
    """One line each for the operator: what was not done, and why."""
    files: tuple[str, ...] = ()
    """Where digests lie that went into a folder."""


def digest(app: App, now: datetime, *, due: bool = False) -> Told:
    """Composes a digest for every subscription that has news (with `due`: whose time has come) and delivers all that is
    composed. Raises `storage.Busy` where another run delivers and does not end within 30 seconds."""
    settings, subscriptions = app.settings, app.settings.subscriptions
    made = digests.compose_due(
        app.engine,
        subscriptions,
        now,
        desk=desk.desk(settings),
        environ=os.environ,
        due_only=due,
        version=version("pactwatch"),
    )
    out = delivery.deliver_due(
        app.engine, subscriptions, now, way=desk.way(settings, app.rules, now), environ=os.environ, wait=settings.wait
    )
    troubles = [f"{t.subscription} by {t.channel}: {t.state}, {t.error}" for t in out.troubles]
    failed = [f"{one.subscription}: {one.why}" for one in made.failed]
    for line in (*failed, *out.alarms, *troubles):
        LOGGER.warning("digest: %s", line)
    waiting = len(made.waiting) + out.left + out.counts.get("deferred", 0) + out.counts.get("held", 0)
    return Told(made.digests, out.sent, waiting, (*failed, *out.alarms, *troubles), desk.files(settings, made.digests))


def label(entry: Entry, feed: Feed) -> Labels:
    """The labels of an entry, in the light of what its feed says of itself."""
    published = entry.published.date() if entry.published else None
    return classify.classify(entry.title, entry.whole, entry.lang or feed.lang, published)


async def _read_articles(app: App, now: datetime) -> Ingested:
    """The seed articles, where they are wanted."""
    if not app.settings.watch.articles:
        return Ingested()
    await asyncio.sleep(HEAD_START)
    chunk = [Fetched(ARTICLES, now, "entries", Remembered(key=ARTICLES.key), tuple(load_articles()))]
    fresh = unknown(app, chunk)
    return keep(app, chunk, fresh, await _labelled(chunk, fresh))


def _row(fetched: Fetched, new: int) -> Read:
    if fetched.error:
        level = logging.DEBUG if fetched.error == OFFLINE else logging.WARNING
        LOGGER.log(level, "feed %s: %s", fetched.feed.key, fetched.detail, extra=SUMMED)
    return Read(
        fetched.feed.key,
        fetched.feed.outlet,
        fetched.outcome,
        len(fetched.entries),
        new,
        fetched.error,
        fetched.detail,
    )


def _due(app: App, now: datetime) -> list[Feed]:
    with storage.reading(app.engine) as session:
        remembered = storage.remembered(session, [feed.key for feed in app.feeds])
    return feeds.due(app.feeds, dict(remembered), now)


def _hosts_together(wanted: Iterable[Feed]) -> list[Feed]:
    """Feeds of one host next to each other, so that its pauses are kept within one batch."""
    return sorted(wanted, key=lambda feed: (host(feed.url), feed.key))


def _slices(items: Sequence[X], size: int) -> Iterator[Sequence[X]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


async def _chunks(stream: AsyncIterator[Fetched]) -> AsyncIterator[list[Fetched]]:
    chunk: list[Fetched] = []
    entries = 0
    async for fetched in stream:
        chunk.append(fetched)
        entries += len(fetched.entries)
        if entries >= CHUNK:
            yield chunk
            chunk, entries = [], 0
    if chunk:
        yield chunk
