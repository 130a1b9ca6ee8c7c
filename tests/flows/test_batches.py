"""Batches run side by side under one lease: where one fails, none goes on after the lease is given back."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

import storage
from flows import work
from flows.app import App, opened
from seeds import Feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_batch_that_fails_ends_the_others_before_the_lease_is_given_back(tmp_path: Path) -> None:
    feeds = "".join(
        f'[feeds.gb-{n}]\noutlet="O"\nurl="http://o{n}.example/"\ncountry="GB"\nlang="en"\n' for n in range(4)
    )
    (tmp_path / "feeds.toml").write_text(feeds, encoding="utf-8")
    settings = tmp_path / "pactwatch.toml"
    settings.write_text(
        f'data="{tmp_path}"\n[watch]\nlist="own"\narticles=false\n[prefect]\nbatch=1\n', encoding="utf-8"
    )
    held_at_the_end: list[int] = []

    with opened(settings) as app:

        async def read(app: App, batch: Sequence[Feed], _: datetime) -> work.Ingested:
            if batch[0].key == "gb-2":
                await asyncio.sleep(0.05)
                raise storage.StoreError("the disk is full")
            try:
                await asyncio.sleep(30)
            finally:
                with storage.reading(app.engine) as session:
                    held_at_the_end.append(len(storage.holders(session)))
            return work.Ingested()

        async def ingest_and_wait() -> None:
            with pytest.raises(storage.StoreError, match="full"):
                await work.ingest(app, NOW, read=read)
            await asyncio.sleep(0.1)

        asyncio.run(ingest_and_wait())
    assert held_at_the_end == [1, 1, 1]
