"""JSON lines in and out for `classify`: one bad line is named and set aside, the rest is done."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.exits import Exit, Stop

LONGEST = 10_000_000
"""Characters of one line; longer ones are refused."""


@dataclass(frozen=True, slots=True)
class Given:
    """One item to be labelled, or what is wrong with its line."""

    where: str
    """File and line, for people."""
    id: str = ""
    title: str = ""
    text: str = ""
    lang: str = ""
    published: date | None = None
    dated: bool = True
    """False where only the month of publication is told; `published` is its first day then."""
    source: str = ""
    fault: str = ""


def read(paths: tuple[Path, ...]) -> Iterator[Given]:
    """The items of the files in order (`-` or none: standard input); blank lines are passed over."""
    for path in paths or (Path("-"),):
        name = "standard input" if str(path) == "-" else str(path)
        try:
            lines = sys.stdin.buffer if str(path) == "-" else path.open("rb")
        except OSError as error:
            raise Stop(f"{path}: cannot be read: {error.strerror}", Exit.USAGE) from None
        with lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield item(line, f"{name}:{number}")


def item(line: bytes, where: str) -> Given:
    """The item of one line."""
    if len(line) > LONGEST:
        return Given(where, fault=f"longer than {LONGEST:,} bytes")
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        return Given(where, fault=f"not JSON: {error}")
    if not isinstance(found, dict):
        return Given(where, fault="not a JSON object")
    texts = {key: found.get(key) or "" for key in ("title", "text", "lang", "url", "source")}
    wrong = [key for key, value in texts.items() if not isinstance(value, str)]
    if wrong or "id" not in found:
        return Given(where, fault=f"{wrong[0]} is not a string" if wrong else "no id")
    return Given(
        where,
        str(found["id"]),
        texts["title"],
        texts["text"],
        texts["lang"],
        day(found.get("published")),
        not isinstance(found.get("published"), str) or len(found["published"]) > 7,
        texts["source"] or texts["url"],
    )


def day(text: Any) -> date | None:
    """The day of an ISO date or time; a month stands for its first day; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text if len(text) != 7 else f"{text}-01").date()
    except ValueError:
        return None


def dumps(value: dict[str, Any]) -> str:
    """One line; what UTF-8 cannot hold (lone surrogates) comes out escaped."""
    line = json.dumps(value, ensure_ascii=False)
    return line if line.isprintable() or not any("\ud800" <= c <= "\udfff" for c in line) else json.dumps(value)
