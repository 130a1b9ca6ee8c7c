"""What is watched, declared: the watch list, the user's own feeds, the seed articles, and OPML in and out."""

from seeds import opml
from seeds.declared import SeedError, Which, load_articles, load_feeds
from seeds.model import Entry, Feed, Kind
from seeds.own import add_feed

__all__ = ["Entry", "Feed", "Kind", "SeedError", "Which", "add_feed", "load_articles", "load_feeds", "opml"]
