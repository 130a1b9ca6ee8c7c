"""Reading the shelves: tab-separated files of facts, one fact a line, `#` begins a line that is only for people."""

from collections.abc import Iterator
from pathlib import Path

LEXICON = Path(__file__).parent / "lexicon"


class LexiconError(ValueError):
    """A fault in a word list: names the file, the line and what to do."""


def rows(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The lines of a shelf with their number, cut at tabs.

    Raises `LexiconError` where a line has not as many columns as it should.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line or line[0] == "#":
            continue
        cells = line.split("\t")
        if len(cells) != columns:
            raise LexiconError(f"{where(path, number)}: {len(cells)} columns, not {columns}: put one tab between two")
        yield number, cells


def where(path: Path, number: int) -> str:
    """File and line, as errors name them."""
    name = path.relative_to(LEXICON.parent) if path.is_relative_to(LEXICON.parent) else path
    return f"{name}:{number}"
