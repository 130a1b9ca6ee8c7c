"""Bodies of answers: bounded while they are read and while they are decompressed, large ones a few at a time."""

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp

from feeds.decode import gunzip
from feeds.errors import Broken, TooLarge

_CHUNK = 65_536
LARGE = 1_000_000
"""Bytes from which a body is large: real feeds are smaller, but for a few."""
PACKED = 100
"""How many times its size a large body may unpack to: mark-up comes to 30, a bomb to 1,000."""
MAGIC = b"\x1f\x8b"
"""How gzip begins."""
LARGE_AT_A_TIME = 2
"""So that no crowd of hostile servers fills the memory."""


@dataclass(slots=True)
class Bounds:
    """How much of a body is read, and where a large one finds its place."""

    limit: int
    large: asyncio.Semaphore
    room: AsyncExitStack
    placed: bool = False

    async def admit(self, size: int) -> None:
        """`TooLarge` beyond the limit; from `LARGE` on, wait for a place."""
        if size > self.limit:
            raise TooLarge(f"more than {self.limit:,} bytes")
        if size > LARGE and not self.placed:
            await self.room.enter_async_context(self.large)
            self.placed = True


async def read_body(response: aiohttp.ClientResponse, coding: str, bounds: Bounds) -> bytes:
    """The body, bounded before and after decompression; only the one coding that was asked for."""
    coding = coding.strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise Broken("a content coding that was not asked for")
    if (response.content_length or 0) > bounds.limit:
        raise TooLarge(f"{response.content_length:,} bytes; at most {bounds.limit:,} are read")
    decoder = None if coding in ("", "identity") else _Gunzip()
    parts: list[bytes] = []
    size = raw = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        raw += len(chunk)
        for piece in decoder.pieces(chunk) if decoder else (chunk,):
            size += len(piece)
            await bounds.admit(max(size, raw))
            if decoder and size > max(LARGE, PACKED * decoder.taken):
                raise TooLarge(f"compressed bytes that unpack to over {PACKED} times their number")
            parts.append(piece)
    if decoder is not None and raw and not decoder.complete:
        raise Broken("compressed bytes that end in their middle")
    body = b"".join(parts)
    return _twice(body, bounds.limit) if decoder and body.startswith(MAGIC) else body


def _twice(body: bytes, limit: int) -> bytes:
    """Compressed by the program and by the server again: unpacked as far as the same limits allow."""
    most = min(limit, max(LARGE, PACKED * len(body)))
    try:
        return gunzip(body, most)
    except ValueError as error:
        raise Broken(f"compressed twice: {error}") from error


class _Gunzip:
    """Gzip decoded in pieces of at most 64 kB each, however much a chunk unpacks to; files strung together are one."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(31)
        self.taken = 0
        """Compressed bytes that the pieces so far were made of."""

    @property
    def complete(self) -> bool:
        return self._decoder.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        try:
            while chunk:
                if self._decoder.eof:
                    if not chunk.startswith(MAGIC):
                        return
                    self._decoder = zlib.decompressobj(31)
                piece = self._decoder.decompress(chunk, _CHUNK)
                rest = self._decoder.unconsumed_tail or self._decoder.unused_data
                self.taken += len(chunk) - len(rest)
                chunk = rest
                yield piece
        except zlib.error as error:
            raise Broken("broken gzip") from error
