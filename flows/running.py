"""Runs by hand: recorded by Prefect where an API answers, else the same work at once.

A temporary Prefect server is never started for one run: it costs 8 to 20 seconds and forgets the history.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flows import app, archives, localserver, work
from flows.logs import LOGGER
from flows.serving import home


@dataclass(frozen=True)
class Job:
    """One run by hand; `api_url` is where it is recorded, or empty."""

    app: app.App
    api_url: str

    def ingest(self, now: datetime, due: bool = False) -> work.Ingested:
        """Reads the feeds."""
        if not self.api_url:
            done = asyncio.run(work.ingest(self.app, now, due=due))
            archives.refresh_site(self.app, now)
            return done
        from flows.ingest import ingest

        return cast(work.Ingested, asyncio.run(_outcome(ingest(due=due, return_state=True))))

    def digest(self, now: datetime, due: bool = False) -> work.Told:
        """Composes and delivers."""
        if not self.api_url:
            return work.digest(self.app, now, due=due)
        from flows.digest import digest

        return cast(work.Told, asyncio.run(_outcome(digest(due=due, return_state=True))))


async def _outcome(run: Awaitable[Any]) -> Any:
    """What the flow run gave, also where it counts as failed for Prefect; what it raised is raised."""
    outcome = await (await run).result(raise_on_failure=False)
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


@contextmanager
def opened() -> Iterator[Job]:
    """A job with its store open; says in one line where runs are recorded, or how to have them so."""
    with app.opened() as opened_app:
        yield Job(opened_app, _api(opened_app))


def _api(opened_app: app.App) -> str:
    where = home(opened_app.located)
    url = localserver.recording_url(where, opened_app.settings.prefect.api_url)
    if not url:
        LOGGER.info("no record of this run is kept: that takes a running `pactwatch serve`, or prefect.api_url set")
    elif not localserver.healthy(url):
        LOGGER.warning("the Prefect API at %s does not answer; this run is not recorded", url)
        url = ""
    if url:
        localserver.adopt(where, url)
    return url
