"""Chat services (Slack, Teams, Matrix and many more) by Apprise, an extra: `pip install "pactwatch[channels]"`.

Their addresses hold secrets, so the settings name them `env:NAME`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alerts.deliver.result import Fate, Result
from alerts.deliver.way import Send, Way
from alerts.digest import Digest
from alerts.render import Message
from storage.sending import Outgoing

MOST = 20
"""Agreements that a chat message names; the rest is counted."""


def pack(message: Message, digest: Digest) -> bytes:
    """Title and text: one line an agreement, with its link."""
    lines = [f"{a.mark} {a.word} {a.codes}  {a.title}\n{a.url}".rstrip() for a in digest.items[:MOST]]
    left = len(digest.items) - len(lines)
    lines += [f"and {left} more"] if left else []
    lines += [
        f"{row.codes} {row.text}{row.then}" for listing in digest.listings for row in listing.rows if not row.lead
    ]
    body = "\n".join(part for part in (digest.lead, *lines, digest.browser) if part)
    return json.dumps({"title": digest.head, "body": body}, ensure_ascii=False).encode()


@contextmanager
def notifier(way: Way) -> Iterator[Send]:
    """Sends through Apprise; it tells only whether it worked."""

    def send(outgoing: Outgoing, where: str, doubt: Callable[[], None]) -> Result:
        try:
            import apprise  # noqa: PLC0415 (an extra)
        except ImportError:
            return Result(Fate.DEFERRED, 'chat services need the extra: pip install "pactwatch[channels]"', stop=True)
        service = apprise.Apprise()
        if not service.add(where):
            return Result(Fate.REFUSED, "Apprise does not know this address")
        doubt()
        message = json.loads(outgoing.body)
        if service.notify(title=message["title"], body=message["body"], body_format=apprise.NotifyFormat.TEXT):
            return Result(Fate.SENT)
        return Result(Fate.DEFERRED, "the chat service did not take it")

    yield send
