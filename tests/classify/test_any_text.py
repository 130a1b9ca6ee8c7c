"""Any text labels without raising, in time linear in its length, and always the same way."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import Stage, classify

WORDS = st.sampled_from(
    ["Peru", "Chile", "and", "sign", "signed", "treaty", "to", "EU", "not", "with", "by", ",", ":",
     "\u202e", "\u200b", "\x00", "\ud800", "Мали", "подписали", "договор", "签署", "条约", "中国", "توقيع", "اتفاقية",
     "Rwаnda", "1998", "’s", "\n", "“", "|"]
)  # fmt: skip
LANGS = st.sampled_from(["", "en", "ar", "zh", "ru", "tr", "xx", "en-US", "\ud800"])


@settings(max_examples=120)
@given(st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=80).map(" ".join), LANGS)
def test_words_in_any_order(title: str, text: str, lang: str) -> None:
    said = classify(title, text, lang)
    assert said == classify(title, text, lang)
    assert (said.agreement is Stage.NONE) == (not said.agreement_pairs)
    assert set(said.agreement_pairs) <= set(said.pairs)
    assert 0 < said.confidence < 1
    if said.evidence:
        span = said.evidence.span
        assert (title if span.field == "title" else text)[span.start : span.end] == said.evidence.sentence


@settings(max_examples=100)
@given(st.text(max_size=200), st.text(max_size=400))
def test_any_characters(title: str, text: str) -> None:
    classify(title, text)


@pytest.mark.parametrize(
    "unit",
    [
        "Peru and Chile sign a treaty. ",
        "a",
        "Peru Chile ",
        "sign treaty ",
        "签署条约中国智利",
        "\u202ePeru\u202c ",
        "1998 ",
        ", ",
    ],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        begin = time.perf_counter()
        classify("Peru", text, "en")
        return time.perf_counter() - begin

    seconds(2_000)
    short, long = min(seconds(20_000) for _ in range(2)), min(seconds(160_000) for _ in range(2))
    assert long < 8 * short * 2.5 + 0.2


def test_ten_megabytes_in_one_line() -> None:
    assert classify("Peru, Chile sign treaty", "Peru and Chile " * 700_000, "en").agreement_pairs
