"""The digests that are due: chosen, composed and stored in one transaction each batch, so that what is frozen is what
was seen. `deliver_due` of `alerts.delivery` then sends what is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

import storage
from alerts import lists, schedule
from alerts.address import AddressError, resolve
from alerts.choose import FIXES, SLACK, Chosen, choose, horizon
from alerts.compose import News, Recipient, Window, compose, compose_correction, shown
from alerts.deliver import CHANNELS
from alerts.desk import Desk
from alerts.digest import Digest, Item
from alerts.items import DrawnKey
from alerts.render import render
from alerts.subscription import Subscription
from storage import outbox, queries, suppression
from storage.outbox import Letter, Staged, Standing, Told

BATCH = 50
"""Subscriptions that are composed in one transaction; ingest waits no longer than these take (about a second)."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A digest that was stored and will be delivered."""

    subscription: str
    kind: str
    subject: str
    agreements: int
    corrections: int
    slot: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A subscription that could not be served; the others were."""

    subscription: str
    why: str


@dataclass(frozen=True, slots=True)
class Made:
    """What came of composing: digests stored, subscriptions that failed, and those that wait for an earlier digest."""

    digests: tuple[Composed, ...] = ()
    failed: tuple[Failed, ...] = ()
    waiting: tuple[str, ...] = ()


def compose_due(
    engine: storage.Engine,
    subscriptions: Sequence[Subscription],
    now: datetime,
    *,
    desk: Desk,
    environ: Mapping[str, str],
    due_only: bool,
    version: str = "",
) -> Made:
    """Compose and store a digest for every subscription that has news; with `due_only` as its rhythm says.

    Safe to repeat and to interrupt: a slot is served once, a digest under way bars the next one, and what was told is
    not told again.
    """
    digests: list[Composed] = []
    failed: list[Failed] = []
    waiting: list[str] = []
    for start in range(0, len(subscriptions), BATCH):
        with storage.transaction(engine) as session:
            maker = _Maker(session, now, desk, environ, due_only, version)
            for subscription in subscriptions[start : start + BATCH]:
                if maker.waits(subscription):
                    waiting.append(subscription.name)
                    continue
                try:
                    with session.begin_nested():
                        digests += maker.make(subscription)
                except storage.StoreError:
                    raise
                except AddressError as error:  # an environment variable that is not set
                    failed.append(Failed(subscription.name, f"no address: {error}"))
                except Exception as error:
                    failed.append(Failed(subscription.name, f"can't be composed, a fault of Pactwatch: {error}"))
    return Made(tuple(digests), tuple(failed), tuple(waiting))


@dataclass(frozen=True, slots=True)
class _Slot:
    """What a digest is made for: a key, the moment it was due, and how many before it were missed."""

    key: str
    at: datetime
    missed: int = 0


@dataclass(frozen=True, slots=True)
class _Targets:
    """The leading recipient as shown, and address to channel of all that are not suppressed."""

    recipient: Recipient
    channels: Mapping[str, str]


@dataclass
class _Maker:
    """One batch within one transaction; reads the store once for each window."""

    session: storage.Session
    now: datetime
    desk: Desk
    environ: Mapping[str, str]
    due_only: bool
    version: str
    _news: dict[datetime, News] = field(default_factory=dict)
    _drawn: dict[DrawnKey, Item] = field(default_factory=dict)

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        return outbox.standings(self.session, self.now)

    @cached_property
    def suppressed(self) -> Mapping[tuple[str, str], str]:
        return suppression.suppressed(self.session)

    @cached_property
    def shared(self) -> News:
        """What doesn't depend on the window."""
        return News(
            coming=tuple(queries.coming(self.session, self.now)),
            idle=tuple(queries.idle(self.session, self.now, limit=500)),
            feeds=tuple(storage.health(self.session)),
        )

    def news(self, since: datetime) -> News:
        if since not in self._news:
            self._news[since] = News(
                tuple(outbox.candidates(self.session, since - SLACK)),
                self.shared.coming,
                self.shared.idle,
                self.shared.feeds,
                queries.coverage(self.session, since, self.now),
            )
        return self._news[since]

    def waits(self, subscription: Subscription) -> bool:
        """Whether an earlier digest is still on its way."""
        standing = self.standings.get(subscription.name)
        if standing is None or subscription.paused or subscription.rhythm == "instant":
            return False  # alerts are barred one by one, so that a correction goes out beside one that is under way
        return standing.under_way

    def make(self, subscription: Subscription) -> list[Composed]:
        """Compose and stage what a subscription is due: none, one digest, or the corrections of its alerts."""
        standing = self.standings.get(subscription.name) or self._began(subscription)
        slot = self._slot(subscription, standing)
        if subscription.paused or slot is None:
            return []
        since = standing.until or standing.began
        window = Window(since, self.now, slot.key, slot.missed)
        news = self.news(since)
        told = outbox.told(self.session, subscription.name, _names(news))
        chosen = choose(subscription, news.agreements, told, horizon(standing.began, since))
        targets = self._targets(subscription)
        if not targets.channels:
            return []
        if subscription.rhythm == "instant":
            return self._alerts(subscription, chosen, news, window, targets)
        says_nothing_new = subscription.tells_empty and self._is_owed(subscription, standing, slot)
        if not chosen and not says_nothing_new:
            if self.due_only:
                outbox.stage(self.session, Staged(subscription.name, window.slot, since, self.now), self.now)
            return []
        return self._issue(subscription, chosen, self._untold(news, told), window, targets)

    def _untold(self, news: News, told: Mapping[str, Told]) -> News:
        """The same without the feeds and the waiting agreements that this reader was told of."""
        feeds = lists.troubled(news.feeds, self.now, told)
        idle = lists.newly_idle(news.idle, self.now.date(), told)
        return replace(news, feeds=tuple(feeds), idle=tuple(idle))

    def _is_owed(self, subscription: Subscription, standing: Standing, slot: _Slot) -> bool:
        """Whether a date of the rhythm came that nothing has served: then even nothing new is said, also by a run by
        hand, which may be all that an operator has (a weekly `pactwatch run` by cron)."""
        if self.due_only:
            return slot.at > standing.seen
        owed = schedule.due(subscription, self.now, standing.until, standing.slots)
        return owed is not None and owed.at > standing.seen

    def _alerts(
        self, subscription: Subscription, chosen: Sequence[Chosen], news: News, window: Window, targets: _Targets
    ) -> list[Composed]:
        """One alert with all that is sure enough, and each correction as a mail of its own."""
        fixes = [one for one in chosen if one.kind in FIXES]
        made = []
        for one in fixes:
            slot = f"fix {one.agreement.key} {window.slot}"
            digest = compose_correction(
                subscription,
                one,
                window=replace(window, slot=slot),
                desk=self.desk,
                recipient=targets.recipient,
                version=self.version,
            )
            made += self._stage(subscription, digest, targets)
        alerts = [one for one in chosen if one not in fixes]
        return made + (self._issue(subscription, alerts, replace(news, feeds=()), window, targets) if alerts else [])

    def _issue(
        self, subscription: Subscription, chosen: Sequence[Chosen], news: News, window: Window, targets: _Targets
    ) -> list[Composed]:
        digest = compose(
            subscription,
            chosen,
            news=news,
            window=window,
            desk=self.desk,
            recipient=targets.recipient,
            version=self.version,
            drawn=self._drawn,
        )
        return self._stage(subscription, digest, targets)

    def _began(self, subscription: Subscription) -> Standing:
        """Notes where the first window of a new subscription begins."""
        since = schedule.first_since(subscription, self.now)
        outbox.stage(self.session, Staged(subscription.name, "began", since, self.now), self.now)
        return Standing(since, self.now)

    def _slot(self, subscription: Subscription, standing: Standing) -> _Slot | None:
        """The slot to be served now; None where nothing is due."""
        stamp = self.now.astimezone(UTC).isoformat(timespec="milliseconds")  # two runs by hand may share a second
        by_hand = _Slot(stamp.replace("+00:00", "Z"), self.now)
        if subscription.rhythm == "instant":
            quiet = self.due_only and schedule.is_quiet(subscription, self.now)
            return None if quiet else by_hand
        if not self.due_only:
            return by_hand
        slot = schedule.due(subscription, self.now, standing.until, standing.slots)
        if slot is None:
            return None
        done = standing.slots | {slot.key}
        missed = schedule.missed(subscription, slot, standing.until or standing.began, done)
        return _Slot(slot.key, slot.at, missed)

    def _targets(self, subscription: Subscription) -> _Targets:
        """Where it goes; nowhere if the leading address is suppressed. `AddressError` if one can't be resolved."""
        channels = {}
        leading = Recipient("")
        for address in subscription.addresses:
            target = resolve(address, self.environ)
            hashed = suppression.fold(target.where)
            barred = (hashed, "") in self.suppressed or (hashed, subscription.name) in self.suppressed
            if address == subscription.address:
                leading = shown(address, target)
                if barred:
                    return _Targets(leading, {})
            if not barred:
                channels[address] = target.channel
        return _Targets(leading, channels)

    def _stage(self, subscription: Subscription, digest: Digest, targets: _Targets) -> list[Composed]:
        message = render(digest, self.desk)
        staged = Staged(
            subscription=subscription.name,
            slot=digest.slot,
            since=digest.since,
            until=digest.until,
            message_id=digest.message_id,
            subject=digest.subject,
            kind="correction" if digest.kind == "correction" else "digest",
            tellings=digest.tellings,
            letters=tuple(Letter(a, c, CHANNELS[c].pack(message, digest)) for a, c in targets.channels.items()),
        )
        if outbox.stage(self.session, staged, self.now) is None:
            return []
        told = [
            telling for telling in digest.tellings if " " not in telling.key
        ]  # agreements, not feeds or waiting ones
        corrections = len(told) - len(digest.items)
        return [Composed(subscription.name, digest.kind, digest.subject, len(digest.items), corrections, digest.slot)]


def _names(news: News) -> set[str]:
    """All names under which something may have been told."""
    agreements = {name for agreement in news.agreements for name in (agreement.key, *agreement.aliases)}
    waiting = {lists.idle_telling(agreement).key for agreement in news.idle}
    return agreements | waiting | {lists.feed_telling(feed).key for feed in news.feeds}
