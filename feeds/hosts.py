"""Politeness: how many requests run in all, how many to one host, and the pause between two of them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from feeds.model import Rules


@dataclass(slots=True)
class Turn:
    """One visit; `asked` is taken back where no request left this machine, so that the next need not pause."""

    asked: bool = True


class Hosts:
    """Turns for hosts. Waiting for a busy host holds none of the slots that other hosts could use."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._all = asyncio.Semaphore(rules.connections)
        self._each: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(rules.per_host))
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Turn]:
        """Wait for the host's turn and for a free connection, then hold both."""
        loop = asyncio.get_running_loop()
        async with self._each[host]:
            wait = self._free_at.get(host, 0.0) - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            async with self._all:
                turn = Turn()
                try:
                    yield turn
                finally:
                    if turn.asked:
                        self._free_at[host] = loop.time() + self._rules.pause
