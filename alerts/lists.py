"""The short sections of a digest: coming signings, what lies idle, corrections, feeds that need a look."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from alerts import display, wording
from alerts.choose import Chosen, mark, matches
from alerts.desk import Desk
from alerts.digest import Link, Listing, Row
from alerts.subscription import Subscription
from classify.model import Stage
from storage.outbox import Telling, Told
from storage.records import Agreement, FeedHealth

MOST = 10
"""Rows of a list; the rest is counted."""
AHEAD: Mapping[str, timedelta] = {
    "instant": timedelta(0),
    "daily": timedelta(days=14),
    "weekly": timedelta(days=60),
    "monthly": timedelta(days=120),
}
"""How far ahead coming signings are listed, by rhythm."""
PERSISTS = timedelta(days=2)
"""A fault that is younger is not told: most mend themselves."""
TROUBLED: Mapping[str, str] = {
    "failing": "fails at every poll",
    "gone": "is gone",
    "moved": "moved to another address",
    "undated": "entries carry no date, so they are held back",
    "not a feed": "serves something that is no feed",
    "quiet": "is silent",
}


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


def _listing(title: str, rows: Sequence[Row], after: Link | None = None) -> Listing | None:
    if not rows:
        return None
    return Listing(f"{title} ({len(rows)})", tuple(rows[:MOST]), after=after, left=len(rows[MOST:]))


def coming(subscription: Subscription, agreements: Sequence[Agreement], desk: Desk, today: date) -> Listing | None:
    """Announced signings within the filter, the next one first."""
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
    return _listing("Coming signings", rows, calendar)


def _teller(agreement: Agreement) -> str:
    """'Itamaraty, pt, official', and that the day has passed without a report."""
    report = agreement.evidence or next(iter(agreement.reports), None)
    parts = [display.one_line(report.outlet, 60), report.lang] if report else []
    parts += ["official"] if report and report.official else []
    parts += ["overdue, no report of a signing yet"] if agreement.overdue else []
    return ", ".join(part for part in parts if part)


def idle(subscription: Subscription, agreements: Sequence[Agreement], desk: Desk, today: date) -> Listing | None:
    """Signed long ago and not in force, the longest first; only where a digest comes weekly or monthly."""
    if subscription.rhythm not in ("weekly", "monthly"):
        return None
    rows = []
    for agreement in sorted(agreements, key=lambda a: (display.day_of(a), a.pair, a.key)):
        step = agreement.date_of(Stage.SIGNED)
        if step and step.on and matches(subscription, agreement):
            since = f"signed {display.short_day(step.on, step.precision)}, no ratification reported"
            rows.append(_row(agreement, wording.age(step.on, today), since, desk))
    return _listing("Signed long ago, not in force", rows)


def corrections(fixes: Sequence[Chosen], desk: Desk) -> Listing | None:
    """What earlier issues told wrongly."""
    rows = [
        Row(
            lead="",
            codes=display.codes(one.agreement.pair),
            text=wording.short(one.agreement),
            then=f", {what_is_wrong(one)}",
            url=page(one.agreement, desk),
        )
        for one in fixes
    ]
    return Listing(f"Corrections to earlier issues ({len(rows)})", tuple(rows)) if rows else None


def what_is_wrong(one: Chosen) -> str:
    """'withdrawn: why. Please disregard it.' or 'date corrected: 13 Nov 2026, not 12 Nov 2026.'"""
    if one.kind == "withdrawn":
        why = display.one_line(one.agreement.rejected, 160).rstrip(".")
        return f"withdrawn: {why}. Please disregard it."
    was = one.before.mark.split("|") if one.before else []
    now = mark(one.agreement).split("|")
    part = 1 if one.kind == "date" else 2
    return f"{one.kind} corrected: {now[part]}" + (f", not {was[part]}." if len(was) == 3 else ".")


def troubled(health: Sequence[FeedHealth], until: datetime, told: Mapping[str, Told]) -> list[FeedHealth]:
    """Feeds whose fault persists and was not told to this reader yet, the oldest fault first."""
    faulty = [
        feed for feed in health if feed.state in TROUBLED and feed.since is not None and feed.since <= until - PERSISTS
    ]
    known = {Telling(t.key, t.stage, t.mark) for t in told.values() if t.state != "uncertain"}
    fresh = [feed for feed in faulty if feed_telling(feed) not in known]
    return sorted(fresh, key=lambda feed: (feed.since or until, feed.key))


def feed_telling(feed: FeedHealth) -> Telling:
    """A feed's state is told once; another state, or the same one anew, is told again."""
    return Telling(f"feed {feed.key}", feed.state, feed.since.date().isoformat() if feed.since else "")


def feeds(health: Sequence[FeedHealth], today: date) -> Listing | None:
    """What broke and stayed broken."""
    rows = []
    for feed in health:
        lang = f" ({feed.lang})" if feed.lang else ""
        detail = display.one_line(feed.detail, 100)
        text = f"{display.one_line(feed.outlet, 60)}{lang}: {detail or TROUBLED[feed.state]}"
        ago = wording.age(feed.since.date(), today) if feed.since else ""
        rows.append(Row(wording.since_day(feed.since, today), "", text, note=ago))
    return _listing("Feeds that need a look", rows)
