"""What to remember after a poll: a pure function of what was remembered, what came, and the time.

States: `new` (never read), `fine`, `quiet` (answers, nothing new for weeks), `failing`, `moved` (to another domain, or
another site's feed stands there: wants confirming), `gone` (410 twice, a day apart: asked weekly), `undated` (fine, but
no entry tells its date), `not a feed`.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from feeds import pace
from feeds.errors import FeedError, Gone, Moved, NoName, NotAFeed
from feeds.model import Parsed, Remembered, Rules, State
from seeds.model import Entry, Feed

_SUFFIXES = PublicSuffixList()
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_LONGEST_RETRY = timedelta(hours=24)
SEEN = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What the server told beside the body: validators, how long they hold, where it moved for good."""

    etag: str = ""
    modified: str = ""
    max_age: float | None = None
    permanent: str = ""
    body_hash: str = ""


def start(feed: Feed, remembered: Remembered | None) -> Remembered:
    """What to go by in this poll: where the declared address changed, its server is a new one, its items are not."""
    if remembered is None:
        return Remembered(key=feed.key, declared=feed.url, url=feed.url)
    if remembered.declared != feed.url:
        fresh = replace(remembered, declared=feed.url, url=feed.url, etag="", modified="", body_hash="", moved_to="")
        return replace(fresh, gone_since=None, failures=0, failing_since=None, next_poll=None)
    return remembered


def unchanged(was: Remembered, told: Told, rules: Rules, now: datetime) -> Remembered:
    """304, or the same bytes again."""
    return _good(was, told, None, rules, now)


def read(was: Remembered, told: Told, parsed: Parsed, rules: Rules, now: datetime) -> Remembered:
    """A feed came and was read."""
    marks = tuple(mark(entry) for entry in parsed.entries[:SEEN])
    fresh = bool(set(marks) - set(was.seen))
    after = replace(
        was,
        body_hash=told.body_hash,
        seen=marks or was.seen,
        entries=len(parsed.entries),
        title=parsed.title or was.title,
        site=site_of(parsed) or was.site,
        lang=parsed.lang or was.lang,
        ttl=parsed.ttl,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
        last_new=now if fresh else was.last_new,
    )
    return _good(after, told, parsed, rules, now)


def failed(was: Remembered, error: FeedError, rules: Rules, now: datetime, jitter: float) -> Remembered:
    """Nothing could be read. `jitter` (0 to 1) spreads the next attempts of feeds that failed together. An address that
    a redirect taught us and that is wrong now is given up for the declared one."""
    gone_since = (was.gone_since or now) if isinstance(error, Gone) else None
    gone = gone_since is not None and now - gone_since >= _DAY
    failures = was.failures + 1
    state = _state_of(error, gone, was)
    wait = _WEEK if gone else _wait(failures, error.retry_after, rules, jitter)
    if isinstance(error, Gone) and not gone:
        wait = _DAY + timedelta(minutes=5)
    lost = was.url != was.declared and (error.lasting or isinstance(error, NoName))
    back = replace(was, url=was.declared, etag="", modified="", body_hash="") if lost else was
    return _in_state(
        back, state, error.detail, now, failures=failures, failing_since=was.failing_since or now,
        gone_since=gone_since, last_try=now, next_poll=now + wait,
        moved_to=error.to if isinstance(error, Moved) else was.moved_to,
    )  # fmt: skip


def _state_of(error: FeedError, gone: bool, was: Remembered) -> State:
    if gone:
        return "gone"
    if isinstance(error, Moved):
        return "moved"
    return "not a feed" if isinstance(error, NotAFeed) else "failing"


def _good(was: Remembered, told: Told, parsed: Parsed | None, rules: Rules, now: datetime) -> Remembered:
    last_new = was.last_new or now
    undated = parsed is not None and bool(parsed.entries) and parsed.undated == len(parsed.entries)
    state: State = "quiet" if now - last_new > rules.quiet_after else "fine"
    if undated or (parsed is None and was.state == "undated"):
        state = "undated" if state == "fine" else state
    detail = f"nothing new since {last_new:%Y-%m-%d}" if state == "quiet" else ""
    url = told.permanent if told.permanent and is_at_home(was, told.permanent) else was.url
    holds = max(told.max_age or 0.0, was.ttl or 0.0)
    return _in_state(
        was, state, detail, now, url=url, etag=told.etag or (was.etag if parsed is None else ""),
        modified=told.modified or (was.modified if parsed is None else ""), failures=0, failing_since=None,
        gone_since=None, moved_to="", last_try=now, last_ok=now, last_new=last_new,
        next_poll=pace.next_poll(now, holds, was.skip_hours, was.skip_days, rules),
    )  # fmt: skip


def _in_state(was: Remembered, state: State, detail: str, now: datetime, **changed: Any) -> Remembered:
    since = was.since if was.state == state and was.since is not None else now
    return replace(was, **changed, state=state, since=since, detail=detail)


def _wait(failures: int, retry_after: float | None, rules: Rules, jitter: float) -> timedelta:
    """Retry-After where it is between nothing and a day; else doubled from the shortest, up to a day."""
    if retry_after is not None and 0 <= retry_after <= _LONGEST_RETRY.total_seconds():
        return max(timedelta(seconds=retry_after), rules.min_poll)
    doubled: timedelta = min(rules.min_poll * 2 ** min(failures - 1, 12), rules.max_poll)
    return doubled * (0.8 + 0.4 * jitter)


def mark(entry: Entry) -> str:
    """A short hash by which an entry is known again from poll to poll of its feed."""
    whole = "\n".join((entry.guid, entry.url, entry.title)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(whole, digest_size=8).hexdigest()


def site_of(parsed: Parsed) -> str:
    """The registrable domain that most entries lead to."""
    hosts = Counter(entry.url.split("/", 3)[2] for entry in parsed.entries if entry.url)
    sites: Counter[str] = Counter()
    for name, times in hosts.items():
        sites[site(f"//{name}/")] += times
    return sites.most_common(1)[0][0] if sites else site(parsed.home)


def site(url: str) -> str:
    """The registrable domain of an address (public suffix list), the host where it has none, or empty."""
    name = host(url)
    return str(_SUFFIXES.privatesuffix(name) or name)


@lru_cache(maxsize=4096)
def host(url: str) -> str:
    """The host of an address in lower case, or empty."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one registrable domain."""
    return bool(site(one)) and site(one) == site(other)


def is_at_home(was: Remembered, url: str) -> bool:
    """Whether an address belongs to the domain that was declared, or to the one that a person confirmed."""
    return same_site(was.declared, url) or same_site(was.url, url)


def is_another(was: Remembered, parsed: Parsed) -> bool:
    """Whether another site's feed stands where a known one stood: title, site and entries all changed, and language
    where both tell it (sold domains, hijacked feed services)."""
    if not was.seen or not parsed.entries or not was.title or not was.site:
        return False
    overlap = set(was.seen) & {mark(entry) for entry in parsed.entries}
    other_language = not was.lang or not parsed.lang or was.lang.partition("-")[0] != parsed.lang.partition("-")[0]
    return not overlap and parsed.title != was.title and site_of(parsed) != was.site and other_language


def confirm(was: Remembered) -> Remembered:
    """A person says that a moved feed is right as it is now: its address or its new contents are taken over."""
    return replace(
        was, url=was.moved_to or was.url, etag="", modified="", body_hash="", title="", site="", lang="", seen=(),
        state="new", since=None, detail="", moved_to="", failures=0, failing_since=None, next_poll=None,
    )  # fmt: skip


def due(feeds: Iterable[Feed], remembered: dict[str, Remembered], now: datetime) -> list[Feed]:
    """The switched-on feeds that may be asked now: not those that servers asked us to leave alone for a while."""
    found = []
    for feed in feeds:
        memory = remembered.get(feed.key)
        waiting = memory is not None and memory.declared == feed.url and memory.next_poll is not None
        if feed.enabled and not (waiting and memory is not None and memory.next_poll and memory.next_poll > now):
            found.append(feed)
    return found
