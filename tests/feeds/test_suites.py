"""`python -m benchmarks.suites` reads what other projects' suites say, and tells a claim that does not hold."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.suites import Claim, cases, found, holds, read

# ruff: noqa: E501 - feeds have long lines

FEED = """<!--
Description: two entries
Header: Content-Location: https://suite.example/dir/
Expect: not bozo and len(entries) == 2 and entries[0]['title'] == 'A <b>B</b>' and entries[1].link == 'https://suite.example/dir/2'
-->
<rss><channel><language>EN</language><item><title>A &lt;b&gt;B&lt;/b&gt;</title></item><item><link>2</link></item></channel></rss>
"""
DATED = "<rss><channel><item><guid>1</guid><pubDate>{}</pubDate></item></channel></rss>"
BESIDE = """import datetime
entries = [EntryData(id='1', title='T', published=datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC), link=f'{rel_base}x')]
"""


def outcomes(folder: Path) -> list[tuple[str, bool]]:
    suite = list(cases(folder))
    return [(c.field, holds(found(read(case), c), c)) for case in suite for c in case.claims]


def test_claims_in_comments_are_read_with_their_headers(tmp_path: Path) -> None:
    (tmp_path / "one.xml").write_text(FEED, encoding="utf-16")
    (tmp_path / "nothing.xml").write_text("<rss/>", encoding="utf-8")
    assert outcomes(tmp_path) == [("count", True), ("title", True), ("url", True)]


def test_claims_beside_a_file_are_read_and_what_does_not_hold_is_told(tmp_path: Path) -> None:
    (tmp_path / "full.rss").write_text(DATED.format("Tue, 24 Nov 2026 01:00:00 +0100"), encoding="utf-8")
    (tmp_path / "full.rss.py").write_text(BESIDE, encoding="utf-8")
    assert outcomes(tmp_path) == [
        ("count", True),
        ("guid", True),
        ("title", False),
        ("published", True),
        ("url", False),
    ]


def test_claims_of_episodes_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.rss").write_text(DATED.format("Tue, 24 Nov 2026 01:00:00 +0100"), encoding="utf-8")
    (tmp_path / "a.json").write_text('{"episodes": [{"title": "", "link": "x", "published": 1795478400}]}', "utf-8")
    assert outcomes(tmp_path) == [("count", True), ("url", False), ("published", True)]


def test_dates_and_languages_are_the_same_in_any_spelling() -> None:
    moment = datetime(2004, 1, 1, 19, 48, 21, tzinfo=UTC)
    assert holds(moment, Claim(0, "published", "Thu, 01 Jan 2004 20:48:21 +0100"))
    assert not holds(moment, Claim(0, "published", "2004-01-01T20:48:21+00:00"))
    assert holds("en-us", Claim(None, "lang", "en-US"))
    assert not holds(None, Claim(3, "title", "A"))
