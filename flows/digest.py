"""The flow `digest`: compose what is due in one task run, deliver in another, and the run's artifact."""

import asyncio
from datetime import UTC, datetime

from prefect import State, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from flows import logs, signals, work
from flows.app import App, opened
from flows.artifacts import digest_artifact
from flows.summary import digest_line


@task(
    name="compose and deliver", retries=2, retry_delay_seconds=[5, 30], retry_jitter_factor=0.5, cache_policy=NO_CACHE
)
async def _tell(app: App, now: datetime, due: bool) -> work.Told:
    """Safe to repeat: what is composed is stored before it is sent, and what was sent is marked."""
    return await asyncio.to_thread(work.digest, app, now, due=due)  # channels run loops of their own


def _name() -> str:
    return f"digest {datetime.now(UTC):%Y-%m-%d %H:%M}"


@flow(name="digest", flow_run_name=_name, description="Compose the digests that are due and deliver them.")
async def digest(due: bool = False) -> "State[work.Told]":
    """Tells every subscription its news, or with `due` those whose time has come; what failed is put off, not lost."""
    logs.join()
    signals.end_with_parent()
    with opened() as app:
        told = await _tell(app, datetime.now(UTC), due)
        await digest_artifact(told)
    message = digest_line(told)
    logs.LOGGER.info("digest: %s", message)
    return Completed(message=message, data=told)
