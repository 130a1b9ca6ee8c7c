"""What `pactwatch check` looks at, one finding after the other; each fault says what, where and what to do."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import classify
import storage
from alerts import desk as desks
from classify import cues, names
from flows import app, desk, localserver
from flows.errors import explain
from flows.exits import Exit
from flows.loading import Located, load
from flows.serving import home
from storage import outbox
from storage.lease import holders

LONG = timedelta(hours=2)
"""A run that takes longer than this is worth a look."""
RECENT = timedelta(days=7)
"""How far back deliveries in trouble are named."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: well (`DONE`), or what is wrong and how bad."""

    what: str
    said: str
    code: Exit = Exit.DONE
    warns: bool = False

    @property
    def mark(self) -> str:
        return "FAULT" if self.code else "warn " if self.warns else "ok   "

    def as_dict(self) -> dict[str, Any]:
        return {"what": self.what, "said": self.said, "fault": bool(self.code), "warning": self.warns}


def check_all(offline: bool = False) -> Iterator[Finding]:
    """All findings, settings first; where these are wrong nothing else can be looked at."""
    try:
        located = load()
    except Exception as error:
        yield from _faults("settings", error)
        return
    where = located.file or "none found, defaults and environment hold"
    yield Finding("settings", f"{where}; data in {located.settings.data.expanduser()}")
    yield from _guarded("settings", _subscriptions(located))
    yield from _guarded("feeds", _feeds(located))
    yield from _guarded("word lists", _word_lists())
    yield from _guarded("database", _database(located))
    if not offline:
        yield from _guarded("mail server", _mail(located))
        yield from _prefect(located)


def _guarded(what: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from findings
    except Exception as error:
        yield from _faults(what, error)


def _faults(what: str, error: Exception) -> Iterator[Finding]:
    message, code = explain(error)
    if code is None:
        raise error
    for line in message.splitlines():
        yield Finding(what, line, code)


def _subscriptions(located: Located) -> Iterator[Finding]:
    settings = located.settings
    server = desk.server(settings)
    for line in desks.missing(desk.desk(settings), server, settings.subscriptions):
        yield Finding("settings", f"{located.file}: {line}", Exit.USAGE)
    for subscription in settings.subscriptions:
        for address in subscription.addresses:
            if address.startswith("env:") and not os.environ.get(address[4:]):
                said = f"subscription {subscription.name!r}: the environment variable {address[4:]} is not set"
                yield Finding("settings", said, Exit.USAGE)
        if subscription.secret and not os.environ.get(subscription.secret[4:]):
            said = f"subscription {subscription.name!r}: secret: the variable {subscription.secret[4:]} is not set"
            yield Finding("settings", said, Exit.USAGE)
    password = settings.mail.password_file
    if password and password.exists() and password.stat().st_mode & 0o077:
        yield Finding("settings", f"mail.password_file: {password} can be read by others; `chmod 600` it", warns=True)


def _feeds(located: Located) -> Iterator[Finding]:
    declared = app.declared(located)
    on = [feed for feed in declared if feed.enabled]
    countries = {feed.country for feed in on}
    yield Finding("feeds", f"{len(on)} of {len(declared)} feeds are watched, of {len(countries)} countries")
    if not on:
        yield Finding(
            "feeds", f"nothing is watched; `pactwatch feeds add URL` writes to {located.feeds_file}", warns=True
        )


def _word_lists() -> Iterator[Finding]:
    languages, rules = names.check()
    for lang in cues.languages():
        cues.shelf(lang)
    said = f"names in {languages} languages, {rules} rules, words for {len(cues.languages())} languages"
    yield Finding("word lists", f"{said}; labels of version {classify.VERSION[:12]}")


def _database(located: Located) -> Iterator[Finding]:
    engine = app.open_database(located.settings)
    try:
        problems = storage.check(engine)
        for problem in problems:
            yield Finding("database", problem, Exit.FAILED)
        if not problems:
            yield Finding("database", f"{storage.place(engine)}: sound")
        with storage.reading(engine) as session:
            stale = storage.stale(session, classify.VERSION)
        if stale:
            said = f"{stale} items were labelled by an earlier version; `pactwatch reclassify` brings them up to date"
            yield Finding("database", said, warns=True)
        yield from _runs(engine, datetime.now(UTC))
    finally:
        engine.dispose()


def _runs(engine: storage.Engine, now: datetime) -> Iterator[Finding]:
    with storage.reading(engine) as session:
        for held in holders(session):
            said = f"{held.name} is running: process {held.pid} on {held.host} since {held.since:%Y-%m-%d %H:%M} UTC"
            yield Finding("runs", said, warns=now - held.since > LONG)
        for one in outbox.troubles(session, now - RECENT):
            said = (
                f"{one.subscription} by {one.channel}, {one.slot}: {one.state} after {one.attempts} tries, {one.error}"
            )
            yield Finding("deliveries", said, warns=True)


def _mail(located: Located) -> Iterator[Finding]:
    server = desk.server(located.settings)
    if server is None:
        return
    from alerts.deliver.smtp import probe

    fault = probe(server)
    yield Finding(
        "mail server",
        fault or f"{server.host}:{server.port} answers and takes our login",
        Exit.FAILED if fault else Exit.DONE,
    )


def _prefect(located: Located) -> Iterator[Finding]:
    url = localserver.recording_url(home(located), located.settings.prefect.api_url)
    if not url:
        yield Finding("prefect", "no API is configured and no local server runs; runs are not recorded")
    elif localserver.healthy(url):
        yield Finding("prefect", f"{url} answers; runs are recorded there")
    else:
        yield Finding("prefect", f"{url} does not answer; runs are not recorded", warns=True)
