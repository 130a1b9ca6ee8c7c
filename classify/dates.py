"""Dates told in an item, and which of them is the date of the occasion.

'on Wednesday', 'May 28', '28 мая', '5月28日', 'gestern': resolved against the day of publication where that is known.
The day of the occasion stands near the word that tells of the signing, and near the publication.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from classify.model import DateFact, Precision, Stage
from classify.text import Document
from classify.wordlists import Seen

_DAY_BEFORE = re.compile(
    r"(?<![\d.,])(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.|-?(?:го|е|ის))?,?\s*(?:de\s+|of\s+|d[’']|ngày\s+)?$"
)
_DAY_AFTER = re.compile(r"^\.?,?\s*(\d{1,2})(?![\d:%]|[.,]\d)(?:st|nd|rd|th)?\b")
_YEAR_AFTER = re.compile(r"^(?:st|nd|rd|th)?[.,]?\s*(?:de\s+|of\s+|del\s+)?((?:19|20)\d\d)(?!\d)")
_RANGE_BEFORE = re.compile(r"(?<!\d)(\d{1,2})\s*(?:-|to|and|à|au|a|al|e|y|et|und|bis|по|и|до|ve)\s*$")
_EAST = re.compile(
    r"(?:(?:(\d{4})\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*)?(\d{1,2})\s*[日일号號](?![本韓韩元圆程增常前益报報])"
)
_EAST_MONTH = re.compile(r"(?:(\d{4})\s*[年년]\s*)?(?<!\d)(\d{1,2})\s*[月월](?!\s*\d)")
# What is searched for begins with a digit, and looks back only after it: `re` then skips quickly to the next digit.
_ISO = re.compile(r"((?:19|20)\d\d)(?<!\d{5})-(\d\d)-(\d\d)(?!\d)")
_NUMERIC = re.compile(r"(\d(?<![\d/.,-]\d)\d?)([./])(\d{1,2})(?:\2((?:20)?\d\d))?(?![\d/%]|[.,]\d)")
_BARE_DAY = re.compile(r"^(?:-feira)?,?\s*(?:d[ií]a\s+|dia\s+|le\s+|den\s+)?\(?(\d{1,2})\)?(?=[\s,.;)]|$)")
_YEAR = re.compile(r"((?:19|20)\d\d)(?<!\d{5})(?!\d)")
_OFFSET = re.compile(r"(week|month)?(-?\d+)")
NEWEST = 1.6
SIGNING = 48
"""How far behind 'signed', in characters, the day of the signing may stand."""
KINDS = frozenset({"month", "weekday", "relative", "shift"})
"""Kinds of words that dates are told in."""
POSSIBLE = (1995, 2036)
"""The years that a weekday is tried in."""


class Told(NamedTuple):
    """A date as told at a span of `Document.norm`; what is not told is None. `offset` counts days from publication,
    `loose` tells that only the week or month is meant."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    offset: int | None = None
    loose: bool = False
    shift: int = 0


def told(doc: Document, seen: Sequence[Seen]) -> list[Told]:
    """All dates of the document, in order of their place."""
    text = doc.folded
    found = [*_named(text, seen), *_eastern(text), *_numbered(text, doc.lang)]
    return sorted(_joined(found), key=lambda one: one.start)


def _named(text: str, seen: Sequence[Seen]) -> Iterator[Told]:
    shifts = [word for word in seen if word.kind == "shift"]
    near = {word.end + 1: int(word.code) for word in shifts} | {word.start - 1: int(word.code) for word in shifts}
    for word in seen:
        if word.kind == "month":
            yield _month(text, word)
        elif word.kind == "weekday":
            shift = near.get(word.start, near.get(word.end, 0))
            bare = _BARE_DAY.match(text[word.end : word.end + 16])
            day = int(bare[1]) if bare and 1 <= int(bare[1]) <= 31 else None
            yield Told(word.start, word.end + (bare.end() if bare else 0), weekday=int(word.code), day=day, shift=shift)
        elif word.kind == "relative":
            unit, by = _OFFSET.fullmatch(word.code).groups()  # type: ignore[union-attr]
            days = {"week": 7, "month": 30}.get(unit or "", 1)
            yield Told(word.start, word.end, offset=int(by) * days, loose=unit is not None)


def _month(text: str, word: Seen) -> Told:
    start, end, day = word.start, word.end, None
    if before := _DAY_BEFORE.search(text[max(start - 16, 0) : start]):
        day, start = int(before[1]), start - (len(before[0]))
        if first := _RANGE_BEFORE.search(text[max(start - 8, 0) : start]):
            day, start = int(first[1]), start - len(first[0])
    elif after := _DAY_AFTER.match(text[end : end + 10]):
        day, end = int(after[1]), end + after.end()
    year = _YEAR_AFTER.match(text[end : end + 14])
    if day is not None and not 1 <= day <= 31:
        day = None
    return Told(start, end + (year.end() if year else 0), int(year[1]) if year else None, int(word.code), day)


def _eastern(text: str) -> Iterator[Told]:
    if not any(mark in text for mark in "日일号號月월"):
        return
    for match in _EAST.finditer(text):
        year, month, day = (int(part) if part else None for part in match.groups())
        if 1 <= (month or 1) <= 12 and 1 <= (day or 0) <= 31:
            yield Told(match.start(), match.end(), year, month, day)
    for match in _EAST_MONTH.finditer(text):
        if 1 <= int(match[2]) <= 12:
            yield Told(match.start(), match.end(), int(match[1]) if match[1] else None, int(match[2]))


def _numbered(text: str, lang: str) -> Iterator[Told]:
    for match in _ISO.finditer(text):
        yield Told(match.start(), match.end(), int(match[1]), int(match[2]), int(match[3]))
    for match in _NUMERIC.finditer(text):
        first, second, year = int(match[1]), int(match[3]), match[4]
        if match[2] == "." and not year:
            continue
        day, month = (second, first) if lang == "en" and second > 12 else (first, second)
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Told(match.start(), match.end(), int(year) % 100 + 2000 if year else None, month, day)


def _joined(found: Iterable[Told]) -> Iterator[Told]:
    """A weekday and the date beside it ('Wednesday, May 28') are one."""
    last: Told | None = None
    for one in sorted(found, key=lambda one: one.start):
        if last and one.start - last.end <= 4 and last.weekday is not None and one.month and one.weekday is None:
            one = Told(last.start, one.end, one.year, one.month, one.day, last.weekday)  # noqa: PLW2901
        elif last and one.start - last.end <= 4 and last.day and last.month and one.weekday is not None:
            one = Told(last.start, one.end, last.year, last.month, last.day, one.weekday)  # noqa: PLW2901
        elif last:
            yield last
        last = one
    if last:
        yield last


def tokens(dates: Iterable[Told], text: str) -> set[str]:
    """What else of the dates can be compared: `d:` weekdays (0 is Monday), `y:` years named, and `z:` the years in
    which a weekday and a day of a month that are told without a year fall together."""
    found = {f"y:{year}" for year in _YEAR.findall(text)}
    for one in dates:
        if one.weekday is not None:
            found.add(f"d:{one.weekday}")
            if one.month and one.day and not one.year:
                found |= {f"z:{year}" for year in range(*POSSIBLE) if _fits(year, one)}
    return found


def days(dates: Iterable[Told]) -> frozenset[str]:
    """Month and day of the dates that tell both, as '05-28'."""
    return frozenset(f"{one.month:02}-{one.day:02}" for one in dates if one.month and one.day)


def resolve(
    one: Told, published: date | None, forward: bool = False, years: Iterable[int] = ()
) -> tuple[date, Precision] | None:
    """The day that a told date means, with its precision; None where too little is known.

    `forward` takes a bare weekday as the next one, not the last; `years` are those that the item names elsewhere.
    """
    if one.offset is not None:
        if published is None:
            return None
        on = published + timedelta(days=one.offset)
        return (on.replace(day=1), "month") if one.loose else (on, "day")
    if one.month is not None:
        return _of_month(one, published, years)
    if published is None:
        return None
    if one.day is not None:
        return _of_day(one.day, one.weekday, published)
    assert one.weekday is not None
    back = (published.weekday() - one.weekday) % 7
    on = published - timedelta(days=back)
    if forward and back:
        on += timedelta(days=7)
    return on + timedelta(days=one.shift if one.shift > 0 and not forward else 0), "day"


def _of_month(one: Told, published: date | None, years: Iterable[int]) -> tuple[date, Precision] | None:
    candidates = [one.year] if one.year else []
    if not candidates and published:
        candidates = [published.year + by for by in (0, -1, 1)]
    elif not candidates and one.weekday is not None:
        candidates = [year for year in years if _fits(year, one)]
    dates = [on for on in (_date(year, one.month or 1, one.day or 1) for year in candidates) if on]
    if not dates or (not one.year and not published and len(dates) > 1):
        return None
    on = min(dates, key=lambda day: abs((day - published).days)) if published else dates[0]
    return on, "day" if one.day else "month"


def _of_day(day: int, weekday: int | None, published: date) -> tuple[date, Precision] | None:
    first = published.replace(day=1)
    months = (first, (first - timedelta(days=1)), (first + timedelta(days=32)))
    dates = [on for on in (_date(month.year, month.month, day) for month in months) if on]
    dates = [on for on in dates if weekday is None or on.weekday() == weekday] or dates
    return (min(dates, key=lambda on: abs((on - published).days)), "day") if dates else None


def _fits(year: int, one: Told) -> bool:
    on = _date(year, one.month or 1, one.day or 0)
    return on is not None and on.weekday() == one.weekday


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def occasion(
    doc: Document,
    dates: Sequence[Told],
    seen: Sequence[Seen],
    scope: Mapping[int, float],
    *,
    published: date | None,
    stage: Stage,
) -> DateFact | None:
    """The date of the occasion: of the dates that resolve, the one that stands best."""
    years = {int(year) for year in _YEAR.findall(doc.folded)}
    behind = {word.end + gap for word in seen if word.kind == "past" for gap in range(5)}
    recalled = _of_the_signing(doc, seen) if stage in (Stage.IN_FORCE, Stage.ENDED) else frozenset()
    candidates: list[tuple[float, date, Precision, Told]] = []
    for one in dates:
        filed = doc.dateline is not None and doc.dateline[0] <= one.start < doc.dateline[1]
        if filed or one.start in recalled:
            continue
        resolved = resolve(one, published, stage == Stage.PLANNED and one.day is None, years)
        if resolved is not None:
            score = _standing(doc, one, behind, scope) + _nearness(one, *resolved, published, stage)
            candidates.append((score, *resolved, one))
    if published is None:  # of several days the last one is the news, the others are what went before
        newest = max((on for _, on, _, _ in candidates), default=None)
        candidates = [(score + NEWEST * (on == newest), on, precision, one) for score, on, precision, one in candidates]
    if not candidates:
        return None
    score, on, precision, one = max(candidates, key=lambda entry: entry[0])
    return DateFact(on, precision, doc.span(one.start, one.end)) if score > 0 else None


def _of_the_signing(doc: Document, seen: Sequence[Seen]) -> frozenset[int]:
    """The places where a date tells when the paper was signed, which is no day of what was done to it later."""
    ends = [(word.end, doc.sentences[doc.sentence_at(word.start)].end) for word in seen if word.kind == "signing"]
    return frozenset(place for end, last in ends for place in range(end, min(end + SIGNING, last)))


def _standing(doc: Document, one: Told, behind: Container[int], scope: Mapping[int, float]) -> float:
    number = doc.sentence_at(one.start)
    after = -2.5 if one.start in behind else 0.0
    return 2 * scope.get(number, 0.0) + (1.0 if number <= 1 else 0.5 if number <= 3 else 0.0) + after


def _nearness(one: Told, on: date, precision: Precision, published: date | None, stage: Stage) -> float:
    """How well a day goes with the day of publication; a month or year is told of so much else that it has to fit."""
    if published is None:
        return 0.5 if precision == "day" else -9.0
    away = (on - published).days
    if stage == Stage.PLANNED:
        named = 1.0 if one.month and one.day else -1.0
        return (named if 0 <= away <= 60 else -3.0) - (0.0 if precision == "day" else 1.0)
    if precision != "day":
        return -1.0 if -62 <= away <= 0 else -9.0
    if away > 1:
        return -3.0
    return 1.0 if away >= -4 else 0.3 if away >= -9 else -2.6 if away >= -31 else -9.0
