"""Ctrl-C and SIGTERM: a transaction under way is finished first, then the command ends with 130 or 143."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from flows.exits import Exit

CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


class Stopped(SystemExit):
    """A signal came; `code` is the exit code. A `SystemExit`, since event loops let that through at once, and no
    `except Exception` swallows it."""


class _State:
    held = 0
    pending: Exit | None = None


def install() -> None:
    """Makes both signals raise `Stopped`, at once or at the end of what `held` protects."""
    for number in CODES:
        signal.signal(number, _arrived)


def _arrived(number: int, frame: FrameType | None) -> None:
    code = CODES[signal.Signals(number)]
    if _State.held and _State.pending is None:  # a second signal doesn't wait
        _State.pending = code
        return
    raise Stopped(code)


@contextmanager
def held() -> Iterator[None]:
    """What stands in this block is finished before a signal ends the command."""
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        if not _State.held and _State.pending is not None:
            code, _State.pending = _State.pending, None
            raise Stopped(code)


def stop_here() -> None:
    """Within `held`, a place where nothing is half done: a signal that came ends the command now."""
    if _State.pending is not None:
        raise Stopped(_State.pending)


SERVED = "PACTWATCH_SERVED_BY"
"""Environment variable with the process that serves this one's flow run."""
_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Lets a served flow run end with the process that serves it: killed servers otherwise leave theirs working, beside
    those of the next server. On Linux only; elsewhere the lease keeps the two apart."""
    served_by = os.environ.get(SERVED)
    if not served_by or int(served_by) == os.getpid() or sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(served_by):  # it died before we asked
        os.kill(os.getpid(), signal.SIGTERM)
