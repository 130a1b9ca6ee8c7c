"""Dataclasses to JSON and back: whole, small, and readable by a later version."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.model import Amount, DateFact, Evidence, Fact, Facts, Instrument, Mark, Span, Stage
from feeds.model import Remembered
from storage import codec
from storage.records import Paper, StageDate

SPAN = Span("text", 3, 9)
VALUES = [
    Evidence("They signed.", SPAN, (Mark(SPAN, "signing", "sign"),), cleaned=True),
    Facts(
        date=DateFact(date(2026, 3, 1), "day", SPAN), places=(Fact("astana", "Astana", SPAN),),
        instruments=(Instrument("treaty", "visas", SPAN),), amounts=(Amount(2.5e9, "USD", SPAN),), count=6,
        words=frozenset({"visa", "treaty"}), signature=2**63 + 1,
    ),
    Facts(),
    Paper("memorandum", "wheat", Stage.SIGNED, ("Ministry",), amount=1.0),
    StageDate(Stage.SIGNED, date(2026, 3, 1), "day", datetime(2026, 3, 2, tzinfo=UTC)),
    Remembered("astana", next_poll=datetime(2026, 3, 2, tzinfo=UTC), seen=("a", "b")),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_there_and_back(value: object) -> None:
    assert codec.load(type(value), json.loads(json.dumps(codec.dump(value)))) == value


@given(st.builds(Facts, date=st.none(), words=st.frozensets(st.text()), signature=st.integers(0, 2**64 - 1)))
def test_any_text_and_number(facts: Facts) -> None:
    assert codec.load(Facts, json.loads(json.dumps(codec.dump(facts)))) == facts


def test_what_is_at_its_default_takes_no_room() -> None:
    assert codec.dump(Facts()) == {}


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert codec.load(Facts, {"count": 2, "of_tomorrow": 1}) == Facts(count=2)
