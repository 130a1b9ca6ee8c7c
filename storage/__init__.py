"""What is remembered: tables, migrations, queries, and which reports tell of the same agreement.

The way of an item through this room: `open_store` -> `transaction` -> `known` -> `add_items` -> `remember` -> `cover`;
then `changed_between` and `agreements` read what came of it, and `storage.outbox` keeps what was told to whom.
"""

from sqlalchemy import Engine
from sqlmodel import Session

from storage import correct
from storage.asking import Query
from storage.backfill import Backfilled, backfill
from storage.cover import Covered, cover
from storage.engine import place, reading, transact, transaction
from storage.errors import Busy, Damaged, NewerDatabase, NotOurs, StoreError, Unknown
from storage.items import Added, add_items, add_many, known, known_by_feed
from storage.lease import holders, lease
from storage.migrate import open_store
from storage.queries import (
    Kept,
    agreements,
    changed_between,
    coming,
    count,
    coverage,
    everything,
    get,
    idle,
    item,
    resolve,
    stub,
    untold_between,
)
from storage.relabel import Reclassified, reclassify, stale
from storage.sources import health, history, keep, remember, remembered, watch
from storage.upkeep import Keep, Retained, backup, check, forget, restore_backup, retain, vacuum

__all__ = [
    "Added",
    "Backfilled",
    "Busy",
    "Covered",
    "Damaged",
    "Engine",
    "Keep",
    "Kept",
    "NewerDatabase",
    "NotOurs",
    "Query",
    "Reclassified",
    "Retained",
    "Session",
    "StoreError",
    "Unknown",
    "add_items",
    "add_many",
    "agreements",
    "backfill",
    "backup",
    "changed_between",
    "check",
    "coming",
    "correct",
    "count",
    "cover",
    "coverage",
    "everything",
    "forget",
    "get",
    "health",
    "history",
    "holders",
    "idle",
    "item",
    "keep",
    "known",
    "known_by_feed",
    "lease",
    "open_store",
    "place",
    "reading",
    "reclassify",
    "remember",
    "remembered",
    "resolve",
    "restore_backup",
    "retain",
    "stale",
    "stub",
    "transact",
    "transaction",
    "untold_between",
    "vacuum",
    "watch",
]
