"""The gate: no figure on the published corpus below its pinned floor, and confidence that means what it says."""

import pytest

from classify import evaluate
from classify.score import Item


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return evaluate.benchmark()


@pytest.fixture(scope="module")
def predicted(items: list[Item]) -> dict[str, Item]:
    return evaluate.predict(items)


def test_no_figure_is_below_its_floor(items: list[Item], predicted: dict[str, Item]) -> None:
    assert evaluate.shortfalls(evaluate.gate_rows(items, predicted)) == []


def test_a_floor_that_is_missed_is_named(items: list[Item], predicted: dict[str, Item]) -> None:
    rows = evaluate.gate_rows(items, predicted)
    floors = {"corpus": evaluate.corpus_hash(), "all": {"detect": 1.01}}
    assert [line.split(" ")[:2] for line in evaluate.shortfalls(rows, floors)] == [["all:", "detect"]]


def test_floors_hold_for_the_very_corpus(items: list[Item], predicted: dict[str, Item]) -> None:
    lines = evaluate.shortfalls(evaluate.gate_rows(items, predicted), {"corpus": "another"})
    assert "pin them anew" in lines[0]


def test_confidence_rises_with_being_right(items: list[Item], predicted: dict[str, Item]) -> None:
    bins = evaluate.calibration_curve(items, predicted)
    sure = [one for one in bins if one.low >= 0.9]
    unsure = [one for one in bins if one.high <= 0.6]
    assert all(one.right >= 0.9 for one in sure)
    assert sum(one.right * one.items for one in unsure) < 0.9 * sum(one.items for one in unsure)


def test_evidence_stands_in_the_item_as_given(items: list[Item]) -> None:
    for item in items[:120]:
        said = evaluate.of(item)
        assert (said.evidence is None) == (said.agreement == "none")
        if said.evidence:
            span = said.evidence.span
            assert item[span.field][span.start : span.end] == said.evidence.sentence
            assert all(mark.span.start < mark.span.end for mark in said.evidence.marks)
