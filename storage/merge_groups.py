"""Reports of one pair into groups that each tell of one occasion, whatever their order.

Dated reports are compared within a window of time; the likest are joined first, as long as the groups are alike on
average and no two days rule it out. Undated ones are joined likewise, and then join the dated group that they are
likest to.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from classify.model import Stage
from storage.merge_likeness import Telling, Traits, is_copy, likeness

WINDOW = 46
"""Days within which two reports may tell of one occasion; no step of `merge_likeness` is longer."""
SPAN = 8
"""Days that the signings, or the announcements, of one occasion may lie apart: the length of a visit and its echo."""
ENOUGH, UNDATED_ENOUGH, JOINING = 1.0, 1.2, 0.5
"""The likeness from which on dated reports are grouped, reports without a date are, and such a group joins a dated one.

The second is the highest because least is known there: what a pair shares at all its occasions is no evidence."""
CANDIDATES = 40
"""Groups that a report without a date is compared with: those that share the most rare words with it."""

Group = list[Traits]


def groups(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """The tellings of one pair and one kind of occasion, grouped; groups and members in canonical order."""
    ordered = sorted((Traits(telling) for telling in tellings), key=_canonical)
    dated = _joined([one for one in ordered if one.anchor is not None], ENOUGH)
    places = _Index(dated)
    found: list[Group] = []
    joining: dict[int, Group] = defaultdict(list)
    for group in _joined([one for one in ordered if one.anchor is None], UNDATED_ENOUGH):
        number = places.likest(group)
        if number is None:
            found.append(group)
        else:
            joining[number] += group
    found += [[*group, *joining[number]] for number, group in enumerate(dated)]
    for group in found:
        group.sort(key=_canonical)
    return [[one.telling for one in group] for group in sorted(found, key=lambda group: _canonical(group[0]))]


def _canonical(one: Traits) -> tuple[int, str]:
    return one.anchor if one.anchor is not None else 1 << 31, one.telling.id


def _joined(ordered: Sequence[Traits], enough: float) -> list[Group]:
    """Agglomerative grouping with average linkage; ties fall by the canonical order."""
    linked = sorted(_links(ordered), key=lambda link: (-link[0], link[1], link[2]))
    of = list(range(len(ordered)))
    members: dict[int, Group] = {number: [one] for number, one in enumerate(ordered)}
    scores = {(a, b): score for score, a, b in linked}
    inside: dict[int, list[int]] = {number: [number] for number in range(len(ordered))}
    for score, a, b in linked:
        if score < enough:
            break
        one, other = sorted((of[a], of[b]))
        if one == other or not _may_join(members[one], members[other]):
            continue
        if _average(inside[one], inside[other], scores, ordered) >= enough:
            for number in inside[other]:
                of[number] = one
            inside[one] += inside.pop(other)
            members[one] = members[one] + members.pop(other)
    return [members[number] for number in sorted(members)]


def _links(ordered: Sequence[Traits]) -> Iterator[tuple[float, int, int]]:
    """The likeness of any two that are near enough in time, or that both have no date and share a rare word."""
    if ordered and ordered[0].anchor is None:
        yield from ((likeness(ordered[a], ordered[b]), a, b) for a, b in _sharing(ordered))
        return
    firm = [number for number, one in enumerate(ordered) if not one.planned]
    plans = [number for number, one in enumerate(ordered) if one.planned]
    for here, there, window in (
        (firm, firm, SPAN),
        (plans, plans, WINDOW),
        (plans, firm, WINDOW),
        (firm, plans, WINDOW),
    ):
        days = [ordered[number].anchor or 0 for number in there]
        for a in here:
            day = ordered[a].anchor or 0
            for b in there[bisect_left(days, day) : bisect_right(days, day + window)]:
                if a < b:
                    yield likeness(ordered[a], ordered[b]), a, b


def _sharing(ordered: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    index = _Index([[one] for one in ordered])
    for a, one in enumerate(ordered):
        yield from ((a, b) for b in sorted(index.candidates(one)) if b > a)


def _average(
    one: Sequence[int], other: Sequence[int], scores: dict[tuple[int, int], float], ordered: Sequence[Traits]
) -> float:
    sum_ = 0.0
    for a in one:
        for b in other:
            key = (a, b) if a < b else (b, a)
            if key not in scores:
                scores[key] = likeness(ordered[key[0]], ordered[key[1]])
            sum_ += scores[key]
    return sum_ / (len(one) * len(other))


def _may_join(one: Group, other: Group) -> bool:
    """Whether the days of the signings, and of the announcements, leave it possible that both are one occasion."""
    for planned in (False, True):
        days = [member.anchor for member in (*one, *other) if member.planned == planned and member.anchor is not None]
        if days and max(days) - min(days) > (SPAN if not planned else WINDOW):
            return False
    return True


class _Index:
    """Which groups share which words: finds the few that a report may belong to."""

    def __init__(self, found: Sequence[Group]) -> None:
        self._groups = found
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, group in enumerate(found):
            for token in sorted({token for one in group for token in _rare_tokens(one)}):
                self._holders[token].append(number)

    def candidates(self, one: Traits) -> list[int]:
        """The groups that share the most with it, rare words counting more; all of them where there are few."""
        if len(self._groups) <= CANDIDATES:
            return list(range(len(self._groups)))
        shared: Counter[int] = Counter()
        for token in sorted(_rare_tokens(one)):
            holders = self._holders.get(token, [])
            if len(holders) <= CANDIDATES * 5:
                for number in holders:
                    shared[number] += 1_000_000 // len(holders)
        return [number for number, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]]

    def likest(self, group: Group) -> int | None:
        """The group that reports without a date join, together, or None."""
        numbers = sorted({number for one in group for number in self.candidates(one)})
        scored = ((sum(self._mean(one, number) for one in group) / len(group), -number) for number in numbers)
        best = max(scored, default=(0.0, 0))
        return -best[1] if best[0] >= JOINING else None

    def _mean(self, one: Traits, number: int) -> float:
        """The mean likeness to the three members that are likest: a group is more than its average report."""
        scores = sorted((likeness(one, member) for member in self._groups[number][:CANDIDATES]), reverse=True)[:3]
        return sum(scores) / len(scores)


def _rare_tokens(one: Traits) -> Iterable[str]:
    tokens = one.tokens
    return {*tokens["n"], *tokens["a"], *tokens["q"], *tokens["w"], *(f"day:{day}" for day in one.days),
            *(f"s:{code}" for code in one.sectors)}  # fmt: skip


def copies(tellings: Sequence[Telling]) -> dict[str, str]:
    """Which telling is a copy of which: every copy with the first of its text, by publication and id."""
    ordered = sorted((Traits(telling) for telling in tellings), key=_published)
    firsts: list[Traits] = []
    of: dict[str, str] = {}
    for one in ordered:
        first = next((first for first in firsts if is_copy(first, one)), None)
        if first is None:
            firsts.append(one)
        else:
            of[one.telling.id] = first.telling.id
    return of


def _published(one: Traits) -> tuple[int, str]:
    return one.published if one.published is not None else 1 << 31, one.telling.id


def kind_of(stage: Stage) -> str:
    """Announcing and signing are one occasion; each step into force and each end is one of its own."""
    return {Stage.IN_FORCE: "in_force", Stage.ENDED: "ended"}.get(stage, "concluded")
