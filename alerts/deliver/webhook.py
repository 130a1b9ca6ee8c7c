"""`https:` addresses: the digest as JSON, posted through the guarded client and signed.

`Pactwatch-Signature: t=<unix time>,v1=<hex>` is HMAC-SHA256 with the subscription's secret over `<t>.<body>`; the
receiver compares it and refuses old times. `Pactwatch-Delivery` is the Message-ID: a repeat carries the same one.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from alerts.deliver.result import Fate, Result
from alerts.deliver.way import Send, Way
from alerts.digest import Digest
from alerts.render import Message
from storage.sending import Outgoing


def pack(message: Message, digest: Digest) -> bytes:
    """The digest as JSON: what stands in its sections, and the written text."""
    body = {
        "id": message.message_id,
        "kind": digest.kind,
        "subscription": digest.reader.name,
        "subject": message.subject,
        "since": digest.since.isoformat(),
        "until": digest.until.isoformat(),
        "agreements": [{"section": part.title, **asdict(item)} for part in digest.parts for item in part.items],
        "lists": [asdict(listing) for listing in digest.listings],
        "coverage": digest.coverage,
        "text": message.text,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, stamp: int, body: bytes) -> str:
    """The value of `Pactwatch-Signature`."""
    signed = hmac.new(secret.encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={signed}"


@contextmanager
def poster(way: Way) -> Iterator[Send]:
    """Posts each delivery. A receiver knows repeats by their id, so what got no answer is simply tried again."""

    def send(outgoing: Outgoing, where: str, doubt: Callable[[], None]) -> Result:
        headers = {"Content-Type": "application/json", "Pactwatch-Delivery": outgoing.message_id}
        secret = way.secrets.get(outgoing.subscription, "")
        if secret:
            headers["Pactwatch-Signature"] = signature(secret, way.stamp, outgoing.body)
        try:
            status = way.post(where, outgoing.body, headers)
        except ConnectionError as error:
            return Result(Fate.DEFERRED, f"the webhook gave no answer: {error}")
        return judge(status)

    yield send


def judge(status: int) -> Result:
    """2xx is taken; timeouts, conflicts, limits and server errors are tried again; everything else is final."""
    if 200 <= status < 300:
        return Result(Fate.SENT)
    again = status in (408, 409, 425, 429) or status >= 500
    return Result(Fate.DEFERRED if again else Fate.REFUSED, f"the webhook answered {status}")
