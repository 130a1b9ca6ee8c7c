"""What makes two reports alike: words that survive a change of outlet and of language, and a hash that copies share."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

from classify.fold import fold
from classify.model import Amount
from classify.names import Mention
from classify.text import Document
from classify.wordlists import Seen

READ = 3_000
"""How far into an item, in code points, its words count."""
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_ASCII_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+(?:[.,][0-9]+)*")
"""The same for text that is ASCII throughout, and quicker."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_VOWELS = re.compile(r"[aeiouyhwаеиоуыэюяёійъьїєαεηιουω'’ʿʾ-]+")
_LONG, _STEM = 5, 6
_SHINGLE, _FEWEST, _MOST = 3, 12, 100
_SPREAD = 0x9E3779B97F4A7C15
_OPEN = frozenset({"number", "past", "about", "shift", "at", "after", "between"})
"""Kinds of words that are no content, but may stand within a name."""
_CASELESS = frozenset({"ar", "fa", "ur", "he"})
"""Languages without capitals: any word may be a name."""
_BEGINS = frozenset({".", "!", "?", "\n", ":", "”"})
"""What stands before the space before a word that has its capital as the first of a sentence."""

_LATIN = {
    **dict(zip("абвгдезиклмнопрстуфхц", "abvgdeziklmnoprstufhc", strict=True)),
    **dict(zip("жчшщйыэёіїєґқғңөүұҳҷӣ", "jcssiieeiiegkgnouuhji", strict=True)),
    "ю": "iu", "я": "ia", "ь": "", "ъ": "", "ع": "", "ئ": "", "ء": "",
    **dict(zip("αβγδεζηθικλμνξοπρστυφχψω", "abgdezitiklmnxoprstufkpo", strict=True)),
    **dict(zip("ابتثجحخدذرزسشصضطظغفقكلمنهويپچگؤژ", "abttjhhddrzsssdtzgfkklmnhuipcguj", strict=True)),
}  # fmt: skip
_ROMAN = str.maketrans(_LATIN)
_SAME = (
    ("ph", "f"), ("ck", "k"), ("q", "k"), ("kh", "h"), ("zh", "j"), ("dj", "j"), ("sh", "s"), ("ch", "c"), ("v", "f"),
    ("b", "p"), ("d", "t"), ("g", "k"), ("z", "s"), ("x", "ks"), ("j", "s"), ("c", "s"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """The consonants of a name in any of the Latin, Cyrillic, Greek or Arabic scripts, alike sounds made one."""
    if not word.isascii():
        word = unicodedata.normalize("NFD", word.translate(_ROMAN))
        word = "".join(char for char in word if not unicodedata.combining(char))
    for sound, plain in _SAME:
        word = word.replace(sound, plain)
    bones = _VOWELS.sub("", word)
    return "".join(char for place, char in enumerate(bones) if place == 0 or bones[place - 1] != char)


def words(
    doc: Document, mentions: Sequence[Mention], seen: Sequence[Seen], amounts: Iterable[Amount]
) -> frozenset[str]:
    """Tokens to compare reports by, with their kind before a colon.

    `n:` skeletons of names, `c:` countries, `a:` sums of money, `q:` other numbers, `w:` stems of other long words.
    """
    taken = _ends(mentions, seen)
    found = {f"c:{mention.code}" for mention in mentions if mention.kind != "leader"}
    found |= {f"a:{amount.value:.3g}" for amount in amounts if amount.value >= 100}
    shouted = is_titled(doc.norm[: doc.title_end])
    norm, every_name = doc.norm, doc.lang in _CASELESS
    for match in _tokens(norm).finditer(norm, doc.title_end if shouted else 0, READ):
        start, end = match.span()
        if start not in taken and end - 1 not in taken:
            token = match[0]
            named = every_name or (token[0].isupper() and start > 0 and norm[start - 2 : start - 1] not in _BEGINS)
            found.add(_compared(token, named))
    found.discard("")
    return frozenset(found)


def _tokens(text: str) -> re.Pattern[str]:
    return _ASCII_TOKEN if text.isascii() else _TOKEN


def _ends(mentions: Sequence[Mention], seen: Sequence[Seen]) -> set[int]:
    """The first and last places of what is no content or is compared otherwise."""
    taken = {place for one in mentions if one.kind != "leader" for place in (one.start, one.end - 1)}
    for start, end, kind, _ in seen:
        if kind not in _OPEN:
            taken.add(start)
            taken.add(end - 1)
    return taken


@lru_cache(maxsize=50_000)
def _compared(token: str, named: bool) -> str:
    """How a token is compared, with its kind before a colon; empty where it is not."""
    if token[0].isdecimal():
        plain = token.replace(",", "").replace(".", "")
        return f"q:{plain}" if 2 <= len(plain) <= 7 and not (len(plain) == 4 and plain[:2] in ("19", "20")) else ""
    folded = fold(token)
    if named:
        bones = skeleton(folded)
        return f"n:{bones}" if len(bones) >= 3 else ""
    return f"w:{folded[:_STEM]}" if len(folded) >= _LONG and not _CJK.match(token) else ""


def is_titled(title: str) -> bool:
    """Whether a title is written with capitals throughout, so that these tell nothing."""
    first = [word[0] for word in title.split() if word[0].isalpha()]
    return len(first) > 3 and sum(letter.isupper() for letter in first) > 0.7 * len(first)


def signature(doc: Document) -> int:
    """64-bit similarity hash over runs of three words of the text; 0 where there are too few to tell."""
    text = doc.folded[doc.title_end + 1 : doc.title_end + 1 + READ]
    tokens: Sequence[str] = _tokens(text).findall(text)
    if _CJK.search(text[:200]):
        tokens = [char for char in text if char.isalnum()]
    if len(tokens) < _FEWEST:
        return 0
    shown = [token.encode("utf-8", "surrogatepass") for token in tokens[: _MOST + _SHINGLE - 1]]
    runs = set(map(b" ".join, zip(*(shown[at:] for at in range(_SHINGLE)), strict=False)))
    hashes = [one * _SPREAD >> 4 & 0xFFFFFFFFFFFFFFFF for one in map(crc32, runs)]
    bits = "".join([f"{one:064b}" for one in hashes]).encode()
    half = len(runs) / 2
    return int("".join(["1" if bits[place::64].count(b"1") > half else "0" for place in range(64)]), 2)
