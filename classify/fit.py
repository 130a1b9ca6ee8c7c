"""Fitting the weights: logistic regression that stays near its priors, in plain Python.

The loss is the mean log loss plus `ridge` times the squared distance from the priors, so a feature that the examples
say
little of keeps the weight that a person gave it. Deterministic: the same examples give the same weights.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from classify.features import Features
from classify.weights import Model, Table, sigmoid

_ROUNDS = 120
_GROW, _SHRINK, _FIRST, _LONGEST = 1.2, 0.5, 0.1, 1.0

Sparse = list[tuple[int, float]]
Chances = Callable[[Sequence[float]], list[float]]


def softmax_model(
    outcomes: Sequence[str], examples: Sequence[tuple[Features, str]], priors: Table, ridge: float
) -> Model:
    """A model of exactly one outcome an example."""
    found = [features for features, _ in examples]
    wanted = [[float(outcome == name) for name in outcomes] for _, outcome in examples]
    return _fit(tuple(outcomes), found, wanted, priors, ridge, _softmax)


def chance_model(
    outcomes: Sequence[str], examples: Sequence[tuple[Features, Sequence[float]]], priors: Table, ridge: float
) -> Model:
    """A model of outcomes that hold or not each by itself; an example's numbers are 1 where one holds."""
    found = [features for features, _ in examples]
    return _fit(tuple(outcomes), found, [list(holds) for _, holds in examples], priors, ridge, _sigmoids)


def _softmax(totals: Sequence[float]) -> list[float]:
    highest = max(totals)
    powers = [math.exp(total - highest) for total in totals]
    whole = sum(powers)
    return [power / whole for power in powers]


def _sigmoids(totals: Sequence[float]) -> list[float]:
    return [sigmoid(total) for total in totals]


def _fit(
    outcomes: tuple[str, ...], found: Sequence[Features], wanted: Sequence[Sequence[float]], priors: Table,
    ridge: float, chances: Chances,
) -> Model:  # fmt: skip
    """Resilient propagation (iRprop-): each weight has a step of its own that grows while its slope keeps its sign."""
    names = sorted({name for features in found for name in features} | set(priors))
    number = {name: at for at, name in enumerate(names)}
    sparse = [[(number[name], value) for name, value in features.items()] for features in found]
    width = len(outcomes)
    start = [list(priors.get(name, (0.0,) * width)) for name in names]
    weights = [list(row) for row in start]
    steps = [[_FIRST] * width for _ in names]
    last = [[0.0] * width for _ in names]
    for _ in range(_ROUNDS):
        slopes = _slopes(sparse, wanted, weights, chances)
        for at, row in enumerate(weights):
            for k in range(width):
                slope = slopes[at][k] / len(sparse) + 2 * ridge * (row[k] - start[at][k])
                turn = slope * last[at][k]
                if turn < 0:
                    steps[at][k], last[at][k] = steps[at][k] * _SHRINK, 0.0
                    continue
                if turn > 0:
                    steps[at][k] = min(steps[at][k] * _GROW, _LONGEST)
                last[at][k] = slope
                if slope:
                    row[k] -= math.copysign(steps[at][k], slope)
    return Model(outcomes, {name: tuple(row) for name, row in zip(names, weights, strict=True)})


def _slopes(
    sparse: Sequence[Sparse], wanted: Sequence[Sequence[float]], weights: Sequence[Sequence[float]], chances: Chances
) -> list[list[float]]:
    """For each weight, the sum over the examples of how the loss changes with it."""
    width = len(weights[0])
    columns = range(width)
    slopes = [[0.0] * width for _ in weights]
    for features, goal in zip(sparse, wanted, strict=True):
        totals = [0.0] * width
        for at, value in features:
            row = weights[at]
            for k in columns:
                totals[k] += row[k] * value
        errors = [chance - want for chance, want in zip(chances(totals), goal, strict=True)]
        for at, value in features:
            slope = slopes[at]
            for k in columns:
                slope[k] += errors[k] * value
    return slopes


def by_group(groups: Sequence[str], folds: int) -> list[int]:
    """A fold for each example: examples of one group never part, folds are about even, the order does not matter."""
    sizes: Mapping[str, int] = {group: groups.count(group) for group in set(groups)}
    load = [0] * folds
    of: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], name)):
        of[group] = load.index(min(load))
        load[of[group]] += sizes[group]
    return [of[group] for group in groups]
