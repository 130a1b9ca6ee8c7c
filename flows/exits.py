"""The exit codes that scripts can rely on. The README shows this table; a test holds the two together."""

from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it ends."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    BUSY = 75
    INTERRUPTED = 130
    TERMINATED = 143


MEANING = {
    Exit.DONE: "done",
    Exit.FAILED: "failed; standard error says what and what to do",
    Exit.USAGE: "settings or arguments are wrong; nothing was changed",
    Exit.PARTLY: "partly done; standard error names what was not",
    Exit.BUSY: "another run holds the lease, waited 30 seconds",
    Exit.INTERRUPTED: "stopped by Ctrl-C, after finishing the transaction",
    Exit.TERMINATED: "stopped by SIGTERM, after finishing the transaction",
}


class Stop(Exception):
    """Ends the command with one line on standard error and an exit code."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code
