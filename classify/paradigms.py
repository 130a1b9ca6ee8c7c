"""How names change: endings and prefixes of a language, from the inflection shelf."""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from classify.fold import fold
from classify.shelf import LEXICON, rows

ANY = "*"
_PLAIN = frozenset({""})


class Stem(NamedTuple):
    """What does not change of a word, and what may follow it (`ANY`: whatever)."""

    text: str
    endings: frozenset[str]


class Paradigms:
    """The endings of one language."""

    def __init__(self, lang: str) -> None:
        found = _shelf().get(lang, {})
        self.prefixes = found.get("prefix", {}).get("", _PLAIN) | _PLAIN
        self._endings = {kind: found.get(kind, {}) for kind in ("noun", "adj")}

    def stem(self, word: str, kind: str) -> Stem:
        """The stem of a folded word by its longest listed ending; `kind` is `noun` or `adj`."""
        endings = self._endings[kind]
        for length in range(min(len(word), 6), -1, -1):
            ending = word[len(word) - length :]
            if ending in endings:
                return Stem(word[: len(word) - length], endings[ending])
        return Stem(word, _PLAIN)


@cache
def _shelf() -> dict[str, dict[str, dict[str, frozenset[str]]]]:
    found: dict[str, dict[str, dict[str, frozenset[str]]]] = defaultdict(lambda: defaultdict(dict))
    for _, (langs, kind, ending, forms) in rows(LEXICON / "names" / "inflection.tsv", 4):
        for lang in langs.split(","):
            for one in ending.split("|"):
                key = "" if one == "=" else fold(one)
                known = found[lang][kind].get(key, frozenset())
                found[lang][kind][key] = known | {"" if form == "=" else fold(form) for form in forms.split("|")}
    return found
