"""Tense, mood, negation and who acts, one fact a case, in many languages: `minimal_pairs.toml`."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from classify import classify

CASES = tomllib.loads((Path(__file__).parent / "minimal_pairs.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.get('lang', 'en')}: {case['title']}" for case in CASES])
def test_a_case_has_its_stage_and_pairs(case: dict[str, Any]) -> None:
    published = date.fromisoformat(case["published"]) if "published" in case else None
    said = classify(case["title"], case.get("text", ""), case.get("lang", "en"), published)
    assert said.agreement == case["stage"], case.get("why", "")
    if "pairs" in case:
        assert ["-".join(two) for two in said.agreement_pairs] == case["pairs"]
