"""What Prefect shows of an ingest: a failing feed is a row, the whole watch list failing is a failed run."""

import pytest

from flows.ingest import verdict
from flows.summary import feeds_table
from flows.work import Ingested, Read

GOOD = Read("fj-times", "Fiji Times", "entries", entries=30, new=2)
SAME = Read("ke-nation", "Nation", "unchanged")
BAD = Read("to-news", "Tonga News", "failed", error="TooSlow", detail="no whole answer within 30 seconds")
LATE = Read("nu-news", "Niue News", "failed", error="Offline", detail="no network: no name can be resolved")


@pytest.mark.parametrize(
    ("reads", "state"),
    [
        ((GOOD, SAME, BAD), "COMPLETED"),
        ((SAME, BAD, BAD), "COMPLETED"),
        ((BAD,), "FAILED"),
        ((BAD, LATE), "FAILED"),
        ((), "COMPLETED"),
    ],
)
def test_only_the_whole_watch_list_failing_fails_a_run(reads: tuple[Read, ...], state: str) -> None:
    found = verdict(Ingested(reads))
    assert (found.type.value, found.data) == (state, Ingested(reads))


def test_failing_feeds_are_the_first_rows_with_their_reason() -> None:
    table = feeds_table((GOOD, SAME, BAD))
    assert [(row["feed"], row["error"]) for row in table] == [
        ("to-news", "TooSlow"),
        ("fj-times", ""),
        ("ke-nation", ""),
    ]
    assert table[0]["detail"] == "no whole answer within 30 seconds"
