"""The country words of one language as automatons: built on first use, from the shelves of `lexicon/names`."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from classify import signs
from classify.automaton import Automaton, Entry
from classify.fold import fold
from classify.lang import script
from classify.paradigms import ANY, Paradigms
from classify.shelf import LEXICON, LexiconError, rows, where

SHELF = LEXICON / "names"
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "km", "bo"})
_ADJECTIVES = frozenset({"adjective", "demonym"})
# English words that are not taken over into other languages in Latin letters: Georgia in a Turkish text is no country.
_PLAIN_WORDS = frozenset({"name", "adjective", "capital"})
_NUKTA = "\u093c"  # the dot of Devanagari letters in foreign words, which many leave out
_ANYTHING = frozenset({ANY})
# Where a language has few words of its own in the shelves, those of one that its readers share.
_LEADER_COLUMNS = {script: 2 + at for at, script in enumerate(
    ("latin", "cyrillic", "arabic", "han", "hangul", "kana", "devanagari"))}  # fmt: skip
_LEANS_ON = {
    "be": "ru", "kk": "ru", "ky": "ru", "tg": "ru", "ms": "id", "mk": "sr", "ca": "es", "gl": "pt", "ps": "fa",
    "no": "da", "da": "no",
}  # fmt: skip


class Vocabulary(NamedTuple):
    """The words of a language: those found whatever their case, and those found only as they are written."""

    folded: Automaton
    exact: Automaton


@cache
def vocabulary(lang: str) -> Vocabulary:
    """The country words to look for in texts of a language.

    They are its own, then those of the language it leans on, then the English ones, which turn up in any text; in
    Latin letters only bodies, companies, abbreviations and what names no country.
    """
    folded: dict[str, list[Entry]] = defaultdict(list)
    exact: dict[str, list[Entry]] = defaultdict(list)
    spaced = lang not in _UNSPACED
    taken: set[str] = set()
    for source in dict.fromkeys((lang, _LEANS_ON.get(lang, "en"), "en")):
        paradigms = Paradigms(source)
        for code, kind, word in words(source, taken):
            if source == "en" != lang and kind in _PLAIN_WORDS and script(lang) == "latin" and _files(lang):
                continue
            if kind == "abbreviation":
                exact[word].append(Entry(code, kind))
            else:
                for stem, entry in _stems(paradigms, code, kind, word, spaced=spaced):
                    folded[stem].append(entry)
    for path in _files(lang):
        for stem, entry in signs.entries(facts(path)):
            folded[stem].append(entry)
    return Vocabulary(
        Automaton(folded, Paradigms(lang).prefixes, spaced=spaced), Automaton(exact, frozenset(), spaced=spaced)
    )


def _stems(paradigms: Paradigms, code: str, kind: str, word: str, *, spaced: bool) -> Iterator[tuple[str, Entry]]:
    parts = tuple((0, len(word), one) for one in code.split("+")) if "+" in code else ()
    told = "adjective" if kind == "compound" else kind  # 'Sino-' takes no endings, but counts as an adjective
    folded = fold(word)
    forms = {folded, folded.replace(_NUKTA, "")}
    for stem in (one for form in forms for one in paradigms.stems(form, "adj" if kind in _ADJECTIVES else "noun")):
        endings = stem.endings if spaced else _ANYTHING
        yield stem.text, Entry(code, told, endings, word[0].isupper(), word.isupper(), parts)


def words(lang: str, taken: set[str]) -> Iterator[tuple[str, str, str]]:
    """Code, kind and word of each fact of a language that is not taken yet; what is written by hand wins."""
    sources = [facts(path) for path in _files(lang)]
    for source in (*sources[:1], leaders(lang), *sources[1:]):
        new = set()
        for code, kind, word in source:
            if kind not in signs.KINDS and (key := f"{kind == 'abbreviation'} {fold(word)}") not in taken:
                new.add(key)
                yield code, kind, word
        taken |= new


def leaders(lang: str) -> Iterator[tuple[str, str, str]]:
    """Code, kind and name of people who stand for a country, in the script of the language."""
    column = _LEADER_COLUMNS.get(script(lang))
    if column is None:
        return
    for _, row in rows(SHELF / "leaders.tsv", 9):
        for name in row[column].split("|") if row[column] != "-" else ():
            yield row[0], "leader", name


def _files(lang: str) -> list[Path]:
    return [path for folder in ("own", "built") if (path := SHELF / folder / f"{lang}.tsv").exists()]


def facts(path: Path) -> Iterator[tuple[str, str, str]]:
    """Code, kind and word of each fact of a file; `LexiconError` where a code and kind have two lines."""
    given: dict[tuple[str, str], int] = {}
    for number, (code, kind, listed) in rows(path, 3):
        if (code, kind) in given and code != "-":
            first = given[code, kind]
            raise LexiconError(f"{where(path, number)}: {code} {kind} stands in line {first} too: join the two")
        given[code, kind] = number
        for word in listed.split("|"):
            yield code, kind, word


def check() -> int:
    """Read all shelves of names and return how many languages they are for.

    Raises `LexiconError` for the first fault: a line that can't be read, a code that is none, a word of one
    hand-written file that stands for two countries.
    """
    codes = {row[0] for _, row in rows(SHELF / "countries.tsv", 4)} | {"-"}
    languages = sorted({path.stem for path in SHELF.glob("*/*.tsv")})
    for lang in languages:
        for path in _files(lang):
            check_words(path, codes)
    return len(languages)


def check_words(path: Path, codes: set[str]) -> None:
    """Refuse codes that are not among `codes` and, in a hand-written file, words that stand for two countries."""
    holders: dict[str, str] = {}
    for code, kind, word in facts(path):
        if not set(code.split("+")) <= codes:
            raise LexiconError(f"{path.parent.name}/{path.name}: {code} ({word}) is no code of countries.tsv")
        key = f"{kind == 'abbreviation'} {fold(word)}"
        if kind in signs.KINDS or path.parent.name != "own":
            continue
        if holders.setdefault(key, code) != code:
            raise LexiconError(f"own/{path.name}: {word} stands for {holders[key]} and for {code}: leave one of them")
