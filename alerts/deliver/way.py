"""What sending needs: the mail server, the guarded client for webhooks, the folder that `file:` is relative to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from alerts.deliver.result import Result
from alerts.desk import MailServer
from storage.sending import Outgoing


class Send(Protocol):
    """Sends one delivery to its resolved target. `doubt` is called when the outcome becomes unknown, before the first
    byte that the receiver could act on; if it raises, nothing more is sent."""

    def __call__(self, outgoing: Outgoing, where: str, doubt: Callable[[], None]) -> Result: ...


class Post(Protocol):
    """Posts a body through the guarded client: the status code of the answer. `ConnectionError` where there is none."""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int: ...


def no_post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Where no client was handed over."""
    raise ConnectionError("webhooks are not set up here")


@dataclass(frozen=True, slots=True)
class Way:
    """Plain values and functions, handed down by the caller."""

    sender: str = ""
    """Envelope sender of mails."""
    server: MailServer | None = None
    base: Path = field(default_factory=Path)
    """Folder that relative `file:` addresses lie in."""
    post: Post = no_post
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Subscription to the key that signs its webhook bodies."""
    stamp: int = 0
    """Unix time that goes into webhook signatures."""
