"""Plain text in columns: wrapped at 72, counting wide letters twice, breaking Chinese and Japanese between letters and
addresses never."""

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 72
_WIDE = re.compile(r"([\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef])")
_UNEVEN = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u0e4e\u0eb1-\u1fff\u20d0-\u20ff\u231a-\u23ff\u25fd-\uffff\U00010000-\U0010ffff]"
)
"""What may take no column or two; letters outside of it take one."""


def width(text: str) -> int:
    """Columns that a text takes in a terminal or a mail in plain text."""
    if not _UNEVEN.search(text):
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, hang: int = 0, prefix: str = "", columns: int = WIDTH) -> str:
    """`text` in lines of at most `columns`, each with `prefix`, all but the first indented by `hang`. No line is
    broken at a no-break space, which comes out as a plain one."""
    text = re.sub(r"[^\S\xa0]", " ", text.strip())
    if width(text) <= columns - len(prefix):
        return prefix + text.replace("\xa0", " ")
    lines: list[str] = []
    line, taken = "", 0
    for piece, glued in _pieces(text, columns - len(prefix) - hang):
        wide = width(piece)
        gap = 0 if glued or not line else 1
        if line and taken + gap + wide > columns - len(prefix) - (hang if lines else 0):
            lines.append(line)
            line, taken, gap = "", 0, 0
        line += " " * gap + piece
        taken += gap + wide
    lines.append(line)
    filled = "\n".join(prefix + (" " * hang if n else "") + one for n, one in enumerate(lines))
    return filled.replace("\xa0", " ").rstrip()


def _pieces(text: str, room: int) -> Iterator[tuple[str, bool]]:
    """Words, each with whether it is glued to what stands before it. Double spaces stay; addresses are not cut."""
    for word in text.split(" "):
        parts = [word] if "://" in word else [part for part in _WIDE.split(word) if part] or [""]
        for n, part in enumerate(parts):
            fits = "://" in part or width(part) <= room
            cut = [part] if fits else re.findall(f".{{1,{max(1, room)}}}", part)
            yield from ((one, n > 0 or m > 0) for m, one in enumerate(cut))


def quoted(text: str) -> str:
    """A quotation, each line behind a mark."""
    return wrap(text, prefix="> ")
