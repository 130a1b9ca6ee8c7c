"""From a feed to the reader by the command line, on SQLite and on PostgreSQL: STARTTLS and a login, a signed webhook
over https, and what each of them keeps when it fails. All servers are real ones on loopback."""

import hashlib
import hmac
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlmodel import select

import storage
from flows.exits import Exit
from storage.outbox_tables import DeliveryRow, DigestRow

ROOT = Path(__file__).parents[2]
STORY = (
    "Peru and Vietnam sign extradition treaty",
    "Peru and Vietnam signed an extradition treaty in Lima on Tuesday.",
)
NEXT = (
    "Chile and Norway sign fisheries agreement",
    "Chile and Norway signed a fisheries agreement in Oslo on Tuesday.",
)
SETTINGS = """
database = "{database}"
[mail]
host = "localhost"
port = {mail}
user = "robot"
sender = "digest@x.example"
reply_to = "desk@x.example"
operator = "Us, Geneva"
[[subscription]]
name = "ann"
address = "mailto:ann@example.org"
[[subscription]]
name = "hook"
address = "https://localhost:{hook}/in"
secret = "env:HOOK_KEY"
"""


@dataclass
class World:
    """A mail server and a webhook. `says` is what they answer; `mails` and `posts` what they took."""

    database: str = ""
    says: str = "250 taken"
    status: int = 204
    mails: list[bytes] = field(default_factory=list)
    posts: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        assert server.transport.get_extra_info("ssl_object"), "encrypted"
        if self.says.startswith("250"):
            self.mails.append(envelope.content)
        return self.says

    def states(self) -> Counter[str]:
        """The states of all deliveries and digests."""
        engine = storage.open_store(self.database)
        with storage.reading(engine) as session:
            found = [*session.exec(select(DeliveryRow.state)), *session.exec(select(DigestRow.state))]
        engine.dispose()
        return Counter(found) - Counter(empty=99)


def _login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"robot", b"right")
    return AuthResult(success=known, handled=False)


def pactwatch(*args: str) -> tuple[int, str, str]:
    """A run of the program: exit code, standard output, standard error."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", *args]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def world(
    url: str, watching: Callable[..., Path], press: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    ca, made = trustme.CA(), World(database=url)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(tls)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"tls_context": tls, "require_starttls": True, "authenticator": _login, "auth_required": True}
    mail = Controller(made, hostname="127.0.0.1", port=port, **options)
    mail.start()
    press.publish("/world", STORY)
    for name, value in {"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "HOOK_KEY": "key",
                        "PACTWATCH_MAIL__PASSWORD": "right"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with _hook(made, tls) as hook:
        settings = watching("/world", more=SETTINGS.format(database=url, mail=port, hook=hook.server_port))
        settings.write_text(settings.read_text().replace('["127.0.0.0/8"]', '["127.0.0.0/8", "localhost"]'))
        yield made
        hook.shutdown()
    mail.stop()


def _hook(world: World, tls: ssl.SSLContext) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            world.posts.append((body, dict(self.headers)))
            self.send_response(world.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


def test_a_story_reaches_the_reader_and_the_webhook_once(world: World) -> None:
    code, _, err = pactwatch("run")
    assert code == Exit.DONE, err
    (mail,) = world.mails
    (body, headers) = world.posts[0]
    read = message_from_bytes(mail, policy=policy.default)
    assert read["To"] == "ann@example.org"
    assert read["Subject"].startswith("1 agreement: Peru–Vietnam")
    stamp, _, signed = headers["Pactwatch-Signature"].partition(",v1=")
    expected = hmac.new(b"key", stamp.removeprefix("t=").encode() + b"." + body, hashlib.sha256).hexdigest()
    assert signed == expected
    assert [one["codes"] for one in json.loads(body)["agreements"]] == ["PE–VN"]
    assert world.states() == Counter(sent=2, delivered=2)
    assert pactwatch("run")[0] == Exit.DONE
    assert (len(world.mails), len(world.posts)) == (1, 1)


@pytest.mark.parametrize(
    ("says", "status", "left"),
    [("554 5.7.1 no", 404, Counter(refused=2, failed=2)), ("451 later", 503, Counter(deferred=2, under_way=2))],
    ids=["never", "not now"],
)
def test_what_was_not_taken_is_told_and_comes_with_the_next_or_waits(
    says: str, status: int, left: Counter[str], world: World, press: Any
) -> None:
    world.says, world.status = says, status
    code, _, err = pactwatch("run")
    assert code == Exit.PARTLY
    assert says[:3] in err
    assert str(status) in err
    assert "ann@" not in err
    assert world.states() == left
    world.says, world.status = "250 taken", 204
    press.publish("/world", STORY, NEXT)
    pactwatch("run")
    told = [message_from_bytes(mail, policy=policy.default)["Subject"][:12] for mail in world.mails]
    assert told == (["2 agreements"] if "refused" in left else []), "a refused one comes with the next, the other waits"


def test_nothing_goes_out_with_a_wrong_password(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_MAIL__PASSWORD", "SECRET")
    code, out, err = pactwatch("run")
    assert (code, world.mails) == (Exit.PARTLY, [])
    assert "refused the login (535)" in err
    assert "SECRET" not in out + err
    monkeypatch.setenv("PACTWATCH_MAIL__PASSWORD", "right")
    assert world.states() == Counter(deferred=1, under_way=1, sent=1, delivered=1)
