"""The fitter of the sectors' weights: exact where the answer is known, and still at the end."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "train_sectors.py"


@pytest.fixture(scope="module")
def training() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_sectors", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_system_given_by_its_lower_half_is_solved(training: ModuleType) -> None:
    assert training.solve([[4.0], [2.0, 5.0], [0.0, 1.0, 3.0]], [8.0, 15.0, 11.0]) == pytest.approx([1.0, 2.0, 3.0])


def test_at_the_end_the_loss_is_flat(training: ModuleType) -> None:
    data = [("trade", frozenset({"name title"}), True)] * 6 + [("trade", frozenset({"name title"}), False)] * 2
    data += [("trade", frozenset({"hint rest"}), False)] * 5 + [("trade", frozenset({"of trade"}), True)]
    weights = training.fit(data)
    told = [training.chance(weights["base"] - training.SHIFT + sum(weights[n] for n in names)) for _, names, _ in data]
    assert sum(told) == pytest.approx(sum(truth for *_, truth in data), abs=1e-4)
    title = sum(truth - chance for (_, names, truth), chance in zip(data, told, strict=True) if "name title" in names)
    assert title == pytest.approx(training.RIDGE[0] * weights["name title"], abs=1e-4)


def test_a_trait_that_no_item_decides_keeps_what_a_person_gave(training: ModuleType) -> None:
    even = [("trade", frozenset({"within finance"}), truth) for truth in (True, False)] * 2
    weights = training.fit(even)
    assert training.PRIORS["within finance"] <= weights["within finance"] < 0
    assert weights["never seen"] == 0.0


def test_items_of_one_pair_are_never_parted(training: ModuleType) -> None:
    items = [{"id": str(number), "pairs": [["FR", "MA"]]} for number in range(20)]
    assert len({training.fold_of(item, 10) for item in items}) == 1
