"""Each requirement of the reader's specification names tests in docs/digests.md, and these are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"(?m)^\| (\d+) \| .+ \| (`test_.+`) \|$", (ROOT / "docs/digests.md").read_text("utf-8"))


def test_all_46_requirements_have_tests_that_are_there() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 47))
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"(?m)^def (test_\w+)", source))
    named = {name for _, names in ROWS for name in re.findall(r"`(\w+)`", names)}
    assert named - there == set()
