"""The other ways out: files, signed webhooks, chat services."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from mail_records import DESK, first_issue, weekly

from alerts.deliver import CHANNELS, Fate, Result, Way, chat, folder, webhook
from alerts.desk import Desk
from alerts.render import render
from storage.sending import Outgoing

MESSAGE = render(weekly(), DESK)
SEED = render(first_issue(), Desk())


def outgoing(channel: str, body: bytes, message_id: str = MESSAGE.message_id) -> Outgoing:
    return Outgoing(1, "s", "address", channel, message_id, body, 1, 0)


def send(channel: str, where: str, body: bytes, way: Way | None = None) -> tuple[Result, int]:
    doubts: list[int] = []
    with CHANNELS[channel].open(way or Way()) as sends:
        result = sends(outgoing(channel, body), where, lambda: doubts.append(1))
    return result, len(doubts)


def test_files_hold_the_mail_and_its_parts(tmp_path: Path) -> None:
    way = Way(base=tmp_path)
    for _ in range(2):
        assert send("file", "out", folder.pack(MESSAGE, weekly()), way) == (Result(Fate.SENT), 0)
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    stem = "2026-11-23.energy-and-minerals." + MESSAGE.message_id.partition("@")[0].rpartition(".")[2][:6]
    assert names == [f"{stem}.eml", f"{stem}.html", f"{stem}.txt"]
    assert (tmp_path / "out" / f"{stem}.eml").read_bytes() == MESSAGE.eml
    assert (tmp_path / "out" / f"{stem}.html").read_text().rstrip() == MESSAGE.html.rstrip()
    assert (tmp_path / "out" / f"{stem}.txt").read_text() == MESSAGE.text


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file stands in the way")
    result, _ = send("file", "out", MESSAGE.eml, Way(base=tmp_path))
    assert result.fate is Fate.DEFERRED
    assert "cannot write into the outbox folder" in result.why
    assert str(tmp_path) not in result.why


@pytest.mark.parametrize(
    "message_id", ["<../../etc/passwd.x.y@h>", "<a/b.c.d@h>", "<>", "<a b.c\x00.d@h>", "<.hidden.x.y@h>"]
)
def test_a_file_name_stays_in_its_folder(message_id: str) -> None:
    name = folder.file_name(message_id)
    assert "/" not in name
    assert "\x00" not in name
    assert name not in ("", ".", "..")


def test_a_webhook_gets_signed_json() -> None:
    got: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        got.append((url, body, headers))
        return 200

    way = Way(post=post, secrets={"s": "key"}, stamp=1_795_000_000)
    body = webhook.pack(MESSAGE, weekly())
    assert send("https", "https://hook.example/x", body, way) == (Result(Fate.SENT), 0)
    (url, sent, headers), *_ = got
    assert (url, sent) == ("https://hook.example/x", body)
    expected = hmac.new(b"key", b"1795000000." + body, hashlib.sha256).hexdigest()
    assert headers["Pactwatch-Signature"] == f"t=1795000000,v1={expected}"
    assert headers["Pactwatch-Delivery"] == MESSAGE.message_id
    read = json.loads(body)
    assert [one["key"] for one in read["agreements"]] == [item.key for item in weekly().items]
    assert read["agreements"][0]["quote"]["sentence"] == weekly().items[0].quote.sentence  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "fate"),
    [(200, "sent"), (204, "sent"), (301, "refused"), (400, "refused"), (404, "refused"), (410, "refused"),
     (408, "deferred"), (429, "deferred"), (500, "deferred"), (503, "deferred")],
)  # fmt: skip
def test_what_a_webhook_answers(status: int, fate: str) -> None:
    assert webhook.judge(status).fate == fate


def test_a_webhook_that_is_not_reached_is_tried_again() -> None:
    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        raise ConnectionError("TooSlow")

    result, _ = send("https", "https://hook.example/SECRET", b"{}", Way(post=post))
    assert result == Result(Fate.DEFERRED, "the webhook gave no answer: TooSlow")


@contextmanager
def listening(status: int) -> Iterator[tuple[int, list[dict[str, object]]]]:
    got: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_port, got
        server.shutdown()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_chat_service_gets_one_line_an_agreement() -> None:
    pytest.importorskip("apprise")
    with listening(200) as (port, got):
        result, doubts = send("apprise", f"json://127.0.0.1:{port}/x", chat.pack(SEED, first_issue()))
    assert (result, doubts) == (Result(Fate.SENT), 1)
    assert got[0]["title"] == "1 signed: Kazakhstan–Rwanda"
    assert "● Signed KZ–RW  Kazakhstan and Rwanda sign several agreements in Astana" in str(got[0]["message"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_chat_service_that_fails_is_tried_again_and_an_unknown_one_is_not() -> None:
    pytest.importorskip("apprise")
    with listening(500) as (port, _):
        assert send("apprise", f"json://127.0.0.1:{port}/x", b'{"title": "t", "body": "b"}')[0].fate is Fate.DEFERRED
    assert send("apprise", "nonsense://x", b"{}")[0].fate is Fate.REFUSED


def test_a_chat_message_names_twenty_and_counts_the_rest() -> None:
    packed = json.loads(chat.pack(MESSAGE, weekly()))
    assert packed["title"] == "3 signed, 1 in force, 1 ended"
    assert packed["body"].count("https://pactwatch.example/a/") == 5
    assert "OM–TZ Memorandum: gas pipeline, withdrawn" in packed["body"]
