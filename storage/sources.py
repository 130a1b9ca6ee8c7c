"""Feeds as the store knows them: what we remember of each server, the history of polls, the health for people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import select
from sqlmodel import Session, col

from feeds.model import Fetched, Remembered
from seeds.model import Feed
from storage import codec
from storage.records import FeedHealth, FeedState
from storage.tables import Poll, Source


def watch(session: Session, feeds: Iterable[Feed]) -> None:
    """Enter all declared feeds and mark those no longer declared as unwatched; what was remembered stays."""
    held = {row.key: row for row in session.scalars(select(Source))}
    wanted = {feed.key: feed for feed in feeds}
    for feed in wanted.values():
        if feed.key not in held:
            held[feed.key] = Source(key=feed.key, outlet=feed.outlet, voice=feed.voice)
            session.add(held[feed.key])
        _declare(held[feed.key], feed)
    for key, row in held.items():
        row.watched = key in wanted and wanted[key].enabled
    session.flush()


def ensure(session: Session, feeds: Iterable[Feed]) -> dict[str, Source]:
    """The feeds' rows by key, new or brought up to their declaration; one look for all of them."""
    wanted = {feed.key: feed for feed in feeds}
    rows = {row.key: row for row in session.scalars(select(Source).where(col(Source.key).in_(wanted)))}
    for key, feed in wanted.items():
        if key not in rows:
            rows[key] = Source(key=key, outlet=feed.outlet, voice=feed.voice, watched=feed.enabled)
            session.add(rows[key])
        _declare(rows[key], feed)
    session.flush()
    return rows


def _declare(row: Source, feed: Feed) -> None:
    row.outlet, row.voice, row.country, row.lang = feed.outlet, feed.voice, feed.country, feed.lang
    row.url, row.kind, row.official = feed.url, feed.kind, feed.official


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
    rows = ensure(session, [fetched.feed for fetched, _ in polls])
    for fetched, new in polls:
        row, told = rows[fetched.feed.key], fetched.remembered
        row.remembered = codec.dump(told)
        row.state, row.since, row.detail = told.state, told.since, told.detail
        row.last_ok, row.last_new, row.next_poll = told.last_ok, told.last_new, told.next_poll
        row.failures, row.entries = told.failures, told.entries
        outcome, entries = fetched.error or fetched.outcome, len(fetched.entries)
        session.add(
            Poll(source=row.key, at=fetched.at, outcome=outcome, detail=fetched.detail, entries=entries, new=new)
        )


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
