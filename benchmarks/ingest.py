"""The whole poll, into the store: `python -m benchmarks.ingest [--feeds 300] [--rounds 2]`.

Fetched, parsed, classified, stored in SQLite and merged, side by side with newsboat (where it is installed) and a bare
aiohttp loop, on one machine with the server. Printed: seconds of the first and of an unchanged poll, without
interpreter start and imports, and the ratios.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.feeds import addresses, bare, newsboat, server
from flows import work
from flows.app import opened


def declare(folder: Path, urls: list[str]) -> Path:
    """Settings and a list of own feeds at these addresses; the settings' file."""
    feeds = "\n".join(
        f'[feeds.gb-outlet-{n}]\noutlet = "Outlet {n}"\nurl = "{url}"\ncountry = "GB"\nlang = "en"\n'
        for n, url in enumerate(urls)
    )
    (folder / "feeds.toml").write_text(feeds, encoding="utf-8")
    settings = folder / "pactwatch.toml"
    settings.write_text(
        f'data = "{folder}/data"\n[watch]\nlist = "own"\n[fetch]\nallow = ["127.0.0.0/8"]\n', encoding="utf-8"
    )
    return settings


def poll_twice(urls: list[str]) -> tuple[float, float]:
    """Seconds of a first and of an unchanged poll into a new store."""
    times = []
    with tempfile.TemporaryDirectory() as folder, opened(declare(Path(folder), urls)) as app:
        for new in (True, False):
            began = time.perf_counter()
            done = asyncio.run(work.ingest(app, datetime.now(UTC)))
            times.append(time.perf_counter() - began)
            assert bool(done.items_new) is new, done
            assert not done.failed, done.failed
    return times[0], times[1]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=300)
    options.add_argument("--entries", type=int, default=30)
    options.add_argument("--latency", type=float, default=0.0)
    options.add_argument("--rounds", type=int, default=2)
    arguments = options.parse_args()
    with server(arguments.entries, arguments.latency) as port:
        urls = addresses(arguments.feeds, port)
        asyncio.run(bare(urls, 20, ""))  # the server makes its bodies
        least = min(asyncio.run(bare(urls, 20, '"v0"')) for _ in range(3))
        rows = [poll_twice(urls) for _ in range(arguments.rounds)]
        boat = newsboat(urls)
    first, again = min(row[0] for row in rows), min(row[1] for row in rows)
    print(f"{arguments.feeds} feeds of {arguments.entries} entries, {arguments.latency} s away: best seconds")
    print(f"  first poll {first:.2f} s, unchanged poll {again:.2f} s, bare aiohttp unchanged {least:.2f} s")
    print(f"  unchanged beside bare aiohttp: {again / least:.2f}")
    if boat:
        print(f"  newsboat: first {boat[0]:.2f} s, second {boat[1]:.2f} s, third {boat[2]:.2f} s")
        print(
            f"  first beside newsboat's first: {first / boat[0]:.2f}, unchanged beside its third: {again / boat[2]:.2f}"
        )
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
