"""A seeded sample of `python -m benchmarks.fuzz_feeds`: nothing raises, nothing dangerous comes out."""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.fuzz_feeds import BODIES, FEED, mutated
from feeds.entries import Source
from feeds.extract import extract
from feeds.parsing import _parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_feeds_raise_nothing_even_inside(seed: int) -> None:
    rng = random.Random(seed)
    source = Source(FEED, FEED.url, NOW, 500)
    began = time.process_time()
    for _ in range(500):
        sample = mutated(rng.choice(BODIES), rng)
        parsed = _parse(sample, "", replace(source))
        for entry in parsed.entries:
            (entry.title + entry.text + entry.guid).encode("utf-8")
            assert entry.url == "" or entry.url.startswith(("http://", "https://", "HTTP"))
            assert "<script" not in entry.title + entry.text
    assert time.process_time() - began < 30


def test_mutated_pages_raise_nothing() -> None:
    rng = random.Random(7)
    for _ in range(200):
        found = extract(mutated(BODIES[3], rng), "text/html", FEED.url, FEED.url, "Fiji", "en")
        (found.text + found.note).encode("utf-8")
