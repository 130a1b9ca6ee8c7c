"""A source's sentence as HTML: escaped, its language and direction told, what was seen in it marked."""

from collections.abc import Collection, Iterator

from markupsafe import Markup, escape

from alerts.display import clean, direction
from classify.model import Evidence, Mark

LONGEST = 2000
"""Characters of a sentence that are shown; beyond that it is no sentence."""
_STEPS = ("signing", "ratification", "effect", "approval", "ending", "talks")
MARKED = {"country": "p", "document": "n"} | dict.fromkeys(_STEPS, "v")
"""The kinds of marks that a reader is shown, and their class in the style sheet: countries, steps, documents."""


def marked(evidence: Evidence, sides: Collection[str]) -> Markup:
    """The sentence with `<mark>` around the two `sides`, steps and documents; of overlapping ones the first. Other
    countries that it names prove nothing of this agreement."""
    parts, at, sentence = [], 0, evidence.sentence[:LONGEST]
    for start, end, kind in _spans(evidence, sides):
        if at <= start and end <= len(sentence):
            parts += [escape(clean(sentence[at:start])), Markup('<mark class="{}">').format(MARKED[kind])]
            parts += [escape(clean(sentence[start:end])), Markup("</mark>")]
            at = end
    return Markup("").join([*parts, escape(clean(sentence[at:])), "…" * (len(evidence.sentence) > LONGEST)])


def language_attributes(lang: str) -> Markup:
    """` lang="ar" dir="rtl"` for the element that holds someone else's words; unknown languages get `dir="auto"`."""
    if lang in ("", "und"):
        return Markup(' dir="auto"')
    return Markup(' lang="{}" dir="{}"').format(lang, direction(lang))


def _spans(evidence: Evidence, sides: Collection[str]) -> Iterator[tuple[int, int, str]]:
    proving = (m for m in evidence.marks if m.kind != "country" or m.code in sides)
    inside = sorted((m for m in proving if _stands_in(m, evidence)), key=lambda m: (m.span.start, -m.span.end))
    for mark in inside:
        yield mark.span.start - evidence.span.start, mark.span.end - evidence.span.start, mark.kind


def _stands_in(mark: Mark, evidence: Evidence) -> bool:
    span, whole = mark.span, evidence.span
    return mark.kind in MARKED and span.field == whole.field and whole.start <= span.start < span.end <= whole.end
