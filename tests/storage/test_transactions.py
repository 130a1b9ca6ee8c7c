"""One writer at a time; whoever waits is told by whom; nothing is half done."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import Session

from storage import Busy, StoreError, lease, open_store, reading, transact, transaction
from storage.engine import make_engine
from storage.lease import holders
from storage.tables import Lease, Meta

COUNT = """
import sys
from storage import open_store, transaction
from storage.tables import Meta
engine = open_store(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with transaction(engine) as session:
        row = session.get(Meta, "count")
        row.value = str(int(row.value) + 1)
"""


def python(code: str, *arguments: str) -> "subprocess.Popen[bytes]":
    root = str(Path(__file__).resolve().parents[2])
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=os.environ | {"PYTHONPATH": root}, cwd=root)


def test_three_processes_lose_no_update(engine: Engine, url: str) -> None:
    """SQLAlchemy's default lost 582 of 900 such updates without an error."""
    with transaction(engine) as session:
        session.add(Meta(key="count", value="0"))
    running = [python(COUNT, url, "50") for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    with reading(engine) as session:
        assert session.get_one(Meta, "count").value == "150"


def test_an_error_leaves_nothing_behind(engine: Engine) -> None:
    with suppress(ZeroDivisionError), transaction(engine) as session:
        session.add(Meta(key="x", value="1"))
        session.flush()
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.get(Meta, "x") is None


def test_a_second_writer_waits_and_then_says_so(engine: Engine, url: str) -> None:
    impatient = make_engine(url, wait=0.3)
    with transaction(engine), pytest.raises(Busy, match="another program writes"), transaction(impatient):
        pass
    with transaction(impatient) as session:
        session.add(Meta(key="later", value="1"))
    impatient.dispose()


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with transaction(engine) as writer:
        writer.add(Meta(key="x", value="1"))
        writer.flush()
        with reading(engine) as reader:
            assert reader.get(Meta, "x") is None


def test_a_lease_is_held_by_one(engine: Engine) -> None:
    with lease(engine, "ingest", what="by schedule"):
        with reading(engine) as session:
            assert [row.name for row in holders(session)] == ["ingest"]
        said = rf"ingest is already running \(by schedule\): process {os.getpid()} on "
        with pytest.raises(Busy, match=said), lease(engine, "ingest", wait=0.1):
            pass
        with lease(engine, "digest", wait=0):
            pass
    with lease(engine, "ingest", wait=0), reading(engine) as session:
        assert session.scalars(select(Lease.name)).all() == ["ingest"]


def test_who_waits_gets_the_lease_when_it_is_given_back(engine: Engine) -> None:
    got = threading.Event()

    def second() -> None:
        with lease(engine, "ingest", wait=20):
            got.set()

    with lease(engine, "ingest"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        assert not got.is_set()
    thread.join(20)
    assert got.is_set()


HOLD = """
import os, sys, time
from storage import lease, open_store
with lease(open_store(sys.argv[1]), "ingest"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lease_of_a_killed_run_is_taken_over(engine: Engine, url: str) -> None:
    root = str(Path(__file__).resolve().parents[2])
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], env=os.environ | {"PYTHONPATH": root}, stdout=subprocess.PIPE, cwd=root
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(Busy), lease(engine, "ingest", wait=0):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with lease(engine, "ingest", wait=0) as held:
        assert not held.lost


def test_a_lease_of_another_host_counts_until_its_heartbeat_is_old(engine: Engine) -> None:
    with lease(engine, "ingest"):
        with transaction(engine) as session:
            session.get_one(Lease, "ingest").host = "elsewhere"
        with pytest.raises(Busy, match="on elsewhere"), lease(engine, "ingest", wait=0):
            pass
        with transaction(engine) as session:
            row = session.get_one(Lease, "ingest")
            row.heartbeat = row.heartbeat.replace(year=2020)
        with lease(engine, "ingest", wait=0):
            pass


@pytest.mark.postgres
def test_a_lost_connection_is_tried_again(postgres_url: str) -> None:
    """The server ends our session in the midst of the transaction, as a restart does."""
    engine, other, tries = open_store(postgres_url), make_engine(postgres_url), []

    def work(session: Session) -> int:
        tries.append(1)
        session.add(Meta(key=f"try {len(tries)}", value="1"))
        session.flush()
        if len(tries) < 3:
            own = session.scalar(text("SELECT pg_backend_pid()"))
            with other.connect() as killer:
                killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            time.sleep(0.1)
        session.execute(text("SELECT 1"))
        return len(tries)

    assert transact(engine, work, pause=0) == 3
    with reading(engine) as session:
        assert session.scalars(select(Meta.key).where(Meta.key.like("try%"))).all() == ["try 3"]  # type: ignore[attr-defined]
    engine.dispose()
    other.dispose()


@pytest.mark.postgres
def test_a_server_that_stays_away_is_an_error_of_one_line() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://someone:SECRET@127.0.0.1:9/nothing")
    assert "SECRET" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_committed_outlasts_a_power_cut(tmp_path: Path) -> None:
    """As far as can be shown without one: a commit waits until the disk has it (2 is FULL), in each new connection."""
    engine = open_store(f"sqlite:///{tmp_path / 'pactwatch.db'}")
    with reading(engine) as first, reading(engine) as second:
        for session in (first, second):
            modes = [session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
            assert modes == ["wal", 2]
    engine.dispose()
