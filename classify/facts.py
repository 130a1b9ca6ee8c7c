"""What merging needs of an item, each with its place in it: date of the occasion, places, people, papers, money."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from classify import bodies, dates, instruments, likeness, money, people, telling
from classify.dates import Told
from classify.fold import fold
from classify.model import Fact, Facts, Stage
from classify.names import Mention
from classify.shelf import LEXICON, rows
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
    words: Sequence[Seen] = (),
    told: Sequence[Told] = (),
) -> Facts:
    """The facts of an item; offsets are into its title and text as given.

    `scope` tells by sentence number how much a sentence speaks of the agreement, 0 to 1; where it is left out, those
    that name a paper do. `stage` tells whether a bare weekday lies behind or ahead. `words` are those of
    `telling.find` and `told` the dates of `dates.told` for them, where they are known already.
    """
    words = words or telling.find(doc.folded, doc.lang)
    named = {mention.start for mention in mentions}
    apart = [word for word in words if word.start not in named]  # Dushanbe is no Monday
    if not told or any(word.kind in dates.KINDS and word.start in named for word in words):
        told = dates.told(doc, apart)
    seen = [word for word in apart if word.kind != "stop"]
    stops = [word for word in apart if word.kind == "stop"]
    where = _scope(doc, seen) if scope is None else scope
    amounts = money.amounts(doc, seen)
    return Facts(
        date=dates.occasion(doc, told, seen, where, published=published, stage=stage),
        places=_places(doc, mentions, seen, where),
        people=people.people(doc, mentions, seen),
        bodies=bodies.bodies(doc, mentions, seen),
        instruments=instruments.papers(doc, mentions, seen, where, frozenset(word.start for word in stops)),
        amounts=amounts,
        count=instruments.count(doc, seen, where, told),
        days=dates.days(told),
        words=likeness.words(doc, mentions, (*seen, *stops), amounts) | dates.tokens(told, doc.folded),
        signature=likeness.signature(doc),
    )


def _scope(doc: Document, seen: Sequence[Seen]) -> dict[int, float]:
    named = {doc.sentence_at(word.start) for word in seen if word.kind == "instrument"}
    return dict.fromkeys(range(LEAD), 0.5) | dict.fromkeys(named, 1.0)


def _places(
    doc: Document, mentions: Sequence[Mention], seen: Sequence[Seen], scope: Mapping[int, float]
) -> tuple[Fact, ...]:
    """Capitals named as the place of what happened, the likeliest first; `value` is the English name, folded.

    'In Astana' is a place, 'Astana agreed' is a government; where the article was filed is better than nothing.
    """
    before = {word.end for word in seen if word.kind in ("at", "past")}  # 'past' holds 'signed in'
    after = {word.start for word in seen if word.kind == "after"}
    told = telling.knows(doc.lang, "at", "after")
    found: list[tuple[float, int, Mention]] = []
    for mention in mentions:
        if mention.kind == "capital":
            filed = doc.dateline is not None and doc.dateline[0] <= mention.start < doc.dateline[1]
            stands = bool({mention.start - 1, mention.start} & before) or bool({mention.end, mention.end + 1} & after)
            if stands or filed or not told:
                worth = 0.3 if filed else 1.0 + scope.get(mention.sentence, 0.0)
                found.append((-worth, mention.start, mention))
    places: dict[str, Fact] = {}
    for _, _, mention in sorted(found, key=lambda entry: entry[:2]):
        value = capital(mention.code, doc.folded[mention.start : mention.end])
        places.setdefault(value, Fact(value, mention.surface, doc.span(mention.start, mention.end)))
    return tuple(places.values())


@cache
def _capitals() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source in ("own", "built"):
        for _, (code, kind, listed) in rows(LEXICON / "names" / source / "en.tsv", 3):
            if kind == "capital":
                found.setdefault(code, []).extend(fold(word) for word in listed.split("|"))
    return found


def capital(code: str, folded: str) -> str:
    """A capital by its English name: as it stands where that is one of them, else the first of its country."""
    known = _capitals().get(code, [])
    return folded if folded in known or not known else known[0]
