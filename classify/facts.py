"""What merging needs of an item, each with its place in it: date of the occasion, places, people, papers, money."""

from collections.abc import Mapping, Sequence
from datetime import date

from classify import dates, instruments, likeness, people, telling
from classify.model import Fact, Facts, Stage
from classify.names import Mention
from classify.text import Document
from classify.wordlists import Seen

LEAD = 3
"""The sentences from the title on that speak of the occasion where nothing better is known."""


def find(
    doc: Document,
    mentions: Sequence[Mention],
    published: date | None,
    scope: Mapping[int, float] | None = None,
    stage: Stage = Stage.SIGNED,
) -> Facts:
    """The facts of an item; offsets are into its title and text as given.

    `scope` tells by sentence number how much a sentence speaks of the agreement, 0 to 1; where it is left out, those
    that name a paper do. `stage` tells whether a bare weekday lies behind or ahead.
    """
    seen = _words(doc, mentions)
    told = dates.told(doc, seen)
    where = _scope(doc, seen) if scope is None else scope
    amounts = instruments.amounts(doc, seen)
    return Facts(
        date=dates.occasion(doc, told, seen, where, published=published, stage=stage),
        places=_places(doc, mentions),
        people=people.people(doc, seen),
        bodies=people.bodies(doc, seen),
        instruments=instruments.papers(doc, seen, where),
        amounts=amounts,
        count=instruments.count(doc, seen, where),
        days=dates.days(told),
        words=likeness.words(doc, mentions, seen, amounts) | dates.tokens(told, doc.folded),
        signature=likeness.signature(doc),
    )


def _words(doc: Document, mentions: Sequence[Mention]) -> list[Seen]:
    """The words that facts are told in, but for those in a country's or capital's name: Dushanbe is no Monday."""
    taken = {mention.start for mention in mentions}
    return [word for word in telling.find(doc.folded, doc.lang) if word.start not in taken]


def _scope(doc: Document, seen: Sequence[Seen]) -> dict[int, float]:
    named = {doc.sentence_at(word.start) for word in seen if word.kind == "instrument"}
    return dict.fromkeys(range(LEAD), 0.5) | dict.fromkeys(named, 1.0)


def _places(doc: Document, mentions: Sequence[Mention]) -> tuple[Fact, ...]:
    """Capitals named as a place; `value` is the folded name."""
    found: dict[str, Fact] = {}
    for mention in mentions:
        if mention.kind == "capital":
            value = doc.folded[mention.start : mention.end]
            found.setdefault(value, Fact(value, mention.surface, doc.span(mention.start, mention.end)))
    return tuple(found.values())
