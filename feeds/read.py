"""The poll: many feeds asked side by side, each by the rules, each result yielded as it comes.

One conditional GET a feed, then its body to a process that can be killed, then what to remember. A feed that fails is a
result like any other; nothing here raises for what a server or publisher does.
"""

import asyncio
import hashlib
import random
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from feeds import errors, memory
from feeds.client import Answer, Client
from feeds.guard import shown
from feeds.headers import max_age, retry_after, validator
from feeds.hosts import Hosts, Places, Turn
from feeds.memory import Told
from feeds.model import Fetched, Parsed, Remembered, Rules
from feeds.names import LookUp
from feeds.plain import scrub
from feeds.pool import Pool
from feeds.sharing import shared
from seeds.model import Feed

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_STATUS: dict[int, type[errors.FeedError]] = {
    401: errors.Blocked, 403: errors.Blocked, 404: errors.Missing, 408: errors.TooSlow, 410: errors.Gone,
    429: errors.Blocked, 451: errors.Blocked, 503: errors.Blocked,
}  # fmt: skip


async def read_all(
    feeds: Sequence[Feed],
    remembered: Mapping[str, Remembered],
    rules: Rules,
    now: datetime,
    *,
    look_up: LookUp = socket.getaddrinfo,
) -> AsyncIterator[Fetched]:
    """Ask all feeds given, yield each as it is done; at most twice `rules.connections` results wait to be taken.
    `look_up` resolves names.

    Where no name at all can be resolved, every feed that has a name comes last, with `Offline`, its memory untouched.
    """
    async with Client(rules, look_up) as client, shared(rules) as common:
        reader = Reader(client, common.pool, common.hosts, Places(rules), rules, now)
        results: asyncio.Queue[Fetched | BaseException] = asyncio.Queue(maxsize=1)
        nameless: list[tuple[Feed, Fetched]] = []
        network = False
        feeder = asyncio.create_task(_feed(reader, feeds, remembered, results))
        try:
            for _ in range(len(feeds)):
                fetched = await results.get()
                if isinstance(fetched, BaseException):
                    raise fetched
                if fetched.error == "NoName" and not network:
                    nameless.append((fetched.feed, fetched))
                    continue
                network = network or not _literal(fetched.feed)
                yield fetched
            for feed, fetched in nameless:
                yield fetched if network or not _offline(nameless) else _as_offline(feed, fetched, remembered)
        finally:
            feeder.cancel()
            await asyncio.gather(feeder, return_exceptions=True)


async def _feed(
    reader: "Reader",
    feeds: Sequence[Feed],
    remembered: Mapping[str, Remembered],
    results: "asyncio.Queue[Fetched | BaseException]",
) -> None:
    """Ask all side by side; an error of our own (no parsing process starts) is a result too, and ends the poll."""
    try:
        async with asyncio.TaskGroup() as group:
            for feed in feeds:
                group.create_task(reader.read(feed, remembered.get(feed.key), results.put))
    except BaseExceptionGroup as ours:
        await results.put(ours.exceptions[0])


def _literal(feed: Feed) -> bool:
    host = memory.host(feed.url)
    return host == "localhost" or ":" in host or host.replace(".", "").isdecimal()


def _offline(nameless: list[tuple[Feed, Fetched]]) -> bool:
    """Of one or two names that can't be resolved it is likelier that they are wrong, unless the resolver is silent."""
    names = {memory.host(feed.url) for feed, _ in nameless}
    return len(names) > 2 or all("resolver" in fetched.detail for _, fetched in nameless)


def _as_offline(feed: Feed, fetched: Fetched, remembered: Mapping[str, Remembered]) -> Fetched:
    untouched = memory.start(feed, remembered.get(feed.key))
    return replace(fetched, error="Offline", detail="no network: no name can be resolved", remembered=untouched)


@dataclass(slots=True)
class Reader:
    """One feed at a time, by the rules."""

    client: Client
    pool: Pool
    hosts: Hosts
    places: Places
    rules: Rules
    now: datetime

    async def read(
        self, feed: Feed, remembered: Remembered | None, hand_over: Callable[[Fetched], Awaitable[None]]
    ) -> None:
        """Ask one feed and hand its result over. Never raises for what the server does; a place is held until the
        result is taken."""
        was = memory.start(feed, remembered)
        host = memory.host(was.url)
        async with self.places.of[host], self.places.all:
            await hand_over(await self._visit(feed, was, host))

    async def _visit(self, feed: Feed, was: Remembered, host: str) -> Fetched:
        async with self.hosts.turn(host) as turn:
            began = time.monotonic()
            try:
                async with AsyncExitStack() as room:
                    answer = await self._ask(was, room, turn)
                    fetched = await self._judge(feed, was, answer)
            except errors.FeedError as error:
                turn.asked = not isinstance(error, errors.NoName | errors.BadAddress)
                fetched = self._failed(feed, was, error)
            return replace(fetched, seconds=time.monotonic() - began)

    async def _ask(self, was: Remembered, room: AsyncExitStack, turn: Turn) -> Answer:
        headers = {"Accept": _ACCEPT}
        if was.body_hash and was.etag:
            headers["If-None-Match"] = was.etag
        if was.body_hash and was.modified:
            headers["If-Modified-Since"] = was.modified
        return await self.client.get(was.url, headers, room=room, before=lambda url: turn.move(memory.host(str(url))))

    async def _judge(self, feed: Feed, was: Remembered, answer: Answer) -> Fetched:
        if answer.status not in (200, 304) or (answer.status == 304 and not was.body_hash):
            raise _refusal(answer, self.now)
        self._refuse_elsewhere(was, answer)
        if answer.status == 304:
            return self._unchanged(feed, was, answer)
        body_hash = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        if body_hash == was.body_hash:
            return self._unchanged(feed, was, answer)
        parsed = await self.pool.parse(answer.body, feed, answer.headers.get("content-type", ""), answer.url, self.now)
        return self._read(feed, was, parsed, answer, body_hash)

    def _unchanged(self, feed: Feed, was: Remembered, answer: Answer) -> Fetched:
        after = memory.unchanged(was, _told(answer), self.rules, self.now)
        return Fetched(feed, self.now, "unchanged", after, status=answer.status, previous_ok=was.last_ok)

    def _refuse_elsewhere(self, was: Remembered, answer: Answer) -> None:
        """A permanent redirect to another domain is followed only when a person has confirmed it."""
        if answer.permanent and was.last_ok is not None and not memory.is_at_home(was, answer.permanent):
            raise errors.Moved(f"moved for good to {shown(answer.permanent)}; confirm it", to=answer.permanent)

    def _read(self, feed: Feed, was: Remembered, parsed: Parsed, answer: Answer, body_hash: str) -> Fetched:
        if memory.is_another(was, parsed):
            raise errors.Moved(f"another site's feed stands here now: {parsed.title[:80]!r}; confirm it")
        if parsed.error:
            error = errors.BY_NAME[parsed.error](_with_offer(parsed))
            after = memory.failed(was, error, self.rules, self.now, random.random())  # noqa: S311
        else:
            after = memory.read(was, replace(_told(answer), body_hash=body_hash), parsed, self.rules, self.now)
        return Fetched(
            feed, self.now, "failed" if parsed.error and not parsed.entries else "entries", after,
            entries=parsed.entries, error=parsed.error, detail=_with_offer(parsed), status=answer.status,
            dropped=parsed.dropped, undated=parsed.undated, first=was.last_ok is None, previous_ok=was.last_ok,
            mended=parsed.mended, offers=parsed.offers, size=len(answer.body),
        )  # fmt: skip

    def _failed(self, feed: Feed, was: Remembered, error: errors.FeedError) -> Fetched:
        after = memory.failed(was, error, self.rules, self.now, random.random())  # noqa: S311
        name = type(error).__name__
        return Fetched(
            feed, self.now, "failed", after, error=name, detail=error.detail, status=error.status,
            previous_ok=was.last_ok, first=was.last_ok is None,
        )  # fmt: skip


def _with_offer(parsed: Parsed) -> str:
    return f"{parsed.detail}; it offers {scrub(parsed.offers[0])[:200]}" if parsed.offers else parsed.detail


def _told(answer: Answer) -> Told:
    headers = answer.headers
    return Told(validator(headers, "etag"), validator(headers, "last-modified"), max_age(headers), answer.permanent)


def _refusal(answer: Answer, now: datetime) -> errors.FeedError:
    """What a status that is neither 200 nor 304 means."""
    status = answer.status
    default = errors.Failing if status >= 500 else errors.Missing
    kind = _STATUS.get(status, default if status >= 400 else errors.Broken)
    what = "it holds nothing that we could have" if status == 304 else f"the server answers {status}"
    error = kind(f"{what} for {shown(answer.url)}")
    error.status = status
    error.retry_after = retry_after(answer.headers, now)
    return error
