"""The nouns of the room: what `classify` says of one item. Frozen, without behaviour but what their fields imply.

Names and codes are those of the label contract (docs/labels.md): countries are ISO 3166-1 alpha-2 codes, plus
`EU` and `XK`; sectors are the codes of the lexicon's sector shelf.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

Pair = tuple[str, str]
"""Two different country codes, sorted."""

Field = Literal["title", "text"]
"""Which of the item's two strings an offset counts in."""


class Stage(StrEnum):
    """The furthest stage of an agreement that an item newly reports."""

    SIGNED = "signed"
    IN_FORCE = "in_force"
    PLANNED = "planned"
    ENDED = "ended"
    NONE = "none"


def pair(one: str, other: str) -> Pair:
    """The pair of two country codes, sorted; `ValueError` where they are the same."""
    if one == other:
        raise ValueError(f"a pair needs two countries, not {one} twice")
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: half-open code-point offsets into the item's title or text as given."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing seen in an item that counted: `kind` is `country`, `signing`, `document`, `negation`, `future`, ...;
    `code` is what it was taken for (`KZ`, `sign`, `memorandum`)."""

    span: Span
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The one sentence that proves the stage, character for character as it stands in the item.

    `cleaned` tells that reading the sentence took more than what one sees (hidden or look-alike characters).
    """

    sentence: str
    span: Span
    marks: tuple[Mark, ...] = ()
    cleaned: bool = False


Precision = Literal["day", "month", "year"]
How = Literal["", "ratified", "approved", "talks"]
"""What brought a stage about where its own word says too much: one side ratified a paper or a cabinet approved it,
which is not in force by that; talks were broken off, which ends no paper. Empty for what the stage's word says."""


@dataclass(frozen=True, slots=True)
class DateFact:
    """When the occasion was or will be, as told: `on` is the first day of what `precision` leaves open."""

    on: date
    precision: Precision
    span: Span


@dataclass(frozen=True, slots=True)
class Fact:
    """Something named in the item: `value` is its normal form (folded name, code of a place), `text` as it stands."""

    value: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Instrument:
    """One signed paper: `type` is a code (`treaty`, `agreement`, `memorandum`, `protocol`, `convention`, `notes`,
    `declaration`, `grant`, `loan`, `ceasefire`, `exchange`, `swap`, `other`), `subject` what it is about as told: it is
    compared, never shown."""

    type: str
    subject: str
    span: Span
    topic: str = ""
    """What it is about in a few English words that can be shown, or empty."""
    sectors: tuple[str, ...] = ()
    """The sectors that the words about it name."""
    several: bool = False
    """The item speaks of papers of this kind, and tells neither how many nor which."""
    parties: tuple[str, ...] = ()
    """The two bodies that it is between, where they are named beside it."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money named with the agreement: `value` in whole units of `currency` (ISO 4217, or empty where not told)."""

    value: float
    currency: str
    span: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """What merging needs of an item: merging reads these and never the text."""

    date: DateFact | None = None
    places: tuple[Fact, ...] = ()
    people: tuple[Fact, ...] = ()
    bodies: tuple[Fact, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    amounts: tuple[Amount, ...] = ()
    count: int | None = None
    """How many papers the item says were signed ('six agreements')."""
    days: frozenset[str] = frozenset()
    """Month and day of every date told ('05-28'), also without its year: some reports have only these."""
    words: frozenset[str] = frozenset()
    """Folded content words that characterise the item; compared between reports, never shown."""
    signature: int = 0
    """64-bit similarity hash of the text; copies of one wire text differ in few bits. 0 where the text is short."""
    how: How = ""
    """What there was short of the stage's own word."""
    agreed: bool = False
    """That the two came to terms, but no word of a signing: what was concluded in May may be signed in July."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the decision, for `pactwatch explain`: a named feature, its weight in the outcome, and where."""

    name: str
    weight: float
    detail: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What `classify` says of an item. `confidence` is the calibrated chance that stage and pairs are right."""

    agreement: Stage = Stage.NONE
    agreement_pairs: tuple[Pair, ...] = ()
    pairs: tuple[Pair, ...] = ()
    sectors: tuple[str, ...] = ()
    confidence: float = 0.0
    evidence: Evidence | None = None
    facts: Facts = field(default_factory=Facts)
    lang: str = "und"
    """ISO 639-1 code that the text was read in, detected where the feed did not tell or told wrongly."""
