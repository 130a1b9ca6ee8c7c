"""What is asked of the store: agreements with all that belongs to them, in a handful of statements however many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import func, select
from sqlmodel import Session, col

from classify.model import Evidence, Stage
from storage import codec
from storage.asking import Query, conditions, ordering
from storage.errors import Unknown
from storage.items import chunks
from storage.records import Agreement, Change, ChangeKind, Coverage, Paper, Report, StageDate
from storage.tables import (
    AgreementRow,
    AgreementSector,
    Alias,
    ChangeRow,
    CoverageRow,
    Item,
    ItemPair,
    LabelsRow,
    Poll,
    Source,
    table,
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
    """All records in the order of their keys, those withdrawn or merged away too: what the archive site shows."""
    return load(session, session.scalars(select(AgreementRow).order_by(col(AgreementRow.key))).all())


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


def position(session: Session) -> int:
    """The number of the last change: windows that begin where the last one ended miss nothing and repeat nothing."""
    return session.scalar(select(func.max(col(ChangeRow.id)))) or 0


def changed_between(session: Session, since: datetime, until: datetime) -> list[Agreement]:
    """Agreements with a change that may be told, noted after `since` and not after `until`; rejected ones too."""
    return _changed(session, col(ChangeRow.at) > since, col(ChangeRow.at) <= until)


def changed_after(session: Session, number: int) -> list[Agreement]:
    """Agreements with a change that may be told, numbered above `number` (see `position`); rejected ones too."""
    return _changed(session, col(ChangeRow.id) > number)


def _changed(session: Session, *where: Any) -> list[Agreement]:
    told = select(col(ChangeRow.agreement)).where(col(ChangeRow.tell), *where)
    statement = select(AgreementRow).where(col(AgreementRow.id).in_(told)).order_by(*ordering("latest"))
    return load(session, session.scalars(statement).all())


def coming(session: Session, now: datetime) -> list[Agreement]:
    """Planned signings whose day is known and not past, the next first."""
    row = AgreementRow
    statement = select(row).where(
        col(row.live), col(row.rejected) == "", col(row.stage) == Stage.PLANNED, col(row.planned_on) >= now.date()
    )
    return load(session, session.scalars(statement.order_by(col(row.planned_on), col(row.key))).all())


def idle(session: Session, now: datetime, *, after: timedelta = LONG_AGO, limit: int | None = None) -> list[Agreement]:
    """Signed longer ago than `after` and not in force, the latest first; memoranda and the like need no more."""
    row = AgreementRow
    statement = select(row).where(
        col(row.live), col(row.rejected) == "", col(row.stage) == Stage.SIGNED,
        col(row.signed_on) < (now - after).date(),
    )  # fmt: skip
    found = session.scalars(statement.order_by(col(row.signed_on).desc(), col(row.key))).all()
    waiting = [one for one in found if not one.papers or any(p.get("type") not in AT_ONCE for p in one.papers)]
    return load(session, waiting[:limit])


def coverage(session: Session, since: datetime, until: datetime) -> Coverage:
    """What a window rests on, and the new agreements of the twelve weeks before its end."""
    good = col(Poll.outcome).in_(("entries", "unchanged"))
    window = (col(Item.seen) > since, col(Item.seen) <= until)
    about = select(col(ItemPair.item)).join(Item, col(Item.id) == col(ItemPair.item)).where(*window).distinct()
    polls = select(col(Poll.source)).where(col(Poll.at) > since, col(Poll.at) <= until, good).distinct()
    news = select(col(ChangeRow.agreement)).join(AgreementRow, col(AgreementRow.id) == col(ChangeRow.agreement))
    firsts = session.scalars(
        select(col(AgreementRow.first_seen)).where(
            col(AgreementRow.live), col(AgreementRow.rejected) == "",
            col(AgreementRow.first_seen) > until - timedelta(weeks=12), col(AgreementRow.first_seen) <= until,
        )
    ).all()  # fmt: skip
    return Coverage(
        feeds_watched=_count(session, select(col(Source.key)).where(col(Source.watched))),
        feeds_read=_count(session, polls),
        entries=_count(session, select(col(Item.id)).where(*window)),
        bilateral=_count(session, about),
        agreements=_count(session, news.where(
            col(ChangeRow.kind) == "new", col(ChangeRow.tell), col(ChangeRow.at) > since, col(ChangeRow.at) <= until,
            col(AgreementRow.live), col(AgreementRow.rejected) == "",
        ).distinct()),
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


def load(session: Session, rows: Sequence[AgreementRow]) -> list[Agreement]:
    """Agreements whole, in the order of their rows: five statements for any number of them."""
    found: list[Agreement] = []
    for some in chunks(rows, 1000):
        ids = [row.id for row in some if row.id is not None]
        reports, changes = _reports(session, ids), _changes(session, ids)
        aliases, sectors, into = _aliases(session, ids), _sectors(session, ids), _into(session, some)
        found += [
            _agreement(row, reports[row.id], changes[row.id], aliases[row.id], sectors[row.id], into)
            for row in some
            if row.id is not None
        ]
    return found


def _agreement(
    row: AgreementRow,
    reports: list[Report],
    changes: list[Change],
    names: list[str],
    sectors: list[str],
    into: Mapping[int, str],
) -> Agreement:
    gone = "" if row.live or row.merged_into else "none of its reports is read as telling of it any more"
    return Agreement(
        key=row.key, pair=(row.a, row.b), title=row.title, stage=Stage(row.stage),
        stages=codec.load(tuple[StageDate, ...], row.stages), place=row.place, sectors=tuple(sectors),
        papers=codec.load(tuple[Paper, ...], row.papers), reports=tuple(reports), confidence=row.confidence,
        reason=row.reason, outlets=row.outlets, officials=tuple(row.officials), changes=tuple(changes),
        first_seen=row.first_seen, changed=row.modified, overdue=row.overdue, rejected=row.rejected or gone,
        merged_into=into.get(row.merged_into or 0, ""), aliases=tuple(name for name in names if name != row.key),
        disputed=tuple(row.disputed), count=row.count, people=tuple(row.people), bodies=tuple(row.bodies),
    )  # fmt: skip


def _reports(session: Session, ids: Sequence[int]) -> Mapping[int, list[Report]]:
    """Columns, not objects: this is most of what is read."""
    covers, item, source = table(CoverageRow).c, table(Item).c, table(Source).c
    statement = (
        select(
            covers.agreement, covers.item, covers.stage, covers.copy_of, item.outlet, item.lang, item.title, item.url,
            item.published, item.seen, item.confidence, item.changed, source.outlet, source.voice, source.country,
            source.official, table(LabelsRow).c.evidence,
        )
        .select_from(table(CoverageRow))
        .join(table(Item), item.id == covers.item)
        .join(table(Source), source.key == item.source)
        .outerjoin(table(LabelsRow), table(LabelsRow).c.item == item.id)
        .where(covers.agreement.in_(ids))
    )  # fmt: skip
    found: dict[int, list[Report]] = defaultdict(list)
    for number, *columns in session.execute(statement):
        found[number].append(_report(*columns))
    for reports in found.values():
        reports.sort(key=lambda one: (not one.official, one.published or one.seen, one.seen, one.item))
    return found


def _report(
    item: int, stage: str, copy_of: int | None, quoted: str, lang: str, title: str, url: str,
    published: datetime | None, seen: datetime, confidence: float, changed: bool, outlet: str, voice: str, country: str,
    official: str, evidence: dict[str, Any] | None,
) -> Report:  # fmt: skip
    """`quoted` is an outlet that the feed only quotes: it speaks for itself, and for no government."""
    return Report(
        item=item, outlet=quoted or outlet, voice=quoted or voice, country="" if quoted else country, lang=lang,
        title=title, url=url, published=published, seen=seen, stage=Stage(stage),
        evidence=codec.load(Evidence, evidence) if evidence else None, confidence=confidence,
        official="" if quoted else official, copy_of=copy_of, changed=changed,
    )  # fmt: skip


def _changes(session: Session, ids: Sequence[int]) -> Mapping[int, list[Change]]:
    statement = select(ChangeRow).where(col(ChangeRow.agreement).in_(ids)).order_by(col(ChangeRow.id))
    found: dict[int, list[Change]] = defaultdict(list)
    for row in session.scalars(statement):
        found[row.agreement].append(
            Change(
                at=row.at, kind=cast(ChangeKind, row.kind), before=row.before, after=row.after, note=row.note,
                by=row.by, tell=row.tell,
                number=row.id or 0,
            )
        )  # fmt: skip
    return found


def _aliases(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """All names of each agreement: its own, and those of what was merged into it."""
    row = AgreementRow
    owner = func.coalesce(col(row.merged_into), col(row.id))
    statement = select(owner, col(Alias.key)).join(row, col(row.id) == col(Alias.agreement))
    wanted = col(row.id).in_(ids) | col(row.merged_into).in_(ids)
    found: dict[int, list[str]] = defaultdict(list)
    for number, key in session.execute(statement.where(wanted).order_by(col(Alias.key))):
        found[number].append(key)
    return found


def _sectors(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    statement = select(AgreementSector).where(col(AgreementSector.agreement).in_(ids))
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.scalars(statement.order_by(col(AgreementSector.sector))):
        found[row.agreement].append(row.sector)
    return found


def _into(session: Session, rows: Sequence[AgreementRow]) -> Mapping[int, str]:
    ids = {row.merged_into for row in rows if row.merged_into}
    if not ids:
        return {}
    statement = select(col(AgreementRow.id), col(AgreementRow.key)).where(col(AgreementRow.id).in_(ids))
    return dict(session.execute(statement).tuples().all())
