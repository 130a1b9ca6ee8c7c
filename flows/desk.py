"""The mail settings as the alerts room wants them: who sends, through which server, with which secret."""

import asyncio
import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

import feeds
from alerts.address import resolve
from alerts.compose import message_id
from alerts.deliver.folder import file_name
from alerts.deliver.way import Way
from alerts.desk import Desk, MailServer
from alerts.digests import Composed
from feeds import Rules
from flows.settings import Settings


def desk(settings: Settings) -> Desk:
    """Who sends."""
    name, address = parseaddr(settings.mail.sender)
    return Desk(
        sender=address,
        sender_name=name or "Pactwatch",
        reply_to=settings.mail.reply_to,
        operator=settings.mail.operator,
        site=settings.site.url.rstrip("/"),
        unsubscribe_url=settings.unsubscribe.url.rstrip("/"),
        unsubscribe_mailto=settings.unsubscribe.mailto,
        secret=secret(settings.data.expanduser()),
    )


def server(settings: Settings) -> MailServer | None:
    """The mail server, or None where none is set."""
    mail = settings.mail
    if not mail.host:
        return None
    return MailServer(
        mail.host, mail.port, mail.security, mail.user, mail.secret(), bounces=mail.bounces, per_hour=mail.per_hour
    )


def way(settings: Settings, rules: Rules, now: datetime) -> Way:
    """The ways out: the mail server, the guarded client for webhooks, the folder that `file:` is relative to."""

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        try:
            return asyncio.run(feeds.post(url, body, headers, rules)).status
        except feeds.FeedError as error:
            raise ConnectionError(error.detail) from None

    named = {s.name: s.secret.removeprefix("env:") for s in settings.subscriptions if s.secret}
    return Way(
        sender=settings.mail.bounces or parseaddr(settings.mail.sender)[1],
        server=server(settings),
        base=settings.data.expanduser(),
        post=post,
        secrets={name: os.environ[variable] for name, variable in named.items() if variable in os.environ},
        stamp=int(now.timestamp()),
    )


def secret(data: Path) -> str:
    """The key of the unsubscribe tokens: made once, kept in the data folder for its owner's eyes only."""
    path = data / "unsubscribe.key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        fresh = data / f".unsubscribe.key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32), encoding="ascii")
        try:
            os.link(fresh, path)  # whoever is first wins; a second run takes that one's key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def files(settings: Settings, composed: Iterable[Composed]) -> tuple[str, ...]:
    """The pages of those digests that went into a folder."""
    by_name = {s.name: s for s in settings.subscriptions}
    base, who = settings.data.expanduser(), desk(settings)
    return tuple(
        str(
            base
            / resolve(address, os.environ).where
            / f"{file_name(message_id(by_name[one.subscription], one.slot, who))}.html"
        )
        for one in composed
        for address in by_name[one.subscription].addresses
        if address.startswith("file:")
    )
