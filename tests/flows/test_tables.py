"""Rows for people: whole lines for a pipe."""

import pytest

from flows.tables import print_table

LONG = "word " * 60 + "end"


def test_a_pipe_gets_one_line_a_row_without_blanks_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"id": "kz-rw-2025-05", "title": LONG}, {"id": "fj-tv-2026-11", "title": "short"}])
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["id", "title"]
    assert rows == [f"kz-rw-2025-05   {LONG}", "fj-tv-2026-11   short"]


def test_no_rows_are_said_in_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([], empty="nothing found")
    assert capsys.readouterr().out == "nothing found\n"
