"""Mutated feeds and pages: `python -m benchmarks.fuzz_feeds --n 100000 [--seed 1] [--folder DIR]`.

Each body is a feed or page of our own (or of a folder), with bytes flipped, cut, doubled, swapped, or spiced with
what has broken parsers. Parsed and extracted in the same processes as in a poll. Counted: what raised, what was killed
by its limits, the slowest. Exits 1 where anything raised, also where that was caught.
"""

import argparse
import asyncio
import collections
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.feed_server import body
from feeds import Rules
from feeds.errors import TooHard
from feeds.pool import Pool
from seeds import Feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FEED = Feed("fuzz", "Outlet", "https://outlet.example/feed", "GB", "en")
SPICES = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"&#x110000;", b"&#xD800;", b"&#0;", b"\x00", b"\xff\xfe",
    b"\xed\xa0\x80", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<?xml encoding='utf-7'?>", b"<item>", b"</item>",
    b"<entry>", b"</rss>", b"<div style='", b"<script>", b"<title ", b"<author>a@a@a@", b"%00", b"\xe2\x80\xae",
    b"(((((((", b"99999999999", b"xmlns:x='", b"<a " * 200, b"<b>" * 300, b"&amp;" * 200, b"=" * 500, b'"' * 300,
    b"http://[::1", b"javascript:",
)  # fmt: skip
PAGE = (
    b"<!DOCTYPE html><html><head><title>Fiji</title></head><body><article><p>"
    + b"They signed it. " * 60
    + b"</p></article></body></html>"
)
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/x/"><title>Outlet</title>'
    + b'<entry><title type="html">T &amp;lt;b&amp;gt;</title><link href="1"/><id>1</id>'
    b'<published>2026-11-24T08:00:00Z</published><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
    b"<p>They signed.</p></div></content></entry>" * 4 + b"</feed>"
)
JSON = b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"T","content_html":"<p>x</p>"}]}'
BODIES = (body(1, 5, 0), ATOM, JSON, PAGE)
"""Bodies of our own to start from."""


def mutated(body: bytes, rng: random.Random) -> bytes:
    """One to eight changes."""
    data = bytearray(body)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(6):
            case 0 if at < len(data):
                data[at] = rng.randrange(256)
            case 1:
                del data[at : at + rng.randrange(1, 200)]
            case 2:
                data[at:at] = rng.choice(SPICES)
            case 3:
                data[at:at] = data[at : at + rng.randrange(1, 2000)]
            case 4:
                del data[at:]
            case _:
                other = rng.randrange(len(data) + 1)
                data[at : at + 40], data[other : other + 40] = data[other : other + 40], data[at : at + 40]
        if not data:
            data += rng.choice(SPICES)
    return bytes(data)


async def run(bodies: Sequence[bytes], n: int, seed: int, rules: Rules) -> collections.Counter[str]:
    """Outcomes, counted; the slowest job in milliseconds under `slowest`."""
    rng = random.Random(seed)
    found: collections.Counter[str] = collections.Counter()
    async with Pool(rules) as pool:

        async def one(sample: bytes, page: bool) -> None:
            began = time.monotonic()
            try:
                if page:
                    facts = {"content_type": "", "url": FEED.url, "asked": FEED.url, "title": "Fiji", "lang": ""}
                    outcome = "page " + ((await pool.work("extract", facts, sample))["note"] or "read")
                else:
                    parsed = await pool.parse(sample, FEED, "", FEED.url, NOW)
                    outcome = "feed " + (parsed.error or "read")
                    found["our own bugs, caught"] += "can't be read" in parsed.detail
            except TooHard:
                outcome = "killed by its limits"
            except Exception as error:  # what must not happen is counted, not stopped at
                outcome = f"RAISED {type(error).__name__}"
                print(outcome, error, sample[:200], file=sys.stderr)
            found[outcome] += 1
            found["slowest"] = max(found["slowest"], int(1000 * (time.monotonic() - began)))

        for _ in range(0, n, 100):
            batch = [(mutated(rng.choice(bodies), rng), rng.random() < 0.2) for _ in range(min(100, n))]
            await asyncio.gather(*(one(sample, page) for sample, page in batch))
    return found


def main() -> None:
    """Print the counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--n", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, action="append", default=[], help="more bodies to mutate")
    arguments = options.parse_args()
    bodies = list(BODIES)
    bodies += [path.read_bytes() for folder in arguments.folder for path in sorted(folder.iterdir()) if path.is_file()]
    began = time.monotonic()
    rules = Rules()
    found = asyncio.run(run(bodies, arguments.n, arguments.seed, rules))
    print(f"{arguments.n} mutations of {len(bodies)} bodies, seed {arguments.seed}, {time.monotonic() - began:.0f} s")
    for outcome, times in sorted(found.items()):
        print(
            f"  {times:8} {outcome}{' (milliseconds, waiting for its turn included)' if outcome == 'slowest' else ''}"
        )
    raised = any(outcome.startswith("RAISED") for outcome in found)
    sys.exit(1 if raised or found["our own bugs, caught"] else 0)


if __name__ == "__main__":
    main()
