"""The poll of many feeds: what is yielded, what is remembered, and when there is no network."""

# mypy: disable-error-code="attr-defined"

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feeds import Fetched, Remembered, Rules, read_all
from feeds.guard import Guard
from feeds.names import LookUp, Resolver
from seeds import Feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def no_names(*_: object, **__: object) -> list[tuple[object, ...]]:
    """A resolver that knows no name."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def poll(
    feeds: Sequence[Feed],
    rules: Rules,
    memory: Mapping[str, Remembered] | None = None,
    look_up: LookUp = socket.getaddrinfo,
) -> dict[str, Fetched]:
    async def all_of_them() -> dict[str, Fetched]:
        stream = read_all(feeds, memory or {}, rules, NOW, look_up=look_up)
        return {fetched.feed.key: fetched async for fetched in stream}

    return asyncio.run(all_of_them())


def test_without_a_network_no_feed_is_blamed(watch: Callable[..., Feed], rules: Rules) -> None:
    feeds = [watch(f"https://outlet{n}.example/feed", f"f{n}") for n in range(20)]
    memory = {"f3": Remembered("f3", declared=feeds[3].url, url=feeds[3].url, etag='"x"', failures=1)}
    found = poll(feeds, rules, memory, no_names)
    assert {fetched.error for fetched in found.values()} == {"Offline"}
    assert found["f3"].remembered == memory["f3"]
    assert found["f4"].remembered.failures == 0
    assert found["f4"].detail == "no network: no name can be resolved"


def test_one_name_that_fails_is_that_feeds_fault(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules
) -> None:
    (found,) = poll([watch("https://gone.example/feed")], rules, look_up=no_names).values()
    assert (found.error, found.remembered.state, found.remembered.failures) == ("NoName", "failing", 1)


def test_a_silent_resolver_ends_the_waiting() -> None:
    def silence(*_: object, **__: object) -> list[tuple[object, ...]]:
        time.sleep(4)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async def ask() -> list[object]:
        resolver = Resolver(Guard(), silence, patience=0.3)
        names = (resolver.resolve(f"outlet{n}.example", 443) for n in range(20))
        return await asyncio.gather(*names, return_exceptions=True)

    began = time.monotonic()
    assert {type(error).__name__ for error in asyncio.run(ask())} == {"NoName"}
    assert time.monotonic() - began < 2


def test_loopback_says_nothing_of_the_network(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:  # fmt: skip
    server = serve(reply(rss))
    far = [watch(f"https://o{n}.example/", f"far{n}") for n in range(5)]
    feeds = [watch(server.url, "near"), *far]
    found = poll(feeds, rules, look_up=no_names)
    assert found["near"].ok
    assert {found[f"far{n}"].error for n in range(5)} == {"Offline"}


def test_moved_for_good_within_the_domain_is_followed_and_remembered(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        moved = request.startswith(b"GET /old")
        connection.sendall(reply(b"", "Location: /new", status="301 Moved") if moved else reply(rss))

    server = serve(answer)
    feed = watch(f"{server.url}/old")
    first = poll([feed], rules)["one"]
    assert (first.ok, first.remembered.url) == (True, f"{server.url}/new")
    poll([feed], rules, {"one": first.remembered})
    assert server.requests[-1].startswith(b"GET /new")


def test_moved_for_good_to_another_domain_waits_for_a_person(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:
    elsewhere = serve(reply(rss), "127.0.0.9")

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(reply(b"", f"Location: {elsewhere.url}/f", status="308 Moved"))

    server = serve(answer)
    feed = watch(server.url)
    was = Remembered("one", declared=feed.url, url=feed.url, last_ok=NOW - timedelta(days=1), state="fine")
    found = poll([feed], rules, {"one": was})["one"]
    assert (found.error, found.remembered.state, found.entries) == ("Moved", "moved", ())
    assert found.remembered.moved_to == f"{elsewhere.url}/f"


def test_moved_for_good_is_told_also_where_the_new_domain_says_not_modified(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes]
) -> None:
    elsewhere = serve(reply(b"", status="304 Not Modified"), "127.0.0.9")
    feed = watch(serve(reply(b"", f"Location: {elsewhere.url}/f", status="301 Moved")).url)
    was = Remembered("one", feed.url, feed.url, modified="yes", body_hash="x", last_ok=NOW, state="fine")
    assert poll([feed], rules, {"one": was})["one"].remembered.state == "moved"


def test_a_temporary_redirect_is_not_remembered(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        away = request.startswith(b"GET /old")
        connection.sendall(reply(b"", "Location: /today", status="302 Found") if away else reply(rss))

    server = serve(answer)
    found = poll([watch(f"{server.url}/old")], rules)["one"]
    assert (found.ok, found.remembered.url) == (True, f"{server.url}/old")


def test_another_sites_feed_at_the_same_address_is_held_back(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:
    bodies = [rss]
    server = serve(lambda connection, _: connection.sendall(reply(bodies[-1])))
    feed = watch(server.url)
    first = poll([feed], rules)["one"]
    bodies.append(rss.replace(b"Outlet", b"Shoes").replace(b"outlet.example", b"shoes.example").replace(b">1<", b">8<"))
    bodies[-1] = bodies[-1].replace(b">2<", b">9<")
    second = poll([feed], rules, {"one": first.remembered})["one"]
    assert (second.error, second.remembered.state, second.entries) == ("Moved", "moved", ())
    assert "'Shoes'" in second.detail
    assert second.remembered.title == "Outlet"


def test_a_truncated_feed_gives_its_entries_and_is_asked_again(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, rss: bytes
) -> None:
    cut = rss[: rss.rindex(b"<item>")]
    server = serve(b'HTTP/1.1 200 OK\r\nETag: "v"\r\n\r\n' + cut)
    found = poll([watch(server.url)], rules)["one"]
    assert (found.outcome, found.error, len(found.entries)) == ("entries", "Truncated", 1)
    assert (found.remembered.etag, found.remembered.body_hash, found.remembered.failures) == ("", "", 1)


def test_first_polls_are_told_apart(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:
    feed = watch(serve(reply(rss)).url)
    first = poll([feed], rules)["one"]
    second = poll([feed], rules, {"one": replace(first.remembered, body_hash="")})["one"]
    assert (first.first, first.previous_ok) == (True, None)
    assert (second.first, second.previous_ok) == (False, NOW)


def test_nothing_of_an_answer_is_told_unescaped(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes]
) -> None:
    location = "Location: http://evil.example\\@127.0.0.1/\x1b[31m<script>"
    server = serve(reply(b"", location, status="302 Found"))
    found = poll([watch(server.url + "/feed?key=CANARY")], rules)["one"]
    assert found.error in ("BadAddress", "Broken")
    assert found.detail.isprintable()
    assert "CANARY" not in found.detail


def test_memory_is_bounded_by_twice_the_connections(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:
    """A slow reader of results stops the reading, not the machine."""
    server = serve(reply(rss), "0.0.0.0")
    feeds = [watch(f"http://127.0.9.{n}:{server.port}/", f"f{n}") for n in range(1, 60)]

    async def slowly() -> int:
        stream = read_all(feeds, {}, replace(rules, connections=4), NOW)
        await anext(stream)
        await asyncio.sleep(0.5)
        asked = len(server.requests)
        await stream.aclose()
        return asked

    assert asyncio.run(slowly()) <= 10


def test_leaving_early_ends_everything(
    serve: Callable[..., object], watch: Callable[..., Feed], rules: Rules, reply: Callable[..., bytes], rss: bytes
) -> None:
    hanging = serve(lambda connection, _: time.sleep(5))
    near = serve(reply(rss), "127.0.0.3")

    async def first() -> Fetched:
        stream = read_all([watch(near.url, "a"), watch(hanging.url, "b")], {}, rules, NOW)
        try:
            return await anext(stream)
        finally:
            await stream.aclose()

    began = time.monotonic()
    assert asyncio.run(first()).feed.key == "a"
    assert time.monotonic() - began < 3
