"""The published scorer: how far predicted labels agree with a labelled corpus, with bootstrap intervals.

Items and labels are mappings with the fields of the label contract (docs/labels.md). Figures lie between 0 and 1:

    detect     F1 of 'this item reports a newly signed agreement'; detect_p and detect_r its precision and recall
    who        F1 over (item, pair) of the newly signed agreements' country pairs
    exact      share of the signed items found with exactly the right pairs
    stage      share of items with the right one of the five stages
    pairs      F1 over (item, pair) of the pairs that items are about
    sectors    F1 over (item, sector), where the gold items carry sectors
    events     B-cubed F1 of the grouping of items into occasions, over the items that have one
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Item = Mapping[str, Any]
FIGURES = ("detect", "detect_p", "detect_r", "who", "exact", "stage", "pairs", "sectors", "events")
_ROUNDS = 400
_SEED = 20250528


class Figure(NamedTuple):
    """A figure with the 95 % interval of its bootstrap over items."""

    value: float
    low: float
    high: float


def score(gold: Sequence[Item], predicted: Mapping[str, Item]) -> dict[str, float]:
    """The figures over all gold items; `predicted` holds each gold item's labels by its id."""
    signed = [item for item in gold if item["agreement"] == "signed"]
    said = sum(predicted[item["id"]]["agreement"] == "signed" for item in gold)
    hits = [item for item in signed if predicted[item["id"]]["agreement"] == "signed"]
    exact = sum(_signed_pairs(item) == _signed_pairs(predicted[item["id"]]) for item in signed)
    right = sum(item["agreement"] == predicted[item["id"]]["agreement"] for item in gold)
    precision, recall, detect = f1(len(hits), said, len(signed))
    return {
        "detect": detect,
        "detect_p": precision,
        "detect_r": recall,
        "who": set_f1(gold, predicted, _signed_pairs),
        "exact": exact / len(signed) if signed else 1.0,
        "stage": right / len(gold) if gold else 1.0,
        "pairs": set_f1(gold, predicted, lambda item: _pair_set(item["pairs"])),
        "sectors": set_f1([item for item in gold if "sectors" in item], predicted, lambda item: set(item["sectors"])),
        "events": b_cubed(gold, predicted),
    }


def bootstrap(gold: Sequence[Item], predicted: Mapping[str, Item], rounds: int = _ROUNDS) -> dict[str, Figure]:
    """The figures with 95 % intervals: items are drawn with replacement `rounds` times, always the same way."""
    value = score(gold, predicted)
    draws: dict[str, list[float]] = defaultdict(list)
    chance = random.Random(_SEED)  # noqa: S311  a repeatable draw, nothing secret
    for _ in range(rounds if gold else 0):
        sample = score(chance.choices(gold, k=len(gold)), predicted)
        for name in FIGURES:
            draws[name].append(sample[name])
    return {name: Figure(value[name], *_interval(draws[name])) for name in FIGURES}


def f1(hits: int, predicted: int, gold: int) -> tuple[float, float, float]:
    """Precision, recall and F1; a side with nothing to find counts as fully found."""
    precision = hits / predicted if predicted else 1.0
    recall = hits / gold if gold else 1.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def set_f1(gold: Iterable[Item], predicted: Mapping[str, Item], members: Callable[[Item], set[Any]]) -> float:
    """Micro F1 of the sets that `members` draws from each item."""
    hits = said = true = 0
    for item in gold:
        want, got = members(item), members(predicted[item["id"]])
        hits, said, true = hits + len(want & got), said + len(got), true + len(want)
    return f1(hits, said, true)[2]


def b_cubed(gold: Sequence[Item], predicted: Mapping[str, Item]) -> float:
    """B-cubed F1 over the items that have a gold event; an item with no predicted event stands alone."""
    true_of = {item["id"]: item["event"] for item in gold if item["event"]}
    if not true_of:
        return 1.0
    said_of = {key: predicted[key].get("event") or f"alone:{key}" for key in true_of}
    true_groups, said_groups = _groups(true_of), _groups(said_of)
    precision = recall = 0.0
    for key in true_of:
        together, truly = said_groups[said_of[key]], true_groups[true_of[key]]
        common = len(truly & together)
        precision += common / len(together)
        recall += common / len(truly)
    precision, recall = precision / len(true_of), recall / len(true_of)
    return 2 * precision * recall / (precision + recall)


def _groups(key_of: Mapping[str, str]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for item, key in key_of.items():
        groups[key].add(item)
    return groups


def _pair_set(pairs: Iterable[Iterable[str]]) -> set[tuple[str, ...]]:
    return {tuple(sorted(pair)) for pair in pairs}


def _signed_pairs(item: Item) -> set[tuple[str, ...]]:
    return _pair_set(item["agreement_pairs"]) if item["agreement"] == "signed" else set()


def _interval(draws: list[float]) -> tuple[float, float]:
    if not draws:
        return 1.0, 1.0
    ordered = sorted(draws)
    return ordered[int(0.025 * len(ordered))], ordered[min(int(0.975 * len(ordered)), len(ordered) - 1)]
