"""What `pactwatch serve` does: a Prefect API to serve from, two deployments on schedules, the unsubscribe endpoint."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from flows import app, localserver, signals
from flows.exits import Exit, Stop
from flows.logs import LOGGER
from flows.settings import Located, load

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment


def serve(unsubscribe_host: str, unsubscribe_port: int | None) -> None:
    """Serves until a signal ends it. What is wrong with settings, feeds or database is said before anything starts."""
    located = load()
    app.declared(located)
    app.open_database(located.settings).dispose()
    with _api(located) as api_url, _endpoint(located, unsubscribe_host, unsubscribe_port):
        localserver.adopt(home(located), api_url)
        LOGGER.info("runs are shown at %s; stop with Ctrl-C", api_url.removesuffix("/api"))
        _serve(located)


def home(located: Located) -> Path:
    """The home of Prefect's own files."""
    return located.settings.data.expanduser().absolute() / "prefect"


@contextmanager
def _api(located: Located) -> Iterator[str]:
    """A Prefect API: the configured one, else a local server of our own that lives as long as the block."""
    url = localserver.recording_url(home(located), located.settings.prefect.api_url)
    if url:
        yield url
        return
    server = localserver.Server(home(located))
    LOGGER.info("starting a local Prefect server (up to half a minute the first time)")
    try:
        server.start()
    except (TimeoutError, ChildProcessError) as error:
        raise Stop(str(error)) from None
    ended = threading.Event()
    watcher = threading.Thread(target=server.watch, args=(ended.wait,), name="watch the Prefect server", daemon=True)
    watcher.start()
    try:
        yield server.api_url
    finally:
        ended.set()
        server.stop()


def _endpoint(located: Located, host: str, port: int | None):  # type: ignore[no-untyped-def]
    if port is None:
        return nullcontext()
    from alerts.unsubscribe import serving

    return serving(located.settings, host, port)


def _serve(located: Located) -> None:
    from prefect.runner import Runner

    class Serving(Runner):
        """The runner's own answer to SIGTERM leaves a coroutine unawaited and exits with 0."""

        def handle_sigterm(self, *args: object, **kwargs: object) -> None:
            raise signals.Stopped(Exit.TERMINATED)

    runner = Serving(name="pactwatch", pause_on_shutdown=False)
    for deployment in deployments(located):
        runner.add_deployment(deployment)
    os.environ[signals.SERVED] = str(os.getpid())
    asyncio.run(runner.start())


def deployments(located: Located) -> "list[RunnerDeployment]":
    """The deployments with their schedules; named by purpose, runs by module so that any working folder will do."""
    from prefect.flows import EntrypointType
    from prefect.schedules import Cron

    from flows.digest import digest
    from flows.ingest import ingest
    from flows.upkeep import upkeep

    plan = located.settings.schedule
    due = {"due": True}
    return [
        flow.to_deployment(
            "scheduled",
            schedule=Cron(cron, timezone=plan.timezone, slug=flow.name),
            parameters=parameters,
            description=flow.description,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for flow, cron, parameters in (
            (ingest, plan.ingest, due),
            (digest, plan.digest, due),
            (upkeep, plan.upkeep, {}),
        )
    ]
