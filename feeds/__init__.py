"""From the network to entries: ask politely and safely, read whatever comes, remember what the server said.

The way of one feed: `read.Reader.read` -> `client.Client.get` -> `parsing.parse` -> `memory.read` -> `Fetched`.
Which entry is new, edited or known is said by `identity`, which is pure.

Names are loaded when they are used: the processes that parse start without the client, and `pactwatch --help` without
either.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feeds import errors, identity
    from feeds.articles import Article, read_articles, wants_article, with_article
    from feeds.client import Client, post
    from feeds.discovery import check, declare, discover
    from feeds.errors import FeedError
    from feeds.memory import confirm, due
    from feeds.model import Fetched, Outcome, Parsed, Remembered, Rules, State
    from feeds.parsing import parse
    from feeds.read import read_all

__all__ = [
    "Article", "Client", "FeedError", "Fetched", "Outcome", "Parsed", "Remembered", "Rules", "State", "check",
    "confirm", "declare", "discover", "due", "errors", "identity", "parse", "post", "read_all", "read_articles",
    "wants_article", "with_article",
]  # fmt: skip

_HOMES = {
    "articles": ("Article", "read_articles", "wants_article", "with_article"),
    "discovery": ("check", "declare", "discover"),
    "client": ("Client", "post"),
    "errors": ("FeedError",),
    "memory": ("confirm", "due"),
    "model": ("Fetched", "Outcome", "Parsed", "Remembered", "Rules", "State"),
    "parsing": ("parse",),
    "read": ("read_all",),
}


def __getattr__(name: str) -> Any:
    if name in ("errors", "identity"):
        return import_module(f"feeds.{name}")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"feeds.{home}"), name)
    raise AttributeError(f"module 'feeds' has no attribute {name!r}")
