"""The forgiving reader: feedparser, for what is not well-formed or not plain. Runs where it can be killed.

Its body is only ever given as a stream (given bytes or text, feedparser opens the file or address that these name).
Sanitizing and joining of links are left off: `feeds.plain` and `feeds.entries` do both, for both readers alike.
"""

from io import BytesIO
from typing import Any

from feeds.raw import RawEntry, RawFeed

_DIALECTS = {"rss": "rss", "rss10": "rdf", "rss090": "rdf", "atom": "atom", "cdf": "rss"}


def read(text: str) -> RawFeed | None:
    """The fields of any document that feedparser knows as a feed; None where it sees none, or stumbles over itself."""
    try:
        result = _parsed(text)
    except Exception as error:  # its own errors on odd documents (bare TypeErrors among them) are no verdict
        if isinstance(error, MemoryError):
            raise
        return None
    version = str(result.get("version") or "")
    entries = [_entry(entry) for entry in result.get("entries", ())]
    if not version and not entries:
        return None
    feed = result.get("feed", {})
    return RawFeed(
        _DIALECTS.get(version, "atom" if version.startswith("atom") else "rss"),
        title=_text(feed.get("title")),
        home=_text(feed.get("link")),
        lang=_text(feed.get("language")),
        ttl=_text(feed.get("ttl")),
        entries=entries,
    )


def _parsed(text: str) -> Any:
    import feedparser  # noqa: PLC0415 (most documents don't need it, and it takes as long to load as all else)

    document = '<?xml version="1.0" encoding="utf-8"?>\n' + text
    return feedparser.parse(
        BytesIO(document.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _entry(entry: Any) -> RawEntry:
    texts = [_text(content.get("value")) for content in entry.get("content", ())]
    texts += [_text(dict.get(entry, "summary"))]
    dates = [_text(dict.get(entry, key)) for key in ("published", "created", "updated")]
    link = _text(entry.get("feedburner_origlink")) or _text(entry.get("link"))
    guid = _text(entry.get("id"))
    return RawEntry(
        title=_text(entry.get("title")),
        link=link,
        guid=guid,
        guid_is_link=bool(entry.get("guidislink")) or link == guid,
        dates=[date for date in dates if date],
        texts=[text for text in texts if text],
        lang=_text(entry.get("language")),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
