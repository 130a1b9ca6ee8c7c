"""Where results go: to standard output or into a named file; whatever cannot be written is named."""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from flows.exits import Stop

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STREAMS = (("stdin", "r", "standard input"), ("stdout", "w", "standard output"), ("stderr", "w", "standard error"))


def prepare() -> None:
    """Makes the standard streams fit for a command.

    Closed ones (`>&-`) lead nowhere. Otherwise the next file that is opened would take their number, and what is
    printed would go into it: into the database, say. Standard output tells its name when its disk is full.
    """
    for number, (name, mode, _) in enumerate(STREAMS):
        if getattr(sys, name) is None:
            _lead_nowhere(number)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", errors="replace", closefd=False))
    sys.stdout = _named(sys.stdout, 1)


class _Named(io.FileIO):
    """A stream whose faults tell where it leads. It leads nowhere afterwards: the interpreter would try it again when
    it ends, and complain."""

    def write(self, some: "ReadableBuffer", /) -> int:
        try:
            return super().write(some)
        except OSError as error:
            error.filename = STREAMS[self.fileno()][2]
            _lead_nowhere(self.fileno())
            raise


def _named(stream: TextIO, number: int) -> TextIO:
    stream.flush()
    buffer = io.BufferedWriter(_Named(number, "w", closefd=False))
    return io.TextIOWrapper(buffer, stream.encoding, stream.errors, line_buffering=stream.isatty())


def _lead_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)


def into(path: Path, body: bytes) -> None:
    """Writes a file; `Stop` names it where that cannot be done."""
    try:
        path.write_bytes(body)
    except OSError as error:
        raise Stop(f"{path}: cannot be written: {error.strerror}") from None


def binary(body: bytes) -> None:
    """Bytes to standard output, behind what was printed before."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
