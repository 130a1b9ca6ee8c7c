"""What is remembered: tables, migrations, queries, and which reports tell of the same agreement.

The way of an item through this room: `open_store` -> `transaction` -> `known` -> `add_items` -> `remember` -> `cover`;
then `changed_between` and `agreements` read what came of it, and `storage.outbox` keeps what was told to whom.
"""

from storage.engine import reading, transact, transaction
from storage.errors import Busy, Damaged, NewerDatabase, NotOurs, StoreError, Unknown
from storage.items import Added, add_items, known
from storage.lease import lease
from storage.migrate import open_store
from storage.sources import health, history, mark_told, remember, remembered, watch

__all__ = [
    "Added",
    "Busy",
    "Damaged",
    "NewerDatabase",
    "NotOurs",
    "StoreError",
    "Unknown",
    "add_items",
    "health",
    "history",
    "known",
    "lease",
    "mark_told",
    "open_store",
    "reading",
    "remember",
    "remembered",
    "transact",
    "transaction",
    "watch",
]
