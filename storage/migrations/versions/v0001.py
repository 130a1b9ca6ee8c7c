"""The first schema."""

from alembic import op

from storage.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE agreement_words "
            "USING fts5(words, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
        )
    else:
        op.execute(
            "CREATE TABLE agreement_words "
            "(rowid integer PRIMARY KEY REFERENCES agreement (id), vector tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_agreement_words_vector ON agreement_words USING gin (vector)")
