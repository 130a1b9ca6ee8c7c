"""From a message to its reader, by the scheme of the address: mail, files, signed webhooks, chat services.

A new channel is added here: its name, how its body is made of a message, and how it is opened for sending.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from alerts.address import AddressError, Target, check_address, resolve
from alerts.deliver import chat, folder, smtp, webhook
from alerts.deliver.result import Fate, Result
from alerts.deliver.way import Send, Way
from alerts.digest import Digest
from alerts.render import Message

__all__ = [
    "CHANNELS",
    "AddressError",
    "Channel",
    "Fate",
    "Result",
    "Send",
    "Target",
    "Way",
    "check_address",
    "resolve",
]


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out. `pack` makes the bytes that are stored and sent on every attempt; `open` gives the function that
    sends, for as many deliveries as there are."""

    pack: Callable[[Message, Digest], bytes]
    open: Callable[[Way], AbstractContextManager[Send]]


CHANNELS: Mapping[str, Channel] = {
    "mailto": Channel(smtp.pack, smtp.connection),
    "file": Channel(folder.pack, folder.outbox),
    "https": Channel(webhook.pack, webhook.poster),
    "apprise": Channel(chat.pack, chat.notifier),
}
