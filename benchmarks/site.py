"""How long the archive site takes: a first build, one with nothing new, one after a single new agreement.

    python -m benchmarks.site [--agreements 5000]

Prints wall and processor seconds; the figures to hold are 30 s for the first and 2 s after one new agreement.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "alerts"))

from site_records import NOW, coverage, health, many, showcase

from alerts.site import Built, build
from storage.records import Agreement


def measure(word: str, records: list[Agreement], folder: Path, days: int = 0) -> None:
    """One build, told in a line."""
    wall, cpu = time.perf_counter(), time.process_time()
    built: Built = build(records, folder, now=NOW + timedelta(days=days), coverage=coverage(), health=health())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    told = f"{built.written:6} written, {built.unchanged:6} unchanged"
    print(f"{word:24} {wall:6.2f} s wall, {cpu:6.2f} s processor  {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreements", type=int, default=5000)
    number = parser.parse_args().agreements
    records, new = [*showcase(), *many(number)], many(1, seed=99, days=1)
    reports = sum(len(record.reports) for record in records)
    print(f"{len(records)} agreements, {reports} reports, {len({record.pair for record in records})} pairs")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "site"
        measure("first build", records, folder)
        measure("nothing new", records, folder)
        measure("nothing new, next day", records, folder, days=1)
        measure("one new agreement", [*records, *new], folder, days=1)
        first = replace(new[0], key="fj-nr-2026-11", pair=("FJ", "NR"))
        measure("first one of a country", [*records, *new, first], folder, days=1)


if __name__ == "__main__":
    main()
