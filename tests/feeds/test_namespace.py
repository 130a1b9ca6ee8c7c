"""No connection to an address of the inside, by any door, on a real network: one of its own, read from the wire."""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
REACHING = {
    "feed address", "redirect", "permanent redirect, confirmed", "article link", "redirect of an article", "robots.txt",
    "discovery", "rel=alternate of a page", "index of sitemaps", "OPML import", "webhook", "names and rebinding",
}  # fmt: skip
"""Doors that would reach the inside if nothing guarded them; by the others nothing is ever asked."""
OPENING = {"redirect", "redirect of an article", "robots.txt", "rel=alternate of a page", "index of sitemaps"}


@cache
def _own_network() -> tuple[str, ...]:
    """The command that runs another in a network of its own, or nothing where this machine permits none."""
    for options in (("--net", "--mount"), ("--net", "--mount", "--map-root-user")):
        command = ("unshare", *options)
        tried = [*command, "sh", "-c", "ip link set lo up && mount --bind /etc/hostname /etc/resolv.conf"]
        if shutil.which("unshare") and subprocess.run(tried, capture_output=True, check=False).returncode == 0:
            return command
    return ()


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    if not _own_network():
        pytest.skip("no network of its own: needs Linux, `unshare` and `ip`, and the right to use them")
    command = [*_own_network(), sys.executable, str(HERE / "inside_child.py"), str(HERE / "inside_addresses.txt")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_no_door_leads_inside(told: dict[str, Any]) -> None:
    assert told["addresses"] >= 60
    assert {name: door["inside"] for name, door in told["doors"].items() if door["inside"]} == {}


def test_the_doors_are_doors(told: dict[str, Any]) -> None:
    """Without the guard they lead inside, so the first test can fail; and the public sites behind them were asked."""
    reached = {name for name, door in told["doors"].items() if door["control"]}
    assert reached == REACHING
    assert min(told["doors"][name]["control"] for name in REACHING - {"names and rebinding"}) >= 25
    assert min(told["doors"][name]["public"] for name in OPENING) >= told["addresses"]
