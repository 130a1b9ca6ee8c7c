"""The process is killed at every moment of the protocol, and at random: no mail is lost, none goes out twice but in the
one window where nobody can know (the server took it and we did not read its answer), and then with the same bytes.

`pytest -m slow -s tests/alerts/test_crashes.py` kills 60 runs at random (`PACTWATCH_KILLS=500` as many) and 40 in the
window, and prints the counts.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mail_sink import HangUpError, Sink, Talk, sink_server
from mail_store import Telling, ingest
from sqlmodel import select

import storage
from storage.outbox_tables import DeliveryRow, DigestRow

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KILLS = int(os.environ.get("PACTWATCH_KILLS", "60"))
CHILD = Path(__file__).with_name("mail_child.py")


def start(database: str, sink: Sink, now: datetime, readers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(CHILD), database, str(sink.port), str(int(now.timestamp())), str(readers)]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def finish(database: str, sink: Sink, now: datetime, readers: int) -> None:
    child = start(database, sink, now, readers)
    _, error = child.communicate(timeout=120)
    assert child.returncode == 0, error.decode()


class Killer:
    """Kills the running child once, when the sink comes to a moment with a recipient."""

    def __init__(self, moment: str, recipient: str) -> None:
        self.pid = 0
        self.recipient = recipient
        self.sink = Sink(faults={moment: self.strike})

    def strike(self, talk: Talk) -> str | None:
        if self.pid and talk.recipient == self.recipient:
            os.kill(self.pid, signal.SIGKILL)
            self.pid = 0
            time.sleep(0.05)
            if talk.sink.faults.get("body") == self.strike:
                raise HangUpError  # the dot was read, but the mail is not taken
        return None


def store(database: str) -> str:
    engine = storage.open_store(database)
    ingest(engine, [Telling(("KZ", "RW")), Telling(("CL", "JP"))], NOW - timedelta(hours=1))
    engine.dispose()
    return database


def states(database: str) -> tuple[Counter[str], Counter[str]]:
    engine = storage.open_store(database)
    with storage.reading(engine) as session:
        digests = Counter(session.exec(select(DigestRow.state).where(DigestRow.slot != "began")).all())
        deliveries = Counter(session.exec(select(DeliveryRow.state)).all())
    engine.dispose()
    return digests, deliveries


@pytest.mark.parametrize(
    ("moment", "copies"),
    [("rcpt", 1), ("data", 1), ("body", 1), ("taken", 2)],
    ids=["before the mail", "at the 354", "the dot was read, not taken", "taken, the answer unread"],
)
def test_killed_at_a_moment_of_the_protocol(url: str, moment: str, copies: int) -> None:
    database = store(url)
    killer = Killer(moment, "r1@example.org")
    with sink_server(killer.sink) as sink:
        child = start(database, sink, NOW, 3)
        killer.pid = child.pid
        child.communicate(timeout=120)
        assert child.returncode == -signal.SIGKILL
        finish(database, sink, NOW + timedelta(minutes=20), 3)
    per_mail = Counter(sink.accepted)
    assert {to for to, _ in per_mail} == {f"r{n}@example.org" for n in range(3)}
    assert per_mail[("r1@example.org", next(i for to, i in per_mail if to == "r1@example.org"))] == copies
    assert sum(per_mail.values()) == 3 + copies - 1
    assert len(set(sink.bodies)) == 3, "a repeat is the same bytes"
    assert states(database) == (Counter(delivered=3), Counter(sent=3))


def _count(sink: Sink, readers: int) -> Counter[int]:
    per_reader = Counter(to for to, _ in sink.accepted)
    assert len(set(sink.accepted)) == len(per_reader), "every repeat carries the same Message-ID"
    return Counter(per_reader[f"r{n}@example.org"] for n in range(readers))


@pytest.mark.slow
def test_killed_at_random(url: str) -> None:
    rng = random.Random(47)
    readers, database, sink = 5 * KILLS, store(url), Sink()
    with sink_server(sink):
        began = time.monotonic()
        finish(database, sink, NOW, 0)
        whole = time.monotonic() - began
        for number in range(KILLS):
            child = start(database, sink, NOW + timedelta(minutes=20 * number), readers)
            time.sleep(rng.uniform(0.5 * whole, 1.5 * whole + 0.2))
            child.kill()
            child.communicate()
        for number in range(KILLS, KILLS + 4):
            finish(database, sink, NOW + timedelta(minutes=20 * number), readers)
    counted = _count(sink, readers)
    print(
        f"{readers} mails, {KILLS} kills at random: accepted {dict(sorted(counted.items()))} times, {states(database)}"
    )
    assert counted[0] == 0
    assert set(counted) <= {1, 2}
    ended = states(database)[1]
    assert ended["sent"] == readers
    assert set(ended) <= {"sent", "expired"}  # 360 steps are five days: what waited goes into the next digest


@pytest.mark.slow
def test_killed_in_the_window_again_and_again(url: str) -> None:
    """Aimed at one reader: taken twice at most, then uncertain, and its agreements come with the next digest."""
    database = store(url)
    killer = Killer("after", "r1@example.org")
    with sink_server(killer.sink) as sink:
        for number in range(40):
            now = NOW + timedelta(minutes=20 * number)
            child = start(database, sink, now, 3)
            killer.pid = child.pid if number % 3 != 2 else 0
            child.communicate(timeout=120)
    per_mail = Counter(sink.accepted)
    print(f"40 runs, killed in the window in two of three: copies {Counter(per_mail.values())}, {states(database)}")
    assert max(per_mail.values()) == 2
    assert {to for to, _ in per_mail} == {f"r{n}@example.org" for n in range(3)}
