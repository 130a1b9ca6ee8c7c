"""Fitting and calibration: what is learned, what stays at its prior, and that folds never part a group."""

from typing import Any

import pytest

from classify import calibration, fit, train
from classify.weights import Model, dump, load


def test_a_feature_that_decides_gets_its_weight() -> None:
    examples = [({"always": 1.0, "x": 1.0}, "yes"), ({"always": 1.0}, "no")] * 10
    model = fit.softmax_model(("yes", "no"), examples, {}, 0.001)
    assert model.softmax({"always": 1.0, "x": 1.0})["yes"] > 0.9
    assert model.softmax({"always": 1.0})["no"] > 0.9


def test_what_the_examples_do_not_show_stays_at_its_prior() -> None:
    examples = [({"always": 1.0}, "yes"), ({"always": 1.0}, "no")]
    model = fit.softmax_model(("yes", "no"), examples, {"unseen": (1.5, 0.0)}, 0.01)
    assert model.weights["unseen"] == pytest.approx((1.5, 0.0))


def test_fitting_is_repeatable() -> None:
    examples = [({"always": 1.0, "x": float(n % 3)}, [float(n % 2)]) for n in range(20)]
    assert fit.chance_model(("a",), examples, {}, 0.01) == fit.chance_model(("a",), examples, {}, 0.01)


def test_folds_never_part_a_group() -> None:
    groups = ["a", "b", "a", "c", "b", "d", "e", "a"]
    folds = fit.by_group(groups, 3)
    assert len({(group, fold) for group, fold in zip(groups, folds, strict=True)}) == len(set(groups))
    assert max(folds.count(fold) for fold in range(3)) <= 3


def test_items_of_a_pair_are_one_group() -> None:
    one: dict[str, Any] = {"id": "1", "pairs": [["PE", "CL"]]}
    other: dict[str, Any] = {"id": "2", "pairs": [["CL", "PE"], ["CL", "US"]]}
    assert train.group(one) == train.group(other) == "CL-PE"
    assert train.group({"id": "3", "pairs": []}) == "3"


def test_weights_are_kept_as_they_are(tmp_path: Any) -> None:
    model = Model(("a", "b"), {"x": (0.25, -1.5), "y": (0.0, 2.0)})
    dump(model, tmp_path / "m.tsv", "a model")
    assert (tmp_path / "m.tsv").read_text().splitlines()[1:] == ["feature\ta\tb", "x\t0.25\t-1.50", "y\t0.00\t2.00"]
    assert load("stage").outcomes == train.STAGES


@pytest.mark.parametrize(
    ("told", "on"), [("2025-05-28", (2025, 5, 28)), ("2025-05", (2025, 5, 1)), ("2025", (2025, 1, 1))]
)
def test_published_may_be_a_month_or_a_year(told: str, on: tuple[int, int, int]) -> None:
    found = train.day(told)
    assert found
    assert (found.year, found.month, found.day) == on


def test_calibration_never_falls() -> None:
    said = [n / 200 for n in range(200)]
    right = [n % 10 < (9 if n > 100 else 3) for n in range(200)]
    table = calibration.fit(said, right)
    assert [worth for _, worth in table] == sorted(worth for _, worth in table)
    assert table[0][1] < 0.5 < table[-1][1]


def test_calibrated_values_rise_and_stay_chances() -> None:
    values = [calibration.calibrated(n / 50) for n in range(51)]
    assert values == sorted(values)
    assert 0 < values[0] <= values[-1] < 1
