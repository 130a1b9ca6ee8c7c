"""How well and how fast reports are grouped: B-cubed F1 of the occasions, and the time for pairs with many reports.

    python -m benchmarks.merge [CORPUS.jsonl ...] [--own] [--errors]

Reads labelled items (default: the corpus in the project, and the clusters of the tests that are easily confused).
Without --own pairs, stages and sectors are those of the labels, so that only the grouping is measured; with it they are
what the classifier says. --errors shows the groups that differ.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from classify import classify, facts, names
from classify.model import DateFact, Facts, Instrument, Span, Stage
from classify.score import b_cubed
from classify.text import read
from storage import merge
from storage.merge import Telling

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "classify" / "corpus"
HARD = ROOT / "tests" / "storage" / "hard_clusters.jsonl"
Item = dict[str, Any]


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpus", nargs="*", type=Path)
    args.add_argument("--own", action="store_true")
    args.add_argument("--errors", action="store_true")
    given = args.parse_args()
    for name, paths in parts(given.corpus).items():
        items = [item for path in paths for item in load(path)]
        told = [telling for item in items for telling in tellings(item, given.own)]
        said = merge.events(told)
        count = sum(1 for item in items if item["event"])
        print(f"{name:12} {count:5} items with an event, B-cubed F1 {score(items, said):.4f}")
        if given.errors:
            show(items, said)
    for reports in (1_000, 4_000, 16_000):
        taken = timed(reports)
        print(f"{reports:6} reports of one pair: {taken:.2f} s, {1000 * taken / reports:.2f} ms each")


def parts(given: Sequence[Path]) -> dict[str, list[Path]]:
    if given:
        return {path.stem: [path] for path in given}
    ours = {name: sorted(CORPUS.glob(f"{name}*.jsonl")) for name in ("dev", "own-train", "own-holdout")}
    return {**ours, "hard": [HARD]}


def load(path: Path) -> list[Item]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def tellings(item: Item, own: bool) -> Iterable[Telling]:
    """The item's tellings; where only the month of publication is known, it counts as that."""
    text = item["published"] or ""
    month = len(text) == len("2025-05")
    day = date.fromisoformat(f"{text}-01" if month else text) if text else None
    published = None if month else day
    if own:
        labels = classify(item["title"], item["text"], item["lang"], published)
        stage, pairs, sectors, found = labels.agreement, labels.agreement_pairs, labels.sectors, labels.facts
    else:
        stage, pairs, sectors = Stage(item["agreement"]), item["agreement_pairs"], tuple(item["sectors"])
        doc = read(item["title"], item["text"], item["lang"])
        found = facts.find(doc, names.find(doc), published, stage=stage)
    for one, other in pairs:
        yield Telling(
            item["id"], (one, other), stage, day, item["lang"], item["source"], sectors, found, dated=not month
        )


def score(items: Sequence[Item], said: dict[str, str]) -> float:
    return b_cubed(items, {item["id"]: {"event": said.get(item["id"])} for item in items})


def show(items: Sequence[Item], said: dict[str, str]) -> None:
    """The occasions that were not found exactly."""
    true, found = defaultdict(set), defaultdict(set)
    for item in items:
        if item["event"]:
            true[item["event"]].add(item["id"])
            found[said.get(item["id"], item["id"])].add(item["id"])
    for event, ids in sorted(true.items()):
        if ids not in found.values():
            parts = sorted(len(ids & other) for other in found.values() if ids & other)
            print(f"  {event}: {len(ids)} reports, found as {parts}")


def timed(count: int) -> float:
    """Seconds of the processor to group and link `count` invented reports of one pair over ten years."""
    made = busy(count, 3650)
    begin = time.process_time()
    merge.records(merge.occasions(made))
    return time.process_time() - begin


def busy(count: int, days: int) -> list[Telling]:
    """Invented reports of one pair over so many days."""
    chance = random.Random(7)
    start = date(2015, 1, 1)
    return [invented(number, start + timedelta(days=chance.randrange(days)), chance) for number in range(count)]


def invented(number: int, day: date, chance: random.Random) -> Telling:
    here = Span("text", 0, 1)
    found = Facts(
        date=DateFact(day, "day", here) if chance.random() < 0.5 else None,
        instruments=(Instrument("agreement", f"subject{chance.randrange(400)} matters", here),),
        words=frozenset(f"n:{chance.randrange(800)}" for _ in range(12))
        | {f"w:{chance.randrange(2000)}" for _ in range(40)},
    )
    sectors = (chance.choice(["trade", "energy", "health", "defence", "finance"]),)
    stage = chance.choices([Stage.SIGNED, Stage.PLANNED, Stage.IN_FORCE, Stage.ENDED], [70, 20, 7, 3])[0]
    return Telling(f"{number:06}", ("CN", "US"), stage, day, "en", f"outlet {number % 50}", sectors, found)


if __name__ == "__main__":
    main()
