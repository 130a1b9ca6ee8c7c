"""Learn the weights of the sector traits from labelled items: ridge logistic regression over named traits.

    python scripts/train_sectors.py CORPUS.jsonl... [--holdout MORE.jsonl...] [--write] [--errors 20 --lang fr]

Prints the F1 on the items that it learned from and the cross-validated one (folds by pair of countries, so that no
agreement is in both parts); `--choose` tries other ridges the same way, `--write` replaces
classify/lexicon/sectors/weights.tsv.
"""

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from operator import mul
from pathlib import Path

from classify import decide, evidence, sectors
from classify.train import day

TARGET = Path(sectors.__file__).parent / "lexicon" / "sectors" / "weights.tsv"
TEN = frozenset(["fr", "es", "pt", "ar", "ru", "zh", "de", "it", "tr", "id"])

Ridge = tuple[float, float]  # of all traits; of those that are one code's only, `of trade`
RIDGE: Ridge = (8.0, 30.0)
"""How much a weight costs, as the penalty on half its square; the best of `RIDGES` cross-validated."""
RIDGES: tuple[Ridge, ...] = ((1.0, 10.0), (3.0, 20.0), (8.0, 30.0), (8.0, 60.0), (20.0, 60.0))
PRIORS = {f"within {paper}": -1.5 for paper in sectors.MATTER} | {"within title": 0.8}
"""What a person knows and the items tell too seldom: such weights cost nothing where they stand here."""
ROUNDS, ENOUGH = 40, 1e-6
"""Newton's method ends where no weight moves by more than `ENOUGH`."""

SHIFT = 0.3
"""Added to the sum that a code needs: F1 is best below even odds."""

Row = tuple[str, frozenset[str], bool]  # code, traits, truth


def main() -> None:
    given = arguments()
    items = [item for path in given.corpus for item in load(path)]
    data = {item["id"]: rows(item) for item in items}
    if given.choose:
        for ridge in RIDGES:
            show(f"crossed {ridge}", items, cross(items, data, given.folds, ridge))
        return
    weights = fit([row for item in items for row in data[item["id"]]])
    crossed = cross(items, data, given.folds)
    learned = {item["id"]: told(data[item["id"]], weights) for item in items}
    for name, said in (("learned", learned), ("crossed", crossed)):
        show(name, items, said)
        for path in given.corpus:
            show(f"  {path.stem}", [item for item in items if item["from"] == path.stem], said)
    held = [item for path in given.holdout for item in load(path)]
    show("holdout", held, {item["id"]: told(rows(item), weights) for item in held})
    by_code(items, crossed)
    show_errors([item for item in items if given.lang in ("", item["lang"])], crossed, given.errors)
    if given.write:
        write(weights, given.corpus)


def arguments() -> argparse.Namespace:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpus", nargs="+", type=Path)
    args.add_argument("--holdout", nargs="*", default=[], type=Path, help="only the figure is taken of these")
    args.add_argument("--write", action="store_true")
    args.add_argument("--choose", action="store_true", help="only show the cross-validated figures of some ridges")
    args.add_argument("--folds", type=int, default=10)
    args.add_argument("--errors", type=int, default=0)
    args.add_argument("--lang", default="")
    return args.parse_args()


def cross(items: Sequence[dict], data: dict[str, list[Row]], folds: int, ridge: Ridge = RIDGE) -> dict[str, set[str]]:
    """What each item is told by weights that saw nothing of its pair of countries."""
    crossed: dict[str, set[str]] = {}
    for fold in range(folds):
        weights = fit([row for item in items if fold_of(item, folds) != fold for row in data[item["id"]]], ridge)
        crossed |= {item["id"]: told(data[item["id"]], weights) for item in items if fold_of(item, folds) == fold}
    return crossed


def show_errors(items: Sequence[dict], crossed: dict[str, set[str]], most: int) -> None:
    for item in [item for item in items if crossed[item["id"]] != set(item["sectors"])][:most]:
        missed, extra = set(item["sectors"]) - crossed[item["id"]], crossed[item["id"]] - set(item["sectors"])
        print(f"\n{item['id']} [{item['lang']}] {item['agreement']} -{sorted(missed)} +{sorted(extra)}")
        print(f"  {item['title']}\n  {item['text'][:700]}")


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


def told(data: Iterable[Row], weights: dict[str, float]) -> set[str]:
    return {code for code, names, _ in data if weights["base"] + sum(weights[n] for n in names) > 0}


def fit(data: Sequence[Row], ridge: Ridge = RIDGE) -> dict[str, float]:
    """Newton's method until it stands still; the loss is convex, so that is the best of all weights.

    Returns the weights by trait, `base` among them; one that it does not hold is 0.
    """
    names = ["base", *sorted({name for _, traits, _ in data for name in traits})]
    number = {name: at for at, name in enumerate(names)}
    sparse = [([0, *sorted(number[name] for name in traits)], truth) for _, traits, truth in data]
    costs = [0.0, *(ridge[1] if name.startswith("of ") else ridge[0] for name in names[1:])]
    priors = [PRIORS.get(name, 0.0) for name in names]
    weights = list(priors)
    for _ in range(ROUNDS):
        pulls = [cost * (prior - weight) for cost, prior, weight in zip(costs, priors, weights, strict=True)]
        step = solve(*slopes(sparse, weights, costs, pulls))
        weights = [weight + move for weight, move in zip(weights, step, strict=True)]
        if max(map(abs, step)) < ENOUGH:
            break
    else:
        raise SystemExit(f"the weights still move after {ROUNDS} rounds: raise the ridge")
    weights[0] += SHIFT
    return defaultdict(float, zip(names, weights, strict=True))


def slopes(
    sparse: Iterable[tuple[list[int], bool]], weights: Sequence[float], costs: Sequence[float], pulls: Sequence[float]
) -> tuple[list[list[float]], list[float]]:
    """The bend of the loss (its lower half, a row a weight) and how it falls, at these weights.

    `pulls` is how the ridge draws each back.
    """
    bend = [[0.0] * at + [cost] for at, cost in enumerate(costs)]
    fall = list(pulls)
    for places, truth in sparse:
        likely = chance(sum(weights[at] for at in places))
        error, sway = truth - likely, likely * (1 - likely)
        for last, at in enumerate(places):
            fall[at] += error
            row = bend[at]
            for other in places[: last + 1]:
                row[other] += sway
    return bend, fall


def chance(total: float) -> float:
    return 1 / (1 + math.exp(-total))


def dot(some: Iterable[float], others: Iterable[float]) -> float:
    return sum(map(mul, some, others))


def solve(bend: list[list[float]], fall: Sequence[float]) -> list[float]:
    """Cholesky's way through a positive definite system that is given by its lower half."""
    low: list[list[float]] = []
    for at, row in enumerate(bend):
        done: list[float] = []
        for other in range(at):
            known = low[other]
            done.append((row[other] - dot(done, known[:other])) / known[other])
        done.append(math.sqrt(row[at] - dot(done, done)))
        low.append(done)
    half: list[float] = []
    for row, value in zip(low, fall, strict=True):
        half.append((value - dot(row[:-1], half)) / row[-1])
    for at in reversed(range(len(low))):
        half[at] = (half[at] - math.fsum(low[later][at] * half[later] for later in range(at + 1, len(low)))) / low[at][
            at
        ]
    return half


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
