"""The whole poll, into the store: `python -m benchmarks.ingest [--feeds 300] [--rounds 3] [--latency 0.2]`.

Fetched, parsed, classified, stored in SQLite and merged, side by side with newsboat, rss2email (where they are
installed) and a bare aiohttp loop, on one machine with the server, in turns. Printed: seconds of the first and of an
unchanged poll, without interpreter start and imports, ratios, and the memory of all our processes.

With `--latency` the server waits so long before each answer: the unchanged poll beside what the rules allow at best,
which is `connections` answers in that time, and beside a bare aiohttp loop of as many connections.
"""

import argparse
import asyncio
import math
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.feeds import addresses, bare, server
from benchmarks.peers import newsboat, rss2email
from benchmarks.processes import Cost, Memory, children, costing
from flows import work
from flows.app import App, opened


@contextmanager
def watching(urls: list[str]) -> Iterator[App]:
    """A new store, and a list of own feeds at these addresses."""
    feeds = "\n".join(
        f'[feeds.gb-outlet-{n}]\noutlet = "Outlet {n}"\nurl = "{url}"\ncountry = "GB"\nlang = "en"\n'
        for n, url in enumerate(urls)
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "feeds.toml").write_text(feeds, encoding="utf-8")
        settings = Path(folder) / "pactwatch.toml"
        settings.write_text(
            f'data = "{folder}/data"\n[watch]\nlist = "own"\n[fetch]\nallow = ["127.0.0.0/8"]\n', encoding="utf-8"
        )
        with opened(settings) as app:
            yield app


def poll(app: App, *, new: bool) -> None:
    """One poll, which brings something or not."""
    done = asyncio.run(work.ingest(app, datetime.now(UTC)))
    assert bool(done.items_new) is new, done
    assert not done.failed, done.failed


def ours(urls: list[str]) -> list[Cost]:
    """Costs of a first and of two unchanged polls."""
    costs: list[Cost] = []
    with watching(urls) as app:
        for new in (True, False, False):
            with costing(costs):
                poll(app, new=new)
    return costs


def memory(urls: list[str], server_process: int) -> Memory:
    """Of a first and an unchanged poll."""
    with watching(urls) as app, Memory(apart=[server_process]) as held:
        poll(app, new=True)
        poll(app, new=False)
    return held


def _bare(urls: list[str], connections: int = 20) -> list[Cost]:
    costs: list[Cost] = []
    with costing(costs):
        asyncio.run(bare(urls, connections, '"v0"'))
    return costs


def _row(name: str, costs: list[Cost]) -> Cost:
    """Prints the best and the middle one; the best is what the machine allows when nothing else runs."""
    best = Cost(min(cost.wall for cost in costs), min(cost.cpu for cost in costs))
    middle = statistics.median(cost.wall for cost in costs)
    print(f"  {name:28} {best.wall:6.2f} s, median {middle:6.2f} s, CPU {best.cpu:6.2f} s")
    return best


def _ratio(what: str, one: Cost, other: Cost, wanted: str) -> None:
    print(f"  {what}: {one.wall / other.wall:.2f}, CPU {one.cpu / other.cpu:.2f} (wanted: {wanted})")


def compare(urls: list[str], rounds: int) -> None:
    """Our polls beside others', in turns."""
    first, again, least, boat = [], [], [], []
    for _ in range(rounds):
        polls = ours(urls)
        first += polls[:1]
        again += polls[1:]
        least += _bare(urls) + _bare(urls)
        boat.append(newsboat(urls))
    mails = rss2email(urls)
    best = _row("first poll", first), _row("unchanged poll", again), _row("bare aiohttp, unchanged", least)
    _ratio("unchanged beside bare aiohttp", best[1], best[2], "2.5 at most")
    if boat[0]:
        theirs = _row("newsboat, first", [one[0] for one in boat]), _row("newsboat, third", [one[2] for one in boat])
        _ratio("first beside newsboat's first", best[0], theirs[0], "1 at most")
        _ratio("unchanged beside its third", best[1], theirs[1], "0.5 at most")
    if mails:
        _ratio("rss2email's first beside ours", _row("rss2email, first", mails[:1]), best[0], "10 at least")


def against_the_bound(urls: list[str], rounds: int, latency: float) -> None:
    """An unchanged poll beside what the rules allow at best."""
    again: list[Cost] = []
    least: list[Cost] = []
    with watching(urls) as app:
        poll(app, new=True)
        for _ in range(rounds):
            with costing(again):
                poll(app, new=False)
            least += _bare(urls, app.rules.connections)
        bound = math.ceil(len(urls) / app.rules.connections) * latency
    best, bare_best = _row("unchanged poll", again), _row("bare aiohttp, unchanged", least)
    print(
        f"  the rules allow {bound:.2f} s at best: {best.wall / bound:.2f} times that (wanted: 1.3 at most); "
        f"bare aiohttp {bare_best.wall / bound:.2f}"
    )


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=300)
    options.add_argument("--entries", type=int, default=30)
    options.add_argument("--latency", type=float, default=0.0)
    options.add_argument("--rounds", type=int, default=3)
    arguments = options.parse_args()
    with server(arguments.entries, arguments.latency) as port:
        of_server = children()[0]
        urls = addresses(arguments.feeds, port)
        asyncio.run(bare(urls, 20, ""))  # the server makes its bodies
        print(f"{arguments.feeds} feeds of {arguments.entries} entries, {arguments.latency} s away")
        if arguments.latency:
            against_the_bound(urls, arguments.rounds, arguments.latency)
            return
        held = memory(urls, of_server)  # before the peers, whose mails this process takes and holds
        compare(urls, arguments.rounds)
        print(f"  at most {held.most:.0f} MB in {held.processes} processes together (wanted: 250 at most)")


if __name__ == "__main__":
    main()
