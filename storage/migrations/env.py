"""Alembic's entry: runs on the connection that `storage.migrate` hands over, inside its transaction."""

from alembic import context

from storage.schema import metadata, ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=ours,
    transactional_ddl=True,  # also on SQLite: we begin by hand, so its DDL rolls back
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
