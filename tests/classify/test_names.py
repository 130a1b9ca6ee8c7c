"""Countries in running text: cases as data, and what holds for any text."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.fold import fold
from classify.lang import script
from classify.names import ALPHA3, CODES, Mention, check, country_in_sentence, country_name, find, is_within
from classify.shelf import LEXICON, LexiconError, rows
from classify.text import Document, read
from classify.vocabulary import SHELF, check_words, facts, leaders, vocabulary

_SECONDS = 2.0
_CORPUS = Path(__file__).parents[2] / "classify" / "corpus"


def _cases() -> list[tuple[str, list[str], str]]:
    lines = (Path(__file__).parent / "names.tsv").read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(lang, [] if codes == "-" else codes.split(" "), text) for lang, codes, text in cells]


def _named(doc: Document) -> list[str]:
    told = [m.code if m.kind != "company" else f"{m.code}:company" for m in find(doc)]
    return list(dict.fromkeys(told))


def _forced(text: str, lang: str) -> Document:
    """The text as read where its language is known."""
    doc = read("", text, lang)
    return Document(**{**{name: getattr(doc, name) for name in doc.__dataclass_fields__}, "lang": lang})


@pytest.mark.parametrize(("lang", "codes", "text"), _cases(), ids=lambda value: str(value)[:60])
def test_countries_are_found_in_all_their_forms(lang: str, codes: list[str], text: str) -> None:
    assert _named(_forced(text, lang)) == codes


def test_there_are_hundreds_of_cases() -> None:
    assert len(_cases()) > 240


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Kazakhstan signs", "name"),
        ("Kazakh minister signs", "adjective"),
        ("Astana signs", "capital"),
        ("Akorda says so", "metonym"),
        ("The UAE signs", "abbreviation"),
        ("Tokayev signs", "leader"),
        ("Saudi Aramco signs", "company"),
    ],
)
def test_a_mention_tells_its_kind(title: str, kind: str) -> None:
    assert [mention.kind for mention in find(read(title, "", "en"))] == [kind]


def test_a_mention_tells_where_it_stands() -> None:
    doc = read("Talks in Kigali", "They met.  Rwanda\u00a0and the U.S. signed.", "en")
    found = find(doc)
    assert [(m.code, m.sentence, m.surface) for m in found] == [
        ("RW", 0, "Kigali"),
        ("RW", 2, "Rwanda"),
        ("US", 2, "U.S."),
    ]
    assert [doc.original(m.start, m.end) for m in found] == ["Kigali", "Rwanda", "U.S."]
    assert doc.span(found[1].start, found[1].end).start == doc.text.index("Rwanda")


@pytest.mark.parametrize(
    "disguised",
    [
        "Кazаkhstan and Rwаnda",  # Cyrillic letters
        "Κazakhstan and Rwandα",  # Greek ones
        "Kaz\u200bakhstan and Rw\u00adanda",
        "\u202eKazakhstan\u202c and R\u2060wanda",
        "Kazakhstan\u0301"[:-1] + " and Rwa\u034fnda",
    ],
)
def test_a_disguised_name_is_found_and_marked(disguised: str) -> None:
    doc = read(disguised, "", "en")
    assert _named(doc) == ["KZ", "RW"]
    assert doc.sentences[0].cleaned


def test_wide_letters_are_read_but_hide_nothing() -> None:
    doc = read("Ｋａｚａｋｈｓｔａｎ and Ｒｗａｎｄａ", "", "en")
    assert _named(doc) == ["KZ", "RW"]
    assert not doc.sentences[0].cleaned


@pytest.mark.parametrize("honest", ["Казахстан и Руанда", "Ελλάδα και Κύπρος", "ایران و می‌خواهد", "Ка\u0301захстан"])
def test_honest_text_is_not_marked(honest: str) -> None:
    assert not read(honest, "").sentences[0].cleaned


@settings(max_examples=200)
@given(st.text(max_size=80), st.text(max_size=400), st.sampled_from(["", "en", "ar", "zh", "xx", "ru-RU"]))
def test_any_text_is_read_without_raising(title: str, text: str, lang: str) -> None:
    doc = read(title, text, lang)
    for mention in find(doc):
        assert mention.code in CODES
        assert doc.norm[mention.start : mention.end] == mention.surface


_PIECES = st.sampled_from(
    ["Kazakhstan", "Rwanda's", "U.S.", "\u200b", "\u00ad", "  ", "\u00a0", "…", "ﬁ", "é", "e\u0301", "中国", "。",
     "\n", "Ｕ",
     "Россия", "قطر", "\ud800", "\x00", ". ", "Кenya", "½", "한국", "ﷺ"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=25).map("".join))
def test_every_mention_stands_in_the_text_as_given(text: str) -> None:
    doc = read(text, text, "en")
    for mention in find(doc):
        again = find(_forced(doc.original(mention.start, mention.end), doc.lang))
        assert mention.code in {one.code for one in again} or _alone_it_says_less(mention)


def _alone_it_says_less(mention: Mention) -> bool:
    """Whether the words around decide what the mention is ('Chad' alone is the country)."""
    return mention.kind == "abbreviation" or len(mention.surface) < 3


@pytest.mark.parametrize(
    "text",
    ["China" * 40_000, "中" * 200_000, "a" * 10_000_000, "Jordan " * 25_000, "U.S." * 50_000,
     "\u200b" * 150_000, "é. " * 60_000,
     "Georgia Chad Jordan Israel Paris " * 6_000, "...\"''\n" * 20_000, "e" + "\u0301" * 150_000, "Кenya " * 30_000],
    ids=lambda text: f"{text[:8]!r}",
)  # fmt: skip
def test_long_texts_cost_no_more_than_their_length(text: str) -> None:
    started = time.process_time()
    find(read(text[:2_000], text, "en"))
    assert time.process_time() - started < _SECONDS


def test_time_grows_linearly() -> None:
    def cost(times: int) -> float:
        text = "Kazakhstan and Rwanda, Jordan’s partner, signed in Paris. Казахстан. " * times
        return min(_timed(text) for _ in range(3))

    def _timed(text: str) -> float:
        started = time.process_time()
        find(read("", text, "en"))
        return time.process_time() - started

    assert cost(1_600) < 16 * max(cost(200), 0.005)


def test_the_corpus_is_read_nearly_whole() -> None:
    sides = found = 0
    for item in map(json.loads, (_CORPUS / "dev.jsonl").read_text(encoding="utf-8").strip().split("\n")):
        named = {mention.code for mention in find(read(item["title"], item["text"], "")) if mention.kind != "company"}
        for pair in item["pairs"]:
            sides += len(pair)
            found += len(named & set(pair))
    assert found / sides >= 0.99


def test_codes_are_the_sides_of_the_contract() -> None:
    assert len(CODES) == 200
    assert {"EU", "XK", "TW", "PS", "VA", "NU", "CK", "GB"} <= CODES
    assert not {"HK", "GL", "AW", "PR", "UK", "EL"} & CODES
    assert all(len(ALPHA3[code]) == 3 for code in CODES)


@pytest.mark.parametrize(
    ("code", "lang", "name"),
    [("TR", "en", "Türkiye"), ("CD", "en", "DR Congo"), ("KZ", "fr", "Kazakhstan"), ("DE", "fr", "Allemagne"),
     ("KZ", "ru", "Казахстан"), ("DE", "zz", "Germany"), ("QQ", "en", "QQ")],
)  # fmt: skip
def test_names_for_people(code: str, lang: str, name: str) -> None:
    assert country_name(code, lang) == name


@pytest.mark.parametrize(
    ("code", "name"),
    [("AE", "the United Arab Emirates"), ("US", "the United States"), ("NL", "the Netherlands"), ("KZ", "Kazakhstan"),
     ("EU", "the European Union"), ("SD", "Sudan"), ("QQ", "QQ")],
)  # fmt: skip
def test_names_within_a_sentence(code: str, name: str) -> None:
    assert country_in_sentence(code) == name


def test_articles_stand_only_before_sides() -> None:
    assert {cells[0] for _, cells in rows(SHELF / "articles.tsv", 1)} <= CODES


def test_all_shelves_can_be_read() -> None:
    languages, rules = check()
    assert languages > 75
    assert rules > 200


def test_a_word_for_two_countries_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    faulty = tmp_path / "own" / "zz.tsv"
    faulty.write_text("CD\tname\tCongo\nCG\tname\tCongo\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"own/zz\.tsv: Congo stands for CD and for CG"):
        check_words(faulty, {"CD", "CG"})
    faulty.write_text("QQ\tname\tNowhere\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"QQ \(Nowhere\) is no code"):
        check_words(faulty, {"CD", "CG"})


def test_leaders_are_known_in_six_scripts() -> None:
    for lang in ("en", "ru", "ar", "zh", "ko", "ja", "hi"):
        assert ("RU", "leader") in {(code, kind) for code, kind, _ in leaders(lang)}


def test_a_vocabulary_of_an_unknown_language_is_the_english_one() -> None:
    assert _named(_forced("Kazakhstan and Rwanda", "qx")) == ["KZ", "RW"]
    assert vocabulary("qx") is vocabulary("qx")


def test_rules_are_for_languages_that_are_recognised() -> None:
    for number, (langs, words, kind, pattern) in rows(SHELF / "ambiguous.tsv", 4):
        assert fold(words) == words, f"line {number}: write {words} small"
        for lang in langs.split(","):
            assert lang == "*" or script(lang), f"line {number}: no language {lang}"
        if kind == "instead":
            assert pattern.partition(" ")[0] in CODES


@pytest.mark.parametrize("path", sorted((SHELF / "own").glob("*.tsv")), ids=lambda path: path.stem)
def test_a_shelf_is_of_a_language_that_is_recognised(path: Path) -> None:
    assert script(path.stem)


def test_a_faulty_shelf_is_named_with_its_line(tmp_path: Path) -> None:
    faulty = tmp_path / "zz.tsv"
    faulty.write_text("KZ\tname\tKazakhstan\nKZ\tname\tQazaqstan\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"zz\.tsv:2: KZ name stands in line 1 too"):
        list(facts(faulty))
    faulty.write_text("KZ name Kazakhstan\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"zz\.tsv:1: 1 columns, not 3"):
        list(facts(faulty))


def _look_alikes(first: str, last: str) -> dict[str, str]:
    lines = (LEXICON / "confusables.tsv").read_text(encoding="utf-8").splitlines()
    found = [line.split("\t")[1:] for line in lines if line.startswith("latin\t")]
    return {latin: other for other, latin in found if first <= other <= last}


_DISGUISES: dict[str, Callable[[str], str]] = {
    "Cyrillic": lambda text: _every_third(text, _look_alikes("\u0400", "\u04ff")),
    "Greek": lambda text: _every_third(text, _look_alikes("\u0370", "\u03ff")),
    "wide": lambda text: "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in text),
    "zero width": "\u200b".join,
    "soft hyphen": "\u00ad".join,
}


def _every_third(text: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(char, char) if place % 3 == 0 else char for place, char in enumerate(text))


@pytest.mark.parametrize("way", _DISGUISES)
def test_no_disguise_hides_a_country_of_the_corpus(way: str) -> None:
    disguise = _DISGUISES[way]
    for item in map(json.loads, (_CORPUS / "dev.jsonl").read_text(encoding="utf-8").strip().split("\n")):
        plain = read(item["title"], item["text"], item["lang"])
        hidden = read(disguise(item["title"]), disguise(item["text"]), item["lang"])
        named = {mention.code for mention in find(plain)}
        assert named <= {mention.code for mention in find(hidden)}, item["id"]


@pytest.mark.parametrize(
    ("one", "other", "within"),
    [("EU", "DE", True), ("DE", "EU", True), ("EU", "GB", False), ("DE", "FR", False), ("EU", "KE", False)],
)
def test_a_union_and_its_members_are_no_pair(one: str, other: str, within: bool) -> None:
    assert is_within(one, other) is within
