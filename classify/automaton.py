"""Many words looked for at once: an Aho-Corasick automaton over stems, then a check of words and endings."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import ahocorasick_rs

from classify.paradigms import ANY

_MARKS = "\u0900-\u0dff"  # vowel signs of Indic scripts are no letters to Unicode, but parts of words
_REST = re.compile(rf"(?:[^\W_]|[{_MARKS}])*")
_LOOK_BEYOND = 40
_SHORT = 2
_KANA = re.compile("[\u30a1-\u30fa\u30fc]")

Part = tuple[int, int, str]
"""Where in a found word one of its countries stands (half-open, from its start), and its code."""


class Entry(NamedTuple):
    """What a stem stands for.

    `code` may leave several open ('MY/ML': the first unless another is named elsewhere). `parts` are given where a
    word names two countries. `follow` is what has to come after the word; `capital` and `capitals` tell whether it has
    to begin with, or to be all of, capital letters.
    """

    code: str
    kind: str
    endings: frozenset[str] = frozenset({""})
    capital: bool = False
    capitals: bool = False
    parts: tuple[Part, ...] = ()
    follow: re.Pattern[str] | None = None


class Seen(NamedTuple):
    """An entry at a half-open span of the text."""

    start: int
    end: int
    entry: Entry


class Automaton:
    """Finds stems in a text and keeps those that are whole words with one of their endings.

    `spaced` tells whether the language puts spaces between words. `prefixes` are what may be written before a word
    without a space, such as Arabic prepositions.
    """

    def __init__(self, stems: Mapping[str, list[Entry]], prefixes: frozenset[str], *, spaced: bool) -> None:
        self._stems = list(stems)
        self._entries = list(stems.values())
        self._spaced = spaced
        self._prefixes = prefixes
        self._longest_prefix = max(map(len, prefixes), default=0)
        number = {stem: at for at, stem in enumerate(self._stems)}
        self._inner = [_second_word(stem, entries) for stem, entries in stems.items()]
        self._shorter = [_begun_by(stem, number) for stem in self._stems]
        self._automaton = ahocorasick_rs.AhoCorasick(self._stems, ahocorasick_rs.MatchKind.LeftmostLongest)

    def seen(self, text: str, norm: str) -> Iterator[Seen]:
        """The known words in `text`; `norm` is the text with its capitals, of the same length."""
        for number, start, end in self._automaton.find_matches_as_indexes(text):
            seen = self._longest(number, text, norm, start)
            if seen:
                yield seen
            # A stem that is no whole word here may hide another in its later words.
            rest = seen.end if seen else start + self._inner[number]
            if start < rest < end:
                yield from self._within(text, norm, rest, end)

    def _within(self, text: str, norm: str, start: int, end: int) -> Iterator[Seen]:
        for number, first, _ in self._automaton.find_matches_as_indexes(text[start : end + _LOOK_BEYOND]):
            if start + first < end and (seen := self._longest(number, text, norm, start + first)):
                yield seen

    def _longest(self, number: int, text: str, norm: str, start: int) -> Seen | None:
        """The longest of the stems that begin like stem `number` that makes a whole word at `start`."""
        if not self._begins_word(text, start):
            return None
        while number >= 0:
            if seen := self._whole(number, text, norm, start, start + len(self._stems[number])):
                return seen
            number = self._shorter[number]
        return None

    def _begins_word(self, text: str, start: int) -> bool:
        if not start:
            return True
        before = text[start - 1]
        if not self._spaced:
            return not (_KANA.match(before) and _KANA.match(text[start]))
        if not (before.isalnum() or "\u0900" <= before <= "\u0dff"):
            return True
        return any(
            text[place:start] in self._prefixes and not (place and text[place - 1].isalnum())
            for place in range(max(0, start - self._longest_prefix), start)
        )

    def _whole(self, found: int, text: str, norm: str, start: int, end: int) -> Seen | None:
        rest = ""
        if self._spaced and text[end - 1] != "-" and text[end : end + 1] != " " and (match := _REST.match(text, end)):
            rest = match.group()
        elif not self._spaced and end < len(text) and _KANA.match(text[end]) and _KANA.match(text[end - 1]):
            return None
        for entry in self._entries[found]:
            if (rest in entry.endings or ANY in entry.endings) and _fits(entry, text, norm, start, end):
                return Seen(start, end + len(rest), entry)
        return None


def _fits(entry: Entry, text: str, norm: str, start: int, end: int) -> bool:
    if entry.capital and (norm[start].islower() or (end - start <= _SHORT and norm[start:end].isupper())):
        return False  # 'XI' is a number or a team, 'Xi' a person
    if entry.capitals and not norm[start:end].isupper():
        return False
    return entry.follow is None or entry.follow.match(text, end) is not None


def _second_word(stem: str, entries: list[Entry]) -> int:
    """Where the second word of a stem begins, the second sign of a pair; 0 where there is none."""
    if parted := max(stem.find(" "), stem.find("-")) + 1:
        return parted
    return 1 if any(entry.follow for entry in entries) else 0


def _begun_by(stem: str, number: dict[str, int]) -> int:
    """The number of the longest other stem that this one begins with, or -1."""
    return next((number[stem[:end]] for end in range(len(stem) - 1, 0, -1) if stem[:end] in number), -1)
