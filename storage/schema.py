"""All tables of the store in one metadata: what migrations are compared with."""

from typing import Any, Final

from storage import outbox_tables
from storage.tables import metadata

__all__ = ["SEARCH", "metadata", "ours", "outbox_tables"]

SEARCH: Final = "agreement_words"
"""The full-text table: FTS5 on SQLite, a stored tsvector on PostgreSQL; written by hand in the migrations."""


def ours(_object: Any, name: str | None, kind: str, reflected: bool, _against: Any) -> bool:
    """Whether Alembic compares it: all but the full-text table and what SQLite keeps behind it."""
    return not (kind == "table" and reflected and (name or "").startswith(SEARCH))
