"""One agreement from its occasions: stage, papers, voices, and how sure it is."""

from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from classify.model import Fact, How, Pair, Precision, Stage
from classify.names import country_in_sentence
from classify.people import is_one
from storage import merge_titles
from storage.merge_likeness import Telling
from storage.merge_papers import Paper, papers_of
from storage.merge_records import Occasion, sectors_of

OFFICIAL, OUTLET = 0.9, 0.75
"""How far one voice alone is believed, at most: a government of one of the sides, or any other outlet."""
CAP = 0.99
NAMED, ASKED = 8, 40
"""How many people, and bodies, a record names, and how many of its best voices are asked for them."""
_HOWS: tuple[How, ...] = ("", "ratified", "approved", "talks")
"""What tells most comes first."""


@dataclass(frozen=True, slots=True)
class Member:
    """A report of a record: the telling's id, the occasion that it tells of, and the id of the text that it copies."""

    id: str
    occasion: str
    copy_of: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage that the agreement reached: the day as told, and the report (by id) that told of it first."""

    stage: Stage
    on: date | None
    precision: Precision | None
    first: str
    how: How = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One agreement with its occasions, in order of time; `docs/merging.md` says what `confidence` counts.

    `confidence`, `reason`, `outlets` and `officials` rest on the reports of the present stage alone that tell no other
    day of it: who only announced a signing, or contradicts the record, does not confirm it. `planned_on` is the
    announced day of a signing of which no report tells yet.
    """

    key: str
    pair: Pair
    title: str
    stage: Stage
    stages: tuple[Reached, ...]
    place: str
    sectors: tuple[str, ...]
    papers: tuple[Paper, ...]
    count: int | None
    people: tuple[str, ...]
    bodies: tuple[str, ...]
    members: tuple[Member, ...]
    occasions: tuple[Occasion, ...]
    confidence: float
    reason: str
    outlets: int
    officials: tuple[str, ...]
    disputed: tuple[str, ...] = ()
    planned_on: date | None = None


def record_of(key: str, pair: Pair, chain: Sequence[Occasion]) -> Record:
    """The record of an agreement whose steps these occasions are, in order of time."""
    copied = {copy: first for one in chain for copy, first in one.copies}
    voices = [member for one in chain for member in one.members if member.id not in copied]
    stage = _stage(chain)
    told = _confirming(chain, stage, copied) or voices
    signing = next((one for one in chain if one.stage == Stage.SIGNED), chain[0])
    officials = tuple(sorted({one.official for one in told if one.official in pair}))
    outlets = len({one.voice or one.id for one in told if one.official not in pair})
    sectors = signing.sectors or sectors_of(voices)
    papers, count = papers_of(_best(signing), signing, chain, sectors)
    return Record(
        key=key,
        pair=pair,
        title=merge_titles.title(
            pair, (stage, _how(chain, stage)), papers, sectors, count, signing.place, agreed=_agreed(voices)
        ),
        stage=stage,
        stages=tuple(_reached(one) for one in chain),
        place=merge_titles.place_name(signing.place),
        sectors=sectors,
        papers=papers,
        count=count,
        people=_people(signing),
        bodies=_bodies(signing),
        members=tuple(Member(m.id, one.key, copied.get(m.id)) for one in chain for m in one.members),
        occasions=tuple(chain),
        confidence=_confidence(pair, told),
        reason=_reason(officials, outlets),
        outlets=outlets,
        officials=officials,
        disputed=_disputed(chain),
        planned_on=chain[-1].on if stage == Stage.PLANNED and chain[-1].precision == "day" else None,
    )


def _confirming(chain: Sequence[Occasion], stage: Stage, copied: Container[str]) -> list[Telling]:
    """The reports, without copies, that bear the stage out: none tells another day of it than the record does."""
    told = [(one, member) for one in chain for member in one.members if member.stage == stage]
    return [member for one, member in told if member.id not in copied and _other_day(one, member) is None]


def _other_day(one: Occasion, member: Telling) -> date | None:
    """The day that a report tells of the occasion, where it is another than the record's."""
    on = member.facts.date
    if on is None or one.on is None or {on.precision, one.precision} != {"day"} or abs((on.on - one.on).days) <= 1:
        return None
    return on.on


def _stage(chain: Sequence[Occasion]) -> Stage:
    """The furthest stage in order of time: no announcement takes back a signing, no late report what followed."""
    order = {Stage.PLANNED: 0, Stage.SIGNED: 1, Stage.IN_FORCE: 2, Stage.ENDED: 3}
    stage = chain[0].stage
    for one in chain[1:]:
        if order[one.stage] >= order[stage] or (stage == Stage.ENDED and one.stage != Stage.PLANNED):
            stage = one.stage
    return stage


def _reached(one: Occasion) -> Reached:
    tellers = [member for member in one.members if member.stage == one.stage] or list(one.members)
    first = min(tellers, key=lambda member: (member.published or date.max, member.id))
    return Reached(one.stage, one.on, one.precision, first.id, _how([one], one.stage))


def _how(chain: Sequence[Occasion], stage: Stage) -> How:
    """How the stage came about, by the report that tells most: 'in force' outdoes 'ratified'."""
    told = {member.facts.how for one in chain for member in one.members if member.stage == stage}
    return next((how for how in _HOWS if how in told), "")


def _agreed(voices: Sequence[Telling]) -> bool:
    """That no report of it tells of a signing, only that the two came to terms."""
    return all(member.facts.agreed for member in voices if member.stage == Stage.SIGNED)


def _best(one: Occasion) -> list[Telling]:
    """The tellings of an occasion, best source first: official, then sure, then full."""
    copied = dict(one.copies)
    voices = [member for member in one.members if member.id not in copied and member.stage == one.stage]
    return sorted(
        voices or one.members,
        key=lambda member: (
            not member.official,
            -round(member.confidence, 1),
            -len(member.facts.instruments),
            member.id,
        ),
    )


def _people(one: Occasion) -> tuple[str, ...]:
    """The people whom the best sources name, most often named first; one spelling of each, in Latin letters if any."""
    persons: list[list[Fact]] = []
    for fact in (fact for member in _best(one)[:ASKED] for fact in member.facts.people):
        known = next((person for person in persons if is_one(person[0].value, fact.value)), None)
        if known is None:
            persons.append([fact])
        else:
            known.append(fact)
    persons.sort(key=len, reverse=True)
    return tuple(_spelling(person) for person in persons[:NAMED])


def _spelling(person: Sequence[Fact]) -> str:
    """Of one person's names the fullest of those most often used."""
    count = Counter(fact.text for fact in person)
    return min(count, key=lambda text: (not text[0].isascii(), -count[text], -len(text.split()), text))


def _bodies(one: Occasion) -> tuple[str, ...]:
    """The bodies that the best sources name, most often named first, without those that another tells more fully."""
    named = [fact for member in _best(one)[:ASKED] for fact in member.facts.bodies]
    texts = {fact.value: fact.text for fact in reversed(named)}
    count = Counter(fact.value for fact in named)
    words = {value: frozenset(value.split()) for value in count}
    told = [value for value in count if not any(words[value] < words[other] for other in count)]
    return tuple(texts[value] for value in sorted(told, key=lambda value: -count[value])[:NAMED])


def _confidence(pair: Pair, voices: Sequence[Telling]) -> float:
    """One less the chance that all independent voices err; a copy is no voice, and two reports of one voice are one."""
    doubt: dict[str, float] = {}
    for one in voices:
        trust = OFFICIAL if one.official in pair else OUTLET
        voice = one.voice or one.id
        doubt[voice] = min(doubt.get(voice, 1.0), 1 - trust * one.confidence)
    left = 1.0
    for share in sorted(doubt.values()):
        left *= share
    return round(min(1 - left, CAP), 4)


def _reason(officials: Sequence[str], outlets: int) -> str:
    governments = " and ".join(f"the government of {country_in_sentence(code)}" for code in officials)
    papers = "" if not outlets else "one outlet" if outlets == 1 else f"{outlets} independent outlets"
    told = " and ".join(part for part in (governments, papers) if part) or "one report"
    return f"{told} {'report' if len(officials) + outlets > 1 else 'reports'} it"


def _disputed(chain: Sequence[Occasion]) -> tuple[str, ...]:
    """What a minority of the reports says otherwise: another stage or another day than the record's."""
    claims = [claim for one in chain for claim in one.disputed]
    for one in chain:
        days: dict[date, set[str]] = defaultdict(set)
        for member in one.members:
            if day := _other_day(one, member):
                days[day].add(member.voice)
        claims += [f"on {day}, says {', '.join(sorted(days[day] - {''})) or 'one report'}" for day in sorted(days)]
    return tuple(claims)
