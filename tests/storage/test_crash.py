"""Killed anywhere, run beside others, out of space, cut off from its server: the store ends as if nothing had been.

A seeded sample; `benchmarks/crash.py` does the long form.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import store_work
from sqlalchemy import Engine, text

from storage import check, open_store, reading
from storage.engine import database_file, make_engine

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def start(url: str, *arguments: int, limit: int | None = None) -> "subprocess.Popen[bytes]":
    def limited() -> None:
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, str(HERE / "store_work.py"), url, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, preexec_fn=limited)  # noqa: PLW1509


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('undisturbed') / 'pactwatch.db'}"
    store_work.run(url)
    engine = open_store(url)
    found = store_work.outcome(engine)
    engine.dispose()
    assert len(found) > 10
    return found


def sound(engine: Engine) -> None:
    """By the database's own checks and by ours: no report without agreement, no name given twice."""
    assert check(engine) == []
    with reading(engine) as session:
        loose = session.execute(text("SELECT count(*) FROM coverage WHERE agreement IS NULL")).scalar()
        twice = session.execute(text("SELECT count(*) FROM item GROUP BY identity HAVING count(*) > 1")).all()
        assert (loose, twice) == (0, [])


def test_killed_at_random_moments(engine: Engine, url: str, undisturbed: list[str]) -> None:
    chance = random.Random(11)
    started = time.monotonic()
    first = start(url)
    first.communicate()
    span = time.monotonic() - started
    assert first.returncode == 0
    for model in ("agreement_words", "change", "coverage", "alias", "agreement_sector", "agreement", "item_pair",
                  "item_sector", "labels", "item"):  # fmt: skip
        with engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {model}"))
    killed = 0
    for _ in range(4):
        running = start(url)
        with suppress(subprocess.TimeoutExpired):
            running.wait(span * chance.uniform(0.4, 0.95))
        killed += running.poll() is None
        running.kill()
        running.communicate()
        sound(engine)
    assert killed
    store_work.run(url)
    sound(engine)
    assert store_work.outcome(engine) == undisturbed


def test_three_at_once(engine: Engine, url: str, undisturbed: list[str]) -> None:
    """Two that share the stream and one that takes it all, without the lease: the keys alone hold."""
    running = [start(url, 0, 2), start(url, 1, 2), start(url)]
    assert [(process.wait(), process.communicate()[1]) for process in running] == [(0, b"")] * 3
    sound(engine)
    assert store_work.outcome(engine) == undisturbed


@pytest.mark.parametrize("room", [0, 5_000, 40_000, 150_000])
def test_out_of_space(tmp_path: Path, undisturbed: list[str], room: int) -> None:
    """Files may grow no further: one line of error, a sound store, and after that all is as if nothing had been."""
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    engine = open_store(url)
    file = database_file(engine)
    assert file is not None
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    running = start(url, limit=room)
    error = running.communicate()[1].decode()
    assert running.returncode != 0
    assert "cannot write" in error.splitlines()[-1]
    sound(engine)
    store_work.run(url)
    assert store_work.outcome(engine) == undisturbed
    engine.dispose()


@pytest.mark.postgres
def test_the_server_ends_our_sessions(postgres_url: str, undisturbed: list[str]) -> None:
    """As a restart does, in the midst of transactions: they are begun anew, and nothing is lost or doubled."""
    running, admin = start(postgres_url), make_engine(postgres_url)
    done = threading.Event()

    def cut() -> None:
        while not done.wait(0.4):
            with admin.connect() as connection:
                connection.execute(
                    text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                         "AND pid <> pg_backend_pid() AND state <> 'idle'")
                )  # fmt: skip

    cutting = threading.Thread(target=cut)
    cutting.start()
    error = running.communicate()[1]
    done.set()
    cutting.join()
    if running.returncode:  # cut three times in one transaction: an error, and the next run goes on
        assert b"StoreError" in error
        store_work.run(postgres_url)
    engine = open_store(postgres_url)
    assert store_work.outcome(engine) == undisturbed
    engine.dispose()
    admin.dispose()
