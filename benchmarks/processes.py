"""What a run costs: wall clock and CPU seconds, and memory over all of its processes."""

import os
import resource
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float
    """Of this process and of the children that ended meanwhile."""


def _cpu() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def costing(costs: list[Cost]) -> Iterator[None]:
    """Appends what the block cost."""
    began, used = time.perf_counter(), _cpu()
    yield
    costs.append(Cost(time.perf_counter() - began, _cpu() - used))


class Memory:
    """The most memory that this process and its children held together, sampled while the block runs.

    Proportional set size: what processes share is counted once. `apart` are children that don't belong to what is
    measured. `MB` are 1,048,576 bytes.
    """

    def __init__(self, apart: Collection[int] = ()) -> None:
        self.most = 0.0
        self.processes = 0
        self._apart = apart
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            family = [os.getpid(), *(child for child in children() if child not in self._apart)]
            held = sum(map(_held, family))
            if held > self.most:
                self.most, self.processes = held, len(family)


def children() -> list[int]:
    """Processes that this one started and that still run."""
    found: list[int] = []
    for task in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
        except OSError:
            continue
    return found


def _held(process: int) -> float:
    try:
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024
    except OSError:  # it has just ended
        return 0.0
