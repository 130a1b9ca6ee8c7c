"""`file:` addresses: each digest as `.eml`, `.html` and `.txt` in a folder, whole or not at all."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from alerts.deliver.result import Fate, Result
from alerts.deliver.way import Send, Way
from alerts.digest import Digest
from alerts.render import Message
from storage.sending import Outgoing


def pack(message: Message, digest: Digest) -> bytes:
    """The complete mail; the other two files are read from it."""
    return message.eml


@contextmanager
def outbox(way: Way) -> Iterator[Send]:
    """Writes into the folder of each address. A repeat writes the same files again, so there is no doubt."""

    def send(outgoing: Outgoing, where: str, doubt: Callable[[], None]) -> Result:
        try:
            write(way.base / where, file_name(outgoing.message_id), outgoing.body)
        except OSError as error:
            return Result(Fate.DEFERRED, f"cannot write into the outbox folder: {error.strerror}")
        return Result(Fate.SENT)

    yield send


def file_name(message_id: str) -> str:
    """`2026-11-23.everything`, out of the Message-ID: one name for one issue."""
    issue, _, rest = message_id.strip("<>").partition(".")
    slug, _, unique = rest.partition("@")[0].rpartition(".")
    return re.sub(r"[^\w.-]", "-", f"{issue}.{slug}.{unique[:6]}").strip(".") or "digest"


def write(folder: Path, name: str, eml: bytes) -> None:
    """The three files of one digest; the mail last, so that where it is the others are."""
    folder.mkdir(parents=True, exist_ok=True)
    mail = message_from_bytes(eml, policy=policy.default)
    for kind, suffix in (("html", ".html"), ("plain", ".txt")):
        part = mail.get_body((kind,))
        if part is not None:
            _replace(folder / (name + suffix), part.get_content().replace("\r\n", "\n").encode())
    _replace(folder / f"{name}.eml", eml)


def _replace(path: Path, body: bytes) -> None:
    """Whole or not at all, also if the machine stops."""
    draft = path.with_name(f".{path.name}.part")
    with open(draft, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
