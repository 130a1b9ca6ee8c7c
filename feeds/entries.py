"""From raw fields to entries: plain text, absolute links, dates in UTC, everything within its limits."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

from feeds import pace
from feeds.dates import when
from feeds.model import Parsed
from feeds.plain import line, paragraphs, scrub
from feeds.raw import RawEntry, RawFeed
from seeds.address import LONGEST, accepted
from seeds.model import Entry, Feed

LONGEST_GUID = 2_000
ENOUGH = 600
"""Characters of one body after which an entry's other bodies are not looked at."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a body came from, and what bounds its entries."""

    feed: Feed
    url: str
    """Base of relative links."""
    now: datetime | None
    most: int


def finish(raw: RawFeed, source: Source, mended: list[str]) -> Parsed:
    """The entries of a feed, the newest `source.most` of them, in the feed's own order."""
    kept = _newest(raw.entries, source)
    entries = tuple(_entry(entry, raw, source) for entry in kept)
    return Parsed(
        entries=entries,
        dialect=raw.dialect,
        title=line(raw.title, 200),
        home=absolute(raw.home, source.url),
        lang=_lang(raw.lang),
        ttl=pace.ttl(raw.ttl),
        skip_hours=pace.hours(raw.skip_hours),
        skip_days=pace.days(raw.skip_days),
        dropped=len(raw.entries) - len(kept),
        undated=sum(entry.published is None for entry in entries),
        mended=tuple(mended),
    )


def _newest(entries: list[RawEntry], source: Source) -> list[RawEntry]:
    """The newest by date; where most have none, the first."""
    if len(entries) <= source.most:
        return entries
    dated = [(moment, n) for n, e in enumerate(entries) if (moment := _published(e, source)) is not None]
    if 2 * len(dated) < len(entries):
        return entries[: source.most]
    kept = sorted(n for _, n in sorted(dated, reverse=True)[: source.most])
    return [entries[n] for n in kept]


def _entry(raw: RawEntry, feed: RawFeed, source: Source) -> Entry:
    base = urljoin(source.url, raw.base) if raw.base else source.url
    link = absolute(raw.link, base)
    if not link and raw.guid_is_link:
        link = absolute(raw.guid, "")
    return Entry(
        feed=source.feed.key,
        title=line(raw.title),
        text=_fullest(raw.texts),
        url=link,
        guid=scrub(raw.guid)[:LONGEST_GUID],
        published=_published(raw, source),
        lang=_lang(raw.lang) or source.feed.lang or _lang(feed.lang),
    )


def _fullest(texts: list[str]) -> str:
    """Of the bodies the one that says most."""
    best = ""
    for text in texts:
        plain = paragraphs(text)
        best = plain if len(plain) > len(best) else best
        if len(best) > ENOUGH:
            break
    return best


def _published(raw: RawEntry, source: Source) -> datetime | None:
    lang, country = source.feed.lang, source.feed.country
    moments = (when(date, now=source.now, lang=lang, country=country) for date in raw.dates)
    return next((moment for moment in moments if moment is not None), None)


def absolute(link: str, base: str) -> str:
    """An absolute http(s) address without credentials, or empty."""
    link = "".join(link.splitlines()).strip()
    if not link or len(link) > LONGEST:
        return ""
    try:
        joined = link if link.lower().startswith(("http://", "https://")) or not base else urljoin(base, link)
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
