"""All settings: environment `PACTWATCH_…` over `pactwatch.toml` over defaults, typed, unknown keys refused.

Built inside a command or a flow and handed down as plain values; never at import, never a flow parameter
(those are stored and shown by the Prefect server).
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import PlatformDirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from alerts.subscription import Subscription
from flows.exits import Exit, Stop
from flows.fields import Cron, Days, Https, Mailbox, Reachable, Seconds, Web, Zone

DIRS = PlatformDirs("pactwatch", appauthor=False)


class Section(BaseModel):
    """One table of the settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Watch(Section):
    """What is watched."""

    list: Literal["both", "builtin", "own"] = "both"
    """Which feeds: the built-in watch list, your `feeds.toml` beside `pactwatch.toml`, or both."""
    articles: bool = True
    """Whether the built-in seed article is ingested."""
    told_days: Days = 7
    """Entries older than so many days when they are first seen are stored and merged, and told to no one."""


class Fetch(Section):
    """How feeds and their items' pages are fetched."""

    contact: str = ""
    """Address (mail or page) that the User-Agent names, so that an outlet can reach you."""
    connections: Annotated[int, Field(ge=1, le=200)] = 32
    """Connections at once, over all hosts; one that takes over a second counts no more, up to as many again."""
    per_host: Annotated[int, Field(ge=1, le=10)] = 1
    """Connections at once to one host."""
    pause: Annotated[float, Field(ge=0)] = 1.0
    """Seconds between two requests to one host."""
    connect_timeout: Seconds = 10
    read_timeout: Seconds = 15
    total_timeout: Seconds = 30
    """Seconds for one feed, from the first byte asked for to the last one read."""
    max_megabytes: Annotated[float, Field(gt=0, le=100)] = 15
    """Largest body, counted after decompression."""
    allow: tuple[Reachable, ...] = ()
    """Hosts, addresses or networks that may be reached although they are private: `intranet.example`, `10.1.0.0/16`."""
    article_text: bool = True
    """Whether the page of a short entry is read where that can change its labels."""


class Schedule(Section):
    """When `pactwatch serve` works: cron lines in the timezone."""

    ingest: Cron = "*/15 * * * *"
    digest: Cron = "*/5 * * * *"
    """How often it is looked whether a subscription is due; its own rhythm says when that is."""
    upkeep: Cron = "30 3 * * *"
    """When old texts, mails and polls are taken away."""
    timezone: Zone = "UTC"


class Mail(Section):
    """The mail server; needed as soon as a subscription has a `mailto:` address."""

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` is refused but for a server on the loopback address."""
    user: str = ""
    password: SecretStr = SecretStr("")
    """Only from the environment (`PACTWATCH_MAIL__PASSWORD`) or `password_file`."""
    password_file: Path | None = None
    sender: Mailbox = ""
    """From address of digests; the name before it may be given: `Pactwatch <digest@example.org>`."""
    reply_to: Mailbox = ""
    """Where answers of readers go."""
    bounces: Mailbox = ""
    """Envelope sender, where bounces go; the sender where empty."""
    operator: str = ""
    """Who runs this, with a postal or web address; printed in every mail."""
    per_hour: Annotated[int, Field(ge=1)] = 1000

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.host and not self.sender:
            raise ValueError("mail.sender is needed where mail.host is set")
        if self.host and self.security == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError('mail.security = "none" is for a server on this machine only')
        return self

    def secret(self) -> str:
        """The password: from the file where one is named, else from the environment; may be empty."""
        return _from_file(self.password_file) if self.password_file else self.password.get_secret_value()


class Site(Section):
    """The archive site."""

    folder: Path | None = None
    """Where the site is written after each ingest; not written where empty."""
    url: Web = ""
    """Where it is published; digests then link to its pages."""


class Unsubscribe(Section):
    """One-click unsubscribing (RFC 8058)."""

    url: Https = ""
    """The https address under which `pactwatch serve --unsubscribe-port` is reached from outside."""
    mailto: Mailbox = ""
    """Address that takes unsubscribe requests by mail; `mail.reply_to` where empty."""


class Prefect(Section):
    """Where runs are recorded."""

    api_url: Web = ""
    """A Prefect server of yours; where empty, `pactwatch serve` starts one of its own in the data folder."""
    batch: Annotated[int, Field(ge=1, le=1000)] = 50
    """Feeds for each task run."""


class Retention(Section):
    """How long things are kept, in days; 0 keeps them for ever."""

    text_days: Days = 180
    """Texts of items that tell of no agreement; titles, labels and evidence stay."""
    poll_days: Days = 90
    """The history of polls."""
    mail_days: Days = 365
    """Bodies of mails that are no longer under way; what was told to whom stays."""


def default_subscription(data: Path) -> Subscription:
    """What there is with nothing configured: everything new, as files in the data folder's outbox."""
    return Subscription(name="everything", address=f"file:{data / 'outbox'}")


class Settings(BaseSettings):
    """Everything that can be set. `file` is where it was read from, or None."""

    model_config = SettingsConfigDict(
        env_prefix="PACTWATCH_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    data: Path = Field(default_factory=lambda: Path(DIRS.user_data_dir))
    """Folder for the database, the outbox, backups and the local Prefect server."""
    database: str = ""
    """SQLAlchemy address of the store; empty: SQLite in the data folder. `env:NAME` reads it from the environment."""
    wait: Seconds = 30
    """Seconds that a run waits for another one before it steps aside (exit code 75)."""
    watch: Watch = Watch()
    fetch: Fetch = Fetch()
    schedule: Schedule = Schedule()
    mail: Mail = Mail()
    site: Site = Site()
    unsubscribe: Unsubscribe = Unsubscribe()
    prefect: Prefect = Prefect()
    retention: Retention = Retention()
    subscription: tuple[Subscription, ...] = ()
    """Who wants what; with none, one to everything new goes as files into the outbox."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file; the file comes in as the initial values."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [s.name for s in self.subscription]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"two subscriptions are named {', '.join(map(repr, twice))}; digests are kept by name")
        return self

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """The configured subscriptions, or the default one."""
        return self.subscription or (default_subscription(self.data),)

    @property
    def database_url(self) -> str:
        """The store's address with `env:NAME` resolved."""
        if self.database.startswith("env:"):
            return _from_environment(self.database.removeprefix("env:"), "database")
        return self.database or f"sqlite:///{self.data.expanduser().absolute() / 'pactwatch.db'}"


def _from_environment(name: str, key: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Stop(f"{key}: the environment variable {name} is not set", Exit.USAGE)
    return value


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Stop(f"mail.password_file: {path} cannot be read: {error.strerror}", Exit.USAGE) from None
