"""Servers that break the rules: each ends with a named error, within its limit, and harms nobody else."""

import asyncio
import gzip
import itertools
import resource
import socket
import ssl
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import trustme
from yarl import URL

from feeds import Client, FeedError, Fetched, Remembered, Rules, post, read_all
from feeds.client import _next
from feeds.discovery import check
from feeds.errors import Untrusted
from seeds import Feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Outlet</title>
<link>https://outlet.example/</link><ttl>30</ttl>
<item><title>Fiji and Tuvalu sign treaty</title><link>https://outlet.example/1</link><guid>1</guid>
<pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate><description>They signed it.</description></item>
<item><title>Rain</title><link>https://outlet.example/2</link><guid>2</guid>
<pubDate>Tue, 24 Nov 2026 07:00:00 GMT</pubDate><description>It rains.</description></item>
</channel></rss>"""


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def watched(url: str, key: str = "one") -> Feed:
    return Feed(key=key, outlet="Outlet", url=url, country="GB", lang="en")


def drip(connection: socket.socket, request: bytes) -> None:
    """One byte a second, headers first."""
    for byte in response(RSS):
        connection.sendall(bytes([byte]))
        time.sleep(0.5)


def drip_body(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.3)


def silence(connection: socket.socket, request: bytes) -> None:
    time.sleep(8)


def endless(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def gigabyte_of_zeros(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packer = zlib.compressobj(wbits=31)
    zeros = b"\0" * 1_000_000
    for _ in range(1000):
        connection.sendall(packer.compress(zeros))
    connection.sendall(packer.flush())


def circle(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")


def onward(connection: socket.socket, request: bytes) -> None:
    number = len(request.split(b" ")[1])
    connection.sendall(b"HTTP/1.1 301 Moved\r\nLocation: /" + b"x" * number + b"\r\nContent-Length: 0\r\n\r\n")


def reset(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def coded(body: bytes, coding: str) -> bytes:
    return response(body, f"Content-Encoding: {coding}")


FAULTS: list[tuple[str, Callable[[socket.socket, bytes], None] | bytes, str]] = [
    ("headers drip", drip, "TooSlow"),
    ("body drips", drip_body, "TooSlow"),
    ("never answers", silence, "TooSlow"),
    ("endless body", endless, "TooLarge"),
    ("a gigabyte of zeros in gzip", gigabyte_of_zeros, "TooLarge"),
    ("announces too much", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "TooLarge"),
    ("ends before its announced end", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + RSS, "Broken"),
    ("gzip twice", coded(gzip.compress(gzip.compress(RSS)), "gzip, gzip"), "Broken"),
    ("brotli unasked", coded(b"\x0b\x02\x80abc\x03", "br"), "Broken"),
    ("zstd unasked", coded(b"(\xb5/\xfd", "zstd"), "Broken"),
    ("deflate unasked", coded(zlib.compress(RSS), "deflate"), "Broken"),
    ("broken gzip", coded(b"\x1f\x8b\x08\0rubbish", "gzip"), "Broken"),
    ("gzip cut short", coded(gzip.compress(RSS)[:-20], "gzip"), "Broken"),
    ("not HTTP", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "Broken"),
    ("huge header", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", "Broken"),
    ("closes at once", b"", "Unreachable"),
    ("reset in the body", reset, "Broken"),
    ("redirects in a circle", circle, "Redirected"),
    ("redirects for ever", onward, "Redirected"),
    ("404", response(b"", status="404 Not Found"), "Missing"),
    ("403", response(b"", status="403 Forbidden"), "Blocked"),
    ("410", response(b"", status="410 Gone"), "Gone"),
    ("429", response(b"", status="429 Too Many Requests"), "Blocked"),
    ("500", response(b"", status="500 Oops"), "Failing"),
    ("503", response(b"", status="503 Busy"), "Blocked"),
    ("304 although we hold nothing", response(b"", status="304 Not Modified"), "Broken"),
    ("a page", response(b"<!DOCTYPE html><html><body>Please log in</body></html>"), "NotAFeed"),
    ("empty", response(b""), "NotAFeed"),
    ("cut in the middle of the feed", b"HTTP/1.1 200 OK\r\n\r\n" + RSS[: RSS.rindex(b"<item>")], "Truncated"),
]


@pytest.mark.parametrize(("what", "answer", "error"), FAULTS, ids=[row[0] for row in FAULTS])
def test_each_fault_has_its_name(serve, rules: Rules, what: str, answer: object, error: str) -> None:  # type: ignore[no-untyped-def]
    server = serve(answer)
    began = time.monotonic()
    fetched = asyncio.run(check(server.url + "/a", replace(rules, total=1.5, read=1.0, max_body=3_000_000), NOW))
    assert (fetched.error, fetched.remembered.etag) == (error, "")
    assert time.monotonic() - began < 4.0
    assert fetched.detail
    assert len(server.requests) <= 7


def test_misbehaving_servers_delay_no_healthy_one(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    good = serve(response(RSS), "0.0.0.0")
    faults = [answer for answer in (drip, silence, gigabyte_of_zeros, endless) for _ in range(3)]
    bad = [serve(answer, f"127.0.8.{n}") for n, answer in enumerate(faults, 1)]
    feeds = [watched(server.url, f"bad{n}") for n, server in enumerate(bad)]
    feeds += [watched(f"http://127.0.7.{n}:{good.port}/", f"good{n}") for n in range(1, 40)]
    arrived: dict[str, float] = {}

    async def poll() -> None:
        began = time.monotonic()
        async for fetched in read_all(feeds, {}, replace(rules, read=1.5, total=2.0), NOW):
            assert fetched.ok is fetched.feed.key.startswith("good"), (fetched.feed.key, fetched.detail)
            arrived[fetched.feed.key] = time.monotonic() - began

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asyncio.run(poll())
    assert len(arrived) == len(feeds)
    assert max(arrived.values()) < 6.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_a_server_that_accepts_no_connection_ends_by_the_limit_for_connecting(rules: Rules) -> None:
    """A listener whose queue is full: what is asked of it is never answered, not even by a refusal."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        began = time.monotonic()
        strict = replace(rules, connect=0.5, read=20.0, total=20.0)
        found = asyncio.run(check(f"http://127.0.0.1:{address[1]}/", strict, NOW))
        assert found.error == "TooSlow"
        assert time.monotonic() - began < 10
        for filler in fillers:
            filler.close()


def test_nothing_of_a_server_is_kept_between_requests(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    server = serve(response(RSS, "Set-Cookie: id=1; Path=/", 'ETag: "v1"'))

    async def twice() -> None:
        async with Client(rules) as client:
            await client.get(server.url)
            await client.get(server.url)

    asyncio.run(twice())
    assert len(server.requests) == 2
    assert b"cookie" not in server.requests[1].lower()


def test_what_is_sent_is_only_what_is_meant(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    server = serve(response(RSS))
    asyncio.run(check(server.url, replace(rules, user_agent="Pactwatch/test (+mailto:a@b.example)"), NOW))
    sent = {line.partition(b":")[0].lower() for line in server.requests[0].split(b"\r\n")[1:] if line}
    assert sent == {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}
    assert b"Accept-Encoding: gzip\r\n" in server.requests[0]
    assert b"Pactwatch/test (+mailto:a@b.example)" in server.requests[0]


def test_a_webhook_is_posted_and_its_secret_path_never_told(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    server = serve(response(b"ok", status="202 Accepted"))
    answer = asyncio.run(post(f"{server.url}/services/CANARY", b'{"a":1}', {"X-Signature": "1"}, rules))
    assert answer.status == 202
    assert server.requests[0].startswith(b"POST /services/CANARY")
    assert b"X-Signature: 1" in server.requests[0]
    broken = serve(b"", "127.0.0.7")
    for url in (
        f"{broken.url}/CANARY",
        "http://127.0.0.1:1/CANARY",
        "http://a..b/CANARY",
        "file:///CANARY",
        "http://[CANARY/",
    ):
        with pytest.raises(FeedError) as caught:
            asyncio.run(post(url, b"", {}, rules))
        assert "CANARY" not in caught.value.detail
    assert len(broken.requests) == 1


def test_the_page_of_an_error_is_not_read(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    def endless_404(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    assert asyncio.run(check(serve(endless_404).url, rules, NOW)).error == "Missing"


def test_what_packs_well_is_no_bomb_and_a_bomb_ends_early(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    """Two megabytes of equal entries come to a fortieth in gzip and are read; zeros end after their first."""
    item = RSS[RSS.index(b"<item>") : RSS.rindex(b"</item>") + 7]
    whole = RSS.replace(item, item + b"".join(b"<item><guid>%d</guid>%s" % (n * 7919, item[6:]) for n in range(6000)))
    packed = gzip.compress(whole)
    assert len(whole) > 2_000_000
    assert 20 < len(whole) / len(packed) < 100
    server = serve(coded(packed, "gzip"))
    assert len(asyncio.run(check(server.url, rules, NOW)).entries) == 500
    bomb = serve(coded(gzip.compress(b"\0" * 3_000_000), "gzip"))
    found = asyncio.run(check(bomb.url, rules, NOW))
    assert (found.error, found.detail) == ("TooLarge", "compressed bytes that unpack to over 100 times their number")


def test_gzip_is_read_also_in_several_members(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    half = len(RSS) // 2
    server = serve(coded(gzip.compress(RSS[:half]) + gzip.compress(RSS[half:]), "gzip"))
    assert len(asyncio.run(check(server.url, rules, NOW)).entries) == 2


def test_gzip_within_gzip_is_read_and_a_bomb_within_is_none(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    twice, bomb = gzip.compress(gzip.compress(RSS)), gzip.compress(gzip.compress(b"\0" * 20_000_000))
    for body, error in ((twice, ""), (bomb, "Broken")):
        server = serve(response(body, "Content-Encoding: gzip", "Content-Type: text/xml"))
        assert asyncio.run(check(server.url, rules, NOW)).error == error


def test_a_host_is_asked_one_at_a_time_with_a_pause(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    times: list[float] = []

    def note(connection: socket.socket, request: bytes) -> None:
        times.append(time.monotonic())
        connection.sendall(response(RSS))

    server = serve(note)
    feeds = [watched(f"{server.url}/{n}", str(n)) for n in range(4)]

    async def poll() -> list[Fetched]:
        return [fetched async for fetched in read_all(feeds, {}, replace(rules, pause=0.2), NOW)]

    assert len(asyncio.run(poll())) == 4
    assert min(later - sooner for sooner, later in itertools.pairwise(times)) >= 0.19


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize(
    ("name", "trusted", "error"),
    [("127.0.0.1", True, ""), ("127.0.0.1", False, "Untrusted"), ("outlet.example", True, "Untrusted")],
)
def test_certificates_are_verified(  # type: ignore[no-untyped-def]
    tmp_path, rules: Rules, authority: trustme.CA, name: str, trusted: bool, error: str
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)

    async def poll() -> Fetched:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(response(RSS))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await check(f"https://127.0.0.1:{port}/", replace(rules, ca_file=str(ca) if trusted else ""), NOW)

    assert asyncio.run(poll()).error == error


def test_https_is_not_left_for_http() -> None:
    with pytest.raises(Untrusted, match="declare that address if you accept it"):
        _next(URL("https://outlet.example/feed"), "http://outlet.example/feed")
    assert str(_next(URL("http://a.example/x/y"), "../z?q=1#f")) == "http://a.example/z?q=1"


def test_remembered_validators_are_sent_and_a_304_costs_no_parsing(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    def answer(connection: socket.socket, request: bytes) -> None:
        if b'If-None-Match: "v1"' in request and b"If-Modified-Since: Tue, 24 Nov 2026" in request:
            connection.sendall(response(b"", 'ETag: "v1"', status="304 Not Modified"))
        else:
            connection.sendall(response(RSS, 'ETag: "v1"', "Last-Modified: Tue, 24 Nov 2026 08:00:00 GMT"))

    server = serve(answer)
    feed = watched(server.url)
    memory: dict[str, Remembered] = {}

    async def poll() -> Fetched:
        return await anext(read_all([feed], memory, rules, NOW))

    first = asyncio.run(poll())
    memory[feed.key] = first.remembered
    second = asyncio.run(poll())
    assert (first.outcome, second.outcome, second.status) == ("entries", "unchanged", 304)
    assert second.remembered.etag == '"v1"'
    assert second.remembered.seen == first.remembered.seen


def test_an_equal_body_without_validators_is_unchanged(serve, rules: Rules) -> None:  # type: ignore[no-untyped-def]
    server = serve(response(RSS))
    feed = watched(server.url)

    async def poll(memory: dict[str, Remembered]) -> Fetched:
        return await anext(read_all([feed], memory, rules, NOW))

    first = asyncio.run(poll({}))
    assert asyncio.run(poll({feed.key: first.remembered})).outcome == "unchanged"
