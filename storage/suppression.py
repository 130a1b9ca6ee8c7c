"""Who gets no more mail, whatever the settings say. Addresses are kept as hashes only."""

import hashlib
from datetime import datetime

from sqlmodel import Session, col, delete, select

from storage.lookup import chunks
from storage.outbox_tables import DeliveryRow, DigestRow, SuppressionRow

UNSUBSCRIBED = "unsubscribed"
REFUSED = "refused"
FORGOTTEN = "forgotten"


def fold(address: str) -> str:
    """Hash of an address that is the same however it is written: scheme and letter case don't count."""
    plain = address.strip().removeprefix("mailto:").casefold()
    return hashlib.sha256(plain.encode()).hexdigest()


def suppress(session: Session, address: str, now: datetime, subscription: str = "", reason: str = UNSUBSCRIBED) -> bool:
    """Send nothing more to an address, of one subscription or (empty) of all; False where that was so already."""
    known = select(SuppressionRow).where(
        SuppressionRow.address_hash == fold(address), SuppressionRow.subscription == subscription
    )
    if session.exec(known).first():
        return False
    session.add(SuppressionRow(address_hash=fold(address), subscription=subscription, reason=reason, since=now))
    return True


def unsuppress(session: Session, address: str, subscription: str = "") -> int:
    """Lift a suppression; with an empty subscription all of that address. Returns how many were lifted."""
    lifted = delete(SuppressionRow).where(col(SuppressionRow.address_hash) == fold(address))
    if subscription:
        lifted = lifted.where(col(SuppressionRow.subscription).in_((subscription, "")))
    return session.exec(lifted).rowcount


def suppressed(session: Session) -> dict[tuple[str, str], str]:
    """All suppressions: (hash of the address, subscription or empty for all) to the reason."""
    rows = session.exec(select(SuppressionRow)).all()
    return {(row.address_hash, row.subscription): row.reason for row in rows}


def forget_address(session: Session, address: str) -> int:
    """Delete every delivery to an address, and what the digests that were for it told. Returns how many deliveries
    were deleted; copies that such digests sent to further addresses go with them."""
    rows = session.exec(select(DeliveryRow.id, DeliveryRow.digest_id, DeliveryRow.address, DeliveryRow.leading)).all()
    mine = [(number, digest, leading) for number, digest, written, leading in rows if fold(written) == fold(address)]
    for some in chunks(mine):
        copies = [number for number, _, leading in some if not leading]
        session.exec(delete(DeliveryRow).where(col(DeliveryRow.id).in_(copies)))
        own = [digest for _, digest, leading in some if leading]
        session.exec(delete(DigestRow).where(col(DigestRow.id).in_(own)))
    return len(mine)
