"""What a mail shows, read back out of its HTML; and digests of any records for a reader of everything."""

from html.parser import HTMLParser

from mail_records import (
    COVERAGE,
    DESK,
    NOW,
    READER,
    WEEK,
)  # fmt: skip

from alerts.choose import choose
from alerts.compose import News, Window, compose
from alerts.desk import Desk
from alerts.digest import Digest
from alerts.subscription import Subscription
from storage.outbox import Told
from storage.records import Agreement

ALL = Subscription(name="all", address="mailto:j.moreau@example.org", rhythm="weekly")


class Page(HTMLParser):
    """Tags in order, links and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._hidden += tag in ("style", "title", "head")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def links(self) -> list[str]:
        return [attrs["href"] for tag, attrs in self.tags if tag == "a"]


def digest_of(records: list[Agreement], desk: Desk = DESK, told: dict[str, Told] | None = None) -> Digest:
    chosen = choose(ALL, records, told or {}, WEEK)
    window = Window(WEEK, NOW, "2026-11-23")
    return compose(ALL, chosen, news=News(coverage=COVERAGE), window=window, desk=desk, recipient=READER)
