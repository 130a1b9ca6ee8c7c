"""Countries named in running text, in whatever form: names, adjectives, capitals, metonyms, abbreviations, leaders.

`find` is the door. What is known stands in the shelves of `lexicon/names`, a file a language (docs/names.md).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from classify.shelf import LEXICON, rows
from classify.text import Document
from classify.vocabulary import Entry, Vocabulary, vocabulary

Kind = Literal["name", "adjective", "demonym", "capital", "metonym", "abbreviation", "leader", "company"]

_SHELF = LEXICON / "names"


@cache
def _countries() -> dict[str, tuple[str, str, bool]]:
    found = {code: (alpha3, name, bool(side)) for _, (code, alpha3, name, side) in rows(_SHELF / "countries.tsv", 4)}
    return found


CODES: frozenset[str] = frozenset(code for code, (_, _, side) in _countries().items() if side)
"""The codes that can be a side of an agreement: ISO 3166-1 alpha-2 of UN members, VA, PS, TW, NU, CK, and XK, EU."""

ALPHA3: dict[str, str] = {code: alpha3 for code, (alpha3, _, _) in _countries().items()}
"""ISO 3166-1 alpha-3 codes; XKX for Kosovo and EUE for the European Union are in use but not of the standard."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A country as it is named at one place.

    `start` and `end` count in `Document.norm`; `surface` is what stands there; `sentence` is the number of the sentence.
    """

    code: str
    kind: Kind
    start: int
    end: int
    sentence: int
    surface: str


def country_name(code: str, lang: str = "en") -> str:
    """The short name of a country for people; the code itself where it is unknown."""
    known = _countries().get(code)
    return known[1] if known else code


def find(doc: Document) -> list[Mention]:
    """All mentions of sides in the document, in order, none within another."""
    words = vocabulary(doc.lang)
    return [
        Mention(entry.code, entry.kind, start, end, doc.sentence_at(start), doc.norm[start:end])  # type: ignore[arg-type]
        for start, end, entry in _seen(doc, words)
        if entry.code in CODES
    ]


_REST = re.compile(r"[^\W_]*")


def _seen(doc: Document, words: Vocabulary) -> Iterator[tuple[int, int, Entry]]:
    found = [*words.folded.seen(doc.folded, doc.norm), *words.exact.seen(doc.norm, doc.norm)]
    found.sort(key=lambda seen: (seen[0], -seen[1]))
    last = 0
    for start, end, entry in found:
        if start >= last:
            yield start, end, entry
            last = end
