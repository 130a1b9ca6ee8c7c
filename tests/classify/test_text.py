"""Reading an item: every place can be taken back, sentences and datelines are told, nothing raises."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.clean import clean
from classify.fold import fold
from classify.shelf import LEXICON
from classify.text import TEXT_LIMIT, TITLE_LIMIT, read

_ODD = st.sampled_from(
    ["\u200b", "\u00ad", "\u202e", "\u2066", "\ufeff", "e\u0301", "é", "ﬁ", "½", "Ａ", "　", "\u00a0", "\t", "\r\n",
     "\r", "\n",
     "\x00", "\ud800", "…", "각", "\u1100\u1161\u11a8", "ﷺ", "كُتِبَ", "Кenya", "中国。", "  ", "ａ\u0301",
     "\u2028", "ｶﾞ", "№ 5"]
)  # fmt: skip
_CYRILLIC = dict(
    line.split("\t")[1:] for line in (LEXICON / "confusables.tsv").read_text("utf-8").splitlines() if line[:3] == "cyr"
)
_TEXTS = st.lists(st.one_of(_ODD, st.text(max_size=5)), max_size=30).map("".join)


def sentences(text: str, title: str = "") -> list[str]:
    doc = read(title, text)
    return [doc.norm[one.start : one.end] for one in doc.sentences]


@settings(max_examples=400)
@given(_TEXTS)
def test_each_piece_of_the_cleaned_text_stands_where_it_says(text: str) -> None:
    done = clean(text)
    last = 0
    for place in range(len(done.norm)):
        start, end = done.back(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert start >= last or done.back(place - 1, place)[0] == start
        last = start
        if text[start:end].isascii() and text[start:end].isalnum():
            assert done.norm[place] in (text[start:end], _CYRILLIC.get(text[start:end]))


@settings(max_examples=300)
@given(_TEXTS)
def test_the_whole_cleaned_text_is_that_of_its_span(text: str) -> None:
    done = clean(text)
    start, end = done.back(0, len(done.norm))
    assert clean(text[start:end]).norm == done.norm


@settings(max_examples=300)
@given(_TEXTS)
def test_cleaned_text_holds_nothing_unseen(text: str) -> None:
    norm = clean(text).norm
    assert not any(char in norm for char in "\u200b\u00ad\u202e\u2066\ufeff\x00\r\t\ud800")
    assert "  " not in norm
    assert clean(norm).norm == norm


@settings(max_examples=300)
@given(_TEXTS)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_only_one_letter_changes_length_when_lowered() -> None:
    assert [char for code in range(0x110000) if len((char := chr(code)).lower()) != 1] == ["İ"]


@settings(max_examples=200)
@given(_TEXTS, _TEXTS)
def test_sentences_are_in_order_and_apart(title: str, text: str) -> None:
    doc = read(title, text)
    assert doc.sentences[0].start == 0
    for one, other in zip(doc.sentences, doc.sentences[1:], strict=False):
        assert one.end <= other.start
        assert one.paragraph <= other.paragraph
    for number, one in enumerate(doc.sentences):
        if one.end > one.start:
            assert doc.sentence_at(one.start) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Putin met Gen. Lee. They signed.", ["Mr. Putin met Gen. Lee.", "They signed."]),
        ("The U.S. and the U.K. agreed. Good.", ["The U.S. and the U.K. agreed.", "Good."]),
        ("It was agreed in the U.S. The deal holds.", ["It was agreed in the U.S.", "The deal holds."]),
        ("See No. 5 and Art. 3 of it. Yes.", ["See No. 5 and Art. 3 of it.", "Yes."]),
        ("He said no. They left.", ["He said no.", "They left."]),
        ("J. K. Rowling wrote. Ok.", ["J. K. Rowling wrote.", "Ok."]),
        ("“We signed.” She left!", ["“We signed.”", "She left!"]),
        ("Signed on 28. Mai 2025 in Wien. Danach", ["Signed on 28. Mai 2025 in Wien.", "Danach"]),
        ("на сумму 5 млн. долл. США. Это много.", ["на сумму 5 млн. долл. США.", "Это много."]),
        ("中方表示同意。“好！”双方签署。", ["中方表示同意。", "“好!”", "双方签署。"]),
        ("وقعت الدولتان؟ نعم. انتهى", ["وقعت الدولتان؟", "نعم.", "انتهى"]),
        ("भारत ने कहा। चीन ने नहीं।", ["भारत ने कहा।", "चीन ने नहीं।"]),
        ("One\n\nTwo\nThree", ["One", "Two", "Three"]),
        ("at 3.5 percent. Then", ["at 3.5 percent.", "Then"]),
        ("wait... and see. Now", ["wait... and see.", "Now"]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text)[1:] == expected


def test_the_title_is_sentence_nought_also_where_it_is_empty() -> None:
    assert sentences("Text.", "A title. With two") == ["A title. With two", "Text."]
    assert sentences("Text.") == ["", "Text."]
    assert sentences("") == [""]


def test_paragraphs_are_counted() -> None:
    assert [one.paragraph for one in read("t", "One. Two.\n\nThree.").sentences] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ASTANA, May 28 (Xinhua) — The two", "ASTANA, May 28 (Xinhua) — "),
        ("New Delhi [India], January 18 (ANI): A memo", "New Delhi [India], January 18 (ANI): "),
        ("SINGAPORE, 28 June — Negotiations", "SINGAPORE, 28 June — "),
        ("ISLAMABAD: Opposition members", "ISLAMABAD: "),
        ("МОСКВА, 28 мая. /ТАСС/. Россия", "МОСКВА, 28 мая. /ТАСС/. "),
        ("Астана. 28 мая. КазТАГ - Подписано", "Астана. 28 мая. КазТАГ - "),
        ("新华社北京5月28日电（记者 张三）中国", "新华社北京5月28日电(记者 张三)"),
        ("(서울=연합뉴스) 한국과", "(서울=연합뉴스) "),
        ("Berlin – Eine Absicht", "Berlin – "),
        ("New Delhi/London, July 24, 2025 — The", "New Delhi/London, July 24, 2025 — "),
        ("Москва. 17 сентября. Подписано", "Москва. 17 сентября. "),
        ("القاهرة – أسفر لقاء", "القاهرة – "),
        ("The two sides signed on Monday.", None),
        ("The deal – a first – was signed", None),
        ("He said so: nothing more.", None),
    ],
)
def test_datelines(text: str, line: str | None) -> None:
    doc = read("Title", text)
    assert (doc.norm[slice(*doc.dateline)] if doc.dateline else None) == line


def test_spans_are_of_the_strings_as_given() -> None:
    doc = read(" A\u200bB ", "x\u00ad  Ｙ½z")
    assert doc.norm == " AB \nx Y1⁄2z"
    place = doc.norm.index("Y")
    assert doc.original(place, place + 1) == "Ｙ"
    assert doc.original(place + 1, place + 4) == "½"
    assert doc.original(1, 3) == "A\u200bB"
    assert (doc.span(1, 3).field, doc.field(1)) == ("title", "title")
    assert (doc.span(place, place + 1).field, doc.field(place)) == ("text", "text")


def test_marks_are_bound_to_their_letter() -> None:
    done = clean("cafe\u0301!")
    assert done.norm == unicodedata.normalize("NFC", "café!")
    assert done.back(3, 4) == (3, 5)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Кazаkhstan", "Kazakhstan"),
        ("Казахcтaн", "Казахстан"),  # two Latin letters among Cyrillic ones
        ("MОСКВА", "МОСКВА"),
        ("Казахстан", "Казахстан"),
        ("Сосо", "Сосо"),  # all Cyrillic, though it looks Latin
        ("SMSка", "SMSка"),
        ("Xµ", "Xμ"),
        ("αβγ and β-carotene", "αβγ and β-carotene"),
    ],
)
def test_look_alikes_are_folded_only_where_a_word_mixes_scripts(text: str, plain: str) -> None:
    assert clean(text).norm == plain


def test_what_is_read_is_capped() -> None:
    doc = read("t" * (TITLE_LIMIT + 5), "x" * (TEXT_LIMIT + 5))
    assert (doc.title_end, len(doc.norm)) == (TITLE_LIMIT, TITLE_LIMIT + 1 + TEXT_LIMIT)
    assert len(doc.text) == TEXT_LIMIT + 5
