"""Politeness: how many requests run in all, how many to one host, and the pause between two of them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from feeds.model import Rules

SLOW = 1.0
"""Seconds after which a visit no longer counts among the connections, as long as no more than as many again are slow:
a crowd of servers that drip or are silent holds up no quick one."""


@dataclass(slots=True)
class Turn:
    """One visit, at one host at a time; `asked` is taken back where no request left this machine, so that the next need
    not pause."""

    hosts: "Hosts"
    host: str = ""
    asked: bool = True
    slow: bool = False
    _stay: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def move(self, host: str) -> None:
        """Go on to a host, where a redirect leads there. The one before is left first: two visits that change places
        wait for each other otherwise."""
        if host != self.host:
            await self._stay.aclose()
            self.host, self.asked = host, True
            await self._stay.enter_async_context(self.hosts.stay(self))

    async def leave(self) -> None:
        """End the visit."""
        await self._stay.aclose()


class Hosts:
    """Turns for hosts. Waiting for a busy host holds none of the slots that other hosts could use."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._all = asyncio.Semaphore(rules.connections)
        self._slow = 0
        self._each: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(rules.per_host))
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Turn]:
        """Wait for the host's turn and for a free connection, then hold both."""
        turn = Turn(self)
        try:
            await turn.move(host)
            yield turn
        finally:
            await turn.leave()

    @asynccontextmanager
    async def stay(self, turn: Turn) -> AsyncIterator[None]:
        """The part of a visit that is spent at one host."""
        loop, host = asyncio.get_running_loop(), turn.host
        async with self._each[host]:
            wait = self._free_at.get(host, 0.0) - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            await self._all.acquire()
            turn.slow = False
            timer = loop.call_later(SLOW, self._let_pass, turn)
            try:
                yield
            finally:
                timer.cancel()
                self._leave(turn)
                if turn.asked:
                    self._free_at[host] = loop.time() + self._rules.pause

    def _let_pass(self, turn: Turn) -> None:
        if self._slow < self._rules.connections:
            turn.slow = True
            self._slow += 1
            self._all.release()

    def _leave(self, turn: Turn) -> None:
        if turn.slow:
            self._slow -= 1
        else:
            self._all.release()


class Places:
    """Results of one batch that are under way or wait to be taken: no more than can be under way, so that a slow taker
    slows the asking and not the memory down. Whoever waits for a busy host takes no place from the others."""

    def __init__(self, rules: Rules) -> None:
        self.all = asyncio.Semaphore(2 * rules.connections)
        self.of: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(rules.per_host))
