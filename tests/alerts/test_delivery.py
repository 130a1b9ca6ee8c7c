"""Delivery against a mail server that breaks every rule: each recipient ends in the right state, healthy ones at once.

`pytest -m slow tests/alerts/test_delivery.py` runs 15 faults with 20 recipients each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mail_sink import Sink, Talk, hangs_up, only, says, sink_server, times, waits
from sqlalchemy import Engine
from sqlmodel import select

import storage
from alerts.deliver import Way
from alerts.delivery import Outcome, deliver_due
from alerts.desk import MailServer
from alerts.subscription import Subscription
from storage import outbox, suppression
from storage.outbox import Letter, Staged, Telling
from storage.outbox_tables import DeliveryRow, DigestRow

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAYS = timedelta(days=1)
BODY = b"From: a@x.example\r\nMessage-ID: <%s@x.example>\r\n\r\n.leading dot\r\nend\r\n"


def readers(count: int) -> list[Subscription]:
    return [Subscription(name=f"r{n}", address=f"mailto:r{n}@example.org") for n in range(count)]


def stage(engine: Engine, subscriptions: list[Subscription], now: datetime = NOW, slot: str = "one") -> None:
    with storage.transaction(engine) as session:
        for s in subscriptions:
            letter = Letter(s.address, "mailto", BODY % f"{slot}.{s.name}".encode())
            tellings = (Telling("kz-rw-2026-11", "signed", "signed||KZ–RW"),)
            outbox.stage(
                session, Staged(s.name, slot, now - DAYS, now, f"<{slot}.{s.name}@x.example>", "s", "digest", tellings,
                                (letter,)), now,
            )  # fmt: skip


def way(sink: Sink, **values: object) -> Way:
    timeouts = {"connect_timeout": 0.5, "answer_timeout": 0.5}
    server = MailServer(**{"host": "127.0.0.1", "port": sink.port, "security": "none", **timeouts, **values})  # type: ignore[arg-type]
    return Way(sender="digest@x.example", server=server)


def deliver(engine: Engine, sink: Sink, subscriptions: list[Subscription], now: datetime = NOW, **v: object) -> Outcome:
    return deliver_due(engine, subscriptions, now, way=way(sink, **v), environ={})


def states(engine: Engine) -> dict[str, str]:
    with storage.reading(engine) as session:
        rows = session.exec(select(DigestRow.subscription, DeliveryRow.state).join(DigestRow)).all()
    return dict(rows)


@dataclass(frozen=True)
class Fault:
    """What goes wrong for the one recipient in each run of deliveries, and where it ends."""

    name: str
    moment: str
    what: Callable[[], Callable[[Talk], str | None]]
    """Makes the fault anew for each test: some happen so many times only."""
    first: str
    """State after the first run."""
    last: str
    """State after five days of runs."""
    everyone: bool = False
    """It hits before a recipient is known, so that all wait."""
    patience: float = 0.5
    """Seconds that the client waits for an answer."""


FAULTS = [
    Fault("refused connection", "greeting", lambda: says("554 no"), "queued", "expired", everyone=True),
    Fault("busy at connect", "greeting", lambda: times(1, says("421 busy")), "queued", "sent", everyone=True),
    Fault("no greeting", "greeting", lambda: waits(0.3), "queued", "expired", everyone=True, patience=0.05),
    Fault("hello refused", "ehlo", lambda: says("421 go away"), "queued", "expired", everyone=True),
    Fault("greylisted", "rcpt", lambda: times(2, says("450 4.7.1 come back")), "deferred", "sent"),
    Fault("user unknown", "rcpt", lambda: says("550 5.1.1 no such user"), "refused", "refused"),
    Fault("mailbox full for ever", "rcpt", lambda: says("452 4.2.2 full"), "deferred", "expired"),
    Fault("421 in the midst of the batch", "rcpt", lambda: times(1, says("421 shutting down")), "deferred", "sent"),
    Fault("hang-up at RCPT", "rcpt", lambda: times(1, hangs_up), "deferred", "sent"),
    Fault("data refused for now", "data", lambda: times(1, says("451 later")), "deferred", "sent"),
    Fault("rejected after the dot", "body", lambda: says("554 5.7.1 spam"), "refused", "refused"),
    Fault("deferred after the dot", "body", lambda: times(3, says("451 4.3.0 later")), "deferred", "sent"),
    Fault("hang-up before the 250", "body", lambda: times(1, hangs_up), "doubt", "sent"),
    Fault("always a hang-up before the 250", "body", lambda: hangs_up, "doubt", "uncertain"),
    Fault("no answer to the dot", "body", lambda: times(1, waits(1.5)), "doubt", "sent"),
]


def broken(fault: Fault) -> dict[str, Callable[[Talk], str | None]]:
    what = fault.what()
    return {fault.moment: what if fault.everyone else only("r1@example.org", what)}


def run_fault(engine: Engine, fault: Fault, count: int) -> None:
    """All recipients but the second are healthy: sent once, in the first run wherever they can be."""
    everyone = readers(count)
    stage(engine, everyone)
    with sink_server(Sink(faults=broken(fault))) as sink:
        patience = {"connect_timeout": fault.patience}
        deliver(engine, sink, everyone, **patience)
        first = states(engine)
        healthy = {s.name for s in everyone} - {"r1"}
        if fault.everyone:
            assert "sent" not in first.values()
        else:
            assert {name for name, state in first.items() if state == "sent"} == healthy
            assert first["r1"] == fault.first
        for hour in (*range(1, 8), *range(12, 5 * 24 + 13, 6)):
            if not set(states(engine).values()) & {"queued", "deferred", "doubt"}:
                break
            deliver(engine, sink, everyone, NOW + timedelta(hours=hour), **patience)
        last = states(engine)
        assert last["r1"] == fault.last
        assert all(last[name] == (fault.last if fault.everyone else "sent") for name in healthy)
        by_recipient = [to for to, _ in sink.accepted]
        assert len(by_recipient) == len(set(by_recipient)), "nobody got it twice"
        assert set(by_recipient) == {f"{name}@example.org" for name, state in last.items() if state == "sent"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_a_fault_hits_only_its_recipient(engine: Engine, fault: Fault) -> None:
    run_fault(engine, fault, 3)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_a_fault_with_twenty_recipients(engine: Engine, fault: Fault) -> None:
    run_fault(engine, fault, 20)


def test_the_wire_carries_the_stored_bytes(engine: Engine) -> None:
    stage(engine, readers(2))
    with sink_server(Sink()) as sink:
        outcome = deliver(engine, sink, readers(2))
    assert outcome.sent == 2
    assert sink.connections == 1, "one connection for many mails"
    assert sorted(sink.bodies) == [BODY % b"one.r0", BODY % b"one.r1"]


def test_a_250_that_was_read_is_sent_though_the_goodbye_fails(engine: Engine) -> None:
    stage(engine, readers(1))
    with sink_server(Sink(faults={"quit": hangs_up, "after": hangs_up})) as sink:
        deliver(engine, sink, readers(1))
    assert states(engine) == {"r0": "sent"}


def test_a_hang_up_after_the_250_of_one_does_not_lose_the_next(engine: Engine) -> None:
    stage(engine, readers(3))
    with sink_server(Sink(faults={"after": times(2, hangs_up)})) as sink:
        deliver(engine, sink, readers(3))
        deliver(engine, sink, readers(3), NOW + timedelta(hours=1))
    assert set(states(engine).values()) == {"sent"}
    assert len(sink.accepted) == 3


def test_a_login_that_is_refused_is_tried_once_a_run_and_says_so(engine: Engine) -> None:
    stage(engine, readers(20))
    with sink_server(Sink(faults={"auth": says("535 5.7.8 wrong")})) as sink:
        outcome = deliver(engine, sink, readers(20), user="u", password="SECRET")
        deliver(engine, sink, readers(20), NOW + timedelta(minutes=5), user="u", password="SECRET")
    assert sink.logins <= 2, "one mechanism after the other, once"
    assert len(outcome.alarms) == 1
    assert "refused the login (535)" in outcome.alarms[0]
    assert "SECRET" not in repr(outcome)
    assert outcome.counts["held"] == 19
    assert set(states(engine).values()) == {"deferred", "queued"}


def test_nothing_goes_in_clear_where_starttls_is_asked(engine: Engine) -> None:
    stage(engine, readers(3))
    with sink_server(Sink()) as sink:
        outcome = deliver(engine, sink, readers(3), security="starttls")
    assert sink.accepted == []
    assert "does not offer STARTTLS" in outcome.alarms[0]


def test_no_address_of_a_reader_is_in_what_is_told(engine: Engine) -> None:
    stage(engine, readers(3))
    echo = {"rcpt": lambda talk: f"550 5.1.1 <{talk.recipient}> unknown"}
    with sink_server(Sink(faults=echo)) as sink:
        outcome = deliver(engine, sink, readers(3))
    assert "example.org" not in repr(outcome)
    assert [t.state for t in outcome.troubles] == ["refused"] * 3
    assert outcome.troubles[0].error == "the mail server said 550 5.1.1"


def test_the_hourly_limit_lets_the_rest_wait(engine: Engine) -> None:
    stage(engine, readers(5))
    with sink_server(Sink()) as sink:
        first = deliver(engine, sink, readers(5), per_hour=2)
        again = deliver(engine, sink, readers(5), NOW + timedelta(minutes=30), per_hour=2)
        later = deliver(engine, sink, readers(5), NOW + timedelta(minutes=61), per_hour=2)
    assert (first.sent, first.left, again.sent, again.left, later.sent) == (2, 3, 0, 3, 2)
    assert "limit of mails per hour" in first.alarms[0]


def test_whoever_unsubscribed_or_left_the_settings_gets_nothing_more(engine: Engine) -> None:
    stage(engine, readers(3))
    with storage.transaction(engine) as session:
        suppression.suppress(session, "R0@example.org", NOW, "r0")
    with sink_server(Sink()) as sink:
        deliver(engine, sink, readers(2))
    assert states(engine) == {"r0": "dropped", "r1": "sent", "r2": "dropped"}
    assert [to for to, _ in sink.accepted] == ["r1@example.org"]


def test_an_error_while_the_doubt_is_written_sends_no_body(engine: Engine, tmp_path: Path) -> None:
    stage(engine, readers(1))
    from alerts.deliver import smtp

    def fails() -> None:
        raise storage.StoreError("disk full")

    with storage.transaction(engine) as session:
        (delivery, _), *_ = storage.sending.due(session, NOW)
        outgoing = storage.sending.begin(session, delivery, NOW)
    assert outgoing is not None
    with sink_server(Sink()) as sink, smtp.connection(way(sink)) as send, pytest.raises(storage.StoreError):
        send(outgoing, "r0@example.org", fails)
    assert sink.accepted == []


def test_two_runs_at_once_the_second_steps_aside(engine: Engine) -> None:
    stage(engine, readers(1))
    with sink_server(Sink()) as sink, storage.lease(engine, "deliver"), pytest.raises(storage.Busy):
        deliver_due(engine, readers(1), NOW, way=way(sink), environ={}, wait=0.1)
    assert sink.connections == 0
