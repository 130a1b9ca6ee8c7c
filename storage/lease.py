"""A lease of our own against two runs at once: whoever holds it is named, and a dead holder loses it.

Prefect cannot give this: a killed server leaves its flow processes running. The unique keys hold without the lease
too; it only saves the second run its work.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from storage.engine import reading, transaction
from storage.errors import Busy, StoreError
from storage.tables import Lease

BEAT: Final = 15.0
"""Seconds between heartbeats."""
STALE: Final = timedelta(minutes=5)
"""Age of the heartbeat after which a holder on another host counts as dead."""


@dataclass
class Held:
    """A lease in hand; `lost` turns True when another run took it over (after a long suspension of this machine)."""

    name: str
    owner: str
    lost: bool = False


@contextmanager
def lease(engine: Engine, name: str, wait: float = 30.0, *, what: str = "") -> Iterator[Held]:
    """Hold `name` for the time of the block, waiting up to `wait` seconds; `Busy` names who runs instead.

    `what` says what we are about ('ingest by schedule'), for the other's message.
    """
    held = Held(name, uuid4().hex)
    deadline = time.monotonic() + wait
    while (holder := _try(engine, held, what)) is not None:
        if time.monotonic() >= deadline:
            raise Busy(f"{_describe(holder)}; waited {wait:.0f} s, nothing was changed")
        time.sleep(min(0.5, max(0.01, deadline - time.monotonic())))
    done = threading.Event()
    beat = threading.Thread(target=_beat, args=(engine, held, done), name=f"lease {name}", daemon=True)
    beat.start()
    try:
        yield held
    finally:
        done.set()
        beat.join()
        _give_back(engine, held)


def holders(session: Session) -> list[Lease]:
    """The leases now held by living processes, for `check`."""
    return [row for row in session.scalars(select(Lease)).all() if not _is_dead(row, datetime.now(UTC))]


def refuse_while_held(engine: Engine) -> None:
    """`Busy` that names a run under way: for what takes the store away beneath it."""
    with reading(engine) as session:
        if running := holders(session):
            raise Busy(f"{_describe(running[0])}; stop it first, nothing was changed")


def _try(engine: Engine, held: Held, what: str) -> Lease | None:
    """Take the lease if it is free or its holder dead; else say who holds it."""
    with transaction(engine) as session:
        now = datetime.now(UTC)
        row = session.get(Lease, held.name)
        if row is not None and not _is_dead(row, now):
            return row
        session.execute(delete(Lease).where(col(Lease.name) == held.name))
        session.add(
            Lease(
                name=held.name, owner=held.owner, what=what, host=socket.gethostname(), pid=os.getpid(),
                started=_started(os.getpid()), since=now, heartbeat=now,
            )
        )  # fmt: skip
    return None


def _is_dead(row: Lease, now: datetime) -> bool:
    """On this host by its process (a pid that was given to another is told by its start), else by its heartbeat."""
    if row.host == socket.gethostname():
        return _started(row.pid) != row.started
    return now - row.heartbeat > STALE


def _started(pid: int) -> str:
    """When a process was started, as the kernel counts; empty where there is none, 'alive' where it cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "" if Path("/proc/self/stat").exists() else "alive"


def _beat(engine: Engine, held: Held, done: threading.Event) -> None:
    while not done.wait(BEAT):
        try:
            with transaction(engine) as session:
                mine = update(Lease).where(col(Lease.name) == held.name, col(Lease.owner) == held.owner)
                held.lost = not session.execute(mine.values(heartbeat=datetime.now(UTC))).rowcount  # type: ignore[attr-defined]
        except StoreError:
            continue  # the next beat may succeed; a holder on this host is told by its process anyway


def _give_back(engine: Engine, held: Held) -> None:
    with transaction(engine) as session:
        session.execute(delete(Lease).where(col(Lease.name) == held.name, col(Lease.owner) == held.owner))


def _describe(row: Lease) -> str:
    what = f" ({row.what})" if row.what else ""
    began = f"{row.since:%Y-%m-%d %H:%M} UTC"
    return f"{row.name} is already running{what}: process {row.pid} on {row.host} since {began}"
