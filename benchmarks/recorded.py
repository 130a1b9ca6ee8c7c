"""What Prefect's recording costs a poll: `python -m benchmarks.recorded [--feeds 300] [--latency 0.2] [--rounds 5]`.

Unchanged polls, which are the least work that there is, plain and as the flow `ingest` with its tasks, recorded by a
local Prefect server, in turns. Printed: seconds of both, and the overhead as a part of the work: of everything (flow
run, a task run for each batch, artifacts), and of the task runs and artifacts alone. The start of interpreter and
server is left out.
"""

import argparse
import asyncio
import os
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.feeds import addresses, bare, server
from benchmarks.ingest import poll, watching
from benchmarks.processes import Cost, costing
from flows import localserver, work
from flows.app import opened
from flows.loading import CONFIG


def recorded(file: Path, rounds: int) -> tuple[list[Cost], list[Cost], list[Cost]]:
    """Costs of plain polls, of recorded ones, and of the same without task runs; each opens the store for itself."""
    plain: list[Cost] = []
    whole: list[Cost] = []
    without_tasks: list[Cost] = []

    async def work_alone() -> None:
        with opened(file) as app:
            await work.ingest(app, datetime.now(UTC))

    for _ in range(rounds):
        with costing(plain):
            asyncio.run(work_alone())
        with costing(whole):
            asyncio.run(import_module("flows.ingest").ingest())
        with costing(without_tasks):
            asyncio.run(import_module("prefect").flow(work_alone)())
    return plain, whole, without_tasks


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=300)
    options.add_argument("--latency", type=float, default=0.2)
    options.add_argument("--rounds", type=int, default=5)
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(30, arguments.latency) as port:
        prefect = localserver.Server(Path(folder))
        prefect.start()
        localserver.adopt(Path(folder), prefect.api_url)
        urls = addresses(arguments.feeds, port)
        asyncio.run(bare(urls, 32, ""))  # the server makes its bodies
        try:
            with watching(urls) as app:
                file = Path(str(app.located.file))
                os.environ[CONFIG] = str(file)
                poll(app, new=True)
                plain, whole, without_tasks = (min(costs) for costs in recorded(file, arguments.rounds))
                batch = app.settings.prefect.batch
        finally:
            prefect.stop()
    print(f"{arguments.feeds} unchanged feeds, {arguments.latency} s away, {batch} feeds a task run: best seconds")
    print(f"  plain {plain.wall:.2f} (CPU {plain.cpu:.2f}), recorded {whole.wall:.2f} (CPU {whole.cpu:.2f})")
    print(f"  overhead of recording: {whole.wall / plain.wall - 1:.1%} of the work (wanted: under 10 %)")
    print(f"  of the task runs and artifacts alone: {(whole.wall - without_tasks.wall) / plain.wall:.1%}")


if __name__ == "__main__":
    main()
