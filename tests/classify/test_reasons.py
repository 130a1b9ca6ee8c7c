"""`explain` gives the decision of `classify` with its reasons."""

import pytest

from classify import Stage, classify, explain
from classify.reasons import as_text

TITLE, TEXT = (
    "Peru, Chile sign extradition treaty",
    "The foreign ministers of Peru and Chile signed it in Lima on Tuesday.",
)


def test_same_decision_as_classify() -> None:
    said, shown = classify(TITLE, TEXT, "en"), explain(TITLE, TEXT, "en")
    assert (shown.stage, shown.agreement_pairs, shown.pairs) == (said.agreement, said.agreement_pairs, said.pairs)
    assert shown.confidence == said.confidence


def test_steps_name_what_was_seen() -> None:
    names = [step.name for step in explain(TITLE, TEXT, "en").steps]
    assert {"country PE", "country CL", "act signed", "pair CL-PE", "chance of signed"} <= set(names)


def test_marks_stand_in_the_item_as_given() -> None:
    shown = explain(TITLE, TEXT, "en")
    given = {"title": TITLE, "text": TEXT}
    countries = {given[m.span.field][m.span.start : m.span.end] for m in shown.marks if m.kind == "country"}
    assert {"Peru", "Chile"} <= countries


def test_without_what_decides_the_rival_would_win() -> None:
    shown = explain(TITLE, TEXT, "en")
    assert shown.rival is not shown.stage
    assert shown.otherwise
    assert all(step.weight > 0 for step in shown.otherwise)


@pytest.mark.parametrize(("title", "text"), [("", ""), ("Weather", "Rain in Lima tomorrow."), ("\ud800", "\x00")])
def test_an_item_without_countries_is_explained_too(title: str, text: str) -> None:
    shown = explain(title, text)
    assert shown.stage is Stage.NONE
    assert "none" in as_text(shown, title, text)
