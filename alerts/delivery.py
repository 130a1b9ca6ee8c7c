"""Sends what is stored, one committed step at a time: begun, in doubt, and what became of it.

One process delivers at a time, under the lease `deliver`. Whatever stops it, the next call goes on from the store.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import storage
from alerts.address import AddressError, resolve
from alerts.deliver import CHANNELS, Fate, Result, Send, Way
from alerts.subscription import Subscription
from storage import sending, suppression
from storage.outbox import Trouble, troubles
from storage.sending import Outgoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of delivering: how many in each state, what the operator must know, what waits for the hourly limit.

    No address of a subscriber is in any line.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    left: int = 0

    @property
    def sent(self) -> int:
        """Deliveries that were taken."""
        return self.counts.get("sent", 0)


def deliver_due(
    engine: storage.Engine,
    subscriptions: Sequence[Subscription],
    now: datetime,
    *,
    way: Way,
    environ: Mapping[str, str],
    wait: float = 30.0,
) -> Outcome:
    """Try every delivery that is due. Raises `storage.Busy` where another process delivers.

    Digests of subscriptions that are gone, paused addresses and suppressed ones are dropped, not sent.
    """
    with storage.lease(engine, "deliver", wait=wait, what="delivering digests"):
        with storage.transaction(engine) as session:
            sending.recover(session, now)
            due = sending.due(session, now)
            known = suppression.suppressed(session)
        run = _Run(engine, now, way, environ, {(s.name, a) for s in subscriptions for a in s.addresses}, known)
        with ExitStack() as stack:
            for channel in dict.fromkeys(channel for _, channel in due):
                send = stack.enter_context(CHANNELS[channel].open(way))
                run.batch(channel, send, [delivery for delivery, of in due if of == channel])
        with storage.reading(engine) as session:
            found = tuple(t for t in troubles(session, now - timedelta(seconds=1)) if t.changed >= now)
        return Outcome(dict(run.counts), tuple(dict.fromkeys(run.alarms)), found, run.left)


@dataclass
class _Run:
    engine: storage.Engine
    now: datetime
    way: Way
    environ: Mapping[str, str]
    wanted: set[tuple[str, str]]
    suppressed: Mapping[tuple[str, str], str]
    counts: Counter[str] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)
    left: int = 0

    def batch(self, channel: str, send: Send, deliveries: Sequence[int]) -> None:
        """All deliveries of one channel, until done, until the hourly limit, or until the way out is blocked."""
        room = self._room(channel)
        for place, delivery in enumerate(deliveries):
            if room is not None and self.counts["sent"] >= room:
                self.left += len(deliveries) - place
                self.alarms.append(f"the limit of mails per hour is reached; {self.left} wait for the next run")
                return
            until = self.one(send, delivery)
            if until is not None:
                self._hold(deliveries[place + 1 :], until)
                return

    def one(self, send: Send, delivery: int) -> datetime | None:
        """One delivery; the time of the next attempt where the whole channel has to wait."""
        with storage.transaction(self.engine) as session:
            outgoing = sending.begin(session, delivery, self.now)
        if outgoing is None:
            return None
        why = self._unwanted(outgoing)
        if why:
            self._settle(outgoing, "dropped", why)
            return None
        try:
            where = resolve(outgoing.address, self.environ).where
        except AddressError as error:
            return self._close(outgoing, Result(Fate.DEFERRED, str(error)))
        return self._close(outgoing, send(outgoing, where, lambda: self._doubt(delivery)))

    def _room(self, channel: str) -> int | None:
        """How many mails may still go out this hour; None where there is no limit."""
        if channel != "mailto" or self.way.server is None:
            return None
        with storage.reading(self.engine) as session:
            gone = sending.sent_since(session, channel, self.now - timedelta(hours=1))
        return self.counts["sent"] + max(0, self.way.server.per_hour - gone)

    def _unwanted(self, outgoing: Outgoing) -> str:
        if (outgoing.subscription, outgoing.address) not in self.wanted:
            return "no longer in the settings"
        try:
            hashed = suppression.fold(resolve(outgoing.address, self.environ).where)
        except AddressError:
            return ""
        barred = self.suppressed.get((hashed, "")) or self.suppressed.get((hashed, outgoing.subscription))
        return f"the address is suppressed ({barred})" if barred else ""

    def _doubt(self, delivery: int) -> None:
        with storage.transaction(self.engine) as session:
            sending.doubt(session, delivery, self.now)

    def _close(self, outgoing: Outgoing, result: Result) -> datetime | None:
        """Write down what became of an attempt."""
        until = None
        with storage.transaction(self.engine) as session:
            match result.fate:
                case Fate.SENT:
                    sending.sent(session, outgoing.id, self.now)
                    state = "sent"
                case Fate.DEFERRED:
                    until = sending.defer(session, outgoing.id, self.now, result.why)
                    state = "deferred"
                case Fate.REFUSED:
                    state = "refused"
                    if sending.refuse(session, outgoing.id, self.now, result.why):
                        self.alarms.append(
                            f"subscription {outgoing.subscription!r} is paused: its address was refused "
                            f"{sending.REFUSALS} times in a row; `pactwatch resubscribe` lifts it"
                        )
                case Fate.UNSURE:
                    state = sending.unsure(session, outgoing.id, self.now, result.why)
        self.counts[state] += 1
        if result.stop:
            self.alarms.append(result.why)
            return until
        return None

    def _settle(self, outgoing: Outgoing, state: str, why: str) -> None:
        with storage.transaction(self.engine) as session:
            sending.drop(session, outgoing.id, self.now, why)
        self.counts[state] += 1

    def _hold(self, deliveries: Iterable[int], until: datetime) -> None:
        held = list(deliveries)
        with storage.transaction(self.engine) as session:
            sending.hold(session, held, self.now, until, self.alarms[-1])
        self.counts["held"] += len(held)
