"""40 misbehaving servers among 200 healthy feeds: `python -m benchmarks.hostile_servers`.

Printed: how many healthy feeds came complete, how much longer than undisturbed the last of them took, how the memory of
the reading process rose, and which errors the others ended with.
"""

import asyncio
import collections
import os
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime

from benchmarks.feed_server import body
from feeds import Rules, read_all
from seeds import Feed

HEALTHY, HOSTILE = 200, 40
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ZEROS = zlib.compress(b"\0" * 100_000_000, wbits=31)


async def serve() -> None:
    """Healthy hosts are 127.1.x.y, hostile ones 127.2.x.y, each with one of eight faults. Prints its port."""
    honest = body(1, 30, 0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            host = writer.get_extra_info("sockname")[0]
            if host.startswith("127.1."):
                writer.write(
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(honest) + honest
                )
                await writer.drain()
            else:
                await _misbehave(int(host.rpartition(".")[2]) % 8, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


async def _misbehave(fault: int, writer: asyncio.StreamWriter) -> None:
    head = b"HTTP/1.1 200 OK\r\n"
    match fault:
        case 0:  # one byte a second, headers
            for byte in head * 20:
                writer.write(bytes([byte]))
                await asyncio.sleep(1)
        case 1:  # one byte a second, body
            writer.write(head + b"\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(1)
        case 2:  # never answers
            await asyncio.sleep(600)
        case 3:  # endless body
            writer.write(head + b"\r\n")
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        case 4:  # a hundred megabytes of zeros
            writer.write(head + b"Content-Encoding: gzip\r\n\r\n" + ZEROS)
            await writer.drain()
        case 5:  # a circle
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        case 6:  # breaks off
            writer.write(head + b"Content-Length: 90000\r\n\r\n<rss")
            await writer.drain()
        case _:  # an entity bomb
            bomb = b"<!DOCTYPE r [<!ENTITY a '" + b"a" * 50_000 + b"'>]><rss><channel><title>" + b"&a;" * 50_000
            writer.write(head + b"Connection: close\r\n\r\n" + bomb + b"</title></channel></rss>")
            await writer.drain()


def _rss() -> float:
    """Megabytes of this process now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def poll(feeds: list[Feed], rules: Rules) -> tuple[float, int, float, collections.Counter[str]]:
    """When the last healthy feed came, how many came, the highest memory, errors."""
    began, last, good, high = time.monotonic(), 0.0, 0, _rss()
    errors: collections.Counter[str] = collections.Counter()
    async for fetched in read_all(feeds, {}, rules, NOW):
        high = max(high, _rss())
        if fetched.feed.key.startswith("good"):
            good += fetched.ok and len(fetched.entries) == 30
            last = time.monotonic() - began
        else:
            errors[fetched.error or "read"] += 1
    return last, good, high, errors


def main() -> None:
    """Print the figure."""
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
        return
    command = [sys.executable, "-m", "benchmarks.hostile_servers", "serve"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        good = [Feed(f"good{n}", "o", f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/", "", "") for n in range(HEALTHY)]
        bad = [Feed(f"bad{n}", "o", f"http://127.2.0.{n + 1}:{port}/", "", "") for n in range(HOSTILE)]
        mixed = [feed for n in range(HEALTHY // 5) for feed in (*good[5 * n : 5 * n + 5], *bad[n : n + 1])]
        rules = Rules(allowed=("127.0.0.0/8",))
        alone = asyncio.run(poll(good, rules))
        before = _rss()
        among = asyncio.run(poll(mixed, rules))
        process.kill()
    print(f"healthy feeds complete: {among[1]} of {HEALTHY}")
    print(f"last healthy feed: {alone[0]:.1f} s undisturbed, {among[0]:.1f} s among {HOSTILE} misbehaving servers")
    print(f"memory: {before:.0f} MB before, at most {among[2]:.0f} MB, a rise of {among[2] - before:.0f} MB")
    print(f"the others: {dict(sorted(among[3].items()))}")


if __name__ == "__main__":
    main()
