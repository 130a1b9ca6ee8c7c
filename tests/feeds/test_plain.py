"""From mark-up to what a reader sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.plain import is_doubled, line, paragraphs, scrub, undoubled

TITLES = [
    ("AT&amp;T and Fiji", "AT&T and Fiji"),
    ("Q&amp;amp;A", "Q&A"),
    ("it&#146;s &quot;done&quot;", 'it’s "done"'),
    ("<b>Fiji</b>, <i>Tuvalu</i> sign", "Fiji, Tuvalu sign"),
    ("<script>alert(1)</script>Treaty", "Treaty"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;Treaty", "Treaty"),
    ("&amp;lt;img src=x onerror=alert(1)&amp;gt;Treaty", "Treaty"),
    ("Treaty<img src='https://tracker.example/p.gif'>", "Treaty"),
    ("<iframe srcdoc='x'></iframe>Treaty<svg><script>1</script></svg>", "Treaty"),
    ("<포토> 한국", "<포토> 한국"),
    ("<Exclusive> Treaty", "<Exclusive> Treaty"),
    ("5 &lt; 6 &gt; 4", "5 < 6 > 4"),
    ("a < b", "a < b"),
    ("  Two\n\tlines  ", "Two lines"),
    ("NUL\x00 and \x1b[31m", "NUL and [31m"),
    ("pair \ud83d\ude00 half \ud83d", "pair 😀 half"),
    ("none\ufffe\uffff\ufdd0\U0001ffff", "none"),
    ("don\x92t", "don’t"),
    ("São Paulo é", "São Paulo é"),
    ("café\u00a0…", "café …"),
    ("“AMANHÔ", "“AMANHÔ"),
    ("<!-- hidden -->Treaty", "Treaty"),
    ("&#x110000;&#xD800;&#0;Treaty", "\ufffd\ufffd\ufffdTreaty"),
    ("اتفاقية \u200fبين", "اتفاقية \u200fبين"),
]


@pytest.mark.parametrize(("markup", "expected"), TITLES)
def test_titles_are_one_line_of_plain_text(markup: str, expected: str) -> None:
    assert line(markup) == expected


@pytest.mark.parametrize(
    ("text", "doubled", "meant"),
    [
        ("EEUU ordenÃ³ ciberataques", True, "EEUU ordenó ciberataques"),
        ("Â£30 million", True, "£30 million"),
        ("Ã la russe", False, "Ã la russe"),
        ("Ã\xa0 la russe", False, "à la russe"),
        ("Ð’ ÐœÐ¾Ñ\x81ÐºÐ²Ðµ", False, "В Москве"),
        ("São Paulo, NÃO", False, "São Paulo, NÃO"),
        ("“AMANHÔ déjà…", False, "“AMANHÔ déjà…"),
        ("Россия", False, "Россия"),
    ],
)
def test_letters_that_were_encoded_twice(text: str, doubled: bool, meant: str) -> None:
    assert (is_doubled(text), undoubled(text)) == (doubled, meant)


def test_blocks_begin_lines_and_hidden_text_is_left_out() -> None:
    markup = (
        "<p>One <b>two</b></p><p>Three<br>four</p><div style='display: none'>h</div><p hidden>h</p>"
        "<span aria-hidden='true'>h</span><span style='font-size:0px'>h</span><span style='opacity:0'>h</span>"
        "<span style='opacity:0.9'>seen</span><ul><li>a<li>b</ul><style>p{}</style>tail"
    )
    assert paragraphs(markup) == "One two\nThree\nfour\nseen\na\nb\ntail"


def test_fields_have_their_limits() -> None:
    assert len(line("x" * 10_000_000)) == 1_000
    assert len(paragraphs("x" * 3_000_000)) == 200_000
    assert line("x" * 2000).endswith("…")


@pytest.mark.parametrize(
    "bomb", ["<div>" * 200_000, "<p>" * 300_000, "<a " + "b " * 300_000, "&amp;" * 200_000, "<" * 900_000]
)
def test_bombs_of_mark_up_end(bomb: str) -> None:
    assert len(paragraphs(bomb)) <= 200_000


@given(st.text())
def test_any_text_becomes_storable(text: str) -> None:
    for plain in (line(text), paragraphs(text), scrub(text)):
        plain.encode("utf-8")
        assert "\x00" not in plain
    assert scrub(scrub(text)) == scrub(text)


@given(st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"])))
def test_text_that_was_encoded_twice_is_mended(text: str) -> None:
    doubled = text.encode("utf-8").decode("latin-1")
    assert undoubled(doubled) in (text, doubled)
    if text.isascii():
        assert undoubled(text) == text
