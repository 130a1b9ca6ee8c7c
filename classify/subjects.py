"""The words that name what an agreement is about: the shelves of `lexicon/sectors`, explained in docs/sectors.md."""

from functools import cache

from classify.shelf import LEXICON
from classify.wordlists import Matcher, Meaning, Seen, entries

SHELVES = LEXICON / "sectors"
DEFAULT = "en"
NEAR = {"ms": "id", "hr": "sr", "bs": "sr", "sk": "cs", "ky": "kk", "mk": "bg", "gl": "pt", "ca": "es"}
"""Languages that are read by the shelf of one that is near to them."""
CODES = frozenset(
    line.partition("\t")[0] for line in (SHELVES / "official.tsv").read_text("utf-8").split("\n") if line[:1] not in "#"
)
KINDS = {
    "name": CODES,
    "sector": CODES,
    "paper": CODES,
    "hint": CODES,
    "mask": CODES,
    "cue": frozenset({"paper", "field", "office", "holder"}),
}


@cache
def shelf(lang: str) -> Matcher:
    """The shelf of a language; English where there is none. Raises `LexiconError` where the file is at fault."""
    near = NEAR.get(lang, lang)
    lang = near if (SHELVES / f"{near}.toml").exists() else DEFAULT
    words = entries(SHELVES / f"{lang}.toml", KINDS)
    return Matcher({word: _strongest(meanings) for word, meanings in words.items()}, lang)


def _strongest(meanings: set[Meaning]) -> set[Meaning]:
    """A field's own name is not one of its words as well."""
    named = {code for kind, code in meanings if kind == "name"}
    return {(kind, code) for kind, code in meanings if kind not in ("sector", "hint") or code not in named}


def find(folded: str, lang: str) -> list[Seen]:
    """All words of the language's shelf in the folded text, in order."""
    return shelf(lang).find(folded)
