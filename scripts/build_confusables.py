"""Builds `classify/lexicon/confusables.tsv`: letters of other scripts that look like Latin ones, and the reverse.

    pip install confusable-homoglyphs==3.3.1      # carries Unicode's confusables (UTS 39) as JSON
    python scripts/build_confusables.py

For developers, not at run time.
"""

import json
import re
import unicodedata
from pathlib import Path

import confusable_homoglyphs

SHELF = Path(__file__).parent.parent / "classify" / "lexicon" / "confusables.tsv"
HEAD = """\
# Letters that look alike. direction (latin: a letter of another script and the Latin one; cyrillic: a Latin letter and
# the Cyrillic one), letter, like. Built by scripts/build_confusables.py from Unicode's confusables (UTS 39).
"""
LATIN = re.compile("[A-Za-z]")
OTHER = re.compile("[\u0370-\u03ff\u0400-\u058f\u13a0-\u13f5]")
CYRILLIC = re.compile("[а-яА-ЯЁёІіЇїЄєҐґЎўҚқӘәЈј]")
# Pairs that look the same in the types that news is set in, but that UTS 39 lists under another prototype.
ALSO_LATIN = dict(
    zip(
        "кмтнвхуіјԁԛԝһКМТНВХУІЈνκτηιυαορχγωεΚΖΥΗΙΜΝΤΧΑΒΕΟΡ",
        "kmthbxyijdqwhKMTHBXYIJvktniuaopxyweKZYHIMNTXABEOP",
        strict=True,
    )
)
ALSO_CYRILLIC = dict(zip("aceopxykimtjABCEHKMOPTXYIJ", "асеорхукімтјАВСЕНКМОРТХУІЈ", strict=True))


def main() -> None:
    """Write the shelf."""
    data = Path(confusable_homoglyphs.__file__).parent / "confusables.json"
    latin: dict[str, str] = {}
    cyrillic: dict[str, str] = {}
    for letter, likes in json.loads(data.read_text(encoding="utf-8")).items():
        for like in (entry["c"] for entry in likes if len(letter) == len(entry["c"]) == 1):
            if OTHER.match(letter) and LATIN.match(like) and unicodedata.normalize("NFKC", letter) == letter:
                latin.setdefault(letter, like)
            if LATIN.match(letter) and CYRILLIC.match(like):
                cyrillic.setdefault(letter, like)
    latin = ALSO_LATIN | latin
    cyrillic |= ALSO_CYRILLIC
    lines = [f"latin\t{letter}\t{like}\n" for letter, like in sorted(latin.items())]
    lines += [f"cyrillic\t{letter}\t{like}\n" for letter, like in sorted(cyrillic.items())]
    SHELF.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
