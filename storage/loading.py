"""Agreements with all that belongs to them, in a handful of statements however many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from classify.model import Evidence, Stage
from storage import codec
from storage.lookup import chunks
from storage.records import Agreement, Change, Paper, Report, StageDate
from storage.sources import speaks_for
from storage.tables import (
    AgreementRow,
    AgreementSector,
    Alias,
    ChangeRow,
    CoverageRow,
    Item,
    LabelsRow,
    Source,
    table,
)


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
            source.official, source.key, table(LabelsRow).c.evidence,
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
    official: str, source: str, evidence: dict[str, Any] | None,
) -> Report:  # fmt: skip
    """`quoted` is an outlet that the feed only quotes: it speaks for itself."""
    return Report(
        item=item, outlet=quoted or outlet, voice=quoted or voice, country="" if quoted else country, lang=lang,
        title=title, url=url, published=published, seen=seen, stage=Stage(stage),
        evidence=codec.load(Evidence, evidence) if evidence else None, confidence=confidence,
        official=speaks_for(source, official, quoted, url), copy_of=copy_of, changed=changed,
    )  # fmt: skip


def _changes(session: Session, ids: Sequence[int]) -> Mapping[int, list[Change]]:
    own = table(ChangeRow).c
    statement = select(own.agreement, own.at, own.kind, own.before, own.after, own.note, own.by, own.tell, own.id)
    found: dict[int, list[Change]] = defaultdict(list)
    for number, *columns in session.execute(statement.where(own.agreement.in_(ids)).order_by(own.id)):
        found[number].append(Change(*columns))
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
    own = table(AgreementSector).c
    found: dict[int, list[str]] = defaultdict(list)
    statement = select(own.agreement, own.sector).where(own.agreement.in_(ids)).order_by(own.sector)
    for number, sector in session.execute(statement):
        found[number].append(sector)
    return found


def _into(session: Session, rows: Sequence[AgreementRow]) -> Mapping[int, str]:
    ids = {row.merged_into for row in rows if row.merged_into}
    if not ids:
        return {}
    statement = select(col(AgreementRow.id), col(AgreementRow.key)).where(col(AgreementRow.id).in_(ids))
    return dict(session.execute(statement).tuples().all())
