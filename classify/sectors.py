"""What an agreement covers, or else the relation: codes of `docs/labels.md` by the words of the sector shelves.

A word alone decides nothing: where it stands does. `traits` says by name what speaks for each code, the weights of
`lexicon/sectors/weights.tsv` say how much, and a code whose sum is above zero is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from classify.shelf import LEXICON, rows
from classify.subjects import find as words
from classify.text import Document
from classify.wordlists import Seen

_SHELF = LEXICON / "sectors"
LISTED = 70
"""How far, in characters, a subject may stand behind 'in the fields of', or behind the subject before it."""
ENOUGH = 0.5
"""The weight in `scope` from which on a sentence speaks of the agreement itself."""


@dataclass(frozen=True, slots=True)
class Official:
    """A sector's places in published lists; an empty tuple where the list has none. NOTICE names the versions."""

    name: str
    dac_groups: tuple[str, ...] = ()
    """OECD DAC three-digit categories, code and name."""
    dac: tuple[str, ...] = ()
    """OECD DAC CRS purpose codes, code and name."""
    iptc: tuple[str, ...] = ()
    """IPTC Media Topics, `medtop:` code and name."""
    eurovoc: tuple[str, ...] = ()
    """EuroVoc micro-thesauri, code and name."""


@cache
def _official() -> dict[str, Official]:
    return {
        code: Official(name, *(tuple(cell.split("; ")) if cell else () for cell in cells))
        for _, (code, name, *cells) in rows(_SHELF / "official.tsv", 6)
    }


def official(code: str) -> Official:
    """The sector in the lists of others, for exports. Raises `KeyError` for what is no sector."""
    return _official()[code]


SECTORS: dict[str, str] = {code: entry.name for code, entry in _official().items()}
"""Every sector's code with its English name."""

Traits = dict[str, set[str]]
"""What speaks for or against each code, by name."""


def find(doc: Document, scope: Mapping[int, float] | None = None) -> tuple[str, ...]:
    """The sectors that the item names as a subject, sorted.

    `scope` tells by sentence number how much a sentence speaks of the agreement, 0 to 1; where it is left out, the
    sentences that name a paper or what it is about do.
    """
    weights = _weights()
    return tuple(
        sorted(
            code for code, names in traits(doc, scope).items() if weights["base"] + sum(weights[n] for n in names) > 0
        )
    )


def traits(doc: Document, scope: Mapping[int, float] | None = None) -> Traits:
    """What speaks for each code that any word of the document names."""
    seen = [word for word in words(doc.folded, doc.lang) if word.kind != "mask"]
    numbered = _numbered(doc, seen)
    deals = _deals(numbered) if scope is None else {number for number, weight in scope.items() if weight >= ENOUGH}
    found: dict[str, list[str]] = defaultdict(list)
    for code, trait in _placed(numbered, deals, doc):
        found[code].append(trait)
    return _weighed(found)


def _numbered(doc: Document, seen: Iterable[Seen]) -> list[tuple[int, Seen]]:
    ends = [sentence.end for sentence in doc.sentences]
    number, last, numbered = 0, len(ends) - 1, []
    for word in seen:
        while number < last and ends[number] <= word.start:
            number += 1
        numbered.append((number, word))
    return numbered


def _deals(numbered: Iterable[tuple[int, Seen]]) -> set[int]:
    return {number for number, word in numbered if word.kind == "paper" or (word.kind == "cue" and number)}


def _placed(numbered: list[tuple[int, Seen]], deals: set[int], doc: Document) -> Iterable[tuple[str, str]]:
    """Each subject word's code with the name of its place."""
    lead = next((number for number, _ in numbered if number), 1)
    listed, inside = -1, -1
    for number, word in numbered:
        if word.kind == "cue":
            listed, inside = (word.end + LISTED, number) if word.code == "field" else (listed, inside)
            continue
        place = "title" if number == 0 else "deal" if number in deals else "lead" if number == lead else "rest"
        yield word.code, f"{word.kind} {place}"
        if number == inside and word.start <= listed and word.kind != "hint":
            yield word.code, "listed title" if number == 0 else "listed"
            listed = word.end + LISTED
        if number == lead and place == "deal":
            yield word.code, f"{word.kind} lead deal"


def _weighed(found: dict[str, list[str]]) -> Traits:
    """The names of the places, with how often and among how many others."""
    strong = {code for code, names in found.items() if any(not name.startswith("hint") for name in names)}
    prime = {code for code, names in found.items()
             if any(name in ("sector title", "paper title", "paper deal", "listed", "listed title") for name in names)}  # fmt: skip
    weighed: Traits = {}
    for code, names in found.items():
        weighed[code] = set(names) | {f"of {code}"}
        counted = sum(1 for name in names if name.startswith(("sector", "paper")) and "lead deal" not in name)
        weighed[code] |= {f"times {n}" for n in (2, 3, 5) if counted >= n}
        weighed[code] |= {"hints 2"} if sum(name.startswith("hint") for name in names) >= 2 else set()
        rivals = len(prime - {code})
        weighed[code] |= {f"rivals {n}" for n in (1, 3, 5) if rivals >= n}
        weighed[code] |= {"alone"} if strong == {code} else set()
        weighed[code] |= {"weak"} if code not in strong else set()
    return weighed


@cache
def _weights() -> defaultdict[str, float]:
    return defaultdict(float, {name: float(weight) for _, (name, weight) in rows(_SHELF / "weights.tsv", 2)})
