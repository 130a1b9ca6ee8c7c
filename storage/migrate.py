"""Opening a store: whose file it is, which version it has, and the way up to ours, all or nothing.

The whole upgrade is one transaction on both databases, taken by one program at a time; SQLite files are copied
before by SQLite's own backup. A database from a newer program is refused, as is another program's.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from importlib import metadata as packages
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.engine import APPLICATION_ID, database_file, explain, explain_text, make_engine, place, writing
from storage.errors import Damaged, NewerDatabase, NotOurs, StoreError

HEAD: Final = "0002"
"""The newest revision in `migrations`; a test holds it to what is there."""
_FOLDER: Final = Path(__file__).with_name("migrations")


def open_store(url: str, *, backups: Path | None = None) -> Engine:
    """The engine of an existing or new store, upgraded to this program's version.

    `backups` is the folder for the copy made before an upgrade (default: beside the SQLite file). Raises `NotOurs`,
    `NewerDatabase`, `Damaged`, `Busy` or `StoreError`, each with one clear line; nothing is changed then.
    """
    engine = make_engine(url)
    try:
        if (file := database_file(engine)) is not None:
            _prepare_file(file)
        if revision(engine) != HEAD:
            _upgrade(engine, backups)
    except DBAPIError as error:
        engine.dispose()
        raise explain(engine, error) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def revision(engine: Engine) -> str | None:
    """The store's schema version, None where there is no table yet; `NotOurs` where there are only foreign tables."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    names = set(inspect(connection).get_table_names())
    where = place(connection.engine)
    if "alembic_version" in names and "agreement" in names:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        if len(found) != 1:
            raise Damaged(f"{where}: its schema version is unreadable ({found}); restore the last backup")
        return str(found[0])
    if names:
        some = ", ".join(sorted(names)[:3])
        raise NotOurs(f"{where}: holds another program's tables ({some}); name another database")
    return None


def _prepare_file(file: Path) -> None:
    """Make the folder, refuse what is no SQLite file of ours, and switch a new one to WAL."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{file.parent}: cannot make the folder ({error.strerror}); name another") from error
    if file.is_file() and file.stat().st_size:
        with file.open("rb") as stream:
            head = stream.read(100)
        if not head.startswith(b"SQLite format 3\0"):
            raise NotOurs(f"{file}: is not an SQLite database; name another file")
        if (found := int.from_bytes(head[68:72], "big")) not in (0, APPLICATION_ID):
            raise NotOurs(f"{file}: belongs to another program (application id {found:#x}); name another file")
    try:
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise explain_text(str(file), str(error)) from error


def _upgrade(engine: Engine, backups: Path | None) -> None:
    with writing(engine).connect() as connection:
        if engine.dialect.name == "sqlite":  # tables are rebuilt below; the check at the end replaces the pragma
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            found = _revision(connection)  # another program may have been quicker while we waited
            if found != HEAD:
                _refuse_newer(connection, found)
                if found is not None:
                    _backup_before(engine, found, backups)
                _run(connection)
                _finish(connection)
        connection.detach()  # its pragma must not live on in the pool


def _refuse_newer(connection: Connection, found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is None or found in known:
        return
    by = connection.execute(text("SELECT value FROM meta WHERE key = 'program'")).scalar() or "a newer version"
    raise NewerDatabase(
        f"{place(connection.engine)}: written by pactwatch {by} (schema {found}), this is pactwatch {program()} "
        f"(schema {HEAD}); upgrade the program, or restore a backup from before the upgrade"
    )


def _backup_before(engine: Engine, found: str, backups: Path | None) -> None:
    file = database_file(engine)
    if file is None:
        return
    folder = backups or file.parent / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{file.stem}-before-{HEAD}-from-{found}-{datetime.now(UTC):%Y%m%dT%H%M%S}.db"
    copy_database(file, target)


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy by SQLite's backup, also while others write; `StoreError` where it cannot be made.

    What was in `target` before, a store that a backup is put over say, then still is.
    """
    is_new = not target.exists()
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        if is_new:
            target.unlink(missing_ok=True)
        raise StoreError(f"{target}: could not be copied from {source} ({error}); nothing was changed") from error


def _run(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _finish(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise Damaged(f"{place(connection.engine)}: {len(broken)} rows point nowhere after the upgrade; undone")
    connection.execute(text("DELETE FROM meta WHERE key = 'program'"))
    connection.execute(text("INSERT INTO meta (key, value) VALUES ('program', :by)"), {"by": program()})


def program() -> str:
    """The version of this program."""
    try:
        return packages.version("pactwatch")
    except packages.PackageNotFoundError:  # run from a plain clone
        return "unreleased"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
