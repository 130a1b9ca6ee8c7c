"""Who sends: names, addresses and links that every digest carries; and the mail server that takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from alerts.subscription import Subscription

NOWHERE = "pactwatch.invalid"
"""RFC 2606: the host of message ids where no sender is set and digests only go into files."""


class DeskError(ValueError):
    """A setting without which digests can't be sent as asked."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Plain values out of the settings; empty ones leave their line out."""

    sender: str = ""
    """Mail address that digests come from."""
    sender_name: str = "Pactwatch"
    reply_to: str = ""
    """Where readers' answers go: a person, not a machine."""
    operator: str = ""
    """Who runs this, with a postal or web address."""
    site: str = ""
    """https address of the archive site, without a slash at its end."""
    unsubscribe_url: str = ""
    """https address of the unsubscribe endpoint, to which `/<token>` is added."""
    unsubscribe_mailto: str = ""
    """Mail address that takes unsubscribe requests; `reply_to` where empty."""
    secret: str = ""
    """Key of the unsubscribe tokens."""

    @property
    def host(self) -> str:
        """Host of message and list ids."""
        return self.sender.rpartition("@")[2] or NOWHERE

    @property
    def unsubscribe_box(self) -> str:
        """The mail address that takes unsubscribe requests, or empty."""
        return self.unsubscribe_mailto or self.reply_to


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail. `security` is `starttls`, `tls` or, on this machine only, `none`."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    bounces: str = ""
    """Envelope sender, where bounces go; the desk's sender where empty."""
    per_hour: int = 1000
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    connect_timeout: float = 30
    answer_timeout: float = 600
    """Seconds to wait for the answer to the whole mail (RFC 5321 4.5.3.2.6)."""

    def __post_init__(self) -> None:
        if self.security == "none" and not is_loopback(self.host):
            raise DeskError(f'security = "none" is for a mail server on this machine only, {self.host} is another')

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port}, {self.security})"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by name or address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def missing(desk: Desk, server: MailServer | None, subscriptions: Iterable[Subscription]) -> list[str]:
    """What the settings lack for these subscriptions, one line each: setting, and who needs it."""
    mailed = [s.name for s in subscriptions if any(a.startswith("mailto:") for a in s.addresses)]
    if not mailed:
        return []
    who = f"subscription {mailed[0]!r} goes by mail" + (f" (and {len(mailed) - 1} more)" if mailed[1:] else "")
    lacks = {
        "mail.host": server,
        "mail.sender": desk.sender,
        "mail.reply_to": desk.reply_to,
        "mail.operator": desk.operator,
    }
    return [f"{key}: needed, since {who}" for key, value in lacks.items() if not value]
