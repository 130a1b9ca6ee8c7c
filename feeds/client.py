"""The one client: every request that Pactwatch makes to a stranger goes through `Client`, feeds, pages and webhooks.

Own redirects (each hop checked), own decompression (bounded while it decodes), a deadline for the whole, no cookies, no
credentials, certificates always verified. Every failure is a `FeedError`.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache, partial
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from feeds.body import LARGE_AT_A_TIME, Bounds, read_body
from feeds.errors import (
    BadAddress,
    Broken,
    FeedError,
    NoName,
    Redirected,
    TooSlow,
    Unreachable,
    Untrusted,
)
from feeds.guard import Guard, asking, checked, shown
from feeds.model import Rules
from feeds.names import LookUp, Resolver

_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)

Before = Callable[[URL], Awaitable[None]]
"""Called with each address before it is asked, the first and each that a redirect leads to: waits for the host's turn,
or raises a `FeedError` where it may not be asked. Its time is ours and none of the server's deadline."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said in the end: header names are lower-case; `body` is decompressed, and empty but for 200."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    permanent: str = ""
    """Where an unbroken row of permanent redirects from the start led, or empty."""
    hops: tuple[str, ...] = field(default=())


class Client:
    """Use as `async with`; one for a run."""

    def __init__(self, rules: Rules, look_up: LookUp = socket.getaddrinfo) -> None:
        self.rules = rules
        self._look_up = look_up
        self._guard = Guard(rules.allowed)
        self._session: aiohttp.ClientSession | None = None
        self._large = asyncio.Semaphore(LARGE_AT_A_TIME)

    async def __aenter__(self) -> Self:
        rules = self.rules
        connector = aiohttp.TCPConnector(
            resolver=Resolver(self._guard, self._look_up),
            socket_factory=self._guard.socket,
            ssl=_trust(rules.ca_file),
            limit=0,
            force_close=True,  # a poll visits a host once: thousands of idle connections would be handles wasted
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=rules.connect, sock_read=rules.read),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": rules.user_agent},
            skip_auto_headers=("Accept-Encoding",),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        limit: int | None = None,
        room: AsyncExitStack | None = None,
        before: Before | None = None,
    ) -> Answer:
        """Ask for a page, redirects followed. Any status is an answer; `FeedError` where there is none.

        Of bodies over `LARGE` only a few are held at a time. With `room` such a body keeps its place until that stack
        is left, so that a caller can read it in peace.
        """
        wanted = {"Accept-Encoding": "gzip", **(headers or {})}
        try:
            async with asyncio.timeout(self.rules.total) as deadline, AsyncExitStack() as own:
                bounds = Bounds(limit or self.rules.max_body, self._large, room or own)
                waiting = partial(_suspended, deadline, before) if before else _at_once
                return await self._follow(checked(url), wanted, bounds, waiting)
        except TimeoutError as error:
            raise TooSlow(f"no whole answer within {self.rules.total:g} seconds") from error

    async def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a body; no redirect is followed and of the answer only status and headers are read. The path of a
        webhook's address is its secret, so errors name the host alone."""
        try:
            target = checked(url)
        except BadAddress as error:
            raise BadAddress(f"the webhook's address: {error.detail.rpartition(': ')[2]}") from None
        try:
            async with asyncio.timeout(self.rules.total), AsyncExitStack() as own:
                return await self._once("POST", target, headers or {}, Bounds(0, self._large, own), body)
        except TimeoutError as error:
            raise TooSlow(f"no whole answer within {self.rules.total:g} seconds") from error

    async def _follow(self, url: URL, headers: Mapping[str, str], bounds: Bounds, before: Before) -> Answer:
        permanent, unbroken, hops = "", True, [str(url)]
        while True:
            await before(url)
            answer = await self._once("GET", url, headers, bounds)
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not target:
                return Answer(answer.status, str(url), answer.headers, answer.body, permanent, tuple(hops))
            following = _next(url, target)
            if str(following) in hops:
                raise Redirected(f"redirects in a circle at {shown(str(following))}")
            if len(hops) > self.rules.max_redirects:
                raise Redirected(f"more than {self.rules.max_redirects} redirects")
            unbroken = unbroken and answer.status in _PERMANENT
            permanent = str(following) if unbroken else permanent
            url = following
            hops.append(str(url))

    async def _once(
        self, method: str, url: URL, headers: Mapping[str, str], bounds: Bounds, data: bytes = b""
    ) -> Answer:
        """One request. Connections that break before anything came are tried once more."""
        named = url if method == "GET" else url.origin()
        for again in (True, False):
            try:
                return await self._request(method, url, headers, bounds, data)
            except (aiohttp.ServerDisconnectedError, ConnectionResetError, aiohttp.ClientOSError) as error:
                if not again or method != "GET" or isinstance(error, aiohttp.ClientConnectorError):
                    raise _named(error, named) from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise _named(error, named) from error
        raise Unreachable(f"{shown(str(url))} broke off twice")

    async def _request(self, method: str, url: URL, headers: Mapping[str, str], bounds: Bounds, data: bytes) -> Answer:
        assert self._session is not None, "use the client as an async context manager"
        token = asking.set(url.host or "")
        try:
            async with self._session.request(
                method, url, headers=headers, data=data or None, allow_redirects=False
            ) as response:
                told = _lower(response.headers)
                wanted = response.status == 200 and method == "GET"
                body = await read_body(response, told.get("content-encoding", ""), bounds) if wanted else b""
                return Answer(response.status, str(url), told, body)
        finally:
            asking.reset(token)


async def _at_once(_: URL) -> None:
    """Nothing to wait for."""


async def _suspended(deadline: asyncio.Timeout, before: Before, url: URL) -> None:
    """What is to be done before a request, while the deadline stands still."""
    loop = asyncio.get_running_loop()
    left = (deadline.when() or 0.0) - loop.time()
    deadline.reschedule(None)
    await before(url)
    deadline.reschedule(loop.time() + left)


@cache
def _trust(ca_file: str) -> ssl.SSLContext:
    """The system's authorities and those of a file; certificates and names are verified, TLS 1.2 is the oldest."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Header names in lower case; of a header sent twice the first value."""
    told: dict[str, str] = {}
    for name, value in headers.items():
        told.setdefault(name.lower(), value)
    return told


def _next(url: URL, target: str) -> URL:
    """Where a redirect leads, as checked as a first address; never from https to http."""
    target = target.strip()
    try:
        joined = target if target.lower().startswith(("http:", "https:")) else str(url.join(URL(target)))
    except ValueError as error:
        raise BadAddress(f"redirects to {shown(target)}: no address") from error
    following = checked(joined)
    if url.scheme == "https" and following.scheme == "http":
        raise Untrusted(f"redirects from https to {shown(str(following))}; declare that address if you accept it")
    return following


def _named(error: BaseException, url: URL) -> FeedError:
    """The `FeedError` for what aiohttp raised; its text never holds more of the address than `shown` lets through."""
    where = shown(str(url))
    if isinstance(error, (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, ssl.SSLError)):
        reason = getattr(getattr(error, "certificate_error", error), "verify_message", "") or "no trusted connection"
        return Untrusted(f"{where}: certificate not trusted: {reason}")
    if isinstance(error, TimeoutError):
        return TooSlow(f"{where} was silent for too long")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return NoName(f"the name {url.host} can't be resolved")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Broken(f"{where}: the answer ends before its announced end")
    if isinstance(error, aiohttp.ClientResponseError):
        return Broken(f"{where} does not answer in HTTP as it is written")
    if isinstance(error, aiohttp.InvalidURL):
        return BadAddress(f"{where}: no address")
    if isinstance(error, OSError):
        return Unreachable(f"{where}: {(error.strerror or 'no connection').lower()}")
    return Unreachable(f"{where}: the connection broke off")


async def post(url: str, body: bytes, headers: Mapping[str, str], rules: Rules) -> Answer:
    """Send a body to a webhook, by the same rules as every other request. `FeedError` where there is no answer."""
    async with Client(rules) as client:
        return await client.post(url, body, headers)
