"""How a job goes to a parsing process and its result comes back: JSON frames, nothing that could carry code.

The process has read a stranger's bytes; what it sends is taken for data and built up field by field.
"""

import json
import struct
from datetime import UTC, datetime
from typing import Any

from feeds.model import Parsed
from seeds.model import Entry, Feed

HEAD = struct.Struct(">II")
"""Lengths of the two parts of a frame: JSON, then bytes."""


def frame(facts: dict[str, Any], body: bytes = b"") -> bytes:
    """One message."""
    head = json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return HEAD.pack(len(head), len(body)) + head + body


def feed_facts(feed: Feed) -> dict[str, str]:
    """What of a feed its parser needs."""
    return {"key": feed.key, "url": feed.url, "country": feed.country, "lang": feed.lang}


def feed_of(facts: dict[str, str]) -> Feed:
    return Feed(key=facts["key"], outlet="", url=facts["url"], country=facts["country"], lang=facts["lang"])


def moment_facts(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def moment_of(fact: float | None) -> datetime | None:
    return None if fact is None else datetime.fromtimestamp(fact, tz=UTC)


def parsed_facts(parsed: Parsed) -> dict[str, Any]:
    facts = {name: getattr(parsed, name) for name in Parsed.__slots__ if name != "entries"}
    facts["entries"] = [(e.title, e.text, e.url, e.guid, moment_facts(e.published), e.lang) for e in parsed.entries]
    return facts


def parsed_of(facts: dict[str, Any], feed: Feed) -> Parsed:
    entries = tuple(_entry(fields, feed) for fields in facts.pop("entries"))
    for name in ("mended", "offers", "skip_hours", "skip_days"):
        facts[name] = tuple(facts[name])
    return Parsed(entries=entries, **facts)


def _entry(fields: list[Any], feed: Feed) -> Entry:
    title, text, url, guid, published, lang = fields
    return Entry(feed.key, title, text, url, guid, moment_of(published), lang)
