"""The weights: what each named feature counts for, read from and written to tables that people can read.

Two linear models over named features. The stage model gives each stage a sum of weights and by softmax a chance; the
pair model
gives each pair two chances: that the item is about it, and that it is a side's pair of the agreement told.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path

from classify.shelf import LEXICON, rows

SHELF = LEXICON / "weights"

Table = Mapping[str, Sequence[float]]
"""Feature to one weight for each outcome."""


@dataclass(frozen=True)
class Model:
    """A linear model: its outcomes, and for each feature the weights in their order."""

    outcomes: tuple[str, ...]
    weights: Table

    def sums(self, features: Mapping[str, float]) -> list[float]:
        """The sum of weights for each outcome."""
        known = [(row, value) for name, value in features.items() if (row := self.weights.get(name))]
        rows, values = zip(*known, strict=True) if known else ((), ())
        return [sum(map(mul, column, values)) for column in zip(*rows, strict=True)] or [0.0] * len(self.outcomes)

    def softmax(self, features: Mapping[str, float]) -> dict[str, float]:
        """The chance of each outcome where exactly one holds."""
        totals = self.sums(features)
        highest = max(totals)
        powers = [math.exp(total - highest) for total in totals]
        whole = sum(powers)
        return dict(zip(self.outcomes, [power / whole for power in powers], strict=True))

    def chances(self, features: Mapping[str, float]) -> dict[str, float]:
        """The chance of each outcome where each holds or not by itself."""
        return dict(zip(self.outcomes, map(sigmoid, self.sums(features)), strict=True))


def sigmoid(total: float) -> float:
    """The logistic function, safe for any sum."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, total))))


@cache
def load(name: str) -> Model:
    """The model of `lexicon/weights/<name>.tsv`: a line with the outcomes, then a line a feature."""
    path = SHELF / f"{name}.tsv"
    header, *_ = (line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    outcomes = tuple(header.split("\t")[1:])
    lines = [cells for _, cells in rows(path, len(outcomes) + 1)][1:]
    return Model(outcomes, {cells[0]: tuple(map(float, cells[1:])) for cells in lines})


def dump(model: Model, path: Path, about: str) -> None:
    """Write a model as a table, features in order; `about` is its first comment line."""
    lines = [f"# {about}", "\t".join(("feature", *model.outcomes))]
    lines += ["\t".join((name, *(f"{weight:.2f}" for weight in model.weights[name]))) for name in sorted(model.weights)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
