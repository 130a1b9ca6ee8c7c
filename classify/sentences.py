"""Where sentences end. Linear: only what follows a full stop, of any script, is looked at."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from classify.shelf import LEXICON, rows

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
# A space after a full stop and at most three closing marks, or a line's end.
# Both patterns begin with one set of characters: `re` then skips quickly to the next of them.
_CANDIDATE = re.compile(r"[.!?…\n](?:(?<!\n)[\"'”’»)\]]{0,3} |(?<=\n)\s*)")
# The same, and the full stops of other scripts, which need no space after them.
_STOPS = "。؟۔।॥።"
_WIDER = re.compile(rf"[.!?…{_STOPS}][\"'”’»)\]]{{0,3}} |\n\s*|[{_STOPS}]+[\"”’」』)]*|[!?][\"”’」』)]*(?=[{_CJK}])")
_NEEDS_WIDER = re.compile(f'[{_STOPS}!?](?:(?<=[{_STOPS}])|["”’」』)]*[{_CJK}])')
_CLOSERS = "\"'”’»)]"
_ENDERS = "!?…" + _STOPS
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
    wider = not text.isascii() and _NEEDS_WIDER.search(text, begin) is not None
    for match in (_WIDER if wider else _CANDIDATE).finditer(text, begin):
        first, after = match.span()
        if text[first] == "\n":
            end = first
        else:
            end = after - 1 if text[after - 1] == " " else after
            if end < after and not _ends(text, end, after):
                continue
        if end > start:
            yield Cut(start, end, paragraph)
        paragraph += text[first] == "\n" and first > begin
        start = after
    if start < len(text):
        yield Cut(start, len(text), paragraph)


def _ends(text: str, gap: int, after: int) -> bool:
    """Whether the space at `gap` stands between two sentences."""
    last = gap - 1
    while last > gap - 4 and text[last] in _CLOSERS:
        last -= 1
    if text[last] in _ENDERS:
        return True
    if text[last] != ".":
        return False
    following = text[after : after + 20].lstrip(_OPENERS)
    if following[:1].islower():
        return False
    return not _is_abbreviation(text[max(0, last - 20) : last], following)


def _is_abbreviation(before: str, following: str) -> bool:
    words, numbered, starters = _abbreviations()
    tail = before.rsplit(None, 1)
    word = tail[-1].strip(_OPENERS).lower() if tail else ""
    if word.isdigit():
        return len(word) <= 2 and not following[:1].isdigit()
    if word in numbered:
        return following[:1].isdigit()
    if "." in word and (word in words or len(word.rpartition(".")[2]) == 1):
        return following.partition(" ")[0] not in starters
    return word in words or (len(word) == 1 and word.isalpha())
