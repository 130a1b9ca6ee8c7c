"""What may be asked of the agreements, as plain data, and its translation into one WHERE."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import col

from classify.model import Pair, Stage
from storage import search
from storage.tables import NO_DAY, AgreementRow, AgreementSector, CoverageRow, Item, Source

Order = Literal["latest", "first_seen", "confidence", "key"]


@dataclass(frozen=True, slots=True)
class Query:
    """Which agreements are wanted; all conditions hold together, values of one condition are alternatives.

    `since` (from that day on) and `until` (that day included) count the day on which the newest stage happened or,
    where no report tells, was reported; where neither is known they hold for no agreement. `outlet` is a part of an
    outlet's name or a feed's key; `text` is searched in titles, places, subjects, bodies, headlines and evidence of all
    languages.
    """

    countries: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    sectors: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    since: date | None = None
    until: date | None = None
    outlet: str = ""
    confidence: float = 0.0
    text: str = ""
    rejected: bool = False
    """Those withdrawn by a person too."""
    order: Order = "latest"
    limit: int | None = 50
    offset: int = 0


def conditions(query: Query, dialect: str) -> list[ColumnElement[bool]]:
    """The WHERE of a query over live agreements."""
    row = AgreementRow
    found: list[ColumnElement[bool]] = [col(row.live).is_(True)]
    if not query.rejected:
        found.append(col(row.rejected) == "")
    if query.countries:
        found.append(or_(col(row.a).in_(query.countries), col(row.b).in_(query.countries)))
    if query.pairs:
        found.append(or_(*(and_(col(row.a) == a, col(row.b) == b) for a, b in query.pairs)))
    if query.sectors:
        covered = select(col(AgreementSector.agreement)).where(col(AgreementSector.sector).in_(query.sectors))
        found.append(col(row.id).in_(covered))
    if query.stages:
        found.append(col(row.stage).in_([stage.value for stage in query.stages]))
    if query.since:
        found.append(col(row.latest) >= _midnight(query.since))
    if query.until:
        found.append(and_(col(row.latest) > NO_DAY, col(row.latest) < _midnight(query.until + timedelta(days=1))))
    if query.confidence:
        found.append(col(row.confidence) >= query.confidence)
    return found + _by_reports(query, dialect)


def _by_reports(query: Query, dialect: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.outlet:
        parts = [col(name).icontains(query.outlet, autoescape=True) for name in (Item.outlet, Source.outlet)]
        named = or_(*parts, col(Source.key) == query.outlet)
        reports = select(col(CoverageRow.agreement)).join(Item, col(Item.id) == col(CoverageRow.item))
        found.append(col(AgreementRow.id).in_(reports.join(Source, col(Source.key) == col(Item.source)).where(named)))
    if query.text:
        asked = search.condition(dialect, query.text)
        found.append(asked if asked is not None else col(AgreementRow.id).is_(None))
    return found


def ordering(order: Order) -> list[Any]:
    """The ORDER BY, complete, so that equal times always come in the same order."""
    row = AgreementRow
    first: dict[Order, Any] = {
        "latest": col(row.latest).desc(),
        "first_seen": col(row.first_seen).desc(),
        "confidence": col(row.confidence).desc(),
        "key": col(row.key),
    }
    return [first[order], col(row.key)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
