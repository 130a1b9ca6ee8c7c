"""Plain text in columns: nothing wider than 72 but addresses, nothing lost, wide letters counted twice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.columns import WIDTH, quoted, width, wrap


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3), ("", 0), ("Türkiye", 7), ("签署", 4), ("ｆｕｌｌ", 8), ("한국", 4), ("e\u0301", 1), ("وقّعت", 4),
        ("हिन्दी", 5), ("● ■ × ○", 7), ("–“”’…", 5), ("Ελλάδα", 6), ("日本a", 5),
    ],
)  # fmt: skip
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_words_wrap_and_addresses_stay_whole() -> None:
    url = "https://example.org/" + "x" * 100
    assert wrap("a " * 40).splitlines() == ["a " * 35 + "a", "a a a a"]
    assert url in wrap(f"see {url} there").splitlines()
    assert wrap("KZ–RW  Names  stay") == "KZ–RW  Names  stay"


def test_hanging_and_quoted_lines() -> None:
    lines = wrap("word " * 30, hang=4).splitlines()
    assert lines[0].startswith("word")
    assert all(line.startswith("    word") for line in lines[1:])
    assert all(line.startswith("> ") for line in quoted("word " * 30).splitlines())


def test_scripts_without_spaces_break_between_letters() -> None:
    sentence = "哈萨克斯坦与卢旺达在阿斯塔纳签署了六项合作协议，" * 5
    lines = wrap(sentence).splitlines()
    assert max(map(width, lines)) <= WIDTH
    assert min(map(width, lines[:-1])) >= WIDTH - 1
    assert "".join(lines) == sentence


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400), st.sampled_from([0, 2, 19]))
def test_nothing_is_lost_and_nothing_too_wide(text: str, hang: int) -> None:
    wrapped = wrap(text, hang)
    assert re.sub(r"\s", "", wrapped) == re.sub(r"\s", "", text)
    assert all(width(line) <= WIDTH or "://" in line for line in wrapped.splitlines())
