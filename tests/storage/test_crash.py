"""Killed anywhere, run beside others, out of space, cut off from its server: the store ends as if nothing had been.

A seeded sample; `python -m benchmarks.crash` does the long form.
"""

import gzip
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import store_faults
import store_whole
import store_work
from sqlalchemy import Engine, make_url, text
from store_faults import Bench, Fault, can_trace, sample

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
    for _ in range(12):
        if killed == 4:
            break
        running = start(url)
        with suppress(subprocess.TimeoutExpired):
            running.wait(span * chance.uniform(0.4, 0.95))
        if running.poll() is None:
            killed += 1
        else:  # it was quicker than the first one, which shared the machine with others
            span *= 0.7
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


RELEASED = sorted((HERE / "released").glob("*.db.gz"))[:-1]
"""Stores of all schemas before the present one."""


@pytest.fixture(scope="module")
def work(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, list[str]]:
    """A place for whole runs (ingest, digest, backfill), and what an undisturbed one leaves."""
    bench = Bench("run", tmp_path_factory.mktemp("work"), sqlite_template.read_bytes())
    wanted = bench.undisturbed()
    assert wanted.count(".eml") == 1
    return bench, wanted


def test_killed_before_a_statement(work: tuple[Bench, list[str]]) -> None:
    bench, wanted = work
    for place in random.Random(3).sample(bench.statements(), 5):
        assert bench.after(Fault(*place, "SIGKILL")) == (-signal.SIGKILL, wanted), place


def test_killed_or_failing_at_a_call_that_writes(work: tuple[Bench, list[str]]) -> None:
    """Killed there, or told that the disk is broken or full: one line of error at most, and the next run mends it."""
    if why := can_trace():
        pytest.skip(why)
    bench, wanted = work
    for fault in sample(bench.calls(), 9, random.Random(5)):
        code, held = bench.after(fault)
        assert held == wanted, fault
        assert code in fault.ends, fault


@pytest.mark.parametrize("packed", [None, *RELEASED], ids=lambda path: path.name[:4] if path else "new")
def test_an_upgrade_stopped_anywhere(packed: Path | None, tmp_path: Path) -> None:
    """A store being made, or coming up from an earlier schema: whole or not at all, and whole at the next start."""
    bench = Bench("upgrade", tmp_path, gzip.decompress(packed.read_bytes()) if packed else b"")
    wanted, chance = bench.undisturbed(), random.Random(7)
    faults = [Fault(*place, "SIGKILL") for place in chance.sample(bench.statements(), 3)]
    for fault in faults if can_trace() else [*faults, *sample(bench.calls(), 6, chance)]:
        code, held = bench.after(fault)
        assert held == wanted, fault
        assert code in fault.ends, fault


@pytest.mark.postgres
def test_a_server_s_upgrade_killed_before_a_statement(postgres_empty: Callable[[], str], tmp_path: Path) -> None:
    bench = Bench("upgrade", tmp_path, url=postgres_empty)
    wanted = bench.undisturbed()
    for place in random.Random(9).sample(bench.statements(), 3):
        assert bench.after(Fault(*place, "SIGKILL")) == (-signal.SIGKILL, wanted), place


def test_ingest_digest_and_backfill_at_once(work: tuple[Bench, list[str]]) -> None:
    """Without the lease: what is held and what was told is as if one had followed the other."""
    bench, _ = work
    with bench.used() as folder:
        store_whole.run(folder)
        wanted = store_whole.held(folder, digests=False)
    with bench.used() as folder:
        parts: tuple[store_whole.What, ...] = ("ingest", "digest", "backfill")
        running = [store_faults.start(what, folder) for what in parts]
        for process in running:
            process.join()
        assert [process.exitcode for process in running] == [0, 0, 0]
        store_whole.run(folder, store_whole.LATER)
        assert store_whole.held(folder, digests=False) == wanted


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


class Cutting:
    """Passes bytes on to a server and back, and drops both sides after a COMMIT before its answer is heard."""

    def __init__(self, host: str, port: int, cuts: int) -> None:
        self._server, self._cuts = (host, port), cuts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                cut = threading.Event()
                threading.Thread(target=self._up, args=(client, server, cut), daemon=True).start()
                threading.Thread(target=self._down, args=(client, server, cut), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if b"COMMIT" in data and self._cuts:
                    self._cuts -= 1
                    cut.set()
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _down(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if cut.is_set():  # the server has committed; nobody is told
                    break
                client.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._listener.close()


@pytest.mark.postgres
def test_a_commit_whose_answer_is_lost(postgres_url: str, undisturbed: list[str]) -> None:
    """The transaction is begun anew and finds its own rows: nothing is doubled."""
    address = make_url(postgres_url)
    open_store(postgres_url).dispose()
    proxy = Cutting(str(address.host), address.port or 5432, cuts=2)
    cut = address.set(port=proxy.port)
    try:
        store_work.run(cut.render_as_string(hide_password=False))
    finally:
        proxy.close()
    engine = open_store(postgres_url)
    sound(engine)
    assert proxy._cuts == 0
    assert store_work.outcome(engine) == undisturbed
    engine.dispose()
