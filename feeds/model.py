"""The nouns of the room: the rules of asking, what a body says, what is remembered of a server, what came back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from seeds.model import Entry, Feed

State = Literal["new", "fine", "quiet", "failing", "moved", "gone", "undated", "not a feed"]
"""How a feed fares, as a person understands it; `quiet`: answers, but has told nothing new for weeks."""

Outcome = Literal["entries", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Rules:
    """How servers are asked, and where reading ends. Times are in seconds, sizes in bytes, unless said otherwise."""

    user_agent: str = "Pactwatch/0.1 (news monitor; +https://github.com/pactwatch/pactwatch)"
    """Names the program and a contact; operators should put their own address here."""
    allowed: tuple[str, ...] = ()
    """Hosts, addresses and networks (CIDR) that may be asked although they are not public."""
    ca_file: str = ""
    """Certificate authorities to trust beside the system's (PEM)."""

    connections: int = 32
    per_host: int = 1
    """Requests to one host at a time."""
    pause: float = 1.0
    """Between the end of one request to a host and the start of the next."""

    connect: float = 10.0
    read: float = 15.0
    """Longest silence of a server."""
    total: float = 30.0
    """A whole fetch with its redirects, whatever the server does."""
    max_redirects: int = 5
    max_body: int = 15_000_000
    """After decompression, and before."""
    max_entries: int = 500

    workers: int = 2
    parse_cpu: int = 10
    """CPU seconds for one feed or page; the process that needs more is killed."""
    parse_wall: float = 20.0
    parse_memory: int = 600_000_000

    min_poll: timedelta = timedelta(minutes=5)
    """Not asked again sooner, whatever the server allows."""
    max_poll: timedelta = timedelta(hours=24)
    """Asked again by then, whatever the server wants; a feed that is gone: weekly."""
    longest_hold: timedelta = timedelta(hours=1)
    """News don't wait longer on a careless Cache-Control or ttl."""
    quiet_after: timedelta = timedelta(days=30)
    articles: bool = True
    """Whether article pages are fetched where an entry is too short to judge."""
    robots: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a body says. Never half an error: with `error` there may still be entries (`Truncated`)."""

    entries: tuple[Entry, ...] = ()
    dialect: str = ""
    """`rss`, `rdf`, `atom`, `json`, `sitemap`, or empty where it is none of these."""
    title: str = ""
    home: str = ""
    """Address of the site that the feed says it belongs to."""
    lang: str = ""
    ttl: float | None = None
    """Seconds for which the feed says it need not be asked again."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day (UTC) in which the feed says that it tells nothing."""
    skip_days: tuple[int, ...] = ()
    """Weekdays (Monday is 0) in which it says so."""
    dropped: int = 0
    """Entries beyond the newest that are kept."""
    undated: int = 0
    mended: tuple[str, ...] = ()
    """What had to be repaired, for a person: 'encoding guessed: Big5'."""
    error: str = ""
    """Name of a `FeedError`, or empty."""
    detail: str = ""
    offers: tuple[str, ...] = ()
    """Addresses of feeds that a page offers."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What we remember of a feed's server between polls. One row a feed; `key` is the feed's."""

    key: str
    declared: str = ""
    """The address as declared when this was written: where the declaration changes, validators are forgotten."""
    url: str = ""
    """Where to ask: the declared address, or where it permanently redirected within its registrable domain."""
    etag: str = ""
    modified: str = ""
    """Last-Modified, as the server wrote it."""
    body_hash: str = ""
    state: State = "new"
    since: datetime | None = None
    """When the state began."""
    detail: str = ""
    last_try: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    """When the feed last told something that it had not told before."""
    next_poll: datetime | None = None
    failures: int = 0
    """In a row."""
    failing_since: datetime | None = None
    gone_since: datetime | None = None
    """The first 410 of a row of them."""
    moved_to: str = ""
    entries: int = 0
    title: str = ""
    site: str = ""
    """Registrable domain that most of the feed's links lead to."""
    lang: str = ""
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    """What the feed last said of when to ask: a 304 says nothing new of it."""
    seen: tuple[str, ...] = ()
    """Hashes of the entries of the last good poll: they tell what is new, and whether this is still the same feed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One feed, asked once: what came, and what to remember. Yielded also where all failed."""

    feed: Feed
    at: datetime
    outcome: Outcome
    remembered: Remembered
    entries: tuple[Entry, ...] = ()
    error: str = ""
    """Name of a `FeedError`, or empty; with entries only for `Truncated`."""
    detail: str = ""
    """For a person; nothing of the answer is in it unescaped, and no secret."""
    status: int = 0
    dropped: int = 0
    undated: int = 0
    first: bool = False
    """Whether the feed had never been read before: what is old then is stored and not told."""
    previous_ok: datetime | None = None
    """The last good poll before this one: what is dated long before it is late, see `identity.is_late`."""
    mended: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    size: int = 0
    seconds: float = field(default=0.0, compare=False)

    @property
    def url(self) -> str:
        """Where it was asked, and will be."""
        return self.remembered.url or self.feed.url

    @property
    def ok(self) -> bool:
        """Whether the server answered with a feed or 'not modified'."""
        return not self.error
