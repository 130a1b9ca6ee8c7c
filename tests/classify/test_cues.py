"""The cue shelves: what an entry stands for, what is refused, and that cues are found where they stand."""

from pathlib import Path

import pytest

from classify import cues
from classify.shelf import LexiconError
from classify.text import read


def _found(title: str, lang: str = "en") -> set[tuple[str, str, str]]:
    doc = read(title, "", lang)
    return {(cue.kind, cue.code, doc.norm[cue.start : cue.end]) for cue in cues.find(doc)}


@pytest.mark.parametrize("lang", cues.languages())
def test_every_shelf_loads(lang: str) -> None:
    assert cues.shelf(lang).patterns


def test_words_are_found_whole() -> None:
    assert not any(kind == "sign" for kind, _, _ in _found("A signal from the designers"))


def test_the_longest_entry_wins_within_a_layer() -> None:
    assert ("sign", "plan", "to sign") in _found("Peru and Chile to sign treaty")
    assert ("sign", "now", "sign") not in _found("Peru and Chile to sign treaty")


def test_a_shorter_entry_is_taken_where_the_longest_does_not_fit() -> None:
    assert ("paper", "agreement", "agreement") in _found("An agreement onwards")


def test_cues_of_different_layers_may_overlap() -> None:
    found = _found("Treaty not signed")
    assert ("mark", "negation", "not") in found
    assert ("sign", "failed", "not signed") in found


def test_what_only_looks_like_an_act_is_skipped() -> None:
    assert not any(kind in cues.ACTS for kind, _, _ in _found("Signs of life in Peru"))


def test_a_language_without_a_shelf_is_read_with_english_words() -> None:
    assert cues.shelf("xx") is not cues.shelf("fr")
    assert cues.shelf("xx").patterns


def test_arabic_words_are_found_behind_their_clitics() -> None:
    assert any(kind == "paper" for kind, _, _ in _found("والاتفاقية", "ar"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[sing]\ndone = ['signed']\n", "no kind 'sing'"),
        ("[sign]\ndoen = ['signed']\n", "sign has no code 'doen'"),
        ("[sign]\ndone = ['signed', 'signed']\n", "has 'signed' twice"),
        ("[sign\n", "lexicon"),
    ],
)
def test_a_fault_in_a_shelf_is_named(
    content: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cues, "LEXICON", tmp_path / "lexicon")
    path = tmp_path / "lexicon" / "xx.toml"
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        cues.read(path)
