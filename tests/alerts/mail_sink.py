"""An SMTP server for tests that can break any rule at any moment of the protocol, for any recipient.

One thread a connection; what it accepted (after the 250) and what it saw are kept.
"""

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from typing import Any

Moment = str
"""`greeting`, `ehlo`, `mail`, `rcpt`, `data`, `body` (dot read, no answer yet),
`taken` (accepted, no answer yet), `after` (250 sent), `quit`."""


class HangUpError(Exception):
    """Ends the connection at once."""


@dataclass
class Sink:
    """`faults` maps a moment to what happens there: an answer in place of the good one, or a function to call."""

    faults: dict[Moment, Callable[["Talk"], str | None]] = field(default_factory=dict)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    """Recipient and Message-ID of each mail that got its 250."""
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    logins: int = 0
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    sink: Sink
    recipient = ""
    timeout = 20

    def handle(self) -> None:
        with self.sink.lock:
            self.sink.connections += 1
        try:
            self._talk()
        except (HangUpError, OSError):
            return

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def answer(self, moment: Moment, good: str) -> str:
        """The good answer, or what the fault of this moment says; None from it means the good one."""
        fault = self.sink.faults.get(moment)
        line = (fault(self) if fault else None) or good
        self.say(line)
        return line

    def _talk(self) -> None:
        if self.answer("greeting", "220 sink ESMTP").startswith(("4", "5")):
            return
        while line := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
            word = line.partition(" ")[0].upper()
            if word == "QUIT":
                self.answer("quit", "221 bye")
                return
            self._command(word, line)

    def _command(self, word: str, line: str) -> None:
        match word:
            case "EHLO" | "HELO":
                self.answer("ehlo", "250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 10000000")
            case "AUTH":
                self.sink.logins += 1
                self.answer("auth", "235 ok")
            case "MAIL":
                self.recipient = ""
                self.answer("mail", "250 ok")
            case "RCPT":
                self.recipient = line.partition("<")[2].partition(">")[0]
                self.answer("rcpt", "250 ok")
            case "DATA":
                if self.answer("data", "354 go").startswith("354"):
                    self._body()
            case "RSET" | "NOOP":
                self.say("250 ok")
            case _:
                self.say("502 what")

    def _body(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise HangUpError  # a body without its dot is no mail
            lines.append(line[1:] if line.startswith(b".") else line)
        body = b"".join(lines)
        fault = self.sink.faults.get("body")
        line_back = (fault(self) if fault else None) or "250 taken"
        if line_back.startswith("250"):
            head = body.partition(b"\r\n\r\n")[0]
            message_id = BytesHeaderParser(policy=policy.default).parsebytes(head)["Message-ID"]
            with self.sink.lock:
                self.sink.accepted.append((self.recipient, str(message_id)))
                self.sink.bodies.append(body)
            taken = self.sink.faults.get("taken")
            if taken:
                taken(self)
        self.say(line_back)
        after = self.sink.faults.get("after")
        if after:
            after(self)


def only(recipient: str, what: Callable[[Talk], str | None]) -> Callable[[Talk], str | None]:
    """A fault for one recipient."""
    return lambda talk: what(talk) if talk.recipient == recipient else None


def says(line: str) -> Callable[[Talk], str | None]:
    return lambda talk: line


def hangs_up(talk: Talk) -> str | None:
    raise HangUpError


def waits(seconds: float) -> Callable[[Talk], str | None]:
    def wait(talk: Talk) -> str | None:
        time.sleep(seconds)
        raise HangUpError

    return wait


def times(count: int, what: Callable[[Talk], str | None]) -> Callable[[Talk], str | None]:
    """The fault happens so many times, then no more."""
    left = [count]

    def some(talk: Talk) -> str | None:
        left[0] -= 1
        return what(talk) if left[0] >= 0 else None

    return some


@contextmanager
def sink_server(sink: Sink) -> Iterator[Sink]:
    """Listens on a free port of the loopback address."""

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Tests look at what was accepted."""

    handler = type("OneTalk", (Talk,), {"sink": sink})
    with Server(("127.0.0.1", 0), handler) as server:
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
