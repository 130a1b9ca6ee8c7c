"""Whether an act is told of as long past: a signing more than a month before the item is background.

The dates that the item names are those of `classify.dates`; what they are measured against is the day of publication
or, where
that is unknown, the latest date that the item names itself.
"""

import re
from collections.abc import Sequence
from datetime import date

from classify.dates import Told
from classify.text import Document

_YEAR = re.compile(
    r"(1[89]\d\d|20[0-4]\d)(?<![\d.,/-]\d{4})(?![\d/-]|[.,]\d|\s?(?:[%€$£¥亿億万萬元円圓名人台件억만명원]|m[lw]n|млн|млрд|eur|usd))"
)
"""A year that stands alone: no amount such as '2000亿元'."""
_OF = re.compile(r"\b(?:of|de|del|du|da|do|di|dal|von|aus|van|uit|od|from|от|від|од|från|fra)\s(?:the\s)?$")

_MONTHS_PAST = range(2, 10)
"""So many months back, a month named without its year is that past one and not the coming one."""


def with_years(doc: Document, told: Sequence[Told]) -> list[Told]:
    """`told` and the years that stand alone."""
    taken = {place for one in told for place in range(one.start, one.end)}
    bare = [
        Told(match.start(), match.end(), year=int(match.group()))
        for match in _YEAR.finditer(doc.folded)
        if match.start() not in taken
    ]
    return sorted([*told, *bare], key=lambda one: one.start)


def this_month(told: Sequence[Told], published: date | None) -> date | None:
    """The month that the item was written in, as a date; None where nothing tells."""
    if published:
        return published
    named = [date(one.year, one.month, 1) for one in told if one.year and one.month]
    return max(named, default=None)


def is_old(one: Told, now: date | None) -> bool:
    """Whether a date lies more than a month before `now`."""
    if one.offset is not None:
        return one.offset < -31
    if one.year and one.month:
        return now is not None and (now.year - one.year) * 12 + now.month - one.month >= (1 if _early(one, now) else 2)
    if one.year:
        return now is None or one.year < now.year
    if one.month:
        return now is not None and (now.month - one.month) % 12 in _MONTHS_PAST
    return False


def _early(one: Told, now: date) -> bool:
    """Whether a day of last month is more than a month ago."""
    return one.day is not None and one.day < now.day


def is_of_paper(doc: Document, one: Told, papers: Sequence[tuple[int, int]]) -> bool:
    """Whether a bare year is that of a paper, not of what is done to it: 'the 2009 treaty', 'el acuerdo de 2018'."""
    if one.month or one.offset is not None or not one.year:
        return False
    before = _OF.search(doc.folded, max(0, one.start - 10), one.start)
    begin = before.start() if before else one.start
    return any(0 <= start - one.end <= 2 or (before and 0 <= begin - end <= 2) for start, end in papers)


def nearest(told: Sequence[Told], start: int, end: int, low: int, high: int) -> Told | None:
    """The date nearest to the act at `start` to `end` within the span `low` to `high`, rather one that follows."""
    best, least = None, float("inf")
    for one in told:
        if one.start < low or one.end > high:
            continue
        gap = one.start - end if one.start >= end else (start - one.end) * 1.5
        if gap < least:
            best, least = one, gap
    return best
