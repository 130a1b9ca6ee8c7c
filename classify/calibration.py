"""Confidence that means what it says: of the items said with 0.9, nine in ten have the right stage and pairs.

What the models say is looked up in a table that was fitted, by isotonic regression, to verdicts on items that the
models had
not seen: `lexicon/weights/calibration.tsv`, a raw value a line with what it is worth.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from classify.decide import Verdict
from classify.model import Stage
from classify.shelf import LEXICON, rows

SHELF = LEXICON / "weights" / "calibration.tsv"
_LEAST = 25
_DOUBT = 0.02


class Bin(NamedTuple):
    """Items said with a confidence from `low` up to `high`: how many, what was said on average, how many were right."""

    low: float
    high: float
    items: int
    said: float
    right: float


def raw(verdict: Verdict) -> float:
    """What the models say: the chance of the stage and, where there is an agreement, of its least sure pair."""
    chance = verdict.stages[verdict.stage]
    if verdict.stage is Stage.NONE:
        return chance
    least = min((verdict.of_pairs[two]["agreement"] for two in verdict.agreement_pairs), default=0.0)
    return chance * (0.5 + 0.5 * least)


@cache
def _table() -> tuple[tuple[float, ...], tuple[float, ...]]:
    lines = [(float(low), float(worth)) for _, (low, worth) in rows(SHELF, 2)]
    return tuple(low for low, _ in lines), tuple(worth for _, worth in lines)


def calibrated(value: float) -> float:
    """What a raw value is worth, between the table's points by straight lines."""
    points, worths = _table()
    at = bisect_right(points, value)
    if at == 0 or at == len(points):
        return worths[max(0, at - 1)]
    low, high = points[at - 1], points[at]
    return worths[at - 1] + (worths[at] - worths[at - 1]) * (value - low) / (high - low)


def fit(said: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """The table for raw values and whether they were right: rising steps, each over at least 25 items."""
    steps: list[list[float]] = []
    for value, holds in sorted(zip(said, right, strict=True)):
        steps.append([value, float(holds), 1.0])
        while len(steps) > 1 and (steps[-1][1] / steps[-1][2] <= steps[-2][1] / steps[-2][2] or steps[-2][2] < _LEAST):
            last = steps.pop()
            steps[-1] = [(a * steps[-1][2] + b * last[2]) / (steps[-1][2] + last[2]) if n == 0 else a + b
                         for n, (a, b) in enumerate(zip(steps[-1], last, strict=True))]  # fmt: skip
    return [(round(mean, 3), round(min(max(hits / items, _DOUBT), 1 - _DOUBT), 3)) for mean, hits, items in steps]


def dump(table: Iterable[tuple[float, float]], path: Path = SHELF) -> None:
    """Write the table."""
    about = "# What the models' own chance is worth, fitted to verdicts on unseen items. raw, worth"
    path.write_text("\n".join([about, *(f"{low}\t{worth}" for low, worth in table)]) + "\n", encoding="utf-8")


def curve(said: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The calibration curve: confidence said against share of right answers, in equal bins of confidence."""
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for value, holds in zip(said, right, strict=True):
        groups[min(int(value * bins), bins - 1)].append((value, holds))
    return [
        Bin(
            at / bins,
            (at + 1) / bins,
            len(group),
            sum(v for v, _ in group) / len(group),
            sum(h for _, h in group) / len(group),
        )
        for at, group in enumerate(groups)
        if group
    ]
