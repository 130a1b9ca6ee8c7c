"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _agreement()
    _decision()
    _digest()
    _lease()
    _meta()
    _pending_pair()
    _source()
    _suppression()
    _version()
    _agreement_sector()
    _alias()
    _change()
    _delivery()
    _item()
    _poll()
    _told()
    _coverage()
    _decision_item()
    _item_pair()
    _item_sector()
    _labels()
    _revision()
    _agreement_words()


def _agreement_words() -> None:
    """The full-text table, by hand: no declaration covers both databases."""
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


def _agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("a", sa.String(2), nullable=False),
        sa.Column("b", sa.String(2), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("stages", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("papers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("outlets", sa.Integer(), nullable=False),
        sa.Column("officials", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("disputed", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("people", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("bodies", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("rejected", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("a < b", name=op.f("ck_agreement_sorted")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["agreement.id"], name="fk_agreement_merged_into", initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.UniqueConstraint("key", name="uq_agreement_key"),
    )
    op.create_index("ix_agreement_a_b_live_latest", "agreement", ["a", "b", "live", "latest"], unique=False)
    op.create_index("ix_agreement_b_live_latest", "agreement", ["b", "live", "latest"], unique=False)
    op.create_index("ix_agreement_live_latest", "agreement", ["live", "latest"], unique=False)
    op.create_index("ix_agreement_merged_into", "agreement", ["merged_into"], unique=False)
    op.create_index("ix_agreement_modified", "agreement", ["modified"], unique=False)
    op.create_index("ix_agreement_planned_on", "agreement", ["planned_on"], unique=False)
    op.create_index("ix_agreement_stage_live_latest", "agreement", ["stage", "live", "latest"], unique=False)


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("values", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undone", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )


def _digest() -> None:
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("composed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digest"),
        sa.UniqueConstraint("subscription", "slot", name="digest_once_per_slot"),
    )
    op.create_index(
        "digest_one_under_way",
        "digest",
        ["subscription"],
        unique=True,
        sqlite_where=sa.text("state = 'under_way' AND kind = 'digest'"),
        postgresql_where=sa.text("state = 'under_way' AND kind = 'digest'"),
    )
    op.create_index("digest_windows", "digest", ["subscription", "until"], unique=False)
    op.create_index("ix_digest_message_id", "digest", ["message_id"], unique=False)


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )


def _pending_pair() -> None:
    op.create_table(
        "pending_pair",
        sa.Column("a", sa.String(2), nullable=False),
        sa.Column("b", sa.String(2), nullable=False),
        sa.PrimaryKeyConstraint("a", "b", name="pk_pending_pair"),
    )


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("official", sa.String(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("remembered", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("last_ok", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_new", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_poll", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("told", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_source"),
    )


def _suppression() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suppression"),
        sa.UniqueConstraint("address_hash", "subscription", name="suppression_once"),
    )


def _version() -> None:
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("name", name="uq_version_name"),
    )


def _agreement_sector() -> None:
    op.create_table(
        "agreement_sector",
        sa.Column("agreement", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name="fk_agreement_sector_agreement"),
        sa.PrimaryKeyConstraint("agreement", "sector", name="pk_agreement_sector"),
    )
    op.create_index("ix_agreement_sector_sector_agreement", "agreement_sector", ["sector", "agreement"], unique=False)


def _alias() -> None:
    op.create_table(
        "alias",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("agreement", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name="fk_alias_agreement"),
        sa.PrimaryKeyConstraint("key", name="pk_alias"),
    )
    op.create_index("ix_alias_agreement", "alias", ["agreement"], unique=False)


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name="fk_change_agreement"),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_index("ix_change_agreement", "change", ["agreement"], unique=False)
    op.create_index("ix_change_at", "change", ["at"], unique=False)


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("leading", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name="fk_delivery_digest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("digest_id", "address", name="delivery_once_per_address"),
    )
    op.create_index("delivery_by_address", "delivery", ["address"], unique=False)
    op.create_index("delivery_due", "delivery", ["state", "next_try"], unique=False)


def _item() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("guid_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("title_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("text_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.Column("always", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("revises", sa.Integer(), nullable=True),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["revises"], ["item.id"], name="fk_item_revises"),
        sa.ForeignKeyConstraint(["source"], ["source.key"], name="fk_item_source"),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_item_version"),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("identity", name="uq_item_identity"),
    )
    op.create_index("ix_item_guid_key", "item", ["guid_key"], unique=False)
    op.create_index("ix_item_link_key", "item", ["link_key"], unique=False)
    op.create_index("ix_item_published", "item", ["published"], unique=False)
    op.create_index("ix_item_seen", "item", ["seen"], unique=False)
    op.create_index("ix_item_source", "item", ["source"], unique=False)
    op.create_index("ix_item_title_key", "item", ["title_key"], unique=False)
    op.create_index("ix_item_version_id", "item", ["version", "id"], unique=False)


def _poll() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.key"], name="fk_poll_source"),
        sa.PrimaryKeyConstraint("id", name="pk_poll"),
    )
    op.create_index("ix_poll_at", "poll", ["at"], unique=False)
    op.create_index("ix_poll_source_at", "poll", ["source", "at"], unique=False)


def _told() -> None:
    op.create_table(
        "told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name="fk_told_digest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_told"),
        sa.UniqueConstraint("digest_id", "key", name="told_once_per_digest"),
    )
    op.create_index("told_by_key", "told", ["key", "subscription"], unique=False)
    op.create_index(
        "told_one_standing",
        "told",
        ["subscription", "key"],
        unique=True,
        sqlite_where=sa.text("standing"),
        postgresql_where=sa.text("standing"),
    )


def _coverage() -> None:
    op.create_table(
        "coverage",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("a", sa.String(2), nullable=False),
        sa.Column("b", sa.String(2), nullable=False),
        sa.Column("agreement", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("copy_of", sa.Integer(), nullable=True),
        sa.CheckConstraint("a < b", name=op.f("ck_coverage_sorted")),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.id"], name="fk_coverage_agreement"),
        sa.ForeignKeyConstraint(["copy_of"], ["item.id"], name="fk_coverage_copy_of"),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name="fk_coverage_item"),
        sa.ForeignKeyConstraint(["origin"], ["agreement.id"], name="fk_coverage_origin"),
        sa.PrimaryKeyConstraint("item", "a", "b", name="pk_coverage"),
    )
    op.create_index("ix_coverage_agreement", "coverage", ["agreement"], unique=False)


def _decision_item() -> None:
    op.create_table(
        "decision_item",
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("a", sa.String(2), nullable=False),
        sa.Column("b", sa.String(2), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision"], ["decision.id"], name="fk_decision_item_decision"),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name="fk_decision_item_item"),
        sa.PrimaryKeyConstraint("decision", "item", "a", "b", name="pk_decision_item"),
    )
    op.create_index("ix_decision_item_item", "decision_item", ["item"], unique=False)


def _item_pair() -> None:
    op.create_table(
        "item_pair",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("a", sa.String(2), nullable=False),
        sa.Column("b", sa.String(2), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.CheckConstraint("a < b", name=op.f("ck_item_pair_sorted")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name="fk_item_pair_item"),
        sa.PrimaryKeyConstraint("item", "a", "b", name="pk_item_pair"),
    )
    op.create_index("ix_item_pair_a_b_stage_item", "item_pair", ["a", "b", "stage", "item"], unique=False)


def _item_sector() -> None:
    op.create_table(
        "item_sector",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name="fk_item_sector_item"),
        sa.PrimaryKeyConstraint("item", "sector", name="pk_item_sector"),
    )
    op.create_index("ix_item_sector_sector_item", "item_sector", ["sector", "item"], unique=False)


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name="fk_labels_item"),
        sa.PrimaryKeyConstraint("item", name="pk_labels"),
    )


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("guid_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("title_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("text_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name="fk_revision_item"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("item", "title_key", "text_key", name="uq_revision_item_title_key_text_key"),
    )
    op.create_index("ix_revision_guid_key", "revision", ["guid_key"], unique=False)
    op.create_index("ix_revision_link_key", "revision", ["link_key"], unique=False)
    op.create_index("ix_revision_title_key", "revision", ["title_key"], unique=False)
