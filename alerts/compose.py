"""From what was chosen to a `Digest`: pure, the present time is an argument, the same input gives the same digest."""

import hashlib
import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts import corrections, display, lists, opening, overview, subject, why
from alerts.address import Target
from alerts.choose import FIXES, Chosen, mark
from alerts.desk import Desk
from alerts.digest import Digest, Item, Listing
from alerts.items import DrawnKey, in_order, parts_of
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
    """One issue. `chosen` comes from `choose`, in the order of reading; `news.feeds` and `news.idle` hold what this
    reader was not told yet (`lists.troubled`, `lists.newly_idle`).

    `drawn` keeps items from one reader to the next, where the same state of the store is told to many.
    """
    today = window.until.astimezone(ZoneInfo(subscription.timezone)).date()
    told = in_order([one for one in chosen if one.kind not in FIXES])
    fixes = [one for one in chosen if one.kind in FIXES]
    coming = _coming(subscription, chosen, news, desk, today, window.since)
    listings = (
        coming,
        lists.idle(subscription, news.idle, desk, today) if chosen else None,
        corrections.listing(fixes, desk),
        lists.feeds(news.feeds, today, desk) if chosen else None,
    )
    to = why.reader(subscription, recipient.mailbox, desk)
    coverage = opening.coverage_line(news.coverage, len(told))
    lead = opening.lead(
        chosen,
        told,
        coming=coming,
        coverage=news.coverage if chosen else Coverage(),
        troubled=sum(map(lists.is_broken, news.feeds)),
        missed=window.missed,
        since=window.since.astimezone(ZoneInfo(subscription.timezone)).date(),
    )
    return Digest(
        kind="digest" if chosen else "empty",
        slot=window.slot,
        since=window.since,
        until=window.until,
        subject=_subject(subscription, told, fixes, news.coverage),
        head=opening.head(told, fixes),
        lead=lead if chosen else f"{coverage} {lead}".strip(),
        meta=opening.meta(subscription, window.since, window.until, news.coverage.weeks),
        browser=f"{desk.site}/news/" if desk.site else "",
        counts=opening.counts(told),
        index=overview.index(told, desk),
        top=why.top(to, desk),
        parts=parts_of(told, desk, today, {} if drawn is None else drawn),
        listings=tuple(listing for listing in listings if listing),
        coverage=coverage if chosen else "",
        why=why.why(subscription, recipient.shown),
        actions=why.actions(subscription, to, desk),
        foot=why.foot(to, desk, version) if chosen else why.foot(to, desk, version)[-1:],
        reader=to,
        message_id=message_id(subscription, window.slot, desk),
        tellings=_tellings(subscription, chosen, news) if chosen else (),
    )


def _tellings(subscription: Subscription, chosen: Sequence[Chosen], news: News) -> tuple[Telling, ...]:
    """All that this issue tells, so that it is told once."""
    agreements = [Telling(one.agreement.key, one.agreement.stage, mark(one.agreement)) for one in chosen]
    return (
        *agreements,
        *map(lists.idle_telling, lists.waiting(subscription, news.idle)),
        *map(lists.feed_telling, lists.told_feeds(news.feeds)),
    )


def _coming(
    subscription: Subscription, chosen: Sequence[Chosen], news: News, desk: Desk, today: date, since: datetime
) -> Listing | None:
    """Announced signings but those that this issue tells as news."""
    if not chosen:
        return None
    told = {one.agreement.key for one in chosen}
    dated = [a for a in news.coming if a.key not in told]
    undated = [a for a in news.agreements if a.key not in told and a.first_seen > since]
    return lists.coming(subscription, dated, undated, desk, today)


def compose_correction(
    subscription: Subscription, one: Chosen, *, window: Window, desk: Desk, recipient: Recipient, version: str = ""
) -> Digest:
    """A short mail of its own that answers the alert which it corrects (for readers of instant alerts)."""
    to = why.reader(subscription, recipient.mailbox, desk)
    return Digest(
        kind="correction",
        slot=window.slot,
        since=window.since,
        until=window.until,
        subject=subject.of_corrections([one]),
        head=subject.of_corrections([one]).partition(": ")[2],
        lead=corrections.letter(one),
        meta=f"{subscription.name}, {display.moment(window.until)}",
        browser=lists.page(one.agreement, desk),
        counts=(),
        index=(),
        top=(),
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
