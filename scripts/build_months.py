"""Writes the months of `feeds/months.toml` from Unicode CLDR as in Babel: `python scripts/build_months.py`.

What stands above `[months]` in the file (comments, words that feeds write beside CLDR's) is kept.
"""

import unicodedata
from pathlib import Path

from babel import Locale

LANGUAGES = (
    "en af am ar az be bg bn bs ca cs cy da de el es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn "
    "ko ky lo lt lv mk ml mn mr ms my nb ne nl nn pa pl ps pt ro ru si sk sl sq sr sr_Latn sv sw ta te th tr uk ur uz "
    "vi zh"
)
TARGET = Path(__file__).parents[1] / "feeds" / "months.toml"


def names(language: str) -> list[list[str]]:
    """Twelve lists of folded names, empty where the language writes its months as numbers."""
    found: dict[int, list[str]] = {}
    months = Locale.parse(language).months
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                word = unicodedata.normalize("NFKC", name).casefold().strip().rstrip(".").rpartition(" ")[2]
                usable = len(word) > 1 and not any(character.isdigit() for character in word)
                if usable and word not in found.setdefault(number, []):
                    found[number].append(word)
    return [found[number] for number in range(1, 13)] if len(found) == 12 else []


def table(language: str, months: list[list[str]]) -> str:
    """One entry of the file."""
    cells = ["[" + ", ".join(f'"{word}"' for word in words) + "]" for words in months]
    return f"{language.replace('_', '-')} = [\n  {', '.join(cells[:6])},\n  {', '.join(cells[6:])},\n]\n"


def main() -> None:
    """Write the file anew."""
    head = TARGET.read_text(encoding="utf-8").partition("[months]\n")[0]
    tables = [table(language, months) for language in LANGUAGES.split(" ") if (months := names(language))]
    TARGET.write_text(f"{head}[months]\n{''.join(tables)}", encoding="utf-8")


if __name__ == "__main__":
    main()
