"""The unsubscribe endpoint of RFC 8058, and nothing else: GET shows a form and changes nothing, POST acts.

Right and wrong tokens get the same answer, a second POST too. Meant to stand behind a proxy that speaks https.
"""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from alerts.templating import templates
from alerts.unsubscribe import Holder, holder_of

AT_ONCE = 32
"""Connections served side by side; more are closed unanswered."""
PATIENCE = 10.0
"""Seconds that a connection may take for a request."""
LONGEST = 4096
"""Bytes of a body that are read; nothing in it matters."""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Connection": "close",
}

Unsubscribe = Callable[[Holder], None]
"""Writes the suppression; may raise, the reader is then asked to try again."""


class Endpoint(ThreadingHTTPServer):
    """`path` is what stands before the token, as the outside address has it; `unsubscribe` is called on POST."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, host: str, port: int, path: str, known: Mapping[bytes, Holder], unsubscribe: Unsubscribe
    ) -> None:
        super().__init__((host, port), _Handler)
        self.prefix = "/" + path.strip("/") + "/" if path.strip("/") else "/"
        self.known = known
        self.unsubscribe = unsubscribe
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serves a connection in a thread of its own, if there is room."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Gives the room back, whatever happened."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever breaks off or breaks the rules is left alone; nothing is logged that came from outside."""


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    server_version = "pactwatch"
    sys_version = ""
    timeout = PATIENCE

    def do_GET(self) -> None:
        """The form, for any token that could be one."""
        self._answer(200 if self._token() else 404, "ask")

    def do_HEAD(self) -> None:
        """As GET, without a body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Acts, and says the same whether the token is known or not."""
        token = self._token()
        if not token:
            self._answer(404, "ask")
            return
        self.rfile.read(min(self._length(), LONGEST))
        holder = holder_of(self.server.known, token)
        try:
            if holder:
                self.server.unsubscribe(holder)
        except Exception:
            self._answer(503, "later")
            return
        self._answer(200, "done")

    def _length(self) -> int:
        try:
            return max(0, int(self.headers.get("Content-Length") or 0))
        except ValueError:
            return 0

    def _token(self) -> str:
        path = urlsplit(self.path).path
        token = path.removeprefix(self.server.prefix) if path.startswith(self.server.prefix) else ""
        return token if token.isascii() and token.replace("-", "").replace("_", "").isalnum() else ""

    def _answer(self, status: int, state: str) -> None:
        page = templates().get_template("unsubscribe.html.j2").render(state=state if status != 404 else "nothing")
        body = page.encode()
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Tokens don't belong into a log."""
