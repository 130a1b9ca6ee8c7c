"""The flow `upkeep`: once a day what is older than it has to be kept is taken away."""

import asyncio
from datetime import UTC, datetime

from prefect import flow

from flows import logs, signals
from flows.app import opened
from flows.archives import retain


def _name() -> str:
    return f"upkeep {datetime.now(UTC):%Y-%m-%d}"


@flow(
    name="upkeep", flow_run_name=_name, description="Take away old texts, mails and polls, and give their space back."
)
async def upkeep() -> None:
    """Keeps to `[retention]` of the settings."""
    logs.join()
    signals.end_with_parent()
    with opened() as app:
        await asyncio.to_thread(retain, app, datetime.now(UTC))
