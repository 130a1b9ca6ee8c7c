"""The flow `ingest`: one task run for each batch of feeds, and the run's artifact."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from prefect import State, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed

from flows import logs, signals, work
from flows.app import App, opened
from flows.archives import refresh_site
from flows.artifacts import ingest_artifact
from flows.summary import ingest_line
from seeds import Feed


@task(
    name="read feeds",
    task_run_name="read {first} and {others} more",
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_jitter_factor=0.5,
    cache_policy=NO_CACHE,
)
async def _read(app: App, batch: Sequence[Feed], now: datetime, first: str, others: int) -> work.Ingested:
    """One batch: a failing feed is a row of the outcome; what fails here is the store, and is tried again."""
    return await work.read_batch(app, batch, now)


async def read(app: App, batch: Sequence[Feed], now: datetime) -> work.Ingested:
    """One batch as a task run."""
    return await _read(app, batch, now, batch[0].key, len(batch) - 1)


def _name() -> str:
    return f"ingest {datetime.now(UTC):%Y-%m-%d %H:%M}"


@flow(name="ingest", flow_run_name=_name, description="Read all watched feeds, classify, store and merge what is new.")
async def ingest(due: bool = False) -> "State[work.Ingested]":
    """Reads all feeds, or with `due` those that are due. Fails where every single feed failed."""
    logs.join()
    signals.end_with_parent()
    with opened() as app:
        done = await work.ingest(app, datetime.now(UTC), due=due, read=read)
        await ingest_artifact(app, done)
        await asyncio.to_thread(refresh_site, app, datetime.now(UTC))
    logs.LOGGER.info("ingest: %s", ingest_line(done))
    return verdict(done)


def verdict(done: work.Ingested) -> "State[work.Ingested]":
    """A failing feed fails no run; the whole watch list failing does."""
    everything_failed = done.reads and len(done.failed) == len(done.reads)
    return (Failed if everything_failed else Completed)(message=ingest_line(done), data=done)
