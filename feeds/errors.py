"""Why a feed or page could not be read. The names stand in the store, in `pactwatch feeds` and in digests.

They are named for what a person sees, without "Error" (N818): `TooSlow`, `NotAFeed`.
"""


class FeedError(Exception):
    """Why a feed could not be read; the class names the sort, the text says what for a person, safe to print."""

    lasting = False
    """Whether asking again at once is pointless."""

    def __init__(self, detail: str, *, retry_after: float | None = None, status: int = 0) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after
        self.status = status


class BadAddress(FeedError):
    """An address that is not asked: scheme, credentials, malformed, or leading into a network that is not public."""

    lasting = True


class NoName(FeedError):
    """The host's name can't be resolved. `temporary` where the resolver itself could not be asked."""

    def __init__(self, detail: str, *, temporary: bool = False) -> None:
        super().__init__(detail)
        self.temporary = temporary


class Offline(FeedError):
    """No name at all can be resolved: the network is missing here, not there."""


class Unreachable(FeedError):
    """Refused, reset, no route."""


class TooSlow(FeedError):
    """Longer than the deadline for connecting, for one read, or in total."""


class TooLarge(FeedError):
    """More bytes, decompressed or not, than the limit."""


class Untrusted(FeedError):
    """The certificate is wrong, or the server wants to leave https."""


class Broken(FeedError):
    """Not HTTP, cut short, or a coding that we did not ask for."""


class Redirected(FeedError):
    """Too many redirects, a circle, or one that leads nowhere."""


class Moved(FeedError):
    """A permanent redirect to another domain, or another site's feed at the same address: wants confirming."""

    lasting = True

    def __init__(self, detail: str, *, to: str = "") -> None:
        super().__init__(detail)
        self.to = to


class Blocked(FeedError):
    """401, 403, 429, 503 and the like: the server does not want to answer now."""


class Missing(FeedError):
    """404 and other refusals that say the address is wrong."""

    lasting = True


class Gone(FeedError):
    """410: the server says that it is over."""

    lasting = True


class Failing(FeedError):
    """The server says that it is in trouble (5xx)."""


class NotAFeed(FeedError):
    """An answer that is no feed: a page, a login, nothing."""

    lasting = True


class Truncated(FeedError):
    """A feed that ends in its middle; the entries before that are kept."""


class TooHard(FeedError):
    """Reading it needed more time or memory than allowed, so the process that did was killed."""

    lasting = True


class Disallowed(FeedError):
    """robots.txt forbids the page."""

    lasting = True


BY_NAME: dict[str, type[FeedError]] = {kind.__name__: kind for kind in FeedError.__subclasses__()}
