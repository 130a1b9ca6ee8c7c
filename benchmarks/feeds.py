"""How quickly feeds are polled: `python -m benchmarks.feeds [--feeds 300] [--latency 0.2]`.

Client and server share the machine. Printed side by side: a bare aiohttp loop that fetches the same and does nothing
with it, our poll (fetched, parsed, remembered; without the store), and newsboat where it is installed. Times of the
poll, without interpreter start and imports; CPU seconds beside them, since a busy machine stretches the clock.
"""

import argparse
import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import aiohttp

from benchmarks.peers import newsboat
from benchmarks.processes import Cost, costing
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


async def ours(
    feeds: list[Feed], remembered: dict[str, Remembered], rules: Rules
) -> tuple[float, int, dict[str, Remembered]]:
    """Seconds, entries, and what is remembered afterwards."""
    began, entries, after = time.perf_counter(), 0, dict(remembered)
    async for fetched in read_all(feeds, remembered, rules, datetime.now(UTC)):
        assert fetched.ok, fetched.detail
        entries += len(fetched.entries)
        after[fetched.feed.key] = fetched.remembered
    return time.perf_counter() - began, entries, after


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
    print(f"{arguments.feeds} feeds of {arguments.entries} entries, {arguments.latency} s away: best seconds")
    names = ("bare aiohttp, first", "bare aiohttp, unchanged", "ours, first", "ours, unchanged")
    for n, name in enumerate(names):
        wall, cpu = min(row[n][0] for row in rows), min(row[n][1] for row in rows)
        print(f"  {name:26} {wall:6.2f} wall {cpu:6.2f} CPU   all: {', '.join(f'{row[n][0]:.2f}' for row in rows)}")
    times = [[min(row[n][part] for row in rows) for n in range(4)] for part in (0, 1)]
    print(f"  unchanged beside bare aiohttp: {times[0][3] / times[0][1]:.2f} wall, {times[1][3] / times[1][1]:.2f} CPU")
    print(f"  newsboat, three polls: {', '.join(f'{poll.wall:.2f}' for poll in boat) or 'not installed'}")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  peak memory: {own:.0f} MB, largest child {workers:.0f} MB")


async def _round(watched: list[Feed], urls: list[str], rules: Rules) -> list[Cost]:
    costs: list[Cost] = []
    memory: dict[str, Remembered] = {}
    for etag in ("", '"v0"'):
        with costing(costs):
            await bare(urls, rules.connections, etag)
    for expected in (True, False):
        with costing(costs):
            _, entries, memory = await ours(watched, memory, rules)
        assert bool(entries) is expected
    return costs


if __name__ == "__main__":
    main()
