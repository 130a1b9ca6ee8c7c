"""A stopped command finishes its transaction, gives the lease back and says so by its code; two runs never clash."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import storage
from flows.exits import Exit


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        yield listening.getsockname()[1]


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from flows.cli import main; main()", *args]
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(root)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def watch_silence(folder: Path, port: int) -> None:
    (folder / "feeds.toml").write_text(
        f'[feeds.silent]\noutlet = "Silent"\nurl = "http://127.0.0.1:{port}/rss"\ncountry = "GB"\nlang = "en"\n',
        encoding="utf-8",
    )
    (folder / "pactwatch.toml").write_text(
        f'data = "{folder / "data"}"\nwait = 0.2\n[watch]\nlist = "own"\n[fetch]\nallow = ["127.0.0.0/8"]\n',
        encoding="utf-8",
    )


def until_leased(folder: Path) -> None:
    """Waits until the run in this folder has stored the seed article, and so holds the lease."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if (folder / "data" / "pactwatch.db").exists():
            engine = storage.open_store(f"sqlite:///{folder / 'data' / 'pactwatch.db'}", backups=None)
            with storage.reading(engine) as session:
                found = storage.agreements(session)
            engine.dispose()
            if found:
                return
        time.sleep(0.1)
    raise AssertionError("the run did not begin")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, Exit.TERMINATED), (signal.SIGINT, Exit.INTERRUPTED)])
def test_a_signal_ends_a_run_at_once_and_leaves_no_lease(
    user: Path, silent: int, number: signal.Signals, code: Exit
) -> None:
    watch_silence(user, silent)
    run = start(user, "ingest")
    until_leased(user)
    began = time.monotonic()
    run.send_signal(number)
    _, err = run.communicate(timeout=20)
    assert run.returncode == code, err
    assert time.monotonic() - began < 5
    assert "stopped" in err.splitlines()[-1]
    engine = storage.open_store(f"sqlite:///{user / 'data' / 'pactwatch.db'}", backups=None)
    with storage.lease(engine, "ingest", wait=0):
        pass
    engine.dispose()


def test_a_second_run_steps_aside_and_names_the_first(
    user: Path, silent: int, pactwatch: Callable[..., tuple[int, str, str]]
) -> None:
    watch_silence(user, silent)
    run = start(user, "ingest")
    try:
        until_leased(user)
        code, out, err = pactwatch("ingest")
        assert (code, out) == (Exit.BUSY, "")
        assert str(run.pid) in err.splitlines()[-1]
    finally:
        run.kill()
        run.communicate()


def test_a_closed_pipe_is_no_error(user: Path) -> None:
    command = f"{sys.executable} -c 'from flows.cli import main; main()' classify | head -n 1"
    lines = "\n".join(json.dumps({"id": n, "title": "Storm closes schools in Leeds"}) for n in range(3000))
    root = Path(__file__).parents[2]
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        input=lines,
        cwd=user,
        env=os.environ | {"PYTHONPATH": str(root)},
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (Exit.DONE, "")
    assert json.loads(done.stdout)["id"] == "0"
