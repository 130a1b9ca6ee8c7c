"""The short sections of a digest: coming signings, what lies idle, feeds that need a look."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from alerts import display, wording
from alerts.choose import MEMORY, NEWS, matches
from alerts.desk import Desk
from alerts.digest import Link, Listing, Row
from alerts.idle import is_idle
from alerts.subscription import Subscription
from classify.model import Stage
from storage.outbox import Telling, Told
from storage.records import Agreement, FeedHealth

MOST = 10
"""Rows of a list; the rest is counted."""
FAULTS = 5
"""Rows of feeds that need a look."""
SILENT = 3
"""So many silent feeds are named."""
AHEAD: Mapping[str, timedelta] = {
    "instant": timedelta(0),
    "daily": timedelta(days=14),
    "weekly": timedelta(days=60),
    "monthly": timedelta(days=120),
}
"""How far ahead coming signings are listed, by rhythm."""
RECENT = MEMORY
"""How long after an agreement came to be idle a reader may still be told."""
PERSISTS = timedelta(days=2)
"""A fault that is younger is not told: most mend themselves."""
TROUBLED: Mapping[str, str] = {
    "failing": "fails at every poll",
    "gone": "is gone",
    "moved": "moved to another address",
    "undated": "entries carry no date, so they are held back",
    "not a feed": "serves something that is no feed",
}
"""What is wrong with a feed, where nothing more is known. One that is only silent is told in a line with all others."""
_PROGRAM = re.compile(r"^(?:[\w ]+: )?[A-Z]\w*[a-z][A-Z]\w*: |\s*\([A-Z]\w*(?:Error|Exception)\)")
"""Names of the program's own things, which say nothing to a reader."""


def page(agreement: Agreement, desk: Desk) -> str:
    """The agreement's page; without an archive site its first source."""
    if desk.site:
        return f"{desk.site}/a/{agreement.key}/"
    reports = [agreement.evidence, *agreement.reports]
    return next((url for url in (wording.ascii_url(r.url) for r in reports if r) if url), "")


def _row(agreement: Agreement, lead: str, note: str, desk: Desk) -> Row:
    text = wording.short(agreement)
    place = display.one_line(agreement.place, 60)
    return Row(
        lead=lead,
        codes=display.codes(agreement.pair),
        text=f"{text}, {place}" if place and agreement.stage is Stage.PLANNED else text,
        note=note,
        url=page(agreement, desk),
        is_late=agreement.overdue,
    )


def _listing(title: str, rows: Sequence[Row], after: Link | None = None, rest: str = "") -> Listing | None:
    """`rest` is where the rows beyond `MOST` stand."""
    if not rows:
        return None
    left = Link(f"and {len(rows) - MOST:,} more", rest) if len(rows) > MOST else None
    return Listing(f"{title} ({len(rows)})", tuple(rows[:MOST]), len(rows), after=after, left=left)


def coming(
    subscription: Subscription, agreements: Sequence[Agreement], recent: Sequence[Agreement], desk: Desk, today: date
) -> Listing | None:
    """Announced signings within the filter, the next one first; of those new in this issue also what has no day yet."""
    until = today + AHEAD[subscription.rhythm]
    rows = []
    for agreement in sorted(agreements, key=lambda a: (display.day_of(a), a.pair, a.key)):
        step = agreement.date_of(Stage.PLANNED)
        if step is None or step.on is None or step.on > until or not matches(subscription, agreement):
            continue
        day = display.short_day(step.on, step.precision)
        day = day.removesuffix(f" {today.year}") if step.precision == "day" else day
        lead = f"{display.weekday(step.on)} {day}" if step.precision == "day" else day
        rows.append(_row(agreement, lead, _teller(agreement), desk))
    calendar = Link("Subscribe to these dates as a calendar", f"{desk.site}/coming.ics") if desk.site else None
    listing = _listing("Coming signings", rows, calendar, f"{desk.site}/coming/" if desk.site else "")
    undated = _undated(subscription, recent)
    return replace(listing or Listing("Coming signings", ()), before=undated) if undated else listing


def _undated(subscription: Subscription, recent: Sequence[Agreement]) -> str:
    """'Announced without a day: BR–NG and CN–HN.'"""
    named = [
        display.codes(one.pair)
        for one in sorted(recent, key=lambda one: (one.pair, one.key))
        if one.stage is Stage.PLANNED
        and not (one.rejected or one.merged_into)
        and not ((step := one.date_of(Stage.PLANNED)) and step.on)
        and any(change.tell for change in one.changes if change.kind in NEWS)
        and matches(subscription, one)
    ]
    left = len(named) - MOST
    named = [*named[:MOST], *([f"{left:,} more"] if left > 0 else [])]
    return f"Announced without a day: {wording.listed(named)}." if named else ""


def _teller(agreement: Agreement) -> str:
    """'Itamaraty, pt, official', and that the day has passed without a report."""
    report = agreement.evidence or next(iter(agreement.reports), None)
    parts = [display.one_line(report.outlet, 60), report.lang] if report else []
    parts += ["official"] if report and report.official else []
    parts += ["overdue, no report of a signing yet"] if agreement.overdue else []
    return ", ".join(part for part in parts if part)


def idle(subscription: Subscription, agreements: Sequence[Agreement], desk: Desk, today: date) -> Listing | None:
    """Signed 18 months ago without a later report, each told once."""
    rows = []
    for agreement in waiting(subscription, agreements):
        step = agreement.date_of(Stage.SIGNED)
        if step and step.on:
            since = f"signed {display.short_day(step.on, step.precision)}"
            rows.append(_row(agreement, wording.age(step.on, today), since, desk))
    every = Link("All without a later report", f"{desk.site}/coming/#idle") if desk.site else None
    return _listing("Signed 18 months ago, no later report found", rows, every, every.url if every else "")


def waiting(subscription: Subscription, agreements: Sequence[Agreement]) -> list[Agreement]:
    """Those within the filter, the longest first; only where a digest comes weekly or monthly."""
    if subscription.rhythm not in ("weekly", "monthly"):
        return []
    return sorted((a for a in agreements if matches(subscription, a)), key=lambda a: (display.day_of(a), a.pair, a.key))


def newly_idle(agreements: Iterable[Agreement], today: date, told: Mapping[str, Told]) -> list[Agreement]:
    """Those that have been signed for 18 months of late, were news once (a backfill is told to no one), and were not
    told to this reader as waiting."""
    fresh = [a for a in agreements if is_idle(a, today) and not is_idle(a, today - RECENT)]
    news = [a for a in fresh if any(change.tell for change in a.changes if change.kind in NEWS)]
    return [a for a in news if _uncertain(told.get(idle_telling(a).key))]


def idle_telling(agreement: Agreement) -> Telling:
    """That a reader was told once that an agreement waits."""
    return Telling(f"idle {agreement.key}", agreement.stage, "")


def _uncertain(told: Told | None) -> bool:
    return told is None or told.state == "uncertain"


def troubled(health: Sequence[FeedHealth], until: datetime, told: Mapping[str, Told]) -> list[FeedHealth]:
    """Feeds whose fault persists and was not told to this reader yet, the oldest fault first."""
    faulty = [
        feed
        for feed in health
        if (feed.state in TROUBLED or feed.state == "quiet")
        and feed.since is not None
        and feed.since <= until - PERSISTS
    ]
    known = {Telling(t.key, t.stage, t.mark) for t in told.values() if t.state != "uncertain"}
    fresh = [feed for feed in faulty if feed_telling(feed) not in known]
    return sorted(fresh, key=lambda feed: (feed.since or until, feed.key))


def feed_telling(feed: FeedHealth) -> Telling:
    """A feed's state is told once; another state, or the same one anew, is told again."""
    return Telling(f"feed {feed.key}", feed.state, feed.since.date().isoformat() if feed.since else "")


def is_broken(feed: FeedHealth) -> bool:
    """Whether a feed needs a look: silence is no failure."""
    return feed.state in TROUBLED


def told_feeds(health: Sequence[FeedHealth]) -> list[FeedHealth]:
    """Those that an issue tells: as many broken ones as have a row, and the silent ones."""
    broken = [feed for feed in health if is_broken(feed)]
    return broken[:FAULTS] + [feed for feed in health if not is_broken(feed)]


def feeds(health: Sequence[FeedHealth], today: date, desk: Desk) -> Listing | None:
    """What broke and stayed broken, a row each; what fell silent, in one line."""
    broken = [feed for feed in health if is_broken(feed)]
    silent = [display.one_line(feed.outlet, 60) for feed in health if not is_broken(feed)]
    if not broken and not silent:
        return None
    title = f"Feeds that need a look ({len(broken)})" if broken else f"Silent feeds ({len(silent)})"
    left = Link(f"and {len(broken) - FAULTS:,} more", f"{desk.site}/feeds/" if desk.site else "")
    return Listing(
        title,
        tuple(_fault(feed, today) for feed in broken[:FAULTS]),
        before=_silent(silent),
        left=left if len(broken) > FAULTS else None,
    )


def _fault(feed: FeedHealth, today: date) -> Row:
    lang = f" ({feed.lang})" if feed.lang else ""
    text = f"{display.one_line(feed.outlet, 60)}{lang}: {plain(feed.detail) or TROUBLED[feed.state]}"
    ago = wording.age(feed.since.date(), today) if feed.since else ""
    return Row(wording.since_day(feed.since, today), "", text, note=ago)


def _silent(outlets: Sequence[str]) -> str:
    """'3 feeds fell silent: Muscat Daily, Lima Post and Oslo Wire.'"""
    if not outlets:
        return ""
    left = len(outlets) - SILENT
    named = [*outlets[:SILENT], *([f"{left:,} more"] if left > 0 else [])]
    return f"{display.counted(len(outlets), 'feed')} brought nothing new of late: {wording.listed(named)}."


def plain(detail: str) -> str:
    """What is wrong with a feed, without names of the program's own things."""
    return display.one_line(_PROGRAM.sub("", detail), 100)
