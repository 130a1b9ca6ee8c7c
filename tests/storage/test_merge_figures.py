"""The grouping of the labelled corpus, pinned: pairs and stages as labelled, facts as they are found."""

from pathlib import Path

import pytest

from benchmarks.merge import load, score, tellings
from classify.score import b_cubed
from storage import merge

CORPUS = Path(__file__).parents[2] / "classify" / "corpus"
HARD = Path(__file__).parent / "hard_clusters.jsonl"
"""Occasions that are easily confused: a week apart, two on one day, undated, across languages, copied, renewed."""


@pytest.mark.parametrize(
    ("path", "floor"), [(CORPUS / "dev.jsonl", 0.97), (CORPUS / "own-train-clusters.jsonl", 0.94), (HARD, 0.95)],
    ids=["dev", "own-train-clusters", "hard"],
)  # fmt: skip
def test_reports_of_one_occasion_are_found_together(path: Path, floor: float) -> None:
    items = load(path)
    said = merge.events(telling for item in items for telling in tellings(item, own=False))
    assert score(items, said) >= floor
    alone = b_cubed(items, {item["id"]: {"event": str(item["agreement_pairs"][:1])} for item in items})
    assert score(items, said) > alone, "no better than the pair alone"
