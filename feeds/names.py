"""Names of hosts resolved by the system, every address checked, and the moment noticed when no name resolves at all."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.errors import BadAddress, NoName
from feeds.guard import Guard

PATIENCE = 2.0
"""Seconds after which, with no name resolved and `ENOUGH` of them asked, there is no network and none is waited for."""
ENOUGH = 8

Found = list[tuple[int, str]]
LookUp = Callable[..., Sequence[tuple[Any, ...]]]
"""As `socket.getaddrinfo`."""


class Resolver(AbstractResolver):
    """`getaddrinfo` in threads of its own. Daemons: a resolver that is silent for ten seconds holds up no exit."""

    def __init__(self, guard: Guard, look_up: LookUp = socket.getaddrinfo, patience: float = PATIENCE) -> None:
        self._guard = guard
        self._look_up = look_up
        self._patience = patience
        self._asked: set[str] = set()
        self._resolved = False
        self._dark = asyncio.Event()
        self._clock: asyncio.TimerHandle | None = None

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All addresses of a name. One that may not be connected to refuses the name."""
        self._asked.add(host)
        if self._clock is None:
            self._clock = asyncio.get_running_loop().call_later(self._patience, self._look_around)
        found = await self._found(host, port, family)
        self._resolved = True
        for _, address in found:
            self._guard.check(host, address)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in found
        ]

    async def _found(self, host: str, port: int, family: int) -> Found:
        lookup = _in_a_thread(self._look_up, host, port, family)
        dark = asyncio.ensure_future(self._dark.wait())
        await asyncio.wait((lookup, dark), return_when=asyncio.FIRST_COMPLETED)
        dark.cancel()
        if not lookup.done():
            raise NoName("the resolver answers for no name", temporary=True)
        found = lookup.result()
        if isinstance(found, socket.gaierror):
            raise NoName(f"the name {host} can't be resolved", temporary=found.errno == socket.EAI_AGAIN) from found
        if isinstance(found, Exception):
            raise BadAddress(f"{host!r} is no name of a host") from found
        return found

    def _look_around(self) -> None:
        if not self._resolved and len(self._asked) >= ENOUGH:
            self._dark.set()

    async def close(self) -> None:
        """Nothing is waited for."""
        if self._clock is not None:
            self._clock.cancel()


def _in_a_thread(look_up: LookUp, host: str, port: int, family: int) -> "asyncio.Future[Found | Exception]":
    """What the system's resolver says, an error as a value: nobody may be left to hear it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Found | Exception] = loop.create_future()

    def ask() -> None:
        found: Found | Exception
        try:
            infos = look_up(host, port, family=family, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys((int(kind), str(address[0])) for kind, _, _, _, address in infos))
        except (OSError, UnicodeError) as error:
            found = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if future.done() else future.set_result(found))

    threading.Thread(target=ask, name=f"name {host[:40]}", daemon=True).start()
    return future
