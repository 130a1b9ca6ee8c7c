"""Occasions, and the records that they are steps of: announced, signed, in force, ended, over years."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from classify.model import Pair, Precision, Stage
from storage.merge_likeness import Telling
from storage.merge_near import copies

T = TypeVar("T", bound=Hashable)
UNDATED = "undated"
"""What stands in a key for the month where no report tells a day and none has a date of its own."""
LATER_STEP = 15 * 366
"""Days after a signing within which it may enter into force or end."""
LATER_SIGNING = 400
"""Days after an announcement, or after the two came to terms, within which the same paper may be signed."""
LATEST = 100
"""How many earlier occasions that share one word, or one day, are looked at: the latest."""
RECURRENT = frozenset({"swap", "loan", "grant", "exchange", "ceasefire", "notes", "other"})
"""Papers that are often made anew: another one of the kind is another agreement."""
GENERAL = frozenset(
    ["agreement", "cooperation", "bilateral", "joint", "framework", "comprehensive", "mutual", "between"]
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One visit or ceremony, one ratification, one end: all reports of it, whatever outlet and language.

    `on` is the day as most voices tell it, None where none does; `key` is `KZ-RW-2025-05`, with a counter where a month
    has several.
    """

    key: str
    pair: Pair
    stage: Stage
    on: date | None
    precision: Precision | None
    place: str
    sectors: tuple[str, ...]
    members: tuple[Telling, ...]
    copies: tuple[tuple[str, str], ...] = ()
    """Ids of copies, each with the id of the first of its text."""
    disputed: tuple[str, ...] = ()

    @property
    def when(self) -> date | None:
        """The day that it is sorted by: as told, else of the first report."""
        return self.on or min((one.published for one in self.members if one.published), default=None)


def build(pair: Pair, members: Sequence[Telling]) -> Occasion:
    """The occasion that these reports tell of; its key is given later, when all of the pair are known."""
    copied = copies(members)
    voices = [one for one in members if one.id not in copied]
    stage, disputed = stage_of(voices)
    told = [one for one in voices if one.stage == stage] or voices
    on, precision = date_of(told)
    place = most(fact.value for one in told for fact in one.facts.places[:1]) or ""
    return Occasion(
        "",
        pair,
        stage,
        on,
        precision,
        place,
        sectors_of(voices),
        tuple(members),
        tuple(sorted(copied.items())),
        disputed,
    )


def stage_of(voices: Sequence[Telling]) -> tuple[Stage, tuple[str, ...]]:
    """The furthest stage that the reports bear out, and what a minority claims otherwise.

    A signing that more voices than told of it still announce afterwards is a claim, not a signing.
    """
    by_stage = defaultdict(list)
    for one in voices:
        by_stage[one.stage].append(one)
    signed, planned = by_stage[Stage.SIGNED], by_stage[Stage.PLANNED]
    if not (signed and planned):
        return (voices[0].stage if len(by_stage) == 1 or not signed else Stage.SIGNED), ()
    first = min((one.published for one in signed if one.published), default=None)
    later = {one.voice for one in planned if one.published and first and (one.published - first).days > 1}
    tellers = {one.voice for one in signed}
    if len(later) > len(tellers):
        return Stage.PLANNED, (f"signed already, says {', '.join(sorted(tellers)) or 'one report'}",)
    return Stage.SIGNED, ()


def date_of(voices: Sequence[Telling]) -> tuple[date | None, Precision | None]:
    """The day that most voices tell; an official one counts twice, and of equals the earlier is taken."""
    told: Counter[tuple[int, date, Precision]] = Counter()
    for one in voices:
        if on := one.facts.date:
            told[({"day": 0, "month": 1, "year": 2}[on.precision]), on.on, on.precision] += 2 if one.official else 1
    if not told:
        return None, None
    _, on_, precision = min(told, key=lambda entry: (entry[0], -told[entry], entry[1]))
    return on_, precision


def sectors_of(voices: Sequence[Telling]) -> tuple[str, ...]:
    """The sectors that at least a third of the voices name, or an official one."""
    named = Counter(code for one in voices for code in set(one.sectors))
    sure = {code for one in voices if one.official for code in one.sectors}
    return tuple(sorted(code for code, count in named.items() if code in sure or 3 * count >= len(voices)))


def most(values: Iterable[T]) -> T | None:
    """The most frequent value, of equals the first in order of their text."""
    counted = Counter(values)
    return min(counted, key=lambda value: (-counted[value], str(value))) if counted else None


def keyed(found: Sequence[Occasion]) -> list[str]:
    """A key for each occasion of one pair, given in canonical order."""
    return list(numbered([f"{one.pair[0]}-{one.pair[1]}-{month_of(one)}" for one in found]))


def numbered(keys: Iterable[str]) -> Iterable[str]:
    """The keys with `-2`, `-3` from the second of a kind on."""
    seen: Counter[str] = Counter()
    for key in keys:
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}-{seen[key]}"


def month_of(one: Occasion) -> str:
    """Year and month of an occasion, `undated` where no report tells. Where the year alone is told it is the month of
    the first report of that year, `00` where there is none."""
    when = one.when
    if one.on and one.precision == "year":
        when = min((m.published for m in one.members if m.published and m.published.year == one.on.year), default=None)
        return f"{when:%Y-%m}" if when else f"{one.on.year}-00"
    return f"{when:%Y-%m}" if when else UNDATED


@dataclass(frozen=True)
class _Step:
    """An occasion's facts as they are compared when it looks for the record that it belongs to."""

    occasion: Occasion
    day: int | None
    sectors: frozenset[str]
    subjects: frozenset[str]
    types: frozenset[str]
    recalled: frozenset[str]
    """Days that its reports name, as `Facts.days` has them."""
    agreed: bool
    """That half of those who tell of it say no word of a signing: what is signed is not signed again."""


def chains(found: Sequence[Occasion]) -> list[list[Occasion]]:
    """The occasions of one pair, in canonical order, into records: each joins the likeliest earlier one or is first."""
    steps = [_step(one) for one in found]
    records: list[list[Occasion]] = []
    at: dict[int, int] = {}
    holders: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(steps):
        candidates = sorted(_earlier(one, number, holders))
        score, nearest = max(((likely(steps[n], one), -n) for n in candidates), default=(0.0, 0))
        if score > 0:
            at[number] = at[-nearest]
            records[at[number]].append(one.occasion)
        else:
            at[number] = len(records)
            records.append([one.occasion])
        for key in _keys(one):
            holders[key].append(number)
    return records


def _keys(one: _Step) -> Iterable[str]:
    """What later occasions may find it by: words of a title, for a signing to come with each field, and its day."""
    yield from one.subjects
    if one.occasion.stage in (Stage.PLANNED, Stage.SIGNED):
        yield from (f"{word} {code}" for word in one.subjects for code in one.sectors)
    if one.occasion.on:
        yield f"{one.occasion.on:%m-%d}"


def _step(one: Occasion) -> _Step:
    when = one.when
    return _Step(
        one,
        when.toordinal() if when else None,
        frozenset(one.sectors),
        subjects(one),
        types(one),
        frozenset(day for member in one.members for day in member.facts.days),
        _agreed(one),
    )


def _agreed(one: Occasion) -> bool:
    tellers = [member.facts.agreed for member in one.members if member.stage == Stage.SIGNED]
    return 2 * sum(tellers) >= len(tellers)


def _earlier(one: _Step, number: int, holders: Mapping[str, Sequence[int]]) -> set[int]:
    """The occasions that it may be a step of: for a signing those that share a field and a word of a title, else those
    that share a word or whose day it recalls, and the latest ones."""
    if one.occasion.stage not in (Stage.IN_FORCE, Stage.ENDED):
        both = (f"{word} {code}" for word in one.subjects for code in one.sectors)
        return {n for key in both for n in holders.get(key, ())[-LATEST:]}
    near = {n for key in (*one.subjects, *one.recalled) for n in holders.get(key, ())[-LATEST:]}
    return near | set(range(max(number - LATEST, 0), number))


def likely(earlier: _Step, later: _Step) -> float:
    """How likely `later` is a step of the same paper as `earlier`; zero or less where it is another one."""
    away = later.day - earlier.day if later.day and earlier.day else 0
    stage, next_stage = earlier.occasion.stage, later.occasion.stage
    if next_stage in (Stage.IN_FORCE, Stage.ENDED):
        return _later(earlier, later, away)
    if stage not in (Stage.PLANNED, Stage.SIGNED) or away > LATER_SIGNING:
        return 0.0
    if stage == Stage.SIGNED and (next_stage == Stage.PLANNED or not earlier.agreed or earlier.types & RECURRENT):
        return 0.0
    fields, words = earlier.sectors & later.sectors, earlier.subjects & later.subjects
    if not fields or not words:
        return 0.0
    return len(fields) / len(earlier.sectors | later.sectors) - 0.5 + 0.1 * len(words) - away / 4000


def _later(earlier: _Step, later: _Step, away: int) -> float:
    """Into force or to an end: by the fields, the words of the title, and the day of the signing where it is told."""
    if away > LATER_STEP or earlier.occasion.stage == later.occasion.stage == Stage.ENDED:
        return 0.0
    on, mine, theirs = earlier.occasion.on, earlier.sectors, later.sectors
    recalled = on is not None and f"{on:%m-%d}" in later.recalled
    fields = len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.15
    shared = min(0.15 * len(earlier.subjects & later.subjects), 0.45)
    return fields + shared + (0.6 if recalled else 0.0) - 0.3 - away / 20_000


def types(one: Occasion) -> frozenset[str]:
    """The kinds of papers that the reports name first."""
    return frozenset(member.facts.instruments[0].type for member in one.members if member.facts.instruments)


def subjects(one: Occasion) -> frozenset[str]:
    """The words of the papers' titles that tell one paper from another."""
    titles = (paper.subject for member in one.members for paper in member.facts.instruments)
    words = {word.strip("\"'.,") for title in titles for word in title.lower().split()}
    return frozenset(word for word in words if len(word) > 3) - GENERAL
