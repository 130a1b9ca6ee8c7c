"""The process that reads strangers' bytes: `python -m feeds.worker`, jobs come in, results go out.

It has no secret in its environment, opens no file and no connection, and dies by its limits: CPU seconds for each job,
memory, and the wall clock of the parent. It ends when its input ends.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

from feeds.parsing import parse
from feeds.wire import HEAD, feed_of, frame, moment_of, parsed_facts

Job = Callable[[dict[str, Any], bytes], dict[str, Any]]


def _parse(facts: dict[str, Any], body: bytes) -> dict[str, Any]:
    parsed = parse(
        body, feed_of(facts["feed"]), facts["content_type"], url=facts["url"], now=moment_of(facts["now"]),
        most=facts["most"],
    )  # fmt: skip
    return parsed_facts(parsed)


def _job(name: str) -> Job:
    if name == "parse":
        return _parse
    job: Job = import_module("feeds.page_jobs").JOBS[name]
    return job


_FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system", "os.exec")


def _stay_inside(event: str, _: tuple[object, ...]) -> None:
    """No connection and no program from here, whatever a library is talked into."""
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} in a parsing process")


def main() -> None:
    """Serve jobs until the input ends."""
    cpu, memory = int(sys.argv[1]), int(sys.argv[2])
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    sys.addaudithook(_stay_inside)
    jobs, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not look like a result
    results.write(frame({"ready": True}))
    results.flush()
    while (head := _exactly(jobs, HEAD.size)) is not None:
        facts_length, body_length = HEAD.unpack(head)
        facts = json.loads(_exactly(jobs, facts_length) or b"{}")
        body = _exactly(jobs, body_length) or b""
        _allow_cpu(cpu)
        results.write(frame(_job(facts["job"])(facts, body)))
        results.flush()


def _exactly(stream: BinaryIO, length: int) -> bytes | None:
    data = stream.read(length)
    return data if len(data) == length else None


def _limit(kind: int, most: int) -> None:
    """Where the platform refuses (macOS has no limit on address space), the parent's clock remains."""
    try:
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
    except (ValueError, OSError):
        return


def _allow_cpu(seconds: int) -> None:
    """From now on; the limit counts since the process began."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)


if __name__ == "__main__":
    main()
