"""40 misbehaving servers among 200 healthy feeds: `python -m benchmarks.hostile_servers [--rounds 8]`.

Printed: how many healthy feeds came complete, how much longer than undisturbed the last of them took, how the memory of
all our processes rose, and which errors the others ended with. Then the same for four servers alone, among 300 feeds:
one that drips a byte a second, one that never answers, two that send zeros, without end and a gigabyte in gzip;
once on the spot, and once with every healthy answer 200 ms away.
"""

import argparse
import asyncio
import collections
import subprocess
import sys
import time
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from benchmarks.feed_server import body
from benchmarks.processes import Cost, Memory, costing
from feeds import Rules, read_all
from seeds import Feed

HEALTHY, HOSTILE = 200, 40
NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = Rules(allowed=("127.0.0.0/8",))
ZEROS = zlib.compress(b"\0" * 100_000_000, wbits=31)


async def serve() -> None:
    """Healthy hosts are 127.1.x.y, or 127.3.x.y which take 200 ms; hostile ones 127.2.x.y, each with one of eight
    faults. Prints its port."""
    honest = body(1, 30, 0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            host = writer.get_extra_info("sockname")[0]
            if host.startswith("127.3."):
                await asyncio.sleep(0.2)
            if not host.startswith("127.2."):
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
        case 3:  # zeros without end
            writer.write(head + b"\r\n")
            while True:
                writer.write(bytes(65_536))
                await writer.drain()
        case 4:  # a gigabyte of zeros
            writer.write(head + b"Content-Encoding: gzip\r\n\r\n" + ZEROS * 10)
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


class Polled(NamedTuple):
    """What became of a poll."""

    last: float
    """Seconds until the last healthy feed came."""
    good: int
    errors: dict[str, int]
    ended: float
    """Seconds until the last of all ended."""


async def poll(feeds: list[Feed], rules: Rules) -> tuple[float, int, collections.Counter[str]]:
    """When the last healthy feed came, how many came, errors."""
    began, last, good = time.monotonic(), 0.0, 0
    errors: collections.Counter[str] = collections.Counter()
    async for fetched in read_all(feeds, {}, rules, NOW):
        if fetched.feed.key.startswith("good"):
            good += fetched.ok and len(fetched.entries) == 30
            last = time.monotonic() - began
        else:
            errors[fetched.error or "read"] += 1
    return last, good, errors


def polled(feeds: list[Feed], rules: Rules = RULES) -> Polled:
    """One poll, timed."""
    costs: list[Cost] = []
    with costing(costs):
        last, good, errors = asyncio.run(poll(feeds, rules))
    return Polled(last, good, dict(sorted(errors.items())), costs[0].wall)


def healthy(count: int, net: int, port: int) -> list[Feed]:
    """Honest feeds, one a host."""
    return [Feed(f"good{n}", "o", f"http://127.{net}.{n // 250}.{n % 250 + 1}:{port}/", "", "") for n in range(count)]


def hostile(faults: Iterable[int], port: int) -> list[Feed]:
    """Servers with these last numbers of their address, which say what they do."""
    return [Feed(f"bad{n}", "o", f"http://127.2.0.{n}:{port}/", "", "") for n in faults]


def crowd(port: int, server_process: int) -> None:
    """40 of them among 200."""
    good, bad = healthy(HEALTHY, 1, port), hostile(range(1, HOSTILE + 1), port)
    mixed = [feed for n in range(HOSTILE) for feed in (*good[5 * n : 5 * n + 5], bad[n])]
    with Memory([server_process]) as before:
        alone = polled(good)
    with Memory([server_process]) as meanwhile:
        among = polled(mixed)
    print(f"healthy feeds complete: {among.good} of {HEALTHY}")
    print(f"last healthy feed: {alone.last:.1f} s undisturbed, {among.last:.1f} s among {HOSTILE} misbehaving servers")
    print(f"memory of all processes: at most {before.most:.0f} MB undisturbed, {meanwhile.most:.0f} MB among them")
    print(f"the others, ended after {among.ended:.1f} s: {among.errors}")


def four(port: int, net: int, where: str, rounds: int) -> None:
    """A drip, a silence and two gigabytes among 300, in turns with undisturbed polls."""
    good, bad = healthy(300, net, port), hostile((1, 2, 3, 4), port)
    mixed = [*good[:75], bad[0], *good[75:150], bad[1], *good[150:225], bad[2], bad[3], *good[225:]]
    hasty = replace(RULES, total=5.0)  # they hold nobody up longer than that anyway, and rounds are short
    pairs = [(polled(good, hasty), polled(mixed, hasty)) for _ in range(rounds)]
    alone, among = min(one.last for one, _ in pairs), min(other.last for _, other in pairs)
    assert all(other.good == 300 for _, other in pairs)
    print(
        f"four servers among 300 feeds {where}: last healthy feed {alone:.2f} s undisturbed, {among:.2f} s among them: "
        f"{among / alone:.3f} (wanted: 1.05 at most); the others, ended after {pairs[0][1].ended:.1f} s: "
        f"{pairs[0][1].errors}"
    )


def main() -> None:
    """Print the figures."""
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
        return
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=8)
    rounds = options.parse_args().rounds
    command = [sys.executable, "-m", "benchmarks.hostile_servers", "serve"]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=nowhere) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        crowd(port, process.pid)
        four(port, 1, "on the spot", rounds)
        four(port, 3, "200 ms away", rounds)
        process.kill()


if __name__ == "__main__":
    main()
