"""Backups that can be restored, checks that find damage, retention that keeps what counts, and forgetting a person."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from store_reports import MARCH, NOW, VISA, Said, everything, put

from classify.model import Labels
from storage import (
    Busy,
    Damaged,
    Keep,
    NotOurs,
    StoreError,
    add_items,
    backup,
    check,
    known,
    lease,
    open_store,
    reading,
    restore_backup,
    retain,
    stale,
    transaction,
    vacuum,
)
from storage.engine import database_file
from storage.tables import Item, Poll

OTHER = Said("post", MARCH, MARCH, pair=("FR", "IT"))


def test_a_backup_is_the_whole_store(engine: Engine, url: str, tmp_path: Path) -> None:
    put(engine, VISA)
    with pytest.raises(StoreError, match="copies: no such folder"):
        backup(engine, tmp_path / "copies" / "one.db")
    copy = backup(engine, tmp_path / "one.db")
    put(engine, [OTHER])
    assert len(everything(engine)) == 2
    engine.dispose()
    kept = restore_backup(url, copy, backups=tmp_path / "kept")
    again = open_store(url)
    assert [one.key for one in everything(again)] == ["kz-rw-2026-03"]
    again.dispose()
    if kept is not None:
        before = open_store(f"sqlite:///{kept}")
        assert len(everything(before)) == 2
        before.dispose()


def test_no_backup_replaces_a_store_beneath_a_run(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    engine = open_store(url)
    copy = backup(engine, tmp_path / "copy.db")
    with (
        lease(engine, "deliver", what="delivering digests"),
        pytest.raises(Busy, match=r"deliver is already running .*; stop it first, nothing was changed"),
    ):
        restore_backup(url, copy)
    assert restore_backup(url, copy)


def test_a_backup_never_overwrites(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "one.db").write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        backup(engine, tmp_path / "one.db")
    assert (tmp_path / "one.db").read_text() == "mine"


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    engine = open_store(url)
    put(engine, VISA)
    good = backup(engine, tmp_path / "good.db")
    engine.dispose()
    (tmp_path / "letter").write_text("dear aunt")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE x (id)")
    hurt = bytearray(good.read_bytes())
    hurt[len(hurt) // 2 : len(hurt) // 2 + 20_000] = b"\xff" * 20_000
    (tmp_path / "hurt.db").write_bytes(hurt)
    for name, error in (("letter", NotOurs), ("other.db", NotOurs), ("hurt.db", Damaged), ("none.db", StoreError)):
        with pytest.raises(error, match=name):
            restore_backup(url, tmp_path / name)
    again = open_store(url)
    assert len(everything(again)) == 1
    again.dispose()


def test_a_backup_replaces_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'pactwatch.db'}", tmp_path / "pactwatch.db"
    engine = open_store(url)
    put(engine, VISA)
    copy = backup(engine, tmp_path / "copy.db")
    engine.dispose()
    hurt = bytearray(file.read_bytes())
    hurt[100:4096] = b"\xff" * 3996
    file.write_bytes(hurt)
    with pytest.raises(Damaged, match="restore the last backup"):
        open_store(url)
    kept = restore_backup(url, copy)
    assert kept is not None
    assert kept.read_bytes() == hurt
    again = open_store(url)
    assert len(everything(again)) == 1
    again.dispose()


def test_a_backup_that_cannot_be_put_back_costs_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    engine = open_store(url)
    put(engine, VISA)
    copy = backup(engine, tmp_path / "copy.db")
    engine.dispose()
    with closing(sqlite3.connect(copy, isolation_level=None)) as other:  # SQLite copies no such pages over a WAL file
        for statement in ("PRAGMA journal_mode=DELETE", "PRAGMA page_size=8192", "VACUUM"):
            other.execute(statement)
    with pytest.raises(StoreError, match="nothing was changed"):
        restore_backup(url, copy)
    again = open_store(url)
    assert len(everything(again)) == 1
    again.dispose()


@pytest.mark.postgres
def test_a_dump_that_cannot_be_made_names_the_program(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_store(postgres_url)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StoreError, match="pg_dump: not found; install"):
        backup(engine, tmp_path / "one.dump")
    engine.dispose()


def test_a_sound_store_has_no_faults(engine: Engine) -> None:
    put(engine, VISA)
    assert check(engine) == []


@pytest.mark.parametrize(("kind", "warned"), [("nfs4", True), ("cifs", True), ("ext4", False)])
def test_a_store_on_a_network_file_system_is_named(kind: str, warned: bool, tmp_path: Path) -> None:
    folder = tmp_path / "my files"
    engine = open_store(f"sqlite:///{folder / 'pactwatch.db'}")
    mounts = tmp_path / "mounts"
    point = str(folder.resolve()).replace(" ", "\\040")
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/home {point} {kind} rw 0 0\n", encoding="utf-8")
    found = check(engine, mounts)
    assert [f"({kind}), where SQLite's locks cannot be trusted; move it" in line for line in found] == [True] * warned
    engine.dispose()


def test_damage_is_found(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'pactwatch.db'}")
    put(engine, VISA)
    file = database_file(engine)
    assert file is not None
    engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE item_pair SET item = 999 WHERE item = 1")
        connection.commit()
    assert "1 rows point nowhere, the first in table item_pair" in check(open_store(f"sqlite:///{file}"))[0]
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size, page = (
            file.stat().st_size,
            connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_item_title_key'").fetchone()[0],
        )
    with file.open("r+b") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\0" * 4096)
    assert size == file.stat().st_size
    engine = open_store(f"sqlite:///{file}")
    assert any("damaged" in line for line in check(engine))
    engine.dispose()


def test_retention_keeps_what_counts(engine: Engine) -> None:
    put(engine, VISA)
    feed, entry = OTHER.feed, OTHER.entry
    with transaction(engine) as session:
        add_items(session, feed, [entry], [Labels()], version="1", now=NOW)
        session.execute(text("UPDATE item SET text = 'long'"))
        session.add(Poll(source=feed.key, at=NOW, outcome="entries"))
    later = NOW + timedelta(days=100)
    with transaction(engine) as session:
        keep = Keep(timedelta(days=90), timedelta(days=90), timedelta(days=90))
        assert (gone := retain(session, keep, later)) == type(gone)(texts=1, polls=1, mails=0)
        assert retain(session, keep, later) == type(gone)()
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Item).where(Item.text == "long")) == 3  # type: ignore[arg-type]
        assert known(session, feed.key, [entry]) == [True]
        assert stale(session, "2") == 3  # what can't be read again is not called stale
    vacuum(engine)


def test_keeping_for_ever(engine: Engine) -> None:
    put(engine, VISA)
    with transaction(engine) as session:
        assert retain(session, Keep(None, None, None), NOW + timedelta(days=9999)).texts == 0


@pytest.mark.postgres
def test_the_password_is_not_on_the_command_line(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for pg_dump that writes down how it was called."""
    stand_in = tmp_path / "bin" / "pg_dump"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/called\n'
        'for a; do case $a in --file=*) echo x > "${a#--file=}";; esac; done\n'
    )
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}:/usr/bin:/bin")
    engine = open_store(postgres_url.replace("pactwatch@", "pactwatch:CANARY@"))
    backup(engine, tmp_path / "one.dump")
    engine.dispose()
    assert "CANARY" not in (tmp_path / "called").read_text()
