"""English titles of records, made of facts: 'Kazakhstan and Rwanda sign six agreements in Astana'."""

from collections.abc import Collection, Sequence
from typing import Protocol

from classify.instruments import BY_ITSELF
from classify.model import How, Pair, Stage
from classify.names import country_in_sentence, country_name


class _Paper(Protocol):
    @property
    def type(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def several(self) -> bool: ...


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ONE = {
    "treaty": "a treaty", "agreement": "an agreement", "memorandum": "a memorandum of understanding",
    "protocol": "a protocol", "convention": "a convention", "notes": "an exchange of notes",
    "declaration": "a joint declaration", "grant": "a grant agreement", "loan": "a loan agreement",
    "ceasefire": "a ceasefire", "exchange": "a prisoner exchange", "swap": "a currency swap", "other": "an agreement",
}  # fmt: skip
_FIELDS = {"digital": "digital matters", "development": "development aid", "diplomacy": "diplomatic matters",
           "governance": "public administration"}  # fmt: skip
"""Fields whose code is no word for a sentence."""
_REACHED = {"ceasefire": "reach", "exchange": "carry out"}


def title(
    pair: Pair, reached: tuple[Stage, How], papers: Sequence[_Paper], sectors: Sequence[str], count: int | None,
    place: str, *, agreed: bool = False,
) -> str:  # fmt: skip
    """What happened, in one line; `reached` is the present stage and how it came about, `agreed` that nobody tells of a
    signature."""
    stage, how = reached
    both = " and ".join(map(country_in_sentence, sorted(pair, key=country_name)))
    kind = papers[0].type if papers else "agreement"
    many = bool(count) or any(paper.several for paper in papers)
    about = _topic(papers, many) or fields(sectors)
    subject = "" if kind in BY_ITSELF or not about else f" on {about}"
    what = _many({paper.type for paper in papers}, count) if many else _ONE.get(kind, "an agreement")
    if how == "talks":
        return f"{upper(both)} break off talks on {what}{subject}"
    if stage in (Stage.IN_FORCE, Stage.ENDED):
        return f"{_bare(what)} between {both}{subject} {_became(stage, how, many)}"
    verb = _REACHED.get(kind, "conclude" if agreed else "sign") if stage == Stage.SIGNED else "plan"
    where = f" in {place_name(place)}" if place and stage == Stage.SIGNED else ""
    return f"{upper(both)} {verb} {what}{subject}{where}"


def _became(stage: Stage, how: How, many: bool) -> str:
    if how:
        return f"{'are' if many else 'is'} {how}"
    if stage == Stage.ENDED:
        return "ended or suspended"
    return f"{'enter' if many else 'enters'} into force"


def _topic(papers: Sequence[_Paper], many: bool) -> str:
    """What the one paper is about, where a report tells it in words of its own."""
    return papers[0].topic if len(papers) == 1 and not many else ""


def _many(kinds: Collection[str], count: int | None) -> str:
    what = "memoranda of understanding" if set(kinds) == {"memorandum"} else "agreements"
    return f"{_WORDS[count] if count < len(_WORDS) else count} {what}" if count else what


def _bare(what: str) -> str:
    return upper(what.removeprefix("an ").removeprefix("a "))


def upper(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def fields(sectors: Sequence[str]) -> str:
    """Sectors as words of a sentence: 'energy, mining and three other fields'; empty where there are none."""
    named = [_FIELDS.get(code, code) for code in sectors]
    if len(named) > 3:
        named = [*named[:2], f"{_WORDS[min(len(named) - 2, 12)]} other fields"]
    return " and ".join(part for part in (", ".join(named[:-1]), "".join(named[-1:])) if part)


def topic(told: str) -> str:
    """A paper's topic as it is shown: a bare 'digital' is no word for a sentence."""
    return _FIELDS.get(told, told)


def place_name(folded: str) -> str:
    """A folded place as it is printed."""
    return " ".join(part[:1].upper() + part[1:] for part in folded.split(" "))
