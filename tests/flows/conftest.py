"""A newspaper on the loopback address, and a user who watches it."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows import cli


@dataclass
class Press:
    """Feeds by path; a body answers with its ETag, a number is a status. `asked` holds every request's path."""

    port: int = 0
    feeds: dict[str, bytes | int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def publish(self, path: str, *stories: tuple[str, str], ago: timedelta = timedelta(hours=2)) -> None:
        """An RSS feed of (headline, text), all published a while ago."""
        at = datetime.now(UTC) - ago
        items = "".join(
            f"<item><title>{escape(title)}</title><description>{escape(text)}</description>"
            f"<guid isPermaLink='false'>{hashlib.sha1(title.encode()).hexdigest()}</guid>"
            f"<link>https://press.example{path}/{number}</link><pubDate>{format_datetime(at)}</pubDate></item>"
            for number, (title, text) in enumerate(stories)
        )
        self.feeds[path] = (
            f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Press</title>"
            f"<link>https://press.example/</link><description>News</description>{items}</channel></rss>"
        ).encode()


@pytest.fixture
def press() -> Iterator[Press]:
    found = Press()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            body = found.feeds.get(self.path, 404)
            if isinstance(body, int):
                self.send_error(body)
                return
            tag = f'"{hashlib.sha1(body).hexdigest()}"'
            fresh = self.headers.get("If-None-Match") != tag
            self.send_response(200 if fresh else 304)
            self.send_header("ETag", tag)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body) if fresh else 0))
            self.end_headers()
            if fresh:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user without settings, without a network of names, and without Prefect."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("PACTWATCH_CONFIG", "PREFECT_API_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def watching(user: Path, press: Press) -> Callable[..., Path]:
    """Writes settings by which the user watches these paths of the press, and nothing else."""

    def write(*paths: str, more: str = "") -> Path:
        feeds = "".join(
            f'[feeds.press-{path.strip("/")}]\noutlet = "Press {path.strip("/")}"\nurl = "{press.url(path)}"\n'
            f'country = "GB"\nlang = "en"\n\n'
            for path in paths
        )
        (user / "feeds.toml").write_text(feeds, encoding="utf-8")
        settings = user / "pactwatch.toml"
        settings.write_text(
            f'data = "{user / "data"}"\n{more}\n[watch]\nlist = "own"\narticles = false\n'
            f'[fetch]\nallow = ["127.0.0.0/8"]\npause = 0\n',
            encoding="utf-8",
        )
        return settings

    return write


@pytest.fixture
def pactwatch(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process: exit code, standard output, standard error."""

    def run(*args: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run([str(arg) for arg in args])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run
