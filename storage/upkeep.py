"""Backups and restoring by the database's own means, checks, retention, and forgetting a person."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Engine, delete, exists, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from storage.engine import database_file, explain, make_engine, transaction
from storage.errors import Damaged, NotOurs, StoreError
from storage.lease import refuse_while_held
from storage.migrate import copy_database, open_store
from storage.outbox_tables import DeliveryRow, DigestRow
from storage.suppression import FORGOTTEN, forget_address, suppress
from storage.tables import CoverageRow, Item, Poll, Revision

_NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs"})


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what is kept; None keeps for ever. Items, labels, evidence, agreements and their changes always stay."""

    texts: timedelta | None = timedelta(days=180)
    """Texts of items that tell of no agreement; after that a new lexicon can't read them again."""
    polls: timedelta | None = timedelta(days=90)
    """The history of polls."""
    mails: timedelta | None = timedelta(days=365)
    """Bodies of mails that are no longer under way; what was told to whom stays."""


@dataclass(frozen=True, slots=True)
class Retained:
    """What retention took away, in rows."""

    texts: int = 0
    polls: int = 0
    mails: int = 0


def backup(engine: Engine, target: Path) -> Path:
    """A consistent copy of the whole store, also while others write: an SQLite file, or a `pg_dump` archive (custom
    format). An existing `target` is never overwritten, and its folder is not made: a slip of the pen is no place for a
    backup."""
    if target.exists():
        raise StoreError(f"{target}: is there already; name another file")
    if not target.parent.is_dir():
        raise StoreError(f"{target.parent}: no such folder; make it, or name another file")
    part = target.with_name(target.name + ".part")
    if (file := database_file(engine)) is not None:
        copy_database(file, part)
    else:
        _client("pg_dump", engine.url, "--format=custom", f"--file={part}")
    part.replace(target)
    return target


def restore_backup(url: str, source: Path, *, backups: Path | None = None) -> Path | None:
    """Put a backup in the place of the store, keep what was there as a backup (its path is given back), and upgrade.

    The backup is checked first; nothing is changed where it is damaged or another program's. `Busy` while a run is
    under way.
    """
    if not source.is_file():
        raise StoreError(f"{source}: no such backup")
    file = database_file(make_engine(url))
    if file is None:
        engine = open_store(url)
        refuse_while_held(engine)
        _client("pg_restore", engine.url, "--clean", "--if-exists", "--single-transaction", "--no-owner", str(source))
        engine.dispose()
        open_store(url).dispose()
        return None
    _check_backup(source)
    kept = _put_by(url, file, backups or file.parent / "backups")
    copy_database(source, file)
    open_store(url, backups=backups).dispose()
    return kept


def _put_by(url: str, file: Path, folder: Path) -> Path:
    """A backup of the present store; the very file, moved, where it is too damaged to be opened."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"before-restore-{_stamp()}.db"
    try:
        engine = open_store(url, backups=folder)
    except Damaged:
        for ending in ("", "-wal", "-shm"):
            if (part := file.with_name(file.name + ending)).exists():
                shutil.move(part, kept.with_name(kept.name + ending))
        return kept
    try:
        refuse_while_held(engine)
        return backup(engine, kept)
    finally:
        engine.dispose()


def _check_backup(source: Path) -> None:
    with source.open("rb") as stream:
        if not stream.read(16).startswith(b"SQLite format 3\0"):
            raise NotOurs(f"{source}: is not an SQLite backup")
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{source}: damaged ({error}); nothing was changed") from error
    if not {"alembic_version", "agreement"} <= names:
        raise NotOurs(f"{source}: is not a backup of pactwatch; nothing was changed")
    if sound != "ok":
        raise Damaged(f"{source}: damaged ({sound}); nothing was changed")


def _client(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the store; the password goes by the environment, never on the line."""
    path = shutil.which(program)
    if path is None:
        raise StoreError(f"{program}: not found; install PostgreSQL's client programs (Debian: postgresql-client)")
    names = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = os.environ | {name: str(value) for name, value in names.items() if value}
    target = ["--dbname", url.database or "postgres"]
    run = subprocess.run([path, *target, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode:
        raise StoreError(f"{program}: {' '.join(run.stderr.split())[:300]}")


def check(engine: Engine, mounts: Path = Path("/proc/mounts")) -> list[str]:
    """What is wrong with the database itself, in lines for people; empty where it is sound. Reads all of it."""
    found: list[str] = []
    if (file := database_file(engine)) is None:
        return found
    try:
        with engine.connect() as connection:
            said = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
            if said != ["ok"]:
                found.append(f"{file}: damaged ({'; '.join(said)}); restore the last backup")
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                found.append(f"{file}: {len(broken)} rows point nowhere, the first in table {broken[0][0]}")
    except DBAPIError as error:
        found.append(str(explain(engine, error)))
    if (kind := _file_system(file, mounts)) in _NETWORK:
        found.append(f"{file}: lies on a network file system ({kind}), where SQLite's locks cannot be trusted; move it")
    return found


def _file_system(file: Path, mounts: Path) -> str:
    """The kind of file system by the kernel's list of mounts (a space in a path is `\\040` there), empty where there is
    no such list."""
    best = ("", "")
    where = str(file.resolve())
    for line in mounts.read_text("utf-8").splitlines() if mounts.exists() else []:
        _, point, kind, *_ = line.split()
        point = point.replace("\\040", " ")
        inside = point in ("/", where) or where.startswith(point + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


def retain(session: Session, keep: Keep, now: datetime) -> Retained:
    """Take away what is older than it has to be kept."""
    texts = polls = mails = 0
    if keep.texts is not None:
        texts = _cut_texts(session, now - keep.texts)
    if keep.polls is not None:
        polls = _rows(session.execute(delete(Poll).where(col(Poll.at) < now - keep.polls)))
    if keep.mails is not None:
        old = (col(DigestRow.state) != "under_way", col(DigestRow.until) < now - keep.mails)
        closed = select(col(DigestRow.id)).where(*old)
        sent = update(DeliveryRow).where(col(DeliveryRow.digest_id).in_(closed), func.length(col(DeliveryRow.body)) > 0)
        mails = _rows(session.execute(sent.values(body=b"")))
    return Retained(texts, polls, mails)


def _cut_texts(session: Session, before: datetime) -> int:
    tells = exists().where(col(CoverageRow.item) == col(Item.id))
    old = (col(Item.seen) < before, col(Item.text) != "", ~tells)
    items = select(col(Item.id)).where(col(Item.seen) < before)
    session.execute(update(Revision).where(col(Revision.item).in_(items), col(Revision.at) < before).values(text=""))
    return _rows(session.execute(update(Item).where(*old).values(text="", cut=True)))


def _rows(result: object) -> int:
    return int(getattr(result, "rowcount", 0))


def vacuum(engine: Engine) -> None:
    """Give freed space back and bring the planner's statistics up to date."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if engine.dialect.name == "sqlite":
            for statement in ("VACUUM", "PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.connection.driver_connection.execute(statement)  # type: ignore[union-attr]
        else:
            connection.execute(text("VACUUM ANALYZE"))


def forget(engine: Engine, address: str) -> int:
    """Remove all that is stored of a subscriber's address; the number of rows. Freed pages are overwritten.

    Backups made before still hold it: they are the operator's to delete. What stays is a hash that keeps the address
    from being written to again, whatever the settings say; `resubscribe` lifts it.
    """
    with transaction(engine) as session:
        count = forget_address(session, address)
        suppress(session, address, datetime.now(UTC), reason=FORGOTTEN)
    vacuum(engine)
    return count


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
