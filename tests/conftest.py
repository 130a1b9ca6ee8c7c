"""Tests of the store, of digests and of whole runs work on SQLite and on PostgreSQL, each on a store of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from storage import open_store

# How long an example takes says more of the machine than of the code; benchmarks measure time.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

SERVER = os.environ.get("PACTWATCH_TEST_POSTGRES", "")


def _admin(sql: str) -> None:
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(sql))
    engine.dispose()


def _database(name: str) -> str:
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """A migrated database, of which each test gets a copy."""
    if not SERVER:
        pytest.skip("PACTWATCH_TEST_POSTGRES is not set; scripts/postgres-for-tests starts a server")
    name = f"template_{uuid4().hex[:12]}"
    _admin(f"CREATE DATABASE {name}")
    open_store(_database(name)).dispose()
    yield name
    _admin(f"DROP DATABASE {name}")


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    _admin(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _database(name)
    _admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_empty(postgres_template: str) -> Iterator[Callable[[], str]]:
    """Gives the address of a new database without any table at each call."""
    made: list[str] = []

    def create() -> str:
        made.append(f"test_{uuid4().hex[:12]}")
        _admin(f"CREATE DATABASE {made[-1]}")
        return _database(made[-1])

    yield create
    for name in made:
        _admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, of which each test gets a copy."""
    path = tmp_path_factory.mktemp("template") / "pactwatch.db"
    engine = open_store(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, on each database in turn."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        return f"sqlite:///{shutil.copy(template, tmp_path / 'pactwatch.db')}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_store(url)
    yield opened
    opened.dispose()
