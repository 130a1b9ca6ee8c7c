"""Dates as real feeds write them, with what they mean."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dates import EARLIEST, when

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

MEANS = [
    # what feeds carry, what it means, why
    ("Tue, 24 Nov 2026 08:00:00 GMT", "2026-11-24T08:00", "RFC 822"),
    ("24 Nov 2026 08:00 +0100", "2026-11-24T07:00", "no weekday, no seconds"),
    ("Fri, 24 Nov 2026 08:00:00 EST", "2026-11-24T13:00", "wrong weekday, American zone"),
    ("Tue, 24 Nov 26 08:00:00 Z", "2026-11-24T08:00", "two digits"),
    ("Thu,28 Jul 2022 4:35:5 GMT+9", "2022-07-27T19:35:05", "no padding"),
    ("Thu, 28 Jul 2022 13:30:33+0900", "2022-07-28T04:30:33", "offset glued on"),
    ("Mar, 30 Ago 2022 13:00:00 +0200", "2022-08-30T11:00", "Italian; a Tuesday, not March"),
    ("Qua, 5 Fev 2025 10:00:00 -0300", "2025-02-05T13:00", "Portuguese"),
    ("5 de septiembre de 2022", "2022-09-05T00:00", "Spanish"),
    ("01/29/2021 - 15:21", "2021-01-29T15:21", "month first, as only that can be"),
    ("29/01/2021 15:21", "2021-01-29T15:21", "day first"),
    ("2005-5-8 9:39:31", "2005-05-08T09:39:31", "ISO without padding"),
    ("2026-11-24T08:00:00.123+05:30", "2026-11-24T02:30", "W3C"),
    ("2026-11-24 08:00:00", "2026-11-24T08:00", "no zone: UTC"),
    ("20261124T080000Z", "2026-11-24T08:00", "ISO basic"),
    ("2026-11", "2026-11-01T00:00", "month only"),
    ("2003-335", "2003-12-01T00:00", "day of the year"),
    ("2004-W01-1", "2003-12-29T00:00", "week"),
    ("20240218103000", "2024-02-18T10:30", "digits only"),
    ("03-12-31", "2003-12-31T00:00", "short year first"),
    ("2004-július-13T9:15-05:00", "2004-07-13T14:15", "Hungarian"),
    ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53", "year first in prose"),
    ("12 mars 2024 à 10h30", "2024-03-12T10:30", "French"),
    ("18.2.2024 klo 10.30", "2024-02-18T10:30", "Finnish"),
    ("Sunday 18th of February 2024 10:30:00 AM", "2024-02-18T10:30", "English prose"),
    ("Mon Feb 19 02:04:10 +0000 2024", "2024-02-19T02:04:10", "year last"),
    ("2020-11-22T24:00:00Z", "2020-11-23T00:00", "midnight at the end"),
    ("Sun, 31 Dec 2006 24:04:05 +0530", "2006-12-31T18:34:05", "an hour of a 25-hour clock"),
    ("Thu Jan  1 03:00:00 2004", "2004-01-01T03:00", "asctime"),
    ("Sunday, February 18, 2024 - 7:05 p.m. ET", "2024-02-19T00:05", "American prose"),
    ("2026年2月18日 10:30", "2026-02-18T10:30", "Chinese, Japanese"),
    ("2026년 2월 18일 오후 1:30", "2026-02-18T13:30", "Korean afternoon"),
    ("18 فبراير 2026 10:30", "2026-02-18T10:30", "Arabic"),
    ("18 февраля 2026, 10:30", "2026-02-18T10:30", "Russian"),
    ("Τετ, 22 Απρ 2020 11:35:00 +0300", "2020-04-22T08:35", "Greek"),
    ("17.02.2026 10:11", "2026-02-17T10:11", "German numbers"),
    ("10-Feb-26 11:11:11", "2026-02-10T11:11:11", "dashes"),
    ("Tue, 10 Feb 2026 9.30.15 +0100", "2026-02-10T08:30:15", "dots in the time"),
    ("Wed, 2 Feb 2022 00:00:00 -0500 (EST)", "2022-02-02T05:00", "zone twice"),
    ("Thu, 9 (or (so)) Feb 2006 23:59:45 (a comment) GMT", "2006-02-09T23:59:45", "comments"),
    ("1708300000", "2024-02-18T23:46:40", "seconds since 1970"),
    ("1708300000000", "2024-02-18T23:46:40", "milliseconds"),
    ("23 تشرين الثاني 2025 10:30", "2025-11-23T10:30", "Arabic of the Levant, two words"),
    ("23 دجنبر 2025", "2025-12-23T00:00", "Arabic of Morocco"),
    ("13 EKİM 2026", "2026-10-13T00:00", "Turkish dotted capital"),
    ("Pazartesi, 23 KASIM 2026 14:05 +0300", "2026-11-23T11:05", "Turkish capital without a dot"),
    ("23 नवंबर 2026", "2026-11-23T00:00", "Hindi, vowels as marks"),
    ("২৩ নভেম্বর ২০২৫", "2025-11-23T00:00", "Bengali, with its digits"),
    ("23 พ.ย. 2569 10:05", "2026-11-23T10:05", "Thai, dots within, Buddhist year"),
    ("23/11/2569", "2026-11-23T00:00", "Buddhist year in numbers"),
    ("Ngày 23 tháng 11 năm 2026", "2026-11-23T00:00", "Vietnamese"),
    ("Thứ hai, 23/11/2026, 10:05 (GMT+7)", "2026-11-23T03:05", "offset in parentheses"),
    ("2026 оны 11 сарын 23", "2026-11-23T00:00", "Mongolian"),
    ("23.11.2026 15:04 МСК", "2026-11-23T12:04", "Moscow time in Cyrillic"),
    ("Tue, 24 Nov 2026 23:59:60 GMT", "2026-11-24T23:59:59", "leap second"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "meaning", "why"), MEANS, ids=[row[2] for row in MEANS])
def test_what_a_date_means(raw: str, meaning: str, why: str) -> None:
    found = when(raw, now=NOW)
    assert found is not None
    assert found.replace(microsecond=0) == datetime.fromisoformat(meaning).replace(tzinfo=UTC)


NO_DATE = [
    "",
    "yesterday",
    "2026-13-45",
    "30 Feb 2024 10:00",
    "Tue, 31 Nov 2026 08:00:00 GMT",
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "9999-12-31",
    "Thu, 26 Nov 2026 08:00:00 GMT",
    "2027-11-24",
    "+9999",
    "25:61:99",
    "99999999999999999999",
    "Tue, 24 Nov 2026 29:00:00 GMT",
    "x" * 500,
    "٣٠/١٣/٢٠٢٤",
]


@pytest.mark.parametrize("raw", NO_DATE)
def test_what_is_no_date(raw: str) -> None:
    assert when(raw, now=NOW) is None


@pytest.mark.parametrize(
    ("raw", "lang", "country", "day"),
    [
        ("07/04/2026", "en", "US", "2026-07-04"),
        ("07/04/2026", "en", "GB", "2026-04-07"),
        ("7 listopad 2025", "pl", "PL", "2025-11-07"),
        ("7 listopad 2025", "hr", "HR", "2025-10-07"),
        ("24 Nov 2026 02:00 IST", "en", "IN", "2026-11-23"),
        ("24 Nov 2026 02:00 CST", "zh", "CN", "2026-11-23"),
        ("24 Nov 2026 02:00 CST", "en", "US", "2026-11-24"),
    ],
)
def test_language_and_country_decide_what_is_ambiguous(raw: str, lang: str, country: str, day: str) -> None:
    found = when(raw, now=NOW, lang=lang, country=country)
    assert found is not None
    assert found.date().isoformat() == day


MONTHS = tomllib.loads((Path(__file__).parents[2] / "feeds" / "months.toml").read_text(encoding="utf-8"))
NAMED = [
    (lang, word, number)
    for part in ("months", "more")
    for lang, months in MONTHS[part].items()
    for number, words in enumerate(months, 1)
    for word in words
]


@pytest.mark.parametrize("lang", sorted({lang for lang, _, _ in NAMED}))
def test_every_month_of_every_language_is_read(lang: str) -> None:
    for _, word, number in (row for row in NAMED if row[0] == lang):
        for raw in (f"23 {word} 2025, 10:05", f"{word} 23, 2025"):
            assert (when(raw, lang=lang) or EARLIEST).strftime("%m-%d") == f"{number:02d}-23", raw


@given(st.text(max_size=120) | st.from_regex(r"[0-9:/.+\- T]{4,40}"))
def test_any_text_is_a_date_or_none(raw: str) -> None:
    found = when(raw, now=NOW)
    assert found is None or (found.tzinfo is not None and found <= NOW + timedelta(days=1))


@given(st.integers(700_000_000, 1_795_000_000))
def test_what_programs_write_is_read_back(seconds: int) -> None:
    plain = datetime.fromtimestamp(seconds, UTC)
    for raw in (plain.isoformat(), plain.strftime("%a, %d %b %Y %H:%M:%S +0000"), plain.strftime("%Y-%m-%d %H:%M:%S")):
        assert when(raw, now=NOW) == plain
