"""Which agreement does each report tell of? The whole truth about a pair is a pure function of its tellings and of the
decisions that people made on it; here it is computed anew for the pairs that new items touch, and what is stored is
brought to it. So order, batches and workers cannot matter, and doing it twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlmodel import Session, col

from classify.model import Pair, Stage
from storage import reconcile
from storage.lookup import chunks
from storage.merging import Wanted, wanted
from storage.reconcile import Member, Stored
from storage.tables import AgreementRow, CoverageRow, Item, ItemPair
from storage.writing import Writer


@dataclass(frozen=True, slots=True)
class Covered:
    """Keys of the agreements that are new, and of those that changed otherwise than by one more report."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def cover(session: Session, items: Collection[int], now: datetime) -> Covered:
    """Bring the agreements of all pairs that these new items touch up to date, and mark planned ones overdue."""
    done = cover_pairs(session, pairs_of(session, items), now, fresh=items)
    return Covered(done.new, tuple(dict.fromkeys((*done.changed, *mark_overdue(session, now)))))


def pairs_of(session: Session, items: Collection[int]) -> list[Pair]:
    """The pairs that these items tell of an agreement for, sorted."""
    found: set[Pair] = set()
    for some in chunks(sorted(items)):
        statement = select(col(ItemPair.a), col(ItemPair.b)).where(col(ItemPair.item).in_(some))
        found.update(session.execute(statement.where(col(ItemPair.stage) != Stage.NONE)).tuples().all())
    return sorted(found)


def cover_pairs(
    session: Session, pairs: Iterable[Pair], now: datetime, *, fresh: Collection[int] = (), note: str = "", by: str = ""
) -> Covered:
    """Bring all agreements of these pairs to what their tellings and decisions say.

    Only what items among `fresh` report may be told (and not even that, where the item is quiet): corrections and new
    labels for old items are noted, with `note` and `by`, and mailed to no one but those told of what was rejected.
    """
    done = Covered()
    fresh_ones = _tellable(session, fresh)
    for some in chunks(sorted(set(pairs)), 500):
        session.flush()
        with session.no_autoflush:  # all is written at once, by `Writer.write`
            writer = Writer(session, now, note=note, by=by)
            merged = wanted(session, some)
            rows, covered = _rows(session, some), _covered(session, some)
            for one in some:
                _bring(writer, merged.get(one, []), rows.get(one, []), covered.get(one, {}), fresh_ones)
            new, changed = writer.write()
        done = Covered(done.new + new, done.changed + changed)
    return done


def _bring(
    writer: Writer,
    records: list[Wanted],
    rows: list[AgreementRow],
    covered: dict[Member, CoverageRow],
    fresh: Collection[int],
) -> None:
    """Carry out the plan for one pair."""
    plan = reconcile.plan([record.members for record in records], _stored(rows, covered))
    by_id = {row.id: row for row in rows}
    chosen: list[AgreementRow] = []
    for index, record in enumerate(records):
        row = by_id.get(plan.goes_on.get(index))
        source = by_id.get(plan.split_from.get(index))
        chosen.append(writer.create(record) if row is None else row)
        writer.update(chosen[-1], record, fresh, split_from=source)
    for number, index in plan.merged.items():
        writer.merge(by_id[number], chosen[index])
    for number in plan.empty:
        writer.withdraw(by_id[number])
    writer.report(records, chosen, covered)


def mark_overdue(session: Session, now: datetime) -> tuple[str, ...]:
    """Note each planned signing whose day passed without a report; the keys of those newly overdue."""
    row = AgreementRow
    statement = select(row).where(col(row.live), col(row.stage) == Stage.PLANNED, col(row.overdue).is_(False))
    late = session.scalars(statement.where(col(row.planned_on) < now.date()).order_by(col(row.key))).all()
    writer = Writer(session, now)
    for one in late:
        writer.set_overdue(one)
    writer.write()
    return tuple(one.key for one in late)


def _stored(rows: Iterable[AgreementRow], covered: Mapping[Member, CoverageRow]) -> list[Stored]:
    members: dict[int, set[Member]] = defaultdict(set)
    origins: dict[int, set[Member]] = defaultdict(set)
    for member, report in covered.items():
        if report.agreement is not None:
            members[report.agreement].add(member)
        origins[report.origin].add(member)
    return [
        Stored(row.id, frozenset(members[row.id]), frozenset(origins[row.id]), row.live)
        for row in rows
        if row.id is not None
    ]


def _rows(session: Session, pairs: Collection[Pair]) -> Mapping[Pair, list[AgreementRow]]:
    row, found = AgreementRow, defaultdict(list)
    for one in session.scalars(select(row).where(tuple_(col(row.a), col(row.b)).in_(pairs)).order_by(col(row.id))):
        found[one.a, one.b].append(one)
    return found


def _covered(session: Session, pairs: Collection[Pair]) -> Mapping[Pair, dict[Member, CoverageRow]]:
    row = CoverageRow
    found: dict[Pair, dict[Member, CoverageRow]] = defaultdict(dict)
    for one in session.scalars(select(row).where(tuple_(col(row.a), col(row.b)).in_(pairs))):
        found[one.a, one.b][one.item, one.a, one.b] = one
    return found


def _tellable(session: Session, items: Collection[int]) -> frozenset[int]:
    found: set[int] = set()
    for some in chunks(sorted(items)):
        found.update(session.scalars(select(col(Item.id)).where(col(Item.id).in_(some), col(Item.tell))))
    return frozenset(found)
