"""robots.txt by RFC 9309: asked once a host and run, read where it can be killed, obeyed for article pages.

Feeds themselves are published to be asked by programs, so it is not asked for them.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.client import Before, Client
from feeds.errors import BadAddress, FeedError, NoName, TooHard
from feeds.pool import Pool

LARGEST = 500 * 1024
"""Bytes that RFC 9309 (2.5) wants to be read; the rest is cut by us."""
AGENT = "Pactwatch"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a page may be asked for, and the pause that the host wishes, in seconds."""

    allowed: bool
    delay: float | None = None


class Robots:
    """What hosts allow. One for a run."""

    def __init__(self, client: Client, pool: Pool) -> None:
        self._client = client
        self._pool = pool
        self._rules: dict[str, bytes | None] = {}
        """By scheme, host and port: the file, empty where there is none, None where all is forbidden for now."""

    async def ask(self, url: str, before: Before) -> Verdict:
        """The verdict on one page; `before` as in `Client.get`, where the file has to be asked for."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = await self._fetch(f"{site}/robots.txt", before)
        rules = self._rules[site]
        if not rules:
            return Verdict(rules is not None)
        try:
            told = await self._pool.work("robots", {"url": url, "agent": AGENT}, rules)
        except TooHard:
            return Verdict(False)
        return Verdict(bool(told["allowed"]), told["delay"])

    async def _fetch(self, url: str, before: Before) -> bytes | None:
        """RFC 9309, 2.3.1: no file (4xx) allows all; a server in trouble, or none, forbids all."""
        try:
            answer = await self._client.get(url, limit=LARGEST, before=before)
        except (BadAddress, NoName):
            raise
        except FeedError:
            return None
        if answer.status == 200:
            return answer.body
        return b"" if 400 <= answer.status < 500 and answer.status != 429 else None
