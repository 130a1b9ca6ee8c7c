"""Where sentences end. Linear: only white space after a possible end, and the full stops of other scripts, are looked at."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from classify.shelf import LEXICON, rows

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_CANDIDATE = re.compile(
    r"\n\s*"
    r"|(?<=[.!?…\"'”’»)\]]) "
    r"|(?<=[。؟۔।॥።])[ \"”’」』)]*"
    rf"|(?<=[!?])[\"”’」』)]*(?=[{_CJK}])"
)
_CLOSERS = "\"'”’»)]"
_OPENERS = "\"'“‘«(["


class Cut(NamedTuple):
    """A sentence as a half-open span, and the number of its paragraph."""

    start: int
    end: int
    paragraph: int


@cache
def _abbreviations() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Words whose point ends nothing; those only before a number; words that begin a new sentence after 'U.S.'."""
    found: dict[str, frozenset[str]] = {}
    for _, (kind, words) in rows(LEXICON / "abbreviations.tsv", 2):
        found[kind] = found.get(kind, frozenset()) | frozenset(words.split("|"))
    return found["word"], found["number"], found["starter"]


def cut(text: str, begin: int) -> Iterator[Cut]:
    """The sentences of `text` from `begin` on. Paragraphs are counted from 1."""
    start, paragraph = begin, 1
    for match in _CANDIDATE.finditer(text, begin):
        gap, after = match.span()
        if text[gap : gap + 1] != " " or _ends(text, gap, after):
            if gap > start:
                yield Cut(start, gap if text[gap : gap + 1] in (" ", "\n") else after, paragraph)
            paragraph += text[gap : gap + 1] == "\n" and gap > begin
            start = after
    if start < len(text):
        yield Cut(start, len(text), paragraph)


def _ends(text: str, gap: int, after: int) -> bool:
    """Whether the space at `gap` stands between two sentences."""
    last = gap - 1
    while last > gap - 4 and text[last] in _CLOSERS:
        last -= 1
    if text[last] in "!?…。؟۔।॥።":
        return True
    if text[last] != ".":
        return False
    following = text[after : after + 20].lstrip(_OPENERS)
    if following[:1].islower():
        return False
    return not _is_abbreviation(text[max(0, last - 20) : last], following)


def _is_abbreviation(before: str, following: str) -> bool:
    words, numbered, starters = _abbreviations()
    tail = before.split()
    word = tail[-1].strip(_OPENERS).lower() if tail else ""
    if word.isdigit():
        return len(word) <= 2 and not following[:1].isdigit()
    if word in numbered:
        return following[:1].isdigit()
    if "." in word and (word in words or len(word.rpartition(".")[2]) == 1):
        return following.partition(" ")[0] not in starters
    return word in words or (len(word) == 1 and word.isalpha())
