"""From the network to entries: ask politely and safely, read whatever comes, remember what the server said.

The way of one feed: `read.Reader.read` -> `client.Client.get` -> `parse.parse` -> `memory.read` -> `Fetched`.
Which entry is new, edited or known is said by `identity`, which is pure.
"""

from feeds import errors, identity
from feeds.client import Client
from feeds.errors import FeedError
from feeds.memory import confirm, due
from feeds.model import Fetched, Outcome, Parsed, Remembered, Rules, State
from feeds.parse import parse
from feeds.read import read_all

__all__ = [
    "Client", "FeedError", "Fetched", "Outcome", "Parsed", "Remembered", "Rules", "State", "confirm", "due", "errors",
    "identity", "parse", "post", "read_all",
]  # fmt: skip


async def post(url: str, body: bytes, headers: dict[str, str], rules: Rules) -> int:
    """Send a body to a webhook by the same rules as everything else; the status. `FeedError` where there is none."""
    async with Client(rules) as client:
        return (await client.post(url, body, headers)).status
