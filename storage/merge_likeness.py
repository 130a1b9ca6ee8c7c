"""How likely it is that two reports of one pair tell of the same occasion: a sum of what speaks for and against it.

Every term is a fact of the two reports and a weight that a person can read; docs/merging.md explains them. Zero is
where it could as well be two occasions.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from classify.model import Facts, Pair, Stage

COPY_BITS = 10
"""Bits in which the signatures of two copies of one text may differ."""
EVERYDAY = frozenset({"agreement", "other", "memorandum"})
"""Kinds of papers that tell no occasion from another."""
NEAR_COUNT = 0.75
"""Share from which on two numbers of papers may be two counts of the same."""

Step = tuple[tuple[int, float], ...]
"""Weights by distance in days: the first row whose distance is not exceeded counts."""
SAME_DAY: Step = ((0, 3.2), (1, 1.6), (2, 0.6), (3, 0.0), (6, -1.5), (10, -3.0))
TOLD_AND_PUBLISHED: Step = ((1, 2.2), (3, 1.6), (7, 0.6), (14, -0.6), (31, -2.0))
PUBLISHED: Step = ((1, 2.2), (2, 1.6), (4, 0.9), (6, -0.2), (14, -1.8), (31, -3.5))
PLANNED_AHEAD: Step = ((1, 2.2), (4, 1.6), (9, 0.9), (16, 0.3), (31, -0.3), (45, -1.2))
PLANNED_BEHIND: Step = ((1, 1.6), (3, 0.2), (7, -1.2))
FAR = -4.0


@dataclass(frozen=True, slots=True)
class Telling:
    """One item's telling of an agreement of one pair: what merging reads.

    `id` is the item's own, content-based and the same on every machine; an item that tells of two pairs is two
    tellings. `voice` is whose voice it is (the feed's owner, else the outlet); `official` the code of the country whose
    government speaks, or empty.
    """

    id: str
    pair: Pair
    stage: Stage
    published: date | None
    lang: str = "und"
    voice: str = ""
    sectors: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)
    confidence: float = 1.0
    official: str = ""
    dated: bool = True
    """False where only the month of publication is known; `published` is its first day then."""


@dataclass(frozen=True)
class Traits:
    """A telling's facts as they are compared."""

    telling: Telling

    @cached_property
    def told(self) -> int | None:
        """Ordinal of the day of the occasion, where a day is told."""
        on, published = self.telling.facts.date, self.telling.published
        if on is None or on.precision != "day" or (self.planned and published and on.on <= published):
            return None  # a plan told of today, not one for today
        return on.on.toordinal()

    @cached_property
    def published(self) -> int | None:
        return self.telling.published.toordinal() if self.telling.published and self.telling.dated else None

    @cached_property
    def anchor(self) -> int | None:
        """The day that stands for the occasion: as told, else of publication."""
        return self.told if self.told is not None else self.published

    @cached_property
    def month(self) -> tuple[int, int] | None:
        """Year and month, where these at least are known."""
        on = self.telling.facts.date
        if on and on.precision != "year":
            return on.on.year, on.on.month
        return (self.telling.published.year, self.telling.published.month) if self.telling.published else None

    @cached_property
    def year(self) -> int | None:
        return self.month[0] if self.month else None

    @cached_property
    def days(self) -> frozenset[int]:
        """The days of a year that it names or is of, as ordinals in a leap year."""
        own = {date.fromordinal(self.anchor).strftime("%m-%d")} if self.anchor else set()
        return frozenset(_ordinal(day) for day in own or self.telling.facts.days)

    @cached_property
    def weekdays(self) -> frozenset[int]:
        """The weekdays that it names; else those that its own day allows: a report is of the same day or the next."""
        if self.anchor:
            day = date.fromordinal(self.anchor).weekday()
            return frozenset({day} if self.told is not None else {day, (day - 1) % 7})
        return frozenset(int(token[2:]) for token in self.tokens["d"])

    @cached_property
    def sectors(self) -> frozenset[str]:
        return frozenset(self.telling.sectors)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Of its papers' kinds those that are not every day's."""
        return frozenset(paper.type for paper in self.telling.facts.instruments) - EVERYDAY

    @cached_property
    def places(self) -> frozenset[str]:
        return frozenset(place.value for place in self.telling.facts.places)

    @cached_property
    def planned(self) -> bool:
        return self.telling.stage == Stage.PLANNED

    @cached_property
    def marks(self) -> frozenset[str]:
        """All by which it may be found again: its words, days and sectors."""
        named = frozenset().union(*(self.tokens[kind] for kind in "naqw"))
        return named | {f"day:{day}" for day in self.days} | {f"s:{code}" for code in self.sectors}

    @cached_property
    def tokens(self) -> dict[str, frozenset[str]]:
        """`Facts.words` by kind: names, countries beside the pair, money, numbers, years, weekdays, other words."""
        kinds: dict[str, set[str]] = {kind: set() for kind in "ncaqywdz"}
        for token in self.telling.facts.words:
            if token[0] in kinds and not (token[0] == "c" and token[2:] in self.telling.pair):
                kinds[token[0]].add(token)
        return {kind: frozenset(found) for kind, found in kinds.items()}


def likeness(one: Traits, other: Traits) -> float:
    """The sum of the evidence that both tell of one occasion."""
    if is_copy(one.telling.facts, other.telling.facts):
        return 8.0
    return (
        _time(one, other)
        + _sectors(one, other)
        + _names(one, other)
        + _numbers(one, other)
        + _wording(one, other)
        + _papers(one, other)
        + _places(one, other)
    )


def is_copy(one: Facts, other: Facts) -> bool:
    """Whether one text is a copy of the other: one wire report in two outlets."""
    a, b = one.signature, other.signature
    return bool(a and b) and (a ^ b).bit_count() <= COPY_BITS


def _time(one: Traits, other: Traits) -> float:
    if one.anchor is None or other.anchor is None:
        return _undated(one, other)
    if one.planned != other.planned:
        return _announced(one, other) if one.planned else _announced(other, one)
    away = abs(one.anchor - other.anchor)
    if one.told is not None and other.told is not None:
        return _step(SAME_DAY, away)
    return _step(PUBLISHED if one.told is None and other.told is None else TOLD_AND_PUBLISHED, away)


def _announced(plan: Traits, done: Traits) -> float:
    """An announcement and a signing: by the day that was announced, else by how soon the signing followed."""
    assert plan.anchor is not None
    assert done.anchor is not None
    on, published = plan.telling.facts.date, plan.telling.published
    if on and on.precision == "month" and published and on.on > published:
        return 1.8 if done.month == (on.on.year, on.on.month) else -1.5
    if plan.told is not None and (plan.published is None or plan.told >= plan.published):
        return _step(SAME_DAY if done.told is not None else TOLD_AND_PUBLISHED, abs(plan.told - done.anchor))
    ahead = done.anchor - (plan.published or plan.anchor)
    return _step(PLANNED_AHEAD, ahead) if ahead >= 0 else _step(PLANNED_BEHIND, -ahead)


def _undated(one: Traits, other: Traits) -> float:
    """Reports of which one at least has no date: the days, weekdays, months and years that they name."""
    sum_ = _days(one, other)
    if one.weekdays and other.weekdays:
        sum_ += 0.5 if one.weekdays & other.weekdays else -0.7
    if one.month and other.month:
        away = abs((one.month[0] - other.month[0]) * 12 + one.month[1] - other.month[1])
        sum_ += 1.5 if away == 0 else 0.0 if away == 1 and one.planned != other.planned else -3.0
    for here, there in ((one, other), (other, one)):
        if here.year and there.year is None:
            if there.tokens["z"] and f"z:{here.year}" not in there.tokens["z"]:
                sum_ -= 2.5
            if there.tokens["y"]:
                sum_ += 0.4 if f"y:{here.year}" in there.tokens["y"] else -0.6
    return sum_


def _days(one: Traits, other: Traits) -> float:
    if not one.days or not other.days:
        return 0.0
    signed = [(b - a) % 366 for a in one.days for b in other.days]
    away = min(min(day, 366 - day) for day in signed)
    if away <= 1:
        return 1.8 if away == 0 else 0.8
    if one.planned != other.planned:
        ahead = min(signed if one.planned else [(-day) % 366 for day in signed])
        return 0.5 if ahead <= 31 else -0.6
    return -0.7


def _ordinal(day: str) -> int:
    return date(2024, int(day[:2]), int(day[3:])).timetuple().tm_yday


def _sectors(one: Traits, other: Traits) -> float:
    if not one.sectors or not other.sectors:
        return 0.0
    shared = len(one.sectors & other.sectors)
    most = 0.5 if one.anchor is None or other.anchor is None else 1.0  # a pair often has one field for years
    return -1.0 if not shared else 0.5 + most * shared / len(one.sectors | other.sectors)


def _names(one: Traits, other: Traits) -> float:
    shared = _overlap(one, other, "n", each=0.35, most=1.75) + _overlap(one, other, "c", each=0.3, most=0.6)
    if not shared and min(len(one.tokens["n"]), len(other.tokens["n"])) >= 3:
        return -1.2
    return shared


def _numbers(one: Traits, other: Traits) -> float:
    sum_ = _overlap(one, other, "a", each=1.2, most=1.8) + _overlap(one, other, "q", each=0.8, most=1.6)
    if one.tokens["a"] and other.tokens["a"] and not one.tokens["a"] & other.tokens["a"]:
        sum_ -= 1.2
    return sum_ + _counts(one.telling.facts.count, other.telling.facts.count)


def _counts(one: int | None, other: int | None) -> float:
    """How many papers there are: outlets seldom count alike, but 20 and 24 are one visit sooner than 2 and 24."""
    if one is None or other is None:
        return 0.0
    return 0.7 if one == other else 0.3 if min(one, other) >= NEAR_COUNT * max(one, other) else -0.7


def _wording(one: Traits, other: Traits) -> float:
    if one.telling.lang != other.telling.lang:
        return 0.0
    mine, theirs = one.tokens["w"], other.tokens["w"]
    return min(3.0 * len(mine & theirs) / (min(len(mine), len(theirs)) + 8) - 0.25, 1.4)


def _papers(one: Traits, other: Traits) -> float:
    """Kinds of papers that are not every day's, shared or not."""
    mine, theirs = one.kinds, other.kinds
    if not mine or not theirs:
        return 0.0
    return -0.3 if mine.isdisjoint(theirs) else 0.6


def _places(one: Traits, other: Traits) -> float:
    """Where it happened; other places speak for nothing, as a visit has several and reports are filed from anywhere."""
    return 0.0 if one.places.isdisjoint(other.places) else 0.8


def _overlap(one: Traits, other: Traits, kind: str, *, each: float, most: float) -> float:
    mine, theirs = one.tokens[kind], other.tokens[kind]
    return 0.0 if mine.isdisjoint(theirs) else min(each * len(mine & theirs), most)


def _step(steps: Step, away: int) -> float:
    return next((weight for days, weight in steps if away <= days), FAR)
