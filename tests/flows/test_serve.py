"""The schedules, for real: `serve` with its own Prefect server fires, records, can be triggered, and stops cleanly.

A server takes 15 seconds to start and a schedule a minute to fire, so this is a long form: `scripts/test -m slow`.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.exits import Exit

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture
def served(watching: Callable[..., Path], press: Any, user: Path) -> Iterator[subprocess.Popen[bytes]]:
    press.publish("/world", ("Peru and Vietnam sign extradition treaty", "Peru and Vietnam signed it in Lima."))
    watching("/world", more='[schedule]\ningest = "* * * * *"\ndigest = "* * * * *"')
    with (user / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from flows.cli import main; main()", "serve"],
            cwd=user,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
    yield process
    process.kill()
    process.wait()


def runs(user: Path, flow: str) -> list[dict[str, Any]]:
    """The completed runs of a flow, as the local server tells them."""
    try:
        port = json.loads((user / "data/prefect/server.json").read_text(encoding="utf-8"))["port"]
        body = {"flows": {"name": {"any_": [flow]}}, "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/flow_runs/filter",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found
    except OSError:
        return []


def until(ready: Callable[[], Any], seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < deadline, what
        time.sleep(1)
    return found


def test_schedules_fire_are_recorded_and_stop(served: subprocess.Popen[bytes], user: Path) -> None:
    first = until(lambda: runs(user, "ingest"), 240, "no ingest ran")
    assert first[0]["state"]["message"].startswith("1 read, 0 failed; 1 items new")
    until(lambda: runs(user, "digest"), 120, "no digest ran")

    by_hand = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "ingest", "--json"],
        cwd=user,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert by_hand.returncode == Exit.DONE, by_hand.stderr
    assert json.loads(by_hand.stdout)["items"]["new"] == 0
    assert "no record of this run" not in by_hand.stderr

    served.send_signal(signal.SIGTERM)
    assert served.wait(60) == Exit.TERMINATED
    assert not (user / "data/prefect/server.json").exists()
    assert not (user / "home/.prefect").exists()
