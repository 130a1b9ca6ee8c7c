"""The text of an article page: what a reader sees of it, or why there is none. Runs in a process that can be killed.

trafilatura finds the article; before it looks, everything is removed that hides itself by its own attributes, since it
would be read otherwise (`hidden`, `font-size: 0`, text in the colour of its ground, off-screen, closed details). What
style sheets hide can't be seen here, so a page's words count less than the title and the feed's own text.
"""

import re
import tomllib
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]

from feeds.decode import decode
from feeds.plain import LONGEST_TEXT, is_hidden, scrub

LARGEST_PAGE = 3_000_000
SHORTEST = 200
"""Characters under which a page's text is nothing to judge by."""
WALL = 1_500
"""Characters under which words of a wall make the page one."""

_OFFSCREEN = re.compile(
    r"(?:left|top|text-indent|margin-left)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|"
    r"(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|$)|transform\s*:\s*scale\(\s*0|color\s*:\s*transparent",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|;)\s*(color|background(?:-color)?)\s*:\s*([^;]+)", re.IGNORECASE)
_GONE = ("script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "dialog")
_NOT_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?false", re.IGNORECASE)
_TEASER = etree.XPath("not(ancestor::article) and not(.//h1) and (.//h2//a | .//h3//a | .//h4//a)")
_WHITE = {"white": "#fff", "#ffffff": "#fff", "rgb(255,255,255)": "#fff"}


@dataclass(frozen=True, slots=True)
class Extracted:
    """`note` says why there is no text to go by: `paywall`, `consent`, `challenge`, `missing`, `empty`, `another page`,
    `no page`; empty where there is."""

    text: str = ""
    note: str = ""


def extract(body: bytes, content_type: str, url: str, asked: str, title: str, lang: str = "") -> Extracted:
    """The article of a page. `asked` is the address that the entry gave, `title` the entry's; both tell whether this is
    the article at all. Never raises (but `MemoryError`)."""
    try:
        return _extract(body[:LARGEST_PAGE], content_type, url, asked, title, lang)
    except MemoryError:
        raise
    except Exception:  # whatever a library finds in a stranger's page: there is the feed's text
        return Extracted(note="no page")


def _extract(body: bytes, content_type: str, url: str, asked: str, title: str, lang: str) -> Extracted:
    if (
        body[:5] in (b"%PDF-", b"\x89PNG\r")
        or body[:3] in (b"GIF", b"\xff\xd8\xff", b"PK\x03")
        or b"\x00" in body[:1000]
    ):
        return Extracted(note="no page")
    page, _ = decode(body, content_type, lang)
    if not re.search(r"<(html|body|head|article|p|div)\b", page[:20_000], re.IGNORECASE):
        return Extracted(note="no page")
    tree = html.document_fromstring(scrub(page).encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    name = _title(tree)
    closed = _NOT_FREE.search(page) is not None
    whole = str(tree.text_content())[:LONGEST_TEXT]
    _remove_hidden(tree)
    text = scrub(_main_text(tree, url))[:LONGEST_TEXT]
    said = f"{name}\n{text if len(text) >= SHORTEST else whole}".casefold()
    return Extracted(text, _note(text, said, closed=closed, url=url, asked=asked, title=title))


def _main_text(tree: Any, url: str) -> str:
    """What stands beside an article may name other countries and other papers, so it is left out where in doubt; all is
    taken where that leaves too little."""
    text = _article(deepcopy(tree), url, careful=True)
    return text if len(text) >= SHORTEST else _article(tree, url, careful=False)


def _article(tree: Any, url: str, *, careful: bool) -> str:
    return (
        trafilatura.extract(
            tree, url=url, include_comments=False, include_tables=not careful, favor_precision=careful
        ) or ""
    )  # fmt: skip


def _note(text: str, said: str, *, closed: bool, url: str, asked: str, title: str) -> str:
    """Why the text is not the article's, or empty; `said` is what the page says where there is hardly a text."""
    if urlsplit(url).hostname in _walls()["consent_hosts"]:
        return "consent"
    if len(text) < WALL:
        for sort in ("missing", "challenge", "consent", "paywall"):
            if any(words.casefold() in said for words in _walls()[sort]):
                return sort
    if len(text) < SHORTEST:
        return "paywall" if closed else "empty"
    if closed and len(text) < WALL:
        return "paywall"
    if not _is_about(title, said) or (_is_home(url) and not _is_home(asked)):
        return "another page"
    return ""


def _is_about(title: str, page: str) -> bool:
    """Whether a good part of the entry's title stands in the page."""
    words = {word for word in re.findall(r"\w+", title.casefold()) if len(word) > 3}
    if len(words) < 2:
        return True
    return 5 * sum(word in page for word in words) >= 2 * len(words)


def _is_home(url: str) -> bool:
    return urlsplit(url).path.strip("/") in ("", "index.html", "index.php", "home")


def _title(tree: Any) -> str:
    heads = [element.text_content() for tag in ("title", "h1") for element in list(tree.iter(tag))[:2]]
    metas = [meta.get("content") or "" for meta in tree.iter("meta") if meta.get("property") == "og:title"]
    return " ".join(" ".join(heads + metas).split())[:1000]


def _remove_hidden(tree: Any) -> None:
    """Take out what no reader sees; text after an element stays."""
    for element in list(tree.iter(etree.Element)):
        if element.getparent() is not None and element.tag != "body" and _is_unseen(element):
            element.drop_tree()
    for teaser in _teasers(tree):
        teaser.drop_tree()


def _teasers(tree: Any) -> list[Any]:
    """Other stories at the foot of a page: articles side by side whose headings lead elsewhere, within no article."""
    beside: dict[Any, list[Any]] = defaultdict(list)
    for element in tree.iter("article"):
        if _TEASER(element):
            beside[element.getparent()].append(element)
    return [teaser for row in beside.values() if len(row) > 1 for teaser in row]


def _is_unseen(element: Any) -> bool:
    if element.tag in _GONE or is_hidden(element) or _is_beside(element):
        return True
    if element.tag == "details":
        return "open" not in element.attrib
    style = element.get("style")
    if not style:
        return element.get("color", "").strip().lower() in ("white", "#fff", "#ffffff") and element.tag == "font"
    return _OFFSCREEN.search(style) is not None or _is_camouflaged(style)


def _is_beside(element: Any) -> bool:
    """Whether an element says that it is no part of the article: a dialogue about cookies, an advertisement."""
    beside = _beside()
    return element.get("role") in beside["roles"] or not beside["classes"].isdisjoint(element.get("class", "").split())


def _is_camouflaged(style: str) -> bool:
    """Text in the colour of its own ground, or white where no ground is named."""
    colours = {name.lower().partition("-")[0]: _colour(value) for name, value in _COLOUR.findall(style)}
    return "color" in colours and colours["color"] == colours.get("background", "#fff")


def _colour(value: str) -> str:
    plain = "".join(value.lower().replace("!important", "").split())
    return _WHITE.get(plain, plain)


@cache
def _walls() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))


@cache
def _beside() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in _walls()["beside"].items()}
