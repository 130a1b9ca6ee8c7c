"""What the words around an act do to it: put it in the future, deny it, hang it on a condition, recall it from
long ago."""

from collections.abc import Sequence
from dataclasses import dataclass

from classify.cues import Cue, settings
from classify.model import Stage
from classify.text import Document

_MOVABLE = frozenset(("now", "base", "noun"))
_FUTURE_REACH, _NEGATION_REACH, _OLD_REACH, _VAGUE_REACH, _VAGUE_VERB_REACH = 6, 4, 7, 7, 1.5
_FUTURE_SIGNED, _FUTURE_ELSE = 0.8, 0.4
_ENDED_REACH = 1.0
_INFINITIVE = 0.6
_DENIED_SIGNED, _DENIED_ELSE = 0.2, 0.25
_DOUBTED = 0.4
_NO_BODY = 0.5


@dataclass(slots=True)
class Reading:
    """An act while it is read: the stage it speaks for, how plainly, and the cues that counted."""

    stage: Stage
    strength: float
    marks: list[Cue]

    def plan(self, signed: float, other: float) -> None:
        """A signing becomes a plan; any act becomes weaker, by these factors."""
        is_signing = self.stage is Stage.SIGNED
        self.stage = Stage.PLANNED if is_signing else self.stage
        self.strength *= signed if is_signing else other


def change(reading: Reading, doc: Document, cue: Cue, near: Sequence[Cue], unit: float) -> None:
    """Let the surroundings change the reading."""
    if cue.code == "now" and reading.stage is Stage.SIGNED and _is_infinitive(doc, cue):
        reading.plan(_INFINITIVE, 1.0)
    if cue.code in _MOVABLE and (mark := _before(cue, near, "future", _FUTURE_REACH * unit)):
        reading.marks.append(mark)
        reading.plan(_FUTURE_SIGNED, _FUTURE_ELSE)
    if cue.code not in ("plan", "failed"):
        _deny(reading, doc, cue, near, unit)
    if cue.kind == "end" and (mark := _before(cue, near, "threat", _FUTURE_REACH * unit)):
        reading.marks.append(mark)
        reading.strength *= _DOUBTED
    if cue.kind == "negotiate" and any(_ends(other, cue, unit) for other in near):
        reading.strength *= _DOUBTED  # talks that are halted are no plan
    if cue.kind == "effect" and any(mark.code == "ceasefire" for mark in reading.marks):
        reading.strength *= _DOUBTED  # a truce takes effect as it is agreed
    if cue.kind == "approve":
        _approve(reading, cue, near)


def _ends(other: Cue, cue: Cue, unit: float) -> bool:
    """Whether one cue is the word that ends what the other names: 'halts talks'."""
    return other.kind == "end" and other.code == "done" and 0 <= cue.start - other.end <= _ENDED_REACH * unit


def _deny(reading: Reading, doc: Document, cue: Cue, near: Sequence[Cue], unit: float) -> None:
    mark = _before(cue, near, "negation", _NEGATION_REACH * unit)
    if mark and not doc.folded[mark.end : mark.end + 3].strip(". ").isdigit():  # 'No 24/2020' denies nothing
        reading.marks.append(mark)
        reading.plan(_DENIED_SIGNED if cue.kind == "sign" else _DENIED_ELSE, _DENIED_ELSE)
    if mark := _before(cue, near, "condition", _FUTURE_REACH * unit):
        reading.marks.append(mark)
        reading.strength *= _DOUBTED


def _approve(reading: Reading, cue: Cue, near: Sequence[Cue]) -> None:
    """A parliament approves what is signed, a cabinet mostly what is to be signed."""
    bodies = [other for other in near if other.kind == "body"]
    if not bodies:
        reading.strength *= _NO_BODY
        return
    body = min(bodies, key=lambda other: abs(other.start - cue.start))
    reading.marks.append(body)
    if body.code == "cabinet":
        reading.stage = Stage.PLANNED


def is_vague(cue: Cue, near: Sequence[Cue], unit: float, paper: Cue | None) -> bool:
    """Whether what is agreed or announced is only to do more together, to talk or to go on: words alone, also where a
    paper follows them: 'agreed to strengthen their partnership'."""
    if cue.kind != "agree":
        return (
            cue.kind == "close" and paper is not None and any(_is_vague(other, cue.end, paper.start) for other in near)
        )
    reach = (_VAGUE_REACH if paper is None else _VAGUE_VERB_REACH) * unit
    return any(_is_vague(other, cue.end - 2, cue.end + reach) for other in near)


def _is_vague(other: Cue, low: float, high: float) -> bool:
    return other.kind == "mark" and other.code == "vague" and low <= other.start <= high


def is_recalled(reading: Reading, cue: Cue, near: Sequence[Cue], unit: float) -> bool:
    """Whether a word for long ago stands near the act; it is added to the reading's marks."""
    for other in near:
        gap = cue.start - other.end if other.start < cue.start else other.start - cue.end
        if other.kind == "mark" and other.code == "old" and gap <= _OLD_REACH * unit:
            reading.marks.append(other)
            return True
    return False


def _before(cue: Cue, near: Sequence[Cue], code: str, reach: float) -> Cue | None:
    """The last marker of a kind that stands in reach before the act."""
    found = None
    for other in near:
        if other.start >= cue.start:
            break
        if other.code == code and other.kind in ("mark", "end") and 0 <= cue.start - other.end <= reach:
            found = other
    return found


def _is_infinitive(doc: Document, cue: Cue) -> bool:
    """Whether the particle of an infinitive stands before the verb."""
    before = doc.folded[max(0, cue.start - 8) : cue.start].split()
    return bool(before) and before[-1] in settings(doc.lang).get("infinitive", ())
