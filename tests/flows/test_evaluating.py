"""The published figures are what the commands print."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from classify import evaluate
from flows.exits import Exit

Run = Callable[..., tuple[int, str, str]]


def test_items_of_ones_own_are_scored(user: Path, pactwatch: Run) -> None:
    item = {
        "id": "a", "url": "https://press.example/a", "source": "press.example", "published": "2026-11-24", "lang": "en",
        "title": "Peru and Vietnam sign extradition treaty", "text": "", "agreement": "signed",
        "agreement_pairs": [["PE", "VN"]], "pairs": [["PE", "VN"]], "sectors": ["justice"], "event": "PE-VN-2026-11",
    }  # fmt: skip
    wrong = item | {"id": "b", "agreement": "none", "agreement_pairs": [], "pairs": [], "sectors": [], "event": None}
    (user / "own.jsonl").write_text("\n".join(map(json.dumps, (item, wrong))), encoding="utf-8")
    code, out, _ = pactwatch("evaluate", "own.jsonl", "--json")
    assert code == Exit.DONE
    assert (json.loads(out)["all"]["items"], json.loads(out)["all"]["stage"][0]) == (2, 0.5)
    code, _, err = pactwatch("evaluate", "nowhere.jsonl")
    assert code == Exit.USAGE
    assert "nowhere.jsonl: cannot be read" in err


def test_weights_go_into_a_folder_that_is_made(user: Path, pactwatch: Run) -> None:
    lines = evaluate.BENCHMARK.read_text(encoding="utf-8").splitlines()[:24]
    (user / "few.jsonl").write_text("\n".join(lines), encoding="utf-8")
    code, out, _ = pactwatch("train", "few.jsonl", "--output", "new/weights")
    assert (code, "weights written" in out) == (Exit.DONE, True)
    assert sorted(path.name for path in (user / "new" / "weights").iterdir()) == [
        "calibration.tsv", "pair.tsv", "stage.tsv",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_made_is_told_before_the_fit(user: Path, pactwatch: Run) -> None:
    (user / "taken").write_text("", encoding="utf-8")
    code, out, err = pactwatch("train", "--output", "taken/weights")
    assert (code, out) == (Exit.USAGE, "")
    assert "--output taken/weights: Not a directory" in err


@pytest.mark.slow
def test_cross_validation_is_no_better_than_what_was_fitted(user: Path, pactwatch: Run) -> None:
    """Weights that did not see an item's pair do worse than those that did, and still well."""
    fitted = json.loads(pactwatch("evaluate", "--json")[1])["all"]
    unseen = json.loads(pactwatch("evaluate", "--cross-validated", "--json")[1])["all"]
    assert 0.95 < unseen["detect"][0] < fitted["detect"][0]
