"""From a body to entries. Never raises on what a publisher sends (but MemoryError); runs in a process that can be killed.

decode -> sniff -> mend -> the quick reader, or the forgiving one -> plain text, absolute links, dates in UTC.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from lxml import etree  # type: ignore[import-untyped]

from feeds import forgiving, mend, quick
from feeds.dates import when
from feeds.decode import decode, gunzip
from feeds.model import Parsed
from feeds.plain import line, paragraphs, scrub
from feeds.raw import RawEntry, RawFeed
from seeds.address import LONGEST, accepted
from seeds.model import Entry, Feed

LARGEST = 15_000_000
LONGEST_GUID = 2_000
LONGEST_TTL = 7 * 24 * 3600.0


def parse(
    body: bytes, feed: Feed, content_type: str = "", *, url: str = "", now: datetime | None = None, most: int = 500
) -> Parsed:
    """What a body says. `url` is where it came from (default: the feed's address), the base of relative links; `now`
    bounds dates in the future; the newest `most` entries are kept."""
    try:
        return _parse(body, feed, content_type, url or feed.url, now, most)
    except RecursionError:
        return Parsed(error="NotAFeed", detail="nested too deeply")
    except MemoryError:
        raise
    except Exception as error:  # a bug of a parser on a stranger's bytes must not stop the others
        return Parsed(error="NotAFeed", detail=f"can't be read: {type(error).__name__}")


def _parse(body: bytes, feed: Feed, content_type: str, url: str, now: datetime | None, most: int) -> Parsed:
    if body.startswith(b"\x1f\x8b"):
        if "gzip" not in content_type:
            return Parsed(error="NotAFeed", detail="compressed bytes that the server does not call so")
        try:
            body = gunzip(body, LARGEST)
        except ValueError as error:
            return Parsed(error="Broken", detail=str(error))
    if not body.strip():
        return Parsed(error="NotAFeed", detail="an empty answer")
    text, note = decode(body, content_type, feed.lang)
    mended = [note] if note else []
    if text.lstrip().startswith("{"):
        return _finish(_json(text), feed, url, now, most, mended)
    raw, truncated, wrong = _xml(text, url, mended)
    if raw is None:
        return _no_feed(text, url, wrong)
    parsed = _finish(raw, feed, url, now, most, mended)
    if truncated and parsed.error == "":
        return _with_error(parsed, "Truncated", "the feed ends in its middle; its last entry may be missing")
    return parsed


def _xml(text: str, url: str, mended: list[str]) -> tuple[RawFeed | None, bool, str]:
    """The fields, whether the end was missing, and what was wrong."""
    document = mend.start(text)
    prefix, name = mend.root(document)
    if name in ("html", "body", "head", ""):
        return None, False, "a page" if name else "no element in it"
    document, truncated = mend.whole(document, prefix, name)
    if "<!DOCTYPE" in document[:4000].upper() or "<!ENTITY" in document[:4000].upper():
        mended.append("declares entities")
        return forgiving.read(document), truncated, "declares entities"
    try:
        return quick.read(document.encode("utf-8"), url), truncated, ""
    except (quick.NotPlain, UnicodeEncodeError):
        pass
    repaired = mend.characters(document)
    mended.append("not well-formed")
    try:
        return quick.read(repaired.encode("utf-8"), url), truncated, ""
    except quick.NotPlain as error:
        return forgiving.read(repaired), truncated, str(error)


def _no_feed(text: str, url: str, error: str) -> Parsed:
    prefix_name = mend.root(mend.start(text))
    if prefix_name[1] in ("html", "body", "head"):
        offers = offered(text, url)
        return Parsed(error="NotAFeed", detail="a web page, not a feed", offers=tuple(offers))
    return Parsed(error="NotAFeed", detail=scrub(f"no feed: {error or 'unknown document ' + prefix_name[1]}")[:200])


def offered(text: str, url: str) -> list[str]:
    """Addresses of the feeds that a page offers by `<link rel="alternate">`, in order."""
    try:
        root = etree.fromstring(text[:1_000_000].encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8"))
    except etree.XMLSyntaxError:
        return []
    if root is None:
        return []
    found = []
    for link in root.iter("link", "a"):
        kinds = (link.get("type") or "").lower()
        if "alternate" in (link.get("rel") or "").lower().split() and any(
            sort in kinds for sort in ("rss", "atom", "feed+json", "rdf")
        ):
            found.append(absolute(link.get("href") or "", url))
    return list(dict.fromkeys(address for address in found if address))[:20]


def _json(text: str) -> RawFeed | None:
    """JSON Feed 1.0 and 1.1."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return None
    return RawFeed(
        "json", title=_string(document, "title"), home=_string(document, "home_page_url"), lang=_string(document, "language"),
        entries=[_json_item(item) for item in document["items"] if isinstance(item, dict)],
    )  # fmt: skip


def _json_item(item: dict[str, Any]) -> RawEntry:
    texts = [_string(item, "content_html"), quick._escaped(_string(item, "content_text")), _string(item, "summary")]
    dates = [_string(item, "date_published"), _string(item, "date_modified")]
    return RawEntry(
        title=_string(item, "title"), link=_string(item, "url") or _string(item, "external_url"), guid=_string(item, "id"),
        dates=[d for d in dates if d], texts=[t for t in texts if t], lang=_string(item, "language"),
    )  # fmt: skip


def _string(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _finish(raw: RawFeed | None, feed: Feed, url: str, now: datetime | None, most: int, mended: list[str]) -> Parsed:
    if raw is None:
        return Parsed(error="NotAFeed", detail="JSON, but no JSON Feed")
    if raw.offers and not raw.entries:
        offers = tuple(a for o in raw.offers[:20] if (a := absolute(o, url)))
        return Parsed(error="NotAFeed", detail="an index of sitemaps; watch one of them", offers=offers)
    kept = _newest(raw.entries, most, feed)
    entries = tuple(_entry(entry, raw, feed, url, now) for entry in kept)
    return Parsed(
        entries=entries, dialect=raw.dialect, title=line(raw.title, 200), home=absolute(raw.home, url), lang=_lang(raw.lang),
        ttl=_ttl(raw.ttl), dropped=len(raw.entries) - len(kept), undated=sum(e.published is None for e in entries),
        mended=tuple(mended),
    )  # fmt: skip


def _newest(entries: list[RawEntry], most: int, feed: Feed) -> list[RawEntry]:
    """The newest by date in the feed's own order; where few have dates, the first."""
    if len(entries) <= most:
        return entries
    dated = [(moment, n) for n, e in enumerate(entries) if (moment := _published(e, feed, None)) is not None]
    if 2 * len(dated) < len(entries):
        return entries[:most]
    kept = sorted(n for _, n in sorted(dated, reverse=True)[:most])
    return [entries[n] for n in kept]


def _entry(raw: RawEntry, feed_raw: RawFeed, feed: Feed, url: str, now: datetime | None) -> Entry:
    base = urljoin(url, raw.base) if raw.base else url
    link = absolute(raw.link, base)
    if not link and raw.guid_is_link:
        link = absolute(raw.guid, "")
    return Entry(
        feed=feed.key, title=line(raw.title), text=_fullest(raw.texts), url=link, guid=scrub(raw.guid)[:LONGEST_GUID],
        published=_published(raw, feed, now), lang=_lang(raw.lang) or feed.lang or _lang(feed_raw.lang),
    )  # fmt: skip


def _fullest(texts: list[str]) -> str:
    """Of the bodies the one that says most; a second one is only looked at where the first is short."""
    best = ""
    for text in texts:
        plain = paragraphs(text)
        best = plain if len(plain) > len(best) else best
        if len(best) > 600:
            break
    return best


def _published(raw: RawEntry, feed: Feed, now: datetime | None) -> datetime | None:
    moments = (when(date, now=now, lang=feed.lang, country=feed.country) for date in raw.dates)
    return next((moment for moment in moments if moment is not None), None)


def absolute(link: str, base: str) -> str:
    """An absolute http(s) address without credentials, or empty."""
    link = "".join(link.split()) if "\n" in link else link.strip()
    if not link or len(link) > LONGEST:
        return ""
    try:
        joined = link if link.startswith(("http://", "https://")) or not base else urljoin(base, link)
        parts = urlsplit(joined)
        if "@" in parts.netloc:
            parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        whole = urlunsplit(parts).replace(" ", "%20")
        accepted(whole)
    except ValueError:
        return ""
    return whole


def _lang(tag: str) -> str:
    tag = tag.strip().replace("_", "-")
    return tag.lower() if 2 <= len(tag) <= 12 and tag.replace("-", "").isascii() and tag[:2].isalpha() else ""


def _ttl(minutes: str) -> float | None:
    return min(int(minutes) * 60.0, LONGEST_TTL) if minutes.isdecimal() and len(minutes) < 8 else None


def _with_error(parsed: Parsed, error: str, detail: str) -> Parsed:
    from dataclasses import replace

    return replace(parsed, error=error, detail=detail)


def dated(entries: Iterable[Entry]) -> int:
    """How many entries tell when they were published."""
    return sum(entry.published is not None for entry in entries)
