"""When a subscription is due: pure functions of its rhythm, its zone and the present time.

Each slot is a local date. Where the clocks skip the digest's hour it is due at the first moment after the gap, where
they repeat it at the first of the two; a date that a zone skips altogether has no slot.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.subscription import WEEKDAYS, Subscription

PERIOD = {
    "instant": timedelta(days=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=31),
}
FIRST_WINDOW = timedelta(days=7)
"""A first digest looks back at least so far."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A local date for which a subscription gets one digest, and the moment it is due."""

    day: date
    at: datetime

    @property
    def key(self) -> str:
        """How the outbox names it."""
        return self.day.isoformat()


def moment_of(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The first moment at or after `hour` o'clock local time, in UTC."""
    wall = datetime.combine(day, time(hour))
    first = wall.replace(tzinfo=zone, fold=0)
    utc = first.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == wall:
        return utc
    return _end_of_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), utc, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the clocks jump, somewhere in (before, after]."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def is_slot_day(subscription: Subscription, day: date) -> bool:
    """Whether the rhythm has a digest on this local date."""
    match subscription.rhythm:
        case "daily":
            return True
        case "weekly":
            return WEEKDAYS[day.weekday()] == subscription.weekday
        case "monthly":
            return day.day == min(subscription.day, monthrange(day.year, day.month)[1])
    return False


def slots_back(subscription: Subscription, now: datetime) -> Iterator[Slot]:
    """The slots that were due up to `now`, latest first, without end."""
    zone = ZoneInfo(subscription.timezone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    while True:
        day -= timedelta(days=1)
        if not is_slot_day(subscription, day):
            continue
        at = moment_of(day, subscription.hour, zone)
        if at <= now and _exists(day, zone):
            yield Slot(day, at)


def _exists(day: date, zone: ZoneInfo) -> bool:
    """False for a date that the zone skips whole, as Samoa did when it crossed the date line."""
    return moment_of(day, 0, zone).astimezone(zone).date() == day


def due(subscription: Subscription, now: datetime, until: datetime | None, done: frozenset[str]) -> Slot | None:
    """The slot to be served now, or None.

    `until` is the end of the last window (that a digest by hand may have served), `done` the keys of past slots.
    Only the latest slot counts: what came due while nothing ran is served by one digest.
    """
    slot = next(slots_back(subscription, now))
    if slot.key in done or (until is not None and until >= slot.at):
        return None
    return slot


def missed(subscription: Subscription, slot: Slot, since: datetime, done: frozenset[str]) -> int:
    """How many earlier slots after `since` were not served, so that this one is catching up."""
    count = 0
    for earlier in slots_back(subscription, slot.at - timedelta(seconds=1)):
        if earlier.at <= since or count >= 99:
            return count
        count += earlier.key not in done
    return count


def is_quiet(subscription: Subscription, now: datetime) -> bool:
    """Whether instant alerts wait now."""
    if not subscription.quiet:
        return False
    start, end = (int(hour) for hour in subscription.quiet.split("-"))
    hour = now.astimezone(ZoneInfo(subscription.timezone)).hour
    return start <= hour < end if start < end else hour >= start or hour < end


def first_since(subscription: Subscription, now: datetime) -> datetime:
    """Where the window of a first digest begins."""
    back = PERIOD[subscription.rhythm]
    return now - (back if subscription.rhythm == "instant" else max(back, FIRST_WINDOW))
