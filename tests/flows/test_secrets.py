"""A canary as every secret: after a run in which all goes wrong it is in no file, log, output or parameter."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.exits import Exit

CANARIES = ("CANARYpassword", "CANARYhook", "CANARYkey", "canary-reader@example.org")


def test_no_secret_and_no_subscriber_is_found_anywhere(
    watching: Callable[..., Path],
    press: Any,
    user: Path,
    pactwatch: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as taken:  # a mail server that refuses the connection
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    press.publish("/world", ("Peru and Vietnam sign extradition treaty", "Peru and Vietnam signed it in Lima."))
    settings = watching("/world")
    settings.write_text(
        settings.read_text(encoding="utf-8")
        + f"""
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
user = "pact"
sender = "Pactwatch <pact@press.example>"
reply_to = "desk@press.example"
operator = "Press, 1 Main Street"
[[subscription]]
name = "by mail"
address = "env:READER"
[[subscription]]
name = "by hook"
address = "env:HOOK"
secret = "env:HOOK_KEY"
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("PACTWATCH_MAIL__PASSWORD", CANARIES[0])
    monkeypatch.setenv("HOOK", f"https://hooks.invalid/{CANARIES[1]}")
    monkeypatch.setenv("HOOK_KEY", CANARIES[2])
    monkeypatch.setenv("READER", f"mailto:{CANARIES[3]}")

    said = [pactwatch(*args) for args in (["-v", "run"], ["run", "--json"], ["--log-json", "digest"], ["check"])]
    assert [code for code, _, _ in said] == [Exit.PARTLY, Exit.DONE, Exit.DONE, Exit.FAILED]
    told = "".join(out + err for _, out, err in said)
    for canary in CANARIES:
        assert canary not in told
    for path in (user / "data").rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            for canary in CANARIES[:3]:
                assert canary.encode() not in body, f"{canary} in {path.name}"
