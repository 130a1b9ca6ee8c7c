"""No address of the inside is reached, however it is spelled and by whatever door."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds import Rules, post, read_all, read_articles
from feeds.discovery import check
from feeds.errors import BadAddress, FeedError
from feeds.guard import Guard, asking, checked, is_public, shown
from seeds import Entry, Feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)

SPELLINGS = (Path(__file__).parent / "inside_addresses.txt").read_text(encoding="utf-8").splitlines()

NO_ADDRESS = [
    "file:///etc/passwd",
    "ftp://outlet.example/feed",
    "gopher://outlet.example/",
    "javascript:alert(1)",
    "data:text/xml,<rss/>",
    "http://",
    "http://a..b/",
    "http://" + "l" * 70 + ".example/",
    "http://" + "a." * 130 + "example/",
    "http://xn--\u0000.example/",
    "http://xn--a-ecp.ru\u202e/",
    "http://outlet.example/\r\nHost: inside",
    "http://outlet.example/\x00",
    "http://outlet.example/ x",
    "http://outlet.example:99999/",
    "http://outlet.example:x/",
    "http://[::1/",
    "http://outlet.example/" + "x" * 100_000,
    "",
]


@pytest.fixture
def strict() -> Rules:
    """As shipped, but for one host of the tests' own."""
    return Rules(allowed=("127.9.9.9",), pause=0.0, total=5.0)


async def _feed(url: str, rules: Rules) -> str:
    return (await check(url, rules, NOW)).error


async def _article(url: str, rules: Rules) -> str:
    entry = Entry(feed="f", title="T", url=url)
    articles = [article async for _, article in read_articles([entry], rules)]
    return articles[0].error if url else "BadAddress"


async def _webhook(url: str, rules: Rules) -> str:
    try:
        await post(url, b"{}", {}, rules)
    except FeedError as error:
        return type(error).__name__
    return ""


DOORS = {"feed": _feed, "article": _article, "webhook": _webhook}


@pytest.mark.parametrize("door", DOORS)
def test_no_spelling_of_an_inside_address_is_asked(door: str, strict: Rules) -> None:
    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(DOORS[door](url, strict) for url in SPELLINGS + NO_ADDRESS))

    errors = dict(zip(SPELLINGS + NO_ADDRESS, asyncio.run(all_of_them()), strict=True))
    wrong = {url: error for url, error in errors.items() if error != "BadAddress"}
    assert {url for url in wrong if wrong[url] != "NoName" or "localhost" not in url.lower()} == set()
    assert len(SPELLINGS) >= 60


def test_no_redirect_leads_inside(serve, strict: Rules) -> None:  # type: ignore[no-untyped-def]
    targets = [url.encode("utf-8", "surrogatepass") for url in SPELLINGS if url.startswith(("http://", "//"))]
    targets += [
        b"file:///etc/passwd",
        b"javascript:alert(1)",
        b"data:,x",
        b"gopher://outlet.example/",
        b"ftp://x.example/",
    ]

    def redirect(connection: socket.socket, request: bytes) -> None:
        number = int(request.split(b" ")[1][1:])
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + targets[number] + b"\r\nContent-Length: 0\r\n\r\n")

    server = serve(redirect, "127.9.9.9")
    feeds = [Feed(str(n), "o", f"{server.url}/{n}", "", "") for n in range(len(targets))]

    async def poll() -> dict[bytes, str]:
        return {targets[int(f.feed.key)]: f.error async for f in read_all(feeds, {}, strict, NOW)}

    errors = asyncio.run(poll())
    named = {url: e for url, e in errors.items() if e != "BadAddress"}
    assert {url for url in named if named[url] != "NoName" or b"local" not in url.lower()} == set()


def test_a_name_with_one_inside_address_is_refused_whole() -> None:
    guard = Guard()
    guard.check("outlet.example", "93.184.216.34")
    with pytest.raises(BadAddress, match=r"^outlet.example leads into a network that is not public"):
        guard.check("outlet.example", "10.0.0.1")


def test_the_socket_is_the_last_word_when_a_name_resolves_anew() -> None:
    """Rebinding: whatever the resolver said before, the address that is connected to is looked at."""
    token = asking.set("rebind.example")
    try:
        with pytest.raises(BadAddress) as caught:
            Guard().socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    finally:
        asking.reset(token)
    assert "127.0.0.1" not in caught.value.detail


REBINDING = [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"], ["::ffff:127.0.0.1"]]


@pytest.mark.parametrize("addresses", REBINDING)
def test_what_a_name_server_says_does_not_lead_inside(serve, addresses: list[str]) -> None:  # type: ignore[no-untyped-def]
    inside = serve(b"HTTP/1.1 200 OK\r\n\r\n")

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [(family, 1, 6, "", (address, port)) for family, address in zip(families, addresses, strict=True)]

    feed = Feed("one", "o", f"http://rebind.example:{inside.port}/", "", "")

    async def ask() -> str:
        return (await anext(read_all([feed], {}, Rules(), NOW, look_up=look_up))).error

    assert asyncio.run(ask()) == "BadAddress"
    assert inside.requests == []


ALLOWED = [
    (("intranet.example",), "intranet.example", "10.1.2.3", True),
    (("intranet.example",), "other.example", "10.1.2.3", False),
    (("10.0.0.0/8",), "other.example", "10.1.2.3", True),
    (("10.0.0.0/8",), "other.example", "::ffff:10.1.2.3", True),
    (("10.0.0.0/8",), "other.example", "11.1.2.3", True),
    (("192.168.1.7",), "192.168.1.7", "192.168.1.7", True),
    (("192.168.1.7",), "192.168.1.8", "192.168.1.8", False),
    (("fd00::/8",), "box.example", "fd12::1", True),
    ((), "box.example", "fd12::1", False),
    (("Intranet.Example.",), "intranet.example", "127.0.0.1", True),
]


@pytest.mark.parametrize(("allowed", "host", "address", "expected"), ALLOWED)
def test_what_the_operator_allows_by_name(allowed: tuple[str, ...], host: str, address: str, expected: bool) -> None:
    assert Guard(allowed).allows(host, address) is expected


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "1.1.1.1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_address_is_one_kind_of_error(url: str) -> None:
    with pytest.raises(BadAddress):
        checked(url)


def test_what_is_shown_of_an_address_holds_no_secret() -> None:
    text = shown("https://user:CANARY@outlet.example/feed\x1b[31m?key=CANARY#CANARY")
    assert text == "https://outlet.example/feed\\x1b[31m"
