"""The grouping of the labelled corpus, pinned: pairs and stages as labelled, facts as they are found."""

from pathlib import Path

import pytest

from benchmarks.merge import load, score, tellings
from classify.score import b_cubed
from storage import merge

CORPUS = Path(__file__).parents[2] / "classify" / "corpus"


@pytest.mark.parametrize(("name", "floor"), [("dev", 0.95), ("own-train-clusters", 0.94)])
def test_reports_of_one_occasion_are_found_together(name: str, floor: float) -> None:
    items = load(CORPUS / f"{name}.jsonl")
    said = merge.events(telling for item in items for telling in tellings(item, own=False))
    assert score(items, said) >= floor
    alone = b_cubed(items, {item["id"]: {"event": str(item["agreement_pairs"][:1])} for item in items})
    assert score(items, said) > alone, "no better than the pair alone"
