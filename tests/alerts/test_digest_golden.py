"""Golden mails: the same input gives the same bytes, and a change of wording shows in review.

`PACTWATCH_GOLDEN=write pytest tests/alerts/test_digest_golden.py` writes them anew; look at them before committing.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from mail_long import long
from mail_records import (
    COVERAGE,
    DESK,
    NOW,
    READER,
    WEEK,
    WEEKLY,
    first_issue,
    gas_memorandum,
    told_before,
    weekly,
)

from alerts.choose import choose
from alerts.compose import News, Window, compose, compose_correction
from alerts.desk import Desk
from alerts.digest import Digest
from alerts.render import render
from alerts.subscription import Subscription

GOLDEN = Path(__file__).parent / "golden"
ALERTS = Subscription(name="Energy alerts", address="mailto:j.moreau@example.org", rhythm="instant", quiet="22-7")


def correction() -> Digest:
    (chosen,) = choose(ALERTS, [gas_memorandum()], told_before(), WEEK)
    window = Window(WEEK, NOW, "fix om-tz-2026-11 2026-11-23T06:00:04Z")
    return compose_correction(ALERTS, chosen, window=window, desk=DESK, recipient=READER, version="0.1.0")


def empty() -> Digest:
    window = Window(WEEK, NOW, "2026-11-23")
    known = News(coverage=COVERAGE)
    return compose(WEEKLY, (), news=known, window=window, desk=DESK, recipient=READER, version="0.1.0")


CASES: dict[str, tuple[Callable[[], Digest], Desk]] = {
    "weekly": (weekly, DESK),
    "long": (long, DESK),
    "first": (first_issue, Desk()),
    "correction": (correction, DESK),
    "empty": (empty, DESK),
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str) -> None:
    make, desk = CASES[name]
    message = render(make(), desk)
    assert render(make(), desk) == message, "deterministic"
    made = {f"{name}.html": message.html.encode(), f"{name}.txt": message.text.encode(), f"{name}.eml": message.eml}
    for file, body in made.items():
        if os.environ.get("PACTWATCH_GOLDEN") == "write":
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / file).write_bytes(body)
        assert (GOLDEN / file).read_bytes() == body, file


def test_a_version_changes_only_its_line() -> None:
    old, new = weekly(), replace(weekly(), foot=("Pactwatch 9.",))
    assert render(old, DESK).subject == render(new, DESK).subject
