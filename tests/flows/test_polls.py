"""Polls in a row, from the wire to the store: what is known is never new again, whatever the feed does in between."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

# ruff: noqa: E501 - feeds have long lines

Run = Callable[..., tuple[int, str, str]]
AT = format_datetime(datetime.now(UTC) - timedelta(hours=3))
ITEM = """<item><title>{title}</title><link>https://www.outlet.example/news/{n}-{slug}</link>
<guid isPermaLink="false">tag:{n}</guid><pubDate>{at}</pubDate><description>{title}, the ministry said.</description></item>"""
TITLES = ("Peru and Vietnam sign extradition treaty", "Storm closes schools in Leeds", "Fiji opens a bridge")


def feed(*titles: str) -> bytes:
    items = [
        ITEM.format(n=n, title=title, slug=title.lower().replace(" ", "-"), at=AT) for n, title in enumerate(titles)
    ]
    return f"<rss version='2.0'><channel><title>Press</title>{''.join(items)}</channel></rss>".encode()


WHOLE = feed(*TITLES)
BARE = re.sub(rb"<guid.*?</guid>|<pubDate>.*?</pubDate>", b"", WHOLE)


def changed(pattern: bytes, to: bytes, body: bytes = WHOLE) -> bytes:
    after = re.sub(pattern, to, body)
    assert after != body
    return after


SECOND = [
    # what stands at the address at the second poll, how many items are new then
    ("the same bytes", WHOLE, 0),
    ("a server in trouble", 500, 0),
    ("no entry at all", feed(), 0),
    ("nothing", b"", 0),
    ("a page", b"<html><body>Back soon</body></html>", 0),
    ("half of it", WHOLE[: len(WHOLE) * 2 // 3], 0),
    ("another order", b"".join(re.findall(rb"<rss.*?(?=<item>)", WHOLE) + re.findall(rb"(?s)<item>.*?</item>", WHOLE)[::-1]) + b"</channel></rss>", 0),
    ("guids made anew", changed(rb"tag:", b"session-9-"), 0),
    ("no guids", changed(rb"<guid.*?</guid>", b""), 0),
    ("links counted", changed(rb"(/news/[^<]*)", rb"\1?utm_source=rss&amp;utm_medium=feed"), 0),
    ("links by another scheme and host", changed(rb"https://www\.", b"http://"), 0),
    ("guids and counted links at once", changed(rb"tag:(\d)", rb"t\1", changed(rb"(/news/[^<]*)", rb"\1?fbclid=1")), 0),
    ("a title edited", changed(rb"sign extradition treaty", b"sign a treaty on extradition"), 0),
    ("titles in capitals", changed(rb"Storm closes schools", b"STORM CLOSES SCHOOLS"), 0),
    ("dates redone", changed(rb"<pubDate>[^<]*", b"<pubDate>" + format_datetime(datetime.now(UTC)).encode()), 0),
    ("dates gone", changed(rb"<pubDate>.*?</pubDate>", b""), 0),
    ("the site moved", changed(rb"https://www\.outlet", b"https://new-outlet", changed(rb"tag:", b"new:")), 0),
    ("one more", feed(*TITLES, "Chile and Japan sign a pact"), 1),
    ("a guid used for another story", changed(rb"Fiji opens a bridge", b"Rain in Kent", changed(rb"2-fiji[^<]*", b"rain")), 1),
    ("two more that share a link", WHOLE.replace(b"</channel>", b"<item><title>A</title><link>https://outlet.example/</link></item><item><title>B</title><link>https://outlet.example/</link></item></channel>"), 2),
    ("two more that share a guid", WHOLE.replace(b"</channel>", b"<item><title>A</title><guid>x</guid></item><item><title>B</title><guid>x</guid></item></channel>"), 2),
]  # fmt: skip


@pytest.mark.parametrize(("what", "second", "new"), SECOND, ids=[row[0] for row in SECOND])
def test_what_is_known_stays_known(
    what: str, second: bytes | int, new: int, watching: Callable[..., Path], press, pactwatch: Run
) -> None:  # type: ignore[no-untyped-def]
    watching("/world")
    found = []
    for body in (WHOLE, second, second, WHOLE) if new else (WHOLE, second, WHOLE):
        press.feeds["/world"] = body
        found.append(json.loads(pactwatch("ingest", "--json")[1])["items"]["new"])
    assert found == ([3, new, 0, 0] if new else [3, 0, 0])


def test_items_without_guid_and_date_are_known_again(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    watching("/world")
    found = []
    for body in (BARE, BARE + b" ", 503, BARE, WHOLE):
        press.feeds["/world"] = body
        found.append(json.loads(pactwatch("ingest", "--json")[1])["items"]["new"])
    assert found == [3, 0, 0, 0, 0]


def test_a_feed_at_a_new_address_gives_nothing_twice(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    settings = watching("/world")
    press.feeds["/world"] = press.feeds["/elsewhere"] = WHOLE
    assert json.loads(pactwatch("ingest", "--json")[1])["items"]["new"] == 3
    own = settings.parent / "feeds.toml"
    own.write_text(own.read_text(encoding="utf-8").replace("/world", "/elsewhere"), encoding="utf-8")
    again = json.loads(pactwatch("ingest", "--json")[1])
    assert (again["feeds"]["read"], again["items"]["new"]) == (1, 0)
    assert press.asked == ["/world", "/elsewhere"]
