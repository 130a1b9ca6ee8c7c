"""Which language a text is in: by its script, and within the script by its frequent words and rare letters.

The feed's own claim is a hint, worth a few words: it is often that of the publisher and not of the text.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

from classify.fold import fold
from classify.shelf import LEXICON, rows

UNKNOWN = "und"
_SAMPLE = 600
_WORD = re.compile(r"(?:[^\W\d_]|[\u0900-\u0dff])+(?:'s\b|')?")
_ASCII_WORD = re.compile(r"[a-z]+(?:'s\b|')?")
_CLAIM_WEIGHT = 1.2
_FIRST_WEIGHT = 0.5  # without a claim for the first language of the script: a word or two of another one may be names
_LETTER_WEIGHT = 0.5
_LETTERS_COUNTED = 4
_BESIDE_LATIN = re.compile("[\u0300-\u1fff\u2e80-\uffff]")
"""What a text in Latin letters and the usual marks holds none of."""
_SHORT = 200
"""A sample of fewer code points seldom has enough of such words."""
_SURE_WORDS = 5  # so many different words that no other language of the script has, and nothing else is tried
# What feeds write besides ISO 639-1: old and longer codes, codes of countries, and languages read as their sisters.
_ALIASES = {
    "nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "cn": "zh", "jp": "ja", "kr": "ko", "ua": "uk",
    "gr": "el", "cz": "cs", "fil": "tl", "bs": "hr", "sh": "hr", "mo": "ro", "cmn": "zh", "yue": "zh", "prs": "fa",
}  # fmt: skip

# The high byte of a UTF-16 unit tells the script, nearly: a page of 256 code points is of one or two scripts.
_PAGES = {
    "cyrillic": b"\x04", "greek": b"\x03\x1f", "hebrew": b"\x05", "arabic": b"\x06\xfb\xfc\xfd\xfe",
    "devanagari": b"\x09",
    "gurmukhi": b"\x0a", "tamil": b"\x0b", "telugu": b"\x0c", "malayalam": b"\x0d", "thai": b"\x0e", "tibetan": b"\x0f",
    "georgian": b"\x10", "ethiopic": b"\x12\x13", "khmer": b"\x17", "kana": b"\x30", "han": bytes(range(0x4E, 0xA0)),
    "hangul": bytes(range(0xAC, 0xD8)),
}  # fmt: skip
_SPLIT_PAGES = {
    "hebrew": (("armenian", "\u0530", "\u058f"), ("cyrillic", "\u0500", "\u052f")),
    "devanagari": (("bengali", "\u0980", "\u09ff"),),
    "gurmukhi": (("gujarati", "\u0a80", "\u0aff"),),
    "tamil": (("oriya", "\u0b00", "\u0b7f"),),
    "telugu": (("kannada", "\u0c80", "\u0cff"),),
    "malayalam": (("sinhala", "\u0d80", "\u0dff"),),
    "thai": (("lao", "\u0e80", "\u0eff"),),
    "georgian": (("myanmar", "\u1000", "\u109f"),),
}


class Known(NamedTuple):
    """The languages of one script: the order of the shelf, the weight of words and of rare letters for each,
    the words that only one has."""

    languages: tuple[str, ...]
    words: dict[str, tuple[tuple[str, float], ...]]
    sure: dict[str, frozenset[str]]
    letters: dict[str, tuple[tuple[str, float], ...]]


@cache
def _known() -> dict[str, Known]:
    languages: dict[str, list[str]] = defaultdict(list)
    words: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    letters: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for _, (lang, script, rare, frequent) in rows(LEXICON / "languages.tsv", 4):
        languages[script].append(lang)
        for word in set(fold(frequent).split()):
            words[script][word].append(lang)
        for letter in set(rare) & set(fold(rare)):  # what folds into another letter can't be told from it
            letters[script][letter].append(lang)
    return {
        script: Known(
            tuple(langs),
            _weighed(words[script], 1.0),
            {lang: _only(lang, words[script]) for lang in langs},
            _weighed(letters[script], _LETTER_WEIGHT),
        )
        for script, langs in languages.items()
    }


def _only(lang: str, words: dict[str, list[str]]) -> frozenset[str]:
    return frozenset(word for word, having in words.items() if having == [lang] and _WORD.fullmatch(word))


def _weighed(found: dict[str, list[str]], weight: float) -> dict[str, tuple[tuple[str, float], ...]]:
    return {
        key: tuple((lang, (weight / len(langs) + weight / 4) * min(len(key) + 1, 4) / 4) for lang in langs)
        for key, langs in found.items()
    }


@lru_cache(maxsize=1_000)
def code(tag: str) -> str:
    """The ISO 639-1 code of a language tag as feeds write them ('en-US', 'pt_BR', 'iw'); empty where it has none."""
    short = re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]
    short = _ALIASES.get(short, short)
    return short if short.isascii() and short.isalpha() and 2 <= len(short) <= 3 else ""


@cache
def script(lang: str) -> str:
    """The script that a language of the shelf is written in; empty for others."""
    return next((name for name, known in _known().items() if lang in known.languages), "")


def detect(folded: str, claim: str = "") -> str:
    """The ISO 639-1 code of a folded text, `und` where it holds no letters that tell. `claim` is the feed's tag."""
    sample = folded[:_SAMPLE]
    claimed = code(claim) if claim else ""
    script = script_of(sample) if _BESIDE_LATIN.search(sample) else "latin"
    known = _known().get(script)
    if known is None:
        return claimed or UNKNOWN
    if len(known.languages) == 1:
        return known.languages[0]
    return _likeliest(sample, known, claimed)


def script_of(sample: str) -> str:
    """The script that most letters of `sample` are in; any kana make it Japanese."""
    pages = sample.encode("utf-16-le", "surrogatepass")[1::2]
    count = {script: sum(map(pages.count, of)) for script, of in _PAGES.items() if script != "han"}
    han = len(re.findall("[\u3400-\u9fff]", sample))
    kana = len(re.findall("[\u3041-\u30fa\u30fc-\u30ff]", sample))
    if kana and kana * 8 > han:
        return "kana"
    count["kana"] = 0
    count["han"] = han * 2
    count["hangul"] *= 2
    script = max(count, key=lambda name: count[name])
    letters = len(re.findall("[a-z\u00e0-\u024f\u1e00-\u1eff]", sample))
    if count[script] * 2 < letters or count[script] == 0:
        return "latin"
    return next((name for name, first, last in _SPLIT_PAGES.get(script, ())
                 if len(re.findall(f"[{first}-{last}]", sample)) * 2 > count[script]), script)  # fmt: skip


def _likeliest(sample: str, known: Known, claimed: str) -> str:
    expected = claimed if claimed in known.languages else known.languages[0]
    sure = known.sure[expected]
    if len(sample) > _SHORT and len(sure.intersection(sample.split())) >= _SURE_WORDS:
        return expected  # a text is nearly always told by words between two spaces alone
    words = (_ASCII_WORD if sample.isascii() else _WORD).findall(sample)
    if len(sure.intersection(words)) >= _SURE_WORDS:
        return expected
    score: dict[str, float] = defaultdict(float)
    score[expected] = _CLAIM_WEIGHT if expected == claimed else _FIRST_WEIGHT
    for word in words:
        for lang, weight in known.words.get(word, ()):
            score[lang] += weight
    if not sample.isascii():
        present = frozenset(sample)
        for letter in [one for one in known.letters if one in present]:
            count = min(sample.count(letter), _LETTERS_COUNTED)
            for lang, weight in known.letters[letter]:
                score[lang] += weight * count
    if not words:
        return claimed or UNKNOWN
    return max(score, key=lambda lang: score[lang])
