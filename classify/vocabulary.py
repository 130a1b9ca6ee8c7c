"""The country words of one language as automatons: built on first use, from the shelves of `lexicon/names`."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from classify.fold import fold
from classify.paradigms import ANY, Paradigms
from classify.shelf import LEXICON, LexiconError, rows, where

_SHELF = LEXICON / "names"
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "km", "bo"})
_REST = re.compile(r"[^\W_]*")
_ADJECTIVES = frozenset({"adjective", "demonym"})


class Entry(NamedTuple):
    """What a stem stands for: the country, the kind of word, the endings that may follow, whether it has to be capitalised."""

    code: str
    kind: str
    endings: frozenset[str]
    capital: bool


class Automaton:
    """Finds stems in a text and keeps those that are whole words with one of their endings."""

    def __init__(self, stems: dict[str, list[Entry]], prefixes: frozenset[str], *, spaced: bool) -> None:
        self._stems = list(stems)
        self._entries = list(stems.values())
        self._spaced = spaced
        self._prefixes = prefixes
        self._longest_prefix = max(map(len, prefixes), default=0)
        number = {stem: at for at, stem in enumerate(self._stems)}
        self._shorter = [self._within(stem, number) for stem in self._stems]
        self._automaton = ahocorasick_rs.AhoCorasick(self._stems, ahocorasick_rs.MatchKind.LeftmostLongest)

    @staticmethod
    def _within(stem: str, number: dict[str, int]) -> int:
        """The number of the longest other stem that this one begins with, or -1."""
        return next((number[stem[:end]] for end in range(len(stem) - 1, 1, -1) if stem[:end] in number), -1)

    def seen(self, text: str, norm: str) -> Iterator[tuple[int, int, Entry]]:
        """Words of `text` that are known, as half-open spans; `norm` is the text with its capitals."""
        for found, start, end in self._automaton.find_matches_as_indexes(_encodable(text)):
            if self._spaced and start and text[start - 1].isalnum() and not self._after_prefix(text, start):
                continue
            while found >= 0:
                if seen := self._whole(found, text, norm, start, end):
                    yield start, *seen
                    break
                found = self._shorter[found]
                end = start + len(self._stems[found])

    def _whole(self, found: int, text: str, norm: str, start: int, end: int) -> tuple[int, Entry] | None:
        match = _REST.match(text, end) if self._spaced else None
        rest = match.group() if match else ""
        for entry in self._entries[found]:
            if (rest in entry.endings or ANY in entry.endings) and not (entry.capital and norm[start].islower()):
                return end + len(rest), entry
        return None

    def _after_prefix(self, text: str, start: int) -> bool:
        for length in range(1, self._longest_prefix + 1):
            before = start - length
            if before >= 0 and text[before:start] in self._prefixes and not (before and text[before - 1].isalnum()):
                return True
        return False


class Vocabulary(NamedTuple):
    """The words of a language: those found whatever their case, and those found only as they are written."""

    folded: Automaton
    exact: Automaton


def _encodable(text: str) -> str:
    return text


@cache
def vocabulary(lang: str) -> Vocabulary:
    """The country words to look for in texts of a language: its own and, in other scripts than Latin, English ones."""
    folded: dict[str, list[Entry]] = defaultdict(list)
    exact: dict[str, list[Entry]] = defaultdict(list)
    paradigms = Paradigms(lang)
    for source, code, kind, word in words(lang):
        if kind == "abbreviation":
            exact[word].append(Entry(code, kind, frozenset({""}), False))
            continue
        stem = Paradigms(source).stem(fold(word), "adj" if kind in _ADJECTIVES else "noun")
        folded[stem.text].append(Entry(code, kind, stem.endings, word[0].isupper()))
    spaced = lang not in _UNSPACED
    return Vocabulary(
        Automaton(folded, paradigms.prefixes, spaced=spaced), Automaton(exact, frozenset(), spaced=spaced)
    )


def words(lang: str) -> Iterator[tuple[str, str, str, str]]:
    """Language, code, kind and word of each fact of a language; what is written by hand comes first and wins."""
    taken: set[str] = set()
    for path in _files(lang):
        new = set()
        for code, kind, word in facts(path):
            if fold(word) not in taken:
                new.add(fold(word))
                yield path.stem, code, kind, word
        taken |= new


def _files(lang: str) -> Iterator[Path]:
    for one in dict.fromkeys((lang, "en")):
        for folder in ("own", "cldr"):
            path = _SHELF / folder / f"{one}.tsv"
            if path.exists():
                yield path


def facts(path: Path) -> Iterator[tuple[str, str, str]]:
    """Code, kind and word of each fact of a file; `LexiconError` where a word is given to two countries."""
    given: dict[tuple[str, str], int] = {}
    for number, (code, kind, listed) in rows(path, 3):
        if (code, kind) in given:
            raise LexiconError(f"{where(path, number)}: {code} {kind} stands in line {given[code, kind]} too: join them")
        given[code, kind] = number
        for word in listed.split("|"):
            yield code, kind, word
