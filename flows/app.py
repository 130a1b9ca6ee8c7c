"""What a command or a flow works with: settings, feeds and the opened store, built when it starts and handed down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import storage
from feeds import Rules
from flows.loading import Located, load
from flows.settings import Settings
from seeds import Feed, load_feeds


@dataclass(frozen=True)
class App:
    """Everything that the work needs to know, and the open store."""

    located: Located
    engine: storage.Engine

    @property
    def settings(self) -> Settings:
        return self.located.settings

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds to watch: those of the chosen lists that are not switched off."""
        return tuple(feed for feed in declared(self.located) if feed.enabled)

    @cached_property
    def rules(self) -> Rules:
        """How servers are asked, from the settings."""
        return rules(self.settings)


def declared(located: Located) -> list[Feed]:
    """All feeds of the chosen lists, those switched off among them."""
    return load_feeds(located.settings.watch.list, located.feeds_file if located.feeds_file.exists() else None)


def rules(settings: Settings) -> Rules:
    """How servers are asked, from the settings."""
    fetch = settings.fetch
    contact = fetch.contact or "https://github.com/pactwatch/pactwatch"
    return Rules(
        user_agent=f"Pactwatch/{version('pactwatch')} (news monitor; +{contact})",
        allowed=fetch.allow,
        connections=fetch.connections,
        per_host=fetch.per_host,
        pause=fetch.pause,
        connect=fetch.connect_timeout,
        read=fetch.read_timeout,
        total=fetch.total_timeout,
        max_body=int(fetch.max_megabytes * 1_000_000),
        articles=fetch.article_text,
    )


@contextmanager
def opened(config: Path | None = None) -> Iterator[App]:
    """The app with its store open (made or upgraded where needed), closed at the end."""
    located = load(config)
    engine = open_database(located.settings)
    try:
        yield App(located, engine)
    finally:
        engine.dispose()


def open_database(settings: Settings) -> storage.Engine:
    """The store of the settings, made or upgraded where needed."""
    data = settings.data.expanduser()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)  # addresses and mails of subscribers lie there
    return storage.open_store(settings.database_url, backups=data / "backups")
