"""The tables. No `from __future__ import annotations` here: SQLModel reads the annotations at run time.

Doubling is made impossible by keys, not by care: an item by `item.identity`, a telling by the key of `coverage`
(one item tells of one agreement per pair), an agreement's name by `alias.key`. Whatever a publisher may make long
(guids, links) is indexed by a 16-byte hash only. Times are aware UTC. Rows are never deleted but by retention.
"""

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
NO_DAY: Final = datetime.min.replace(tzinfo=UTC)
"""What `agreement.latest` holds where no day is known: last in every list, and in the span of no filter."""


def table(model: type[SQLModel]) -> Table:
    """The plain table behind a model, for statements over many rows."""
    return metadata.tables[str(model.__tablename__)]


def _json(nullable: bool = True) -> Any:
    return Column(JSON(none_as_null=True), nullable=nullable)


def _hash(index: bool = False) -> Any:
    return Column(LargeBinary(16), nullable=False, index=index)


def _text() -> Any:
    return Column(Text, nullable=False, server_default="")


def _later_row() -> Any:
    """A key that is checked at the commit, as the row it names may be written after."""
    key = ForeignKey("agreement.id", deferrable=True, initially="DEFERRED")
    return Column(Integer, key, nullable=True, index=True)


class Meta(SQLModel, table=True):
    """Single values about the database itself (who wrote it last, how far a backfill came)."""

    key: str = Field(primary_key=True)
    value: str


class Source(SQLModel, table=True):
    """A feed and what we remember of its server: `remembered` is `feeds.Remembered` whole, the rest is for queries."""

    key: str = Field(primary_key=True)
    outlet: str
    voice: str
    country: str = ""
    lang: str = ""
    url: str = Field(default="", sa_column=_text())
    kind: str = "other"
    official: str = ""
    watched: bool = True
    remembered: dict[str, Any] | None = Field(default=None, sa_column=_json())
    state: str = "new"
    since: datetime | None = None
    detail: str = Field(default="", sa_column=_text())
    last_ok: datetime | None = None
    last_new: datetime | None = None
    next_poll: datetime | None = None
    failures: int = 0
    entries: int = 0
    told: datetime | None = None


class Poll(SQLModel, table=True):
    """One reading of a feed: its history, cut by retention."""

    __table_args__ = (Index(None, "source", "at"), Index(None, "at"))
    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(foreign_key="source.key")
    at: datetime
    outcome: str
    detail: str = Field(default="", sa_column=_text())
    entries: int = 0
    new: int = 0


class Version(SQLModel, table=True):
    """A version of lexicon and weights (`classify.VERSION`) that some item's labels come from."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Item(SQLModel, table=True):
    """An entry kept with its labels. The first text stays; an edit is a `Revision`.

    `identity` hashes all names together and is unique; the single names (see `feeds.identity`) find an item again.
    `tell` is False for what is stored and merged but mailed to no one; `always` marks seed articles; `revises` and
    `changed` mark an item that is an altered text of an older one with another stage.
    """

    __table_args__ = (
        UniqueConstraint("identity"),
        Index(None, "published"),
        Index(None, "seen"),
        Index(None, "version", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    identity: bytes = Field(sa_column=_hash())
    guid_key: bytes = Field(default=b"", sa_column=_hash(index=True))
    link_key: bytes = Field(default=b"", sa_column=_hash(index=True))
    title_key: bytes = Field(default=b"", sa_column=_hash(index=True))
    text_key: bytes = Field(default=b"", sa_column=_hash())
    source: str = Field(foreign_key="source.key", index=True)
    outlet: str = ""
    lang: str = ""
    title: str = Field(default="", sa_column=_text())
    text: str = Field(default="", sa_column=_text())
    url: str = Field(default="", sa_column=_text())
    published: datetime | None = None
    seen: datetime
    tell: bool = True
    always: bool = False
    changed: bool = False
    revises: int | None = Field(default=None, foreign_key="item.id")
    cut: bool = False
    """Its text was removed by retention, so it can't be read again."""
    stage: str = "none"
    confidence: float = 0.0
    version: int = Field(foreign_key="version.id")


class Revision(SQLModel, table=True):
    """A later wording of an item, with its own names, so that it is known again too."""

    __table_args__ = (UniqueConstraint("item", "title_key", "text_key"),)
    id: int | None = Field(default=None, primary_key=True)
    item: int = Field(foreign_key="item.id")
    guid_key: bytes = Field(default=b"", sa_column=_hash(index=True))
    link_key: bytes = Field(default=b"", sa_column=_hash(index=True))
    title_key: bytes = Field(default=b"", sa_column=_hash(index=True))
    text_key: bytes = Field(default=b"", sa_column=_hash())
    at: datetime
    title: str = Field(default="", sa_column=_text())
    text: str = Field(default="", sa_column=_text())
    url: str = Field(default="", sa_column=_text())
    published: datetime | None = None


class LabelsRow(SQLModel, table=True):
    """Evidence and facts of an item that is about two countries; items without a pair have no row here."""

    __tablename__ = "labels"
    item: int = Field(foreign_key="item.id", primary_key=True)
    evidence: dict[str, Any] | None = Field(default=None, sa_column=_json())
    facts: dict[str, Any] | None = Field(default=None, sa_column=_json())


class ItemPair(SQLModel, table=True):
    """A country pair that an item is about, with the stage that it tells of for the pair, `none` where it only is
    about the two. A person's corrections are written here, so that merging sees them."""

    __tablename__ = "item_pair"
    __table_args__ = (CheckConstraint("a < b", name="sorted"), Index(None, "a", "b", "stage", "item"))
    item: int = Field(foreign_key="item.id", primary_key=True)
    a: str = Field(primary_key=True, max_length=2)
    b: str = Field(primary_key=True, max_length=2)
    stage: str = "none"


class ItemSector(SQLModel, table=True):
    """A sector that an item names."""

    __tablename__ = "item_sector"
    __table_args__ = (Index(None, "sector", "item"),)
    item: int = Field(foreign_key="item.id", primary_key=True)
    sector: str = Field(primary_key=True)


class AgreementRow(SQLModel, table=True):
    """One real-world agreement: what `cover` computed from all reports and a person's decisions.

    `live` is False where the row became part of another (`merged_into`) or lost its last report; such rows stay, since
    their names were handed out. `rejected` holds the reason of the person who withdrew it.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("a < b", name="sorted"),
        UniqueConstraint("key"),
        Index(None, "a", "b", "live", "latest"),
        Index(None, "b", "live", "latest"),
        Index(None, "live", "latest"),
        Index(None, "stage", "live", "latest"),
        Index(None, "planned_on"),
        Index(None, "modified"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    a: str = Field(max_length=2)
    b: str = Field(max_length=2)
    title: str = Field(default="", sa_column=_text())
    stage: str
    stages: list[Any] = Field(default_factory=list, sa_column=_json(nullable=False))
    place: str = ""
    papers: list[Any] = Field(default_factory=list, sa_column=_json(nullable=False))
    confidence: float = 0.0
    reason: str = Field(default="", sa_column=_text())
    outlets: int = 0
    officials: list[Any] = Field(default_factory=list, sa_column=_json(nullable=False))
    disputed: list[Any] = Field(default_factory=list, sa_column=_json(nullable=False))
    count: int | None = None
    people: list[Any] = Field(default_factory=list, sa_column=_json(nullable=False))
    bodies: list[Any] = Field(default_factory=list, sa_column=_json(nullable=False))
    first_seen: datetime
    modified: datetime
    latest: datetime
    """When its newest stage happened or was reported, `NO_DAY` where neither is known; the order of lists."""
    planned_on: date | None = None
    signed_on: date | None = None
    overdue: bool = False
    told: str = ""
    """The stage that readers were last told of, or empty."""
    live: bool = True
    merged_into: int | None = Field(default=None, sa_column=_later_row())
    rejected: str = Field(default="", sa_column=_text())


class AgreementSector(SQLModel, table=True):
    """A sector that an agreement covers."""

    __tablename__ = "agreement_sector"
    __table_args__ = (Index(None, "sector", "agreement"),)
    agreement: int = Field(foreign_key="agreement.id", primary_key=True)
    sector: str = Field(primary_key=True)


class CoverageRow(SQLModel, table=True):
    """A report: this item tells, for this pair, of that agreement; of none where it is not read so any more.

    `origin` is the agreement that it first was put under, so that a record that is split again, or whose reports come
    back, gets its old name back.
    """

    __tablename__ = "coverage"
    __table_args__ = (CheckConstraint("a < b", name="sorted"), Index(None, "agreement"))
    item: int = Field(foreign_key="item.id", primary_key=True)
    a: str = Field(primary_key=True, max_length=2)
    b: str = Field(primary_key=True, max_length=2)
    agreement: int | None = Field(default=None, foreign_key="agreement.id")
    origin: int = Field(foreign_key="agreement.id")
    occasion: str = ""
    stage: str
    copy_of: int | None = Field(default=None, foreign_key="item.id")


class Alias(SQLModel, table=True):
    """Every name ever handed out, the present ones too, so that none is given twice."""

    key: str = Field(primary_key=True)
    agreement: int = Field(foreign_key="agreement.id", index=True)


class ChangeRow(SQLModel, table=True):
    """The record of changes of an agreement. `id` grows in the order of commits: it is what windows count by."""

    __tablename__ = "change"
    __table_args__ = (Index(None, "agreement"), Index(None, "at"))
    id: int | None = Field(default=None, primary_key=True)
    agreement: int = Field(foreign_key="agreement.id")
    at: datetime
    kind: str
    before: str = Field(default="", sa_column=_text())
    after: str = Field(default="", sa_column=_text())
    note: str = Field(default="", sa_column=_text())
    by: str = ""
    tell: bool = True


class Decision(SQLModel, table=True):
    """What a person decided, tied to items, which stay while records come and go. `values` are the labels it sets."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    by: str
    kind: str
    note: str = Field(default="", sa_column=_text())
    values: dict[str, Any] | None = Field(default=None, sa_column=_json())
    undone: datetime | None = None


class DecisionItem(SQLModel, table=True):
    """A telling that a decision speaks of; `part` numbers the sides of a split."""

    __tablename__ = "decision_item"
    decision: int = Field(foreign_key="decision.id", primary_key=True)
    item: int = Field(foreign_key="item.id", primary_key=True, index=True)
    a: str = Field(primary_key=True, max_length=2)
    b: str = Field(primary_key=True, max_length=2)
    part: int = 0


class PendingPair(SQLModel, table=True):
    """A pair whose items are stored and wait to be merged: a backfill merges at its end."""

    __tablename__ = "pending_pair"
    a: str = Field(primary_key=True, max_length=2)
    b: str = Field(primary_key=True, max_length=2)


class Lease(SQLModel, table=True):
    """Who runs now. Taken over when its process is gone or its heartbeat is old."""

    name: str = Field(primary_key=True)
    owner: str
    what: str = ""
    host: str
    pid: int
    started: str = ""
    since: datetime
    heartbeat: datetime
