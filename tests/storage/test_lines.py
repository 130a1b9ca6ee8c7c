"""Archives as they come: packed, cut off, with bad lines, or made to do harm; constant memory, each fault named."""

import gzip
import json
import random
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seeds import Entry
from storage import StoreError
from storage.lines import LONGEST, Bad, Line, entry_of, language, read_lines

NOW = datetime(2026, 3, 2, tzinfo=UTC)
GOOD = {"title": "A", "url": "https://a.example/1", "published": "2026-03-01T10:00:00+02:00", "lang": "en-us"}


def line(data: object) -> Line:
    return Line(7, 0, json.dumps(data).encode())


def test_a_whole_line() -> None:
    assert entry_of(line(GOOD), NOW, {}, "backfill") == Entry(
        feed="backfill", title="A", url="https://a.example/1", published=datetime(2026, 3, 1, 8, tzinfo=UTC),
        lang="en-US", outlet="a.example",
    )  # fmt: skip


def test_credit_is_bound_to_the_host() -> None:
    hosts = {"a.example": "a-feed"}
    told = {"title": "A", "source": "A Daily"}
    found = [
        entry_of(line(told | {"url": url}), NOW, hosts, "backfill")
        for url in ("https://www.a.example/1", "https://news.a.example/1", "https://a.example.evil.test/1", "")
    ]
    assert [(one.feed, one.outlet) for one in found if isinstance(one, Entry)] == [
        ("a-feed", ""),
        ("a-feed", ""),
        ("backfill", "A Daily"),
        ("backfill", "A Daily"),
    ]


TAKEN = [
    ("text alone", {"text": "B"}, {"text": "B", "title": ""}),
    ("no date", {"title": "A", "published": None}, {"published": None}),
    (
        "a day is midnight UTC",
        {"title": "A", "published": "2026-03-01"},
        {"published": datetime(2026, 3, 1, tzinfo=UTC)},
    ),
    (
        "a month is its first day",
        {"title": "A", "published": "2026-03"},
        {"published": datetime(2026, 3, 1, tzinfo=UTC)},
    ),
    ("a time out of range is unknown", {"title": "A", "published": "0001-01-01"}, {"published": None}),
    ("a far future is unknown", {"title": "A", "published": "9999-12-31T23:59:59-23:00"}, {"published": None}),
    ("a number as id", {"title": "A", "id": 12}, {"guid": "12"}),
    ("what no database stores", {"title": "A\0B\ud800C"}, {"title": "ABC"}),
    ("an outlet of its own", {"title": "A", "source": "b.example"}, {"outlet": "b.example"}),
    ("a long title is cut", {"title": "x" * 5000}, {"title": "x" * 1000}),
]


@pytest.mark.parametrize(("_why", "data", "fields"), TAKEN, ids=[t[0] for t in TAKEN])
def test_lines_that_are_taken(_why: str, data: object, fields: dict[str, object]) -> None:
    entry = entry_of(line(data), NOW, {}, "backfill")
    assert {name: getattr(entry, name) for name in fields} == fields


REFUSED = [
    (b"{broken", "not JSON"),
    (b"[1]", "not a JSON object"),
    (b"null", "not a JSON object"),
    (b"{}", "neither title nor text"),
    (b'{"title": 3}', "title: not a string"),
    (b'{"title": "A", "url": "javascript:alert(1)"}', "url: not an absolute http or https address"),
    (b'{"title": "A", "url": "http://[bad"}', "Invalid IPv6 URL"),
    (b'{"title": "A", "published": "yesterday"}', "published: 'yesterday' is no ISO 8601 time"),
    (b'{"title": "A", "published": "2026-13"}', "published: '2026-13' is no ISO 8601 time"),
    (b'{"title": "\xff"}', "not UTF-8 (byte 11)"),
    (b"[" * 100_000, "not JSON"),
    (b"", "longer than 1,000,000 bytes"),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED, ids=[r[1] for r in REFUSED])
def test_lines_that_are_named_and_left_out(data: bytes, reason: str) -> None:
    bad = entry_of(Line(7, 0, data), NOW, {}, "backfill")
    assert isinstance(bad, Bad)
    assert bad.line == 7
    assert bad.reason.startswith(reason)


TAGS = [
    ("en-us", "en-US"),
    ("ZH_hant_tw", "zh-Hant-TW"),
    ("pt", "pt"),
    ("", ""),
    ("english", ""),
    ("sr-latn", "sr-Latn"),
    ("1", ""),
]


@pytest.mark.parametrize(("tag", "wanted"), TAGS)
def test_language_tags(tag: str, wanted: str) -> None:
    assert language(tag) == wanted


def lines_of(path: Path, start: int = 0) -> list[bytes]:
    return [line.data for line in read_lines(path, start=start)]


@pytest.mark.parametrize("packed", [False, True])
def test_reading_goes_on_at_an_offset(tmp_path: Path, packed: bool) -> None:
    path, data = tmp_path / "a", b"\xef\xbb\xbf{}\r\n\n{1}\nlast"
    path.write_bytes(gzip.compress(data) if packed else data)
    whole = list(read_lines(path))
    assert [one.number for one in whole] == [1, 2, 3, 4]
    assert lines_of(path) == [b"\xef\xbb\xbf{}\r\n", b"\n", b"{1}\n", b"last"]
    assert lines_of(path, whole[1].end) == [b"{1}\n", b"last"]


def test_zstandard(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    path = tmp_path / "a.zst"
    skipped = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"  # a frame for other programs, as `pzstd` writes them
    path.write_bytes(zstandard.compress(b"one\n") + skipped + zstandard.compress(b"two\n") + zstandard.compress(b""))
    assert lines_of(path) == [b"one\n", b"two\n"]
    packer = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    path.write_bytes(packer.compress(b"%d\n" * 3 % (1, 2, 3)) + packer.flush())
    assert lines_of(path) == [b"1\n", b"2\n", b"3\n"]


@pytest.mark.parametrize("hurt", ["cut", "damaged"])
def test_a_hurt_zstandard_file_gives_what_came_before(tmp_path: Path, hurt: str) -> None:
    zstandard = pytest.importorskip("zstandard")
    path, found = tmp_path / "a.zst", []
    packer = zstandard.ZstdCompressor(write_checksum=True)
    data = bytearray(packer.compress(b"".join(b"%d\n" % n for n in range(200_000))))
    if hurt == "cut":
        del data[-5000:]
    else:
        data[-5000:-4900] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"a\.zst: is damaged or cut off after line \d+"):
        found.extend(read_lines(path))
    assert len(found) > 50_000


def test_a_line_that_is_too_long_is_skipped_and_the_next_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * (3 * LONGEST) + b"\nnext\n")
    assert lines_of(path) == [b"", b"next\n"]


def test_a_cut_gzip_gives_what_came_before(tmp_path: Path) -> None:
    path, found = tmp_path / "a.gz", []
    path.write_bytes(gzip.compress(b"".join(b"%d\n" % n for n in range(200_000)))[:-5000])
    with pytest.raises(StoreError, match=r"a\.gz: is damaged or cut off after line \d+"):
        found.extend(read_lines(path))
    assert len(found) > 100_000


def test_a_decompression_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    with gzip.open(path, "wb") as stream:
        for _ in range(100):
            stream.write(b"0" * 1_000_000)
    with pytest.raises(StoreError, match="refused as a decompression bomb"):
        lines_of(path)


def test_reading_takes_no_more_memory_for_a_longer_file(tmp_path: Path) -> None:
    def peak(lines: int) -> int:
        path = tmp_path / f"{lines}.gz"
        with gzip.open(path, "wb", compresslevel=1) as stream:
            stream.writelines(b'{"title": "%032d"}\n' % random.getrandbits(100) for _ in range(lines))
        tracemalloc.start()
        try:
            assert sum(1 for _ in read_lines(path)) == lines
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    assert peak(60_000) < peak(30_000) + 500_000
