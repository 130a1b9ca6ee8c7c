"""Shelves of words with a meaning, and the one pass over a text that finds them all: what sectors and facts share.

A shelf is a TOML file of one language, `kind.code.lang = [words]`: files are only shelves, one line is one fact. A star
stands for any rest of a word, a space for whatever parts two words.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from classify.fold import fold
from classify.shelf import LEXICON, LexiconError

Meaning = tuple[str, str]
"""Kind and code."""

UNSPACED = frozenset({"zh", "ja", "th", "km", "lo", "my"})
"""Languages whose words are written together: their entries have no boundaries."""

PROCLITICS = {
    "ar": ("", "ال", "و", "ف", "ب", "ل", "ك", "وال", "بال", "لل", "ولل", "فال", "كال", "وب", "ول", "وبال"),
    "he": ("", "ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "שה", "בה", "ול", "וב", "מה"),
}
"""What may be joined to the front of a word, by language."""

_MARKS = "\n\t\r!\"#%&'()*+,-./:;<=>?@[\\]^_`{|}~¡¿§«»…—–“”‘’„،؛؟。、，；：（）「」『』《》〈〉·・।"
_LETTERS = {
    "a": "àáâãäåāăąǎảạấầẩẫậắằẳẵặ", "c": "çćčĉċ", "d": "ďđ", "e": "èéêëēĕėęěẻẽẹếềểễệ", "g": "ğģĝġ", "h": "ĥħ",
    "i": "ìíîïĩīĭįỉịı", "k": "ķ", "l": "ĺļľł", "n": "ñńņňŉ", "o": "òóôõöøōŏőơỏọốồổỗộớờởỡợ", "r": "ŕŗř",
    "s": "śŝşšș", "t": "ţťŧț", "u": "ùúûüũūŭůűųưủụứừửữự", "w": "ŵ", "y": "ýÿŷỳỷỹỵ", "z": "źżž",
}  # fmt: skip
_BARE = dict.fromkeys(map(ord, _MARKS), " ") | {ord(a): bare for bare, letters in _LETTERS.items() for a in letters}


def plain(folded: str) -> str:
    """A folded text without accents and with a space for each mark, as shelves' words are compared; as long.

    News in capitals and hasty feeds leave accents out; money signs stay.
    """
    return folded.translate(_BARE)


class Seen(NamedTuple):
    """A word of a shelf as found: its kind and code, its half-open span in the text."""

    start: int
    end: int
    kind: str
    code: str


class _Pattern(NamedTuple):
    meanings: tuple[Meaning, ...]
    whole: bool
    """Has to end where a word ends."""
    inner: bool
    """May begin within a word."""
    rest: re.Pattern[str] | None
    """The whole entry, where it holds a star that the automaton cannot follow."""


class Matcher:
    """Words with their meanings, ready to search in texts of one language."""

    def __init__(self, words: Mapping[str, Collection[Meaning]], lang: str) -> None:
        self._fronts = PROCLITICS.get(lang)
        self._spaced = lang not in UNSPACED
        self._patterns: list[_Pattern] = []
        self._automaton = AhoCorasick([self._add(word, tuple(sorted(words[word]))) for word in sorted(words)])
        self._plain = self._fronts is None and not any(pattern.rest for pattern in self._patterns)

    def _add(self, word: str, meanings: tuple[Meaning, ...]) -> str:
        inner, whole = word[0] == "\0" or not self._spaced, word[-1] != "\0" and self._spaced
        stem = word.strip("\0")
        key, _, rest = stem.partition("\0")
        matcher = re.compile(re.escape(stem).replace("\0", r"\w*").replace("\\ ", " ")) if rest else None
        self._patterns.append(_Pattern(meanings, whole, inner, matcher))
        return key if inner or self._fronts else " " + key

    def find(self, folded: str) -> list[Seen]:
        """All words in the folded text, in order; of words that overlap the earlier, then the longer counts.

        A word that stands for two things is found as both.
        """
        text = f" {plain(folded)} "
        patterns = self._patterns
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if self._plain:
            spans = [
                (begin + (text[begin] == " "), -end, number)
                for number, begin, end in matches
                if not patterns[number].whole or not text[end].isalnum()
            ]
        else:
            spans = list(self._spans(text, matches))
        spans.sort()
        return self._longest(spans)

    def _spans(self, text: str, matches: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
        for number, begin, end in matches:
            _, whole, inner, rest = self._patterns[number]
            start = begin + (text[begin] == " ")
            if start == begin and self._fronts and not inner and not self._begins(text, start):
                continue
            if rest:
                match = rest.match(text, start)
                if not match:
                    continue
                end = match.end()  # noqa: PLW2901
            if not whole or not text[end].isalnum():
                yield start, -end, number

    def _begins(self, text: str, start: int) -> bool:
        """Whether only what may be joined to a word stands between the last space and `start`."""
        return text[text.rfind(" ", 0, start) + 1 : start] in (self._fronts or ("",))

    def _longest(self, spans: Iterable[tuple[int, int, int]]) -> list[Seen]:
        found: list[Seen] = []
        begin = last = 0
        for start, minus_end, number in spans:
            if start >= last or (start == begin and -minus_end == last):
                begin, last = start, -minus_end
                for kind, code in self._patterns[number].meanings:
                    found.append(Seen(start - 1, last - 1, kind, code))
        return found


def entries(path: Path, kinds: Mapping[str, Collection[str] | None]) -> dict[str, set[Meaning]]:
    """The words of a shelf with their meanings.

    `kinds` names the kinds that the shelf may hold and their codes, None where any will do. Raises `LexiconError` that
    names the file and the key that is wrong.
    """
    name = path.relative_to(LEXICON.parent)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{name}: {error}") from None
    meanings: dict[str, set[Meaning]] = defaultdict(set)
    for kind, codes in tables.items():
        if kind not in kinds:
            raise LexiconError(f"{name}: no kind {kind!r}: use one of {', '.join(kinds)}")
        for code, by_lang in codes.items():
            known = kinds[kind]
            if known is not None and code not in known:
                raise LexiconError(f"{name}: {kind} has no code {code!r}: use one of {', '.join(sorted(known))}")
            if list(by_lang) != [path.stem]:
                raise LexiconError(
                    f"{name}: {kind}.{code} is for {', '.join(by_lang)}: this shelf is for {path.stem} only"
                )
            for word in by_lang[path.stem]:
                meanings[key(word)].add((kind, code))
    return meanings


def key(word: str) -> str:
    """A shelf's entry as `Matcher` takes it."""
    return plain(fold(word.replace("*", "\0"))).strip()
