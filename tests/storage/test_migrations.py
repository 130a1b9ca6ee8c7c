"""Opening: whose file it is, upgrades that are whole or not at all, and none by an older program."""

import multiprocessing
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from storage import Damaged, NewerDatabase, NotOurs, StoreError, migrate, open_store
from storage.schema import metadata, ours


def test_the_migrations_lead_to_the_tables_as_they_are_declared(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(migrate._config()).get_heads() == [migrate.HEAD]


def test_opening_twice_changes_nothing(engine: Engine, url: str) -> None:
    open_store(url).dispose()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_a_newer_database_is_refused(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE meta SET value = '7.0' WHERE key = 'program'"))
    with pytest.raises(
        NewerDatabase, match=r"written by pactwatch 7\.0 \(schema 9999\), this is pactwatch .* upgrade the program"
    ):
        open_store(url)


def _sqlite(path: Path, *statements: str) -> str:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return f"sqlite:///{path}"


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotOurs, match="another program's tables"):
        open_store(_sqlite(tmp_path / "a.db", "CREATE TABLE moz_places (id INTEGER)"))
    with pytest.raises(NotOurs, match="application id"):
        open_store(_sqlite(tmp_path / "b.db", "PRAGMA application_id = 252006673", "CREATE TABLE x (id INTEGER)"))
    (tmp_path / "c.db").write_text("a letter to my aunt, and a long one at that")
    with pytest.raises(NotOurs, match="is not an SQLite database"):
        open_store(f"sqlite:///{tmp_path / 'c.db'}")
    assert (tmp_path / "c.db").read_text().startswith("a letter")


@pytest.mark.postgres
def test_another_programs_server_database_is_refused(postgres_template: str, postgres_url: str) -> None:
    engine = open_store(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    with pytest.raises(NotOurs, match="another program's tables"):
        open_store(postgres_url)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pactwatch.db"
    open_store(f"sqlite:///{path}").dispose()
    with path.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff" * 3000)
    with pytest.raises(Damaged, match="damaged"):
        open_store(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((StoreError, OSError), match="file"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'pactwatch.db'}")


def test_an_unknown_kind_of_database_is_refused() -> None:
    with pytest.raises(StoreError, match=r"use sqlite:///… or postgresql"):
        open_store("mysql://localhost/x")


# An upgrade to a schema that does not exist yet: two statements of DDL and one that fills them.
NEXT = """
from alembic import op
revision, down_revision = "next", "{head}"

def upgrade():
    op.execute("CREATE TABLE first (id INTEGER)")
    op.execute("INSERT INTO first VALUES (1)")
    op.add_column("source", __import__("sqlalchemy").Column("extra", __import__("sqlalchemy").Integer))
    {fault}
"""


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's migrations and one more, as a later release would bring."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate._FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    monkeypatch.setattr(migrate, "HEAD", "next")
    return folder / "versions" / "next.py"


def tables(engine: Engine) -> set[str]:
    names = "SELECT name FROM sqlite_master" if engine.dialect.name == "sqlite" else "SELECT tablename FROM pg_tables"
    with engine.connect() as connection:
        return set(connection.execute(text(names)).scalars())


@pytest.mark.parametrize("statement", [1, 2, 3, 4])
def test_an_upgrade_that_fails_leaves_nothing(engine: Engine, url: str, next_version: Path, statement: int) -> None:
    lines = NEXT.format(head="0001", fault="pass").splitlines()
    at = next(n for n, line in enumerate(lines) if "def upgrade" in line) + statement
    next_version.write_text("\n".join([*lines[:at], "    raise ValueError('stopped')", *lines[at:]]))
    with pytest.raises(ValueError, match="stopped"):
        open_store(url)
    assert "first" not in tables(engine)
    next_version.write_text(NEXT.format(head="0001", fault="pass"))
    open_store(url).dispose()
    assert "first" in tables(engine)


def test_a_backup_is_made_before_an_upgrade(
    tmp_path: Path, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version.write_text(NEXT.format(head="0001", fault="pass"))
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    with monkeypatch.context() as old:
        old.setattr(migrate, "HEAD", "0001")
        old.setattr(migrate, "_run", lambda c: command.upgrade(_with(c), "0001"))
        open_store(url).dispose()
    open_store(url, backups=tmp_path / "backups").dispose()
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.name.startswith("pactwatch-before-next-from-0001-")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def _with(connection: object) -> object:
    config = migrate._config()
    config.attributes["connection"] = connection
    return config


def _open(url: str) -> int:
    open_store(url).dispose()
    return 0


def test_two_programs_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_open, [url] * 6) == [0] * 6
