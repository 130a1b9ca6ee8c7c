"""From what was chosen to a `Digest`: pure, the present time is an argument, the same input gives the same digest."""

import hashlib
import re
from collections import Counter
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts import display, lists, subject, why, wording
from alerts.address import Target
from alerts.choose import Chosen, mark
from alerts.desk import Desk
from alerts.digest import Digest, Item, Listing
from alerts.items import DrawnKey, parts_of
from alerts.subscription import Subscription
from storage.outbox import Telling
from storage.records import Agreement, Coverage, FeedHealth


@dataclass(frozen=True, slots=True)
class News:
    """What the store knows for a window; `feeds` are those whose fault is to be told."""

    agreements: tuple[Agreement, ...] = ()
    coming: tuple[Agreement, ...] = ()
    idle: tuple[Agreement, ...] = ()
    feeds: tuple[FeedHealth, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)


@dataclass(frozen=True, slots=True)
class Window:
    """The time a digest covers; `missed` slots before it were not served."""

    since: datetime
    until: datetime
    slot: str
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """The leading address as it may be shown, and its mailbox where it has one."""

    shown: str
    mailbox: str = ""


def shown(address: str, target: Target) -> Recipient:
    """How an address may be shown in its own digest: secrets stay named."""
    mailbox = target.where if target.channel == "mailto" else ""
    if address.startswith("env:"):
        return Recipient(f"the address in {address.removeprefix('env:')}", mailbox)
    ways = {"mailto": mailbox, "file": f"the folder {target.where}", "https": "your webhook"}
    return Recipient(ways.get(target.channel, "your channel"), mailbox)


def compose(
    subscription: Subscription,
    chosen: Sequence[Chosen],
    *,
    news: News,
    window: Window,
    desk: Desk,
    recipient: Recipient,
    version: str = "",
    drawn: MutableMapping[DrawnKey, Item] | None = None,
) -> Digest:
    """One issue. `chosen` comes from `choose`, in the order of reading; `news.feeds` from `lists.troubled`.

    `drawn` keeps items from one reader to the next, where the same state of the store is told to many.
    """
    today = window.until.astimezone(ZoneInfo(subscription.timezone)).date()
    told = [one for one in chosen if one.kind in ("new", "changed", "planned")]
    fixes = [one for one in chosen if one.kind not in ("new", "changed", "planned")]
    coming = lists.coming(subscription, news.coming, desk, today) if told or fixes else None
    listings = (
        coming,
        lists.idle(subscription, news.idle, desk, today) if told else None,
        lists.corrections(fixes, desk),
        lists.feeds(news.feeds, today),
    )
    to = why.reader(subscription, recipient.mailbox, desk)
    rare = subscription.rhythm in ("weekly", "monthly")
    lead = _lead(chosen, coming, len(news.feeds), window, news.coverage.weeks if rare else ())
    coverage = _coverage(news.coverage, len(told))
    return Digest(
        kind="digest" if told or fixes else "empty",
        slot=window.slot,
        since=window.since,
        until=window.until,
        subject=_subject(subscription, told, fixes, news.coverage),
        head=_head(told, fixes),
        lead=lead if told or fixes else f"{coverage} {lead}".strip(),
        meta=f"{subscription.name}, {_period(window, subscription)}",
        browser=f"{desk.site}/" if desk.site else "",
        parts=parts_of(told, desk, today, {} if drawn is None else drawn),
        listings=tuple(listing for listing in listings if listing),
        coverage=coverage if told or fixes else "",
        why=why.why(subscription, recipient.shown),
        actions=why.actions(subscription, to, desk),
        foot=why.foot(to, desk, version) if told or fixes else why.foot(to, desk, version)[-1:],
        reader=to,
        message_id=message_id(subscription, window.slot, desk),
        tellings=tuple(Telling(c.agreement.key, c.agreement.stage, mark(c.agreement)) for c in chosen)
        + tuple(lists.feed_telling(feed) for feed in news.feeds[: lists.MOST]),
    )


def compose_correction(
    subscription: Subscription, one: Chosen, *, window: Window, desk: Desk, recipient: Recipient, version: str = ""
) -> Digest:
    """A short mail of its own that answers the alert which it corrects (for readers of instant alerts)."""
    to = why.reader(subscription, recipient.mailbox, desk)
    title = display.one_line(one.agreement.title, 160).rstrip(".")
    issue = f"Our alert of {_issue_day(one.before.slot)} said" if one.before else "An earlier alert said"
    return Digest(
        kind="correction",
        slot=window.slot,
        since=window.since,
        until=window.until,
        subject=subject.of_corrections([one]),
        head=subject.of_corrections([one]).partition(": ")[2],
        lead=f"{issue}: {title}. This is {lists.what_is_wrong(one)}",
        meta=f"{subscription.name}, {display.moment(window.until)}",
        browser=lists.page(one.agreement, desk),
        parts=(),
        listings=(),
        coverage="",
        why=why.why(subscription, recipient.shown),
        actions=why.actions(subscription, to, desk),
        foot=why.foot(to, desk, version)[-1:],
        reader=to,
        message_id=message_id(subscription, window.slot, desk),
        answers=one.before.message_id if one.before else "",
        tellings=(Telling(one.agreement.key, one.agreement.stage, mark(one.agreement)),),
    )


def _issue_day(slot: str) -> str:
    day = re.search(r"(\d{4})-(\d\d)-(\d\d)", slot)
    return display.short_day(date(*map(int, day.groups()))) if day else "an earlier day"


def message_id(subscription: Subscription, slot: str, desk: Desk) -> str:
    """Made of issue and subscription, so that a retry and a second run say the same."""
    digest = hashlib.sha256("\0".join((slot, subscription.name, subscription.address)).encode()).hexdigest()[:12]
    issue = re.sub(r"[^a-z0-9-]+", "-", slot.lower()).strip("-")[:60]
    return f"<{issue}.{slug(subscription.name)}.{digest}@{desk.host}>"


def slug(name: str) -> str:
    """A name as part of ids: small ASCII letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "list"


def _subject(subscription: Subscription, told: Sequence[Chosen], fixes: Sequence[Chosen], coverage: Coverage) -> str:
    if told:
        return subject.of_news(told)
    return subject.of_corrections(fixes) if fixes else subject.of_nothing(subscription.name, coverage)


def _head(told: Sequence[Chosen], fixes: Sequence[Chosen]) -> str:
    """'3 signed, 1 in force, 1 ended'; with the countries where there are at most two agreements."""
    if not told:
        return display.counted(len(fixes), "correction") if fixes else "Nothing new"
    stages = Counter(one.agreement.stage for one in told)
    line = ", ".join(
        f"{stages[stage]} {display.STAGES[stage].word.lower()}" for stage in display.STAGES if stages[stage]
    )
    names = ", ".join(wording.joined_names(one.agreement) for one in told)
    return f"{line}: {names}" if len(told) <= 2 and len(line) + len(names) <= 70 else line


def _lead(
    chosen: Sequence[Chosen], coming: Listing | None, troubled: int, window: Window, weeks: tuple[int, ...]
) -> str:
    """What else there is, most urgent first: withdrawn, uncertain, caught up, coming, feeds, the weeks before."""
    withdrawn = [one for one in chosen if one.kind == "withdrawn"]
    again = sum(one.again for one in chosen)
    parts = []
    if withdrawn:
        named = wording.listed([display.codes(one.agreement.pair) for one in withdrawn[:3]])
        how_many = display.counted(len(withdrawn), "earlier report is", "earlier reports are")
        parts.append(f"{how_many} withdrawn ({named})")
    if again:
        parts.append(f"{display.counted(again, 'item')} may have reached you before")
    if window.missed:
        parts.append(f"this issue also covers {display.counted(window.missed, 'issue')} that could not be made")
    if coming:
        late = sum(row.is_late for row in coming.rows)
        due = display.counted(len(coming.rows) + coming.left - late, "signing is", "signings are")
        parts.append(f"{due} announced" + (f", {late} overdue" if late else ""))
    if troubled:
        parts.append(display.counted(troubled, "feed needs a look", "feeds need a look"))
    lead = wording.upper("; ".join(parts)) + "." if parts else ""
    if sum(count > 0 for count in weeks) >= 3:
        lead += f" All agreements, last {len(weeks)} weeks: {' '.join(map(str, weeks))}."
    return lead.strip()


def _period(window: Window, subscription: Subscription) -> str:
    zone = ZoneInfo(subscription.timezone)
    first, last = window.since.astimezone(zone).date(), window.until.astimezone(zone).date()
    if first == last:
        return display.short_day(last)
    begin = display.short_day(first)
    if first.year == last.year:
        begin = begin.removesuffix(f" {first.year}")
        if first.month == last.month:
            begin = str(first.day)
    return f"{begin} to {display.short_day(last)}"


def _coverage(coverage: Coverage, told: int) -> str:
    return (
        f"{coverage.feeds_read} of {coverage.feeds_watched:,} feeds were read: "
        f"{display.counted(coverage.entries, 'entry', 'entries')}, {coverage.bilateral:,} about two countries, "
        f"{display.counted(coverage.agreements, 'agreement')}, {told:,} of them in your filter."
    )
