"""A real SMTP server (aiosmtpd) on loopback: STARTTLS, TLS from the start, login, certificates, and what it gets."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from mail_records import DESK, weekly

from alerts.deliver import Fate, Result, Way, smtp
from alerts.desk import DeskError, MailServer
from alerts.render import render
from storage.sending import Outgoing

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BODY = render(weekly(), DESK).eml


class Box:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, bytes, bool]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.got.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content, _is_encrypted(server)))
        return "250 taken"


def _is_encrypted(server: Any) -> bool:
    return server.transport.get_extra_info("ssl_object") is not None


def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"user", b"right")
    return AuthResult(success=known, handled=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    ca = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return ca, path


def context(ca: trustme.CA, host: str = "localhost") -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(host).configure_cert(made)
    return made


@contextmanager
def serving(box: Box, *, implicit: bool = False, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    if implicit:
        options["ssl_context"] = tls
    elif tls:
        options |= {"tls_context": tls, "require_starttls": True}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def send(port: int, count: int = 1, **values: Any) -> list[Result]:
    server = MailServer(**{"host": "localhost", "port": port, "connect_timeout": 5, "answer_timeout": 5, **values})
    way = Way("bounces@pactwatch.example", server)
    with smtp.connection(way) as sends:
        outgoing = [Outgoing(n, "s", "mailto:x", "mailto", f"<{n}@x>", BODY, 1, 0) for n in range(count)]
        return [sends(one, f"r{one.id}@example.org", lambda: None) for one in outgoing]


@pytest.mark.parametrize("implicit", [False, True])
def test_encrypted_both_ways(authority: tuple[trustme.CA, Path], implicit: bool) -> None:
    ca, ca_file = authority
    box = Box()
    with serving(box, implicit=implicit, tls=context(ca)) as port:
        results = send(port, 3, security="tls" if implicit else "starttls", ca_file=ca_file)
    assert results == [Result(Fate.SENT)] * 3
    assert [(sender, to) for sender, to, _, _ in box.got] == [
        ("bounces@pactwatch.example", f"r{n}@example.org") for n in range(3)
    ]
    assert all(content == BODY for _, _, content, _ in box.got), "byte for byte"
    assert all(encrypted for *_, encrypted in box.got)


@pytest.mark.parametrize(
    ("host", "trusted", "says"),
    [("localhost", False, "certificate"), ("other.example", True, "certificate")],
    ids=["unknown authority", "another host"],
)
@pytest.mark.parametrize("implicit", [False, True])
def test_a_wrong_certificate_stops_all(
    authority: tuple[trustme.CA, Path], host: str, trusted: bool, says: str, implicit: bool
) -> None:
    ca, ca_file = authority
    box = Box()
    with serving(box, implicit=implicit, tls=context(ca, host)) as port:
        (result,) = send(port, security="tls" if implicit else "starttls", ca_file=ca_file if trusted else None)
    assert result.fate is Fate.DEFERRED
    assert result.stop
    assert says in result.why.lower()
    assert box.got == []


def test_login_over_tls_only(authority: tuple[trustme.CA, Path]) -> None:
    ca, ca_file = authority
    box = Box()
    with serving(box, tls=context(ca), authenticator=login, auth_required=True) as port:
        good = send(port, security="starttls", ca_file=ca_file, user="user", password="right")
        bad = send(port, security="starttls", ca_file=ca_file, user="user", password="wrong")
    assert good == [Result(Fate.SENT)]
    assert (bad[0].fate, bad[0].stop) == (Fate.DEFERRED, True)
    assert "refused the login (535)" in bad[0].why
    assert "wrong" not in bad[0].why
    assert len(box.got) == 1


def test_a_probe_says_what_is_wrong_and_sends_nothing(authority: tuple[trustme.CA, Path]) -> None:
    ca, ca_file = authority
    box = Box()
    with serving(box, tls=context(ca), authenticator=login, auth_required=True) as port:
        good = MailServer("localhost", port, "starttls", "user", "right", ca_file=ca_file)
        assert smtp.probe(good) == ""
        assert smtp.probe(replace(good, password="wrong")) == "the mail server localhost refused the login (535)"
        assert "certificate" in smtp.probe(replace(good, ca_file=None))
    assert "was not reached" in smtp.probe(good)
    assert box.got == []


def test_plain_on_this_machine_only() -> None:
    box = Box()
    with serving(box) as port:
        assert send(port, security="none") == [Result(Fate.SENT)]
    with pytest.raises(DeskError, match="on this machine only"):
        MailServer("mail.example.org", security="none")
    assert "pw" not in repr(MailServer("mail.example.org", user="u", password="pw"))


def test_no_server_at_all_is_one_clear_line() -> None:
    (result,) = send(9, security="none", host="127.0.0.1")
    assert (result.fate, result.stop) == (Fate.DEFERRED, True)
    assert result.why == "the mail server 127.0.0.1:9 was not reached: Connection refused"
