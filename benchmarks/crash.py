"""The long form of tests/storage/test_crash.py: crash, disk, two at once, PostgreSQL restarted.

    python benchmarks/crash.py [--kills 500] [--sizes 20] [--rounds 100] [--restarts 50] [--seed 1] [--postgres]

Each round ends in the same question: is the store sound, and equal (as sorted business values) to that of one
undisturbed run? Prints counts as `x of n`; exit 1 where one differs. `--postgres` starts a server by
scripts/postgres-for-tests and restarts it (fast and immediate in turn) while runs work. A round of the full form takes
hours on two cores.
"""

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "storage"
sys.path[:0] = [str(ROOT), str(TESTS)]

import store_work
from sqlalchemy import create_engine, text

from storage import check, open_store


def start(url: str, *arguments: int, limit: int | None = None) -> "subprocess.Popen[bytes]":
    """A run in a process of its own, whose files grow to `limit` bytes at most."""

    def limited() -> None:
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, str(TESTS / "store_work.py"), url, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}"}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, preexec_fn=limited)  # noqa: PLW1509


def outcome(url: str) -> list[str]:
    """What a store holds, after its own checks; what they find stands in it too."""
    engine = open_store(url)
    try:
        return [*check(engine), *store_work.outcome(engine)]
    finally:
        engine.dispose()


class Board:
    """Counts of rounds that ended as an undisturbed run."""

    def __init__(self, wanted: list[str]) -> None:
        self._wanted = wanted
        self.failed = False

    def row(self, name: str, rounds: int, play: Callable[[int], list[str]]) -> None:
        """Play the rounds; each gives what the store held at its end."""
        started, good = time.monotonic(), 0
        for number in range(rounds):
            same = play(number) == self._wanted
            good += same
            if not same:
                print(f"  {name}: round {number} differs", flush=True)
        self.failed |= good != rounds
        print(
            f"{name}: {good} of {rounds} equal to an undisturbed run ({time.monotonic() - started:.0f} s)", flush=True
        )


def killed(folder: Path, chance: random.Random, span: float) -> list[str]:
    """One store, killed up to five times in one stream, then run to its end."""
    url = f"sqlite:///{folder}/pactwatch.db"
    for _ in range(5):
        running = start(url)
        with suppress(subprocess.TimeoutExpired):
            running.wait(span * chance.uniform(0.2, 1.0))
        running.kill()
        running.wait()
    store_work.run(url)
    return outcome(url)


def half_made(folder: Path, chance: random.Random) -> list[str]:
    """One store killed while its schema is being made, up to five times, then used."""
    url = f"sqlite:///{folder}/pactwatch.db"
    code = "import sys; from storage import open_store; print(1, flush=True); open_store(sys.argv[1])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", code, url], env=environment, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            running.stdout.readline()
            time.sleep(chance.uniform(0, 0.15))
            running.kill()
    store_work.run(url)
    return outcome(url)


def starved(folder: Path, room: int) -> list[str]:
    """One store whose files may not grow beyond a size, then run with space."""
    url = f"sqlite:///{folder}/pactwatch.db"
    open_store(url).dispose()
    start(url, limit=room).wait()
    store_work.run(url)
    return outcome(url)


def crowded(url: str) -> list[str]:
    """Three processes over one stream, without the lease."""
    running = [start(url, 0, 2), start(url, 1, 2), start(url)]
    for process in running:
        process.wait()
    return outcome(url)


def restarted(url: str, folder: Path, chance: random.Random, mode: str) -> list[str]:
    """Two processes while the server is restarted; what it threw out is run again."""
    running = [start(url, 0, 2), start(url, 1, 2)]
    time.sleep(chance.uniform(0.8, 2.5))
    subprocess.run([str(ROOT / "scripts" / "postgres-for-tests"), "restart", str(folder), mode], check=True)
    for process in running:
        process.wait()
    store_work.run(url)
    return outcome(url)


def databases(server: str) -> Callable[[], str]:
    """Gives the address of a new database at each call."""
    count = 0

    def fresh() -> str:
        nonlocal count
        count += 1
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE round_{count}"))
        engine.dispose()
        return server.rpartition("/")[0] + f"/round_{count}"

    return fresh


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default in (("kills", 500), ("sizes", 20), ("rounds", 100), ("restarts", 50), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--postgres", action="store_true")
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    print(f"seed {wanted.seed}, {os.cpu_count()} cores, SQLite file and process per round")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)  # the server's user has to reach its folder
        (home / "plain").mkdir()
        began = time.monotonic()
        start(f"sqlite:///{home}/plain/pactwatch.db").wait()
        span = time.monotonic() - began
        board = Board(outcome(f"sqlite:///{home}/plain/pactwatch.db"))

        def place(kind: str, number: int) -> Path:
            folder = home / f"{kind}-{number}"
            folder.mkdir()
            return folder

        board.row(f"crash ({wanted.kills} kills)", wanted.kills // 5, lambda n: killed(place("kill", n), chance, span))
        board.row("schema half made", wanted.sizes, lambda n: half_made(place("half", n), chance))
        board.row("disk full", wanted.sizes, lambda n: starved(place("full", n), 4096 * n * n))
        board.row(
            "three at once, SQLite",
            wanted.rounds,
            lambda n: crowded(f"sqlite:///{place('crowd', n)}/pactwatch.db"),
        )
        if wanted.postgres:
            server_folder = home / "server"
            script = str(ROOT / "scripts" / "postgres-for-tests")
            said = subprocess.run([script, "start", str(server_folder)], check=True, capture_output=True, text=True)
            fresh = databases(said.stdout.strip())
            board.row("three at once, PostgreSQL", wanted.rounds, lambda _: crowded(fresh()))
            board.row(
                "PostgreSQL restarted",
                wanted.restarts,
                lambda n: restarted(fresh(), server_folder, chance, ("fast", "immediate")[n % 2]),
            )
            subprocess.run([script, "stop", str(server_folder)], check=True)
    return int(board.failed)


if __name__ == "__main__":
    sys.exit(main())
