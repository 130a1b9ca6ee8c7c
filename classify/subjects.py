"""The words that name what an agreement is about: the sector shelves, and one pass over a text that finds them.

A shelf is a TOML file of one language in `lexicon/sectors`, `kind.code.lang = [words]`; docs/sectors.md says what the kinds
mean. A star stands for any rest of a word, a space for whatever parts two words.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from classify.fold import fold
from classify.shelf import LEXICON, LexiconError

SHELVES = LEXICON / "sectors"
DEFAULT = "en"
KINDS = ("sector", "paper", "hint", "mask", "cue")
CUES = ("paper", "field")

UNSPACED = frozenset({"zh", "ja", "th", "km", "lo", "my"})
"""Languages whose words are written together: their entries have no boundaries."""

PROCLITICS = {
    "ar": ("", "ال", "و", "ف", "ب", "ل", "ك", "وال", "بال", "لل", "ولل", "فال", "كال", "وب", "ول", "وبال"),
    "he": ("", "ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "שה", "בה", "ול", "וב", "מה"),
}
"""What may be joined to the front of a word, by language."""

_BARE = {
    **dict.fromkeys(map(ord, "\n\t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡¿§«»…—–“”‘’„،؛؟。、，；：（）「」『』《》〈〉·・।"), " "),
    **{
        ord(accented): plain
        for plain, letters in {
            "a": "àáâãäåāăąǎảạấầẩẫậắằẳẵặ", "c": "çćčĉċ", "d": "ďđ", "e": "èéêëēĕėęěẻẽẹếềểễệ", "g": "ğģĝġ", "h": "ĥħ",
            "i": "ìíîïĩīĭįỉịı", "k": "ķ", "l": "ĺļľł", "n": "ñńņňŉ", "o": "òóôõöøōŏőơỏọốồổỗộớờởỡợ", "r": "ŕŗř",
            "s": "śŝşšș", "t": "ţťŧț", "u": "ùúûüũūŭůűųưủụứừửữự", "w": "ŵ", "y": "ýÿŷỳỷỹỵ", "z": "źżž",
        }.items()
        for accented in letters
    },
}  # fmt: skip
"""Accents are left out (news in capitals and hasty feeds leave them out, too); what parts words becomes a space."""


class Seen(NamedTuple):
    """A word of the shelf as found: its kind and code, its half-open span in the text."""

    start: int
    end: int
    kind: str
    code: str


class _Pattern(NamedTuple):
    meanings: tuple[tuple[str, str], ...]
    whole: bool
    """Has to end where a word ends."""
    inner: bool
    """May begin within a word."""
    rest: re.Pattern[str] | None
    """The whole entry, where it holds a star that the automaton cannot follow."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One language's subject words, ready to search."""

    automaton: AhoCorasick
    patterns: tuple[_Pattern, ...]
    spaced: bool
    fronts: frozenset[str] | None


def plain(folded: str) -> str:
    """A folded text without accents and with a space for each mark, as the shelves' words are compared; as long."""
    return folded.translate(_BARE)


@cache
def shelf(lang: str) -> Shelf:
    """The shelf of a language; English where there is none. Raises `LexiconError` where the file is at fault."""
    path = SHELVES / f"{lang}.toml"
    lang = lang if path.exists() else DEFAULT
    meanings: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind, code, words in read(SHELVES / f"{lang}.toml"):
        for word in words:
            meanings[plain(fold(word.replace("*", "\0"))).strip()].add((kind, code))
    spaced, fronts = lang not in UNSPACED, PROCLITICS.get(lang)
    keys, patterns = zip(*(_pattern(word, tuple(sorted(meanings[word])), spaced, fronts) for word in sorted(meanings)),
                         strict=True)  # fmt: skip
    return Shelf(AhoCorasick(list(keys)), patterns, spaced, frozenset(fronts) if fronts else None)


def _pattern(
    word: str, meanings: tuple[tuple[str, str], ...], spaced: bool, fronts: tuple[str, ...] | None
) -> tuple[str, _Pattern]:
    inner, whole = word[0] == "\0" or not spaced, word[-1] != "\0" and spaced
    stem = word.strip("\0")
    key, _, rest = stem.partition("\0")
    matcher = re.compile(re.escape(stem).replace("\0", r"\w*").replace("\\ ", " ")) if rest else None
    lead = "" if inner or fronts else " "
    return lead + key, _Pattern(meanings, whole, inner, matcher)


def read(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Kind, code and words of a shelf's lines. Raises `LexiconError` naming the file and the key that is wrong."""
    name = path.relative_to(LEXICON.parent)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{name}: {error}") from None
    for kind, codes in tables.items():
        if kind not in KINDS:
            raise LexiconError(f"{name}: no kind {kind!r}: use one of {', '.join(KINDS)}")
        for code, by_lang in codes.items():
            if kind == "cue" and code not in CUES:
                raise LexiconError(f"{name}: no cue {code!r}: use one of {', '.join(CUES)}")
            if set(by_lang) != {path.stem}:
                raise LexiconError(f"{name}: {kind}.{code} holds {', '.join(by_lang)}: this shelf is for {path.stem} only")
            yield kind, code, by_lang[path.stem]


def find(folded: str, lang: str) -> list[Seen]:
    """All words of the shelf in the folded text, in order; of words that overlap the earlier, then the longer counts.

    A word that stands for two things is found as both.
    """
    known = shelf(lang)
    text = f" {plain(folded)} "
    spans: list[tuple[int, int, int]] = []
    for number, start, end in known.automaton.find_matches_as_indexes(text, overlapping=True):
        pattern = known.patterns[number]
        if text[start] == " ":
            start += 1
        elif known.fronts is not None and not pattern.inner and not _begins(text, start, known.fronts):
            continue
        if pattern.rest is not None:
            match = pattern.rest.match(text, start)
            if match is None:
                continue
            end = match.end()
        if pattern.whole and text[end].isalnum():
            continue
        spans.append((start, -end, number))
    spans.sort()
    return list(_longest(spans, known.patterns))


def _begins(text: str, start: int, fronts: frozenset[str]) -> bool:
    """Whether only what may be joined to a word stands between the last space and `start`."""
    return text[text.rfind(" ", 0, start) + 1 : start] in fronts


def _longest(spans: list[tuple[int, int, int]], patterns: tuple[_Pattern, ...]) -> Iterator[Seen]:
    begin = last = 0
    for start, minus_end, number in spans:
        if start >= last or (start, -minus_end) == (begin, last):
            begin, last = start, -minus_end
            for kind, code in patterns[number].meanings:
                yield Seen(start - 1, last - 1, kind, code)
