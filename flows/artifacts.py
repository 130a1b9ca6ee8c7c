"""The artifacts of runs, as Prefect's pages show them: feeds read, agreements, digests."""

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from flows.app import App
from flows.summary import agreements_markdown, digest_table, feeds_table
from flows.work import Ingested, Told


async def ingest_artifact(app: App, done: Ingested) -> None:
    """A table of the feeds that were read, failed ones first, and one of the agreements that are new or changed."""
    await acreate_table_artifact(key="feeds", table=feeds_table(done.reads), description="Feeds read in this run.")
    text = agreements_markdown(app, done)
    await acreate_markdown_artifact(key="agreements", markdown=text, description="New and changed agreements.")


async def digest_artifact(told: Told) -> None:
    """What was composed; subscriptions by name, no address."""
    await acreate_table_artifact(key="digests", table=digest_table(told), description="Digests of this run.")
