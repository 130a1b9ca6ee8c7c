"""What a person decides about an agreement. Decisions are tied to reports, which stay while records come and go: so
they hold when the archive is read with a new lexicon, and when late reports merge or split records.

Each ends with the pair being merged anew, so that what is stored is always what tellings and decisions say.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from classify.model import Pair, Stage
from storage.cover import cover_pairs
from storage.errors import StoreError, Unfit
from storage.items import insert_many
from storage.loading import load
from storage.queries import find
from storage.records import Agreement
from storage.tables import AgreementRow, ChangeRow, CoverageRow, Decision, DecisionItem, Item, ItemPair, ItemSector

Kind = Literal["reject", "relabel", "merge", "split"]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as people read it; `names` are the present keys of what it speaks of."""

    number: int
    at: datetime
    by: str
    kind: str
    note: str
    values: dict[str, Any]
    names: tuple[str, ...]
    undone: datetime | None = None


def reject(session: Session, name: str, note: str, *, by: str, now: datetime) -> Agreement:
    """Withdraw an agreement: `note` says why, and those who were told of it are told so once. Later reports of it join
    the withdrawn record and are mailed to no one."""
    row = _live(session, name)
    if row.rejected:
        raise StoreError(f"{row.key}: is rejected already ({row.rejected})")
    if not note.strip():
        raise StoreError(f"{row.key}: say why it is rejected; readers are told")
    _decide(session, "reject", note.strip(), [row], by=by, now=now)
    return _again(session, [row], by=by, now=now)


def restore(session: Session, name: str, note: str = "", *, by: str, now: datetime) -> Agreement:
    """Take a rejection back."""
    row = _live(session, name)
    undone = _undo(session, row, ("reject",), now)
    if not undone:
        raise StoreError(f"{row.key}: is not rejected")
    return _again(session, [row], note=note, by=by, now=now)


def relabel(
    session: Session,
    name: str,
    *,
    by: str,
    now: datetime,
    stage: Stage | None = None,
    pair: Pair | None = None,
    sectors: Collection[str] | None = None,
    note: str = "",
) -> Agreement:
    """Change what the reports of an agreement are read as telling: the stage (of those that tell of the present one;
    `none` says that they tell of no agreement), the pair, the sectors."""
    row = _live(session, name)
    before = _labels(session, row)
    only_stage = stage is not None and pair is None and sectors is None
    reports = _reports(session, row, Stage(row.stage) if only_stage else None)
    values = {
        "stage": stage.value if stage is not None else None, "from": row.stage,
        "pair": list(pair) if pair else None, "sectors": sorted(sectors) if sectors is not None else None,
    }  # fmt: skip
    decision = _decide(session, "relabel", note, [row], by=by, now=now, values=values, reports=reports)
    apply(session, [decision])
    pairs = {(row.a, row.b), *([pair] if pair else [])}
    cover_pairs(session, pairs, now, note=note, by=by)
    session.flush()
    return _follow(session, row, [one.item for one in reports], before, pair is not None, note=note, by=by, now=now)


def merge(session: Session, names: Sequence[str], *, by: str, now: datetime, note: str = "") -> Agreement:
    """Make one record of several of the same pair; all their names lead to it."""
    rows = list({row.id: row for row in (_live(session, name) for name in names)}.values())
    if len(rows) < 2:
        raise Unfit("merge: name two different agreements")
    if len({(row.a, row.b) for row in rows}) > 1:
        raise Unfit(f"merge: {', '.join(row.key for row in rows)} are of different pairs; correct the pair first")
    for row in rows:
        _undo(session, row, ("split",), now)
    _decide(session, "merge", note, rows, by=by, now=now)
    return _again(session, rows, note=note, by=by, now=now)


def split(
    session: Session, name: str, items: Collection[int], *, by: str, now: datetime, note: str = ""
) -> tuple[Agreement, Agreement]:
    """Put some of an agreement's reports (by the numbers of their items) into a record of their own; the record
    of the rest, then theirs. The name stays with the part that has more reports, else with that of the first report."""
    row = _live(session, name)
    reports = _reports(session, row)
    held = {one.item for one in reports}
    if unknown := sorted(set(items) - held):
        raise Unfit(f"{row.key}: has no report {', '.join(map(str, unknown))}; `agreements show` numbers them")
    if not items or set(items) == held:
        raise Unfit(f"{row.key}: name some of its {len(held)} reports, not all")
    _undo(session, row, ("merge",), now, items)
    chosen = [one for one in reports if one.item in set(items)]
    _decide(session, "split", note, [row], by=by, now=now, reports=chosen)
    cover_pairs(session, [(row.a, row.b)], now, note=note, by=by)
    session.flush()
    kept = _covering(session, row, held - set(items))
    return load(session, [kept])[0], load(session, [_covering(session, row, set(items))])[0]


def decisions(session: Session) -> list[Decided]:
    """All decisions, those undone too, newest first."""
    found = []
    for row in session.scalars(select(Decision).order_by(col(Decision.id).desc())):
        names = session.scalars(
            select(col(AgreementRow.key))
            .join(CoverageRow, col(CoverageRow.agreement) == col(AgreementRow.id))
            .join(DecisionItem, col(DecisionItem.item) == col(CoverageRow.item))
            .where(col(DecisionItem.decision) == row.id)
            .distinct()
            .order_by(col(AgreementRow.key))
        ).all()
        found.append(
            Decided(row.id or 0, row.at, row.by, row.kind, row.note, row.values or {}, tuple(names), row.undone)
        )
    return found


def apply(session: Session, relabels: Iterable[Decision]) -> None:
    """Write corrected labels over what classify said, the oldest decision first. Doing it twice changes nothing."""
    for decision in relabels:
        values = decision.values or {}
        chosen = select(DecisionItem).where(col(DecisionItem.decision) == decision.id)
        for one in session.scalars(chosen).all():
            _apply_one(session, one, values)
    session.flush()


def _apply_one(session: Session, one: DecisionItem, values: dict[str, Any]) -> None:
    said = session.get(ItemPair, (one.item, one.a, one.b))
    stage = values.get("stage") or (said.stage if said else "")
    a, b = values.get("pair") or (one.a, one.b)
    if stage:
        if said is not None and (a, b) != (one.a, one.b):
            session.delete(said)
            session.flush()
        session.merge(ItemPair(item=one.item, a=a, b=b, stage=stage))
    if values.get("stage"):
        session.execute(update(Item).where(col(Item.id) == one.item).values(stage=stage))
    if (sectors := values.get("sectors")) is not None:
        session.execute(delete(ItemSector).where(col(ItemSector.item) == one.item))
        insert_many(session, ItemSector, [{"item": one.item, "sector": sector} for sector in sectors])


def _live(session: Session, name: str) -> AgreementRow:
    row = find(session, name)
    if row.merged_into:
        row = session.get_one(AgreementRow, row.merged_into)
    if not row.live:
        raise StoreError(f"{row.key}: has no report any more")
    return row


def _reports(session: Session, row: AgreementRow, stage: Stage | None = None) -> list[CoverageRow]:
    statement = select(CoverageRow).where(col(CoverageRow.agreement) == row.id)
    if stage is not None:
        statement = statement.where(col(CoverageRow.stage) == stage)
    return list(session.scalars(statement.order_by(col(CoverageRow.item))).all())


def _decide(
    session: Session, kind: Kind, note: str, rows: Iterable[AgreementRow], *, by: str, now: datetime,
    values: dict[str, Any] | None = None, reports: Sequence[CoverageRow] | None = None,
) -> Decision:  # fmt: skip
    decision = Decision(at=now, by=by, kind=kind, note=note, values=values)
    session.add(decision)
    session.flush()
    chosen = reports if reports is not None else [one for row in rows for one in _reports(session, row)]
    rows_of = [{"decision": decision.id, "item": one.item, "a": one.a, "b": one.b, "part": 0} for one in chosen]
    insert_many(session, DecisionItem, rows_of)
    return decision


def _undo(
    session: Session, row: AgreementRow, kinds: Collection[str], now: datetime, items: Collection[int] | None = None
) -> int:
    """Undo decisions of these kinds that speak of the agreement's reports (or of some of them)."""
    own = set(items) if items is not None else {one.item for one in _reports(session, row)}
    spoken = select(col(DecisionItem.decision)).where(
        col(DecisionItem.item).in_(own), col(DecisionItem.a) == row.a, col(DecisionItem.b) == row.b
    )
    standing = update(Decision).where(col(Decision.kind).in_(kinds), col(Decision.undone).is_(None))
    return int(session.execute(standing.where(col(Decision.id).in_(spoken)).values(undone=now)).rowcount)  # type: ignore[attr-defined]


def _again(session: Session, rows: Sequence[AgreementRow], *, by: str, now: datetime, note: str = "") -> Agreement:
    held = {one.item for row in rows for one in _reports(session, row)}
    cover_pairs(session, [(rows[0].a, rows[0].b)], now, note=note, by=by)
    session.flush()
    return load(session, [_covering(session, rows[0], held)])[0]


def _covering(session: Session, row: AgreementRow, items: Collection[int]) -> AgreementRow:
    """The agreement that most of these reports are under now; the row itself where none is."""
    most = session.execute(
        select(col(CoverageRow.agreement), func.count().label("n"))
        .where(col(CoverageRow.item).in_(items), col(CoverageRow.a) == row.a, col(CoverageRow.b) == row.b)
        .where(col(CoverageRow.agreement).is_not(None))
        .group_by(col(CoverageRow.agreement))
        .order_by(func.count().desc(), col(CoverageRow.agreement))
    ).first()
    return session.get_one(AgreementRow, most[0]) if most else row


def _labels(session: Session, row: AgreementRow) -> str:
    agreement = load(session, [row])[0]
    return f"{'-'.join(agreement.pair)} {agreement.stage} {', '.join(agreement.sectors)}".strip()


def _follow(
    session: Session, row: AgreementRow, items: Collection[int], before: str, moved: bool, *, note: str, by: str,
    now: datetime,
) -> Agreement:  # fmt: skip
    """Note the correction, and lead the old name to the record under another pair."""
    target = row
    if moved:
        under = select(col(CoverageRow.agreement)).where(col(CoverageRow.item).in_(items))
        live = select(AgreementRow).where(col(AgreementRow.id).in_(under), col(AgreementRow.id) != row.id)
        found = session.scalars(live.where(col(AgreementRow.live)).order_by(col(AgreementRow.id).desc())).first()
        if not row.live and found is not None:
            target = found
            row.merged_into, target.told = target.id, target.told or row.told
    after = _labels(session, target) if target.live else "no agreement"
    session.add(
        ChangeRow(
            agreement=target.id or 0, at=now, kind="parties" if moved else "corrected", before=before, after=after,
            note=note, by=by, tell=bool(target.told),
        )
    )  # fmt: skip
    target.modified = now
    session.flush()
    return load(session, [target])[0]
