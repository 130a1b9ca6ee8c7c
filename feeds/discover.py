"""From an address that a person gives to a feed that can be watched: `pactwatch feeds check` and `feeds add`."""

from collections.abc import Iterable
from datetime import datetime
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


async def check(url: str, rules: Rules, now: datetime) -> Fetched:
    """One feed, asked once as if for the first time; nothing is remembered."""
    results = [fetched async for fetched in read_all([_trial(url)], {}, rules, now)]
    return results[0]


async def discover(url: str, rules: Rules, now: datetime) -> list[Fetched]:
    """The feeds that stand at an address or that its page offers, those that can be read first.

    Never empty: where there is no feed, the one result says why.
    """
    first = await check(url, rules, now)
    if first.entries or first.ok or first.error != "NotAFeed":
        return [first]
    offers = [offer for offer in first.offers if offer != url] or _usual(url)
    trials = {trial.key: trial for trial in (_trial(offer) for offer in offers[:MOST])}
    found = [fetched async for fetched in read_all(list(trials.values()), {}, rules, now)]
    good = [fetched for fetched in found if fetched.ok]
    order = {key: n for n, key in enumerate(trials)}
    return sorted(good, key=lambda fetched: order[fetched.feed.key]) or [first]


def as_feed(fetched: Fetched, taken: Iterable[str], country: str = "", lang: str = "") -> Feed:
    """What to declare of a feed that was read: its title as outlet, a free key, the address that answered."""
    memory = fetched.remembered
    site = host(memory.url)
    name = memory.title or site
    return Feed(
        key=free_key(f"{country} {name}".strip(), taken, site), outlet=name[:200], url=memory.url, country=country,
        lang=lang or memory.lang, evidence=f"read with {memory.entries} entries on {fetched.at:%Y-%m-%d}",
        seen_alive=fetched.at.date(),
    )  # fmt: skip


def _trial(url: str) -> Feed:
    return Feed(key=url, outlet=host(url), url=url, country="", lang="")


def _usual(url: str) -> list[str]:
    parsed = checked(url)
    site = f"{parsed.scheme}://{urlsplit(str(parsed)).netloc}"
    return [urljoin(site, path) for path in USUAL]
