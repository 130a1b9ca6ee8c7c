"""One character for a country, as East Asian headlines write: 中马 (China and Malaysia), 訪米 (visiting the US), 한미.

The shelf gives the signs, and patterns in which they count: '访{美俄}' is 访美 and 访俄. A pair counts only before a
word of the `follow` row, since most signs are words or parts of words too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

from classify.automaton import Entry, Part
from classify.fold import fold

KINDS = frozenset({"sign", "pair", "frame", "follow"})
_BRACES = re.compile(r"\{([^}]*)\}")


def entries(facts: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, Entry]]:
    """The words that a language's signs make, with what they stand for. `facts` are code, kind and word."""
    signs: dict[str, list[str]] = defaultdict(list)
    patterns: list[tuple[str, str]] = []
    following: list[str] = []
    for code, kind, word in facts:
        if kind == "sign":
            signs[word].append(code)
        elif kind == "follow":
            following.append(re.escape(fold(word)))
        elif kind in ("pair", "frame"):
            patterns.append((kind, word))
    follow = re.compile("|".join(following)) if following else None
    for kind, pattern in patterns:
        for word, parts in _expand(pattern, signs):
            code = "+".join(part[2] for part in parts)
            yield fold(word), Entry(code, "abbreviation", parts=parts, follow=follow if kind == "pair" else None)


def _expand(pattern: str, signs: dict[str, list[str]]) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Each word that a pattern stands for, with the countries in it; a country with itself is none."""
    pieces = _BRACES.split(pattern)  # plain, signs, plain, signs, ..., plain
    for chosen in product(*pieces[1::2]):
        word, parts = pieces[0], []
        for sign, plain in zip(chosen, pieces[2::2], strict=True):
            parts.append((len(word), len(word) + 1, "/".join(signs[sign])))
            word += sign + plain
        if len({part[2] for part in parts}) == len(parts):
            yield word, tuple(parts)
