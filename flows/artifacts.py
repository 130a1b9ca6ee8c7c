"""The artifacts of runs, as Prefect's pages show them: feeds read, agreements, what was rejected and why."""

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from flows.app import App
from flows.summary import DigestDone, agreements_table, digest_table, feeds_table, markdown_table
from flows.work import Ingested


async def ingest_artifact(app: App, done: Ingested) -> None:
    """A table of the feeds that were read, and one of the agreements that are new or changed."""
    await acreate_table_artifact(key="feeds", table=feeds_table(done), description="Feeds read in this run.")
    await acreate_markdown_artifact(
        key="agreements", markdown=markdown_table(agreements_table(app, done)), description="New and changed agreements."
    )


async def digest_artifact(done: DigestDone) -> None:
    """What was composed, sent, put off and refused; subscriptions by name, no address."""
    await acreate_table_artifact(key="digests", table=digest_table(done), description="Digests of this run.")
