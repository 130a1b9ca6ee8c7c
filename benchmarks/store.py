"""How quick the store is: taking in an archive, and asking it with a million items in it.

    python -m benchmarks.store backfill [FILE] [--url URL] [--beside URL] [--workers N]
    python -m benchmarks.store ask [--url URL] [--items 1000000] [--agreements 30000]
    python -m benchmarks.store linear

`backfill` takes a file of JSON lines in twice (without FILE: 50,000 made ones) and prints items a second and peak
memory, of all processes; with `--beside` into a second store in the same run too, and the ratio of the rates. `linear`
takes 20,000, 40,000 and 80,000 made items in. `ask` fills a store with made items (none with `--items 0`), prints
the times of the questions that people ask, and compares a poll of 300 feeds with one before. Without `--url` the store
is an SQLite file; a URL names an empty PostgreSQL database.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

import classify
from classify.model import DateFact, Evidence, Facts, Instrument, Labels, Span, Stage
from seeds import Entry, Feed
from storage import Query, agreements, backfill, known_by_feed, open_store, reading, transaction, vacuum
from storage.cover import cover_pairs, pairs_of
from storage.items import add_many

CHUNK = 1000
"""Entries that a poll looks up at once, as `flows.work` does."""
NOW = datetime(2026, 3, 1, tzinfo=UTC)
COUNTRIES = ["KZ", "RW", "FR", "IT", "US", "CN", "IN", "BR", "ZA", "EG", "JP", "KR", "TR", "ID", "MX", "NG", "KE", "VN",
             "PL", "DE", "ES", "PT", "GR", "SE", "NO", "FI", "AR", "CL", "PE", "CO", "MA", "DZ", "TN", "ET", "GH", "SN",
             "UZ", "KG", "TJ", "MN", "TH", "MY", "PH", "AU", "NZ", "CA", "GB", "IE", "UA", "RO"]  # fmt: skip
SECTORS = sorted(["trade", "energy", "defence", "health", "education", "transport", "mining", "digital", "culture",
                  "finance", "tourism", "justice", "migration", "science", "agriculture"])  # fmt: skip
TOPICS = ["wheat", "visa", "railway", "uranium", "vaccine", "scholarship", "gas", "extradition", "fisheries",
          "satellite", "customs", "water", "airport", "lithium", "film", "tax", "cable", "border", "labour",
          "grain"]  # fmt: skip
FEEDS = [Feed(f"feed-{n}", f"Outlet {n}", f"https://outlet{n}.example/", "KZ", "en") for n in range(300)]


_COLUMNS = """id, identity, guid_key, link_key, title_key, text_key, source, outlet, lang, title, text, url, published,
    seen, tell, always, changed, cut, stage, confidence, version"""
_HASH = {"sqlite": "randomblob(16)", "postgresql": "decode(md5(random()::text), 'hex')"}
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT i FROM n) AS n",
    "postgresql": "generate_series(1, :count) AS n(i)",
}
_AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '2026-03-01', '-' || i || ' minutes')",
    "postgresql": "timestamp '2026-03-01' - i * interval '1 minute'",
}
BULK = {
    kind: f"""INSERT INTO item ({_COLUMNS}) SELECT :first + i, {", ".join([_HASH[kind]] * 5)}, 'feed-' || (i % 300), '',
    'en', 'Headline ' || i || ' of nothing', '', 'https://outlet.example/' || i, {_AT[kind]}, {_AT[kind]}, true, false,
    false, false, 'none', 0, 1 FROM {_NUMBERS[kind]}"""
    for kind in _HASH
}
"""Items about nothing, as the database makes many of them itself."""


def labels(entries: Sequence[Entry]) -> list[Labels]:
    """The real labels of a batch."""
    return [classify.classify(e.title, e.text, e.lang, e.published.date() if e.published else None) for e in entries]


def made_lines(count: int) -> Iterator[str]:
    """JSON lines of headlines as an archive has them: one in fifty about a signing."""
    chance = random.Random(5)
    for n in range(count):
        topic = chance.choice(TOPICS)
        title = (
            f"Kazakhstan and Rwanda sign {topic} agreement in Astana"
            if n % 50 == 0
            else f"Mayor opens {topic} fair as rain falls on town number {n}"
        )
        day = NOW - timedelta(hours=n % 8000)
        yield json.dumps({"title": title, "url": f"https://paper{n % 900}.example/{n}", "published": day.isoformat()})


def report(name: str, items: int, seconds: float, others: Iterable[int] = ()) -> None:
    """A line with the rate, and the most memory that this process and others have had, in MB, together."""
    memory = sum(peak(pid) for pid in (os.getpid(), *others))
    print(f"{name}: {items} items in {seconds:.1f} s, {items / seconds:,.0f}/s, peak {memory} MB", flush=True)


def peak(pid: int) -> int:
    """The most memory that a process has had so far, in MB; zero where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")), 0)


def take(engine: Engine, path: Path, workers: int) -> list[float]:
    """Take a file in twice; the rates in items a second."""
    rates = []
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        list(pool.map(labels, [[]] * workers))  # start the workers before the clock
        others = [process.pid for process in active_children() if process.pid]
        for name in ("new", "again, nothing new"):
            began = time.perf_counter()
            done = backfill(
                engine, path, labels, version=classify.VERSION, executor=pool, bad_lines=Path(f"{path}.bad")
            )
            seconds = time.perf_counter() - began
            into = f"backfill into {engine.dialect.name}, {name} ({done.new} new, {done.agreements} agreements)"
            report(into, done.lines, seconds, others)
            rates.append(done.lines / seconds)
    return rates


def side_by_side(engine: Engine, other: Engine, path: Path, workers: int) -> None:
    """The same file into two stores, and how their rates compare."""
    first, second = take(engine, path, workers), take(other, path, workers)
    new, again = (b / a for a, b in zip(first, second, strict=True))
    names = f"{other.dialect.name} beside {engine.dialect.name}"
    print(f"{names}: {new:.2f} of its rate, {again:.2f} with nothing new", flush=True)


def signed(chance: random.Random, n: int) -> Labels:
    """Labels of a made report of a signing."""
    a, b = sorted(chance.sample(COUNTRIES, 2))
    topic, day = chance.choice(TOPICS), (NOW - timedelta(days=n % 3000)).date()
    span = Span("title", 0, 5)
    facts = Facts(
        date=DateFact(day, "day", span), instruments=(Instrument("agreement", topic, span),),
        words=frozenset({f"w:{topic}", f"n:{chance.randint(0, 500)}"}),
    )  # fmt: skip
    evidence = Evidence(f"The two countries signed a {topic} agreement on {day}.", span)
    sectors = tuple(sorted(chance.sample(SECTORS, 2)))
    return Labels(Stage.SIGNED, ((a, b),), ((a, b),), sectors, 0.9, evidence, facts, "en")


def fill(engine: Engine, items: int, reports: int) -> None:
    """Made reports of signings, merged, among so many items about nothing, which the database makes itself."""
    chance = random.Random(3)
    feeds = {feed.key: feed for feed in FEEDS}
    pairs: set[tuple[str, str]] = set()
    began = time.perf_counter()
    for start in range(0, reports, 1000):
        numbers = range(start, min(start + 1000, reports))
        entries = [made_report(chance, n) for n in numbers]
        said = [signed(chance, n) for n in numbers]
        with transaction(engine) as session:
            added = add_many(session, feeds, entries, said, version="1", now=NOW, tell=False)
            pairs |= set(pairs_of(session, added.items))
    report("reports", reports, time.perf_counter() - began)
    began, ordered = time.perf_counter(), sorted(pairs)
    for start in range(0, len(ordered), 200):
        with transaction(engine) as session:
            cover_pairs(session, ordered[start : start + 200], NOW)
    report("merged", reports, time.perf_counter() - began)
    began = time.perf_counter()
    with transaction(engine) as session:
        session.execute(text(BULK[engine.dialect.name]), {"count": items - reports, "first": 1_000_000})
    vacuum(engine)
    report("other items", items - reports, time.perf_counter() - began)


def made_report(chance: random.Random, n: int) -> Entry:
    feed, at = FEEDS[n % 300], NOW - timedelta(minutes=30 * n)
    return Entry(feed.key, f"Headline {n} of {chance.choice(TOPICS)}", "Some text. " * 40, f"{feed.url}{n}", str(n), at)


def best(engine: Engine, name: str, ask: Callable[[Any, int], object], rounds: int = 15) -> tuple[float, float]:
    """The least time of several rounds in milliseconds, each in a session of its own, and the median of the processor
    time that this process took, which on SQLite is all: others on the machine change it the least."""
    times, own = [], []
    for n in range(rounds):
        with reading(engine) as session:
            session.connection()
            began, worked = time.perf_counter(), time.process_time()
            ask(session, n)
            times.append((time.perf_counter() - began) * 1000)
            own.append((time.process_time() - worked) * 1000)
    least, worked = min(times), statistics.median(own)
    print(f"{name}: median {statistics.median(times):.1f} ms, best {least:.1f}, processor {worked:.1f}", flush=True)
    return least, worked


def poll(engine: Engine) -> tuple[float, float]:
    """What the store does for a poll of 300 feeds of 30 entries, all known, in milliseconds."""
    entries = [
        [Entry(feed.key, f"Poll {n} {m}", "", f"{feed.url}p{m}", f"p{m}", NOW) for m in range(30)]
        for n, feed in enumerate(FEEDS)
    ]
    with transaction(engine) as session:
        for feed, own in zip(FEEDS, entries, strict=True):
            add_many(session, {feed.key: feed}, own, [Labels()] * 30, version="1", now=NOW)

    def ask(session: Any, _: int) -> None:
        for start in range(0, len(entries), CHUNK // 30):
            assert all(flag for flags in known_by_feed(session, entries[start : start + CHUNK // 30]) for flag in flags)

    return best(engine, "poll of 300 feeds, all known", ask)


def ask(engine: Engine, items: int, reports: int) -> None:
    """Fill a store and ask it."""
    began, before = time.perf_counter(), poll(engine)
    if items:
        fill(engine, items, reports)
    chance = random.Random(9)
    pairs = [(a, b) for a, b in (sorted(chance.sample(COUNTRIES, 2)) for _ in range(15))]
    best(engine, "agreements of a pair", lambda s, n: agreements(s, Query(pairs=(pairs[n],))))
    best(engine, "agreements of a country", lambda s, n: agreements(s, Query(countries=(COUNTRIES[n],))))
    best(engine, "agreements of a sector", lambda s, n: agreements(s, Query(sectors=(SECTORS[n],))))
    best(engine, "agreements of a stage", lambda s, n: agreements(s, Query(stages=(Stage.SIGNED,))))
    best(engine, "text, one word", lambda s, n: agreements(s, Query(text=TOPICS[n])))
    best(engine, "text, two words", lambda s, n: agreements(s, Query(text=f"{TOPICS[n]} agreement")))
    best(engine, "newest 50", lambda s, n: agreements(s, Query()))
    least, worked = (now / then for now, then in zip(poll(engine), before, strict=True))
    print(f"a poll takes {least:.2f} times that on an empty store, {worked:.2f} times its processor time")
    report("all", items, time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("backfill", "ask", "linear"))
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--beside", metavar="URL")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--agreements", type=int, default=30_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        if wanted.what == "linear":
            for count in (20_000, 40_000, 80_000):
                (home / f"{count}.jsonl").write_text("\n".join(made_lines(count)))
                take(open_store(f"sqlite:///{home}/{count}.db"), home / f"{count}.jsonl", wanted.workers)
            return
        engine = open_store(wanted.url or f"sqlite:///{home}/pactwatch.db")
        if wanted.what == "backfill":
            if wanted.file is None:
                wanted.file = home / "made.jsonl"
                wanted.file.write_text("\n".join(made_lines(50_000)))
            if wanted.beside:
                side_by_side(engine, open_store(wanted.beside), wanted.file, wanted.workers)
            else:
                take(engine, wanted.file, wanted.workers)
        else:
            ask(engine, wanted.items, wanted.agreements)


if __name__ == "__main__":
    main()
