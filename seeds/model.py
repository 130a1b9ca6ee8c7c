"""What is watched, and what it says: `Feed` is declared, `Entry` is read from it, undecided."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["agency", "daily", "public", "official", "intl", "magazine", "other"]


@dataclass(frozen=True, slots=True)
class Feed:
    """One watched feed as declared in `feeds.toml`.

    `key` is unique and permanent (state and items hang on it); `country` and `lang` are ISO 3166-1 alpha-2 (or `EU`)
    and BCP 47 codes; `owner` groups outlets that speak with one voice (default: the outlet itself); `official` is the
    code of the country whose government speaks here, or empty.
    """

    key: str
    outlet: str
    url: str
    country: str
    lang: str
    kind: Kind = "other"
    owner: str = ""
    official: str = ""
    enabled: bool = True
    evidence: str = ""
    seen_alive: date | None = None
    off_because: str = ""

    @property
    def voice(self) -> str:
        """Whose voice this feed is: reports of one voice count once."""
        return self.owner or self.outlet


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed or a seed article says: plain text (no mark-up), scrubbed of what no database stores.

    `published` is aware UTC, or None where the source does not tell or tells nonsense; `guid` and `url` are empty
    where missing. `seed` marks the articles that are told whatever their age.
    """

    feed: str
    """Key of the feed, `seed` for seed articles."""
    title: str
    text: str = ""
    url: str = ""
    guid: str = ""
    published: datetime | None = None
    lang: str = ""
    outlet: str = ""
    """Outlet where it is not the feed's own (aggregators, seed articles)."""
    seed: bool = False
    article: str = ""
    """Text of the entry's page, where it was read: no part of what the feed says, so it makes no edit of the entry."""

    @property
    def whole(self) -> str:
        """All text that there is to judge by: the feed's own, then the page's where it says more."""
        if not self.article or self.article in self.text:
            return self.text
        return self.article if self.text in self.article else f"{self.text}\n{self.article}"
