"""Work on the whole store: take archives in, read again, write the site, back up."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import classify
import storage
from alerts.site import SiteError, build
from classify.model import Labels
from flows import app
from flows.exits import Exit, Stop
from flows.loading import load
from flows.logs import LOGGER
from flows.settings import Settings
from flows.signals import Stopped, held, stop_here
from flows.tables import progress
from seeds import Entry
from storage.backfill import Backfilled
from storage.relabel import Stale


def labels(entries: Sequence[Entry]) -> list[Labels]:
    """Labels of a batch; at module level, so that processes of their own can do it."""
    return [classify.classify(e.title, e.text, e.lang, e.published.date() if e.published else None) for e in entries]


def backfill(files: Sequence[Path], *, tell: bool = False) -> list[dict[str, Any]]:
    """Takes each file in, classifying on all cores; one row a file. With `tell` the next digests may tell of it."""
    with (
        app.opened() as opened,
        storage.lease(opened.engine, "ingest", opened.settings.wait, what="backfill"),
        _workers() as pool,
    ):
        return [_backfill(opened, file, pool, tell=tell) for file in files]


@contextmanager
def _workers() -> Iterator[ProcessPoolExecutor]:
    """A process on each core; what was not begun when this one is stopped is taken back."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _begin) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """In each of these processes: Ctrl-C reaches it too and is not its to heed, and it ends with the one that began it,
    which may be killed; on its own queue it would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _backfill(opened: app.App, file: Path, pool: ProcessPoolExecutor, *, tell: bool) -> dict[str, Any]:
    bad = file.with_name(file.name + ".bad.jsonl")
    if not os.access(bad.parent, os.W_OK):
        bad = opened.settings.data.expanduser() / bad.name
    so_far = Backfilled()
    with (
        _going_on(lambda: f"{file}: stopped after line {so_far.lines:,}"),
        progress(file.name, file.stat().st_size, "lines") as reach,
    ):

        def show(done: Backfilled) -> None:
            nonlocal so_far
            so_far = done
            reach(done.read, done.lines)
            stop_here()

        done = storage.backfill(
            opened.engine,
            file,
            labels,
            version=classify.VERSION,
            feeds=opened.feeds,
            executor=pool,
            bad_lines=bad,
            tell=tell,
            progress=show,
        )
    return {"file": str(file), "bad_lines": str(bad)} | asdict(done)


@contextmanager
def _going_on(where: Callable[[], str]) -> Iterator[None]:
    """Work of many transactions: a signal ends it after the one under way, with a line that says how to go on."""
    try:
        with held():
            yield
    except Stopped:
        print(f"pactwatch: {where()}; the same command goes on from there", file=sys.stderr)
        raise


def reclassify() -> dict[str, Any]:
    """Reads again what was labelled by an earlier version."""
    with app.opened() as opened, storage.lease(opened.engine, "ingest", opened.settings.wait, what="reclassify"):
        with storage.reading(opened.engine) as session:
            total = storage.stale(session, classify.VERSION)
        with _going_on(lambda: "reclassify: stopped"), progress("items", total, "items") as reach:

            def show(done: storage.Reclassified) -> None:
                reach(done.items, done.items)
                stop_here()

            done = storage.reclassify(
                opened.engine,
                lambda some: labels([_entry(one) for one in some]),
                version=classify.VERSION,
                progress=show,
            )
    return asdict(done)


def _entry(one: Stale) -> Entry:
    return Entry("", one.title, one.text, published=one.published, lang=one.lang)


@dataclass(frozen=True)
class Built:
    """What writing the site did."""

    folder: Path
    written: int
    unchanged: int
    removed: int


def site(folder: Path | None = None) -> Built:
    """Writes the archive site to the folder, or to that of the settings."""
    with app.opened() as opened:
        target = folder or opened.settings.site.folder
        if target is None:
            raise Stop("name a FOLDER, or set site.folder in the settings", Exit.USAGE)
        return write_site(opened, target.expanduser(), datetime.now(UTC))


def refresh_site(opened: app.App, now: datetime) -> None:
    """After an ingest: the site of the settings, where one is set. What keeps it from being written is logged."""
    folder = opened.settings.site.folder
    if folder is None:
        return
    try:
        done = write_site(opened, folder.expanduser(), now)
        LOGGER.info("site: %d files written, %d removed", done.written, done.removed)
    except SiteError as error:
        LOGGER.error("site: %s", error)


def write_site(opened: app.App, folder: Path, now: datetime) -> Built:
    """Brings the site in a folder to the state of the store."""
    settings = opened.settings
    with storage.reading(opened.engine) as session:
        records = storage.everything(session)
        coverage = storage.coverage(session, now - timedelta(days=7), now)
        health = storage.health(session)
    done = build(
        records,
        folder,
        now=now,
        site_url=settings.site.url,
        contact=_contact(settings),
        coverage=coverage,
        health=health,
    )
    return Built(folder, done.written, done.unchanged, done.removed)


def _contact(settings: Settings) -> str:
    return f"mailto:{settings.mail.reply_to}" if settings.mail.reply_to else ""


def backup(target: Path | None) -> Path:
    """Copies the store."""
    with app.opened() as opened:
        if target is not None:
            return storage.backup(opened.engine, target)
        ending = "db" if opened.settings.database_url.startswith("sqlite") else "dump"
        dated = opened.settings.data.expanduser() / "backups" / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.{ending}"
        dated.parent.mkdir(parents=True, exist_ok=True)
        return storage.backup(opened.engine, dated)


def restore(source: Path) -> Path | None:
    """Puts a backup in the place of the store."""
    settings = load().settings
    data = settings.data.expanduser()
    data.mkdir(parents=True, exist_ok=True)
    return storage.restore_backup(settings.database_url, source, backups=data / "backups")


def retain(opened: app.App, now: datetime) -> None:
    """Takes away what is older than the settings keep it, and gives the space back."""
    kept = opened.settings.retention
    texts, polls, mails = (timedelta(days=d) if d else None for d in (kept.text_days, kept.poll_days, kept.mail_days))
    with storage.transaction(opened.engine) as session:
        gone = storage.retain(session, storage.Keep(texts, polls, mails), now)
    if gone != storage.Retained():
        LOGGER.info("retention: %d texts, %d mails, %d polls taken away", gone.texts, gone.mails, gone.polls)
        storage.vacuum(opened.engine)
