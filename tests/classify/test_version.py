"""The classifier's version: the same for the same files, another for any change of them."""

from pathlib import Path

import classify
from classify.version import VERSION, fingerprint


def test_any_change_of_code_or_words_is_another_version(tmp_path: Path) -> None:
    code, words = tmp_path / "decide.py", tmp_path / "en.toml"
    code.write_text("A = 1", encoding="utf-8")
    words.write_text("sign = []", encoding="utf-8")
    before = fingerprint([code, words])
    assert fingerprint([words, code]) == before
    code.write_text("A = 2", encoding="utf-8")
    assert fingerprint([code, words]) != before


def test_code_and_words_are_both_in_the_version() -> None:
    room = Path(classify.__file__).parent
    files = [*room.glob("*.py"), *(one for one in (room / "lexicon").rglob("*") if one.is_file())]
    assert fingerprint(files) == VERSION
    assert fingerprint(file for file in files if file.name != "decide.py") != VERSION
