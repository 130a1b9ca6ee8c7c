"""What a verdict rests on: the sentence that proves it, which sentences speak of the agreement, and how sure it is."""

from classify import calibration
from classify.acts import Act
from classify.cues import Cue
from classify.decide import Verdict
from classify.model import Evidence, How, Mark, Stage
from classify.seen import Seen

_KINDS = {
    **dict.fromkeys(("sign", "close", "agree", "renew", "exchange"), "signing"),
    "paper": "document",
    "ratify": "ratification",
    "approve": "approval",
    "end": "ending",
    "negotiate": "talks",
}
_HOWS: dict[str, How] = {"ratify": "ratified", "approve": "approved"}
_SIGNING = frozenset({"sign", "exchange"})
"""Kinds of acts by which a paper is concluded in form; the others tell that it was agreed on."""
WHOLLY = 1.0
"""The scope of a sentence that tells of the act itself."""
_PAPER_SCOPE, _TITLE_SCOPE, _ELSE_SCOPE = 0.7, 0.6, 0.2


def deciding_act(seen: Seen, verdict: Verdict) -> Act | None:
    """The act that speaks most plainly for the stage of the verdict."""
    return seen.best.get(verdict.stage)


def prove(seen: Seen, verdict: Verdict) -> Evidence | None:
    """The one sentence that the stage rests on, with what in it counted; None where there is no agreement."""
    act = None if verdict.stage is Stage.NONE else deciding_act(seen, verdict)
    if act is None:
        return None
    sentence = seen.doc.sentences[act.sentence]
    span = seen.doc.span(sentence.start, sentence.end)
    return Evidence(
        sentence=seen.doc.original(sentence.start, sentence.end),
        span=span,
        marks=tuple(sorted(_marks(seen, act), key=lambda mark: (mark.span.start, mark.kind))),
        cleaned=sentence.cleaned,
    )


def _marks(seen: Seen, act: Act) -> list[Mark]:
    countries = [
        Mark(seen.doc.span(mention.start, mention.end), "country", mention.code)
        for mention in seen.mentions
        if mention.sentence == act.sentence
    ]
    cues = {act.cue, *act.marks}
    words = [
        Mark(
            seen.doc.span(cue.start, cue.end),
            cue.code if cue.kind == "mark" else _KINDS.get(cue.kind, cue.kind),
            cue.code,
        )
        for cue in cues
    ]
    return countries + words


def how(seen: Seen, verdict: Verdict) -> How:
    """What brought the stage about where its own word would say too much; see `model.How`."""
    act = deciding_act(seen, verdict)
    if act is None:
        return ""
    if verdict.stage is Stage.ENDED:
        return "talks" if any(_is_talk(cue) for cue in seen.cues if cue.sentence == act.sentence) else ""
    if verdict.stage is Stage.IN_FORCE and not any(_is_effect(one) for one in seen.acts):
        return _HOWS.get(act.cue.kind, "")
    return ""


def agreed(seen: Seen, verdict: Verdict) -> bool:
    """Whether the item tells that the two came to terms and of no signing; see `model.Facts`."""
    return verdict.stage is Stage.SIGNED and not any(
        act.cue.kind in _SIGNING and act.stage is Stage.SIGNED and not act.old for act in seen.acts
    )


def _is_talk(cue: Cue) -> bool:
    return cue.kind == "negotiate" or (cue.kind, cue.code) == ("relation", "talk")


def _is_effect(act: Act) -> bool:
    return act.cue.kind == "effect" and act.cue.code == "done" and act.stage is Stage.IN_FORCE and not act.old


def scope(seen: Seen, verdict: Verdict) -> dict[int, float] | None:
    """By sentence number, how much it speaks of the agreement, 0 to 1; None where there is none."""
    if verdict.stage is Stage.NONE:
        return None
    weights = dict.fromkeys(range(len(seen.doc.sentences)), _ELSE_SCOPE)
    weights[0] = _TITLE_SCOPE
    for cue in seen.cues:
        if cue.kind == "paper" and cue.sentence:
            weights[cue.sentence] = max(weights[cue.sentence], _PAPER_SCOPE)
    for act in seen.acts:
        if act.stage is verdict.stage and not act.old:
            weights[act.sentence] = WHOLLY
    return weights


def confidence(verdict: Verdict) -> float:
    """The calibrated chance that stage and pairs are right."""
    return calibration.calibrated(calibration.raw(verdict))
