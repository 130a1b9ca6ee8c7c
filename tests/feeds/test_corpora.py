"""All captures of real and hostile feeds that lie beside the checkout, against their manifests."""

import csv
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds import Parsed, forgiving, mend, parse
from feeds.dates import EARLIEST
from feeds.decode import decode
from feeds.entries import Source, finish
from feeds.plain import is_doubled
from seeds import Feed

SHARED = Path(__file__).parents[3] / "shared" / "feeds"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared captures are not beside this checkout")


def rows(kind: str) -> list[dict[str, str]]:
    path = SHARED / kind / "MANIFEST.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read(kind: str, row: dict[str, str], lang: str = "") -> tuple[bytes, Parsed]:
    body = (SHARED / kind / row["file"]).read_bytes()
    feed = Feed(row["file"], "o", "https://feed.example/dir/feed.xml", row.get("country", ""), lang)
    return body, parse(body, feed, now=NOW)


NEWS, HOSTILE = rows("news"), rows("hostile")


@pytest.mark.parametrize("row", NEWS, ids=[row["file"] for row in NEWS])
def test_every_real_capture_is_read_whole(row: dict[str, str]) -> None:
    _, parsed = read("news", row)
    assert (len(parsed.entries), parsed.error, parsed.dropped) == (int(row["entries"]), "", 0)
    assert "\ufffd" not in "".join(entry.title for entry in parsed.entries)
    links = [entry.url for entry in parsed.entries if entry.url]
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert len(parsed.entries) - len(links) == _number(row["remarks"], "without link")
    assert sum(not entry.title for entry in parsed.entries) == _number(row["remarks"], "without title")


def _number(remarks: str, what: str) -> int:
    """How many items the manifest says are without something."""
    found = [part for part in remarks.split(";") if what in part]
    return int(found[0].split()[0]) if found else 0


@pytest.mark.parametrize("row", NEWS, ids=[row["file"] for row in NEWS])
def test_dates_lie_where_the_manifest_says(row: dict[str, str]) -> None:
    _, parsed = read("news", row)
    days = sorted(entry.published.date() for entry in parsed.entries if entry.published)
    first, _, last = row["item_dates"].partition("..")
    if first:
        assert (days[0].isoformat(), days[-1].isoformat()) == (first, last)
    unread = _number(row["remarks"], "without usable date")
    told = "have a date string" in row["remarks"]
    assert len(parsed.entries) - len(days) == (0 if told else unread)


@pytest.mark.parametrize("row", NEWS, ids=[row["file"] for row in NEWS])
def test_both_readers_give_the_same(row: dict[str, str]) -> None:
    """The quick reader and feedparser agree on every title, link, guid and date."""
    body, parsed = read("news", row)
    document = mend.characters(mend.start(decode(body)[0]))
    raw = forgiving.read(document)
    assert raw is not None
    if is_doubled(document):
        raw.undouble()
    source = Source(Feed("x", "o", "https://feed.example/dir/feed.xml", row["country"], ""), "", NOW, 500)
    other = finish(raw, Source(source.feed, source.feed.url, NOW, 500), [])
    assert _facts(parsed) == _facts(other)


def _facts(parsed: Parsed) -> list[tuple[object, ...]]:
    return [(entry.title, entry.url, entry.guid, entry.published) for entry in parsed.entries]


@pytest.mark.parametrize("row", NEWS[::4], ids=[row["file"] for row in NEWS[::4]])
def test_an_undeclared_encoding_is_found_by_the_feeds_language(row: dict[str, str]) -> None:
    body, parsed = read("news", row)
    declared = row["declared_encoding"].encode()
    if not declared or declared.lower() == b"utf-8" or declared not in body[:200]:
        return
    bare = body.replace(b'encoding="' + declared + b'"', b"", 1)
    feed = Feed("x", "o", "https://feed.example/dir/feed.xml", "", row["language"])
    assert [e.title for e in parse(bare, feed).entries] == [e.title for e in parsed.entries]


@pytest.mark.parametrize("row", HOSTILE, ids=[row["file"] for row in HOSTILE])
def test_every_hostile_capture_ends_as_its_manifest_says(row: dict[str, str]) -> None:
    began = time.process_time()
    _, parsed = read("hostile", row)
    assert time.process_time() - began < 3.0
    if row["entries_expected"]:
        assert len(parsed.entries) == int(row["entries_expected"])
    titles = "".join(entry.title for entry in parsed.entries)
    assert "<script" not in titles.lower()
    assert "root:" not in titles
    if row["kind"] == "truncated" or "empty document" in row["kind"]:
        assert parsed.error or not parsed.entries


def test_the_dates_that_descriptions_state() -> None:
    row = next((row for row in HOSTILE if row["file"] == "w3-thirty_date_formats.xml"), None)
    if row is None:
        pytest.skip("the capture of thirty date formats is not there")
    _, parsed = read("hostile", row)
    stated = re.compile(r"(\w+), (\d+)\w+ (\d{4}), (\d\d:\d\d:\d\d) GMT")
    for entry in parsed.entries:
        dates = [
            datetime.strptime(" ".join(found) + " +0000", "%B %d %Y %H:%M:%S %z")
            for found in stated.findall(entry.text)
        ]
        sane = [date for date in dates if EARLIEST <= date <= NOW]
        assert entry.published in (sane or [None]), entry.title
