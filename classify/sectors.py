"""What an agreement covers, or else the relation: codes of `docs/labels.md` by the words of the sector shelves.

A word alone decides nothing: where it stands does. `traits` says by name what speaks for each code, the weights of
`lexicon/sectors/weights.tsv` say how much, and a code whose sum is above zero is told.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import fsum

from classify.shelf import LEXICON, rows
from classify.subjects import find as words
from classify.text import Document
from classify.wordlists import UNSPACED, Seen

_SHELF = LEXICON / "sectors"
LISTED, DIRECT, TITLED, OFFICE, CHAINED = 45, 26, 14, 24, 7
"""How far, in characters, a subject may stand behind 'in the fields of' or the subject before it; right behind a paper;
before the paper that it is the title of; behind 'Minister of'; and behind the office's part before it."""
APART, ROW = 28, 3
"""A row of fields: how many there are at least, and how far apart at most, in characters."""
PHRASE = 4
"""So many characters make a phrase in languages that write words together."""
ENOUGH = 1.0
"""The weight in `scope` from which on a sentence speaks of nothing but the agreement."""
SIZES, _SIZES_FROM = ("bare", "brief", "short", "long"), (2, 4, 8)
"""Items by length, and from how many sentences on, the title among them: what a place tells depends on it."""
_FIRM = ("name", "sector", "paper")
_SIZED = {
    size: {f"{kind} {place}": f"{size} {place}" for kind in _FIRM for place in ("title", "deal", "lead", "rest")}
    for size in SIZES
}
_OWN = ("paper", "name title", "name listed")
MATTER = {
    "trade": ("agriculture", "industry", "mining"),
    "justice": ("defence", "security"),
    "finance": ("trade",),
    "migration": ("trade", "diplomacy"),
}
"""What such a paper mostly but speaks of, by its code: a trade agreement of the goods that it frees, an exchange of
prisoners of soldiers, a currency swap of the trade that it is to help, a visa waiver of diplomats' passports."""


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

PRIME = frozenset(
    {"name title", "sector title", "paper title", "paper deal", "listed", "name listed", "direct", "titled"}
)
"""Traits of what is most likely meant: how many other codes have one counts against a code."""

Traits = dict[str, set[str]]
"""What speaks for or against each code, by name."""


def find(doc: Document, scope: Mapping[int, float] | None = None) -> tuple[str, ...]:
    """The sectors that the item names as a subject, sorted.

    `scope` tells by sentence number how much a sentence speaks of the agreement, 0 to 1: those that do wholly count
    besides the sentences that name a paper or what it is about.
    """
    weight, needed = _weights().get, -_weights()["base"]
    told = traits(doc, scope)
    return tuple(sorted(code for code, names in told.items() if fsum(weight(n, 0.0) for n in names) > needed))


def traits(doc: Document, scope: Mapping[int, float] | None = None) -> Traits:
    """What speaks for each code that any word of the document names."""
    seen = [word for word in words(doc.folded, doc.lang) if word.kind != "mask"]
    numbered = _numbered(doc, seen)
    deals = _deals(numbered) | {number for number, weight in (scope or {}).items() if number and weight >= ENOUGH}
    found: dict[str, list[str]] = defaultdict(list)
    for code, trait in _placed(numbered, deals):
        found[code].append(trait)
    for word in seen:
        if word.kind == "sector":
            found[word.code].append(_length(doc, word))
    return _weighed(found, _SIZED[SIZES[bisect_right(_SIZES_FROM, len(doc.sentences))]])


def _length(doc: Document, word: Seen) -> str:
    """Whether the word is a phrase, which seldom misleads, or a single word, which may stand for something else."""
    said = doc.folded[word.start : word.end]
    return "phrase" if " " in said or (doc.lang in UNSPACED and len(said) >= PHRASE) else "single"


def _numbered(doc: Document, seen: Iterable[Seen]) -> list[tuple[int, Seen]]:
    ends = [sentence.end for sentence in doc.sentences]
    number, last, numbered = 0, len(ends) - 1, []
    for word in seen:
        while number < last and ends[number] <= word.start:
            number += 1
        numbered.append((number, word))
    return numbered


def _deals(numbered: Iterable[tuple[int, Seen]]) -> set[int]:
    said = ("paper", "field")
    return {n for n, word in numbered if word.kind == "paper" or (word.kind == "cue" and n and word.code in said)}


@dataclass(slots=True)
class _Reach:
    """Where the subjects of what was read last may still stand: sentence and last place."""

    sentence: int = -1
    listed: int = -1
    direct: int = -1
    office: int = -1

    def read(self, number: int, cue: Seen) -> None:
        """Take in a cue."""
        if number != self.sentence:
            self.sentence, self.listed, self.direct, self.office = number, -1, -1, -1
        if cue.code == "office":
            self.office = cue.end + OFFICE
        elif cue.code != "holder":
            self.direct = cue.end + DIRECT
            self.listed = cue.end + LISTED if cue.code == "field" else self.listed


def _placed(numbered: list[tuple[int, Seen]], deals: set[int]) -> Iterable[tuple[str, str]]:
    """Each subject word's code with the names of its place."""
    lead = next((number for number, _ in numbered if number), 1)
    reach, enumerated = _Reach(), _enumerated(numbered)
    for index, (number, word) in enumerate(numbered):
        if word.kind == "cue":
            reach.read(number, word)
            continue
        following = numbered[index + 1][1] if index + 1 < len(numbered) else None
        place = "title" if number == 0 else "deal" if number in deals else "lead" if number == lead else "rest"
        if (number == reach.sentence and word.start <= reach.office) or _held(word, following):
            reach.office = word.end + CHAINED if number == reach.sentence else -1
            yield word.code, f"office {place}"
            continue
        yield word.code, f"{word.kind} {place}"
        if index in enumerated:
            yield word.code, f"row {place}"
        if number == reach.sentence or (following is not None and following.code == "paper"):
            for trait in _linked(number, word, following, reach):
                yield word.code, trait
        if number == lead and place == "deal":
            yield word.code, f"{word.kind} lead deal"


def _enumerated(numbered: list[tuple[int, Seen]]) -> set[int]:
    """The places in `numbered` of words that stand in a row of three or more different fields."""
    found: set[int] = set()
    run: list[int] = []
    codes: set[str] = set()
    for index, (number, word) in enumerate(numbered):
        if word.kind in ("cue", "hint"):
            continue
        if run and (numbered[run[-1]][0] != number or word.start - numbered[run[-1]][1].end > APART):
            run, codes = [], set()
        run.append(index)
        codes.add(word.code)
        if len(codes) >= ROW:
            found.update(run)
            run = run[-1:]
    return found


def _held(word: Seen, following: Seen | None) -> bool:
    """Whether the word names someone's office: 'trade minister'."""
    return following is not None and following.code == "holder" and 0 <= following.start - word.end <= 1


def _linked(number: int, word: Seen, following: Seen | None, reach: _Reach) -> Iterable[str]:
    """How the word hangs on a paper or on 'in the fields of'."""
    where = " title" if number == 0 else ""
    kind = "" if word.kind in ("sector", "paper") else f"{word.kind} "
    if number == reach.sentence and word.start <= reach.direct:
        yield f"{kind}direct{where}"
    if number == reach.sentence and word.start <= reach.listed:
        yield f"{kind}listed{where}"
        reach.listed = word.end + LISTED if word.kind != "hint" else reach.listed
    if following and following.code == "paper" and following.kind == "cue" and following.start - word.end <= TITLED:
        yield f"{kind}titled{where}"


def _weighed(found: Mapping[str, list[str]], sized: Mapping[str, str]) -> Traits:
    """The names of the places, with how often, among how many others and, by `sized`, in how long an item."""
    prime = {code for code, names in found.items() if not PRIME.isdisjoint(names)}
    firm = {code: [name for name in names if name.startswith(_FIRM)] for code, names in found.items()}
    strong = {code for code, names in firm.items() if names}
    within = _within(found)
    weighed: Traits = {}
    for code, names in found.items():
        traits = weighed[code] = set(names)
        traits.add(f"of {code}")
        traits.update(sized[name] for name in firm[code] if name in sized)
        counted = sum("lead deal" not in name for name in firm[code])
        traits.update(f"times {n}" for n in (2, 3, 5) if counted >= n)
        if sum(name.startswith("hint") for name in names) >= 2:
            traits.add("hints 2")
        rivals = len(prime) - (code in prime)
        traits.update(f"rivals {n}" for n in (1, 3, 5) if rivals >= n)
        if strong == {code}:
            traits.add("alone")
        traits.update(within.get(code, ()))
        if code not in strong:
            traits.update(_weak(names, lonely=not strong, single=len(found) == 1))
    return weighed


def _within(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """For the codes that are but the matter of another's paper, which one's."""
    matter: dict[str, list[str]] = defaultdict(list)
    for paper, codes in MATTER.items():
        if not {"paper title", "paper deal"}.isdisjoint(found.get(paper, ())):
            for code in codes:
                names = found.get(code, ())
                if not any(name.startswith(_OWN) for name in names):
                    matter[code] += [f"within {paper}"] + ["within title"] * ("sector title" in names)
    return matter


def _weak(names: Collection[str], *, lonely: bool, single: bool) -> Iterable[str]:
    """What a code has that only hints speak for; `lonely` where no code of the item has more than hints."""
    yield "weak"
    if lonely:
        yield "only weak"
        yield from ("only weak title",) if "hint title" in names else ()
        yield from ("weak alone",) if single else ()


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for _, (name, weight) in rows(_SHELF / "weights.tsv", 2)}
