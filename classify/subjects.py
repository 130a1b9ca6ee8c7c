"""The words that name what an agreement is about: the shelves of `lexicon/sectors`, explained in docs/sectors.md."""

from functools import cache

from classify.shelf import LEXICON
from classify.wordlists import Matcher, Seen, entries

SHELVES = LEXICON / "sectors"
DEFAULT = "en"
CODES = frozenset(
    line.partition("\t")[0] for line in (SHELVES / "official.tsv").read_text("utf-8").split("\n") if line[:1] not in "#"
)
KINDS = {"sector": CODES, "paper": CODES, "hint": CODES, "mask": CODES, "cue": frozenset({"paper", "field"})}


@cache
def shelf(lang: str) -> Matcher:
    """The shelf of a language; English where there is none. Raises `LexiconError` where the file is at fault."""
    path = SHELVES / f"{lang}.toml"
    lang = lang if path.exists() else DEFAULT
    return Matcher(entries(SHELVES / f"{lang}.toml", KINDS), lang)


def find(folded: str, lang: str) -> list[Seen]:
    """All words of the language's shelf in the folded text, in order."""
    return shelf(lang).find(folded)
