"""Feeds as the store knows them: what we remember of each server, the history of polls, the health for people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, cast
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from feeds.model import Fetched, Remembered
from seeds.governments import government_of
from seeds.model import Feed
from storage import codec
from storage.records import FeedHealth, FeedState
from storage.tables import Poll, Source, table

_SOURCE, _POLL = table(Source), table(Poll)
_DECLARED = ("outlet", "voice", "country", "lang", "url", "kind", "official")
_TOLD = ("state", "since", "detail", "last_ok", "last_new", "next_poll", "failures", "entries")
_UNREAD = {name: field.default for name, field in Source.model_fields.items() if not field.is_required()}
_KEEP = (
    update(_SOURCE)
    .where(_SOURCE.c.key == bindparam("of"))
    .values(remembered=bindparam("whole"), **{name: bindparam(f"new_{name}") for name in _TOLD})
)


ARCHIVE: Final = Feed(key="backfill", outlet="Backfill", url="", country="", lang="", kind="other", enabled=False)
"""The source of an archive's items whose host is no watched feed's; itself no feed that is watched."""


def speaks_for(source: str, official: str, quoted: str, url: str) -> str:
    """The country whose government speaks in an item, or empty: declared for a feed that is its own, told by the host
    for an archive's item. An outlet that a feed only quotes speaks for no government: anybody may give a link."""
    if source == ARCHIVE.key:
        return government_of(urlsplit(url).hostname or "")
    return "" if quoted else official


class Known(NamedTuple):
    """What of a source the entries that it gives are stored by."""

    key: str
    outlet: str
    last_ok: datetime | None


def watch(session: Session, feeds: Iterable[Feed]) -> None:
    """Enter all declared feeds and mark those no longer declared as unwatched; what was remembered stays."""
    held = _held(session)
    wanted = {feed.key: {**_declared(feed), "watched": feed.enabled} for feed in feeds}
    gone = {key: {**row, "watched": False} for key, row in held.items() if key not in wanted}
    _put(session, {**wanted, **gone}, held)


def ensure(session: Session, feeds: Iterable[Feed]) -> dict[str, Known]:
    """The feeds' sources by key, new or brought up to their declaration; one look for all of them."""
    wanted = {feed.key: feed for feed in feeds}
    held = _held(session, wanted)
    as_watched = {key: held[key]["watched"] if key in held else feed.enabled for key, feed in wanted.items()}
    _put(session, {key: {**_declared(feed), "watched": as_watched[key]} for key, feed in wanted.items()}, held)
    rows = session.execute(select(_SOURCE.c.key, _SOURCE.c.outlet, _SOURCE.c.last_ok).where(_SOURCE.c.key.in_(wanted)))
    return {row.key: Known(*row) for row in rows}


def _held(session: Session, keys: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """The declarations of the sources as they stand, and whether they are watched."""
    statement = select(_SOURCE.c.key, *(_SOURCE.c[name] for name in (*_DECLARED, "watched")))
    if keys is not None:
        statement = statement.where(_SOURCE.c.key.in_(keys))
    return {key: dict(zip((*_DECLARED, "watched"), row, strict=True)) for key, *row in session.execute(statement)}


def _declared(feed: Feed) -> dict[str, Any]:
    return {name: getattr(feed, name) for name in _DECLARED}


def _put(session: Session, wanted: Mapping[str, Mapping[str, Any]], held: Mapping[str, Mapping[str, Any]]) -> None:
    """Enter what is new and write what differs; most of the time nothing does."""
    if new := [{**_UNREAD, **row, "key": key} for key, row in wanted.items() if key not in held]:
        session.execute(_SOURCE.insert(), new)
    for key, row in wanted.items():
        if key in held and held[key] != row:
            session.execute(update(_SOURCE).where(_SOURCE.c.key == key).values(**row))


def remembered(session: Session, keys: Collection[str] | None = None) -> Mapping[str, Remembered]:
    """What we remember of these feeds' servers (default: of all), by key; feeds never read are left out."""
    statement = select(col(Source.key), col(Source.remembered)).where(col(Source.remembered).is_not(None))
    if keys is not None:
        statement = statement.where(col(Source.key).in_(keys))
    return {key: codec.load(Remembered, data) for key, data in session.execute(statement)}


def remember(session: Session, polls: Sequence[tuple[Fetched, int]]) -> None:
    """Keep what polls taught us of their servers, and a line of history each; the number is how many new or edited
    entries a poll brought.

    In the transaction that stores the entries, after them.
    """
    if not polls:
        return
    ensure(session, [fetched.feed for fetched, _ in polls])
    keep(session, {fetched.feed.key: fetched.remembered for fetched, _ in polls})
    lines = [
        {
            "source": fetched.feed.key, "at": fetched.at, "outcome": fetched.error or fetched.outcome,
            "detail": fetched.detail, "entries": len(fetched.entries), "new": new,
        }
        for fetched, new in polls
    ]  # fmt: skip
    session.execute(_POLL.insert(), lines)


def keep(session: Session, memories: Mapping[str, Remembered]) -> None:
    """Write what is remembered of servers, by the keys of their feeds, which are entered already."""
    rows = [
        {"of": key, "whole": codec.dump(memory), **{f"new_{name}": getattr(memory, name) for name in _TOLD}}
        for key, memory in memories.items()
    ]
    session.execute(_KEEP, rows)


def health(session: Session) -> list[FeedHealth]:
    """How each watched feed fares, those in trouble first, then by outlet."""
    rows = session.scalars(select(Source).where(col(Source.watched))).all()
    found = [
        FeedHealth(
            key=row.key, outlet=row.outlet, country=row.country, lang=row.lang, url=row.url,
            state=cast(FeedState, row.state), since=row.since, detail=row.detail, last_ok=row.last_ok,
            last_new=row.last_new, next_poll=row.next_poll, failures=row.failures, entries=row.entries, told=row.told,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.state in ("fine", "new", "quiet"), one.outlet, one.key))


def history(session: Session, key: str, limit: int = 50) -> list[Poll]:
    """The latest polls of a feed, newest first."""
    statement = select(Poll).where(col(Poll.source) == key).order_by(col(Poll.id).desc()).limit(limit)
    return list(session.scalars(statement).all())
