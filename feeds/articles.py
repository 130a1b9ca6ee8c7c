"""Article pages, fetched only where they can change what is said of an entry: short ones that may tell of an agreement.

By the same client and the same politeness as feeds, robots.txt obeyed, the text extracted where it can be killed. What
is read is for the store to keep: a page is asked for once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial

from yarl import URL

from feeds.client import Answer, Client
from feeds.errors import Disallowed, FeedError
from feeds.guard import checked, shown
from feeds.hosts import Hosts, Turn
from feeds.memory import host
from feeds.model import Rules
from feeds.pool import Pool
from feeds.robots import Robots
from feeds.sharing import shared
from seeds.model import Entry

SHORT = 400
"""Characters of an entry's own text from which on it is judged by that alone."""
LONGEST_DELAY = 30.0
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class Article:
    """What came of one page. `text` is empty where `note` or `error` says why."""

    url: str
    text: str = ""
    note: str = ""
    """`paywall`, `consent`, `challenge`, `missing`, `empty`, `another page`, `no page`, or empty."""
    error: str = ""
    """Name of a `FeedError`, or empty."""
    detail: str = ""


def wants_article(entry: Entry, can_change: Callable[[Entry], bool]) -> bool:
    """Whether the page can change the labels: the entry has an address and little text, and `can_change` (say, two
    countries or a word for an agreement in what there is) holds."""
    return bool(entry.url) and not entry.seed and len(entry.text) < SHORT and can_change(entry)


def with_article(entry: Entry, article: Article) -> Entry:
    """The entry with its page's text beside its own."""
    return replace(entry, article=article.text) if article.text else entry


async def read_articles(entries: Iterable[Entry], rules: Rules) -> AsyncIterator[tuple[Entry, Article]]:
    """The pages of entries as they come; never raises for what servers do. Nothing where `rules.articles` is off."""
    wanted = [entry for entry in entries if entry.url] if rules.articles else []
    if not wanted:
        return
    async with Client(rules) as client, shared(rules) as common:
        reader = _Reader(client, common.pool, common.hosts, Robots(client, common.pool), rules)
        tasks = [asyncio.create_task(reader.read(entry)) for entry in wanted]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class _Reader:
    client: Client
    pool: Pool
    hosts: Hosts
    robots: Robots
    rules: Rules

    async def read(self, entry: Entry) -> tuple[Entry, Article]:
        try:
            async with self.hosts.turn(host(str(checked(entry.url)))) as turn, AsyncExitStack() as room:
                before = partial(self._obey, turn)
                answer = await self.client.get(entry.url, {"Accept": _ACCEPT}, room=room, before=before)
                return entry, await self._extract(entry, answer)
        except FeedError as error:
            return entry, Article(entry.url, error=type(error).__name__, detail=error.detail)

    async def _extract(self, entry: Entry, answer: Answer) -> Article:
        if answer.status != 200:
            return Article(entry.url, note="missing", detail=f"the server answers {answer.status}")
        facts = {
            "content_type": answer.headers.get("content-type", "")[:200], "url": answer.url, "asked": entry.url,
            "title": entry.title, "lang": entry.lang,
        }  # fmt: skip
        told = await self.pool.work("extract", facts, answer.body)
        return Article(entry.url, "" if told["note"] else told["text"], told["note"])

    async def _obey(self, turn: Turn, url: URL) -> None:
        """Before a page is asked for, or one that it redirects to: the host's turn, and what robots.txt says there."""

        async def come(to: URL) -> None:
            await turn.move(host(str(to)))

        await come(url)
        if self.rules.robots:
            verdict = await self.robots.ask(str(url), come)
            if not verdict.allowed:
                raise Disallowed(f"robots.txt of {url.host} forbids {shown(str(url))}")
            await come(url)  # robots.txt may have been elsewhere
            await asyncio.sleep(min(verdict.delay or 0.0, LONGEST_DELAY))
