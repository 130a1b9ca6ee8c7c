"""Thin for now: parsing in this process."""

from datetime import datetime

from feeds.model import Parsed, Rules
from feeds.parse import parse
from seeds.model import Feed


class Pool:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def __aenter__(self) -> "Pool":
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def parse(self, body: bytes, feed: Feed, content_type: str, url: str, now: datetime) -> Parsed:
        return parse(body, feed, content_type, url=url, now=now, most=self._rules.max_entries)
