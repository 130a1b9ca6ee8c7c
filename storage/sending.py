"""The protocol of one delivery: begun, in doubt, then sent, deferred, refused or uncertain.

A delivery is begun, and put in `doubt` after the server's 354 and before the first byte of the body; from there only
the server's answer takes it further. A crash before the doubt costs nothing, one within it a single repeat of the
same bytes, a second one leaves the delivery `uncertain`: its agreements then come back in the next digest.
The session comes in; transactions are the caller's, one for each step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.orm import defer as later
from sqlmodel import Session, col, or_, select, update

from storage.outbox_tables import DeliveryRow, DigestRow, ToldRow
from storage.suppression import REFUSED, suppress

FIRST_PAUSE = timedelta(minutes=30)
"""RFC 5321 4.5.4.1: the first retry no earlier than half an hour after the failure."""
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP = timedelta(days=5)
DOUBT_PAUSE = timedelta(minutes=15)
REFUSALS = 3
"""Permanent refusals in a row after which an address gets no more mail until `resubscribe`."""
OPEN = ("queued", "sending", "doubt", "deferred")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery that was begun."""

    id: int
    subscription: str
    address: str
    channel: str
    message_id: str
    body: bytes
    attempts: int
    doubts: int


def recover(session: Session, now: datetime) -> None:
    """Settle what a crash left behind. Call it only where no other process delivers (under the lease).

    Begun but not in doubt: nothing was accepted, it is queued again. Twice in doubt: uncertain. Too old: expired.
    """
    session.exec(update(DeliveryRow).where(col(DeliveryRow.state) == "sending").values(state="queued", changed=now))
    for row in session.exec(select(DeliveryRow).where(DeliveryRow.state == "doubt", DeliveryRow.doubts >= 2)).all():
        _close(session, row, "uncertain", now, row.error or "the program ended twice before the server's answer")
    old = select(DeliveryRow).join(DigestRow).where(DigestRow.composed < now - GIVE_UP)
    for row in session.exec(old.where(col(DeliveryRow.state).in_(OPEN))).all():
        _close(session, row, "uncertain" if row.doubts else "expired", now, row.error or "not sent within five days")


def due(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Ids and channels of the deliveries to try now, oldest first."""
    waiting = or_(col(DeliveryRow.next_try).is_(None), col(DeliveryRow.next_try) <= now)
    rows = session.exec(
        select(DeliveryRow.id, DeliveryRow.channel)
        .where(col(DeliveryRow.state).in_(("queued", "deferred", "doubt")), waiting)
        .order_by(col(DeliveryRow.id))
    ).all()
    return [(id, channel) for id, channel in rows if id is not None]


def begin(session: Session, delivery: int, now: datetime) -> Outgoing | None:
    """Claim a delivery; None where it is no longer to be tried. Its doubts stay counted."""
    claimed = session.exec(
        update(DeliveryRow)
        .where(col(DeliveryRow.id) == delivery, col(DeliveryRow.state).in_(("queued", "deferred", "doubt")))
        .values(state="sending", attempts=DeliveryRow.attempts + 1, changed=now)
    )
    if not claimed.rowcount:
        return None
    row, digest = session.exec(select(DeliveryRow, DigestRow).join(DigestRow).where(DeliveryRow.id == delivery)).one()
    return Outgoing(
        delivery, digest.subscription, row.address, row.channel, digest.message_id, row.body, row.attempts, row.doubts
    )


def doubt(session: Session, delivery: int, now: datetime) -> None:
    """From here on the outcome is unknown until the server answers; commit before the body is sent."""
    row = _row(session, delivery)
    row.state, row.doubts, row.next_try, row.changed = "doubt", row.doubts + 1, now + DOUBT_PAUSE, now
    session.add(row)


def sent(session: Session, delivery: int, now: datetime) -> None:
    """The server took it."""
    _close(session, _row(session, delivery), "sent", now, "")


def defer(session: Session, delivery: int, now: datetime, error: str) -> datetime:
    """The server, or the way to it, said 'not now': when the next attempt is due. Takes back the doubt, if any."""
    row = _row(session, delivery)
    if row.state == "doubt":
        row.doubts -= 1
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(max(row.attempts - 1, 0), 10), LONGEST_PAUSE)
    row.state, row.next_try, row.changed, row.error = "deferred", now + pause, now, error
    session.add(row)
    return now + pause


def hold(session: Session, deliveries: Iterable[int], now: datetime, until: datetime, error: str) -> None:
    """Put deliveries off that were not even tried, since the server can't be used: no attempt is counted."""
    for delivery in deliveries:
        row = _row(session, delivery)
        row.next_try, row.changed, row.error = until, now, error
        session.add(row)


def refuse(session: Session, delivery: int, now: datetime, error: str) -> bool:
    """The server said 'never'. True where this address was refused so often that it gets no more mail."""
    row = _row(session, delivery)
    _close(session, row, "refused", now, error)
    session.flush()
    last = session.exec(
        select(DeliveryRow.state)
        .where(DeliveryRow.address == row.address, col(DeliveryRow.state).not_in(OPEN))
        .order_by(col(DeliveryRow.id).desc())
        .limit(REFUSALS)
    ).all()
    paused = row.channel == "mailto" and list(last) == ["refused"] * REFUSALS
    if paused:
        suppress(session, row.address, now, reason=REFUSED)
    return paused


def unsure(session: Session, delivery: int, now: datetime, error: str) -> str:
    """The body went out and no answer came back: one repeat after a quarter of an hour, then uncertain."""
    row = _row(session, delivery)
    if row.doubts >= 2:
        _close(session, row, "uncertain", now, error)
    else:
        row.state, row.next_try, row.changed, row.error = "doubt", now + DOUBT_PAUSE, now, error
        session.add(row)
    return row.state


def drop(session: Session, delivery: int, now: datetime, why: str) -> None:
    """Don't send it: the address was unsubscribed or is no longer in the settings."""
    _close(session, _row(session, delivery), "dropped", now, why)


def sent_since(session: Session, channel: str, since: datetime) -> int:
    """How many deliveries of a channel went out since then, for limits per hour."""
    count = select(func.count()).select_from(DeliveryRow)
    return session.exec(
        count.where(DeliveryRow.channel == channel, DeliveryRow.state == "sent", DeliveryRow.changed > since)
    ).one()


_FATE = {"sent": "delivered", "uncertain": "uncertain"}


def _close(session: Session, row: DeliveryRow, state: str, now: datetime, error: str) -> None:
    """End a delivery; the leading one decides its digest's fate, and what did not arrive no longer stands as told."""
    row.state, row.next_try, row.changed, row.error = state, None, now, error
    session.add(row)
    if not row.leading:
        return
    fate = _FATE.get(state, "failed")
    session.exec(update(DigestRow).where(col(DigestRow.id) == row.digest_id).values(state=fate))
    if fate != "delivered":
        session.exec(update(ToldRow).where(col(ToldRow.digest_id) == row.digest_id).values(standing=False))


def _row(session: Session, delivery: int) -> DeliveryRow:
    """Without the body, which never changes."""
    return session.get_one(DeliveryRow, delivery, options=[later(DeliveryRow.body)])  # type: ignore[arg-type]
