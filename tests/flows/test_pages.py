"""Article pages, by use: asked for only where they can change the labels, once, and not at all where that is off."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.pages import can_change
from seeds import Entry

Run = Callable[..., tuple[int, str, str]]
TITLE = "Rwanda signs six deals with Kazakhstan"
BODY = (
    "Rwanda and Kazakhstan signed six agreements in Astana on Monday, covering mining and agriculture. The presidents "
    "of both countries attended the ceremony in the palace, officials said, and spoke to reporters after it."
)
PAGE = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><p>{BODY}</p></article></body></html>"

CAN = [
    # headline, summary, whether more text could change the labels
    (TITLE, "", True),
    ("Rwanda signs six deals", "", True),
    ("Fiji, Tuvalu close to fisheries pact", "", True),
    ("Storm closes schools in Leeds", "", False),
    ("Kenya beats Ghana in the final", "Two goals in the last minute.", False),
    ("Union and employers sign pay deal", "The strike is over.", False),
    ("Fiji and Tuvalu hold talks on fisheries", "Suva.", False),
    (TITLE, BODY, False),
]


@pytest.mark.parametrize(("title", "text", "expected"), CAN)
def test_what_a_page_could_change(title: str, text: str, expected: bool) -> None:
    entry = Entry("f", title, text, "https://outlet.example/1", published=datetime(2026, 11, 24, tzinfo=UTC), lang="en")
    assert can_change(entry) is expected


@pytest.fixture
def short(press) -> None:  # type: ignore[no-untyped-def]
    """A feed of headlines whose pages stand on the same server."""
    press.publish("/world", (TITLE, ""), ("Storm closes schools in Leeds", ""))
    body = press.feeds["/world"]
    press.feeds["/world"] = body.replace(b"https://press.example/world/", press.url("/page/").encode())
    press.feeds["/page/0"] = PAGE.encode()


def sectors(pactwatch: Run) -> list[str]:
    (found,) = json.loads(pactwatch("agreements", "--json")[1])["agreements"]
    return list(found["sectors"])


def test_a_page_is_asked_for_once(short: None, watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    watching("/world")
    for _ in range(2):
        pactwatch("ingest")
    assert sorted(press.asked) == ["/page/0", "/robots.txt", "/world", "/world"]
    assert {"mining", "agriculture"} <= set(sectors(pactwatch))


def test_one_setting_switches_it_off(short: None, watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    settings = watching("/world")
    settings.write_text(settings.read_text(encoding="utf-8") + "article_text = false\n", encoding="utf-8")
    pactwatch("ingest")
    assert press.asked == ["/world"]
    assert sectors(pactwatch) == []


def test_a_page_that_robots_forbid_is_left_alone(
    short: None, watching: Callable[..., Path], press, pactwatch: Run
) -> None:  # type: ignore[no-untyped-def]
    watching("/world")
    press.feeds["/robots.txt"] = b"User-agent: *\nDisallow: /page/\n"
    pactwatch("ingest")
    assert press.asked == ["/world", "/robots.txt"]
