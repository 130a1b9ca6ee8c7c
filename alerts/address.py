"""Addresses as the settings write them, and what they stand for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

CHAT = "apprise"
_ENV = re.compile(r"env:([A-Za-z_]\w*)")


class AddressError(ValueError):
    """An address that can't be used: what is wrong, and never the address where it may be a secret."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address with `env:NAME` resolved: the channel that serves it, and where to (mailbox, folder, URL)."""

    channel: str
    where: str


def check_address(address: str) -> str:
    """An address of the settings as it is, if it can be used; else `AddressError`. The environment isn't read."""
    if address != address.strip() or re.search(r"[\x00-\x1f\x7f]", address):
        raise AddressError("an address is one line without surrounding space")
    if not _ENV.fullmatch(address):
        target = parse_address(address)
        if target.channel == CHAT:
            raise AddressError(
                f"{urlsplit(address).scheme}: addresses hold a secret; put it into the environment and write env:NAME"
            )
    return address


def resolve(address: str, environ: Mapping[str, str]) -> Target:
    """What an address stands for; `AddressError` where the environment lacks it or holds none."""
    named = _ENV.fullmatch(address)
    if not named:
        return parse_address(address)
    value = environ.get(named[1], "").strip()
    if not value:
        raise AddressError(f"the environment variable {named[1]} is not set")
    try:
        return parse_address(value)
    except AddressError:
        raise AddressError(f"the environment variable {named[1]} holds no address that can be used") from None


def parse_address(address: str) -> Target:
    """Channel and target of an address, by its scheme."""
    scheme, colon, rest = address.partition(":")
    scheme = scheme.lower()
    if not colon or not rest:
        raise AddressError("an address is mailto:…, file:…, https://… or env:NAME")
    if scheme == "mailto":
        return Target("mailto", mailbox(rest))
    if scheme == "file":
        return Target("file", _folder(rest))
    if scheme == "https":
        return Target("https", _webhook(address))
    if scheme == "http":
        raise AddressError("webhooks go to https addresses only")
    if not rest.startswith("//"):
        raise AddressError(f"unknown scheme {scheme}:, an address is mailto:…, file:…, https://… or env:NAME")
    return Target(CHAT, address)


def mailbox(written: str) -> str:
    """One mail address in the form it is sent to; the host of another script becomes punycode."""
    local, at, host = written.rpartition("@")
    if not at or not local or re.search(r"[\s,;<>\"()\[\]\\?]", written):
        raise AddressError(f"{written!r} is not one plain mail address, such as NAME@HOST")
    if not local.isascii():
        raise AddressError(f"{written!r}: mail servers don't take such letters before the @")
    try:
        spec = f"{local}@{host.encode('idna').decode('ascii')}"
        if "." not in host or Address(addr_spec=spec).addr_spec != spec or len(local) > 64:
            raise AddressError(f"{written!r} is not a mail address, such as NAME@HOST")
    except (UnicodeError, IndexError, ValueError, MessageError) as error:
        raise AddressError(f"{written!r} is not a mail address, such as NAME@HOST") from error
    return spec


def _folder(rest: str) -> str:
    path = unquote(rest.removeprefix("//")) if rest.startswith("///") else rest
    if path.startswith("//") or "\0" in path:
        raise AddressError("file: takes a folder on this machine, file:outbox or file:///srv/outbox")
    return path


def _webhook(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise AddressError("not an https address") from error
    if not parts.hostname or parts.username or parts.password or port == 0 or re.search(r"[\s<>\"\\]", address):
        raise AddressError("a webhook is an https address with a host and without user name")
    return address
