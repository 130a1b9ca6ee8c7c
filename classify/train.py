"""Fitting the two models to labelled items, and asking them about items that they were not fitted to.

Items of one pair, and so of one event, never stand on both sides of a fold: what is measured is what holds for others.
"""

import hashlib
import json
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from classify import calibration, decide, features, fit
from classify.features import Features
from classify.model import Pair, Stage
from classify.score import Item
from classify.seen import Seen
from classify.weights import SHELF, Model, Table, dump

STAGES = tuple(stage.value for stage in (Stage.SIGNED, Stage.IN_FORCE, Stage.ENDED, Stage.PLANNED, Stage.NONE))
PAIRS = ("about", "agreement")
FOLDS = 5
_INNER_FOLDS = 3
RIDGE = {"stage": 0.0003, "pair": 0.001}


class Weights(NamedTuple):
    """Both models as fitted, and the hash of what they were fitted to."""

    stage: Model
    pair: Model
    fitted_to: str = ""


def train(items: Sequence[Item], seen: Sequence[Seen] | None = None) -> Weights:
    """The models fitted to all items. The stage model learns with pair chances that were not fitted to the same item,
    and not from items whose stage no act speaks for: `decide` would not give it, whatever the weights."""
    seen = seen or [look(item) for item in items]
    folds = fit.by_group([group(item) for item in items], _INNER_FOLDS)
    tops: list[dict[str, float]] = [{} for _ in items]
    for fold in range(_INNER_FOLDS):
        rest = [at for at in range(len(items)) if folds[at] != fold]
        model = _pair_model([items[at] for at in rest], [seen[at] for at in rest])
        for at in range(len(items)):
            if folds[at] == fold:
                tops[at] = decide.top(
                    seen[at], {two: model.chances(found) for two, found in features.of_pairs(seen[at]).items()}
                )
    examples = [
        (features.of_stage(one, top), item["agreement"])
        for item, one, top in zip(items, seen, tops, strict=True)
        if one.together and item["agreement"] in (Stage.NONE, *one.best)
    ]
    stage = fit.softmax_model(STAGES, examples, priors("stage"), RIDGE["stage"])
    return Weights(stage, _pair_model(items, seen), _hash(items))


def cross_validated(items: Sequence[Item], folds: int = FOLDS) -> list[decide.Verdict]:
    """A verdict on each item by models that never saw its event or its pair."""
    seen = [look(item) for item in items]
    fold_of = fit.by_group([group(item) for item in items], folds)
    verdicts: list[decide.Verdict] = [decide.NOTHING] * len(items)
    for fold in range(folds):
        rest = [at for at in range(len(items)) if fold_of[at] != fold]
        models = train([items[at] for at in rest], [seen[at] for at in rest])
        for at in range(len(items)):
            if fold_of[at] == fold:
                verdicts[at] = decide.decide(seen[at], models.stage, models.pair)
    return verdicts


def calibrate(items: Sequence[Item], verdicts: Sequence[decide.Verdict]) -> list[tuple[float, float]]:
    """The calibration table from verdicts on items that were not seen in fitting."""
    right = [
        item["agreement"] == verdict.stage and _pairs(item["agreement_pairs"]) == set(verdict.agreement_pairs)
        for item, verdict in zip(items, verdicts, strict=True)
    ]
    return calibration.fit([calibration.raw(verdict) for verdict in verdicts], right)


def write(weights: Weights, folder: Path = SHELF, table: Sequence[tuple[float, float]] = ()) -> None:
    """Keep the weights, and a calibration table where one is given, as readable tables in a folder."""
    for name in ("stage", "pair"):
        dump(
            getattr(weights, name),
            folder / f"{name}.tsv",
            f"Fitted by `pactwatch train` to items of {weights.fitted_to}",
        )
    if table:
        calibration.dump(table, folder / calibration.SHELF.name)


def look(item: Item) -> Seen:
    """What is seen in a labelled item."""
    return decide.look(decide.opening(item["title"], item["text"], item.get("lang") or ""), day(item.get("published")))


def day(published: str | None) -> date | None:
    """The date of an item; the first of the month, or of the year, where no more is told."""
    if not published:
        return None
    year, month, number = (*map(int, published[:10].split("-")), 1, 1)[:3]
    return date(year, month, number)


def group(item: Item) -> str:
    """Items of one group are never parted: those of one pair, others each for itself."""
    pairs = sorted(_pairs(item["pairs"]))
    return "-".join(pairs[0]) if pairs else str(item["id"])


def priors(name: str) -> Table:
    """The weights that a person gave, before any example: `lexicon/weights/priors.toml`."""
    tables = tomllib.loads((SHELF / "priors.toml").read_text(encoding="utf-8"))[name]
    order = STAGES if name == "stage" else PAIRS
    return {feature: tuple(float(given.get(outcome, 0)) for outcome in order) for feature, given in tables.items()}


def _pair_model(items: Sequence[Item], seen: Sequence[Seen]) -> Model:
    examples: list[tuple[Features, Sequence[float]]] = []
    for item, one in zip(items, seen, strict=True):
        about, agreed = _pairs(item["pairs"]), _pairs(item["agreement_pairs"])
        examples += [
            (found, (float(two in about), float(two in agreed))) for two, found in features.of_pairs(one).items()
        ]
    return fit.chance_model(PAIRS, examples, priors("pair"), RIDGE["pair"])


def _pairs(pairs: Sequence[Sequence[str]]) -> set[Pair]:
    return {(min(two), max(two)) for two in pairs}


def _hash(items: Sequence[Item]) -> str:
    lines = sorted(json.dumps(item, sort_keys=True, ensure_ascii=False) for item in items)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
