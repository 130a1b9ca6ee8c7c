"""Whether a date near an act is long before the item: a signing more than a month old is background."""

import re
from datetime import date

from classify.text import Document

_YEAR = re.compile(r"(?<![\d.,])(1[89]\d\d|20[0-4]\d)(?![\d]|[.,]\d)")


def years(doc: Document) -> list[tuple[int, int]]:
    """The years named in the document: place and value."""
    return [(match.start(), int(match.group())) for match in _YEAR.finditer(doc.folded)]


def is_old(doc: Document, start: int, end: int, published: date | None) -> bool:
    """Whether the years named in the span of `doc.norm` all lie before the year of the item."""
    named = [int(year) for year in _YEAR.findall(doc.folded, start, end)]
    if not named:
        return False
    return max(named) < this_year(doc, published)


def this_year(doc: Document, published: date | None) -> int:
    """The year that the item was written in: as published, else the latest that it names."""
    if published:
        return published.year
    return max((year for _, year in years(doc)), default=0)
