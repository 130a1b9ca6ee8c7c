"""The Prefect API that runs are recorded in: the configured one, or a local server of our own in the data folder.

The local server's home is `<data>/prefect`; the user's `~/.prefect` is neither read nor written. Telemetry is off.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from flows.logs import LOGGER
from flows.signals import SERVED

PROGRAM = "from flows.signals import end_with_parent; end_with_parent(); from prefect.cli import app; app()"
"""Prefect's command line, in a process that does not outlive the one that started it."""
START_SECONDS = 120
"""A cold start takes 14 seconds on two free cores, and several times that on a busy machine."""


def environment(home: Path, api_url: str = "") -> dict[str, str]:
    """What a process of Prefect's needs to see so that it keeps to `home` and contacts nothing but `api_url`."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": api_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "WARNING"),
        "PREFECT_LOGGING_EXTRA_LOGGERS": LOGGER.name,
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",  # the unsubscribe endpoint's lines belong to no run
    }


def adopt(home: Path, api_url: str) -> None:
    """Sets the environment of this process; has to come before Prefect is imported."""
    os.environ.update(environment(home, api_url))


@dataclass(frozen=True)
class Local:
    """A local server as its state file tells it."""

    pid: int
    port: int

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @classmethod
    def read(cls, home: Path) -> Self | None:
        """The server that was last started in this home, whether it lives or not."""
        try:
            state = json.loads((home / "server.json").read_text(encoding="utf-8"))
            return cls(int(state["pid"]), int(state["port"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, home: Path) -> None:
        (home / "server.json").write_text(json.dumps({"pid": self.pid, "port": self.port}), encoding="utf-8")


def healthy(api_url: str, timeout: float = 2.0) -> bool:
    """Whether an API answers at this address."""
    parts = urlsplit(api_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = make(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def recording_url(home: Path, configured: str) -> str:
    """Where runs are recorded: the configured API (settings, or `PREFECT_API_URL`), else our own server if it runs."""
    if configured or os.environ.get("PREFECT_API_URL"):
        return configured or os.environ["PREFECT_API_URL"]
    local = Local.read(home)
    return local.api_url if local and healthy(local.api_url) else ""


class Server:
    """A local Prefect server as a child of this process. Start it, watch it, stop it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        last = Local.read(home)
        self.port = last.port if last and _free(last.port) else _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def start(self) -> None:
        """Starts the server and waits until it answers; `TimeoutError` or `ChildProcessError` where it does not."""
        log = (self.home / "server.log").open("ab")
        with log:
            self.process = subprocess.Popen(  # noqa: S603 (our own interpreter, no input of others)
                [
                    sys.executable,
                    "-P",
                    "-c",
                    PROGRAM,
                    "server",
                    "start",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                ],
                env=os.environ | environment(self.home, self.api_url) | {SERVED: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C ends our flow runs first, then the server by `stop`
            )
        deadline = time.monotonic() + START_SECONDS
        while not healthy(self.api_url):
            if self.process.poll() is not None:
                raise ChildProcessError(f"the Prefect server ended at once; see {self.home / 'server.log'}")
            if time.monotonic() > deadline:
                self.stop()
                raise TimeoutError(
                    f"the Prefect server did not answer within {START_SECONDS} s; see {self.home / 'server.log'}"
                )
            time.sleep(0.2)
        Local(self.process.pid, self.port).write(self.home)

    def watch(self, wait: Callable[[float], bool], every: float = 5.0) -> None:
        """Starts the server anew whenever it died, until `wait` (of a `threading.Event`) says that it is time."""
        while not wait(every):
            if self.process and self.process.poll() is not None:
                LOGGER.warning(
                    "the local Prefect server ended with code %s; starting it again", self.process.returncode
                )
                try:
                    self.start()
                except (TimeoutError, ChildProcessError) as error:
                    LOGGER.error("%s", error)

    def stop(self) -> None:
        """Ends the server, kindly at first."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        (self.home / "server.json").unlink(missing_ok=True)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
