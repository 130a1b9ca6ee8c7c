"""Exactly one digest for each subscription and local date, whatever the clocks do.

`pytest -m slow tests/alerts/test_schedule.py` runs every zone, every hour, every day of two years.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from alerts import schedule
from alerts.subscription import Subscription

ODD_ZONES = (
    "UTC", "Europe/Paris", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Africa/Casablanca", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "Pacific/Chatham", "Pacific/Kiritimati",
    "America/Havana", "Antarctica/Troll", "Asia/Gaza", "America/Nuuk",
)  # fmt: skip
YEARS = (date(2025, 1, 1), date(2026, 12, 31))


def sub(**values: object) -> Subscription:
    return Subscription(name="s", address="file:out", **values)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def check_every_day(zone_name: str, hours: range | tuple[int, ...]) -> int:
    """The moment of each day is on that day and the first not before its hour, or where the clocks skip the rest of the
    day the first of the next. Returns how many were checked."""
    zone = ZoneInfo(zone_name)
    second = timedelta(seconds=1)
    checked = 0
    for day in days(*YEARS):
        for hour in hours:
            at = schedule.moment_of(day, hour, zone)
            local, just_before = at.astimezone(zone), (at - second).astimezone(zone)
            if local.date() != day:
                assert (local.date(), local.hour) == (day + timedelta(days=1), 0), (zone_name, day, hour)
                local = just_before
            else:
                assert local.hour >= hour, (zone_name, day, hour)
            assert local.date() == day, (zone_name, day, hour)
            assert (just_before.date(), just_before.hour >= hour) != (day, True), (zone_name, day, hour)
            checked += 1
    return checked


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_the_moment_of_each_day(zone: str) -> None:
    assert check_every_day(zone, (0, 1, 2, 3, 23)) == 730 * 5


@pytest.mark.slow
def test_the_moment_of_each_day_in_every_zone() -> None:
    zones = sorted(available_timezones() - {"localtime"})
    checked = sum(check_every_day(zone, range(24)) for zone in zones)
    print(f"{checked:,} moments in {len(zones)} zones")
    assert checked == len(zones) * 730 * 24


def served(subscription: Subscription, ticks: list[datetime]) -> list[schedule.Slot]:
    """The slots that are served when it is looked at each of these times, as the outbox would remember them."""
    slots: list[schedule.Slot] = []
    until = None
    for now in ticks:
        slot = schedule.due(subscription, now, until, frozenset(s.key for s in slots))
        if slot:
            slots.append(slot)
            until = now
    return slots


@pytest.mark.parametrize("hour", [0, 2, 3])
@pytest.mark.parametrize("zone", ODD_ZONES)
def test_every_local_date_is_served_once_around_each_change(zone: str, hour: int) -> None:
    info = ZoneInfo(zone)
    noons = [datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(730)]
    offsets = [noon.astimezone(info).utcoffset() for noon in noons]
    changes = [noons[n] for n in range(1, 730) if offsets[n] != offsets[n - 1]] or [noons[100]]
    for change in changes[:4]:
        ticks = [change - timedelta(days=2) + timedelta(minutes=15 * n) for n in range(4 * 24 * 4)]
        slots = served(sub(timezone=zone, hour=hour), ticks)
        first, last = slots[0].day, slots[-1].day
        assert Counter(s.day for s in slots[1:]) == Counter(days(first, last)[1:])
        assert all(s.at <= ticks[-1] for s in slots)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected", "why"),
    [
        ("Europe/Paris", "2026-03-29", 2, "2026-03-29T01:00:00", "02:00 to 03:00 is skipped: the first moment after"),
        ("Europe/Paris", "2026-10-25", 2, "2026-10-25T00:00:00", "02:00 comes twice: the first"),
        ("Europe/Paris", "2026-07-01", 6, "2026-07-01T04:00:00", "plain summer time"),
        ("Australia/Lord_Howe", "2025-10-05", 2, "2025-10-04T15:30:00", "half an hour is skipped"),
        ("America/Santiago", "2026-09-06", 0, "2026-09-06T04:00:00", "midnight itself is skipped"),
        ("America/Nuuk", "2026-03-28", 23, "2026-03-29T01:00:00", "the last hour of a day is skipped"),
    ],
)
def test_gaps_and_overlaps(zone: str, day: str, hour: int, expected: str, why: str) -> None:
    assert schedule.moment_of(date.fromisoformat(day), hour, ZoneInfo(zone)) == at(expected), why


def test_a_date_that_a_zone_skips_has_no_slot() -> None:
    apia = sub(timezone="Pacific/Apia", hour=6)
    ticks = [datetime(2011, 12, 28, tzinfo=UTC) + timedelta(hours=n) for n in range(24 * 6)]
    assert date(2011, 12, 30) not in {slot.day for slot in served(apia, ticks)}


@pytest.mark.parametrize(
    ("rhythm", "values", "now", "due"),
    [
        ("daily", {"hour": 6}, "2026-11-24T05:59:59", "2026-11-23"),
        ("daily", {"hour": 6}, "2026-11-24T06:00:00", "2026-11-24"),
        ("weekly", {"weekday": "monday"}, "2026-11-24T09:00:00", "2026-11-23"),
        ("weekly", {"weekday": "wednesday"}, "2026-11-24T09:00:00", "2026-11-18"),
        ("monthly", {"day": 31}, "2026-11-30T09:00:00", "2026-11-30"),
        ("monthly", {"day": 31}, "2026-02-28T05:00:00", "2026-01-31"),
        ("monthly", {"day": 29}, "2028-03-01T00:00:00", "2028-02-29"),
    ],
)
def test_the_latest_slot_is_due(rhythm: str, values: dict[str, object], now: str, due: str) -> None:
    slot = schedule.due(sub(rhythm=rhythm, **values), at(now), None, frozenset())
    assert slot is not None
    assert slot.key == due


def test_a_slot_is_served_once_and_by_hand_counts() -> None:
    daily = sub(hour=6)
    now = at("2026-11-24T06:05:00")
    assert schedule.due(daily, now, None, frozenset({"2026-11-24"})) is None
    assert schedule.due(daily, now, at("2026-11-24T06:01:00"), frozenset()) is None
    assert schedule.due(daily, now, at("2026-11-24T05:00:00"), frozenset()) is not None


def test_after_three_days_off_one_slot_is_due_and_tells_of_the_others() -> None:
    daily = sub(hour=6)
    now, until = at("2026-11-24T08:00:00"), at("2026-11-20T06:00:00")
    slot = schedule.due(daily, now, until, frozenset({"2026-11-20"}))
    assert slot is not None
    assert slot.key == "2026-11-24"
    assert schedule.missed(daily, slot, until, frozenset({"2026-11-20"})) == 3


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=365), timedelta(hours=-30), timedelta(days=4000)])
def test_a_clock_that_jumps_and_is_put_right_serves_each_date_once(jump: timedelta) -> None:
    """`until` as the outbox gives it: ends of windows behind the present time don't count."""
    daily = sub(hour=6)
    slots: list[tuple[str, datetime]] = []
    start = at("2026-11-20T06:00:00")
    right = [start + timedelta(hours=n) for n in range(24 * 6)]
    for now in [*right[:40], *[t + jump for t in right[40:48]], *right[48:]]:
        until = max((u for _, u in slots if u <= now), default=None)
        slot = schedule.due(daily, now, until, frozenset(key for key, _ in slots))
        if slot:
            slots.append((slot.key, now))
    keys = [key for key, _ in slots]
    assert len(keys) == len(set(keys))
    assert {"2026-11-20", "2026-11-21", "2026-11-23", "2026-11-24", "2026-11-25"} <= set(keys)


@pytest.mark.parametrize(
    ("quiet", "now", "is_quiet"),
    [
        ("22-7", "2026-11-24T21:30:00", True),
        ("22-7", "2026-11-24T05:59:00", True),
        ("22-7", "2026-11-24T06:00:00", False),
        ("12-14", "2026-11-24T11:30:00", True),
        ("12-14", "2026-11-24T13:00:00", False),
        ("", "2026-11-24T03:00:00", False),
    ],
)
def test_quiet_hours_are_local(quiet: str, now: str, is_quiet: bool) -> None:
    alerts = sub(rhythm="instant", quiet=quiet, timezone="Europe/Paris")
    assert schedule.is_quiet(alerts, at(now)) is is_quiet
