"""Stores as each released schema left them open, upgrade and hold what they held.

`released/<schema>.db.gz` is one store written by the release that brought the schema, of the stream of `store_work`
with its first agreement rejected. A release that adds a migration adds its file; none is ever changed.
"""

import gzip
from pathlib import Path

import pytest
import store_work

from storage import Query, agreements, check, open_store, reading, resolve
from storage.migrate import HEAD, revision

RELEASED = sorted((Path(__file__).parent / "released").glob("*.db.gz"))


@pytest.mark.parametrize("packed", RELEASED, ids=lambda path: path.name)
def test_a_released_store_upgrades(packed: Path, tmp_path: Path) -> None:
    path = tmp_path / "pactwatch.db"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    engine = open_store(f"sqlite:///{path}")
    assert check(engine) == []
    assert revision(engine) == HEAD
    with reading(engine) as session:
        found = agreements(session, Query(limit=None, rejected=True))
    assert len([one for one in found if one.rejected == "A rehearsal."]) == 1
    assert {report.title for one in found for report in one.reports} == {one.entry.title for one in store_work.stream()}
    before = {one.key for one in found}
    store_work.take(engine, store_work.stream())
    with reading(engine) as session:
        assert set(resolve(session, before)) == before
    engine.dispose()


def test_there_is_one_for_the_present_schema() -> None:
    assert f"{HEAD}.db.gz" in {path.name for path in RELEASED}
