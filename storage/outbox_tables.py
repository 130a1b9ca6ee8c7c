"""Tables of what is told: digests, what each of them told, their deliveries, and who wants no more mail.

Constraints do the counting: one digest per subscription and slot, one under way per subscription, one standing
telling per subscription and agreement, one delivery per digest and address.
"""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class DigestRow(SQLModel, table=True):
    """One digest, alert, correction or empty slot of one subscription, frozen when it was composed."""

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("subscription", "slot", name="digest_once_per_slot"),
        Index(
            "digest_one_under_way",
            "subscription",
            unique=True,
            sqlite_where=text("state = 'under_way' AND kind = 'digest'"),
            postgresql_where=text("state = 'under_way' AND kind = 'digest'"),
        ),
        Index("digest_windows", "subscription", "until"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscription: str
    slot: str
    """What makes it one of a kind: a local date (`2026-11-23`), a UTC time by hand and for alerts, `fix KEY TIME`."""
    kind: str
    """`digest` (alerts too) or `correction`."""
    state: str
    """`under_way`, `delivered`, `uncertain` (may have arrived), `failed` (did not), `empty` (nothing was new)."""
    since: datetime
    until: datetime
    composed: datetime
    message_id: str = Field(index=True)
    subject: str


class ToldRow(SQLModel, table=True):
    """That a digest told its subscriber of an agreement as it then stood (or of a feed: key `feed <key>`)."""

    __tablename__ = "told"
    __table_args__ = (
        UniqueConstraint("digest_id", "key", name="told_once_per_digest"),
        Index(
            "told_one_standing",
            "subscription",
            "key",
            unique=True,
            sqlite_where=text("standing"),
            postgresql_where=text("standing"),
        ),
        Index("told_by_key", "key", "subscription"),
    )

    id: int | None = Field(default=None, primary_key=True)
    digest_id: int = Field(foreign_key="digest.id", ondelete="CASCADE")
    subscription: str
    key: str
    stage: str
    mark: str
    """Stage, date and parties as told; the agreement comes back only when these differ."""
    standing: bool = True
    """False once a later digest told it anew, or its digest did not surely arrive."""


class DeliveryRow(SQLModel, table=True):
    """One digest on its way to one address; `body` is what is sent, byte for byte, on every attempt."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("digest_id", "address", name="delivery_once_per_address"),
        Index("delivery_due", "state", "next_try"),
        Index("delivery_by_address", "address"),
    )

    id: int | None = Field(default=None, primary_key=True)
    digest_id: int = Field(foreign_key="digest.id", ondelete="CASCADE")
    address: str
    """As the settings name it: a secret address stays `env:NAME`."""
    channel: str
    """`mailto`, `file`, `https`, `apprise`."""
    leading: bool = True
    """Whether this delivery decides if the digest arrived; further channels only carry copies."""
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = "queued"
    attempts: int = 0
    doubts: int = 0
    """Attempts whose outcome is unknown: the body was being sent and no answer was read."""
    next_try: datetime | None = None
    changed: datetime
    error: str = ""


class SuppressionRow(SQLModel, table=True):
    """An address that gets no mail, whatever the settings say; kept as a hash, for all lists or for one."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("address_hash", "subscription", name="suppression_once"),)

    id: int | None = Field(default=None, primary_key=True)
    address_hash: str
    subscription: str = ""
    """Name of the one subscription it is about, or empty for all."""
    reason: str
    """`unsubscribed`, or `refused` after several permanent refusals in a row."""
    since: datetime
