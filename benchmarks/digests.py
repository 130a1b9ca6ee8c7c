"""1,000 subscriptions over 500 new agreements: composed, rendered, stored and handed to an SMTP server on loopback.

.venv/bin/python benchmarks/digests.py [subscriptions] [agreements]
"""

import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests/alerts")]

from mail_sink import Sink, sink_server
from mail_store import Telling, ingest

import storage
from alerts.deliver import Way
from alerts.delivery import deliver_due
from alerts.desk import Desk, MailServer
from alerts.digests import compose_due
from alerts.groups import GROUPS
from alerts.subscription import Subscription
from classify.names import CODES
from classify.sectors import SECTORS

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DESK = Desk(sender="digest@x.example", reply_to="desk@x.example", operator="Us, Geneva", site="https://x.example")


def tellings(count: int, rng: random.Random) -> list[Telling]:
    codes, sectors = sorted(CODES), sorted(SECTORS)
    pairs: set[tuple[str, str]] = set()
    while len(pairs) < count:
        one, other = sorted(rng.sample(codes, 2))
        pairs.add((one, other))
    return [
        Telling(pair, outlet=f"Paper {n % 40}", sectors=tuple(rng.sample(sectors, 2)), subject=f"subject {n}")
        for n, pair in enumerate(sorted(pairs))
        for _ in range(2)
    ]


def subscriptions(count: int, rng: random.Random) -> list[Subscription]:
    """A third each by country, by group and sector, and to everything of one sector; every tenth to all."""
    made = []
    for n in range(count):
        kinds: list[dict[str, object]] = [
            {"countries": rng.sample(sorted(CODES), 3)},
            {"groups": [rng.choice(sorted(GROUPS))]},
            {"sectors": [rng.choice(sorted(SECTORS))]},
        ]
        wish = {} if n % 10 == 9 else kinds[n % 3]
        made.append(Subscription(name=f"reader {n}", address=f"mailto:r{n}@example.org", **wish))
    return made


def main() -> None:
    readers, agreements = (int(arg) for arg in (sys.argv[1:] or ["1000", "500"]))
    rng = random.Random(47)
    with tempfile.TemporaryDirectory() as folder, sink_server(Sink()) as sink:
        engine = storage.open_store(f"sqlite:///{folder}/pactwatch.db")
        ingest(engine, tellings(agreements, rng), NOW - timedelta(hours=1))
        wishes = subscriptions(readers, rng)
        began = time.perf_counter()
        made = compose_due(engine, wishes, NOW, desk=DESK, environ={}, due_only=False)
        composed = time.perf_counter()
        way = Way("digest@x.example", MailServer("127.0.0.1", sink.port, "none", per_hour=10_000))
        outcome = deliver_due(engine, wishes, NOW, way=way, environ={})
        ended = time.perf_counter()
    items = sum(one.agreements for one in made.digests)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(made.digests)} digests with {items} agreements of {agreements}, {len(made.failed)} failed")
    print(f"composed and stored {composed - began:.1f} s, sent {outcome.sent} in {ended - composed:.1f} s")
    print(f"CPU of this process, sink and ingest included: {time.process_time():.1f} s")
    print(f"together {ended - began:.1f} s; {len(set(sink.accepted))} accepted once; peak {memory:.0f} MB")


if __name__ == "__main__":
    main()
