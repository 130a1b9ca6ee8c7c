"""Webhooks through the guarded client of `feeds`: no private address but those that the operator allows."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from alerts.deliver.way import Post
from feeds import Rules, post
from feeds.errors import FeedError


def guarded(rules: Rules) -> Post:
    """A `Post` by these rules. It may be called with an event loop running: each post has a loop of its own."""

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(lambda: asyncio.run(_post(url, body, headers, rules))).result()

    return send


async def _post(url: str, body: bytes, headers: Mapping[str, str], rules: Rules) -> int:
    try:
        return (await post(url, body, headers, rules)).status
    except FeedError as error:
        raise ConnectionError(type(error).__name__) from error  # its detail may hold the address
