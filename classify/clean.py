"""Cleaning of one string: what can't be seen goes, what looks the same becomes the same, white space is folded.

Unicode's own definitions: NFKC (UAX 15), default-ignorable code points (UAX 44), confusables (UTS 39). Look-alike
letters are folded only in words that mix scripts; a word that is all Cyrillic or all Greek stays as it is.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from classify.offsets import Edits, edit, edit_pieces
from classify.shelf import LEXICON, rows

# Default-ignorable code points, without the variation selectors and joiners that honest text is full of (below).
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Vowel signs, stress marks and elongation: written or not as the house likes, the word is the same.
_POINTS = "\u0640\u064b-\u0652\u0670\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5"
_UNSEEN = re.compile(f"[{_IGNORABLE}{_POINTS}]+|(?<=[\u0400-\u04ff])[\u0300\u0301]+")
_HONEST = re.compile(f"[\u200c\u200d\ufe00-\ufe0f\u0300\u0301{_POINTS}]*")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\t\x0b\x0c\x85]")
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]{2,}")
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_WIDE = re.compile("[\uff01-\uff5e]")
_WIDE_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NOT_ASCII = re.compile("[\x00-\x7f]?[^\x00-\x7f]+")
_CLUSTER_LIMIT = 30  # as UAX 15's stream-safe form: longer rows of marks are cut
_MIXED = re.compile("[A-Za-z\u00c0-\u024f\u1d00-\u1d7f][\u0370-\u03ff\u0400-\u058f\u13a0-\u13f5]|"
                    "[\u0370-\u03ff\u0400-\u058f\u13a0-\u13f5][A-Za-z\u00c0-\u024f]")  # fmt: skip
_WORD = re.compile(r"\w+")
_INFLECTED = re.compile("[A-Z0-9]{2,}[\u0430-\u044f\u0451-\u045f]+")  # 'SMSка', as Russian has it
_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u058f\u13a0-\u13f5]")


# What plain text is made of: nothing in it can be hidden, odd or of two scripts.
_LATIN = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180))]
_PLAIN = "".join(char for char in (*_LATIN, *"\n“”‘’„–—•€țșȚȘ") if unicodedata.is_normalized("NFKC", char))
_NOT_PLAIN = re.compile(f"[^{re.escape(_PLAIN)}]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One cleaned string: `hidden` are the places in the string as given where something was not as it shows."""

    norm: str
    steps: tuple[Edits, ...] = ()
    hidden: tuple[int, ...] = ()

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where the half-open span `start`, `end` of `norm` stands in the string as given."""
        for step in reversed(self.steps):
            start, end = step.back(start, end)
        return start, end


def clean(text: str, *, one_line: bool = False) -> Cleaned:
    """`text` cleaned. Plain text costs a look at its letters; only what has to change is walked through."""
    if not _NOT_PLAIN.search(text) and "  " not in text and not (one_line and "\n" in text):
        return Cleaned(text)
    steps: list[Edits | None] = []
    hidden: list[int] = []
    if "\r" in text or "\u2028" in text or "\u2029" in text:
        text, step = edit(text, _LINE_END, lambda _: "\n")
        steps.append(step)
    if _CONTROL.search(text):
        text = _CONTROL.sub(" ", text)
    if one_line:
        text = text.replace("\n", " ")
    if not text.isascii():
        text = _clean_unicode(text, steps, hidden)
    if _SPACES.search(text):
        text, step = edit(text, _SPACES, lambda _: " ")
        steps.append(step)
    return Cleaned(text, tuple(step for step in steps if step), tuple(hidden))


def _clean_unicode(text: str, steps: list[Edits | None], hidden: list[int]) -> str:
    if _UNSEEN.search(text):
        found = [m.start() for m in _UNSEEN.finditer(text) if _hides(text, m)]
        hidden += _taken_back(found, steps)
        text, step = edit(text, _UNSEEN, lambda _: "")
        steps.append(step)
    text = _ODD_SPACE.sub(" ", text)
    if _WIDE.search(text):
        text = text.translate(_WIDE_PLAIN)
    if not unicodedata.is_normalized("NFKC", text):
        text, step = edit_pieces(text, _NOT_ASCII, _compatible)
        steps.append(step)
    if _MIXED.search(text):
        text, places = _unmixed(text)
        hidden += _taken_back(places, steps)
    return text


def _hides(text: str, match: re.Match[str]) -> bool:
    """Whether unseen characters part a word, or turn the direction, where honest writing would not."""
    start, end = match.span()
    if any("\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" for char in match.group()):
        return True
    inside = start > 0 and end < len(text) and text[start - 1].isalnum() and text[end].isalnum()
    return inside and not (_HONEST.fullmatch(match.group()) and text[start - 1] > "\u03ff")


def _taken_back(places: list[int], steps: list[Edits | None]) -> list[int]:
    for step in reversed(steps):
        if step:
            places = [step.back(place, place + 1)[0] for place in places]
    return places


def _compatible(run: str) -> Iterator[tuple[str, str]]:
    """`run` in clusters that NFKC may fold each for itself, with what it makes of them."""
    if unicodedata.is_normalized("NFKC", run):
        yield run, run
        return
    cluster = ""
    for char in run:
        if cluster and (len(cluster) >= _CLUSTER_LIMIT or not _joins(cluster, char)):
            yield cluster, unicodedata.normalize("NFKC", cluster)
            cluster = ""
        cluster += char
    yield cluster, unicodedata.normalize("NFKC", cluster)


def _joins(cluster: str, char: str) -> bool:
    if unicodedata.combining(char):
        return True
    return char > "\u02ff" and unicodedata.normalize("NFKC", cluster + char) != (
        unicodedata.normalize("NFKC", cluster) + unicodedata.normalize("NFKC", char)
    )


@cache
def _look_alikes() -> tuple[dict[str, str], dict[str, str]]:
    """Letters of other scripts that look Latin, and Latin letters that look Cyrillic."""
    to_latin: dict[str, str] = {}
    to_cyrillic: dict[str, str] = {}
    for _, (direction, letter, like) in rows(LEXICON / "confusables.tsv", 3):
        (to_latin if direction == "latin" else to_cyrillic)[letter] = like
    return to_latin, to_cyrillic


def _unmixed(text: str) -> tuple[str, list[int]]:
    """`text` with look-alike letters folded in words that mix scripts, and where such words stand."""
    pieces: list[str] = []
    places: list[int] = []
    last = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii() or not _MIXED.search(word) or _INFLECTED.fullmatch(word):
            continue
        plain = _unmix(word)
        if plain != word:
            pieces += text[last : match.start()], plain
            places.append(match.start())
            last = match.end()
    return "".join((*pieces, text[last:])), places


def _unmix(word: str) -> str:
    """The word in the one script that it pretends to be in, or as it is where no such script is found."""
    to_latin, to_cyrillic = _look_alikes()
    others = _OTHER_SCRIPT.findall(word)
    latins = [char for char in word if char.isalpha() and char not in others]
    ways = [(len(latins), others, to_latin)]
    if all("\u0400" <= char <= "\u04ff" for char in others):
        ways.append((len(others), latins, to_cyrillic))
    for _, letters, table in sorted(ways, key=lambda way: -way[0]):
        if all(char in table for char in letters):
            return "".join(table.get(char, char) if char in letters else char for char in word)
    return word
