"""What an item says was done: each word for signing, ratifying, ending or negotiating, read in its sentence.

An act is a verb or noun of the cue shelves with the paper that it concerns and with what its surroundings do to it:
a word for the future before it makes a plan of it, a negation a failure, a word for long ago, or a date, background.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from classify import ages
from classify.cues import ACTS, Cue, settings, shelf
from classify.dates import Told
from classify.model import Stage
from classify.text import Document

SIGNED, IN_FORCE, ENDED, PLANNED = Stage.SIGNED, Stage.IN_FORCE, Stage.ENDED, Stage.PLANNED

STRENGTH: dict[tuple[str, str], tuple[Stage, float]] = {
    ("sign", "done"): (SIGNED, 1.0),
    ("sign", "now"): (SIGNED, 0.9),
    ("sign", "base"): (PLANNED, 0.5),
    ("sign", "plan"): (PLANNED, 0.9),
    ("sign", "noun"): (SIGNED, 0.5),
    ("sign", "failed"): (PLANNED, 0.6),
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

_NEEDS_PAPER = frozenset(("close", "renew", "exchange", "approve", "end", "effect", "negotiate"))
_ACTIVE = frozenset(("close", "renew", "exchange"))
_MOVABLE = frozenset(("now", "base", "noun"))
_LOOSE = frozenset(("weak", "contract", "other"))
_TREATY_LIKE = frozenset(("treaty", "deal", "agreement", "memorandum", "protocol", "convention", "notes", "declaration",
                          "ceasefire", "swap", "visa"))  # fmt: skip
_WORD_LENGTH, _SIGN_LENGTH = 6.5, 1.8
_FUTURE_REACH, _NEGATION_REACH, _OLD_REACH, _OBJECT_REACH, _DATE_REACH, _VAGUE_REACH = 6, 4, 7, 14, 12, 7


class Act(NamedTuple):
    """One act: the stage that it speaks for and how plainly, its cue, its paper and the cues that changed its reading."""

    stage: Stage
    strength: float
    cue: Cue
    paper: Cue | None
    old: bool
    marks: tuple[Cue, ...]

    @property
    def sentence(self) -> int:
        return self.cue.sentence


def find(doc: Document, cues: Sequence[Cue], told: Sequence[Told], published: date | None) -> list[Act]:
    """The acts of a document in order. Linear: each act looks at the cues of its own sentence, of which few are near.

    `told` are the dates that the document names.
    """
    told = ages.with_years(doc, told)
    now = ages.this_month(told, published)
    acts = list(_acts(doc, _by_sentence(cues), told, now))
    return [_after_signature(act, acts) for act in acts]


def _by_sentence(cues: Sequence[Cue]) -> dict[int, list[Cue]]:
    groups: dict[int, list[Cue]] = defaultdict(list)
    for cue in cues:
        groups[cue.sentence].append(cue)
    return groups


_NEIGHBOURS = 40


def _acts(doc: Document, groups: dict[int, list[Cue]], told: Sequence[Told], now: date | None) -> Iterator[Act]:
    papers = min((cue.start for group in groups.values() for cue in group if cue.kind == "paper"), default=len(doc.norm))
    unit = _WORD_LENGTH if shelf(doc.lang).spaced else _SIGN_LENGTH
    for group in groups.values():
        for at, cue in enumerate(group):
            if cue.kind in ACTS and (cue.kind, cue.code) in STRENGTH:
                near = group[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]
                if act := _read(doc, cue, near, papers < cue.start, unit):
                    yield act._replace(old=act.old or _dated(doc, cue, told, unit, now))


def _read(doc: Document, cue: Cue, near: Sequence[Cue], earlier: bool, unit: float) -> Act | None:
    stage, strength = STRENGTH[cue.kind, cue.code]
    paper = _paper(cue, near, unit)
    needed = cue.kind in _NEEDS_PAPER or cue.code == "noun"
    if needed and (paper is None or not _may_concern(cue, paper)):
        return None
    if paper is not None and paper.code == "other":
        return None
    if cue.kind in _ACTIVE and cue.code == "now" and paper is not None and paper.start < cue.start and not _verb_last(doc):
        return None
    marks: list[Cue] = [] if paper is None else [paper]
    future = _before(cue, near, "future", _FUTURE_REACH * unit) if cue.code in _MOVABLE else None
    if cue.code == "now" and _is_infinitive(doc, cue) and stage is SIGNED:
        stage, strength = PLANNED, strength * 0.6
    negation = _before(cue, near, "negation", _NEGATION_REACH * unit)
    if negation and doc.folded[negation.end : negation.end + 3].strip(". ").isdigit():
        negation = None  # 'No 24/2020'
    if future:
        marks.append(future)
        stage, strength = PLANNED if stage is SIGNED else stage, strength * (0.8 if stage is SIGNED else 0.4)
    if cue.code == "now" and cue.sentence == 0:
        strength += 0.1 if cue.kind == "sign" else 0.2
    if negation and cue.code not in ("failed", "plan"):
        marks.append(negation)
        stage, strength = PLANNED if stage is SIGNED else stage, strength * (0.5 if cue.kind == "sign" else 0.25)
    if cue.code not in ("plan", "failed") and (condition := _before(cue, near, "condition", _FUTURE_REACH * unit)):
        marks.append(condition)
        strength *= 0.4
    if cue.kind == "effect" and paper is not None and paper.code == "ceasefire":
        strength *= 0.4
    if cue.kind == "end" and (threat := _before(cue, near, "threat", _FUTURE_REACH * unit)):
        marks.append(threat)
        strength *= 0.4
    if cue.kind == "approve":
        stage, strength = _approval(cue, near, strength, marks)
    if cue.kind == "agree" and (paper is None or not _may_concern(cue, paper)):
        if _is_vague(cue, near, unit):
            return None
        paper, strength = None, strength * (0.8 if cue.sentence == 0 else 0.6)
    if paper is None:
        strength *= 0.7 if earlier or cue.kind == "agree" else 0.35
    elif paper.code in ("weak", "contract"):
        strength *= 0.85
    return Act(stage, strength, cue, paper, _recalled(cue, near, unit, marks), tuple(marks))


def _is_infinitive(doc: Document, cue: Cue) -> bool:
    """Whether the particle of an infinitive stands before the verb."""
    before = doc.folded[max(0, cue.start - 8) : cue.start].split()
    return bool(before) and before[-1] in settings(doc.lang).get("infinitive", ())


def _verb_last(doc: Document) -> bool:
    return bool(settings(doc.lang).get("order"))


def _paper(cue: Cue, near: Sequence[Cue], unit: float) -> Cue | None:
    """The paper that the act most likely concerns: the nearest, rather one that follows, rather a treaty than a text."""
    best, least = None, float("inf")
    for other in near:
        if other.kind != "paper" or (other.code == "other" and cue.kind not in ("sign", "close")):
            continue
        gap = (other.start - cue.end if other.start >= cue.start else (cue.start - other.end) * 1.2) / unit
        gap += 3 if other.code in ("weak", "contract", "loan") else 0
        if gap < least:
            best, least = other, gap
    reach = 60 if cue.kind in ("sign", "ratify") and cue.code != "noun" else _OBJECT_REACH
    return best if least <= reach else None


def _is_vague(cue: Cue, near: Sequence[Cue], unit: float) -> bool:
    """Whether what is agreed is only to do more together, to talk or to go on: words alone."""
    return any(
        other.kind == "mark" and other.code == "vague" and -2 <= other.start - cue.end <= _VAGUE_REACH * unit
        for other in near
    )


def _may_concern(cue: Cue, paper: Cue) -> bool:
    if cue.kind == "agree":
        return paper.code not in _LOOSE and -60 <= paper.start - cue.end <= 60
    if cue.kind == "close" and cue.code == "now" and paper.code == "weak":
        return False
    if cue.kind == "end":
        return paper.code in _TREATY_LIKE or paper.code in ("weak", "ties")
    if cue.kind == "renew":
        return paper.code not in ("loan", "ceasefire", "prisoners") or paper.start < cue.start
    if cue.kind == "exchange":
        return paper.code not in ("contract", "declaration", "deal")
    return True


def _before(cue: Cue, near: Sequence[Cue], code: str, reach: float) -> Cue | None:
    """The last marker of a kind that stands in reach before the act."""
    found = None
    for other in near:
        if other.start >= cue.start:
            break
        if other.code == code and other.kind in ("mark", "end") and 0 <= cue.start - other.end <= reach:
            found = other
    return found


def _approval(cue: Cue, near: Sequence[Cue], strength: float, marks: list[Cue]) -> tuple[Stage, float]:
    """A parliament approves what is signed, a cabinet mostly what is to be signed."""
    body = min(
        (other for other in near if other.kind == "body"), key=lambda other: abs(other.start - cue.start), default=None
    )
    if body is None:
        return IN_FORCE, strength * 0.5
    marks.append(body)
    return (IN_FORCE, strength) if body.code == "parliament" else (PLANNED, strength)


def _recalled(cue: Cue, near: Sequence[Cue], unit: float, marks: list[Cue]) -> bool:
    """Whether a word for long ago stands near the act; it is added to `marks`."""
    for other in near:
        gap = cue.start - other.end if other.start < cue.start else other.start - cue.end
        if other.kind == "mark" and other.code == "old" and gap <= _OLD_REACH * unit:
            marks.append(other)
            return True
    return False


def _dated(doc: Document, cue: Cue, told: Sequence[Told], unit: float, now: date | None) -> bool:
    """Whether the date that stands nearest to the act is long past."""
    sentence = doc.sentences[cue.sentence]
    reach = int(_DATE_REACH * unit)
    low, high = max(sentence.start, cue.start - reach), min(sentence.end, cue.end + reach)
    one = ages.nearest(told, cue.start, cue.end, low, high)
    return one is not None and ages.is_old(one, now)


def _after_signature(act: Act, acts: Sequence[Act]) -> Act:
    """A cabinet's approval comes after the signature where the item tells of an old signing."""
    if act.cue.kind != "approve" or act.stage is not PLANNED:
        return act
    signed = any(other.old and other.cue.kind in ("sign", "close") and other.cue.code == "done" for other in acts)
    return act._replace(stage=IN_FORCE) if signed else act
