"""How an attempt to deliver ended."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What is to be done with a delivery after an attempt."""

    SENT = "sent"
    DEFERRED = "deferred"
    """Not now: try again later."""
    REFUSED = "refused"
    """Never: the receiver said so."""
    UNSURE = "unsure"
    """The body went out and no answer came back."""


@dataclass(frozen=True, slots=True)
class Result:
    """The fate of one attempt, and why, without address or secret. `stop` ends the batch of this channel: the next
    attempt would fail the same way (server not reached, login refused, no encryption)."""

    fate: Fate
    why: str = ""
    stop: bool = False
