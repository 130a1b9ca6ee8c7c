"""The long form of tests/storage/test_crash.py: `python -m benchmarks.crash [ROW ...] [--postgres]`.

    kills       killed at random moments, five times in one store [--kills 500]
    calls       killed at every call that writes to the disk; EIO and ENOSPC at every [--every 1] such call (strace)
    statements  killed before every statement
    upgrades    the same two, while a store is made or comes up from each released schema
    full        a disk of 20 sizes (a tmpfs; files of limited size where that cannot be mounted) [--sizes 20]
    together    ingest, digest and backfill as three processes without the lease [--rounds 100]
    restarts    the same on a PostgreSQL server that is restarted, fast and immediate in turn [--restarts 50]

Each round ends in the same question: is the store sound, and equal (as sorted business values, digests and their files
among them) to that of one undisturbed run, once it was run again? Prints counts as `x of n`; exit 1 where one differs.
Faults are played in the order of a seed, so that with `--minutes` a sample of all is. With `--postgres` (a server by
scripts/postgres-for-tests) `statements`, `upgrades` and `together` are played there too.
"""

import argparse
import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "storage"))

import store_faults
import store_whole
from sqlalchemy import create_engine, text
from store_faults import Bench, Fault

from storage import open_store

ROWS: Final = ("kills", "calls", "statements", "upgrades", "full", "together", "restarts")
RELEASED: Final = sorted((ROOT / "tests" / "storage" / "released").glob("*.db.gz"))
PARTS: Final[tuple[store_whole.What, ...]] = ("ingest", "digest", "backfill")
SERVER: Final = str(ROOT / "scripts" / "postgres-for-tests")
Play = Callable[[], list[str]]


class Board:
    """Counts of rounds that ended as an undisturbed run."""

    def __init__(self, minutes: float) -> None:
        self.failed, self._minutes = False, minutes

    def row(self, name: str, wanted: list[str], plays: Sequence[tuple[object, Play]]) -> None:
        """Play the rounds, as many as there is time for; each gives what the store held at its end."""
        began, good, count = time.monotonic(), 0, 0
        for label, play in plays:
            if self._minutes and time.monotonic() - began > 60 * self._minutes:
                break
            same = play() == wanted
            good, count = good + same, count + 1
            if not same:
                print(f"  {name}: {label} differs", flush=True)
        self.failed |= good != count
        spent = f"{time.monotonic() - began:.0f} s" + (f"; {len(plays)} there are" if count < len(plays) else "")
        print(f"{name}: {good} of {count} equal to an undisturbed run ({spent})", flush=True)


def made(folder: Path) -> bytes:
    """An empty store of the present schema."""
    open_store(f"sqlite:///{folder / 'made.db'}").dispose()
    return (folder / "made.db").read_bytes()


def faults(bench: Bench, every: int) -> list[Fault]:
    """A kill at every call that writes, and both errors at every so-manyth."""
    found = bench.calls()
    kills = [Fault(*one, "SIGKILL") for one in found]
    return [*kills, *(Fault(*one, "EIO") for one in found[::every]), *(Fault(*one, "ENOSPC") for one in found[::every])]


def struck(bench: Bench, found: Iterable[Fault]) -> list[tuple[object, Play]]:
    def play(fault: Fault) -> list[str]:
        code, held = bench.after(fault)
        return held if code in fault.ends else [f"exit {code}"]

    return [(fault, partial(play, fault)) for fault in found]


def killed(bench: Bench, chance: random.Random, span: float, hits: list[int]) -> list[str]:
    """One store, killed up to five times, then run to its end."""
    with bench.used() as folder:
        for _ in range(5):
            running = store_faults.start("run", folder)
            running.join(chance.uniform(0, span))
            running.kill()
            running.join()
            hits[0] += running.exitcode == -signal.SIGKILL
        store_whole.again("run", folder)
        return store_whole.held(folder)


@contextmanager
def small_disk(folder: Path, room: int) -> Iterator[bool]:
    """A file system with so many bytes at a folder; False where none may be mounted."""
    options = f"size={room}"
    tried = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    try:
        yield tried.returncode == 0
    finally:
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)


def starved(bench: Bench, room: int) -> list[str]:
    """One store on a disk that has room for so many bytes more than the empty one, then run with space."""
    with bench.used() as folder:
        disk = folder / "disk"
        disk.mkdir()
        brought = [folder / "pactwatch.db", folder / "archive.jsonl"]
        with small_disk(disk, sum(path.stat().st_size for path in brought) + room) as mounted:
            for path in brought:
                shutil.move(path, disk)
            running = store_faults.start("run", disk, largest=None if mounted else len(bench.begin) + room)
            running.join()
            if running.exitcode not in (0, store_whole.FAULT):
                return [f"exit {running.exitcode}"]
            for path in disk.iterdir():
                shutil.move(path, folder)
        store_whole.again("run", folder)
        return store_whole.held(folder)


def together(folder: Path) -> list[str]:
    """Three processes over one store, each doing its own, then the whole run for what a digest came too early for."""
    running = [store_faults.start(what, folder) for what in PARTS]
    for process in running:
        process.join()
    ends = [f"exit {process.exitcode}" for process in running if process.exitcode]
    store_whole.run(folder, store_whole.LATER)
    return ends + store_whole.held(folder, digests=False)


def restarted(folder: Path, server: Path, chance: random.Random, mode: str) -> list[str]:
    """As `together`, while the server is restarted; a process that it threw out three times is run again."""
    running = [store_faults.start(what, folder) for what in PARTS]
    time.sleep(chance.uniform(0.1, 1.0))
    subprocess.run([SERVER, "restart", str(server), mode], check=True)
    for process in running:
        process.join()
    store_whole.run(folder, store_whole.LATER)
    return store_whole.held(folder, digests=False)


@contextmanager
def server(folder: Path) -> Iterator[Callable[..., str]]:
    """A PostgreSQL server of our own; gives the address of a new database at each call, empty or of our schema."""
    said = subprocess.run([SERVER, "start", str(folder)], check=True, capture_output=True, text=True).stdout.strip()
    count = 0

    def fresh(name: str = "") -> str:
        nonlocal count
        count += 1
        engine = create_engine(said, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE round_{count}{name and f' TEMPLATE {name}'}"))
        engine.dispose()
        return f"{said.rpartition('/')[0]}/round_{count}"

    try:
        yield fresh
    finally:
        subprocess.run([SERVER, "stop", str(folder)], check=True)


class Rounds:
    """The rows, each a method of the same name."""

    def __init__(self, home: Path, wanted: argparse.Namespace, fresh: Callable[..., str] | None) -> None:
        self._home, self._asked, self._fresh, self.board = home, wanted, fresh, Board(wanted.minutes)
        self._chance = random.Random(wanted.seed)
        self._begin = made(home)

    def _bench(self, what: store_whole.What, begin: bytes = b"", url: Callable[[], str] | None = None) -> Bench:
        (home := self._home / f"bench-{self._chance.random()}").mkdir()
        return Bench(what, home, begin, url)

    def kills(self) -> None:
        bench, hits = self._bench("run", self._begin), [0]
        began = time.monotonic()
        wanted = bench.undisturbed()
        span = time.monotonic() - began
        plays = [(n, partial(killed, bench, self._chance, span, hits)) for n in range(self._asked.kills // 5)]
        self.board.row("killed at random moments, five times a store", wanted, plays)
        print(f"  {hits[0]} kills met a run at work", flush=True)

    def calls(self) -> None:
        bench = self._bench("run", self._begin)
        self._struck("a run", bench, faults(bench, self._asked.every))

    def statements(self) -> None:
        for name, bench in self._places("run", self._begin):
            self._struck(f"a run{name}", bench, [Fault(*one, "SIGKILL") for one in bench.statements()])

    def upgrades(self) -> None:
        begins = {"a new store": b"", **{path.name[:4]: gzip.decompress(path.read_bytes()) for path in RELEASED[:-1]}}
        for name, begin in begins.items():
            bench = self._bench("upgrade", begin)
            found = [*faults(bench, self._asked.every), *(Fault(*one, "SIGKILL") for one in bench.statements())]
            self._struck(f"upgrade of {name}", bench, found)
        if self._fresh:
            bench = self._bench("upgrade", url=self._fresh)
            found = [Fault(*one, "SIGKILL") for one in bench.statements()]
            self._struck("upgrade of a new store, PostgreSQL", bench, found)

    def full(self) -> None:
        bench = self._bench("run", self._begin)
        rooms = [4096 * n * n // 2 for n in range(self._asked.sizes)]
        plays = [(room, partial(starved, bench, room)) for room in rooms]
        self.board.row("disk full", bench.undisturbed(), plays)

    def together(self) -> None:
        for name, bench in self._places("run", self._begin):
            self.board.row(f"three at once{name}", serial(bench), crowds(bench, self._asked.rounds))

    def restarts(self) -> None:
        if self._fresh is None:
            return
        *_, (_, bench) = self._places("run", self._begin)

        def play(number: int) -> list[str]:
            with bench.used() as folder:
                return restarted(folder, self._home / "server", self._chance, ("fast", "immediate")[number % 2])

        plays = [(n, partial(play, n)) for n in range(self._asked.restarts)]
        self.board.row("three at once, PostgreSQL restarted", serial(bench), plays)

    def _struck(self, name: str, bench: Bench, found: list[Fault]) -> None:
        """One row for each kind of harm."""
        wanted = bench.undisturbed()
        for kind in dict.fromkeys((fault.call == "statement", fault.harm) for fault in found):
            some = [fault for fault in found if (fault.call == "statement", fault.harm) == kind]
            self._chance.shuffle(some)  # so that those there is time for are of all kinds
            where = "killed before every statement" if kind[0] else f"{kind[1]} at calls that write"
            self.board.row(f"{name}, {where}", wanted, struck(bench, some))

    def _places(self, what: store_whole.What, begin: bytes) -> Iterator[tuple[str, Bench]]:
        yield ", SQLite", self._bench(what, begin)
        if self._fresh:
            open_store(template := self._fresh()).dispose()
            yield ", PostgreSQL", self._bench(what, url=partial(self._fresh, template.rpartition("/")[2]))


def serial(bench: Bench) -> list[str]:
    """What one process after the other leaves."""
    with bench.used() as folder:
        store_whole.run(folder)
        store_whole.run(folder, store_whole.LATER)
        return store_whole.held(folder, digests=False)


def crowds(bench: Bench, rounds: int) -> list[tuple[object, Play]]:
    def play() -> list[str]:
        with bench.used() as folder:
            return together(folder)

    return [(n, play) for n in range(rounds)]


def main() -> int:
    """Play the rows that are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"{', '.join(ROWS)} (default: all)")
    numbers = {"kills": 500, "every": 1, "sizes": 20, "rounds": 100, "restarts": 50, "seed": 1}
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--minutes", type=float, default=0, help="play each row no longer than this; it says so")
    parser.add_argument("--postgres", action="store_true")
    wanted = parser.parse_args()
    if unknown := set(wanted.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    print(f"seed {wanted.seed}, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)  # the server's user has to reach its folder
        with server(home / "server") if wanted.postgres else nullcontext() as fresh:
            rounds = Rounds(home, wanted, fresh)
            for row in wanted.rows or ROWS:
                getattr(rounds, row)()
    return int(rounds.board.failed)


if __name__ == "__main__":
    sys.exit(main())
