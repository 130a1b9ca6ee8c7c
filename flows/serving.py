"""What `pactwatch serve` does: a Prefect API to serve from, three scheduled deployments, the unsubscribe endpoint."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import storage
from alerts.endpoint import Endpoint
from alerts.unsubscribe import Holder, holders
from flows import app, desk, localserver, signals
from flows.exits import Exit, Stop
from flows.loading import Located, load
from flows.logs import LOGGER
from storage import suppression

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


@contextmanager
def _endpoint(located: Located, host: str, port: int | None) -> Iterator[None]:
    """The endpoint that takes one-click unsubscribes, as long as the block; none without a port."""
    if port is None:
        yield
        return
    settings = located.settings
    if not settings.unsubscribe.url:
        raise Stop("unsubscribe.url: set the https address by which the endpoint is reached from outside", Exit.USAGE)
    engine = app.open_database(settings)
    known = holders(desk.secret(settings.data.expanduser()), settings.subscriptions, os.environ)
    server = Endpoint(host, port, urlsplit(settings.unsubscribe.url).path, known, partial(unsubscribe, engine))
    thread = threading.Thread(target=server.serve_forever, name="unsubscribe endpoint", daemon=True)
    thread.start()
    LOGGER.info("unsubscribes are taken on %s:%d", host, port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        engine.dispose()


def unsubscribe(engine: storage.Engine, holder: Holder) -> None:
    """Send nothing more to a reader who says so; where that cannot be kept, the operator hears of it too."""
    try:
        with storage.transaction(engine) as session:
            suppression.suppress(session, holder.mailbox, datetime.now(UTC), holder.subscription)
    except storage.StoreError as error:
        LOGGER.error("one reader of %s is not unsubscribed, and was asked to try again: %s", holder.subscription, error)
        raise
    except Exception:
        LOGGER.exception("one reader of %s is not unsubscribed, by a fault of Pactwatch's", holder.subscription)
        raise
    LOGGER.info("unsubscribed: one reader of %s", holder.subscription)


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
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.digest import digest
    from flows.ingest import ingest
    from flows.upkeep import upkeep

    plan = located.settings.schedule
    due = {"due": True}
    return [
        cast(
            "RunnerDeployment",  # a coroutine only where a loop runs
            flow.to_deployment(
                "scheduled",
                schedule=Cron(cron, timezone=plan.timezone, slug=flow.name),
                parameters=parameters,
                description=flow.description,
                entrypoint_type=EntrypointType.MODULE_PATH,
            ),
        )
        for flow, cron, parameters in (
            (ingest, plan.ingest, due),
            (digest, plan.digest, due),
            (upkeep, plan.upkeep, {}),
        )
    ]
