"""When a feed may be asked again: what it says of itself (`ttl`, `skipHours`, `skipDays`), within our bounds. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from feeds.model import Rules

LONGEST_TTL = 7 * 24 * 3600.0
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def ttl(minutes: str) -> float | None:
    """Seconds of RSS's `ttl`."""
    return min(int(minutes) * 60.0, LONGEST_TTL) if _is_number(minutes, 8) else None


def hours(told: Iterable[str]) -> tuple[int, ...]:
    """Hours of `skipHours`; RSS 0.92 counts from 1 to 24, so 24 is midnight."""
    return tuple(sorted({int(hour) % 24 for hour in told if _is_number(hour, 3) and int(hour) <= 24}))


def days(told: Iterable[str]) -> tuple[int, ...]:
    """Weekdays of `skipDays`, Monday 0."""
    return tuple(sorted({_DAYS.index(day.lower()) for day in told if day.lower() in _DAYS}))


def _is_number(text: str, longest: int) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < longest


def next_poll(
    now: datetime, holds: float, skip_hours: tuple[int, ...], skip_days: tuple[int, ...], rules: Rules
) -> datetime:
    """After `holds` seconds, in neither of the feed's idle hours nor days; `max_poll` at the latest."""
    at = now + max(rules.min_poll, min(timedelta(seconds=holds), rules.longest_hold))
    latest = now + rules.max_poll
    while at < latest and (at.hour in skip_hours or at.weekday() in skip_days):
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(at, latest)
