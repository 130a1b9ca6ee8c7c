"""Parsing processes: started when first needed, kept warm, killed when a body needs more than its limits.

Plain child processes with pipes: nothing of this process is inherited but Python, so it is safe beside threads and
needs no guard in the main module.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from feeds import wire
from feeds.errors import TooHard
from feeds.model import Parsed, Rules
from seeds.model import Feed

_ROOT = Path(__file__).parent.parent
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_START_WITHIN = 60.0


class Pool:
    """Use as `async with`. Holds no process until the first job."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._slots = asyncio.Semaphore(max(1, rules.workers))
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all processes."""
        await asyncio.gather(*(worker.stop() for worker in self._all))

    async def parse(self, body: bytes, feed: Feed, content_type: str, url: str, now: datetime) -> Parsed:
        """What a body says; `TooHard` where reading it costs more than the rules allow."""
        facts = {
            "feed": wire.feed_facts(feed), "content_type": content_type[:200], "url": url,
            "now": wire.moment_facts(now), "most": self._rules.max_entries,
        }  # fmt: skip
        return wire.parsed_of(await self.work("parse", facts, body), feed)

    async def work(self, job: str, facts: dict[str, Any], body: bytes) -> dict[str, Any]:
        """One job in one process, within the limits."""
        async with self._slots:
            worker = self._idle.pop() if self._idle else await self._start()
            try:
                async with asyncio.timeout(self._rules.parse_wall):
                    result = await worker.ask(wire.frame({"job": job, **facts}, body))
            except (TimeoutError, EOFError, ConnectionError) as error:
                raise TooHard(self._limits()) from error
            finally:
                if worker.whole:
                    self._idle.append(worker)
                else:
                    self._all.discard(worker)
                    await worker.stop()
            return result

    async def _start(self) -> "_Worker":
        worker = await _Worker.start(self._rules)
        self._all.add(worker)
        return worker

    def _limits(self) -> str:
        rules = self._rules
        return (
            f"reading it needs more than {rules.parse_cpu} s of CPU, {rules.parse_wall:g} s or "
            f"{rules.parse_memory // 1_000_000} MB"
        )


class _Worker:
    """One child process; `whole` while question and answer are in step."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.whole = True

    @classmethod
    async def start(cls, rules: Rules) -> "_Worker":
        environment = {
            name: value for name, value in os.environ.items() if name in _ENVIRONMENT or name[:6] == "PYTHON"
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "feeds.worker", str(rules.parse_cpu), str(rules.parse_memory),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT, env=environment, start_new_session=True,  # Ctrl-C is for the parent, which ends them
        )  # fmt: skip
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_WITHIN):
                await worker._answer()
        except (TimeoutError, EOFError) as error:
            await worker.stop()
            raise RuntimeError(
                "the parsing process does not start; `python -m feeds.worker 10 600000000` tells why"
            ) from error
        return worker

    async def ask(self, question: bytes) -> dict[str, Any]:
        """Send one frame and read its answer. Whatever ends this early leaves the process out of step."""
        assert self._process.stdin is not None
        self.whole = False
        self._process.stdin.write(question)
        await self._process.stdin.drain()
        answer = await self._answer()
        self.whole = True
        return answer

    async def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        head = await self._process.stdout.readexactly(wire.HEAD.size)
        length, _ = wire.HEAD.unpack(head)
        answer: dict[str, Any] = json.loads(await self._process.stdout.readexactly(length))
        return answer

    async def stop(self) -> None:
        """End the process: by the end of its input where it is idle, else at once."""
        if self._process.returncode is None:
            if self.whole and self._process.stdin is not None:
                self._process.stdin.close()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), 1.0)
            if self._process.returncode is None:
                with suppress(ProcessLookupError):
                    self._process.kill()
        await self._process.wait()
