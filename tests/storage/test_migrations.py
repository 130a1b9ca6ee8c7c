"""Opening: whose file it is, upgrades that are whole or not at all, and none by an older program."""

import multiprocessing
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlmodel import Session

from storage import (
    Damaged,
    NewerDatabase,
    NotOurs,
    Query,
    StoreError,
    agreements,
    migrate,
    open_store,
    reading,
    resolve,
    search,
)
from storage.reconcile import free_key, month_of
from storage.schema import metadata, ours
from storage.tables import AgreementRow


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
    lines = NEXT.format(head="0002", fault="pass").splitlines()
    at = next(n for n, line in enumerate(lines) if "def upgrade" in line) + statement
    next_version.write_text("\n".join([*lines[:at], "    raise ValueError('stopped')", *lines[at:]]))
    with pytest.raises(ValueError, match="stopped"):
        open_store(url)
    assert "first" not in tables(engine)
    next_version.write_text(NEXT.format(head="0002", fault="pass"))
    open_store(url).dispose()
    assert "first" in tables(engine)


def test_a_backup_is_made_before_an_upgrade(
    tmp_path: Path, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version.write_text(NEXT.format(head="0002", fault="pass"))
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    with monkeypatch.context() as old:
        old.setattr(migrate, "HEAD", "0002")
        old.setattr(migrate, "_run", lambda c: command.upgrade(_with(c), "0002"))
        open_store(url).dispose()
    open_store(url, backups=tmp_path / "backups").dispose()
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.name.startswith("pactwatch-before-next-from-0002-")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


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


def _store_of(schema: str, url: str) -> Engine:
    """A new store as the program of an earlier schema made it."""
    engine = migrate.make_engine(url)
    with migrate.writing(engine).begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
    return engine


UNDATED = [
    # key in schema 0001, key today
    ("fr-jp-0000-00", "fr-jp-undated"),
    ("fr-jp-0000-00-2", "fr-jp-undated-2"),
    ("fr-jp-2025-05", "fr-jp-2025-05"),
]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def first_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of the first schema, on each database in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'first.db'}"
    else:
        url = str(request.getfixturevalue("postgres_url"))
        engine = migrate.make_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    _store_of("0001", url).dispose()
    return url


def test_undated_agreements_are_renamed_and_answer_to_their_old_names(first_url: str) -> None:
    old = migrate.make_engine(first_url)
    with old.begin() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('program', '0.1')"))
        for number, (key, _) in enumerate(UNDATED, 1):
            connection.execute(AgreementRow.__table__.insert(), _row(number, key))
            connection.execute(text("INSERT INTO alias VALUES (:key, :id)"), {"key": key, "id": number})
        with Session(connection) as session:
            search.write(session, {number: ["fr", "jp"] for number in range(1, len(UNDATED) + 1)})
            session.commit()
    old.dispose()
    engine = open_store(first_url)
    with reading(engine) as session:
        today = dict(UNDATED)
        assert resolve(session, [*today, *today.values()]) == today | {now: now for now in today.values()}
        assert {one.key for one in agreements(session, Query(text="undated"))} == {"fr-jp-undated", "fr-jp-undated-2"}
    engine.dispose()


def _row(number: int, key: str) -> dict[str, object]:
    then = datetime(2025, 5, 1, tzinfo=UTC)
    times = {"first_seen": then, "modified": then, "latest": then}
    return AgreementRow(id=number, key=key, a="FR", b="JP", stage="signed", **times).model_dump()


def test_a_name_without_a_month_counts_as_others_do() -> None:
    assert free_key("fr-jp-undated", {"fr-jp-undated", "fr-jp-undated-2"}) == "fr-jp-undated-3"
    assert [month_of(key) for key in ("fr-jp-undated-2", "fr-jp-2025-05-2")] == ["fr-jp-undated", "fr-jp-2025-05"]
