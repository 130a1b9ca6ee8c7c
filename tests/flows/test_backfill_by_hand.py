"""A backfill as a person sees it at a terminal: the bar, Ctrl-C, a kill, and the same command again."""

import fcntl
import json
import os
import pty
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from flows.exits import Exit

LINES = 14_000
COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "backfill", "archive.jsonl"]
BEGUN = re.compile(r" [1-9]\d*% ")
RATE = re.compile(r"\d+% .*?[\d,]+ lines/s \d+:\d\d:\d\d")


@pytest.fixture
def archive(user: Path) -> Path:
    (user / "pactwatch.toml").write_text(f'data = "{user / "data"}"\n[watch]\nlist = "own"\n', encoding="utf-8")
    rows = [{"title": f"Mayor opens fair number {n}", "url": f"https://town.example/{n}"} for n in range(LINES)]
    (user / "archive.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return user


def at_terminal(folder: Path, stop: signal.Signals | None = None) -> tuple[int, str]:
    """The command's code and all that it wrote to a terminal; `stop` comes when the bar has begun to grow, by the
    keyboard where it is SIGINT, so that all processes get it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(COMMAND[0], COMMAND, os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    shown = ""
    with suppress(OSError):  # the terminal's other side is closed
        while data := os.read(terminal, 65536):
            shown += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", data.decode("utf-8", "replace"))
            if stop is not None and BEGUN.search(shown):
                os.write(terminal, b"\x03") if stop is signal.SIGINT else os.kill(pid, stop)
                stop = None
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def held(folder: Path) -> tuple[int, int]:
    """How many items, and how many addresses among them."""
    with closing(sqlite3.connect(folder / "data" / "pactwatch.db")) as store:
        found: tuple[int, int] = store.execute("SELECT count(*), count(DISTINCT url) FROM item").fetchone()
    return found


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_stopped_backfill_goes_on_and_stores_nothing_twice(archive: Path, stop: signal.Signals, code: int) -> None:
    ended, shown = at_terminal(archive, stop)
    assert ended == code, shown
    assert "Traceback" not in shown
    if stop is signal.SIGINT:
        assert "the same command goes on from there" in shown
    before, _ = held(archive)
    assert 0 < before < LINES
    ended, shown = at_terminal(archive)
    assert ended == Exit.DONE, shown
    assert RATE.search(shown), shown
    assert held(archive) == (LINES, LINES)
    assert f"{LINES:,} lines, {LINES:,} items new" in shown, "it counts from the beginning of the file"


def test_no_bar_is_drawn_where_no_one_looks(archive: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(COMMAND, cwd=archive, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are read from /proc")
def test_a_killed_backfill_leaves_no_process_behind(archive: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(
        COMMAND, cwd=archive, env=environment, stdout=quiet, stderr=quiet, start_new_session=True
    )
    wait_for(lambda: len(workers(running.pid)) >= (os.cpu_count() or 1))
    left = workers(running.pid)
    running.kill()
    running.wait()
    wait_for(lambda: not any(map(is_alive, left)))


def workers(process: int) -> list[int]:
    """The processes that it began to classify in."""
    found = [int(one) for task in Path(f"/proc/{process}/task").glob("*/children") for one in task.read_text().split()]
    return [one for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def is_alive(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def wait_for(done: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
