"""An unsubscribe that arrives is kept, or the operator hears that it is not."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

import storage
from alerts.unsubscribe import Holder
from flows.logs import LOGGER
from flows.serving import unsubscribe
from storage import suppression
from storage.engine import make_engine

ANN = Holder("energy", "ann@example.org")


def test_an_unsubscribe_is_kept_or_told_to_the_operator(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = f"sqlite:///{tmp_path / 'pactwatch.db'}"
    storage.open_store(url).dispose()
    engine = make_engine(url, wait=0.05)
    LOGGER.addHandler(caplog.handler)
    try:
        with closing(sqlite3.connect(tmp_path / "pactwatch.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(storage.Busy):
                unsubscribe(engine, ANN)
        unsubscribe(engine, ANN)
        with pytest.raises(AttributeError):
            unsubscribe(cast("storage.Engine", None), Holder("visas", "ann@example.org"))
    finally:
        LOGGER.removeHandler(caplog.handler)
    told = {record.getMessage() for record in caplog.records if record.levelno == logging.ERROR}
    assert {line.partition(",")[0] for line in told} == {
        "one reader of energy is not unsubscribed",
        "one reader of visas is not unsubscribed",
    }
    assert not any("ann@" in record.getMessage() for record in caplog.records)
    with storage.reading(engine) as session:
        assert list(suppression.suppressed(session)) == [(suppression.fold(ANN.mailbox), "energy")]
    engine.dispose()
