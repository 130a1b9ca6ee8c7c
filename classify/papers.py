"""Which paper an act concerns: a treaty, a memorandum, a truce, or something that makes it no agreement at all."""

from collections.abc import Sequence

from classify.cues import Cue, settings
from classify.text import Document

_NEEDS_PAPER = frozenset(("close", "renew", "exchange", "approve", "end", "effect", "negotiate"))
_ACTIVE = frozenset(("close", "renew", "exchange"))
_LOOSE = frozenset(("weak", "contract", "other"))
_TREATY_LIKE = frozenset(("treaty", "deal", "agreement", "memorandum", "protocol", "convention", "notes", "declaration",
                          "ceasefire", "swap", "visa", "weak", "ties"))  # fmt: skip
_OBJECT_REACH = 14
_REACH = {"sign": 60, "ratify": 60, "end": 22, "effect": 60}
"""How many words may stand between an act and its paper."""
_AGREED_REACH = 60
_FARTHER, _BEHIND = 3.0, 1.2
_UNNAMED, _UNKNOWN, _WEAK = 0.7, 0.35, 0.85
_AGREED_HEADLINE, _AGREED_TEXT = 0.56, 0.42


def nearest(cue: Cue, near: Sequence[Cue], unit: float) -> Cue | None:
    """The paper the act most likely concerns: the nearest, rather one that follows, rather a treaty than a text."""
    best, least = None, float("inf")
    for other in near:
        if other.kind != "paper" or (other.code == "other" and cue.kind not in ("sign", "close")):
            continue
        gap = (other.start - cue.end if other.start >= cue.start else (cue.start - other.end) * _BEHIND) / unit
        gap += _FARTHER if other.code in ("weak", "contract", "loan") else 0.0
        if gap < least:
            best, least = other, gap
    reach = _OBJECT_REACH if cue.code == "noun" else _REACH.get(cue.kind, _OBJECT_REACH)
    return best if least <= reach else None


def fits(doc: Document, cue: Cue, paper: Cue | None) -> bool:
    """Whether an act with this paper, or with none, can be one of an agreement."""
    if paper is not None and paper.code == "other":
        return False
    if (cue.kind in _NEEDS_PAPER or cue.code == "noun") and not may_concern(cue, paper):
        return False
    if paper is None or cue.kind not in _ACTIVE or cue.code != "now" or paper.start >= cue.start:
        return True
    return bool(settings(doc.lang).get("order"))  # elsewhere an active verb's object follows it


def may_concern(cue: Cue, paper: Cue | None) -> bool:
    """Whether an act of this kind is done to such a paper."""
    if paper is None:
        return False
    if cue.kind == "agree":
        return paper.code not in _LOOSE and -_AGREED_REACH <= paper.start - cue.end <= _AGREED_REACH
    if cue.kind == "close" and cue.code == "now":
        return paper.code != "weak"
    if cue.kind == "end":
        return paper.code in _TREATY_LIKE or paper.code == "loan"
    if cue.kind == "renew":
        return paper.code not in ("loan", "ceasefire", "prisoners") or paper.start < cue.start
    return cue.kind != "exchange" or paper.code not in ("contract", "declaration", "deal")


def worth(cue: Cue, paper: Cue | None, *, named: bool) -> float:
    """How much the act counts for by its paper: less for a mere text, little where none is named at all."""
    if paper is not None:
        return _WEAK if paper.code in ("weak", "contract") else 1.0
    if cue.kind == "agree":
        return _AGREED_HEADLINE if cue.sentence == 0 else _AGREED_TEXT
    return _UNNAMED if named else _UNKNOWN
