"""What is asked of the store. `load` then gives the agreements whole."""

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from classify.model import Stage
from storage.asking import Query, conditions, ordering
from storage.errors import Unknown
from storage.loading import load
from storage.lookup import chunks
from storage.records import Agreement, Coverage
from storage.tables import (
    AgreementRow,
    Alias,
    ChangeRow,
    CoverageRow,
    Item,
    ItemPair,
    Poll,
    Source,
)

LONG_AGO = timedelta(days=548)
"""Signed 18 months ago and not in force: idle."""
AT_ONCE = frozenset({"memorandum", "declaration", "notes", "grant", "ceasefire", "exchange", "swap"})
"""Papers that need no ratification as a rule; agreements made of nothing else are never idle."""


def agreements(session: Session, query: Query | None = None) -> list[Agreement]:
    """The agreements that a query wants (default: the newest 50)."""
    query = query or Query()
    statement = select(AgreementRow).where(*conditions(query, session.get_bind().dialect.name))
    statement = statement.order_by(*ordering(query.order)).limit(query.limit).offset(query.offset)
    return load(session, session.scalars(statement).all())


def count(session: Session, query: Query) -> int:
    """How many agreements a query wants, whatever its limit."""
    where = conditions(query, session.get_bind().dialect.name)
    return session.scalar(select(func.count()).select_from(AgreementRow).where(*where)) or 0


def everything(session: Session) -> list[Agreement]:
    """All records in the order of their keys, those withdrawn or merged away too: what the archive site shows.

    The collector rests meanwhile: nothing of what is read becomes garbage, and walking it over and over took half the
    time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return load(session, session.scalars(select(AgreementRow).order_by(col(AgreementRow.key))).all())
    finally:
        if collecting:
            gc.enable()


def get(session: Session, name: str) -> Agreement:
    """The agreement of a key or of any name that it ever had; one merged away gives the record it is part of now.

    `Unknown` where the name was never given out.
    """
    row = find(session, name)
    return load(session, [session.get_one(AgreementRow, row.merged_into) if row.merged_into else row])[0]


def stub(session: Session, name: str) -> Agreement:
    """As `get`, but one merged away is shown itself, with `merged_into`: for the page under its old name."""
    return load(session, [find(session, name)])[0]


def find(session: Session, name: str) -> AgreementRow:
    """The row that a name was given to."""
    alias = session.get(Alias, name.strip().lower())
    if alias is None:
        raise Unknown(f"no agreement is called {name!r}; `pactwatch agreements` lists them")
    return session.get_one(AgreementRow, alias.agreement)


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as it was judged, and the keys of the agreements that it reports."""

    id: int
    outlet: str
    url: str
    title: str
    text: str
    lang: str
    published: datetime | None
    agreements: tuple[str, ...] = ()


def item(session: Session, name: str) -> Kept:
    """The item of a number (as `agreements show` gives it) or an address, the latest where several have it; `Unknown`
    where there is none."""
    wanted = col(Item.id) == int(name) if name.isdecimal() else col(Item.url) == name
    statement = select(Item, Source).join(Source, col(Source.key) == col(Item.source)).where(wanted)
    row = session.execute(statement.order_by(col(Item.id).desc()).limit(1)).first()
    if row is None:
        raise Unknown(f"no item has the number or address {name!r}")
    found, source = row
    keys = select(col(AgreementRow.key)).join(CoverageRow, col(CoverageRow.agreement) == col(AgreementRow.id))
    told = session.scalars(keys.where(col(CoverageRow.item) == found.id).distinct().order_by(col(AgreementRow.key)))
    outlet = found.outlet or source.outlet
    return Kept(found.id, outlet, found.url, found.title, found.text, found.lang, found.published, tuple(told))


def resolve(session: Session, names: Iterable[str]) -> dict[str, str]:
    """The present key for each name that was ever given out; unknown names are left out."""
    found: dict[str, str] = {}
    for some in chunks(sorted(set(names))):
        own, into = AgreementRow, AgreementRow.__table__.alias("into_row")  # type: ignore[attr-defined]
        statement = (
            select(col(Alias.key), func.coalesce(into.c.key, col(own.key)))
            .join(own, col(own.id) == col(Alias.agreement))
            .outerjoin(into, into.c.id == col(own.merged_into))
        )
        found.update(session.execute(statement.where(col(Alias.key).in_(some))).tuples().all())
    return found


def changed_between(session: Session, since: datetime, until: datetime) -> list[Agreement]:
    """Agreements with a change that may be told, noted after `since` and not after `until`; rejected ones too."""
    window = (col(ChangeRow.at) > since, col(ChangeRow.at) <= until)
    told = select(col(ChangeRow.agreement)).where(col(ChangeRow.tell), *window)
    statement = select(AgreementRow).where(col(AgreementRow.id).in_(told)).order_by(*ordering("latest"))
    return load(session, session.scalars(statement).all())


def untold_between(session: Session, since: datetime, until: datetime) -> int:
    """How many agreements came or moved in a window without being news: by a backfill, say, or old items."""
    window = (col(ChangeRow.at) > since, col(ChangeRow.at) <= until)
    told = select(col(ChangeRow.agreement)).where(col(ChangeRow.tell), *window)
    silent = select(col(ChangeRow.agreement)).join(AgreementRow, col(AgreementRow.id) == col(ChangeRow.agreement))
    return _count(session, silent.where(
        ~col(ChangeRow.tell), *window, col(AgreementRow.live), col(AgreementRow.rejected) == "",
        col(ChangeRow.agreement).not_in(told),
    ).distinct())  # fmt: skip


def coming(session: Session, now: datetime) -> list[Agreement]:
    """Planned signings whose day is known and not past, the next first."""
    row = AgreementRow
    statement = select(row).where(
        col(row.live), col(row.rejected) == "", col(row.stage) == Stage.PLANNED, col(row.planned_on) >= now.date()
    )
    return load(session, session.scalars(statement.order_by(col(row.planned_on), col(row.key))).all())


def idle(
    session: Session,
    now: datetime,
    query: Query | None = None,
    *,
    after: timedelta = LONG_AGO,
    limit: int | None = None,
) -> list[Agreement]:
    """Signed longer ago than `after` and not in force, the latest first, of those that the conditions of a query hold
    for (not its order and limit); memoranda and the like need no more."""
    row = AgreementRow
    statement = select(row).where(
        *conditions(query or Query(), session.get_bind().dialect.name),
        col(row.stage) == Stage.SIGNED, col(row.signed_on) < (now - after).date(),
    )  # fmt: skip
    found = session.scalars(statement.order_by(col(row.signed_on).desc(), col(row.key))).all()
    waiting = [one for one in found if not one.papers or any(p.get("type") not in AT_ONCE for p in one.papers)]
    return load(session, waiting[:limit])


def coverage(session: Session, since: datetime, until: datetime) -> Coverage:
    """What a window rests on, and the news of the twelve weeks before its end: agreements that were new or reached
    another stage, each where it last did, without what a backfill brought."""
    good = col(Poll.outcome).in_(("entries", "unchanged"))
    window = (col(Item.seen) > since, col(Item.seen) <= until)
    about = select(col(ItemPair.item)).join(Item, col(Item.id) == col(ItemPair.item)).where(*window).distinct()
    polls = select(col(Poll.source)).where(col(Poll.at) > since, col(Poll.at) <= until, good)
    polls = polls.join(Source, col(Source.key) == col(Poll.source)).where(col(Source.watched)).distinct()
    news = select(col(ChangeRow.agreement)).join(AgreementRow, col(AgreementRow.id) == col(ChangeRow.agreement))
    told = news.where(
        col(ChangeRow.kind).in_(("new", "stage")), col(ChangeRow.tell), col(AgreementRow.live),
        col(AgreementRow.rejected) == "",
    )  # fmt: skip
    lately = (col(ChangeRow.at) > until - timedelta(weeks=12), col(ChangeRow.at) <= until)
    when = select(func.max(col(ChangeRow.at))).where(col(ChangeRow.agreement).in_(told), *lately, col(ChangeRow.tell))
    firsts = session.scalars(when.group_by(col(ChangeRow.agreement))).all()
    return Coverage(
        feeds_watched=_count(session, select(col(Source.key)).where(col(Source.watched))),
        feeds_read=_count(session, polls),
        entries=_count(session, select(col(Item.id)).where(*window)),
        bilateral=_count(session, about),
        agreements=_count(session, told.where(col(ChangeRow.at) > since, col(ChangeRow.at) <= until).distinct()),
        weeks=weeks(firsts, until),
    )  # fmt: skip


def weeks(firsts: Iterable[datetime], until: datetime) -> tuple[int, ...]:
    """How many of these times lie in each of the twelve weeks before `until`, oldest first."""
    counts = [0] * 12
    for first in firsts:
        back = (until - first) // timedelta(weeks=1)
        if 0 <= back < 12:
            counts[11 - back] += 1
    return tuple(counts)


def _count(session: Session, statement: Any) -> int:
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0
