"""JSON lines of news items from a file of any size: plain, gzip or zstandard; constant memory, bad lines named.

A line is one object with `title`, `text` (or none), `url`, `published` (ISO 8601), `lang` (BCP 47); `outlet` or
`source`, `id` or `guid` where there are such. What cannot be read becomes a `Bad` with its number and reason.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Final
from urllib.parse import urlsplit

from feeds.plain import scrub
from seeds.model import Entry
from storage.errors import StoreError

LONGEST: Final = 1_000_000
"""Bytes of one line."""
LONGEST_TITLE: Final = 1_000
LONGEST_TEXT: Final = 200_000
BLOW_UP: Final = 200
"""How much larger than the file its content may be; JSON of news is 5 to 10 times larger."""
BLOW_UP_FROM: Final = 64_000_000
OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_PIECE: Final = 1024
"""Packed bytes unpacked at a time: zstandard makes at most 32 MB of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands: its number from 1, the offset behind it in the unpacked file, its bytes (empty where it was
    too long)."""

    number: int
    end: int
    data: bytes
    read: int = 0
    """Bytes of the file, as it is, read so far: for the progress."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that cannot be taken, and why."""

    line: int
    reason: str
    text: str = ""


def read_lines(path: Path, *, start: int = 0, number: int = 0) -> Iterator[Line]:
    """The lines behind an offset of the unpacked file. `StoreError` where the file ends in the midst of its packing or
    unpacks to absurdly more than it is; all lines before that were given."""
    size = path.stat().st_size
    with path.open("rb") as raw, unpacked(path, raw) as stream:
        end = _skip(stream, start)
        try:
            while data := stream.readline(LONGEST + 1):
                whole = len(data) <= LONGEST
                end += len(data)
                while not data.endswith(b"\n") and len(data) > LONGEST:
                    data = stream.readline(LONGEST + 1)
                    end += len(data)
                    _check_ratio(path, end, size)
                _check_ratio(path, end, size)
                number += 1
                yield Line(number, end, data if whole else b"", raw.tell())
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            where = f"{path}: is damaged or cut off after line {number}"
            raise StoreError(f"{where} ({error}); what came before is kept") from error


@contextmanager
def unpacked(path: Path, raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """The unpacked bytes of a file, by its first bytes and not by its name."""
    head = raw.read(4)
    raw.seek(0)
    if head[:2] == b"\x1f\x8b":
        with gzip.GzipFile(fileobj=raw) as packed, io.BufferedReader(_AsItComes(packed), 1 << 20) as stream:
            yield stream
    elif head == b"\x28\xb5\x2f\xfd":
        with io.BufferedReader(_Frames(raw, _zstandard(path)), 1 << 20) as stream:
            yield stream
    else:
        yield raw


class _AsItComes(io.RawIOBase):
    """Hands on what is unpacked so far, so that a file that breaks off loses nothing of what came before."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._packed.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Frames(io.RawIOBase):
    """The content of zstandard frames one after the other; `EOFError` where one is damaged or cut off, which
    zstandard's own reader takes for the end of the file."""

    def __init__(self, raw: IO[bytes], zstandard: ModuleType) -> None:
        self._raw, self._zstandard = raw, zstandard
        self._frame: Any = None
        self._packed = self._data = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._data:
            packed = self._packed or self._raw.read(_PIECE)
            if not packed and self._frame is None:
                return 0
            if not packed:
                raise EOFError("the last frame breaks off")
            self._unpack(packed)
        size = min(len(buffer), len(self._data))
        buffer[:size], self._data = self._data[:size], self._data[size:]
        return size

    def _unpack(self, packed: bytes) -> None:
        frame = self._frame or self._zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        try:
            self._data = frame.decompress(packed)
        except self._zstandard.ZstdError as error:
            raise EOFError(str(error)) from error
        self._frame, self._packed = (None, frame.unused_data) if frame.eof else (frame, b"")


def _zstandard(path: Path) -> ModuleType:
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise StoreError(f"{path}: is packed by zstandard; install the extra: pip install 'pactwatch[zstd]'") from error
    return zstandard


def _skip(stream: IO[bytes], start: int) -> int:
    left = start
    while left and (data := stream.read(min(left, 1 << 20))):
        left -= len(data)
    return start - left


def _check_ratio(path: Path, end: int, size: int) -> None:
    if end > BLOW_UP_FROM and end > BLOW_UP * size:
        raise StoreError(f"{path}: {size} bytes unpack to more than {end}; refused as a decompression bomb")


def entry_of(line: Line, now: datetime, hosts: Mapping[str, str], archive: str) -> Entry | Bad:
    """The entry that a line holds, as of the feed whose host its address is at (`hosts`: host to the feed's key), else
    of the feed `archive`, in the name of its own outlet. Times out of range are unknown."""
    if not line.data:
        return Bad(line.number, f"longer than {LONGEST:,} bytes")
    try:
        data = json.loads(line.data.decode("utf-8-sig" if line.number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return Bad(line.number, f"not UTF-8 (byte {error.start})", _start(line))
    except (ValueError, RecursionError) as error:
        return Bad(line.number, f"not JSON ({str(error)[:80]})", _start(line))
    if not isinstance(data, dict):
        return Bad(line.number, "not a JSON object", _start(line))
    try:
        return _entry(data, now, hosts, archive)
    except ValueError as error:
        return Bad(line.number, str(error), _start(line))


def _entry(data: dict[str, Any], now: datetime, hosts: Mapping[str, str], archive: str) -> Entry:
    title, text = _string(data, "title", LONGEST_TITLE), _string(data, "text", LONGEST_TEXT)
    if not title and not text:
        raise ValueError("neither title nor text")
    url = _string(data, "url", 100_000)
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if url and (parts.scheme not in ("http", "https") or not host):
        raise ValueError("url: not an absolute http or https address")
    feed = _feed_at(host, hosts)
    return Entry(
        feed=feed or archive, title=" ".join(title.split()), text=text, url=url,
        guid=_string(data, "guid", 100_000) or _string(data, "id", 100_000), published=_time(data, now),
        lang=language(_string(data, "lang", 100)),
        outlet="" if feed else _string(data, "outlet", 200) or _string(data, "source", 200) or host,
    )  # fmt: skip


def _feed_at(host: str, hosts: Mapping[str, str]) -> str:
    """The feed at a host or at the domain that it is part of; credit is bound to the address."""
    while "." in host:
        if feed := hosts.get(host):
            return feed
        host = host.partition(".")[2]
    return ""


def _string(data: dict[str, Any], key: str, longest: int) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and key in ("id", "guid"):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"{key}: not a string")
    return scrub(value[:longest])


def _time(data: dict[str, Any], now: datetime) -> datetime | None:
    """When it was published, in UTC; a day alone or a time without zone counts as UTC, a month alone as its first day,
    absurd times as unknown."""
    value = _string(data, "published", 100)
    if not value:
        return None
    try:
        found = datetime.fromisoformat(f"{value}-01" if len(value) == len("2026-11") else value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None
    except ValueError as error:
        raise ValueError(f"published: {value[:40]!r} is no ISO 8601 time") from error
    return found if OLDEST <= found <= now + timedelta(days=366) else None


def language(tag: str) -> str:
    """A BCP 47 tag in its customary case (`zh-Hant-TW`, `pt-BR`), empty where it is none."""
    parts = tag.replace("_", "-").split("-")
    if not (2 <= len(parts[0]) <= 3 and parts[0].isascii() and parts[0].isalpha()):
        return ""
    rest = [_cased(part) for part in parts[1:] if part.isascii() and part.isalnum()]
    return "-".join([parts[0].lower(), *rest])


def _cased(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()


def host_of(url: str) -> str:
    """The host of an address without `www.`"""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _start(line: Line) -> str:
    return scrub(line.data[:200].decode("utf-8", "replace").strip())
