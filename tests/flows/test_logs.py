"""No address, no secret and no control character gets into a log line."""

import json
import logging

import pytest

from flows import logs


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ("sent to ann@example.org", "sent to <address>"),
        ("mailto:ann.b@mail.example.co.uk refused", "mailto:<address> refused"),
        ("GET http://user:s3cret@feeds.example/rss", "GET http://feeds.example/rss"),
        ("GET https://feeds.example/rss?key=s3cret&page=2", "GET https://feeds.example/rss?key=…&page=2"),
        ("Token=abc", "Token=…"),
        ("a title\nFAKE: line\u2028two\x1b[31m", "a title FAKE: line two [31m"),
        ("abc\u202edef", "abc def"),
        ("no address at all: 3@5", "no address at all: 3@5"),
    ],
)
def test_redacted(line: str, logged: str) -> None:
    assert logs.redact(line) == logged


def test_json_lines_hold_time_level_and_event(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=True)
    logs.LOGGER.warning("feed %s: TooSlow", "kz-agency")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["event"]) == ("warning", "feed kz-agency: TooSlow")
    assert line["time"].endswith("+00:00")


def test_quiet_and_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    for options, seen in (({"quiet": True}, ["w"]), ({}, ["i", "w"]), ({"verbose": 1}, ["d", "i", "w"])):
        logs.set_up(**options)  # type: ignore[arg-type]
        for level, text in ((logging.DEBUG, "d"), (logging.INFO, "i"), (logging.WARNING, "w")):
            logs.LOGGER.log(level, text)
        assert [line[-1] for line in capsys.readouterr().err.splitlines()] == seen


@pytest.mark.parametrize("as_json", [False, True])
def test_tracebacks_are_redacted_line_by_line(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    logs.set_up(as_json=as_json)
    try:
        raise ValueError("cannot reach postgresql://pact:" + "s3cret@db.example/pact for " + "ann@example.org")
    except ValueError:
        logs.LOGGER.exception("a fault")
    said = capsys.readouterr().err
    traceback = json.loads(said)["traceback"] if as_json else said
    assert traceback.splitlines()[-1] == "ValueError: cannot reach postgresql://db.example/pact for <address>"
    assert "s3cret" not in said
    assert "ann@" not in said
