"""Dates as real feeds write them: RFC 822 and ISO 8601, and what people, plug-ins and templates made of these.

Read by shape, not by locale: a year, a day, a month (name or number), a time, a zone. What is recognised but impossible
(30 February, month 13) is no date; nothing is rounded into another day.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the web a feed's date is an epoch, a template or an error, not the day of a report."""
AHEAD = timedelta(days=1)
"""How far in the future a date may lie (clocks, zones) before it is taken for nonsense."""
LONGEST = 200
"""Characters; longer strings are no date."""

_ISO = re.compile(
    r"([+]?\d{4})(?:(?:-(\d{1,2})(?:-(\d{1,2}))?)|(?:(\d\d)(\d\d)?))?"
    r"(?:(?:T|t|\s+|\s*-\s+|(?<=\d{8})(?=\d{6}$))(\d{1,2})(?::?(\d{1,2})(?::?(\d{1,2})(?:[.,]\d+)?)?)?)?\s*(\D.*)?"
)
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})")
_WEEK = re.compile(r"(\d{4})-?W(\d\d)-?(\d)")
_TIME = re.compile(
    r"(?<![\d/-])(\d{1,2})[:h.](\d{1,2})(?:[:.](\d{1,2})(?:[.,]\d+)?)?(?!\d)\s*([ap]\.?\s?m\b\.?)?", re.IGNORECASE
)
_OFFSET = re.compile(r"(?:(?:GMT|UTC?)\s*)?(?<!\d-)(?<!\d/)([+-])\s*(\d{1,2})(?::?(\d\d))?(?![\d/])", re.IGNORECASE)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?!\d)")
_CJK = re.compile(r"(\d{4})\s*(?:[年년]|оны)\s*(\d{1,2})\s*(?:[月월]|сарын)\s*(\d{1,2})\s*[日일]?")
"""And Mongolian."""
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm|,)?\s+(\d{4})(?!\d)", re.IGNORECASE)
_COMMENT = re.compile(r"\(([^\W\d_]{1,5}(?:\s?[+-]\d{1,2}(?::?\d\d)?)?)\)|\((?:[^()\\]|\\.)*\)")
_FOREIGN = r"[^\x00-\x7f\s\d،、。·]"
_TOKEN = re.compile(rf"\d+|{_FOREIGN}+(?:\.{_FOREIGN}+)+|[^\s\d!-/:-@\[-`{{-~،、。·]+")
"""Numbers and words. Many scripts write vowels as marks, which are no letters to `\\w`; Thai has dots within months."""
_EPOCH = re.compile(r"\d{10}(\d{3})?")
_BUDDHIST = 543
"""Years by which the calendar of Thailand is ahead."""
_LATEST_SHORT_YEAR = 29
"""In `03-12-31` the last is no year yet, so the first is."""
_DATA = Path(__file__).parent


def when(raw: str, *, now: datetime | None = None, lang: str = "", country: str = "") -> datetime | None:
    """The moment that a feed's date means, in UTC; None where it tells none or an impossible one.

    Without a zone UTC is taken, as RFC 822 readers do. `lang` and `country` (BCP 47, ISO 3166-1) decide what is
    ambiguous: names of months, the order of day and month, a zone's abbreviation.
    """
    moment = _read(raw, lang.partition("-")[0].lower(), country)
    if moment is None or moment < EARLIEST or (now is not None and moment > now + AHEAD):
        return None
    return moment


@lru_cache(maxsize=4096)
def _read(raw: str, lang: str, country: str) -> datetime | None:
    text = _without_comments(unicodedata.normalize("NFKC", raw[: LONGEST + 1])).strip()
    if not text or len(text) > LONGEST:
        return None
    if found := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text) / (1000 if found.group(1) else 1), tz=UTC)
    try:
        if found := _ORDINAL.fullmatch(text):
            return datetime(int(found.group(1)), 1, 1, tzinfo=UTC) + timedelta(days=int(found.group(2)) - 1)
        if found := _WEEK.fullmatch(text):
            return datetime.fromisocalendar(*map(int, found.groups())).replace(tzinfo=UTC)
        iso = _ISO.fullmatch(text)
        rest = iso.group(9) or "" if iso else ""
        zone = _zone(rest, country) if iso and (iso.group(6) or not rest) else None
        return _iso(iso, zone) if iso and zone is not None else _free(text, lang, country)
    except (ValueError, OverflowError):
        return None


def _without_comments(text: str) -> str:
    """RFC 822 allows comments in parentheses, one in another; a lone word in them is kept: it may be the zone."""
    while (shorter := _COMMENT.sub(lambda m: f" {m.group(1)} " if m.group(1) else " ", text)) != text:
        text = shorter
    return text


def _iso(found: re.Match[str], offset: int) -> datetime:
    year, month, day, glued_month, glued_day, hour, minute, second = (int(part or 0) for part in found.groups()[:8])
    return _moment(year, month or glued_month or 1, day or glued_day or 1, (hour, minute, second), offset)


def _free(text: str, lang: str, country: str) -> datetime | None:
    """Any other order: see what day the text names, then look for time and zone in the rest."""
    named = _named_date(text, lang)
    if named is not None:
        date, rest = named, text
    elif found := _CJK.search(text):
        year, month, day = map(int, found.groups())
        date, rest = (year, month, day), text[found.end() :]
    elif found := _VIETNAMESE.search(text):
        day, month, year = map(int, found.groups())
        date, rest = (year, month, day), text[: found.start()] + " " + text[found.end() :]
    elif found := _NUMERIC.search(text):
        date = _numeric(int(found.group(1)), int(found.group(3)), int(found.group(4)), found.group(), country)
        rest = text[: found.start()] + " " + text[found.end() :]
    else:
        return None
    time = _TIME.search(rest)
    offset = _zone(rest[time.end() :], country) if time else 0
    return _moment(*date, _clock(time, rest), offset or 0)


def _named_date(text: str, lang: str) -> tuple[int, int, int] | None:
    """Year, month, day, where the month is a word: the one between day and year, else the last one beside a number
    (`Mar, 30 Ago 2022` is a Tuesday in August)."""
    time = _TIME.search(text)
    without = f"{text[: time.start()]} {_OFFSET.sub(' ', text[time.end() :])}" if time else text
    tokens = _TOKEN.findall(_folded(without))
    months = [(n, month) for n in range(len(tokens)) if (month := _month_at(tokens, n, lang))]
    if not months:
        return None
    _, month = max(months, key=lambda found: (_numbers_beside(tokens, found[0]), found[0]))
    numbers = [t for t in tokens if t.isdecimal()]
    year = next((int(t) for t in numbers if len(t) == 4), None)
    days = [int(t) for t in numbers if len(t) <= 2]
    if year is None and len(days) >= 2:
        year = _century(days[1])
    return (year, month, days[0]) if year is not None and days else None


def _folded(text: str) -> str:
    """Without case, in which Turkish has an i of its own with a dot and one without."""
    return text.casefold().replace("ı", "i").replace("\u0307", "")


def _numbers_beside(tokens: list[str], at: int) -> int:
    return sum(t.isdecimal() for t in (*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]))


def _numeric(first: int, second: int, third: int, whole: str, country: str) -> tuple[int, int, int]:
    if first > 99:
        return first, second, third
    if "-" in whole and _LATEST_SHORT_YEAR < third <= 31:
        return _century(first), second, third
    year = third if third > 99 else _century(third)
    american = "/" in whole and country in ("US", "PH", "FM", "PW", "MH")
    if second > 12 or (american and first <= 12):
        return year, first, second
    return year, second, first


def _century(year: int) -> int:
    """RFC 2822, 4.3: two digits from 00 to 49 are of this century."""
    return year + (2000 if year < 50 else 1900)


def _clock(found: re.Match[str] | None, text: str) -> tuple[int, int, int]:
    if found is None:
        return 0, 0, 0
    hour, minute, second = int(found.group(1)), int(found.group(2)), int(found.group(3) or 0)
    half = (found.group(4) or "").replace(".", "").replace(" ", "").casefold() or _half(text)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour, minute, second


def _half(text: str) -> str:
    """`am` or `pm` where the text says so in another script."""
    if text.isascii():
        return ""
    halves = _tables()[1]["halves"]
    return next((half for half, words in halves.items() if any(word in text for word in words)), "")


def _zone(text: str, country: str) -> int | None:
    """Minutes east of UTC, None where nothing that looks like a zone stands in the text."""
    text = text.strip(" ()[],;")
    if not text:
        return 0
    if found := _OFFSET.search(text):
        sign, hours, minutes = found.groups()
        if len(hours) + len(minutes or "") == 3:
            hours, minutes = hours[0], hours[1:] + (minutes or "")
        return (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    for word in re.findall(r"[^\W\d_]+", text.casefold()):
        if (minutes_east := _named_zone(word, country)) is not None:
            return minutes_east
    return None


def _named_zone(word: str, country: str) -> int | None:
    zones = _tables()[1]["zones"]
    by_country = zones["by_country"].get(word, {}).get(country)
    return by_country if by_country is not None else zones.get(word)  # type: ignore[no-any-return]


def _moment(year: int, month: int, day: int, clock: tuple[int, int, int], offset: int) -> datetime:
    hour, minute, second = clock
    late = hour == 24
    year -= _BUDDHIST if EARLIEST.year + _BUDDHIST <= year < 2700 else 0
    moment = datetime(year, month, day, 0 if late else hour, minute, min(second, 59), tzinfo=UTC)
    return moment + timedelta(days=late, minutes=-offset)


def _month_at(tokens: list[str], at: int, lang: str) -> int | None:
    """The month that a word names, or it with the next one (`تشرين الثاني`)."""
    return _month(tokens[at], lang) or _month(" ".join(tokens[at : at + 2]), lang)


def _month(word: str, lang: str) -> int | None:
    by_language, unanimous = _tables()[0]
    for table in (by_language.get("en", {}), by_language.get(lang, {}), unanimous):
        if word in table:
            return table[word]
    return None


_Months = tuple[Mapping[str, Mapping[str, int]], Mapping[str, int]]


@cache
def _tables() -> tuple[_Months, Mapping[str, Any]]:
    """Names of months by language and those that mean one month in all, and the tables of zones and day halves."""
    document = tomllib.loads((_DATA / "months.toml").read_text(encoding="utf-8"))
    by_language: dict[str, dict[str, int]] = defaultdict(dict)
    meanings: dict[str, set[int]] = defaultdict(set)
    for part in ("months", "more"):
        for lang, months in document[part].items():
            for number, words in enumerate(months, 1):
                for word in map(_folded, words):
                    by_language[lang][word] = number
                    meanings[word].add(number)
    unanimous = {word: numbers.pop() for word, numbers in meanings.items() if len(numbers) == 1}
    return (by_language, unanimous), tomllib.loads((_DATA / "zones.toml").read_text(encoding="utf-8"))
