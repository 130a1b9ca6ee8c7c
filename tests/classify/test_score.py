"""The scorer: figures of small cases by hand, and the same figures as the reference where it is at hand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from classify import evaluate
from classify.score import b_cubed, bootstrap, score

REFERENCE = Path(__file__).parents[3] / "shared" / "corpus" / "score.py"


def _item(id: str, stage: str, *pairs: str, event: str | None = None, sectors: tuple[str, ...] = ()) -> dict[str, Any]:
    two = [pair.split("-") for pair in pairs]
    agreed = two if stage != "none" else []
    return {
        "id": id,
        "agreement": stage,
        "agreement_pairs": agreed,
        "pairs": two,
        "sectors": list(sectors),
        "event": event,
    }


def test_figures_of_a_small_corpus() -> None:
    gold = [
        _item("a", "signed", "CL-PE"),
        _item("b", "none"),
        _item("c", "signed", "KZ-RW"),
        _item("d", "planned", "CL-PE"),
    ]
    said = {
        "a": _item("a", "signed", "CL-PE"),
        "b": _item("b", "signed", "FR-GB"),
        "c": _item("c", "none"),
        "d": _item("d", "planned", "CL-PE"),
    }
    figures = score(gold, said)
    assert figures["detect"] == pytest.approx(0.5)
    assert figures["who"] == pytest.approx(0.5)
    assert figures["exact"] == pytest.approx(0.5)
    assert figures["stage"] == pytest.approx(0.5)
    assert figures["pairs"] == pytest.approx(2 / 3)


def test_grouping_is_scored_by_b_cubed() -> None:
    gold = [_item("a", "signed", "CL-PE", event="1"), _item("b", "signed", "CL-PE", event="1")]
    assert b_cubed(gold, {"a": {"event": "x"}, "b": {"event": "x"}}) == 1.0
    assert b_cubed(gold, {"a": {"event": "x"}, "b": {"event": None}}) == pytest.approx(2 / 3)


def test_the_interval_holds_the_value_and_is_repeatable() -> None:
    items = evaluate.benchmark()[:60]
    said = {item["id"]: item for item in items}
    first, second = bootstrap(items, said, 50), bootstrap(items, said, 50)
    assert first == second
    assert all(figure.low <= figure.value <= figure.high for figure in first.values())


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference scorer is not beside this checkout")
def test_same_figures_as_the_reference(tmp_path: Path) -> None:
    items = evaluate.benchmark()
    predicted = evaluate.predict(items)
    file = tmp_path / "predicted.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in predicted.values()), encoding="utf-8")
    command = [sys.executable, str(REFERENCE), str(evaluate.BENCHMARK), str(file), "--json"]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["all"]
    ours = score(items, predicted)
    assert {name: theirs[name] for name in ours} == pytest.approx(ours)
