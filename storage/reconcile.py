"""Which stored agreement goes on as which merged record. Pure: says what is to be done, the store carries it out.

A stored row goes on as the record that has most of its reports. A record left over takes up again a row that was
merged away and had its reports once (so that a split gives back the old name), else it is new. A row left over was
merged into the record that has its reports now, or has none any more.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storage.merge_records import UNDATED

Member = tuple[int, str, str]
"""One telling: item and pair."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored agreement: the tellings it has now, and those it had first."""

    id: int
    members: frozenset[Member]
    origins: frozenset[Member] = frozenset()
    live: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of each record (by index) and each stored row (by id)."""

    goes_on: dict[int, int] = field(default_factory=dict)
    """Record -> row that goes on, or is taken up again, as it."""
    merged: dict[int, int] = field(default_factory=dict)
    """Row -> record that has its reports now."""
    empty: tuple[int, ...] = ()
    """Rows without a report left."""
    split_from: dict[int, int] = field(default_factory=dict)
    """Record without a live row of its own -> row that had its reports until now."""


def plan(records: Sequence[Collection[Member]], stored: Iterable[Stored]) -> Plan:
    """The assignment of stored rows to records; ties go to the older row, then to the record that comes first."""
    rows = sorted(stored, key=lambda row: row.id)
    live = [row for row in rows if row.live]
    at = {member: index for index, members in enumerate(records) for member in members}
    goes_on = _assign({row.id: row.members for row in live}, at, {})
    before = {member: row.id for row in live for member in row.members}
    goes_on |= _assign({row.id: row.origins for row in rows if not row.live}, at, goes_on)
    used = set(goes_on.values())
    left = [row for row in live if row.id not in used]
    merged = {row.id: most for row in left if (most := _most(at[m] for m in row.members if m in at)) is not None}
    living = {row.id for row in live}
    split_from = {}
    for index, members in enumerate(records):
        source = _most(before[m] for m in members if m in before)
        if source is not None and goes_on.get(index) not in living:
            split_from[index] = source
    return Plan(goes_on, merged, tuple(row.id for row in left if row.id not in merged), split_from)


def _assign(rows: Mapping[int, Collection[Member]], at: Mapping[Member, int], taken: Collection[int]) -> dict[int, int]:
    """Record -> row, those with most tellings in common first."""
    shared = Counter((row, at[member]) for row, members in rows.items() for member in members if member in at)
    found: dict[int, int] = {}
    used: set[int] = set()
    for (row, index), _ in sorted(shared.items(), key=lambda one: (-one[1], one[0])):
        if index not in found and index not in taken and row not in used:
            found[index] = row
            used.add(row)
    return found


def _most(values: Iterable[int]) -> int | None:
    counted = Counter(values)
    return min(counted, key=lambda value: (-counted[value], value)) if counted else None


def free_key(wanted: str, taken: Container[str]) -> str:
    """The wanted name, or the next counter of its month that was never given out."""
    if wanted not in taken:
        return wanted
    base, number = month_of(wanted), 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def month_of(key: str) -> str:
    """`kz-rw-2025-05` of `kz-rw-2025-05-2`, `kz-rw-undated` of `kz-rw-undated-2`."""
    parts = key.split("-")
    return "-".join(parts[: 3 if parts[2] == UNDATED else 4])
