"""Loopback servers that may break any rule, and rules that allow them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from feeds import Rules
from seeds import Feed

Answer = Callable[[socket.socket, bytes], None]


@dataclass
class Server:
    """A raw threaded server: what it does with a connection is `answer(connection, request)`."""

    host: str
    answer: Answer
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server((self.host, 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with closing(connection):
            connection.settimeout(60)
            try:
                request = b""
                while b"\r\n\r\n" not in request:
                    if not (piece := connection.recv(65_536)):
                        return
                    request += piece
                self.requests.append(request)
                self.answer(connection, request)
            except OSError:
                return

    def close(self) -> None:
        self.listener.close()
        for connection in self.open:
            connection.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """`serve(answer)` starts a raw server; `answer` may be bytes to send."""
    servers: list[Server] = []

    def start(answer: Answer | bytes, host: str = "127.0.0.1") -> Server:
        def send(connection: socket.socket, _: bytes) -> None:
            connection.sendall(answer)  # type: ignore[arg-type]

        servers.append(Server(host, send if isinstance(answer, bytes) else answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def rules() -> Rules:
    """Loopback allowed, no pauses, short deadlines."""
    return Rules(allowed=("127.0.0.0/8",), pause=0.0, connect=2.0, read=2.0, total=3.0)


@pytest.fixture
def reply() -> Callable[..., bytes]:
    """A whole HTTP response that closes."""

    def made(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    return made


@pytest.fixture
def watch() -> Callable[..., Feed]:
    """A declared feed at an address."""
    return lambda url, key="one": Feed(key=key, outlet="Outlet", url=url, country="GB", lang="en")


@pytest.fixture
def rss() -> bytes:
    """A small honest feed of two entries."""
    return RSS


RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Outlet</title>
<link>https://outlet.example/</link><ttl>30</ttl>
<item><title>Fiji and Tuvalu sign treaty</title><link>https://outlet.example/1</link><guid>1</guid>
<pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate><description>They signed it.</description></item>
<item><title>Rain</title><link>https://outlet.example/2</link><guid>2</guid>
<pubDate>Tue, 24 Nov 2026 07:00:00 GMT</pubDate><description>It rains.</description></item>
</channel></rss>"""
