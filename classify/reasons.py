"""Why an item is labelled as it is: what was seen in it, each step with its weight, and what would have had to be
otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from classify import decide, evidence, sides, weights
from classify.acts import Act
from classify.decide import Verdict
from classify.model import Mark, Pair, Stage, Step
from classify.names import country_name
from classify.seen import Seen, partners_of

_SHOWN = 12
_SMALL = 0.05


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision on one item, laid open. `marks` are places in the item as given, `steps` stand in the order taken.

    `rival` is the nearest other stage; `otherwise` names, weightiest first, what in the item would have had to be
    missing for
    the rival to win; empty where no such thing would have been enough.
    """

    stage: Stage
    agreement_pairs: tuple[Pair, ...]
    pairs: tuple[Pair, ...]
    confidence: float
    lang: str
    marks: tuple[Mark, ...]
    steps: tuple[Step, ...]
    rival: Stage
    otherwise: tuple[Step, ...]


def explain(title: str, text: str = "", lang: str = "", published: date | None = None) -> Explanation:
    """The same decision as `classify`, with its reasons."""
    doc = decide.opening(title, text, lang)
    seen = decide.look(doc, published)
    verdict = decide.decide(seen)
    rival = max((stage for stage in Stage if stage is not verdict.stage), key=lambda one: verdict.stages.get(one, 0.0))
    reasons = list(_reasons(verdict, rival))
    return Explanation(
        stage=verdict.stage,
        agreement_pairs=verdict.agreement_pairs,
        pairs=verdict.pairs,
        confidence=evidence.confidence(verdict),
        lang=doc.lang,
        marks=tuple(_marks(seen)),
        steps=(*_sides(seen), *_acts(seen), *_pairs(seen, verdict), *reasons[:_SHOWN], *_stages(verdict)),
        rival=rival,
        otherwise=tuple(_otherwise(reasons)),
    )


def as_text(shown: Explanation, title: str, text: str) -> str:
    """The explanation for a terminal: the item with its marks in brackets, then the steps."""
    lines = [_bracketed(shown, "title", title), _bracketed(shown, "text", text), ""]
    for step in shown.steps:
        lines.append(f"{step.weight:+6.2f}  {step.name}" + (f"  {step.detail}" if step.detail else ""))
    pairs = ", ".join("-".join(two) for two in shown.agreement_pairs or shown.pairs) or "no pair"
    lines += ["", f"{shown.stage}, {pairs}, confidence {shown.confidence:.2f} ({shown.lang})"]
    if shown.otherwise:
        lacking = ", ".join(step.name for step in shown.otherwise)
        lines.append(f"It would be '{shown.rival}' without: {lacking}")
    return "\n".join(lines)


def _bracketed(shown: Explanation, field: str, given: str) -> str:
    parts: list[str] = []
    last = 0
    for mark in shown.marks:
        if mark.span.field == field and mark.span.start >= last:
            parts += given[last : mark.span.start], f"[{given[mark.span.start : mark.span.end]}|{mark.code}]"
            last = mark.span.end
    return "".join((*parts, given[last:]))


def _marks(seen: Seen) -> list[Mark]:
    doc = seen.doc
    found = [Mark(doc.span(one.start, one.end), "country", one.code) for one in seen.mentions]
    found += [Mark(doc.span(cue.start, cue.end), cue.kind, cue.code) for cue in seen.cues]
    return sorted(set(found), key=_in_order)


def _in_order(mark: Mark) -> tuple[bool, int, int, str, str]:
    return mark.span.field != "title", mark.span.start, -mark.span.end, mark.kind, mark.code


def _sides(seen: Seen) -> Iterator[Step]:
    for side in seen.sides.values():
        first = next((one for one in seen.mentions if one.code == side.code), None)
        said = f"{country_name(side.code)}, {side.times} times" if side.times else f"{country_name(side.code)}, unsaid"
        yield Step(f"country {side.code}", side.weight, said, seen.doc.span(first.start, first.end) if first else None)


def _acts(seen: Seen) -> Iterator[Step]:
    for act in seen.acts:
        span = seen.doc.span(act.cue.start, act.cue.end)
        yield Step(f"act {act.stage}", act.strength, _told(seen, act), span)


def _told(seen: Seen, act: Act) -> str:
    doc = seen.doc
    words = [f"'{doc.norm[act.cue.start : act.cue.end]}' ({act.cue.kind}.{act.cue.code})"]
    words += [f"{mark.code} '{doc.norm[mark.start : mark.end]}'" for mark in act.marks]
    words += ["long ago"] if act.old else []
    joined = partners_of(seen, act)
    words += ["joins " + " ".join("-".join(two) for two in sorted(joined))] if joined else []
    return ", ".join(words)


def _pairs(seen: Seen, verdict: Verdict) -> Iterator[Step]:
    ranked = sorted(verdict.of_pairs.items(), key=lambda entry: (-entry[1]["agreement"], entry[0]))
    for two, chances in ranked[: sides.COUNTRIES]:
        yield Step(f"pair {'-'.join(two)}", chances["agreement"], f"about {chances['about']:.2f}")


def _reasons(verdict: Verdict, rival: Stage) -> Iterator[Step]:
    """What each feature adds to the stage over its rival, weightiest first."""
    if not verdict.features:
        return
    model = weights.load("stage")
    for_stage, for_rival = model.outcomes.index(verdict.stage), model.outcomes.index(rival)
    lead = {
        name: (model.weights[name][for_stage] - model.weights[name][for_rival]) * value
        for name, value in verdict.features.items()
        if name in model.weights
    }
    for name in sorted(lead, key=lambda one: (-abs(lead[one]), one)):
        if abs(lead[name]) >= _SMALL:
            yield Step(name, lead[name], f"{verdict.stage} over {rival}")


def _stages(verdict: Verdict) -> Iterator[Step]:
    for name, chance in sorted(verdict.stages.items(), key=lambda entry: -entry[1]):
        yield Step(f"chance of {name}", chance)


def _otherwise(reasons: list[Step]) -> list[Step]:
    """The fewest features, weightiest first, without which the rival would have won."""
    margin = sum(step.weight for step in reasons)
    lacking: list[Step] = []
    for step in sorted(reasons, key=lambda one: -one.weight):
        if margin <= 0 or step.weight <= 0:
            break
        lacking.append(step)
        margin -= step.weight
    return lacking if margin <= 0 else []
