"""Edits of a string that remember where everything stood before.

A text is cleaned in a few passes (hidden characters out, compatibility forms folded, white space folded). Each pass
that changed anything leaves one `Edits`; a place in the cleaned text is brought back through them, last pass first.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Cut = tuple[int, int, int, int]
"""One replaced piece: its half-open span after the edit, then its span before it."""


@dataclass(frozen=True, slots=True)
class Edits:
    """The pieces that one pass replaced, in order; between them the text is as it was."""

    new_starts: tuple[int, ...]
    cuts: tuple[Cut, ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The span before the edit of the half-open span `start`, `end` after it."""
        before = self._start(start)
        return before, max(before, self._end(end))

    def _start(self, place: int) -> int:
        found = bisect_right(self.new_starts, place) - 1
        if found < 0:
            return place
        _, new_end, old_start, old_end = self.cuts[found]
        return old_start if place < new_end else old_end + place - new_end

    def _end(self, place: int) -> int:
        found = bisect_left(self.new_starts, place) - 1
        if found < 0:
            return place
        _, new_end, _, old_end = self.cuts[found]
        return old_end if place <= new_end else old_end + place - new_end


def edit(text: str, pattern: re.Pattern[str], into: Callable[[str], str]) -> tuple[str, Edits | None]:
    """`text` with each match of `pattern` replaced by `into(match)`; None where nothing changed."""
    return _joined(text, ((m.start(), m.end(), into(m.group())) for m in pattern.finditer(text)))


def edit_pieces(
    text: str, pattern: re.Pattern[str], split: Callable[[str], Iterable[tuple[str, str]]]
) -> tuple[str, Edits | None]:
    """As `edit`, where `split` cuts each match into small (before, after) pieces, so that places stay exact."""

    def pieces() -> Iterable[tuple[int, int, str]]:
        for match in pattern.finditer(text):
            at = match.start()
            for before, after in split(match.group()):
                if before != after:
                    yield at, at + len(before), after
                at += len(before)

    return _joined(text, pieces())


def _joined(text: str, replaced: Iterable[tuple[int, int, str]]) -> tuple[str, Edits | None]:
    parts: list[str] = []
    cuts: list[Cut] = []
    last = length = 0
    for start, end, after in replaced:
        parts += text[last:start], after
        length += start - last + len(after)
        cuts.append((length - len(after), length, start, end))
        last = end
    if not cuts:
        return text, None
    parts.append(text[last:])
    return "".join(parts), Edits(tuple(cut[0] for cut in cuts), tuple(cuts))
