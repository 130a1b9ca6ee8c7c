"""Other readers of feeds, polled as we are: newsboat and rss2email as Debian has them, where they are installed."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller

from benchmarks.processes import Cost, costing


def newsboat(urls: list[str], polls: int = 3) -> list[Cost]:
    """Costs of successive polls, start of the program included; empty where it is not installed. Its second poll
    fetches all again; the third is its first unchanged one."""
    if shutil.which("newsboat") is None:
        return []
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "urls").write_text("\n".join(urls), encoding="utf-8")
        (place / "config").write_text("reload-threads 8\n", encoding="utf-8")
        command = [
            "newsboat",
            "-u",
            f"{place}/urls",
            "-C",
            f"{place}/config",
            "-c",
            f"{place}/cache.db",
            "-x",
            "reload",
        ]
        for _ in range(polls):
            with costing(costs):
                subprocess.run(command, check=True, capture_output=True)
    return costs


def rss2email(urls: list[str], polls: int = 2) -> list[Cost]:
    """As `newsboat`; each entry is a mail, and aiosmtpd takes them. Its CPU is counted too."""
    if shutil.which("r2e") is None:
        return []
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder, _mail_server() as port:
        feeds = "\n".join(f"[feed.f{n}]\nurl = {url}\n" for n, url in enumerate(urls))
        settings = (
            "[DEFAULT]\nfrom = from@outlet.example\nto = to@reader.example\nverbose = error\n"
            f"email-protocol = smtp\nsmtp-server = 127.0.0.1\nsmtp-port = {port}\n\n"
        )
        (Path(folder) / "r2e.cfg").write_text(settings + feeds, encoding="utf-8")
        for _ in range(polls):
            with costing(costs):
                command = ["r2e", "-c", f"{folder}/r2e.cfg", "-d", f"{folder}/r2e.json", "run"]
                subprocess.run(command, check=True, capture_output=True)
    return costs


class _Box:
    """Takes every mail and keeps none."""

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 (aiosmtpd's name)
        return "250 taken"


@contextmanager
def _mail_server() -> Iterator[int]:
    """The port of a mail server in a thread of this process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(_Box(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
