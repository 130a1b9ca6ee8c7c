"""What both readers of feeds hand over: fields as they stand, before they are made plain, absolute and dated."""

from dataclasses import dataclass, field

from feeds.plain import undoubled


@dataclass(slots=True)
class RawEntry:
    """`texts` are all bodies that the entry carries, fullest kind first; `dates` all its dates, publication first."""

    title: str = ""
    link: str = ""
    guid: str = ""
    guid_is_link: bool = False
    dates: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    lang: str = ""
    base: str = ""


@dataclass(slots=True)
class RawFeed:
    """`ttl` is in minutes, `skip_hours` are hours of the day in UTC, `skip_days` English weekdays, as RSS has them."""

    dialect: str
    title: str = ""
    home: str = ""
    lang: str = ""
    ttl: str = ""
    skip_hours: list[str] = field(default_factory=list)
    skip_days: list[str] = field(default_factory=list)
    entries: list[RawEntry] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)

    def undouble(self) -> None:
        """Mend the texts of a feed whose letters were encoded twice."""
        self.title = undoubled(self.title)
        for entry in self.entries:
            entry.title = undoubled(entry.title)
            entry.texts = [undoubled(text) for text in entry.texts]
