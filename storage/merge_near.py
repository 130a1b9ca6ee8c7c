"""Which reports are compared at all: those near in time, and of very many those that share the rarest words.

So the time that a pair's reports take grows with their number alone, however many there are in a week.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import combinations

from storage.merge_likeness import Telling, Traits, is_copy

WINDOW = 46
"""Days within which two reports may tell of one occasion; no step of `merge_likeness` is longer."""
SPAN = 8
"""Days that the signings, or the announcements, of one occasion may lie apart: the length of a visit and its echo."""
MOST, NEXT = 10, 3
"""How many others a report is compared with in one direction of time, and how many of them are simply the next."""
RAREST = 12
"""How many of a report's words are looked up: the rarest."""
COMMON = 8
"""A word that so many times `MOST` others hold tells nothing."""

_BLOCKS = [(start * 64 // 12, (start + 1) * 64 // 12 - start * 64 // 12) for start in range(12)]
_PAIRS = list(combinations(range(12), 2))
"""Of twelve blocks of a signature two are the same at least where only ten bits differ (`COPY_BITS`)."""


def dated(ordered: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    """The numbers of the reports, sorted by day, that are compared: each with those of no earlier day."""
    firm = [number for number, one in enumerate(ordered) if not one.planned]
    plans = [number for number, one in enumerate(ordered) if one.planned]
    words = Words([[one] for one in ordered])
    for here, there, window in (
        (firm, firm, SPAN),
        (plans, plans, WINDOW),
        (plans, firm, WINDOW),
        (firm, plans, SPAN),
    ):
        days = [ordered[number].anchor or 0 for number in there]
        for a in here:
            begin, end = bisect_right(there, a), bisect_right(days, (ordered[a].anchor or 0) + window)
            yield from ((a, b) for b in words.near(a, there, begin, end))


def undated(ordered: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    """The numbers of the reports without a date that are compared."""
    words = Words([[one] for one in ordered])
    every = range(len(ordered))
    for a in every:
        yield from ((a, b) for b in words.near(a, every, a + 1, len(ordered)))


class Words:
    """Which groups hold which words: finds the few of many that a report may belong to."""

    def __init__(self, found: Sequence[Sequence[Traits]]) -> None:
        self._found = found

    def near(self, number: int, row: Sequence[int], begin: int, end: int) -> Sequence[int]:
        """Of the numbers of groups in the row from `begin` to `end`, given in order: all where they are few, else the
        first ones and those that share most with this group, rare words counting more."""
        return row[begin:end] if end - begin <= MOST else self._likely(self._rare[number], row, begin, end)

    def like(self, group: Sequence[Traits]) -> Sequence[int]:
        """The numbers of those that share most with a group that is none of them; all where they are few."""
        every = range(len(self._found))
        return every if len(every) <= MOST else self._likely(self._rarest(group), every, 0, len(every))

    def _likely(self, words: Sequence[str], row: Sequence[int], begin: int, end: int) -> list[int]:
        found = set(row[begin : begin + NEXT])
        shared = self._shared(words, row[begin], row[end - 1])
        for number in sorted(sorted(shared), key=shared.__getitem__, reverse=True):
            place = bisect_left(row, number, begin, end)
            if place < end and row[place] == number:
                found.add(number)
            if len(found) == MOST:
                break
        return sorted(found)

    def _shared(self, words: Iterable[str], first: int, last: int) -> Counter[int]:
        """How many of the words the groups from `first` to `last` have, rare ones counting more."""
        shared: Counter[int] = Counter()
        for word in words:
            holders = self._holders.get(word, ())
            begin, end = bisect_left(holders, first), bisect_right(holders, last)
            if end - begin <= COMMON * MOST:
                for number in holders[begin:end]:
                    shared[number] += 1_000_000 // (end - begin)
        return shared

    def _rarest(self, group: Sequence[Traits]) -> list[str]:
        """Of a group's words the rarest that several groups hold."""
        count = self._count.__getitem__
        return sorted(sorted(word for word in _marks(group) if count(word) > 1), key=count)[:RAREST]

    @cached_property
    def _count(self) -> Counter[str]:
        return Counter(word for group in self._found for word in _marks(group))

    @cached_property
    def _rare(self) -> list[list[str]]:
        return [self._rarest(group) for group in self._found]

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        """Which groups have a word among their rarest."""
        holders: dict[str, list[int]] = defaultdict(list)
        for number, rare in enumerate(self._rare):
            for word in rare:
                holders[word].append(number)
        return holders


def _marks(group: Sequence[Traits]) -> frozenset[str]:
    return group[0].marks.union(*(one.marks for one in group[1:]))


def copies(tellings: Sequence[Telling]) -> dict[str, str]:
    """Which telling is a copy of which: every copy with the first of its text, by publication and id."""
    firsts: list[Telling] = []
    holding: dict[int, list[int]] = defaultdict(list)
    of: dict[str, str] = {}
    for one in sorted((one for one in tellings if one.facts.signature), key=_published):
        keys = _keys(one.facts.signature)
        alike = {number for key in keys for number in holding.get(key, ())}
        first = min((number for number in alike if is_copy(firsts[number].facts, one.facts)), default=None)
        if first is not None:
            of[one.id] = firsts[first].id
            continue
        for key in keys:
            holding[key].append(len(firsts))
        firsts.append(one)
    return of


def _published(one: Telling) -> tuple[date, str]:
    return (one.published if one.published and one.dated else date.max), one.id


def _keys(signature: int) -> list[int]:
    """What two signatures share a part of at least, if they differ in few bits: every two of the blocks, with which
    they are."""
    blocks = [(signature >> start) & ((1 << width) - 1) for start, width in _BLOCKS]
    return [(number << 12) | (blocks[a] << 6) | blocks[b] for number, (a, b) in enumerate(_PAIRS)]
