"""What is watched, declared: the watch list, the user's own feeds, the seed articles, and OPML in and out.

Names are loaded when they are used: who only needs `Entry` and `Feed` does not load the validators.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seeds.model import Entry, Feed, Kind

if TYPE_CHECKING:
    from seeds import opml
    from seeds.declared import SeedError, Which, load_articles, load_feeds
    from seeds.own import add_feeds

__all__ = ["Entry", "Feed", "Kind", "SeedError", "Which", "add_feeds", "load_articles", "load_feeds", "opml"]

_HOMES = {"declared": ("SeedError", "Which", "load_articles", "load_feeds"), "own": ("add_feeds",)}


def __getattr__(name: str) -> Any:
    if name == "opml":
        return import_module("seeds.opml")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"seeds.{home}"), name)
    raise AttributeError(f"module 'seeds' has no attribute {name!r}")
