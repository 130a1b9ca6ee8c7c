"""`serve`: the schedules, with a local Prefect server where none is configured."""

import click


@click.command(short_help="Work on schedules until stopped.")
@click.option(
    "--unsubscribe-port", type=click.IntRange(1, 65535), help="Also take one-click unsubscribes on this port."
)
@click.option("--unsubscribe-host", default="127.0.0.1", show_default=True, help="Address to take them on.")
def serve(unsubscribe_port: int | None, unsubscribe_host: str) -> None:
    """Work on schedules until stopped: ingest and digest, recorded by Prefect.

    Where no Prefect API is configured, a local server is started and watched; its address is printed, and its pages
    show all runs. Stopping does not pause the schedules.
    """
    from flows.serving import serve as work

    work(unsubscribe_host, unsubscribe_port)
