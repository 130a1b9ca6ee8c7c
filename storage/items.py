"""Entries become items: known ones are skipped, edits kept as revisions, all in bulk.

What counts as the same entry, and what is too old to be told, is decided by `feeds.identity`, which is pure; here its
keys are looked up and stored.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from classify.model import Labels, Stage
from feeds import identity
from seeds.model import Entry, Feed
from storage import codec
from storage.lookup import matched, names_of, told_by, whole_key
from storage.sources import Known, ensure
from storage.tables import Item, ItemPair, ItemSector, LabelsRow, Revision, Version, table

TOLD_WINDOW: Final = timedelta(days=7)
"""What is older than this when we first see it is stored and merged, not told."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch: ids of the new items (altered ones with another stage among them), and counts."""

    items: tuple[int, ...] = ()
    known: int = 0
    revised: int = 0
    late: int = 0
    """New, but too old to be told."""
    feeds: tuple[str, ...] = ()
    """The feed's key of each new item."""

    def __add__(self, other: "Added") -> "Added":
        return Added(
            self.items + other.items,
            self.known + other.known,
            self.revised + other.revised,
            self.late + other.late,
            self.feeds + other.feeds,
        )


def known(session: Session, feed_key: str, entries: Sequence[Entry]) -> list[bool]:
    """Whether each of a feed's entries is stored as it now reads; False for new ones and edits: these want labels."""
    _check_feed(feed_key, entries)
    return known_many(session, entries, [identity.keys(entry) for entry in entries])


def known_by_feed(session: Session, polls: Sequence[Sequence[Entry]]) -> list[list[bool]]:
    """As `known`, for the entries of several polls in as many statements as one takes."""
    entries = [entry for poll in polls for entry in poll]
    flags = iter(known_many(session, entries, [identity.keys(entry) for entry in entries]))
    return [[next(flags) for _ in poll] for poll in polls]


def known_many(session: Session, entries: Sequence[Entry], names: Sequence[identity.Keys]) -> list[bool]:
    """As `known`, for entries of many feeds at once, whose keys are `names`."""
    return [match.verdict in ("same", "double") for match in matched(session, entries, names)]


def add_items(
    session: Session,
    feed: Feed,
    entries: Sequence[Entry],
    labels: Sequence[Labels],
    *,
    version: str,
    now: datetime,
    window: timedelta = TOLD_WINDOW,
    tell: bool = True,
) -> Added:
    """Store what is new among a feed's entries, with their labels (same order and length) of `classify.VERSION`.

    Call it before `remember` of the same poll and in its transaction, so that what we remember of the server is never
    ahead of what we hold. `tell=False` (backfill) makes all of them quiet.
    """
    _check_feed(feed.key, entries)
    return add_many(session, {feed.key: feed}, entries, labels, version=version, now=now, window=window, tell=tell)


def add_many(
    session: Session,
    feeds: Mapping[str, Feed],
    entries: Sequence[Entry],
    labels: Sequence[Labels],
    *,
    version: str,
    now: datetime,
    window: timedelta | None = TOLD_WINDOW,
    tell: bool = True,
    names: Sequence[identity.Keys] | None = None,
) -> Added:
    """As `add_items`, for entries of many feeds at once (`feeds` by key); `names` are their keys, where known. Without
    a `window` nothing is too old to be told."""
    if not entries:
        return Added()
    sources = ensure(session, [feeds[key] for key in sorted({entry.feed for entry in entries})])
    names = names if names is not None else [identity.keys(entry) for entry in entries]
    matches = matched(session, entries, names)
    batch = _Batch(now, version_id(session, version), _next_id(session), told_by(session, matches))
    for entry, label, own, match in zip(entries, labels, names, matches, strict=True):
        source = sources[entry.feed]
        late = window is not None and identity.is_late(
            entry, source.last_ok, first=source.last_ok is None, now=now, fresh=window
        )
        if match.verdict == "new":
            batch.add(source, entry, label, own, tell and not late)
        elif match.verdict == "revision" and match.of is not None:
            batch.revise(source, entry, label, own, tell and not late, match.of)
        else:
            batch.known += 1
    return batch.write(session)


@dataclass
class _Batch:
    """Rows of one call, collected and then written table by table."""

    now: datetime
    version: int
    number: int
    told: Mapping[int, Collection[tuple[str, str, str]]]
    """What the items that are revised tell already: pairs and stages."""
    known: int = 0
    revised: int = 0
    rows: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(
        self, source: Known, entry: Entry, labels: Labels, own: identity.Keys, tell: bool, revises: int | None = None
    ) -> None:
        """A new item; `revises` is the item of which it is an altered text."""
        names = names_of(own)
        self.rows[Item].append(
            {
                "id": self.number, "identity": whole_key(names, entry.published, revises), **names,
                "source": source.key, "outlet": "" if entry.outlet == source.outlet else entry.outlet,
                "lang": labels.lang, "title": entry.title, "text": entry.whole, "url": entry.url,
                "published": entry.published, "seen": self.now, "tell": tell, "always": entry.seed,
                "changed": revises is not None, "revises": revises, "stage": labels.agreement.value,
                "confidence": labels.confidence, "version": self.version,
            }
        )  # fmt: skip
        for model, rows in label_rows(self.number, labels).items():
            self.rows[model] += rows
        self.number += 1

    def revise(self, source: Known, entry: Entry, labels: Labels, own: identity.Keys, tell: bool, item: int) -> None:
        """An edit. Where it tells of another stage or pair it is a report of its own, marked as changed, beside the
        first text; where it only words the same otherwise it is none."""
        self.revised += 1
        self.rows[Revision].append(
            {
                "item": item, **names_of(own), "at": self.now, "title": entry.title, "text": entry.whole,
                "url": entry.url, "published": entry.published,
            }
        )  # fmt: skip
        tells = {(a, b, labels.agreement.value) for a, b in labels.agreement_pairs}
        if labels.agreement is not Stage.NONE and not tells <= set(self.told.get(item, ())):
            self.add(source, entry, labels, own, tell, revises=item)

    def write(self, session: Session) -> Added:
        for model in (Item, Revision, LabelsRow, ItemPair, ItemSector):  # parents first
            insert_many(session, model, self.rows[model])
        fresh = self.rows[Item]
        late = sum(not row["tell"] for row in fresh)
        feeds = tuple(row["source"] for row in fresh)
        return Added(tuple(row["id"] for row in fresh), self.known, self.revised, late, feeds)


def label_rows(item: int, labels: Labels) -> dict[type[SQLModel], list[dict[str, Any]]]:
    """The rows that hold an item's labels beside its own: none for an item that is not about two countries."""
    if not labels.pairs and not labels.agreement_pairs:
        return {}
    covered = set(labels.agreement_pairs) if labels.agreement is not Stage.NONE else set()
    evidence = codec.dump(labels.evidence) if labels.evidence else None
    return {
        LabelsRow: [{"item": item, "evidence": evidence, "facts": codec.dump(labels.facts) if covered else None}],
        ItemPair: [
            {"item": item, "a": a, "b": b, "stage": labels.agreement.value if (a, b) in covered else Stage.NONE.value}
            for a, b in sorted({*labels.pairs, *covered})
        ],
        ItemSector: [{"item": item, "sector": sector} for sector in sorted(set(labels.sectors))],
    }


def insert_many(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """One statement for many rows; a row whose unique key is there already is passed over."""
    if not rows:
        return
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(kind.insert(table(model)).on_conflict_do_nothing(), rows)


def version_id(session: Session, name: str) -> int:
    """The short number of a version of lexicon and weights."""
    number = session.scalar(select(col(Version.id)).where(col(Version.name) == name))
    if number is None:
        session.add(row := Version(name=name))
        session.flush()
        number = row.id
    assert number is not None
    return number


def _check_feed(feed_key: str, entries: Sequence[Entry]) -> None:
    for entry in entries:
        if entry.feed != feed_key:
            raise ValueError(f"an entry of feed {entry.feed!r} was handed in for feed {feed_key!r}")


def _next_id(session: Session) -> int:
    """Numbered by hand, which is safe as writers come one at a time, and much quicker than asking for each."""
    return (session.scalar(select(func.max(col(Item.id)))) or 0) + 1
