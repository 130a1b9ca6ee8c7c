"""What a reader gets, in words, before it becomes HTML and text: `Digest` and its parts. Frozen, and complete: the
templates add no word that depends on data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.outbox import Telling


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere; without `url` they are only words."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet's report: its own address, its language, whether a government speaks."""

    outlet: str
    url: str
    host: str
    """Shown where the outlet's name does not tell it; else empty."""
    lang: str
    lang_name: str
    official: bool
    tells: str = ""
    """What it tells of where that is not the present stage, or what it says otherwise: 'the signing', '18 Oct 2025'."""

    @property
    def tags(self) -> str:
        """'es, official, on the signing': what stands behind its name."""
        return ", ".join(part for part in (self.lang, "official" if self.official else "", self.tells) if part)


@dataclass(frozen=True, slots=True)
class Quote:
    """The one sentence that proves the stage, character for character as stored."""

    sentence: str
    lang: str
    direction: str
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many agreements of a stage a digest tells: '3 signed' with the stage's mark."""

    stage: str
    mark: str
    text: str
    first: str = ""
    """Key of the first of them, in an issue so long that one jumps there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An agreement in the index: mark, both names, and (in short digests) what it is about."""

    key: str
    stage: str
    mark: str
    word: str
    names: str
    about: str
    url: str
    """Its page; empty without an archive site."""
    is_lone: bool
    """Reported by one outlet only."""


@dataclass(frozen=True, slots=True)
class Group:
    """The agreements of one stage and field in the index, the surest first; without `label` the only group."""

    label: str
    entries: tuple[Entry, ...]
    count: int = 0
    stage: str = ""
    mark: str = ""
    word: str = ""
    """Stage of all its entries, where it has a label."""
    left: Link | None = None
    """'12 more', and where these stand."""


@dataclass(frozen=True, slots=True)
class Item:
    """One agreement as a digest tells it."""

    key: str
    codes: str
    names: str
    """Empty where the title names both."""
    title: str
    short: str
    url: str
    stage: str
    word: str
    mark: str
    when: str
    what: str
    """Instruments, sectors and sums, as far as the title does not say them."""
    before: str
    """The stage before and since when, with its mark, or that none was known."""
    notes: tuple[str, ...]
    """Why it comes back, what contradicts it."""
    quote: Quote | None
    sources: tuple[Source, ...]
    more: Link | None
    confidence: str
    sure: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: what stands before it, whose it is, what it says, and how we know."""

    lead: str
    codes: str
    text: str
    then: str = ""
    """What follows the text and is no link."""
    note: str = ""
    url: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with full items."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A heading with rows; `before` stands above them, `after` leads on."""

    title: str
    rows: tuple[Row, ...]
    total: int = 0
    """How many there are, shown or not."""
    before: str = ""
    after: Link | None = None
    left: Link | None = None
    """'and 12 more', and where these stand."""


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom it goes, and how it can be stopped. `post_url` takes the POST of RFC 8058."""

    name: str
    mailbox: str = ""
    post_url: str = ""
    unsubscribe_mailto: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """One issue for one subscription."""

    kind: Literal["digest", "correction", "empty"]
    slot: str
    since: datetime
    until: datetime
    subject: str
    head: str
    lead: str
    meta: str
    browser: str
    """Address of the same in the archive, or empty."""
    counts: tuple[Count, ...]
    """The head where agreements are told: how many of each stage."""
    index: tuple[Group, ...]
    top: tuple[Link, ...]
    """What can be done, in few words for the first lines."""
    parts: tuple[Part, ...]
    listings: tuple[Listing, ...]
    coverage: str
    why: str
    actions: tuple[Link, ...]
    foot: tuple[str, ...]
    reader: Reader
    message_id: str
    answers: str = ""
    """Message-ID of the issue that a correction corrects."""
    tellings: tuple[Telling, ...] = ()

    @property
    def tail(self) -> str:
        """What the head says beside the counts."""
        return self.head.removeprefix(", ".join(count.text for count in self.counts))

    @property
    def total(self) -> str:
        """'58 agreements: ' before the counts of an issue so long that these are links."""
        return f"{len(self.items):,} agreements: " if any(count.first for count in self.counts) else ""

    @property
    def items(self) -> tuple[Item, ...]:
        """All full items, in the order of reading."""
        return tuple(item for part in self.parts for item in part.items)
