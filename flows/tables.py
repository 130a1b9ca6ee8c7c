"""Rows for people: a table as wide as the terminal, and a progress bar where a person waits."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

WIDE = 10_000
"""Columns where no terminal tells: a file or a pipe gets whole lines."""


def print_table(rows: Sequence[Mapping[str, Any]], empty: str = "nothing") -> None:
    """Rows with the same keys to standard output; a line that says so where there are none."""
    if not rows:
        print(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row.values()))
    if sys.stdout.isatty():
        Console(highlight=False).print(table)
        return
    console = Console(width=WIDE, highlight=False)
    with console.capture() as drawn:
        console.print(table)
    print("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def cell(value: Any) -> str:
    """A value as it stands in a table."""
    match value:
        case None:
            return ""
        case list() | tuple():
            return ", ".join(map(cell, value))
        case float():
            return f"{value:.2f}"
    return str(value)


@contextmanager
def progress(what: str, total: float | None, unit: str) -> Iterator[Callable[[float, int], None]]:
    """Gives `reach(completed, count)`: how far of `total` the work came, and how many of a unit that are; a bar on
    standard error with the rate and the time left, none where no one looks.

    The rate counts from the first call on: work that goes on where it was stopped begins with what was done before.
    """
    console = Console(stderr=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=total, rate="")
        first: tuple[float, int] | None = None

        def reach(completed: float, count: int) -> None:
            nonlocal first
            at = time.monotonic()
            began, before = first = first or (at, count)
            rate = f"{(count - before) / (at - began):,.0f} {unit}/s" if at > began else ""
            bar.update(task, completed=completed, rate=rate)

        yield reach


def markdown(rows: Iterable[Mapping[str, Any]], empty: str = "Nothing.") -> str:
    """Rows as a Markdown table; what would break a cell is escaped."""
    rows = list(rows)
    if not rows:
        return empty
    head = list(rows[0])
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    lines += [f"| {' | '.join(_escaped(cell(row[name])) for name in head)} |" for row in rows]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    return text.replace("[", "\\[").replace("`", "\\`").replace("*", "\\*").replace("_", "\\_")
