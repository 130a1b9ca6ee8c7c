"""What is told, and how it goes out so that nothing is lost and nothing doubled.

A digest, what it tells and its deliveries are staged in one transaction; `storage.sending` takes the deliveries from
there. The session comes in; transactions are the caller's.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, insert
from sqlmodel import Session, col, select, update

from storage.loading import load
from storage.outbox_tables import DeliveryRow, DigestRow, ToldRow
from storage.records import Agreement
from storage.tables import AgreementRow

REMEMBERED = timedelta(days=70)
"""How far back slots are looked at; the longest rhythm is a month."""

MANY = 500
"""Values in one IN list."""


@dataclass(frozen=True, slots=True)
class Telling:
    """That a digest tells its subscriber of an agreement (or feed) as it now stands; see `ToldRow`."""

    key: str
    stage: str
    mark: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One rendered body for one address, as the settings name it (`env:NAME` stays unread)."""

    address: str
    channel: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Staged:
    """A composed digest with all that has to be stored in the same transaction. `letters[0]` decides its fate."""

    subscription: str
    slot: str
    since: datetime
    until: datetime
    message_id: str = ""
    subject: str = ""
    kind: str = "digest"
    tellings: tuple[Telling, ...] = ()
    letters: tuple[Letter, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a subscriber was told of an agreement last, and whether it arrived."""

    key: str
    stage: str
    mark: str
    state: str
    """State of the digest: `under_way`, `delivered` or `uncertain`."""
    message_id: str
    slot: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subscription stands: its beginning, the end of its last window, its slots of late, and whether a digest
    is under way."""

    began: datetime
    """Where the first window begins."""
    seen: datetime
    """When the subscription was first looked at."""
    until: datetime | None = None
    slots: frozenset[str] = field(default_factory=frozenset)
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery that did not go as it should, for the operator: no address in it."""

    subscription: str
    slot: str
    channel: str
    state: str
    attempts: int
    error: str
    changed: datetime


def standings(session: Session, now: datetime) -> dict[str, Standing]:
    """Where each subscription stands that ever had a slot.

    Windows that end after `now` were made while the clock was wrong: they open no gap and bar no date before them.
    """
    mine = col(DigestRow.kind) == "digest"
    counting = mine & col(DigestRow.state).in_(("under_way", "delivered")) & (col(DigestRow.until) <= now)
    firsts = select(DigestRow.subscription, func.min(DigestRow.since), func.min(DigestRow.until)).where(mine)
    began = {name: (since, seen) for name, since, seen in session.exec(firsts.group_by(DigestRow.subscription)).all()}
    last = select(DigestRow.subscription, func.max(DigestRow.until)).where(counting)
    ends = dict(session.exec(last.group_by(DigestRow.subscription)).all())
    slots: dict[str, set[str]] = defaultdict(set)
    under_way = set()
    late = mine & ((col(DigestRow.until) > now - REMEMBERED) | (col(DigestRow.state) == "under_way"))
    for name, slot, state in session.exec(
        select(DigestRow.subscription, DigestRow.slot, DigestRow.state).where(late)
    ).all():
        slots[name].add(slot)
        if state == "under_way":
            under_way.add(name)
    return {
        name: Standing(since, seen, ends.get(name), frozenset(slots[name]), name in under_way)
        for name, (since, seen) in began.items()
    }


def told(session: Session, subscription: str, keys: Collection[str]) -> dict[str, Told]:
    """What a subscriber was told last of each of these, what surely did not arrive left out."""
    found: dict[str, Told] = {}
    asked = sorted(keys)
    for start in range(0, len(asked), MANY):
        rows = session.exec(
            select(ToldRow, DigestRow)
            .join(DigestRow)
            .where(
                ToldRow.subscription == subscription,
                DigestRow.state != "failed",
                col(ToldRow.key).in_(asked[start : start + MANY]),
            )
            .order_by(col(ToldRow.id))
        )
        found.update({t.key: Told(t.key, t.stage, t.mark, d.state, d.message_id, d.slot) for t, d in rows})
    return found


def candidates(session: Session, since: datetime) -> list[Agreement]:
    """Agreements that were touched in any way after `since`: what may have to be told, if only for one more source."""
    rows = session.exec(select(AgreementRow).where(AgreementRow.modified > since).order_by(col(AgreementRow.key)))
    return load(session, rows.all())


def stage(session: Session, staged: Staged, now: datetime) -> int | None:
    """Store a composed digest with its deliveries; None where its slot is taken or another one is under way.

    Without letters it is an empty slot: nothing was new, and the window stays open.
    """
    if _taken(session, staged):
        return None
    digest = DigestRow(
        subscription=staged.subscription,
        slot=staged.slot,
        kind=staged.kind,
        state="under_way" if staged.letters else "empty",
        since=staged.since,
        until=staged.until,
        composed=now,
        message_id=staged.message_id,
        subject=staged.subject,
    )
    session.add(digest)
    session.flush()
    assert digest.id is not None
    _tell(session, digest.id, staged)
    for place, letter in enumerate(staged.letters):
        session.add(
            DeliveryRow(
                digest_id=digest.id,
                address=letter.address,
                channel=letter.channel,
                leading=place == 0,
                body=letter.body,
                changed=now,
            )
        )
    session.flush()
    return digest.id


def _taken(session: Session, staged: Staged) -> bool:
    rows = select(DigestRow.id).where(DigestRow.subscription == staged.subscription)
    if session.exec(rows.where(DigestRow.slot == staged.slot)).first():
        return True
    if staged.kind != "digest" or not staged.letters:
        return False
    return session.exec(rows.where(DigestRow.state == "under_way", DigestRow.kind == "digest")).first() is not None


def _tell(session: Session, digest_id: int, staged: Staged) -> None:
    keys = [t.key for t in staged.tellings]
    for start in range(0, len(keys), MANY):
        session.exec(
            update(ToldRow)
            .where(
                col(ToldRow.subscription) == staged.subscription,
                col(ToldRow.key).in_(keys[start : start + MANY]),
                col(ToldRow.standing),
            )
            .values(standing=False)
        )
    if staged.tellings:
        ours = {"digest_id": digest_id, "subscription": staged.subscription, "standing": True}
        rows = [{**ours, "key": t.key, "stage": t.stage, "mark": t.mark} for t in staged.tellings]
        session.execute(insert(ToldRow), rows)


def troubles(session: Session, since: datetime) -> list[Trouble]:
    """Deliveries since then that wait for a further attempt, failed or are uncertain, newest first."""
    named = ("deferred", "doubt", "refused", "uncertain", "expired")
    rows = session.exec(
        select(DeliveryRow, DigestRow)
        .join(DigestRow)
        .where(col(DeliveryRow.state).in_(named), DeliveryRow.changed > since)
        .order_by(col(DeliveryRow.changed).desc())
    ).all()
    return [Trouble(d.subscription, d.slot, r.channel, r.state, r.attempts, r.error, r.changed) for r, d in rows]
