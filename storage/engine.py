"""Connections and transactions. One writer at a time on both databases: `BEGIN IMMEDIATE` on SQLite (a plain BEGIN
loses updates without an error when two runs read, then write), an advisory lock on PostgreSQL.

SQLite runs in WAL mode with `synchronous=FULL`, so that what was marked as sent is still marked after a power cut;
the price is one fsync per commit, and we commit by batches.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from storage.errors import Busy, Damaged, StoreError, Unfit

T = TypeVar("T")
WAIT: Final = 30.0
"""Seconds that a writer waits for another before it gives up."""
APPLICATION_ID: Final = 0x50616374
"""'Pact' in the SQLite header: tells our files from those of other programs."""
_LOCK: Final = 0x50616374
_TRIES: Final = 3


def make_engine(url: str, *, wait: float = WAIT) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`; connects to nothing yet."""
    try:
        parsed = make_url(url)
    except ArgumentError:  # whose message holds what was written, which may hold a password
        raise Unfit("database: not an address; use sqlite:///… or postgresql+psycopg://…") from None
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": wait, "cached_statements": 256})
        event.listen(engine, "connect", _open_sqlite)
    elif parsed.get_backend_name() == "postgresql":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        try:
            engine = create_engine(parsed, pool_pre_ping=True, connect_args={"options": _options(wait)})
        except ImportError as error:
            raise StoreError(
                f"database: PostgreSQL needs the extra 'postgres' (pactwatch[postgres]): {error}"
            ) from None
    else:
        raise Unfit(f"database: {parsed.drivername!r} is not supported; use sqlite:///… or postgresql+psycopg://…")
    event.listen(engine, "begin", _begin)
    return engine


def _options(wait: float) -> str:
    return f"-c lock_timeout={int(wait * 1000)} -c timezone=UTC"


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver's own begin is late and spoils DDL
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-32768"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("pactwatch_write", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take the writer's lock at their start."""
    return engine.execution_options(pactwatch_write=True)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session in a writing transaction: committed at the end, rolled back on any error.

    Waits up to 30 s for another writer, then raises `Busy`; database faults come out as one-line `StoreError`s.
    """
    with _explained(engine), Session(writing(engine), expire_on_commit=False) as session, session.begin():
        session.connection()  # take the lock now, not at the first statement
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the store and changes nothing."""
    with _explained(engine), Session(engine, expire_on_commit=False) as session:
        yield session


def transact(engine: Engine, work: Callable[[Session], T], *, pause: float = 1.0) -> T:
    """`work` in one writing transaction, begun anew at most three times when the server goes away in its midst.

    Safe even when the connection is lost during COMMIT: the unique keys make a second run find its own rows.
    """
    return _retried(lambda: transaction(engine), work, pause)


def read(engine: Engine, work: Callable[[Session], T], *, pause: float = 1.0) -> T:
    """As `transact`, for work that only reads."""
    return _retried(lambda: reading(engine), work, pause)


def _retried(begin: Callable[[], AbstractContextManager[Session]], work: Callable[[Session], T], pause: float) -> T:
    for tried in range(1, _TRIES + 1):
        try:
            with begin() as session:
                return work(session)
        except StoreError as error:
            if tried == _TRIES or not _is_disconnect(error.__cause__):
                raise
            time.sleep(pause * tried)
    raise AssertionError("unreachable")


def _is_disconnect(error: BaseException | None) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    starting = "starting up" in str(error.orig) or "shutting down" in str(error.orig)
    return bool(error.connection_invalidated) or starting or "connection" in str(error.orig).lower()


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise explain(engine, error) from error


def explain(engine: Engine, error: DBAPIError) -> StoreError:
    """The one-line error for a fault of the database."""
    return explain_text(place(engine), str(error.orig))


def explain_text(where: str, said: str) -> StoreError:
    """The one-line error for what a database at `where` said."""
    said = " ".join(said.split())
    low = said.lower()
    if "locked" in low or "lock timeout" in low or "busy" in low:
        return Busy(f"{where}: another program writes to the database; waited {WAIT:.0f} s, nothing was changed")
    if "malformed" in low or "not a database" in low or "corrupt" in low:
        return Damaged(f"{where}: damaged ({said}); restore the last backup with `pactwatch restore`")
    if "full" in low or "i/o error" in low or "no space" in low:
        return StoreError(f"{where}: cannot write ({said}); free some space and run again, nothing is half done")
    if "readonly" in low or "read-only" in low or "unable to open" in low:
        return StoreError(f"{where}: cannot open for writing ({said}); check the folder and its permissions")
    return StoreError(f"{where}: {said}")


def place(engine: Engine) -> str:
    """Where the database is, without a password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.render_as_string(hide_password=True)


def database_file(engine: Engine) -> Path | None:
    """The file of a SQLite database, None for a server or a database in memory."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" and not name.startswith("file:") else None
