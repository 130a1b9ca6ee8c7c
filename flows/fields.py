"""Kinds of values that settings hold, each checked when the settings are read."""

import re
from datetime import UTC, datetime
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from typing import Annotated
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field

from alerts.subscription import known_code

_ANY_DAY = datetime(2024, 1, 1, tzinfo=UTC)
"""Where a cron line is tried from; all days of four years and more lie behind it, the 29th of February too."""
_HOST = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(\.[\w-]{1,63})*\.?")


def _zone(name: str) -> str:
    return known_code(name, {zone: zone for zone in available_timezones()}, "timezone")


def _cron(line: str) -> str:
    try:
        if len(line.split()) != 5:
            raise CronSimError(f"it has {len(line.split())}")
        next(CronSim(line, _ANY_DAY))
    except CronSimError as error:
        hint = f"{line!r} is not a cron line of five fields (minute hour day month weekday)"
        raise ValueError(f"{hint}: {str(error).lower()}") from None
    except StopIteration:
        raise ValueError(f"{line!r} names a day that never comes") from None
    return line


def _web(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s/]+\S*", url):
        raise ValueError(f"{url!r} is not an http or https address")
    return url


def _https(url: str) -> str:
    if url and not re.fullmatch(r"https://[^\s/]+\S*", url):
        raise ValueError(f"{url!r} is not an https address; RFC 8058 asks for one")
    return url


def _mailbox(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", parseaddr(text)[1]):
        raise ValueError(f"{text!r} is not a mail address")
    return text


def _reachable(entry: str) -> str:
    """A network, an address or a host's name; a network's address may have bits behind its prefix."""
    try:
        if "/" in entry:
            ip_network(entry, strict=False)
        elif not re.search(r"[^\d.]", entry) or ":" in entry:
            ip_address(entry)
        elif not _HOST.fullmatch(entry):
            raise ValueError
    except ValueError:
        raise ValueError(f"{entry!r} is no host name, address or network (10.1.0.0/16)") from None
    return entry


Web = Annotated[str, AfterValidator(_web)]
Https = Annotated[str, AfterValidator(_https)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Zone = Annotated[str, AfterValidator(_zone)]
Cron = Annotated[str, AfterValidator(_cron)]
Reachable = Annotated[str, AfterValidator(_reachable)]
Seconds = Annotated[float, Field(gt=0)]
Days = Annotated[int, Field(ge=0)]
