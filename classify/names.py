"""Countries named in running text, in whatever form: names, adjectives, capitals, metonyms, abbreviations, leaders.

`find` is the door. What is known stands in the shelves of `lexicon/names`, a file a language (docs/names.md).
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple, cast

from classify import ambiguity
from classify import vocabulary as vocabularies
from classify.ambiguity import Judge
from classify.automaton import Seen
from classify.shelf import rows
from classify.text import Document
from classify.vocabulary import SHELF, vocabulary

Kind = Literal["name", "adjective", "demonym", "capital", "metonym", "abbreviation", "leader", "company"]


@cache
def _countries() -> dict[str, tuple[str, str, bool]]:
    found = {code: (alpha3, name, bool(side)) for _, (code, alpha3, name, side) in rows(SHELF / "countries.tsv", 4)}
    return found


CODES: frozenset[str] = frozenset(code for code, (_, _, side) in _countries().items() if side)
"""The codes that can be a side of an agreement: ISO 3166-1 alpha-2 of UN members, VA, PS, TW, NU, CK, and XK, EU."""

ALPHA3: dict[str, str] = {code: alpha3 for code, (alpha3, _, _) in _countries().items()}
"""ISO 3166-1 alpha-3 codes; XKX for Kosovo and EUE for the European Union are in use but not of the standard."""


class Mention(NamedTuple):
    """A country as it is named at one place.

    `start` and `end` count in `Document.norm`; `surface` is what stands there; `sentence` numbers the sentence.
    A `company` carries the country's name and may or may not act for the state.
    """

    code: str
    kind: Kind
    start: int
    end: int
    sentence: int
    surface: str


def country_name(code: str, lang: str = "en") -> str:
    """The short name of a country for people: in English, or as CLDR has it in another language of the shelves.

    English where that language has no name for it; the code itself where it is unknown.
    """
    known = _countries().get(code)
    if known is None:
        return code
    return known[1] if lang == "en" else _names_in(lang).get(code, known[1])


def country_in_sentence(code: str) -> str:
    """The English name as it stands within a sentence: 'the United Arab Emirates', but 'Egypt'."""
    name = country_name(code)
    return f"the {name}" if code in _with_article() else name


@cache
def _with_article() -> frozenset[str]:
    return frozenset(code for _, (code,) in rows(SHELF / "articles.tsv", 1))


@cache
def _names_in(lang: str) -> dict[str, str]:
    path = SHELF / "built" / f"{lang}.tsv"
    found = rows(path, 3) if path.exists() else ()
    return {code: words.partition("|")[0] for _, (code, kind, words) in found if kind == "name"}


def is_within(one: str, other: str) -> bool:
    """Whether one of the two is a union that the other is a member of, as of today: these two are no pair."""
    return other in _members().get(one, ()) or one in _members().get(other, ())


@cache
def _members() -> dict[str, frozenset[str]]:
    return {union: frozenset(members.split()) for _, (union, members) in rows(SHELF / "unions.tsv", 2)}


def check() -> tuple[int, int]:
    """Read all shelves of names and rules; how many languages and how many rules there are.

    Raises `LexiconError`, which names file and line, for the first fault.
    """
    return vocabularies.check(), ambiguity.check()


def find(doc: Document) -> list[Mention]:
    """All mentions of sides in the document, in order, none within another."""
    words = vocabulary(doc.lang)
    found = _apart([*words.folded.seen(doc.folded, doc.norm), *words.exact.seen(doc.norm, doc.norm)])
    named = list(_countries_of(found, Judge(doc)))
    sure = {code for _, _, code, _ in named}
    return [
        Mention(code, kind, start, end, doc.sentence_at(start), doc.norm[start:end])
        for start, end, codes, kind in named
        if (code := _likeliest(codes, sure)) in CODES
    ]


def _apart(found: list[Seen]) -> Iterator[Seen]:
    """What was seen, in order; of two that overlap the one that begins first, or else the longer one."""
    found.sort(key=lambda seen: (seen.start, -seen.end))
    last = 0
    for seen in found:
        if seen.start >= last:
            yield seen
            last = seen.end


def _countries_of(found: Iterable[Seen], judge: Judge) -> Iterator[tuple[int, int, str, Kind]]:
    for seen in found:
        kind = cast(Kind, seen.entry.kind)
        if not seen.entry.parts:
            yield seen.start, seen.end, judge.code(seen), kind
        for first, last, code in seen.entry.parts:
            yield seen.start + first, seen.start + last, code, kind


def _likeliest(codes: str, sure: set[str]) -> str:
    """Of the codes that a sign may stand for, the one that is named elsewhere in the text, or else the first."""
    if "/" not in codes:
        return codes
    several = codes.split("/")
    return next((code for code in several if code in sure), several[0])
