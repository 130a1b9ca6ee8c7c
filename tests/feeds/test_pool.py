"""Parsing that costs too much is ended, told, and harms no other feed."""

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import feeds
from feeds import Rules
from feeds.errors import TooHard
from feeds.pool import Pool
from feeds.sharing import shared
from seeds import Feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FEED = Feed("one", "Outlet", "https://outlet.example/feed", "GB", "en")
RULES = Rules(workers=1, parse_cpu=1, parse_wall=5.0)


def item(inside: str, root: str = "<rss version='2.0'>") -> bytes:
    return f"{root}<channel><item>{inside}</item></channel></rss>".encode()


BOMBS = {
    "an author of 50 kB, not well-formed": item("<author>" + "a@" * 25_000 + "</author><title>x</titel>"),
    "100,000 attributes": item("<title " + " ".join(f"a{n}='1'" for n in range(100_000)) + ">x</title>"),
    "100,000 attributes, not well-formed": item("<title " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</title>"),
    "200,000 levels": b"<rss version='2.0'><channel>" + b"<a>" * 200_000,
    "a megabyte of open tags": b"<rss version='2.0'><channel><item><title>" + b"<a " * 330_000,
    "100,000 entries": b"<rss version='2.0'><channel>" + b"<item><title/></item>" * 100_000 + b"</channel></rss>",
    "billion laughs": b"<!DOCTYPE lolz [<!ENTITY a 'lol'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rss version='2.0'><channel><title>&j;</title></channel></rss>",
    "quadratic entities": b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 100_000 + b"'>]><rss><channel><title>"
    + b"&a;" * 100_000 + b"</title></channel></rss>",
    "megabytes of ampersands": item("<title>" + "&" * 4_000_000 + "</title>"),
    "megabytes of references": item("<title>" + "&#x26;" * 700_000 + "</title>"),
    "many open comments": item("<!--" * 500_000),
    "many open sections": item("<![CDATA[" * 300_000),
    "JSON a million deep": b'{"items":' + b"[" * 1_000_000,
    "a month of dates": item("<pubDate>" + "(" * 5_000_000 + "</pubDate><title>x</title>"),
    "a long declaration": b"<?xml " + b"encoding='" * 300_000,
    "nested html": item("<description>" + "&lt;div&gt;" * 500_000 + "</description>"),
}  # fmt: skip


@pytest.mark.parametrize("what", BOMBS)
def test_bombs_end_within_their_limits_and_the_next_feed_is_read(what: str, rss: bytes) -> None:
    async def both() -> tuple[str, int]:
        async with Pool(RULES) as pool:
            try:
                outcome = (await pool.parse(BOMBS[what], FEED, "", FEED.url, NOW)).error or "read"
            except TooHard as error:
                outcome = error.detail
            good = await pool.parse(rss, FEED, "", FEED.url, NOW)
        return outcome, len(good.entries)

    began = time.monotonic()
    outcome, entries = asyncio.run(both())
    assert outcome
    assert entries == 2
    assert time.monotonic() - began < 14.0


def test_of_too_many_entries_the_newest_are_kept_and_the_rest_told() -> None:
    items = "".join(
        f"<item><title>t{n}</title><pubDate>{1 + n % 28} Feb {2000 + n % 20} 00:00 GMT</pubDate></item>"
        for n in range(3000)
    )
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()

    async def read() -> tuple[int, int, int]:
        async with Pool(replace(RULES, max_entries=100)) as pool:
            parsed = await pool.parse(body, FEED, "", FEED.url, NOW)
        years = {entry.published.year for entry in parsed.entries if entry.published}
        return len(parsed.entries), parsed.dropped, min(years)

    assert asyncio.run(read()) == (100, 2900, 2019)


def test_memory_has_a_limit() -> None:
    async def hungry() -> None:
        async with Pool(replace(RULES, parse_memory=150_000_000)) as pool:
            await pool.parse(b"<rss><channel>" + b"<item/>" * 700_000 + b"</channel></rss>", FEED, "", FEED.url, NOW)

    with pytest.raises(TooHard, match="150 MB"):
        asyncio.run(hungry())


def test_no_secret_of_the_environment_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_MAIL__PASSWORD", "CANARY")

    async def environment() -> bytes:
        async with Pool(RULES) as pool:
            await pool.parse(b"<rss/>", FEED, "", FEED.url, NOW)
            (worker,) = pool._all
            with open(f"/proc/{worker._process.pid}/environ", "rb") as file:
                return file.read()

    if not os.path.isdir("/proc/self"):
        pytest.skip("no /proc here")
    assert b"CANARY" not in asyncio.run(environment())


def test_processes_end_with_the_pool() -> None:
    async def pids() -> list[int]:
        async with Pool(replace(RULES, workers=2)) as pool:
            await asyncio.gather(*(pool.parse(b"<rss/>", FEED, "", FEED.url, NOW) for _ in range(6)))
            return [worker._process.pid for worker in pool._all]

    found = asyncio.run(pids())
    assert 1 <= len(found) <= 2
    for pid in found:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_interrupt_at_the_terminal_does_not_reach_the_processes() -> None:
    async def groups() -> list[int]:
        async with Pool(RULES) as pool:
            await pool.parse(b"<rss/>", FEED, "", FEED.url, NOW)
            return [os.getpgid(worker._process.pid) for worker in pool._all]

    assert os.getpgid(0) not in asyncio.run(groups())


def test_a_process_ends_when_its_parent_is_killed() -> None:
    code = (
        "import asyncio, os, sys\n"
        "from feeds import Rules\n"
        "from feeds.pool import Pool\n"
        "async def main():\n"
        "    async with Pool(Rules()) as pool:\n"
        "        print((await pool._start())._process.pid, flush=True)\n"
        "        os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    root = os.path.dirname(os.path.dirname(feeds.__file__))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    pid = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} outlived its parent")


def test_no_process_is_started_before_there_is_work() -> None:
    async def idle() -> int:
        async with Pool(RULES) as pool:
            return len(pool._all)

    assert asyncio.run(idle()) == 0


@pytest.mark.parametrize(
    "body", [b"/etc/hostname", b"file:///etc/hostname", b"http://127.0.0.1:9/", b"feeds/parsing.py"]
)
def test_a_body_that_is_a_path_or_an_address_is_only_text(body: bytes) -> None:
    async def read() -> tuple[str, int]:
        async with Pool(RULES) as pool:
            parsed = await pool.parse(body, FEED, "", FEED.url, NOW)
        return parsed.error, len(parsed.entries)

    assert asyncio.run(read()) == ("NotAFeed", 0)


def test_batches_side_by_side_share_their_processes() -> None:
    async def two_batches() -> tuple[int, int]:
        async def batch() -> int:
            async with shared(RULES) as common:
                await common.pool.parse(b"<rss/>", FEED, "", FEED.url, NOW)
                await asyncio.sleep(0.1)
                return id(common.pool)

        pools = await asyncio.gather(*(batch() for _ in range(4)))
        async with shared(RULES) as fresh:
            return len(set(pools)), len(fresh.pool._all)

    assert asyncio.run(two_batches()) == (1, 0)
