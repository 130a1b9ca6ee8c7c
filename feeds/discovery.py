"""From an address that a person gives to a feed that can be watched: `pactwatch feeds check` and `feeds add`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from feeds.guard import checked
from feeds.memory import host
from feeds.model import Fetched, Rules
from feeds.read import read_all
from seeds.model import Feed
from seeds.opml import free_key

USUAL = ("/feed", "/rss.xml", "/feed.xml", "/rss", "/atom.xml", "/index.xml")
"""Where sites have their feed without saying so; tried only where a page offers none."""
MOST = 10


async def check(url: str, rules: Rules, now: datetime | None = None) -> Fetched:
    """One feed, asked once as if for the first time; nothing is remembered."""
    results = [fetched async for fetched in read_all([_trial(url)], {}, rules, now or datetime.now(UTC))]
    return results[0]


async def discover(url: str, rules: Rules, now: datetime | None = None) -> list[Fetched]:
    """The feeds that stand at an address, or that its page offers, in the page's order; empty where there is none that
    can be read (`check` says why)."""
    first = await check(url, rules, now)
    if first.ok or first.error != "NotAFeed":
        return [first] if first.ok else []
    offers = [offer for offer in first.offers if offer != url] or _usual(url)
    trials = [_trial(offer) for offer in dict.fromkeys(offers[:MOST])]
    found = {f.feed.key: f async for f in read_all(trials, {}, rules, now or datetime.now(UTC)) if f.ok}
    return [found[trial.key] for trial in trials if trial.key in found]


def declare(
    fetched: Fetched,
    *,
    outlet: str = "",
    country: str = "",
    lang: str = "",
    official: str = "",
    taken: Iterable[str] = (),
) -> Feed:
    """What to declare of a feed that was read: what the person says before what the feed says of itself, and a key that
    is none of `taken`."""
    memory = fetched.remembered
    name = (outlet or memory.title or host(memory.url))[:200]
    return Feed(
        key=free_key(f"{country} {name}".strip(), taken, host(memory.url)),
        outlet=name,
        url=memory.url,
        country=country,
        lang=lang or memory.lang,
        official=official,
        kind="official" if official else "other",
        evidence=f"read with {memory.entries} entries on {fetched.at:%Y-%m-%d}",
        seen_alive=fetched.at.date(),
    )


def _trial(url: str) -> Feed:
    return Feed(key=url, outlet=host(url), url=url, country="", lang="")


def _usual(url: str) -> list[str]:
    parsed = checked(url)
    site = f"{parsed.scheme}://{urlsplit(str(parsed)).netloc}"
    return [urljoin(site, path) for path in USUAL]
