"""Logging: one line per event that matters, to standard error, as text or as JSON; no address and no secret in it."""

import json
import logging
import os
import re
import sys
from datetime import UTC, datetime

LOGGER = logging.getLogger("pactwatch")

SUMMED = {"summed": True}
"""`extra` of records that a command's summary tells as well."""

CHOICE = "PACTWATCH_LOG"
"""Environment variable by which flow runs log as the command that serves them."""

_ADDRESS = re.compile(r"[^\s@<>\"'=:/]+@[^\s@<>\"']+\.[^\s@<>\"',;]+")
_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET = re.compile(r"(?i)\b(password|token|secret|key|signature|sig)=[^&\s]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def redact(text: str) -> str:
    """The text without mail addresses, user information and secrets in addresses, on one line, as a log may hold it."""
    text = _USERINFO.sub("", text)
    text = _ADDRESS.sub("<address>", text)
    text = _SECRET.sub(r"\1=…", text)
    return _CONTROL.sub(" ", text)


def _redacted_lines(text: str) -> str:
    """A traceback, as a log may hold it, its line ends kept."""
    return "\n".join(redact(line) for line in text.split("\n"))


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        line = redact(record.getMessage())
        if record.exc_info:
            line += "\n" + _redacted_lines(self.formatException(record.exc_info))
        return level + line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": redact(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = _redacted_lines(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def set_up(verbose: int = 0, quiet: bool = False, as_json: bool = False) -> None:
    """Sends the log to standard error: warnings when quiet, events by default, details with `-v`."""
    level = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
    os.environ[CHOICE] = f"{level} {int(as_json)}"
    LOGGER.handlers = []
    join()


def leave_to_summary() -> None:
    """Keep out of the lines for people what the command's own summary tells, so that it is told once."""
    for handler in LOGGER.handlers:
        if isinstance(handler.formatter, _Lines):
            handler.addFilter(lambda record: not hasattr(record, "summed"))


def join() -> None:
    """Logs as `set_up` chose, in this process or in the one that started it: flow runs have processes of their own.

    Handlers that are there (Prefect's, which shows the lines beside the run) stay.
    """
    if any(isinstance(handler.formatter, _Lines | _Json) for handler in LOGGER.handlers):
        return
    level, _, as_json = os.environ.get(CHOICE, f"{logging.INFO} 0").partition(" ")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if as_json == "1" else _Lines())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(int(level))
    LOGGER.propagate = False
