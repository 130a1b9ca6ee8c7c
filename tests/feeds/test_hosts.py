"""Politeness and fairness hold over all that runs side by side: batches of feeds, pages, slow servers, slow takers."""

import asyncio
import gzip
import itertools
import random
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds import Fetched, Rules, read_all, read_articles
from seeds import Entry, Feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Crowd:
    """Answers after a moment, and counts how many are asked at once."""

    def __init__(self, answer: bytes, takes: float = 0.1) -> None:
        self.answer, self.takes = answer, takes
        self.now = self.most = 0
        self.spans: list[tuple[float, float]] = []
        self.lock = threading.Lock()

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        began = time.monotonic()
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.takes)
        with self.lock:
            self.now -= 1
            self.spans.append((began, time.monotonic()))
        connection.sendall(self.answer)


async def _poll(feeds: list[Feed], rules: Rules) -> list[Fetched]:
    return [fetched async for fetched in read_all(feeds, {}, rules, NOW)]


def test_batches_side_by_side_share_their_connections(serve, rules: Rules, watch, reply, rss: bytes) -> None:  # type: ignore[no-untyped-def]
    crowd = Crowd(reply(rss))
    port = serve(crowd, "0.0.0.0").port
    batches = [[watch(f"http://127.0.{b}.{n}:{port}/", f"{b}-{n}") for n in range(1, 9)] for b in range(1, 5)]

    async def all_of_them() -> list[list[Fetched]]:
        return await asyncio.gather(*(_poll(batch, replace(rules, connections=5)) for batch in batches))

    assert all(fetched.ok for batch in asyncio.run(all_of_them()) for fetched in batch)
    assert crowd.most == 5


def test_a_host_is_asked_one_at_a_time_by_all_batches_and_for_pages(  # type: ignore[no-untyped-def]
    serve, rules: Rules, watch, reply, rss: bytes
) -> None:
    crowd = Crowd(reply(rss), takes=0.05)
    url = serve(crowd).url
    polite = replace(rules, pause=0.1, robots=False)

    async def pages() -> None:
        async for _ in read_articles([Entry("f", "T", url=f"{url}/page")], polite):
            pass

    async def all_of_them() -> None:
        await asyncio.gather(*(_poll([watch(f"{url}/{n}", str(n))], polite) for n in range(3)), pages())

    asyncio.run(all_of_them())
    spans = sorted(crowd.spans)
    pauses = [later[0] - sooner[1] for sooner, later in itertools.pairwise(spans)]
    assert len(pauses) == 3
    assert min(pauses) >= 0.09


def test_a_redirect_to_another_host_waits_for_its_turn(serve, rules: Rules, watch, reply, rss: bytes) -> None:  # type: ignore[no-untyped-def]
    """Feeds and a page at five hosts that all lead to one; the waiting is longer than the deadline of any request."""
    crowd = Crowd(reply(rss), takes=0.05)
    there = serve(crowd, "127.0.0.9")
    port = serve(reply(b"", f"Location: {there.url}/x", status="302 Found"), "0.0.0.0").port
    polite = replace(rules, pause=0.2, total=0.5, robots=False)

    async def pages() -> list[str]:
        return [a.error async for _, a in read_articles([Entry("f", "T", url=f"http://127.0.7.9:{port}/page")], polite)]

    async def all_of_them() -> tuple[list[Fetched], list[str]]:
        feeds = [watch(f"http://127.0.7.{n}:{port}/", str(n)) for n in range(1, 5)]
        return await asyncio.gather(_poll(feeds, polite), pages())

    fetched, errors = asyncio.run(all_of_them())
    assert [one.error for one in fetched] + errors == [""] * 5
    spans = sorted(crowd.spans)
    assert crowd.most == 1
    assert min(later[0] - sooner[1] for sooner, later in itertools.pairwise(spans)) >= 0.19


def test_hosts_that_redirect_to_each_other_do_not_wait_for_ever(serve, rules: Rules, watch, reply, rss: bytes) -> None:  # type: ignore[no-untyped-def]
    def answer(connection: socket.socket, request: bytes) -> None:
        port = request.partition(b"Host: ")[2].partition(b":")[2].split(b"\r")[0].decode()
        other = "127.0.8.2" if b"Host: 127.0.8.1" in request else "127.0.8.1"
        led = reply(b"", f"Location: http://{other}:{port}/there", status="302 Found")
        connection.sendall(reply(rss) if b"/there" in request else led)

    port = serve(answer, "0.0.0.0").port
    feeds = [watch(f"http://127.0.8.{n}:{port}/", str(n)) for n in (1, 2)]
    found = asyncio.run(asyncio.wait_for(_poll(feeds, replace(rules, pause=0.1)), 10))
    assert all(fetched.ok for fetched in found)


def test_feeds_that_wait_to_be_taken_hold_up_no_other_batch(serve, rules: Rules, watch, reply, rss: bytes) -> None:  # type: ignore[no-untyped-def]
    port = serve(reply(rss), "0.0.0.0").port
    few = replace(rules, connections=3)
    waiting = [watch(f"http://127.0.5.{n}:{port}/", f"w{n}") for n in range(1, 20)]
    others = [watch(f"http://127.0.6.{n}:{port}/", f"o{n}") for n in range(1, 20)]

    async def others_meanwhile() -> int:
        stream = read_all(waiting, {}, few, NOW)
        await anext(stream)
        done = await asyncio.wait_for(_poll(others, few), 10)
        await stream.aclose()  # type: ignore[attr-defined]
        return len(done)

    assert asyncio.run(others_meanwhile()) == 19


def _drip(connection: socket.socket, _: bytes) -> None:
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(1)


def _silent(connection: socket.socket, _: bytes) -> None:
    time.sleep(20)


def _zeros(connection: socket.socket, request: bytes) -> None:
    """A gigabyte: as it is, or in gzip of a thousandth."""
    with suppress(OSError):
        if b"/gzip" in request:
            piece = gzip.compress(b"\0" * 10_000_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + piece * 100)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(100):
                connection.sendall(b"\0" * 10_000_000)


@pytest.mark.parametrize("seed", range(2))
def test_servers_that_drip_are_silent_or_send_a_gigabyte_delay_no_other(  # type: ignore[no-untyped-def]
    seed: int, serve, rules: Rules, watch, reply, rss: bytes
) -> None:
    """As many of them as there are connections, wherever they stand in the list: the others wait one second at most,
    and not until these have ended."""
    port = serve(Crowd(reply(rss), takes=0.02), "0.0.0.0").port
    healthy = [watch(f"http://127.0.7.{n}:{port}/", f"good {n}") for n in range(1, 31)]
    drip, silent, zeros = serve(_drip, "127.0.8.1"), serve(_silent, "127.0.8.2"), serve(_zeros, "127.0.8.3")
    packed = serve(_zeros, "127.0.8.4")
    urls = {"drip": drip.url, "silent": silent.url, "zeros": zeros.url, "gzip": f"{packed.url}/gzip"}
    mixed = [*healthy, *(watch(url, name) for name, url in urls.items())]
    random.Random(seed).shuffle(mixed)
    strict = replace(rules, connections=2, read=30.0, total=4.0)

    async def poll() -> tuple[float, dict[str, str]]:
        began, last, errors = time.monotonic(), 0.0, {}
        async for fetched in read_all(mixed, {}, strict, NOW):
            errors[fetched.feed.key] = fetched.error
            if fetched.feed.key.startswith("good"):
                last = time.monotonic() - began
        assert time.monotonic() - began < strict.total + 3
        return last, errors

    last, errors = asyncio.run(poll())
    assert {key: error for key, error in errors.items() if error} == {
        "drip": "TooSlow", "silent": "TooSlow", "zeros": "TooLarge", "gzip": "TooLarge",
    }  # fmt: skip
    assert last < strict.total - 1


def test_crowds_of_slow_servers_are_bounded_too(serve, rules: Rules, watch) -> None:  # type: ignore[no-untyped-def]
    """Twice as many as connections at once, and no more."""
    crowd = Crowd(b"", takes=6.0)
    port = serve(crowd, "0.0.0.0").port
    feeds = [watch(f"http://127.0.9.{n}:{port}/", f"slow {n}") for n in range(1, 21)]

    async def for_a_while() -> int:
        poll = asyncio.create_task(_poll(feeds, replace(rules, connections=3, read=30.0, total=30.0)))
        await asyncio.sleep(2.8)
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)
        return crowd.most

    assert asyncio.run(for_a_while()) == 6
