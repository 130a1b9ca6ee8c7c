"""Extractors of article text side by side: `python -m benchmarks.extractors [--json]`.

Every story of `pages.toml` in every of its layouts. Told: share of the stories' words that are found. Noise: share of
the words found that are none of the story's (its headline is neither). Whole: pages whose every paragraph is found and
whose noise stays under a tenth. Of libraries that are not installed it says so; ours is trafilatura behind what
`feeds.extract` does before and after it.
"""

import argparse
import collections
import json
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from feeds.extract import extract

URL = "https://outlet.example/news/2026/11/24/story"
STOPLISTS = {"en": "English", "fr": "French", "es": "Spanish", "ru": "Russian", "ar": "Arabic"}
Extractor = Callable[[str, str, str], str]
"""Page, language and headline to text."""


@dataclass(frozen=True)
class Page:
    """A built page and what it tells."""

    layout: str
    lang: str
    title: str
    html: str
    told: tuple[str, ...]


def pages() -> Iterator[Page]:
    """Every story in every layout."""
    shelf = tomllib.loads((Path(__file__).parent / "pages.toml").read_text(encoding="utf-8"))
    for layout in shelf["layout"]:
        for story in shelf["story"]:
            body = "".join(layout["paragraph"].format(text=text) for text in story["paragraphs"])
            whole = layout["html"].format(title=story["title"], lang=story["lang"], p=body)
            yield Page(layout["name"], story["lang"], story["title"], whole, tuple(story["paragraphs"]))


def ours(page: str, lang: str, title: str) -> str:
    """As Pactwatch reads a page."""
    return extract(page.encode(), "text/html; charset=utf-8", URL, URL, title, lang).text


def _trafilatura(page: str, lang: str, title: str) -> str:
    return str(import_module("trafilatura").extract(page, url=URL, include_comments=False) or "")


def _readability(page: str, lang: str, title: str) -> str:
    return _text(import_module("readability").Document(page).summary())


def _newspaper(page: str, lang: str, title: str) -> str:
    article = import_module("newspaper").Article(URL, language=lang)
    article.download(input_html=page)
    article.parse()
    return str(article.text)


def _goose(page: str, lang: str, title: str) -> str:
    settings = {"use_meta_language": False, "target_language": lang, "enable_image_fetching": False}
    return str(import_module("goose3").Goose(settings).extract(raw_html=page).cleaned_text)


def _justext(page: str, lang: str, title: str) -> str:
    library = import_module("justext")
    words = library.get_stoplist(STOPLISTS[lang]) if lang in STOPLISTS else frozenset()
    found = library.justext(page.encode(), words)
    return "\n".join(part.text for part in found if not part.is_boilerplate)


def _resiliparse(page: str, lang: str, title: str) -> str:
    return str(import_module("resiliparse.extract.html2text").extract_plain_text(page, main_content=True))


def _text(markup: str) -> str:
    return "\n".join(import_module("lxml.html").fromstring(markup).itertext())


EXTRACTORS: dict[str, tuple[str, Extractor]] = {
    "Pactwatch": ("trafilatura", ours),
    "trafilatura": ("trafilatura", _trafilatura),
    "readability-lxml": ("readability-lxml", _readability),
    "newspaper4k": ("newspaper4k", _newspaper),
    "goose3": ("goose3", _goose),
    "jusText": ("justext", _justext),
    "Resiliparse": ("resiliparse", _resiliparse),
}
"""Name to package and function."""


def words(text: str) -> collections.Counter[str]:
    """Words, and single characters of scripts that write without spaces."""
    return collections.Counter(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+", text.casefold()))


@dataclass
class Score:
    """Sums over pages."""

    told: int = 0
    found: int = 0
    noise: int = 0
    given: int = 0
    whole: int = 0
    pages: int = 0
    seconds: float = 0.0

    def add(self, page: Page, text: str, seconds: float) -> None:
        """Count one page."""
        told, given = words(" ".join(page.told)), words(text) - words(page.title)
        shared = (told & words(text)).total()
        noise = (given - told).total()
        self.told, self.found = self.told + told.total(), self.found + shared
        self.given, self.noise = self.given + given.total(), self.noise + noise
        every = all((words(part) - words(text)).total() <= words(part).total() // 20 for part in page.told)
        self.whole += every and noise * 10 < max(1, given.total())
        self.pages, self.seconds = self.pages + 1, self.seconds + seconds

    def row(self) -> dict[str, Any]:
        """Shares, and milliseconds a page."""
        return {
            "told": round(self.found / self.told, 3),
            "noise": round(self.noise / max(1, self.given), 3),
            "whole": round(self.whole / self.pages, 3),
            "ms": round(1000 * self.seconds / self.pages, 2),
        }


def run(read: Extractor) -> Score:
    """One extractor over all pages; what it raises counts as nothing found."""
    score = Score()
    for page in pages():
        began = time.process_time()
        try:
            text = read(page.html, page.lang, page.title)
        except Exception:  # a library's failure on a page is its result
            text = ""
        score.add(page, text, time.process_time() - began)
    return score


def _package(name: str) -> dict[str, str]:
    about = metadata(name).json
    classes = [value.rpartition(" :: ")[2] for value in about.get("classifier", ()) if "License" in value]
    licence = about.get("license_expression") or ", ".join(classes) or str(about.get("license", "")).partition("\n")[0]
    return {"version": str(about["version"]), "licence": str(licence)[:60]}


def main() -> None:
    """Print a table, best share of whole pages first."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    as_json = options.parse_args().json
    rows = []
    for name, (package, read) in EXTRACTORS.items():
        try:
            about = _package(package)
            read("<html><body><p>warm</p></body></html>", "en", "")
        except (PackageNotFoundError, ImportError) as error:
            print(f"{name} is not measured: {error}")
            continue
        except Exception:  # an empty page may be refused
            about = _package(package)
        rows.append({"extractor": name, **about, **run(read).row()})
    rows.sort(key=lambda row: (-row["whole"], row["noise"]))
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    print("| extractor | version | licence | told | noise | whole pages | ms a page |\n|---|---|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")


if __name__ == "__main__":
    main()
