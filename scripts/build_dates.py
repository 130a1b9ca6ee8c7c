"""Builds `classify/lexicon/facts/calendar.tsv`, the names of months and weekdays, from CLDR. For developers only.

    pip install babel==2.18.0 && python scripts/build_dates.py

What CLDR lacks (cases, short forms, 'yesterday') stands in the language's shelf, `classify/lexicon/facts/<lang>.toml`.
"""

import multiprocessing
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import babel

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from classify.fold import fold  # noqa: E402

FACTS = ROOT / "classify" / "lexicon" / "facts"
LANGUAGES = sorted(path.stem for path in (ROOT / "classify" / "lexicon" / "names" / "built").glob("*.tsv"))
HAN = frozenset({"zh", "ja"})
_NUMERIC = re.compile(r"[0-9一-鿿]")
SHORTEST = 3


def main() -> None:
    lines = [
        f"# Months (1 to 12) and weekdays (0 is Monday) from CLDR by Babel {babel.__version__}: scripts/build_dates.py."
    ]
    # A process a language: Babel gives the names of the first locale that it loads where another one has only an alias.
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=1) as pool:
        for lang, found in zip(LANGUAGES, pool.map(listed, LANGUAGES, chunksize=1), strict=True):
            lines += [f"{lang}\t{kind}\t{number}\t{form}" for kind, number, form in found]
    (FACTS / "calendar.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def listed(lang: str) -> list[tuple[str, int, str]]:
    return sorted(set(forms(lang)))


def forms(lang: str) -> Iterator[tuple[str, int, str]]:
    """The names of a language, folded; months of Chinese and Japanese are numbers and left out."""
    try:
        locale = babel.Locale.parse(lang)
    except babel.UnknownLocaleError:
        return
    for kind, table, months in (("month", locale.months, True), ("weekday", locale.days, False)):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated") if months else ("wide",):
                for number, name in table[context][width].items():
                    form = fold(name).strip(". ")
                    if fits(form, lang, months):
                        yield kind, number, form


def fits(form: str, lang: str, months: bool) -> bool:
    if lang in HAN:
        return not months
    return len(form) >= SHORTEST and not _NUMERIC.search(form)


if __name__ == "__main__":
    main()
