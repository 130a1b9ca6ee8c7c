"""The words that facts are told in: months and weekdays from CLDR; numbers, money, papers and titles from shelves."""

from collections import defaultdict
from functools import cache

from classify.shelf import LEXICON, rows
from classify.wordlists import Matcher, Meaning, Seen, entries, key

SHELVES = LEXICON / "facts"
TYPES = frozenset(
    {"treaty", "agreement", "memorandum", "protocol", "convention", "notes", "declaration"}
    | {"grant", "loan", "ceasefire", "exchange", "swap", "other"}
)
KINDS = {
    "month": frozenset(map(str, range(1, 13))),
    "weekday": frozenset(map(str, range(7))),
    "relative": None,
    "shift": frozenset({"-7", "7"}),
    "past": frozenset({"any"}),
    "signing": frozenset({"any"}),
    "number": None,
    "scale": None,
    "currency": None,
    "instrument": TYPES,
    "about": frozenset({"any", "act"}),
    "between": frozenset({"any"}),
    "stop": frozenset({"any"}),
    "at": frozenset({"any"}),
    "after": frozenset({"any"}),
    "title": frozenset({"person"}),
    "body": frozenset({"ministry", "bank", "parliament", "agency"}),
}


@cache
def _calendar() -> dict[str, dict[str, set[Meaning]]]:
    words: dict[str, dict[str, set[Meaning]]] = defaultdict(lambda: defaultdict(set))
    for _, (lang, kind, number, form) in rows(SHELVES / "calendar.tsv", 4):
        words[lang][key(form)].add((kind, number))
    return words


@cache
def knows(lang: str, *kinds: str) -> bool:
    """Whether the language's shelf has words of any of these kinds."""
    path = SHELVES / f"{lang}.toml"
    return path.exists() and any(kind in kinds for word in entries(path, KINDS).values() for kind, _ in word)


@cache
def words(kind: str, lang: str = "en") -> frozenset[str]:
    """Single words of a kind (`plural`, `general`, `loose`), folded and plain."""
    found = (listed for _, (of, tongue, listed) in rows(SHELVES / "words.tsv", 3) if (of, tongue) == (kind, lang))
    return frozenset(key(word) for listed in found for word in listed.split("|"))


@cache
def shelf(lang: str) -> Matcher:
    """The words of a language: its shelf, where it has one, and its calendar; English where nothing is known of it."""
    path = SHELVES / f"{lang}.toml"
    words = entries(path, KINDS) if path.exists() else {}
    for form, meanings in _calendar().get(lang, {}).items():
        words.setdefault(form, set()).update(meanings)
    return Matcher(words, lang) if words else shelf("en")


def find(folded: str, lang: str) -> list[Seen]:
    """All words of the language's shelf in the folded text, in order."""
    return shelf(lang).find(folded)
