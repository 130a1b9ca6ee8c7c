"""Rows for people: whole lines for a pipe."""

from datetime import UTC, date, datetime

import pytest

from classify.model import Precision, Stage
from flows.summary import told_day
from flows.tables import print_table
from storage.records import StageDate

LONG = "word " * 60 + "end"


def test_a_pipe_gets_one_line_a_row_without_blanks_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"id": "kz-rw-2025-05", "title": LONG}, {"id": "fj-tv-2026-11", "title": "short"}])
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["id", "title"]
    assert rows == [f"kz-rw-2025-05   {LONG}", "fj-tv-2026-11   short"]


@pytest.mark.parametrize(
    ("on", "precision", "shown"),
    [
        (date(2026, 11, 24), "day", "2026-11-24"),
        (date(2026, 11, 1), "month", "2026-11"),
        (date(2026, 1, 1), "year", "2026"),
        (None, None, ""),
    ],
)
def test_a_day_is_shown_no_more_exact_than_it_was_told(
    on: date | None, precision: Precision | None, shown: str
) -> None:
    assert told_day(StageDate(Stage.SIGNED, on, precision, datetime(2026, 12, 1, tzinfo=UTC))) == shown


def test_no_rows_are_said_in_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([], empty="nothing found")
    assert capsys.readouterr().out == "nothing found\n"
