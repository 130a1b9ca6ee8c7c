"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

import json
from typing import Any

from feeds.plain import escaped
from feeds.raw import RawEntry, RawFeed


def read(text: str) -> RawFeed | None:
    """The fields of a JSON Feed, None where it is none."""
    try:
        document = json.loads(text, strict=False)  # line breaks within strings: templates write them
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return None
    return RawFeed(
        "json",
        title=_string(document, "title"),
        home=_string(document, "home_page_url"),
        lang=_string(document, "language"),
        entries=[_item(item) for item in document["items"] if isinstance(item, dict)],
    )


def _item(item: dict[str, Any]) -> RawEntry:
    texts = (_string(item, "content_html"), escaped(_string(item, "content_text")), escaped(_string(item, "summary")))
    dates = (_string(item, "date_published"), _string(item, "date_modified"))
    return RawEntry(
        title=escaped(_string(item, "title")),
        link=_string(item, "url") or _string(item, "external_url"),
        guid=_string(item, "id"),
        dates=[date for date in dates if date],
        texts=[text for text in texts if text],
        lang=_string(item, "language"),
    )


def _string(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
