"""How names change: endings, prefixes and inner words by language, from the inflection shelf."""

from collections import defaultdict
from functools import cache
from itertools import islice, product
from typing import NamedTuple

from classify.fold import fold
from classify.lang import script
from classify.shelf import LEXICON, rows

ANY = "*"
_PLAIN = frozenset({""})
_LONGEST_ENDING = 6
_SHORTEST_STEM = 2
_SHORTEST_OPEN_STEM = 4  # shorter ones begin too many words to take any ending; a Korean syllable holds three letters
_MOST_VARIANTS = 40


class Stem(NamedTuple):
    """What does not change of a word, and what may follow it (`ANY`: whatever)."""

    text: str
    endings: frozenset[str]


class Paradigms:
    """The endings of one language."""

    def __init__(self, lang: str) -> None:
        found = _shelf().get(lang, {})
        self.prefixes = found.get("prefix", {}).get("", frozenset())
        self._starts = {"noun": found.get("start", {}), "adj": found.get("start", {}) | found.get("start-adj", {})}
        self._inner = found.get("inner", {})
        self._shortest_open = _SHORTEST_STEM if script(lang) == "hangul" else _SHORTEST_OPEN_STEM
        self._endings = {kind: found.get(kind, {}) for kind in ("noun", "adj")}

    def stems(self, word: str, kind: str) -> list[Stem]:
        """The stems of a folded name of one or more words; `kind` is `noun` or `adj`."""
        *before, last = word.split(" ")
        stem, endings = _cut(last, self._endings[kind]) or (last, _PLAIN)
        if ANY in endings and len(word) - len(last) + len(stem) < self._shortest_open:
            stem, endings = last, _PLAIN
        choices = [self._forms(one) for one in before]
        heads = islice(product(*choices), _MOST_VARIANTS)
        stems = [Stem(" ".join((*head, stem)), endings) for head in heads]
        for start, others in self._starts[kind].items():
            stems += [Stem(other + one.text[len(start) :], one.endings) for one in stems if one.text.startswith(start)
                      for other in others if other != start]  # fmt: skip
        return stems

    def _forms(self, word: str) -> list[str]:
        stem, endings = _cut(word, self._inner) or (word, _PLAIN)
        return sorted(stem + ending for ending in endings)


def _cut(word: str, endings: dict[str, frozenset[str]]) -> tuple[str, frozenset[str]] | None:
    """The word without its longest listed ending, and what may stand in its place."""
    for length in range(min(len(word) - _SHORTEST_STEM, _LONGEST_ENDING), -1, -1):
        ending = word[len(word) - length :]
        if ending in endings:
            return word[: len(word) - length], endings[ending]
    return None


@cache
def _shelf() -> dict[str, dict[str, dict[str, frozenset[str]]]]:
    found: dict[str, dict[str, dict[str, frozenset[str]]]] = defaultdict(lambda: defaultdict(dict))
    for _, (langs, kind, ending, forms) in rows(LEXICON / "names" / "inflection.tsv", 4):
        allowed = frozenset("" if form == "=" else fold(form) for form in forms.split("|"))
        for lang in langs.split(","):
            for one in ending.split("|"):
                key = "" if one == "=" else fold(one)
                found[lang][kind][key] = found[lang][kind].get(key, frozenset()) | allowed
    return found
