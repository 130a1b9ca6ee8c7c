"""Unsubscribing: tokens that tell nothing, an endpoint that acts on POST only, a suppression that outranks settings."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from alerts.endpoint import Endpoint
from alerts.subscription import Subscription
from alerts.unsubscribe import LENGTH, Holder, holder_of, holders, token

SECRET = "a secret of the tests"
ANN = Subscription(name="Energy", address="mailto:Ann@example.org")
BOB = Subscription(name="Trade", address="env:BOB", channels=["file:out"])
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def stopped() -> list[Holder]:
    return []


@contextmanager
def serving(stopped: list[Holder], fails: bool = False) -> Iterator[Endpoint]:
    def unsubscribe(holder: Holder) -> None:
        if fails:
            raise OSError("disk full")
        stopped.append(holder)

    known = holders(SECRET, [ANN, BOB], {"BOB": "mailto:bob@example.org"})
    with Endpoint("127.0.0.1", 0, "/u", known, unsubscribe) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def ask(server: Endpoint, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, dict[str, str]]:
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    said = answer.read().decode()
    line.close()
    return answer.status, said, dict(answer.getheaders())


def mine() -> str:
    return token(SECRET, "Energy", "Ann@example.org")


def test_tokens_are_opaque_and_differ_by_reader_list_and_secret() -> None:
    made = {
        token(secret, name, box)
        for secret in (SECRET, "other")
        for name in ("Energy", "Trade")
        for box in ("ann@example.org", "bob@example.org")
    }
    assert len(made) == 8
    assert all(len(one) == LENGTH and one.replace("-", "").replace("_", "").isalnum() for one in made)
    assert token(SECRET, "Energy", "ANN@example.org") == mine()
    with pytest.raises(ValueError, match="secret"):
        token("", "Energy", "ann@example.org")


def test_holders_are_the_readers_by_mail() -> None:
    known = holders(SECRET, [ANN, BOB], {"BOB": "mailto:bob@example.org"})
    assert holder_of(known, mine()) == Holder("Energy", "Ann@example.org")
    assert holder_of(known, token(SECRET, "Trade", "bob@example.org")) == Holder("Trade", "bob@example.org")
    assert holder_of(known, mine()[:-1]) is None
    assert len(known) == 2
    assert len(holders(SECRET, [ANN, BOB], {})) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(stopped: list[Holder], method: str) -> None:
    with serving(stopped) as server:
        for _ in range(3):
            status, said, headers = ask(server, method, f"/u/{mine()}")
    assert status == 200
    assert ('<form method="post">' in said) is (method == "GET")
    assert stopped == []
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_posting_acts_and_may_be_repeated(stopped: list[Holder]) -> None:
    one_click = {"Content-Type": "application/x-www-form-urlencoded"}
    with serving(stopped) as server:
        answers = [ask(server, "POST", f"/u/{mine()}", b"List-Unsubscribe=One-Click", **one_click) for _ in range(2)]
    assert [status for status, _, _ in answers] == [200, 200]
    assert stopped == [Holder("Energy", "Ann@example.org")] * 2


def test_a_wrong_token_gets_the_same_answer(stopped: list[Holder]) -> None:
    with serving(stopped) as server:
        for method in ("GET", "POST"):
            right, wrong = (ask(server, method, f"/u/{t}") for t in (mine(), "A" * LENGTH))
            assert right[:2] == wrong[:2]
            assert {k: v for k, v in right[2].items() if k != "Date"} == {
                k: v for k, v in wrong[2].items() if k != "Date"
            }
    assert len(stopped) == 1


@pytest.mark.parametrize(
    "path",
    ["/", "/u", "/u/", "/u/../etc/passwd", "/u/%2e%2e", "/x/y", "/u/a/b", "/u/<script>", "/favicon.ico"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_else_is_there(stopped: list[Holder], method: str, path: str) -> None:
    with serving(stopped) as server:
        status, said, _ = ask(server, method, path)
    assert status == 404
    assert "script" not in said
    assert stopped == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_other_methods_are_not_served(stopped: list[Holder], method: str) -> None:
    with serving(stopped) as server:
        assert ask(server, method, f"/u/{mine()}")[0] == 501


def test_what_fails_says_so_and_may_be_tried_again(stopped: list[Holder]) -> None:
    with serving(stopped, fails=True) as server:
        status, said, _ = ask(server, "POST", f"/u/{mine()}")
    assert status == 503
    assert "try again" in said
    assert "disk" not in said


def test_a_caller_that_says_nothing_does_not_hold_up_the_others(stopped: list[Holder]) -> None:
    with serving(stopped) as server:
        silent = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(20)]
        assert ask(server, "POST", f"/u/{mine()}")[0] == 200
        for one in silent:
            one.close()


def test_a_body_that_never_ends_is_not_read_whole(stopped: list[Holder]) -> None:
    with serving(stopped) as server, socket.create_connection(("127.0.0.1", server.server_port)) as line:
        head = f"POST /u/{mine()} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
        line.sendall(head.encode() + b"x" * 5000)
        line.settimeout(5)
        assert line.recv(100).startswith(b"HTTP/1.0 200")
