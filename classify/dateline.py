"""The line that opens a wire report: 'ASTANA, May 28 (Xinhua) —', 'New Delhi [India], January 18 (ANI):'."""

import re
from functools import cache

from classify.shelf import LEXICON, rows

_LOOKED_AT = 160


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for _, (_, form) in rows(LEXICON / "datelines.tsv", 2))


def dateline(text: str, begin: int) -> tuple[int, int] | None:
    """The half-open span of the dateline that `text` opens with at `begin`; None where it opens otherwise."""
    opening = text[begin : begin + _LOOKED_AT]
    if not opening:
        return None
    for form in _forms():
        if match := form.match(opening):
            return begin, begin + match.end()
    return None
