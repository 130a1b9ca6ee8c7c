"""How quickly feeds are polled: `python -m benchmarks.feeds [--feeds 300] [--latency 0.2]`.

Client and server share the machine. Printed side by side: a bare aiohttp loop that fetches the same and does nothing with
it, our poll (fetched, parsed, remembered; without the store), and newsboat where it is installed. Times of the poll,
without interpreter start and imports.
"""

import argparse
import asyncio
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from feeds import Remembered, Rules, read_all
from seeds import Feed


@contextmanager
def server(entries: int, latency: float) -> Iterator[int]:
    """The port of a feed server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.feed_server", "--entries", str(entries), "--latency", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def addresses(count: int, port: int) -> list[str]:
    """One host a feed."""
    return [f"http://127.0.{n // 250}.{n % 250 + 1}:{port}/feed.xml" for n in range(count)]


async def bare(urls: list[str], connections: int, etag: str) -> float:
    """Seconds for aiohttp alone."""
    gate = asyncio.Semaphore(connections)
    headers = {"If-None-Match": etag} if etag else {}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(url: str) -> None:
            async with gate, session.get(url, headers=headers) as response:
                await response.read()

        began = time.perf_counter()
        await asyncio.gather(*(one(url) for url in urls))
        return time.perf_counter() - began


async def ours(feeds: list[Feed], remembered: dict[str, Remembered], rules: Rules) -> tuple[float, int, dict[str, Remembered]]:
    """Seconds, entries, and what is remembered afterwards."""
    began, entries, after = time.perf_counter(), 0, dict(remembered)
    async for fetched in read_all(feeds, remembered, rules, datetime.now(UTC)):
        assert fetched.ok, fetched.detail
        entries += len(fetched.entries)
        after[fetched.feed.key] = fetched.remembered
    return time.perf_counter() - began, entries, after


def newsboat(urls: list[str]) -> list[float]:
    """Seconds of three polls, start of the program included; empty where it is not installed."""
    if shutil.which("newsboat") is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "urls").write_text("\n".join(urls))
        (place / "config").write_text("reload-threads 8\n")
        command = ["newsboat", "-u", place / "urls", "-C", place / "config", "-c", place / "cache.db", "-x", "reload"]
        times = []
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        return times


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=300)
    options.add_argument("--entries", type=int, default=30)
    options.add_argument("--latency", type=float, default=0.0)
    options.add_argument("--rounds", type=int, default=3)
    arguments = options.parse_args()
    rules = Rules(allowed=("127.0.0.0/8",))
    with server(arguments.entries, arguments.latency) as port:
        urls = addresses(arguments.feeds, port)
        watched = [Feed(f"feed-{n}", f"Outlet {n}", url, "GB", "en") for n, url in enumerate(urls)]
        asyncio.run(bare(urls, rules.connections, ""))  # the server makes its bodies
        rows = [asyncio.run(_round(watched, urls, rules)) for _ in range(arguments.rounds)]
        boat = newsboat(urls)
    print(f"{arguments.feeds} feeds of {arguments.entries} entries, latency {arguments.latency * 1000:.0f} ms, seconds (best)")
    for n, name in enumerate(("bare aiohttp, first", "bare aiohttp, unchanged", "ours, first", "ours, unchanged")):
        print(f"  {name:26} {min(row[n] for row in rows):6.2f}   all: {', '.join(f'{row[n]:.2f}' for row in rows)}")
    print(f"  unchanged: {min(r[3] for r in rows) / min(r[1] for r in rows):.2f} times bare aiohttp")
    print(f"  newsboat: {', '.join(f'{t:.2f}' for t in boat) or 'not installed'}")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  peak memory: {own:.0f} MB, largest child {workers:.0f} MB")


async def _round(watched: list[Feed], urls: list[str], rules: Rules) -> tuple[float, float, float, float]:
    bare_first = await bare(urls, rules.connections, "")
    bare_again = await bare(urls, rules.connections, '"v0"')
    first, entries, remembered = await ours(watched, {}, rules)
    assert entries == sum(1 for _ in watched) * (entries // len(watched))
    again, none, _ = await ours(watched, remembered, rules)
    assert none == 0
    return bare_first, bare_again, first, again


if __name__ == "__main__":
    main()
