"""Article pages: hidden text, walls, robots.txt, and only where they can change the labels."""

# mypy: disable-error-code="attr-defined"

import asyncio
import socket
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds import Fetched, Rules, check, declare, discover, read_articles, wants_article
from feeds.articles import Article
from feeds.extract import extract
from seeds import Entry, add_feeds, load_feeds

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TITLE = "Fiji and Tuvalu sign fisheries treaty"
PARAGRAPH = (
    "The foreign ministers of Fiji and Tuvalu signed a fisheries treaty in Suva on Tuesday, both sides said. "
    "The treaty lets the boats of each country fish in the waters of the other, and it enters into force in March. "
)
HIDDEN = "Atlantis and Lemuria signed a secret treaty"


def page(inside: str = "", title: str = TITLE, body: str = PARAGRAPH * 3) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title} - Outlet</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1><p>{body}</p>{inside}<p>Officials spoke to reporters in Suva later.</p></article>"
        "<footer>All rights reserved</footer></body></html>"
    ).encode()


def read(body: bytes, url: str = "https://outlet.example/1", title: str = TITLE) -> tuple[str, str]:
    found = extract(body, "text/html; charset=utf-8", url, "https://outlet.example/1", title, "en")
    return found.text, found.note


def test_the_article_is_found() -> None:
    text, note = read(page())
    assert note == ""
    assert text.count("signed a fisheries treaty in Suva") >= 1
    assert "All rights reserved" not in text


HIDING = [
    f"<p hidden>{HIDDEN}.</p>",
    f"<p style='display:none'>{HIDDEN}.</p>",
    f"<p style='visibility: hidden'>{HIDDEN}.</p>",
    f"<p style='font-size:0'>{HIDDEN}.</p>",
    f"<p style='font-size: 0.0px'>{HIDDEN}.</p>",
    f"<p style='opacity:0'>{HIDDEN}.</p>",
    f"<p style='color:#fff'>{HIDDEN}.</p>",
    f"<p style='color: white; background-color: #FFFFFF'>{HIDDEN}.</p>",
    f"<p style='position:absolute; left:-9999px'>{HIDDEN}.</p>",
    f"<p style='text-indent:-5000px'>{HIDDEN}.</p>",
    f"<p style='height:0; overflow:hidden'>{HIDDEN}.</p>",
    f"<p style='clip: rect(0,0,0,0)'>{HIDDEN}.</p>",
    f"<p aria-hidden='true'>{HIDDEN}.</p>",
    f"<template><p>{HIDDEN}.</p></template>",
    f"<details><summary>More</summary><p>{HIDDEN}.</p></details>",
    f"<noscript><p>{HIDDEN}.</p></noscript>",
    f"<!-- <p>{HIDDEN}.</p> -->",
    f"<font color='white'>{HIDDEN}.</font>",
    f"<dialog><p>{HIDDEN}.</p></dialog>",
    f"<p style='transform: scale(0)'>{HIDDEN}.</p>",
]


@pytest.mark.parametrize("inside", HIDING)
def test_what_hides_itself_is_not_read(inside: str) -> None:
    text, note = read(page(inside))
    assert "Atlantis" not in text
    assert note == ""
    assert "Officials spoke to reporters" in text


BESIDE = [
    f"<div role='dialog'><p>We and our partners use cookies. {HIDDEN}.</p></div>",
    f"<div class='ad wide'><p>{HIDDEN}.</p></div>",
    f"<div class='newsletter'><h3>Sign up</h3><p>{HIDDEN}.</p></div>",
    f"<div role='complementary'><p>{HIDDEN}.</p></div>",
]


@pytest.mark.parametrize("inside", BESIDE)
def test_what_stands_beside_the_article_is_not_read(inside: str) -> None:
    text, note = read(page(inside))
    assert "Atlantis" not in text
    assert (note, "Officials spoke to reporters" in text) == ("", True)


@pytest.mark.parametrize(
    "inside", ["<p style='color:#333'>Seen by all of us.</p>", "<details open><p>Seen by all of us.</p></details>"]
)
def test_what_is_seen_stays(inside: str) -> None:
    assert "Seen by all of us" in read(page(inside))[0]


NOTES = [
    ("paywall", page(body="Fiji and Tuvalu sign fisheries treaty. Subscribe to continue reading this article. " * 3)),
    ("paywall", page(body="Réservé aux abonnés. Fiji et Tuvalu.")),
    ("paywall", page('<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>', body="Fiji.")),
    ("consent", page(title="Before you continue", body="We and our partners use cookies. Accept all cookies.")),
    ("consent", page("<div role='dialog'><p>We value your privacy. Accept all cookies.</p></div>", body="Fiji.")),
    ("challenge", page(title="Just a moment...", body="Checking your browser before you go on.")),
    ("missing", page(title="Page not found", body="The page that you look for is not here any more.")),
    ("empty", page(body="Fiji.")),
    ("another page", page(title="Weather", body="Rain is expected in all of the north of the island this week. " * 9)),
    ("no page", b"%PDF-1.7 \x00\x01"),
    ("no page", b"\x89PNG\r\n\x1a\n"),
    ("no page", b"\x00" * 5000),
    ("no page", b""),
    ("no page", b"just some words"),
]


@pytest.mark.parametrize(("note", "body"), NOTES)
def test_walls_and_wrong_pages_are_recognised(note: str, body: bytes) -> None:
    assert read(body)[1] == note


def test_every_wall_is_known_by_its_words_in_any_case() -> None:
    walls = tomllib.loads((Path(extract.__code__.co_filename).parent / "walls.toml").read_text(encoding="utf-8"))
    sorts = ("paywall", "consent", "challenge", "missing")
    wrong = [
        (words, sort, note)
        for sort in sorts
        for words in walls[sort]
        if (note := read(page(title="Outlet", body=f"{words.title()}."))[1]) != sort
    ]
    assert wrong == []


def test_a_redirect_to_the_home_page_or_a_consent_host_is_not_the_article() -> None:
    assert read(page(), url="https://outlet.example/")[1] == "another page"
    assert read(page(), url="https://consent.yahoo.com/v2/collect")[1] == "consent"


@pytest.mark.parametrize(
    ("change", "can_change", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"text": PARAGRAPH * 3}, True, False),
        ({"url": ""}, True, False),
        ({"seed": True}, True, False),
    ],
)
def test_only_short_entries_that_could_change(change: dict[str, object], can_change: bool, wanted: bool) -> None:
    entry = replace(Entry("f", TITLE, "Short.", "https://outlet.example/1"), **change)  # type: ignore[arg-type]
    assert wants_article(entry, lambda _: can_change) is wanted


def routes(reply: Callable[..., bytes], **paths: bytes) -> Callable[[socket.socket, bytes], None]:
    """Answer by path: `robots` stands for /robots.txt."""

    def answer(connection: socket.socket, request: bytes) -> None:
        path = request.split(b" ")[1].decode().strip("/").replace("robots.txt", "robots").partition("?")[0] or "home"
        connection.sendall(paths.get(path) or reply(b"", status="404 Not Found"))

    return answer


def fetch(urls: list[str], rules: Rules) -> dict[str, Article]:
    async def all_of_them() -> dict[str, Article]:
        entries = [Entry("f", TITLE, "", url) for url in urls]
        return {entry.url: article async for entry, article in read_articles(entries, rules)}

    return asyncio.run(all_of_them())


ROBOTS = [
    (b"User-agent: *\nDisallow: /private\n", "/open", ""),
    (b"User-agent: *\nDisallow: /private\n", "/private", "Disallowed"),
    (b"User-agent: pactwatch\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "/open", "Disallowed"),
    (b"User-agent: *\nDisallow: /*.html$\nAllow: /open\n", "/open", ""),
    (b"<html>not a robots file</html>", "/open", ""),
    (b"\xff\xfe\x00 rubbish", "/open", ""),
    (b"User-agent: *\nDisallow: /" + b"*a" * 5000 + b"$\n", "/" + "a" * 2000, None),
]


@pytest.mark.parametrize(("robots", "path", "error"), ROBOTS)
def test_robots_txt_is_obeyed(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules, robots: bytes, path: str, error: str | None
) -> None:
    article = reply(page(), "Content-Type: text/html")
    server = serve(routes(reply, robots=reply(robots), open=article, private=article))
    limits = replace(rules, parse_cpu=1, parse_wall=3.0)
    found = fetch([server.url + path], limits)[server.url + path]
    if error is None:
        assert found.error in ("", "Disallowed")
    else:
        assert (found.error, bool(found.text)) == (error, not error)
    assert (b"GET /private" in b"".join(server.requests)) is False


def test_a_page_that_a_redirect_leads_to_is_not_asked_where_robots_forbid_it(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules
) -> None:
    away = serve(routes(reply, robots=reply(b"User-agent: *\nDisallow: /shut"), shut=reply(page())), "127.0.0.4")
    near = serve(routes(reply, open=reply(b"", f"Location: {away.url}/shut", status="302 Found")))
    found = fetch([f"{near.url}/open"], rules)[f"{near.url}/open"]
    assert (found.error, found.text) == ("Disallowed", "")
    assert not any(request.startswith(b"GET /shut") for request in away.requests)


def test_robots_in_trouble_forbid_and_missing_ones_allow(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules
) -> None:
    article = reply(page(), "Content-Type: text/html")
    busy = serve(routes(reply, robots=reply(b"", status="503 Busy"), open=article))
    none = serve(routes(reply, open=article), "127.0.0.4")
    found = fetch([busy.url + "/open", none.url + "/open"], rules)
    assert found[busy.url + "/open"].error == "Disallowed"
    assert "signed a fisheries treaty" in found[none.url + "/open"].text


def test_robots_are_asked_once_a_host_and_not_at_all_when_switched_off(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules
) -> None:
    server = serve(routes(reply, open=reply(page())))
    fetch([f"{server.url}/open?{n}" for n in range(3)], rules)
    assert sum(b"robots.txt" in request for request in server.requests) == 1
    fetch([f"{server.url}/open?{n}" for n in range(2)], replace(rules, robots=False))
    assert sum(b"robots.txt" in request for request in server.requests) == 1


def test_pages_that_fail_are_told_and_switched_off_pages_not_asked(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules
) -> None:
    server = serve(routes(reply))
    gone = f"{server.url}/gone"
    assert fetch([gone, "javascript:alert(1)"], rules) == {
        gone: Article(gone, note="missing", detail="the server answers 404"),
        "javascript:alert(1)": Article(
            "javascript:alert(1)",
            error="BadAddress",
            detail="javascript:alert(1): only http and https are read, not javascript",
        ),
    }
    assert fetch([gone], replace(rules, articles=False)) == {}


def test_a_page_that_costs_too_much_is_ended(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules
) -> None:
    bomb = b"<html><body>" + b"<p>" * 900_000
    server = serve(routes(reply, bomb=reply(bomb)))
    began = time.monotonic()
    found = fetch([server.url + "/bomb"], replace(rules, parse_cpu=1, parse_wall=4.0))[server.url + "/bomb"]
    assert found.text == ""
    assert found.error in ("", "TooHard")
    assert time.monotonic() - began < 12


def test_the_feed_of_a_page_is_discovered_and_declared(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules, rss: bytes, tmp_path: object
) -> None:
    links = b"""<html><head><title>Outlet</title><link rel="alternate" type="application/rss+xml" href="/gone">
        <link rel="alternate" type="application/rss+xml" href="/news"></head><body>News</body></html>"""
    server = serve(routes(reply, home=reply(links), news=reply(rss)))
    found = asyncio.run(discover(server.url, rules, NOW))
    assert [fetched.url for fetched in found] == [f"{server.url}/news"]
    feed = declare(found[0], country="FJ", lang="en", taken=["fj-outlet"])
    assert (feed.key, feed.outlet, feed.url, feed.country) == ("fj-outlet-2", "Outlet", f"{server.url}/news", "FJ")
    path = tmp_path / "feeds.toml"  # type: ignore[operator]
    add_feeds(path, [feed])
    assert load_feeds("own", path) == [feed]


def test_a_feed_in_its_usual_place_is_found_and_a_feed_is_itself(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules, rss: bytes
) -> None:
    server = serve(routes(reply, home=reply(b"<html><body>News</body></html>"), **{"rss.xml": reply(rss)}))
    assert [f.url for f in asyncio.run(discover(server.url, rules, NOW))] == [f"{server.url}/rss.xml"]
    assert [f.url for f in asyncio.run(discover(server.url + "/rss.xml", rules, NOW))] == [f"{server.url}/rss.xml"]


def test_where_there_is_no_feed_none_is_found_and_check_says_why(
    serve: Callable[..., object], reply: Callable[..., bytes], rules: Rules
) -> None:
    server = serve(routes(reply))
    assert asyncio.run(discover(server.url, rules, NOW)) == []
    tried: Fetched = asyncio.run(check(server.url, rules, NOW))
    assert (tried.error, tried.ok) == ("Missing", False)


def test_teasers_of_other_stories_are_not_read_and_the_posts_of_a_live_page_are() -> None:
    post = f"<article><h3><a href='/2'>More</a></h3><p>{HIDDEN}.</p></article>"
    whole = page().decode()
    below = whole.replace("</body>", f"<section>{post * 2}</section></body>")
    assert "Atlantis" not in read(below.encode())[0]
    live = whole.replace("</article>", f"{post * 2}</article>")
    assert "Atlantis" in read(live.encode())[0]


def test_the_pages_of_the_comparison_are_read_nearly_whole() -> None:
    """A sample of `python -m benchmarks.extractors`: no paragraph is lost, little is added."""
    from benchmarks.extractors import Score, ours, pages

    score = Score()
    for page in pages():
        if page.lang in ("en", "zh"):
            score.add(page, ours(page.html, page.lang, page.title), 0.0)
    assert score.pages == 36
    assert score.row()["told"] > 0.99
    assert score.row()["noise"] < 0.05
    assert score.row()["whole"] > 0.85
