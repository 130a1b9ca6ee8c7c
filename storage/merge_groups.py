"""Reports of one pair into groups that each tell of one occasion, whatever their order.

Dated reports are compared within a window of time; the likest are joined first, as long as the groups are alike on
average and no two days rule it out. Undated ones are joined likewise, and then join the dated group that they are
likest to.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from zlib import crc32

from classify.model import Stage
from storage.merge_likeness import Telling, Traits, likeness
from storage.merge_near import SPAN, WINDOW, Words, dated, undated

ENOUGH, UNDATED_ENOUGH, JOINING = 1.0, 1.2, 0.5
"""The likeness from which on dated reports are grouped, reports without a date are, and such a group joins a dated one.

The second is the highest because least is known there: what a pair shares at all its occasions is no evidence."""
SAMPLE = 12
"""Members that stand for a larger group when it is compared; which ones is no matter of order or of time."""
LIKEST = 3
"""Members of a dated group that a report without a date has to be like: a group is more than its average report."""

Days = dict[bool, tuple[int, int]]
"""First and last day of the signings (False), and of the announcements (True)."""


def groups(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """The tellings of one pair and one kind of occasion, grouped; groups and members in canonical order."""
    ordered = sorted((Traits(telling) for telling in tellings), key=_canonical)
    firm = [one for one in ordered if one.anchor is not None]
    loose = [one for one in ordered if one.anchor is None]
    found = _joined(firm, dated(firm), ENOUGH)
    alone: list[list[Traits]] = []
    joining: dict[int, list[Traits]] = defaultdict(list)
    samples = [_sample(group) for group in found]
    words = Words(samples)
    for group in _joined(loose, undated(loose), UNDATED_ENOUGH):
        number = _likest(_sample(group), samples, words)
        if number is None:
            alone.append(group)
        else:
            joining[number] += group
    joined = [*alone, *([*group, *joining[number]] for number, group in enumerate(found))]
    for group in joined:
        group.sort(key=_canonical)
    return [[one.telling for one in group] for group in sorted(joined, key=lambda group: _canonical(group[0]))]


def _canonical(one: Traits) -> tuple[int, str]:
    return one.anchor if one.anchor is not None else 1 << 31, one.telling.id


def _chance(one: Traits) -> tuple[int, str]:
    """An order that has to do with nothing told."""
    return crc32(one.telling.id.encode("utf-8", "surrogatepass")), one.telling.id


def _sample(group: Sequence[Traits]) -> Sequence[Traits]:
    return group if len(group) <= SAMPLE else nsmallest(SAMPLE, group, key=_chance)


def _fewest(numbers: list[int], chance: Sequence[tuple[int, str]]) -> list[int]:
    return numbers if len(numbers) <= SAMPLE else nsmallest(SAMPLE, numbers, key=chance.__getitem__)


def _likest(group: Sequence[Traits], samples: Sequence[Sequence[Traits]], words: Words) -> int | None:
    """The dated group that reports without a date join, together, or None."""
    scored = ((sum(_mean(one, samples[n]) for one in group) / len(group), -n) for n in words.like(group))
    best = max(scored, default=(0.0, 0))
    return -best[1] if best[0] >= JOINING else None


def _mean(one: Traits, sample: Sequence[Traits]) -> float:
    scores = nlargest(LIKEST, (likeness(one, member) for member in sample))
    return sum(scores) / len(scores)


@dataclass(slots=True)
class _Group:
    """Reports of one occasion as far as they are joined yet, by their number in canonical order."""

    members: list[int]
    sample: list[int]
    days: Days


def _joined(ordered: Sequence[Traits], pairs: Iterable[tuple[int, int]], enough: float) -> list[list[Traits]]:
    """Agglomerative grouping with average linkage, of large groups over samples; ties fall by the canonical order.

    `pairs` are the numbers of the reports that are compared.
    """
    scores = {(a, b): likeness(ordered[a], ordered[b]) for a, b in pairs}
    of = [_Group([number], [number], _days(one)) for number, one in enumerate(ordered)]
    chance = [_chance(one) for one in ordered]
    refused: set[tuple[int, int, int, int]] = set()
    for _, a, b in sorted((-score, a, b) for (a, b), score in scores.items() if score >= enough):
        one, other = sorted((of[a], of[b]), key=lambda group: (-len(group.members), group.members[0]))
        attempt = (one.members[0], len(one.members), other.members[0], len(other.members))
        if one is other or attempt in refused:
            continue
        days = _spans(one.days, other.days)
        if not _may_be_one(days) or _average(one.sample, other.sample, scores, ordered) < enough:
            refused.add(attempt)
            continue
        for number in other.members:
            of[number] = one
        one.members += other.members
        one.sample = _fewest(one.sample + other.sample, chance)
        one.days = days
    found: dict[int, list[Traits]] = defaultdict(list)
    for group, traits in zip(of, ordered, strict=True):
        found[id(group)].append(traits)
    return list(found.values())


def _days(one: Traits) -> Days:
    return {} if one.anchor is None else {one.planned: (one.anchor, one.anchor)}


def _spans(one: Days, other: Days) -> Days:
    both = dict(one)
    for planned, (first, last) in other.items():
        mine = both.get(planned, (first, last))
        both[planned] = min(mine[0], first), max(mine[1], last)
    return both


def _may_be_one(days: Days) -> bool:
    """Whether the days of the signings, and of the announcements, leave it possible that all are one occasion."""
    return all(last - first <= (WINDOW if planned else SPAN) for planned, (first, last) in days.items())


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


def kind_of(stage: Stage) -> str:
    """Announcing and signing are one occasion; each step into force and each end is one of its own."""
    return {Stage.IN_FORCE: "in_force", Stage.ENDED: "ended"}.get(stage, "concluded")
