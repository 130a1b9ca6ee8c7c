"""The words that tell what happened: the cue shelves, and one pass over a text that finds all of them.

A shelf is a TOML file of one language in `lexicon/cues`: tables are kinds, keys are codes, values are lists of words
as they
stand in the news. A star begins or ends a word stem; one inside an entry stands for the shelf's `endings`. Adding a
language is adding a file; `lexicon/cues/README.md` says what each kind and code means.
"""

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from classify.fold import fold
from classify.shelf import LEXICON, LexiconError
from classify.text import Document

SHELVES = LEXICON / "cues"
DEFAULT = "en"
_SETTINGS = "shelf"
_GAP = "\u2d63"  # a letter of no language here, for the star inside an entry
_APART = " … "
_CLAUSE = 120
_CLAUSE_END = r"(?=\s*(?:[.,;:!?)\"–—|\n]|$|\s(?:und|sowie|en)\s))"
"""A verb's particle stands at the end of its clause, at most so many characters behind the verb."""

ACTS = ("sign", "close", "agree", "renew", "exchange", "ratify", "effect", "approve", "end", "negotiate")
FORMS = ("done", "now", "base", "plan", "noun", "failed", "threat")
KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(ACTS, FORMS),
    "paper": ("treaty", "agreement", "memorandum", "protocol", "convention", "notes", "declaration", "ceasefire",
              "prisoners", "swap", "loan", "visa", "ties", "deal", "weak", "contract", "other"),
    "mark": ("future", "negation", "old", "fresh", "condition", "vague"),
    "actor": ("public", "private", "multi", "rebel", "inner", "sport"),
    "relation": ("tie", "talk", "greet", "dispute"),
    "body": ("cabinet", "parliament"),
    "piece": ("label", "opinion", "background", "denial"),
    "link": ("with", "hub"),
    "skip": ("act",),
}  # fmt: skip
"""Every kind of cue with its codes; a shelf that names another is refused."""

LAYERS = (frozenset(ACTS) | {"skip"}, frozenset(("mark",)), frozenset(KINDS) - frozenset(ACTS) - {"mark", "skip"})
"""Kinds that are looked for together: within a layer the longest entry wins, across layers cues may overlap."""

Meaning = tuple[str, str]


class _Words(dict[int, int]):
    """For `str.translate`: a space for all that is neither letter nor digit; filled as characters are met."""

    def __missing__(self, code: int) -> int:
        self[code] = code if chr(code).isalnum() else ord(" ")
        return self[code]


_WORDS = _Words()


class Cue(NamedTuple):
    """A word or phrase of a shelf as found: its kind and code, its half-open span in `Document.norm`, its sentence."""

    kind: str
    code: str
    start: int
    end: int
    sentence: int


class _Pattern(NamedTuple):
    """What one string of the automaton means; `layer` numbers its layer; `lead` counts the space before a word; `whole`
    asks for a word's end; `rest` is the particle of a verb that is written apart."""

    meanings: tuple[Meaning, ...]
    layer: int
    lead: int
    whole: bool
    rest: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """One language's cues, ready to search in one pass; `spaced` is false where words are written together."""

    automaton: AhoCorasick
    patterns: tuple[_Pattern, ...]
    spaced: bool


def languages() -> tuple[str, ...]:
    """The languages that have a cue shelf."""
    return tuple(sorted(path.stem for path in SHELVES.glob("*.toml")))


@cache
def shelf(lang: str) -> Shelf:
    """The shelf of a language; English where there is none. Raises `LexiconError` where the file is at fault."""
    tables = tables_of(lang if (SHELVES / f"{lang}.toml").exists() else DEFAULT)
    given = tables.pop(_SETTINGS, {})
    spaced = bool(given.get("spaced", True))
    layers = [_layer(tables, number, given, spaced) for number in range(len(LAYERS))]
    return Shelf(
        AhoCorasick([text for texts, _ in layers for text in texts]),
        tuple(pattern for _, patterns in layers for pattern in patterns),
        spaced,
    )


def _layer(
    tables: dict[str, dict[str, list[str]]], layer: int, given: dict[str, list[str]], spaced: bool
) -> tuple[list[str], list[_Pattern]]:
    """The strings of a layer and what they mean."""
    meanings: dict[tuple[str, str], set[Meaning]] = defaultdict(set)
    whole: set[tuple[str, str]] = set()
    for kind in LAYERS[layer] & tables.keys():
        for code, words in tables[kind].items():
            for entry in words:
                word, _, particle = entry.partition(_APART)
                for pattern, is_whole in _patterns(word, given, spaced):
                    meanings[pattern, fold(particle)].add((kind, code))
                    whole |= {(pattern, fold(particle))} if is_whole else set()
    return _compiled(meanings, whole, layer)


@cache
def settings(lang: str) -> dict[str, tuple[str, ...]]:
    """The lists of small words that a shelf sets beside its cues: `at`, `by`, `tail`, folded."""
    path = SHELVES / f"{lang}.toml"
    given = tables_of(lang).get(_SETTINGS, {}) if path.exists() else {}
    return {name: tuple(map(fold, words)) for name, words in given.items() if isinstance(words, list)}


@cache
def any_of(lang: str, name: str) -> re.Pattern[str] | None:
    """A pattern for any of a shelf's small words of this name; None where it has none."""
    words = settings(lang).get(name, ())
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)") if words else None


@cache
def home(lang: str) -> str:
    """The country that writes a language, where it is nearly always one: its items often leave their own country
    unsaid."""
    path = SHELVES / f"{lang}.toml"
    return str(tables_of(lang).get(_SETTINGS, {}).get("home", "")) if path.exists() else ""


def tables_of(lang: str) -> dict[str, dict[str, list[str]]]:
    """The tables of a language, after those of the shelf that it names as its `base`."""
    own = read(SHELVES / f"{lang}.toml")
    base = own.get(_SETTINGS, {}).get("base")
    if not base:
        return own
    tables = tables_of(str(base))
    for kind, codes in own.items():
        shared = tables.setdefault(kind, {})
        for code, words in codes.items():
            shared[code] = [*shared.get(code, []), *words] if kind != _SETTINGS else words
    return tables


def read(path: Path) -> dict[str, dict[str, list[str]]]:
    """The tables of a shelf, checked: known kinds and codes, no word twice in one list."""
    name = path.relative_to(LEXICON.parent)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{name}: {error}") from None
    for kind, codes in tables.items():
        if kind == _SETTINGS:
            continue
        if kind not in KINDS:
            raise LexiconError(f"{name}: no kind {kind!r}: use one of {', '.join(KINDS)}")
        for code, words in codes.items():
            if code not in KINDS[kind]:
                raise LexiconError(f"{name}: {kind} has no code {code!r}: use one of {', '.join(KINDS[kind])}")
            if len(set(words)) < len(words):
                twice = next(word for word in words if words.count(word) > 1)
                raise LexiconError(f"{name}: {kind}.{code} has {twice!r} twice: take one out")
    return tables


def find(doc: Document) -> list[Cue]:
    """All cues of the document in order of their place; the time is linear in the document's length.

    Of a layer's cues that fit, the leftmost count, and of these the longest; none within another. A verb whose particle
    stands apart wins over the bare verb.
    """
    known = shelf(doc.lang)
    text = f" {doc.folded.translate(_WORDS)} "
    ends = [sentence.end for sentence in doc.sentences]
    taken = [0] * len(LAYERS)
    found: list[tuple[int, int, int]] = []
    for start, minus_end, index in _fitting(known, text, doc.folded, ends):
        layer = known.patterns[index].layer
        if start >= taken[layer]:
            taken[layer] = -minus_end
            found.append((start - 1 + known.patterns[index].lead, -minus_end - 1, index))
    return _placed(known, sorted(found), ends)


def _fitting(known: Shelf, text: str, folded: str, ends: Sequence[int]) -> list[tuple[int, int, int]]:
    """Whatever fits: its start, its end below zero, its pattern; in order."""
    patterns = known.patterns
    return sorted(
        (start, -end, index)
        for index, start, end in known.automaton.find_matches_as_indexes(text, overlapping=True)
        if not (patterns[index].whole and text[end].isalnum())
        and ((rest := patterns[index].rest) is None or _is_apart(rest, folded, end - 1, ends))
    )


def _placed(known: Shelf, found: Iterable[tuple[int, int, int]], ends: Sequence[int]) -> list[Cue]:
    """The cues with their sentences."""
    cues: list[Cue] = []
    sentence, last = 0, len(ends) - 1
    for begin, end, index in found:
        while sentence < last and ends[sentence] <= begin:
            sentence += 1
        for kind, code in known.patterns[index].meanings:
            cues.append(Cue(kind, code, begin, end, sentence))
    return cues


def _is_apart(particle: re.Pattern[str], folded: str, begin: int, ends: Sequence[int]) -> bool:
    """Whether the particle ends the clause that the verb before `begin` stands in."""
    sentence = ends[min(bisect_right(ends, begin), len(ends) - 1)]
    return particle.search(folded, begin, min(sentence, begin + _CLAUSE)) is not None


def _patterns(word: str, given: dict[str, list[str]], spaced: bool) -> Iterator[tuple[str, bool]]:
    """What an entry stands for in the automaton, and whether it has to end where a word ends."""
    stem, rest = word.endswith("*"), word.startswith("*")
    bare = fold(word.strip("*")).replace("*", _GAP).translate(_WORDS).strip()
    if not bare:
        raise LexiconError(f"{word!r} holds no letter: cues are words")
    pieces = bare.split(_GAP)
    gaps = product(given.get("endings", [""]), repeat=len(pieces) - 1)
    clitics = given.get("clitics", [""])
    for fill in gaps:
        text = pieces[0] + "".join(end + piece for end, piece in zip(fill, pieces[1:], strict=True))
        for clitic in clitics:
            yield (" " if spaced and not rest else "") + clitic + text, spaced and not stem


def _compiled(
    meanings: dict[tuple[str, str], set[Meaning]], whole: set[tuple[str, str]], layer: int
) -> tuple[list[str], list[_Pattern]]:
    keys = sorted(meanings, key=lambda key: (key[0], not key[1], key[1]))  # those with a particle first
    patterns = [
        _Pattern(
            tuple(sorted(meanings[key])),
            layer,
            int(key[0].startswith(" ")),
            key in whole,
            re.compile(rf"(?<!\w){re.escape(key[1])}{_CLAUSE_END}") if key[1] else None,
        )
        for key in keys
    ]
    return [text for text, _ in keys], patterns
