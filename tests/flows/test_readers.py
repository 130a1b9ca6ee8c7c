"""What a person does for a subscriber: `unsubscribe`, `resubscribe`, `forget`; a mail server says who got what."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from flows.exits import Exit

Run = Callable[..., tuple[int, str, str]]
STORIES = (
    ("Peru and Vietnam sign extradition treaty", "Peru and Vietnam signed an extradition treaty in Lima on Tuesday."),
    ("Chile and Norway sign fisheries agreement", "Chile and Norway signed a fisheries agreement in Oslo on Tuesday."),
)
MAILED = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "digest@x.example"
reply_to = "desk@x.example"
operator = "Us, Geneva"
[[subscription]]
name = "bob"
address = "mailto:bob@example.org"
[[subscription]]
name = "ann"
address = "env:ANN"
"""


class Box:
    """The recipients of what it took."""

    def __init__(self) -> None:
        self.got: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.got += envelope.rcpt_tos
        return "250 taken"


@pytest.fixture
def box(watching: Callable[..., Path], press: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A mail server on loopback; one story is out, and two readers are subscribed by mail."""
    made = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    press.publish("/world", STORIES[0])
    monkeypatch.setenv("ANN", "mailto:ann@example.org")
    watching("/world", more=MAILED.format(port=port))
    yield made
    controller.stop()


def test_whoever_unsubscribed_gets_no_mail_until_resubscribed(box: Box, press: Any, user: Path, pactwatch: Run) -> None:
    assert pactwatch("unsubscribe", "Bob@Example.org") == (Exit.DONE, "unsubscribed\n", "")
    assert pactwatch("unsubscribe", "mailto:bob@example.org") == (Exit.DONE, "was unsubscribed already\n", "")
    assert pactwatch("run")[0] == Exit.DONE
    assert (user / "data").stat().st_mode & 0o077 == 0, "addresses are in there"
    assert box.got == ["ann@example.org"]
    assert pactwatch("resubscribe", "bob@example.org") == (Exit.DONE, "subscribed again\n", "")
    assert pactwatch("resubscribe", "bob@example.org") == (Exit.DONE, "was not unsubscribed\n", "")
    press.publish("/world", *STORIES)
    assert pactwatch("run")[0] == Exit.DONE
    assert sorted(box.got) == ["ann@example.org", "ann@example.org", "bob@example.org"]


def test_one_subscription_of_several(box: Box, pactwatch: Run) -> None:
    assert pactwatch("unsubscribe", "bob@example.org", "--subscription", "bob")[0] == Exit.DONE
    code, _, err = pactwatch("unsubscribe", "bob@example.org", "--subscription", "ann")
    assert (code, "has this address" in err) == (Exit.PARTLY, True)
    code, _, err = pactwatch("unsubscribe", "bob@example.org", "--subscription", "nobody")
    assert (code, "no subscription is named 'nobody'" in err) == (Exit.USAGE, True)
    pactwatch("run")
    assert box.got == ["ann@example.org"]


@pytest.mark.parametrize("command", ["unsubscribe", "resubscribe", "forget"])
def test_an_address_that_nobody_has_is_told(command: str, box: Box, pactwatch: Run) -> None:
    code, _, err = pactwatch(command, "bbo@example.org")
    assert code == Exit.PARTLY
    assert err.startswith("no subscription of the settings has this address: is it written as it is there?")
    assert "bbo@" not in err


def test_the_example_of_an_address_is_not_masked_as_one(box: Box, pactwatch: Run) -> None:
    assert "such as NAME@HOST; nothing" in pactwatch("unsubscribe", "x y")[2]


@pytest.mark.parametrize("command", ["unsubscribe", "resubscribe", "forget"])
@pytest.mark.parametrize(
    "address", ["nobody", "a@b@c.example", "mailto:", "bob@example.org, ann@example.org", "env:NONE"]
)
def test_what_is_no_address_changes_nothing(command: str, address: str, box: Box, pactwatch: Run) -> None:
    code, out, err = pactwatch(command, address)
    assert (code, out) == (Exit.USAGE, "")
    assert "nothing was changed" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(("address", "name"), [("bob@example.org", "bob"), ("ann@example.org", "ann")])
def test_who_is_forgotten_gets_nothing_more_whatever_the_settings_say(
    address: str, name: str, box: Box, press: Any, user: Path, pactwatch: Run
) -> None:
    pactwatch("run")
    assert sorted(box.got) == ["ann@example.org", "bob@example.org"]
    code, out, err = pactwatch("forget", address)
    assert (code, out) == (Exit.PARTLY, "1 delivery and its mail deleted; nothing more is sent to this address\n")
    assert f"the settings still name the address in {name}; take it out there" in err
    held = b"".join(path.read_bytes() for path in (user / "data").glob("pactwatch.db*"))
    assert address.encode() not in held
    box.got.clear()
    press.publish("/world", *STORIES)
    pactwatch("run")
    assert box.got == [other for other in ("ann@example.org", "bob@example.org") if other != address]
    assert pactwatch("forget", address)[1].startswith("nothing was stored of this address")


def test_nothing_of_a_subscriber_is_in_the_site(box: Box, user: Path, pactwatch: Run) -> None:
    pactwatch("run")
    assert sorted(box.got) == ["ann@example.org", "bob@example.org"]
    assert pactwatch("site", user / "site")[0] == Exit.DONE
    files = [path for path in (user / "site").rglob("*") if path.is_file()]
    key = (user / "data/unsubscribe.key").read_bytes().strip()
    for secret in (b"bob@example.org", b"ann@example.org", b"unsubscribe", b"bob", key):
        assert not [path for path in files if secret in path.read_bytes()], secret
    assert len(files) > 10
