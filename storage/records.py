"""What the other rooms see of the store: plain frozen records, read whole, without a session behind them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from classify.model import Evidence, How, Pair, Precision, Stage


@dataclass(frozen=True, slots=True)
class Report:
    """One item's telling of an agreement."""

    item: int
    outlet: str
    voice: str
    """Whose voice it is: the feed's owner, else the outlet."""
    country: str
    lang: str
    title: str
    url: str
    """Absolute http(s) address, or empty."""
    published: datetime | None
    seen: datetime
    stage: Stage
    evidence: Evidence | None
    confidence: float
    official: str = ""
    """Code of the country whose government published it, or empty."""
    copy_of: int | None = None
    """Item of which this is a copy (wire text); copies raise no confidence."""
    changed: bool = False
    """The item's text was replaced after we first read it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One instrument of an agreement as its best source tells it."""

    type: str
    subject: str
    stage: Stage
    bodies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    amount: float | None = None
    currency: str = ""
    several: bool = False
    """It stands for papers of this kind that no report tells one by one or by number."""


@dataclass(frozen=True, slots=True)
class StageDate:
    """A stage that the agreement reached: `on` as told (None where no report tells), `reported` when first seen."""

    stage: Stage
    on: date | None
    precision: Precision | None
    reported: datetime
    how: How = ""
    """What it was short of the stage's own word: ratified by one side, approved, talks broken off."""


ChangeKind = Literal[
    "new", "stage", "date", "parties", "merged", "split", "rejected", "restored", "corrected", "overdue"
]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of an agreement's record of changes; `before` and `after` are printable, `by` names a person or ''."""

    at: datetime
    kind: ChangeKind
    before: str = ""
    after: str = ""
    note: str = ""
    by: str = ""
    tell: bool = True
    """False for what is stored and shown but mailed to no one (backfill, old news, reclassification)."""
    number: int = 0
    """Grows in the order in which changes were committed, over all agreements: a window that begins where the last one
    ended misses nothing, whatever the clocks say."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One real-world agreement with all that is known of it; the unit of digests, pages and exports."""

    key: str
    """Permanent readable id, `kz-rw-2025-05`, with `-2`, `-3` where a month has several."""
    pair: Pair
    title: str
    """English, made of facts: 'Kazakhstan and Rwanda sign six agreements in Astana'."""
    stage: Stage
    stages: tuple[StageDate, ...]
    """In order of time; the last one of them need not be the furthest."""
    place: str
    sectors: tuple[str, ...]
    papers: tuple[Paper, ...]
    reports: tuple[Report, ...]
    """Official ones first, then by time of publication, or else of being seen."""
    confidence: float
    reason: str
    """Who bears it out, in English: 'the government of Rwanda and 3 independent outlets report it'."""
    outlets: int
    """Independent voices; copies count once."""
    officials: tuple[str, ...]
    """Codes of the governments that report it themselves."""
    changes: tuple[Change, ...]
    first_seen: datetime
    changed: datetime
    overdue: bool = False
    """A planned signing whose date passed without a report."""
    rejected: str = ""
    """Why a person withdrew it, or empty."""
    merged_into: str = ""
    """Key of the record that this one became part of, or empty."""
    aliases: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    """Claims of a minority of the reports that contradict the record, printable."""
    count: int | None = None
    """How many papers were signed as the reports say; `papers` holds those that they name."""
    people: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    """Persons and bodies that the best sources name with the signing, the most often named first."""

    @property
    def voices(self) -> int:
        """Independent voices that tell of the present stage: outlets and governments."""
        return self.outlets + len(self.officials)

    @property
    def is_lone(self) -> bool:
        """Whether a single outlet reports it, and no government: nothing confirms it."""
        return self.outlets <= 1 and not self.officials

    @property
    def evidence(self) -> Report | None:
        """The report whose sentence proves the present stage: official first, else the earliest original."""
        fitting = [r for r in self.reports if r.evidence and r.stage == self.stage and r.copy_of is None]
        return fitting[0] if fitting else next((r for r in self.reports if r.evidence), None)

    def date_of(self, stage: Stage) -> StageDate | None:
        """The first entry for a stage, or None where the agreement has not reached it."""
        return next((s for s in self.stages if s.stage == stage), None)


FeedState = Literal["new", "fine", "quiet", "failing", "moved", "gone", "undated", "not a feed", "off"]


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed fares, for people: `since` is when the state began, `told` when a digest last named it."""

    key: str
    outlet: str
    country: str
    lang: str
    url: str
    state: FeedState
    since: datetime | None = None
    detail: str = ""
    last_ok: datetime | None = None
    last_new: datetime | None = None
    next_poll: datetime | None = None
    failures: int = 0
    entries: int = 0
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a window rests on, for the digest's one line: feeds read of feeds watched, entries, items about two
    countries, agreements."""

    feeds_watched: int = 0
    feeds_read: int = 0
    entries: int = 0
    bilateral: int = 0
    agreements: int = 0
    weeks: tuple[int, ...] = field(default_factory=tuple)
    """New agreements of each of the last 12 weeks, oldest first."""
