"""Agreements without any date are called `kz-rw-undated`, no longer `kz-rw-0000-00`; the old names lead to them."""

from alembic import op

revision = "0002"
down_revision = "0001"

# The search column holds the name too, so that it is found.
_WORDS = {
    "sqlite": (
        "UPDATE agreement_words SET words = words || ' undated' "
        "WHERE rowid IN (SELECT id FROM agreement WHERE key LIKE '__-__-0000-00%')"
    ),
    "postgresql": (
        "UPDATE agreement_words SET vector = vector || to_tsvector('simple', 'undated') "
        "WHERE rowid IN (SELECT id FROM agreement WHERE key LIKE '__-__-0000-00%')"
    ),
}


def upgrade() -> None:
    op.execute(
        "INSERT INTO alias (key, agreement) "
        "SELECT replace(key, '-0000-00', '-undated'), id FROM agreement WHERE key LIKE '__-__-0000-00%'"
    )
    op.execute(_WORDS[op.get_bind().dialect.name])
    op.execute("UPDATE agreement SET key = replace(key, '-0000-00', '-undated') WHERE key LIKE '__-__-0000-00%'")
    op.execute(
        "UPDATE coverage SET occasion = replace(occasion, '-0000-00', '-undated') WHERE occasion LIKE '__-__-0000-00%'"
    )
