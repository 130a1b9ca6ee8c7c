"""OPML 2.0, the list of feeds that all readers exchange: import that forgives, export that is strict.

Half of the real files are not well-formed (bare `&` in addresses, broken encodings). Import only reads the bytes that
it is given: it asks no server, follows no include and expands no entity.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from xml.sax.saxutils import quoteattr

from seeds.address import accepted, normal
from seeds.declared import KEY, SeedError
from seeds.model import Feed

LARGEST = 10_000_000
"""Bytes; a list of 10,000 feeds takes two million."""

_OUTLINE = re.compile(r"<(/?)outline\b((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)(/?)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})", re.IGNORECASE)


def read(body: bytes, taken: Iterable[str] = ()) -> list[Feed]:
    """The feeds of an OPML file, doubles by address left out, in order, with keys that are none of `taken`.

    Country and language are empty where the file does not tell (`language` and our own `country` attribute do).
    Outlines whose address we would not ask are left out. `SeedError` where it is no OPML, is too large, or declares
    entities.
    """
    if len(body) > LARGEST:
        raise SeedError([f"OPML of {len(body):,} bytes; at most {LARGEST:,} are read"])
    text = _text(body)
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise SeedError(["OPML that declares entities is not read; remove its <!DOCTYPE>"])
    if not re.search(r"<opml\b", text, re.IGNORECASE):
        raise SeedError(["this is no OPML: it has no <opml> element"])
    feeds: dict[str, Feed] = {}
    keys = set(taken)
    for found in _outlines(text):
        feed = _feed(found, keys)
        if feed is not None and feeds.setdefault(normal(feed.url), feed) is feed:
            keys.add(feed.key)
    return list(feeds.values())


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


def _feed(outline: dict[str, str], keys: set[str]) -> Feed | None:
    url = outline.get("xmlurl", "")
    try:
        host = accepted(url).hostname or ""
    except ValueError:
        return None
    name = outline.get("title") or outline.get("text") or host
    return Feed(
        key=free_key(outline.get("key") or name or host, keys, host), outlet=name[:200], url=url,
        country=outline.get("country", ""), lang=outline.get("language", ""),
    )  # fmt: skip


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
    """OPML 2.0 in UTF-8, one outline a feed; reads back as the same keys, outlets, addresses and codes."""
    outlines = "\n".join(f"    <outline{_attributes(feed)}/>" for feed in feeds)
    head = f"<title>{title.replace('&', '&amp;').replace('<', '&lt;')}</title>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head>{head}</head>\n  <body>\n{outlines}\n  </body>\n</opml>\n"
    ).encode()


def _attributes(feed: Feed) -> str:
    facts = {
        "type": "rss", "text": feed.outlet, "title": feed.outlet, "xmlUrl": feed.url, "language": feed.lang,
        "country": feed.country, "key": feed.key,
    }  # fmt: skip
    return "".join(f" {name}={quoteattr(value)}" for name, value in facts.items() if value)
