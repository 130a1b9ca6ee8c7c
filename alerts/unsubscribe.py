"""Signed tokens by which a reader stops one subscription: opaque, without personal data, the same for ever."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alerts.address import AddressError, resolve
from alerts.subscription import Subscription

LENGTH = 24
"""Characters of a token: 144 bits."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is."""

    subscription: str
    mailbox: str


def token(secret: str, subscription: str, mailbox: str) -> str:
    """The token of one reader and list."""
    if not secret:
        raise ValueError("unsubscribe tokens need a secret")
    message = "\0".join(("unsubscribe", subscription, mailbox.casefold())).encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")[:LENGTH]


def holders(secret: str, subscriptions: Iterable[Subscription], environ: Mapping[str, str]) -> dict[bytes, Holder]:
    """Every reader by the hash of the token, so that a look-up tells nothing by its time."""
    found = {}
    for subscription in subscriptions:
        for address in subscription.addresses:
            try:
                target = resolve(address, environ)
            except AddressError:
                continue
            if target.channel == "mailto":
                holder = Holder(subscription.name, target.where)
                found[_hash(token(secret, subscription.name, target.where))] = holder
    return found


def holder_of(known: Mapping[bytes, Holder], given: str) -> Holder | None:
    """Whose token that is, or None."""
    return known.get(_hash(given))


def _hash(given: str) -> bytes:
    return hashlib.sha256(given.encode("utf-8", "replace")).digest()
