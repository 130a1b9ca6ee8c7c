"""Learn the weights of the sector traits from labelled items: logistic regression over named traits.

    python scripts/train_sectors.py CORPUS.jsonl... [--holdout MORE.jsonl...] [--write] [--errors 20 --lang fr]

Prints the F1 on the items that it learned from and the cross-validated one (folds by pair of countries, so that no
agreement is in both parts); `--write` replaces classify/lexicon/sectors/weights.tsv.
"""

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from classify import decide, evidence, sectors
from classify.train import day

TARGET = Path(sectors.__file__).parent / "lexicon" / "sectors" / "weights.tsv"
TEN = frozenset(["fr", "es", "pt", "ar", "ru", "zh", "de", "it", "tr", "id"])
STEPS, RATE, DECAY, CODE_DECAY = 500, 0.5, 0.0015, 0.012

SHIFT = 0.2
"""Added to the sum that a code needs: F1 is best below even odds."""

Row = tuple[str, frozenset[str], bool]  # item, traits, truth


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpus", nargs="+", type=Path)
    args.add_argument("--holdout", nargs="*", default=[], type=Path, help="only the figure is taken of these")
    args.add_argument("--write", action="store_true")
    args.add_argument("--folds", type=int, default=10)
    args.add_argument("--errors", type=int, default=0)
    args.add_argument("--lang", default="")
    given = args.parse_args()
    items = [item for path in given.corpus for item in load(path)]
    data = {item["id"]: rows(item) for item in items}
    everything = [row for item in items for row in data[item["id"]]]
    weights = fit(everything)
    crossed: dict[str, set[str]] = {}
    for fold in range(given.folds):
        inside = [row for item in items if fold_of(item, given.folds) != fold for row in data[item["id"]]]
        part = fit(inside)
        for item in items:
            if fold_of(item, given.folds) == fold:
                crossed[item["id"]] = told(item, data[item["id"]], part)
    learned = {item["id"]: told(item, data[item["id"]], weights) for item in items}
    for name, said in (("learned", learned), ("crossed", crossed)):
        show(name, items, said)
        for path in given.corpus:
            show(f"  {path.stem}", [item for item in items if item["from"] == path.stem], said)
    held = [item for path in given.holdout for item in load(path)]
    show("holdout", held, {item["id"]: told(item, rows(item), weights) for item in held})
    by_code(items, crossed)
    wrong = [i for i in items if crossed[i["id"]] != set(i["sectors"]) and given.lang in ("", i["lang"])]
    for item in wrong[: given.errors]:
        missed, extra = set(item["sectors"]) - crossed[item["id"]], crossed[item["id"]] - set(item["sectors"])
        print(f"\n{item['id']} [{item['lang']}] {item['agreement']} -{sorted(missed)} +{sorted(extra)}")
        print(f"  {item['title']}\n  {item['text'][:700]}")
    if given.write:
        write(weights, given.corpus)


def load(path: Path) -> list[dict]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) | {"from": path.stem} for line in lines if line.strip()]


def show(name: str, items: Sequence[dict], said: dict[str, set[str]]) -> None:
    print(f"{name:20}", " ".join(f"{group} {f1(items, said, group):.3f}" for group in ("en", "ten", "all")), len(items))


def fold_of(item: dict, folds: int) -> int:
    pair = item["pairs"][0] if item["pairs"] else item["id"]
    return int(sha256(repr(pair).encode()).hexdigest(), 16) % folds


def rows(item: dict) -> list[Row]:
    if not item["pairs"]:
        return []
    doc = decide.opening(item["title"], item["text"], item["lang"])
    seen = decide.look(doc, day(item.get("published")))
    found = sectors.traits(doc, evidence.scope(seen, decide.decide(seen)))
    return [(code, frozenset(names), code in item["sectors"]) for code, names in found.items()]


def told(item: dict, data: Iterable[Row], weights: dict[str, float]) -> set[str]:
    return {code for code, names, _ in data if weights["base"] + sum(weights[n] for n in names) > 0}


def fit(data: Sequence[Row]) -> dict[str, float]:
    """Gradient descent with decay, stronger on what belongs to one code only."""
    weights: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for _, names, _ in data:
        for name in names:
            counts[name] += 1
    for _ in range(STEPS):
        slope: dict[str, float] = defaultdict(float)
        for _, names, truth in data:
            sum_ = weights["base"] + sum(weights[n] for n in names)
            error = (1.0 if truth else 0.0) - 1 / (1 + math.exp(-max(min(sum_, 30), -30)))
            slope["base"] += error
            for name in names:
                slope[name] += error
        for name, value in slope.items():
            scale = (counts[name] or len(data)) + 8
            decay = CODE_DECAY if name.startswith("of ") else DECAY
            weights[name] += RATE * 4 * (value / scale) - RATE * decay * weights[name] * 4
    weights["base"] += SHIFT
    return defaultdict(float, weights)


def f1(items: Sequence[dict], said: dict[str, set[str]], group: str) -> float:
    chosen = [i for i in items if group == "all" or i["lang"] == group or (group == "ten" and i["lang"] in TEN)]
    hits = sum(len(said[i["id"]] & set(i["sectors"])) for i in chosen)
    total = sum(len(said[i["id"]]) + len(i["sectors"]) for i in chosen)
    return 2 * hits / total if total else 1.0


def by_code(items: Sequence[dict], said: dict[str, set[str]]) -> None:
    for code in sectors.SECTORS:
        right = sum(code in i["sectors"] and code in said[i["id"]] for i in items)
        extra = sum(code not in i["sectors"] and code in said[i["id"]] for i in items)
        missed = sum(code in i["sectors"] and code not in said[i["id"]] for i in items)
        print(f"  {code:15} right {right:3} extra {extra:3} missed {missed:3}")


def write(weights: dict[str, float], corpus: Sequence[Path]) -> None:
    mark = sha256(b"".join(path.read_bytes() for path in corpus)).hexdigest()[:16]
    head = [
        "# What speaks for a sector, and how much; a code is told where the sum with `base` is above zero.",
        f"# Made by scripts/train_sectors.py from {', '.join(path.name for path in corpus)} (sha256 {mark}).",
    ]
    lines = [f"{name}\t{weight:.2f}" for name, weight in sorted(weights.items()) if abs(weight) >= 0.005]
    TARGET.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
