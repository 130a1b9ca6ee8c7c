"""Brings stored agreements to what they should be, row by row, with a line in the record of changes for each step."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from classify.model import Pair, Stage
from storage import search
from storage.items import insert_many
from storage.lookup import chunks
from storage.merging import Wanted
from storage.reconcile import Member, free_key, month_of
from storage.records import ChangeKind
from storage.tables import (
    AgreementRow,
    AgreementSector,
    Alias,
    ChangeRow,
    CoverageRow,
    Item,
    LabelsRow,
    table,
)


class Writer:
    """One transaction's work on agreements; `write` sends what was collected and gives the keys new and changed."""

    def __init__(self, session: Session, now: datetime, *, note: str = "", by: str = "") -> None:
        self._session, self._now, self._note, self._by = session, now, note, by
        self._next = (session.scalar(select(func.max(col(AgreementRow.id)))) or 0) + 1
        self._new: list[AgreementRow] = []
        self._touched: dict[int, AgreementRow] = {}
        self._changes: list[dict[str, Any]] = []
        self._sectors: dict[int, tuple[str, ...]] = {}
        self._reports: list[dict[str, Any]] = []
        self._names: dict[str, int] = {}
        self._given: dict[Pair, dict[str, int]] = {}

    def create(self, record: Wanted) -> AgreementRow:
        """A new row for a record that has none; `update` fills it."""
        a, b = record.pair
        row = AgreementRow(id=self._next, key="", a=a, b=b, modified=self._now, **record.values())
        self._next += 1
        self._session.add(row)
        self._new.append(row)
        return row

    def update(
        self, row: AgreementRow, record: Wanted, fresh: Collection[int], *, split_from: AgreementRow | None = None
    ) -> None:
        """Give a row its record's values, and note what that changes for a reader; a split stands in both records."""
        is_new = changed = not row.key
        before = ("", "", "") if is_new else (row.stage, _day(row), row.rejected)
        for name, value in () if is_new else record.values().items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                changed = True
        self._name(row, record.key)
        if not row.live:
            row.live, row.merged_into, changed = True, None, True
        if split_from is not None:
            self._note_change(split_from, "split", before=split_from.key, after=row.key)
            self._note_change(row, "split", before=split_from.key, after=row.key)
        self._stage(row, record, before[0], fresh, is_new=is_new and split_from is None)
        self._rejection(row, record, before[2])
        if before[1] and _day(row) and before[0] == row.stage and before[1] != _day(row):
            told = bool(row.told) and not record.rejected and record.reported_by(fresh)
            self._note_change(row, "date", before=before[1], after=_day(row), tell=told)
        self._set_overdue(row)
        self._sectors[_id(row)] = record.sectors
        if changed:
            self._touch(row)

    def merge(self, row: AgreementRow, into: AgreementRow) -> None:
        """A row whose reports are now another's: its names lead there from now on."""
        row.live, row.merged_into, row.modified = False, into.id, self._now
        earlier = update(AgreementRow).where(col(AgreementRow.merged_into) == row.id)
        self._session.execute(earlier.values(merged_into=into.id))
        self._note_change(row, "merged", before=row.key, after=into.key)
        self._note_change(into, "merged", before=row.key, after=into.key)
        into.told = into.told or row.told
        self._touch(into)

    def withdraw(self, row: AgreementRow) -> None:
        """A row that lost its last report."""
        row.live, row.modified = False, self._now
        self._note_change(row, "corrected", before=row.stage, note=self._note or "no report tells of it any more")

    def report(
        self, records: Sequence[Wanted], rows: Sequence[AgreementRow], covered: dict[Member, CoverageRow]
    ) -> None:
        """Bring the list of which item tells of which agreement to what it should be."""
        wanted = set()
        for record, row in zip(records, rows, strict=True):
            for member, telling in record.members.items():
                wanted.add(member)
                values = {
                    "agreement": row.id, "occasion": telling.occasion, "stage": telling.stage.value,
                    "copy_of": telling.copy_of,
                }  # fmt: skip
                self._put(member, values, covered.get(member), row)
        for member, report in covered.items():
            if member not in wanted:
                report.agreement = None

    def _put(self, member: Member, values: dict[str, Any], old: CoverageRow | None, row: AgreementRow) -> None:
        item, a, b = member
        if old is None:
            self._reports.append({"item": item, "a": a, "b": b, "origin": row.id, **values})
            self._touch(row)
        elif any(getattr(old, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(old, name, value)
            self._touch(row)

    def set_overdue(self, row: AgreementRow) -> None:
        """Note that the day of a planned signing passed."""
        row.overdue = True
        self._note_change(row, "overdue", before=str(row.planned_on or ""))
        self._touch(row)

    def write(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Send all that was collected."""
        session = self._session
        session.flush()
        insert_many(session, Alias, [{"key": key, "agreement": number} for key, number in self._names.items()])
        insert_many(session, CoverageRow, self._reports)
        self._write_sectors()
        if self._changes:
            session.execute(table(ChangeRow).insert(), self._changes)
        search.write(session, self._words())
        new = {row.id for row in self._new}
        noted = {change["agreement"] for change in self._changes}
        changed = [row.key for number, row in self._touched.items() if number in noted and number not in new]
        return tuple(row.key for row in self._new), tuple(changed)

    def _name(self, row: AgreementRow, wanted: str) -> None:
        """The record's name, or the next free one of its month; a name once given to another is never taken from it."""
        if row.key and month_of(row.key) == month_of(wanted):
            return
        taken = self._taken(row.a, row.b)
        row.key = free_key(wanted, {key for key, owner in taken.items() if owner != row.id})
        if row.key not in taken:
            self._names[row.key] = taken[row.key] = _id(row)

    def _taken(self, a: str, b: str) -> dict[str, int]:
        """All names that were ever given out for a pair, with the rows that have them."""
        if (a, b) not in self._given:
            own = AgreementRow  # not a range of names: what stands between two is the server's locale to say
            names = select(col(Alias.key), col(Alias.agreement)).join(own, col(own.id) == col(Alias.agreement))
            mine = names.where(col(own.a) == a, col(own.b) == b)
            self._given[a, b] = dict(self._session.execute(mine).tuples().all())
        return self._given[a, b]

    def _stage(self, row: AgreementRow, record: Wanted, before: str, fresh: Collection[int], *, is_new: bool) -> None:
        """Note a new record or a moved stage; told where a fresh report tells of the stage that nobody was told yet."""
        told = row.told != row.stage and not record.rejected and record.reported_by(fresh)
        if told or is_new or before != row.stage:
            kind: ChangeKind = "new" if is_new or (told and not row.told) else "stage"
            was = "" if kind == "new" else (row.told if told and row.told else before)
            self._note_change(row, kind, before=was, after=row.stage, tell=told)
        if told:
            row.told = row.stage

    def _rejection(self, row: AgreementRow, record: Wanted, before: str) -> None:
        if bool(before) != bool(record.rejected):
            kind: ChangeKind = "rejected" if record.rejected else "restored"
            self._note_change(row, kind, note=record.rejected or self._note, tell=bool(row.told))

    def _set_overdue(self, row: AgreementRow) -> None:
        late = row.stage == Stage.PLANNED and row.planned_on is not None and row.planned_on < self._now.date()
        if late and not row.overdue:
            self.set_overdue(row)
        row.overdue = late

    def _note_change(
        self, row: AgreementRow, kind: ChangeKind, *, before: str = "", after: str = "", note: str = "",
        tell: bool = False,
    ) -> None:  # fmt: skip
        self._changes.append(
            {
                "agreement": row.id, "at": self._now, "kind": kind, "before": before, "after": after,
                "note": note or self._note, "by": self._by, "tell": tell,
            }
        )  # fmt: skip
        self._touch(row)

    def _touch(self, row: AgreementRow) -> None:
        row.modified = self._now
        self._touched[_id(row)] = row

    def _write_sectors(self) -> None:
        row = AgreementSector
        known: dict[int, set[str]] = {number: set() for number in self._sectors}
        for some in chunks(sorted(known)):
            for one in self._session.scalars(select(row).where(col(row.agreement).in_(some))):
                known[one.agreement].add(one.sector)
        changed = [number for number, sectors in self._sectors.items() if known[number] != set(sectors)]
        for some in chunks(changed):
            self._session.execute(delete(row).where(col(row.agreement).in_(some)))
        insert_many(
            self._session, row, [{"agreement": n, "sector": sector} for n in changed for sector in self._sectors[n]]
        )

    def _words(self) -> dict[int, list[str]]:
        """The search columns of all touched rows."""
        texts: dict[int, list[str]] = {number: _own_texts(row) for number, row in self._touched.items()}
        statement = (
            select(col(CoverageRow.agreement), col(Item.title), col(LabelsRow.evidence))
            .join(Item, col(Item.id) == col(CoverageRow.item))
            .outerjoin(LabelsRow, col(LabelsRow.item) == col(Item.id))
            .order_by(col(CoverageRow.item))
        )
        for some in chunks(sorted(texts)):
            for number, title, evidence in self._session.execute(statement.where(col(CoverageRow.agreement).in_(some))):
                texts[number] += [title, (evidence or {}).get("sentence", "")]
        return {number: search.words(dict.fromkeys(found)) for number, found in texts.items()}


def _own_texts(row: AgreementRow) -> list[str]:
    subjects = [paper.get("subject", "") for paper in row.papers]
    return [row.title, row.place, row.key, *subjects, *row.bodies, *row.people]


def _day(row: AgreementRow) -> str:
    """The day of the present stage, where one is told (ISO 8601)."""
    days = (one["on"] for one in row.stages if one["stage"] == row.stage and one.get("precision") == "day")
    return next(days, "")


def _id(row: AgreementRow) -> int:
    if row.id is None:
        raise ValueError("an agreement without a number")
    return row.id
