"""What an item says was done: each word for signing, ratifying, ending or negotiating, read in its sentence.

An act is a verb or noun of the cue shelves with the paper that it concerns and with what its surroundings do to it:
a word for the future before it makes a plan of it, a negation a failure, a word for long ago, or a date, background.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from classify import ages, papers, surroundings
from classify.cues import ACTS, Cue, any_of, shelf
from classify.dates import Told
from classify.model import Stage
from classify.surroundings import Reading
from classify.text import Document

SIGNED, IN_FORCE, ENDED, PLANNED = Stage.SIGNED, Stage.IN_FORCE, Stage.ENDED, Stage.PLANNED

STRENGTH: dict[tuple[str, str], tuple[Stage, float]] = {
    ("sign", "done"): (SIGNED, 1.0),
    ("sign", "now"): (SIGNED, 0.9),
    ("sign", "base"): (PLANNED, 0.5),
    ("sign", "plan"): (PLANNED, 0.9),
    ("sign", "noun"): (SIGNED, 0.5),
    ("sign", "failed"): (PLANNED, 0.2),
    ("close", "done"): (SIGNED, 0.8),
    ("close", "now"): (SIGNED, 0.7),
    ("close", "base"): (PLANNED, 0.4),
    ("close", "plan"): (PLANNED, 0.7),
    ("close", "noun"): (SIGNED, 0.4),
    ("agree", "done"): (SIGNED, 0.75),
    ("agree", "now"): (SIGNED, 0.7),
    ("agree", "base"): (PLANNED, 0.4),
    ("agree", "plan"): (PLANNED, 0.7),
    ("renew", "done"): (SIGNED, 0.8),
    ("renew", "now"): (SIGNED, 0.7),
    ("renew", "base"): (PLANNED, 0.4),
    ("renew", "plan"): (PLANNED, 0.7),
    ("renew", "noun"): (SIGNED, 0.4),
    ("exchange", "done"): (SIGNED, 0.8),
    ("exchange", "now"): (SIGNED, 0.7),
    ("ratify", "done"): (IN_FORCE, 1.0),
    ("ratify", "now"): (IN_FORCE, 0.8),
    ("ratify", "base"): (IN_FORCE, 0.2),
    ("ratify", "plan"): (PLANNED, 0.3),
    ("ratify", "noun"): (IN_FORCE, 0.5),
    ("effect", "done"): (IN_FORCE, 0.9),
    ("effect", "now"): (IN_FORCE, 0.5),
    ("effect", "plan"): (IN_FORCE, 0.3),
    ("approve", "done"): (IN_FORCE, 0.7),
    ("approve", "now"): (IN_FORCE, 0.6),
    ("approve", "plan"): (PLANNED, 0.4),
    ("end", "done"): (ENDED, 0.9),
    ("negotiate", "done"): (PLANNED, 0.6),
}
"""Which stage an act speaks for where nothing around it changes that, and how plainly, from 0 to 1."""

_HEADLINE = 0.2
_HEADLINE_SIGNED = 0.1
"""How much plainer the present tense of a headline is than that of a text."""
_NEIGHBOURS = 40
_WORD_LENGTH, _SIGN_LENGTH = 6.5, 1.8
_DATE_REACH = 12


class Act(NamedTuple):
    """One act: the stage it speaks for and how plainly, its cue, its paper and the cues that changed its reading."""

    stage: Stage
    strength: float
    cue: Cue
    paper: Cue | None
    old: bool
    marks: tuple[Cue, ...]

    @property
    def sentence(self) -> int:
        """The number of its sentence."""
        return self.cue.sentence


_DATED = frozenset({"sign", "close", "renew", "exchange", "agree", "effect", "ratify"})
"""Acts that a date beside them is the date of."""


def find(doc: Document, cues: Sequence[Cue], told: Callable[[], Sequence[Told]], published: date | None) -> list[Act]:
    """The acts of a document in order. Linear: each act looks at the cues of its own sentence, of which few are near.

    `told` gives the dates that the document names; it is asked only where there is an act.
    """
    acts = list(_acts(doc, cues))
    if not acts:
        return []
    named = [(cue.start, cue.end) for cue in cues if cue.kind == "paper"]
    every = ages.with_years(doc, told())
    of_papers = [one for one in every if ages.is_of_paper(doc, one, named)]
    dates = [one for one in every if one not in of_papers]
    now = ages.this_month(dates, published)
    dated = [
        act._replace(old=act.old or _is_dated(doc, act, dates, now) or _is_of_old_paper(doc, act, of_papers, now))
        for act in acts
    ]
    return [_after_signature(act, dated) for act in dated]


def _acts(doc: Document, cues: Sequence[Cue]) -> Iterator[Act]:
    groups: dict[int, list[Cue]] = defaultdict(list)
    for cue in cues:
        groups[cue.sentence].append(cue)
    first_paper = min((cue.start for cue in cues if cue.kind == "paper"), default=len(doc.norm))
    unit = _unit(doc)
    for group in groups.values():
        for at, cue in enumerate(group):
            if cue.kind in ACTS and (cue.kind, cue.code) in STRENGTH:
                near = group[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]
                if act := _read(doc, cue, near, unit, named=first_paper < cue.start):
                    yield act


def _unit(doc: Document) -> float:
    """About how many characters a word takes."""
    return _WORD_LENGTH if shelf(doc.lang).spaced else _SIGN_LENGTH


def _read(doc: Document, cue: Cue, near: Sequence[Cue], unit: float, *, named: bool) -> Act | None:
    """The act in its sentence; None where it is none of an agreement. `named`: a paper was named before it."""
    paper = papers.nearest(cue, near, unit)
    if not papers.fits(doc, cue, paper):
        return None
    if cue.kind == "agree":
        paper = paper if papers.may_concern(cue, paper) else None
    if surroundings.is_vague(cue, near, unit, paper):
        return None
    stage, strength = STRENGTH[cue.kind, cue.code]
    if cue.code == "now" and cue.sentence == 0:
        strength += _HEADLINE_SIGNED if cue.kind == "sign" else _HEADLINE
    reading = Reading(stage, strength * papers.worth(cue, paper, named=named), [paper] if paper else [])
    surroundings.change(reading, doc, cue, near, unit)
    old = not (cue.code == "now" and cue.sentence == 0) and surroundings.is_recalled(reading, cue, near, unit)
    return Act(reading.stage, reading.strength, cue, paper, old, tuple(reading.marks))


def _is_dated(doc: Document, act: Act, told: Sequence[Told], now: date | None) -> bool:
    """Whether the date that stands nearest to the act is long past.

    An ending, an approval or a talk has the old paper's date beside it: only a signing is dated by what stands there.
    """
    cue = act.cue
    if cue.kind not in _DATED or cue.code != "done":
        return False
    sentence = doc.sentences[cue.sentence]
    reach = int(_DATE_REACH * _unit(doc))
    low, high = max(sentence.start, cue.start - reach), min(sentence.end, cue.end + reach)
    one = ages.nearest(told, cue.start, cue.end, low, high)
    return one is not None and ages.is_old(one, now)


def _is_of_old_paper(doc: Document, act: Act, of_papers: Sequence[Told], now: date | None) -> bool:
    """Whether the act is told of a paper by its year: 'the treaty of 1960, which the two signed in Karachi'."""
    cue, relative = act.cue, any_of(doc.lang, "relative")
    if relative is None or cue.kind not in ("sign", "close") or cue.code != "done":
        return False
    begin = doc.sentences[cue.sentence].start
    return any(
        begin <= one.start < cue.start and ages.is_old(one, now) and relative.search(doc.folded, one.end, cue.start)
        for one in of_papers
    )


def _after_signature(act: Act, acts: Sequence[Act]) -> Act:
    """A cabinet's approval comes after the signature where the item tells of an old signing."""
    if act.cue.kind != "approve" or act.stage is not PLANNED:
        return act
    signed = any(other.old and other.cue.kind in ("sign", "close") and other.cue.code == "done" for other in acts)
    return act._replace(stage=IN_FORCE) if signed else act
