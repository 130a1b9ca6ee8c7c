"""Runs stopped at one exact call of the system or statement: killed there, or told that the disk is full or broken.

Each run is forked from a server that has imported everything, stops itself, is seized by strace and goes on: it costs
what its work costs. Calls need strace and the right to trace one's own processes; statements need neither.
"""

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Final, Literal

import store_whole
from sqlalchemy import Engine, event
from store_whole import What

CALLS: Final = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename", "unlink")
"""What changes files on their way to the disk. `write` is Python's own files, SQLite uses `pwrite64`."""
Harm = Literal["SIGKILL", "EIO", "ENOSPC"]
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Fault:
    """The harm done at the n-th call of a kind (n from 1)."""

    call: str
    number: int
    harm: Harm

    @property
    def ends(self) -> frozenset[int]:
        """How a run may end that meets it: killed, or well (it did not matter), or as a fault of the store."""
        return frozenset({-signal.SIGKILL} if self.harm == "SIGKILL" else {0, store_whole.FAULT})

    @property
    def injected(self) -> str:
        done = "signal=SIGKILL" if self.harm == "SIGKILL" else f"error={self.harm}"
        return f"inject={self.call}:{done}:when={self.number}"


@cache
def _server() -> ForkServerContext:
    """The server that runs are forked from; it imports when it starts, so what stands in the tree may change later."""
    context, before = get_context("forkserver"), os.environ.get("PYTHONPATH")
    context.set_forkserver_preload(["store_faults", "sqlalchemy.dialects.postgresql.psycopg"])
    os.environ["PYTHONPATH"] = os.pathsep.join((str(_HERE.parents[1]), str(_HERE), before or ""))
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    return context


def can_trace() -> str:
    """Why runs cannot be traced here, or empty."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "this process may trace no other"


def calls(what: What, folder: Path) -> list[tuple[str, int]]:
    """Every call that writes of an undisturbed run, as its kind and number."""
    with tempfile.NamedTemporaryFile("r") as said:
        code = _traced(what, folder, ["-e", f"trace={','.join(CALLS)}", "-o", said.name])
        made = Counter(re.findall(r"^\d* *(\w+)\(", said.read(), re.MULTILINE))
    if code:
        raise AssertionError(f"the undisturbed run ended with {code}")
    return [(call, number) for call in CALLS for number in range(1, made[call] + 1)]


def statements(what: What, folder: Path) -> list[tuple[str, int]]:
    """Every statement that an undisturbed run sends to its database."""
    process = _server().Process(target=_counted, args=(what, str(folder), str(folder / "count")))
    process.start()
    process.join()
    made = int((folder / "count").read_text("utf-8"))
    return [("statement", number) for number in range(1, made + 1)]


def harmed(what: What, folder: Path, fault: Fault) -> int:
    """The exit code of a run that meets a fault."""
    if fault.call != "statement":
        return _traced(what, folder, ["-e", f"trace={fault.call}", "-e", fault.injected, "-o", os.devnull])
    process = start(what, folder, statement=fault.number)
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _traced(what: What, folder: Path, options: Sequence[str]) -> int:
    process = _server().Process(target=_stopped, args=(what, str(folder)))
    process.start()
    _until(process, lambda pid: _status(pid, "State").startswith("T"))
    with subprocess.Popen(["strace", "-f", "-qq", *options, "-p", str(process.pid)], stderr=subprocess.DEVNULL):
        _until(process, lambda pid: _status(pid, "TracerPid") != "0")
        os.kill(process.pid or 0, signal.SIGCONT)
        process.join()
    assert process.exitcode is not None
    return process.exitcode


def _stopped(what: What, folder: str) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    _quietly(what, folder)


def start(what: What, folder: Path, *, statement: int | None = None, largest: int | None = None) -> ForkServerProcess:
    """A run begun; killed when it is about to send its so-manyth statement, or with files that grow no further."""
    process = _server().Process(target=_begun, args=(what, str(folder), statement, largest))
    process.start()
    return process


def _begun(what: What, folder: str, statement: int | None, largest: int | None) -> None:
    if statement is not None:
        left = iter(range(statement - 1))
        event.listen(Engine, "before_cursor_execute", lambda *_: next(left, None) is None and _die())
    if largest is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    _quietly(what, folder)


def _counted(what: What, folder: str, target: str) -> None:
    sent: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: sent.append(statement))
    _quietly(what, folder)
    Path(target).write_text(str(len(sent)), encoding="utf-8")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _quietly(what: What, folder: str) -> None:
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    store_whole.attempt(what, folder)


def _until(process: ForkServerProcess, reached: Callable[[int], bool]) -> None:
    deadline = time.monotonic() + 30
    while not reached(process.pid or 0):
        if time.monotonic() > deadline or not process.is_alive():
            raise AssertionError("the run could not be traced")
        time.sleep(0.002)


def _status(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:"))


@dataclass
class Bench:
    """A place for runs, each from the same beginning: an empty folder, or a store of an earlier schema."""

    what: What
    home: Path
    begin: bytes = b""
    """The SQLite store that each run finds; none where empty."""
    url: Callable[[], str] | None = None
    """Gives the address of a store on a server for each run instead."""
    rounds: int = 0

    def folder(self) -> Path:
        self.rounds += 1
        made = self.home / f"{self.what}-{self.rounds}"
        made.mkdir()
        store_whole.archive(made)
        if self.begin:
            (made / "pactwatch.db").write_bytes(self.begin)
        if self.url:
            (made / "url").write_text(self.url(), encoding="utf-8")
        return made

    @contextmanager
    def used(self) -> Iterator[Path]:
        """A folder that goes when it was looked at."""
        made = self.folder()
        try:
            yield made
        finally:
            shutil.rmtree(made)

    def undisturbed(self) -> list[str]:
        with self.used() as folder:
            store_whole.again(self.what, folder)
            return store_whole.held(folder)

    def calls(self) -> list[tuple[str, int]]:
        with self.used() as folder:
            return calls(self.what, folder)

    def statements(self) -> list[tuple[str, int]]:
        with self.used() as folder:
            return statements(self.what, folder)

    def after(self, fault: Fault) -> tuple[int, list[str]]:
        """How a run ended that met a fault, and what is held once it was run again."""
        with self.used() as folder:
            code = harmed(self.what, folder, fault)
            store_whole.again(self.what, folder)
            return code, store_whole.held(folder)


def sample(found: Sequence[tuple[str, int]], size: int, chance: random.Random) -> list[Fault]:
    """Some faults of all kinds."""
    harms: tuple[Harm, ...] = ("SIGKILL", "EIO", "ENOSPC")
    return [Fault(*chance.choice(found), harms[n % 3]) for n in range(size)]
