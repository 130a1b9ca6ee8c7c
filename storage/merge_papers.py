"""The papers of a record, and how many there are: decided in one place, so that title and list cannot contradict."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from classify.instruments import BY_ITSELF, GENERIC
from classify.model import Instrument, Stage
from storage import merge_titles
from storage.merge_likeness import Telling
from storage.merge_records import Occasion, most, subjects

MOST: Final = 24
FEW: Final = 4
"""Reports of an occasion of which a single one is believed about the number of papers."""
MANY_FIELDS: Final = 4
"""No single paper of no special kind covers so many fields: there are several, though no report counts them."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One instrument as its best source tells it, with its own stage; `several` stands for papers of this kind that
    are told neither one by one nor by number."""

    type: str
    subject: str
    stage: Stage
    amount: float | None = None
    currency: str = ""
    bodies: tuple[str, ...] = ()
    several: bool = False
    topic: str = ""
    """`subject` where a report told it in words of its own, and it is not made of fields."""


def papers_of(
    best: Sequence[Telling], signing: Occasion, chain: Sequence[Occasion], sectors: Sequence[str]
) -> tuple[tuple[Paper, ...], int | None]:
    """The papers as the fullest of the best sources names them, each with the stage of the last step naming it, and
    how many were signed, None where that is not told or is one. `best` are the voices of the signing, best first."""
    told = _told(best, len(signing.members))
    named = _all_told(_named(best, told), told, sectors)
    listed = len(named) if len(named) > 1 and not any(one.several for one in named) else None
    count, alone = told or listed, len(named) == 1 and not told
    later = [one for one in chain if one.stage in (Stage.IN_FORCE, Stage.ENDED)]
    money = next((one.facts.amounts[0] for one in best if one.facts.amounts), None) if alone else None
    found: dict[tuple[str, str, tuple[str, ...]], Paper] = {}
    for one in named[:MOST]:
        paper = Paper(
            one.type,
            ""
            if one.type in BY_ITSELF
            else merge_titles.topic(one.topic) or merge_titles.fields((sectors if alone else ()) or one.sectors),
            _stage(one, alone, signing, later),
            money.value if money else None,
            money.currency if money else "",
            one.parties,
            one.several,
            merge_titles.topic(one.topic),
        )
        found.setdefault((paper.type, paper.subject.lower(), paper.bodies), paper)
    return tuple(found.values()), count


def _all_told(named: list[Instrument], told: int | None, sectors: Sequence[str]) -> list[Instrument]:
    """The papers named, in accord with how many there are: no more than are counted, and a word for the rest where
    one paper of no special kind is named for many fields."""
    if told:
        listed = [one for one in named if not one.several]
        return listed[:told] or [replace(one, several=False) for one in named[:1]]
    lone = named[0] if len(named) == 1 and named[0].type in GENERIC | {"memorandum"} else None
    if lone is None or lone.several or len(sectors) < MANY_FIELDS:
        return named
    many = Instrument("agreement", "", lone.span, several=True)
    return [many, lone] if lone.topic or lone.parties else [replace(lone, several=True)]


def _told(best: Sequence[Telling], reports: int) -> int | None:
    """How many papers there are, as most reports tell it that tell it; of many reports more than one has to."""
    told = [one.facts.count for one in best if one.facts.count]
    count = most(told)
    return count if count and (reports <= FEW or told.count(count) > 1) else None


def _named(best: Sequence[Telling], told: int | None) -> list[Instrument]:
    """The papers of the best source that names as many as most do, with what others add to a single one."""
    sources = [one.facts.instruments for one in best if one.facts.instruments]
    if not sources:
        return []
    counts = Counter(_size(one) for one in sources if _is_clear(one) and _size(one) <= (told or MOST))
    size = max(counts, key=lambda n: (counts[n], n), default=0)
    fitting = [one for one in sources if _is_clear(one) and _size(one) == size] or sources
    fullest = max(fitting, key=lambda one: sum(_worth(paper) for paper in one))
    return [_special(fullest[0], fitting)] if len(fullest) == 1 else list(fullest)


def _size(papers: Sequence[Instrument]) -> int:
    return sum(not one.several for one in papers)


def _is_clear(papers: Sequence[Instrument]) -> bool:
    """Whether a source tells anything of its papers."""
    return any(one.topic or one.sectors or one.parties or not one.several for one in papers)


def _worth(paper: Instrument) -> int:
    return 3 * bool(paper.topic) + 2 * bool(paper.parties) + bool(paper.sectors)


def _special(paper: Instrument, sources: Sequence[Sequence[Instrument]]) -> Instrument:
    """A lone paper by the special kind that at least half of its sources give it, where the fullest gives none."""
    kinds = Counter(one[0].type for one in sources if len(one) == 1)
    kind = most(one[0].type for one in sources if len(one) == 1 and one[0].type not in GENERIC)
    if paper.type not in GENERIC or not kind or 2 * kinds[kind] < len(sources):
        return paper
    return Instrument(kind, paper.subject, paper.span, paper.topic, paper.sectors, False, paper.parties)


def _stage(paper: Instrument, alone: bool, signing: Occasion, later: Sequence[Occasion]) -> Stage:
    words = {word for word in f"{paper.subject} {paper.topic}".lower().split() if len(word) > 3}
    step = next((one for one in reversed(later) if alone or words & subjects(one)), None)
    return step.stage if step else signing.stage
