"""OPML 2.0, the list of feeds that all readers exchange: import that forgives, export that is strict.

Half of the real files are not well-formed (bare `&` in addresses, broken encodings). Import only reads the bytes that
it is given: it asks no server, follows no include and expands no entity.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import cast, get_args
from xml.sax.saxutils import quoteattr

from seeds.address import accepted, normal
from seeds.declared import COUNTRIES, KEY, LANGUAGE, SeedError
from seeds.model import Feed, Kind

LARGEST = 10_000_000
"""Bytes; a list of 10,000 feeds takes two million."""

_SPACE = "https://github.com/pactwatch/pactwatch/opml"
_PREFIX = "pactwatch"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_OUTLINE = re.compile(r"<(/?)outline\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)(/?)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FEED_SCHEME = re.compile(r"^feed:(?:(//)|(?=https?:))", re.IGNORECASE)
"""`feed://host/` and `feed:https://host/`, as some readers export addresses."""
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outlines:
    """What an OPML file holds: feeds in its order, doubles by address left out, and the addresses that we would not
    ask, each with the reason."""

    feeds: tuple[Feed, ...]
    refused: tuple[str, ...] = ()


def read(body: bytes, taken: Iterable[str] = ()) -> Outlines:
    """The feeds of an OPML file, in whatever folders they lie, with keys that are none of `taken`.

    What the file does not tell, or tells in codes that are none, is empty. `SeedError` where it is no OPML, is too
    large, or declares entities.
    """
    text = _checked(body)
    feeds: dict[str, Feed] = {}
    refused: list[str] = []
    keys = set(taken)
    for outline in _outlines(text):
        url = _FEED_SCHEME.sub(lambda found: "http://" if found.group(1) else "", outline.get("xmlurl", ""))
        try:
            host = accepted(url).hostname or ""
        except ValueError as error:
            refused += [f"{_shown(url)!r}: {error}"] if url else []
            continue
        if normal(url) not in feeds:
            feed = feeds[normal(url)] = _feed(outline, url, host, keys)
            keys.add(feed.key)
    return Outlines(tuple(feeds.values()), tuple(refused))


@dataclass(frozen=True, slots=True)
class Gathered:
    """What some OPML files bring beside what is declared: new feeds, declared ones that they name, what is refused."""

    fresh: tuple[Feed, ...]
    known: tuple[Feed, ...]
    refused: tuple[str, ...]


def gather(files: Iterable[tuple[str, bytes]], declared: Iterable[Feed]) -> Gathered:
    """Read files (name and bytes) side by side. Two feeds are the same where their addresses are; a key that is taken
    gets a counter. `SeedError` names every file that is no OPML."""
    held = {normal(feed.url): feed for feed in declared}
    fresh: dict[str, Feed] = {}
    known: dict[str, Feed] = {}
    refused: list[str] = []
    faults: list[str] = []
    for name, body in files:
        try:
            found = read(body, [feed.key for feed in (*held.values(), *fresh.values())])
        except SeedError as error:
            faults += [f"{name}: {fault}" for fault in error.faults]
            continue
        refused += found.refused
        for feed in found.feeds:
            place = normal(feed.url)
            if place in held:
                known[place] = held[place]
            else:
                fresh.setdefault(place, feed)
    if faults:
        raise SeedError([f"{fault}; nothing was added" for fault in faults])
    return Gathered(tuple(fresh.values()), tuple(known.values()), tuple(refused))


def _checked(body: bytes) -> str:
    if len(body) > LARGEST:
        raise SeedError([f"OPML of {len(body):,} bytes; at most {LARGEST:,} are read"])
    text = _text(body)
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise SeedError(["OPML that declares entities is not read; remove its <!DOCTYPE>"])
    if not re.search(r"<opml\b", text, re.IGNORECASE):
        raise SeedError(["this is no OPML: it has no <opml> element"])
    return text


def _text(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    declared = _DECLARED.search(body[:400])
    for name in ("utf-8-sig", declared.group(1).decode("ascii") if declared else "cp1252"):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8-sig", errors="replace")


def _outlines(text: str) -> Iterator[dict[str, str]]:
    """The attributes of each outline, names in lower case; a bare `&` in an address is taken as it stands."""
    for match in _OUTLINE.finditer(_without_comments(text)):
        if not match.group(1):
            yield {
                name.lower(): unescape(double or single).strip()
                for name, double, single in _ATTRIBUTE.findall(match.group(2))
            }


def _without_comments(text: str) -> str:
    """In one pass: an unclosed comment hides the rest."""
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


def _feed(outline: dict[str, str], url: str, host: str, keys: set[str]) -> Feed:
    """A feed of one outline; our own attributes count with our prefix only."""
    name = _line(outline.get("title", "")) or _line(outline.get("text", "")) or host
    kind = outline.get(f"{_PREFIX}:kind", "")
    return Feed(
        key=free_key(outline.get(f"{_PREFIX}:key") or name, keys, host), outlet=name, url=url,
        country=_country(outline.get(f"{_PREFIX}:country", "")), lang=_language(outline.get("language", "")),
        kind=cast(Kind, kind) if kind in get_args(Kind) else "other", owner=_line(outline.get(f"{_PREFIX}:owner", "")),
        official=_country(outline.get(f"{_PREFIX}:official", "")),
    )  # fmt: skip


def _shown(url: str) -> str:
    """An address without what may be a secret in it."""
    return re.sub(r"//[^/]*@", "//", url.partition("?")[0])[:200]


def _line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:200]


def _country(code: str) -> str:
    return code.upper() if code.upper() in COUNTRIES else ""


def _language(tag: str) -> str:
    """A BCP 47 tag as `feeds.toml` has it; readers also write `EN_us`, `en-US` and `English`."""
    first, _, rest = tag.replace("_", "-").partition("-")
    tidy = f"{first.lower()}-{rest}" if rest else first.lower()
    return tidy if LANGUAGE.fullmatch(tidy) else ""


def free_key(name: str, taken: Iterable[str], fallback: str = "feed") -> str:
    """A key made of a name, with a counter where it is taken."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()  # é as e
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    if not KEY.fullmatch(stem):
        stem = re.sub(r"[^a-z0-9]+", "-", fallback.lower().removeprefix("www.")).strip("-")[:60].strip("-") or "feed"
    taken = set(taken)
    key, n = stem, 2
    while key in taken:
        key, n = f"{stem}-{n}", n + 1
    return key


def write(feeds: Iterable[Feed], title: str = "Pactwatch") -> bytes:
    """OPML 2.0 in UTF-8, one outline a feed; reads back as the same feeds. What other readers have no attribute for
    stands in a namespace of our own, as OPML demands."""
    outlines = "\n".join(f"    <outline{_attributes(feed)}/>" for feed in feeds)
    head = f"<title>{title.replace('&', '&amp;').replace('<', '&lt;')}</title>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0" xmlns:{_PREFIX}="{_SPACE}">\n'
        f"  <head>{head}</head>\n  <body>\n{outlines}\n  </body>\n</opml>\n"
    ).encode()


def _attributes(feed: Feed) -> str:
    facts = {
        "type": "rss", "text": feed.outlet, "title": feed.outlet, "xmlUrl": feed.url, "language": feed.lang,
        **{f"{_PREFIX}:{name}": getattr(feed, name) for name in ("key", "country", "kind", "owner", "official")},
    }  # fmt: skip
    return "".join(f" {name}={quoteattr(value)}" for name, value in facts.items() if value)
