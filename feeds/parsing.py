"""From a body to entries. Never raises on what a publisher sends; meant for a process that can be killed.

decode -> which dialect -> mend -> the quick reader, else the forgiving one -> plain text, absolute links, dates in UTC.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree  # type: ignore[import-untyped]

from feeds import forgiving, jsonfeed, mend, quick
from feeds.decode import decode, gunzip
from feeds.entries import Source, absolute, finish
from feeds.model import Parsed
from feeds.plain import is_doubled, scrub
from feeds.raw import RawFeed
from seeds.model import Feed

LARGEST = 15_000_000
_LOOKS_LIKE_ENTRY = re.compile(r"<(?:[\w-]{1,30}:)?(?:item|entry)[\s>]", re.IGNORECASE)
LARGEST_PAGE = 1_000_000
"""Characters of a web page in which offers of feeds are looked for."""


def parse(
    body: bytes, feed: Feed, content_type: str = "", *, url: str = "", now: datetime | None = None, most: int = 500
) -> Parsed:
    """What a body says: entries, or the name of an error; `MemoryError` is all that is raised.

    `url` is where the body came from (default: the feed's address), the base of relative links; `now` bounds dates in
    the future; of more than `most` entries the newest are kept and the others counted.
    """
    try:
        return _parse(body, content_type, Source(feed, url or feed.url, now, most))
    except MemoryError:
        raise
    except Exception:  # a parser's own bug on a stranger's bytes must not stop the other feeds
        why = "can't be read: the parser stumbles over it, which is a fault of Pactwatch; please report the address"
        return Parsed(error="NotAFeed", detail=why)


def _parse(body: bytes, content_type: str, source: Source) -> Parsed:
    if body.startswith(b"\x1f\x8b"):
        if "gzip" not in content_type:
            return Parsed(error="NotAFeed", detail="compressed bytes that the server does not call so")
        try:
            body = gunzip(body, LARGEST)
        except ValueError as error:
            return Parsed(error="Broken", detail=str(error))
    if not body.strip():
        return Parsed(error="NotAFeed", detail="an empty answer")
    text, note = decode(body, content_type, source.feed.lang)
    mended = [note] if note else []
    if text.lstrip().startswith(("{", "[")):
        raw = jsonfeed.read(text)
        return finish(raw, source, mended) if raw else Parsed(error="NotAFeed", detail="no JSON Feed, or one cut short")
    return _xml(text, source, mended)


def _xml(text: str, source: Source, mended: list[str]) -> Parsed:
    document = mend.start(text)
    prefix, name = mend.root(document)
    if name in mend.PAGE:
        return Parsed(error="NotAFeed", detail="a web page, not a feed", offers=tuple(offered(text, source.url)))
    reading = _read(document, prefix, name, source.url)
    if reading.raw is None:
        return Parsed(error="NotAFeed", detail=scrub(f"no feed: {reading.note or 'nothing in it'}")[:200])
    if reading.raw.offers and not reading.raw.entries:
        offers = tuple(address for offer in reading.raw.offers[:20] if (address := absolute(offer, source.url)))
        return Parsed(error="NotAFeed", detail="an index of sitemaps; watch one of them", offers=offers)
    mended += [reading.note] if reading.note else []
    if reading.raw.dialect == "sitemap" and not reading.raw.entries and "<url" in document[7:]:
        return Parsed(error="NotAFeed", detail="a sitemap that tells no titles, so none of news")
    if is_doubled(text):
        reading.raw.undouble()
        mended.append("letters encoded twice")
    parsed = finish(reading.raw, source, mended)
    if reading.truncated:
        return replace(parsed, error="Truncated", detail="the feed ends in its middle; entries may be missing")
    return parsed


@dataclass(slots=True)
class _Reading:
    raw: RawFeed | None
    note: str = ""
    truncated: bool = False


def _read(document: str, prefix: str, name: str, url: str) -> _Reading:
    """By the quick reader, by it after repairs, or by the forgiving one, in this order."""
    closed, truncated, partial = mend.whole(document, prefix, name)
    if "<!DOCTYPE" in document[:8000].upper() or "<!ENTITY" in document[:8000].upper():
        return _Reading(forgiving.read(mend.short_entities(document)), "declares entities", truncated)
    if partial:
        return _Reading(forgiving.read(mend.characters(document)), "", truncated)
    try:
        return _Reading(_not_silent(quick.read(closed, url), closed), "", truncated)
    except quick.NotPlain:
        repaired = mend.characters(closed)
    try:
        return _Reading(_not_silent(quick.read(repaired, url), repaired), "not well-formed", truncated)
    except quick.NotPlain as error:
        raw = _fuller(_lenient(repaired, url), forgiving.read(repaired))
        return _Reading(raw, "not well-formed" if raw else str(error), truncated)


def _not_silent(raw: RawFeed, document: str) -> RawFeed:
    """Where nothing was found but something looks like an entry (upper-case elements, items in an odd place), the
    forgiving reader is asked as well: silence would be the worst answer."""
    if raw.entries or raw.offers or not _LOOKS_LIKE_ENTRY.search(document):
        return raw
    return _fuller(raw, forgiving.read(document)) or raw


def _lenient(document: str, url: str) -> RawFeed | None:
    try:
        return quick.read(document, url, lenient=True)
    except quick.NotPlain:
        return None


def _fuller(one: RawFeed | None, other: RawFeed | None) -> RawFeed | None:
    """Of two readings of a document that is not well-formed, the one that finds more; the first where equal (libxml2's:
    feedparser leaves `&amp;` in guids and takes the end off `&amp;b` in links)."""
    return other if _found(other) > _found(one) else one


def _found(raw: RawFeed | None) -> tuple[int, int, int]:
    if raw is None:
        return -1, -1, -1
    entries = raw.entries
    return sum(bool(e.title) for e in entries), len(entries), sum(bool(e.link) + bool(e.dates) for e in entries)


def offered(text: str, url: str) -> list[str]:
    """Addresses of the feeds that a page offers by `<link rel="alternate">`, in order, without doubles."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    try:
        root = etree.fromstring(text[:LARGEST_PAGE].encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return []
    if root is None:
        return []
    links = [link for link in root.iter("link", "a") if _is_offer(link)]
    base = next((absolute(place.get("href") or "", url) for place in root.iter("base")), "") or url
    found = (absolute(link.get("href") or "", base) for link in links)
    return list(dict.fromkeys(address for address in found if address))[:20]


def _is_offer(link: etree._Element) -> bool:
    kind = (link.get("type") or "").lower()
    related = (link.get("rel") or "").lower().split()
    return "alternate" in related and any(sort in kind for sort in ("rss", "atom", "feed+json", "rdf"))
