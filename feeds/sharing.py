"""What all that runs in one event loop by the same rules has in common: the parsing processes, and the turns of hosts.

Batches of feeds are read side by side, and pages in between: without this, each would have its own 32 connections.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from feeds.hosts import Hosts
from feeds.model import Rules
from feeds.pool import Pool


@dataclass(slots=True)
class Common:
    """Closed when its last user leaves."""

    pool: Pool
    hosts: Hosts
    users: int = 0


_commons: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Rules, Common]]" = WeakKeyDictionary()


@asynccontextmanager
async def shared(rules: Rules) -> AsyncIterator[Common]:
    """What is common to this event loop and these rules."""
    commons = _commons.setdefault(asyncio.get_running_loop(), {})
    common = commons.setdefault(rules, Common(Pool(rules), Hosts(rules)))
    common.users += 1
    try:
        yield common
    finally:
        common.users -= 1
        if common.users == 0:
            del commons[rules]
            await common.pool.close()
