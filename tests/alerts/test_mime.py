"""What strangers wrote never adds a header, a request, a script or a control character; and the mail reads back.

`pytest -m slow tests/alerts/test_mime.py` renders 1,000 hostile titles.
"""

import re
import sys
import time
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mail_hostile import KNOWN, LINKS, mixed
from mail_records import DESK, NOW, READER, WEEK, power_line, weekly

from alerts import mime
from alerts.choose import choose
from alerts.compose import News, Window, compose
from alerts.desk import Desk
from alerts.render import Message, render
from alerts.subscription import Subscription
from alerts.wording import ascii_url
from classify.model import Evidence, Span
from storage.records import Agreement, FeedHealth, Paper

ORDER = Subscription(name="all", address="mailto:j.moreau@example.org", rhythm="weekly")
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)


def hostile(text: str, link: str = "https://ok.example/") -> Agreement:
    """An agreement in which every word that comes from outside is hostile."""
    base = power_line()
    evidence = Evidence(text, Span("text", 0, len(text)))
    reports = tuple(replace(r, title=text, outlet=text, url=link, evidence=evidence) for r in base.reports)
    papers = (Paper("agreement", text, base.stage, bodies=(text,), people=(text,), amount=5e6, currency="USD"),)
    return replace(base, title=text, place=text, papers=papers, reports=reports, reason=text, disputed=(text,))


def message_of(record: Agreement, rejected: str = "", detail: str = "") -> Message:
    chosen = choose(ORDER, [record], {}, WEEK)
    feeds = (FeedHealth("f", detail or "f", "US", "en", "u", "failing", WEEK, detail),)
    window = Window(WEEK, NOW, "2026-11-23")
    news = News((), (replace(record, key="x"),), (record,), feeds)
    return render(compose(ORDER, chosen, news=news, window=window, desk=DESK, recipient=READER), DESK)


class Seen(HTMLParser):
    """What a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.acts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "action", "background"):
                self.links.append(value or "")
            if name.startswith("on") or (name == "style" and "url(" in (value or "")):
                self.acts.append(f"{name}={value}")


ALLOWED = set("html head meta title style body div table tbody tr td th h1 h2 h3 p a b span".split())  # noqa: SIM905


def check(message: Message) -> None:
    mail = message_from_bytes(message.eml, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    assert not [defect for part in mail.walk() for defect in part.defects]
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert max(len(line) for line in message.eml.split(b"\r\n")) <= 998
    assert message.eml.replace(b"\r\n", b"").count(b"\n") == message.eml.replace(b"\r\n", b"").count(b"\r") == 0
    parts = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    text, html = (part.replace("\r\n", "\n") for part in parts)
    assert not INVISIBLE.search(text)
    assert not INVISIBLE.search(html)
    assert not INVISIBLE.search(str(mail["Subject"]))
    assert len(str(mail["Subject"])) <= 70
    seen = Seen()
    seen.feed(html)
    assert set(seen.tags) <= ALLOWED
    assert seen.acts == []
    assert all(link.startswith(("https://", "http://", "mailto:desk@", "mailto:unsubscribe@")) for link in seen.links)
    assert "evil.example" not in " ".join(link for link in seen.links if not link.startswith("https://evil.example/"))


HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
    "List-Archive", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Language",
]  # fmt: skip


@pytest.mark.parametrize("text", KNOWN, ids=lambda t: ascii(t[:24]))
def test_hostile_texts_everywhere(text: str) -> None:
    check(message_of(hostile(text), detail=text))


@pytest.mark.parametrize("link", LINKS, ids=lambda t: ascii(t[:24]))
def test_hostile_links(link: str) -> None:
    check(message_of(hostile("Kenya signs", link)))
    assert ascii_url(link).isascii()
    assert ascii_url(link) in ("", ascii_url(link).strip())


@pytest.mark.parametrize("text", mixed(60), ids=lambda t: ascii(t[:24]))
def test_mixed_hostile_texts(text: str) -> None:
    check(message_of(hostile(text), detail=text))


@pytest.mark.slow
def test_a_thousand_hostile_titles() -> None:
    for text in mixed(1_000, seed=7):
        check(message_of(hostile(text), detail=text))
    print("1,000 hostile titles: 0 added headers, 0 foreign tags or links, 0 invisible characters, 0 not rendered")


@given(st.text(max_size=300))
@example("=?utf-8?q?x?=")
@settings(max_examples=150)
def test_any_text_as_a_header_reads_back_as_one_line(text: str) -> None:
    scrubbed = mime.scrub(text)
    assert len(scrubbed) <= mime.LONGEST
    assert "=?" not in scrubbed
    assert not INVISIBLE.search(scrubbed)
    raw = mime.build(replace(weekly(), subject=text), DESK, "text", "<p>html</p>")
    mail = message_from_bytes(raw, policy=policy.default)
    assert sorted(mail.keys()) == sorted(HEADERS)


@pytest.mark.parametrize("text", KNOWN, ids=lambda t: ascii(t[:24]))
def test_hostile_names_of_the_desk_and_time(text: str) -> None:
    digest, desk = replace(weekly(), subject=text), replace(DESK, sender_name=text)
    began = time.process_time()
    raw = mime.build(digest, desk, "text", "<p>html</p>")  # traced for coverage it takes longer
    assert sys.gettrace() or time.process_time() - began < 0.1
    assert sorted(message_from_bytes(raw, policy=policy.default).keys()) == sorted(HEADERS)


def test_a_message_that_does_not_read_back_is_refused() -> None:
    digest = replace(weekly(), message_id="<a.b@x.example>\r\nBcc: evil@x.example")
    with pytest.raises((mime.MessageError, ValueError)):
        mime.build(digest, DESK, "text", "<p>html</p>")


@pytest.mark.parametrize("length", [30, 300, 900])
def test_long_addresses_of_list_headers_are_never_encoded(length: int) -> None:
    desk = replace(DESK, unsubscribe_url="https://pactwatch.example/" + "u" * length)
    raw = render(weekly(desk=desk), desk).eml
    head = raw.partition(b"\r\n\r\n")[0]
    for line in re.split(rb"\r\n(?=\S)", head):
        if line.split(b":")[0].lower() in (
            b"list-unsubscribe",
            b"list-id",
            b"list-archive",
            b"message-id",
            b"references",
        ):
            assert b"=?" not in line
    mail = message_from_bytes(raw, policy=policy.default)
    assert str(mail["List-Unsubscribe"]).startswith(f"<{desk.unsubscribe_url}/")


@pytest.mark.parametrize(
    ("desk", "present", "absent"),
    [
        (DESK, ["List-Unsubscribe-Post"], []),
        (replace(DESK, unsubscribe_url=""), ["List-Unsubscribe"], ["List-Unsubscribe-Post"]),
        (replace(DESK, secret=""), ["List-Unsubscribe"], ["List-Unsubscribe-Post"]),
        (replace(DESK, site=""), [], ["List-Archive"]),
        (Desk(), [], ["List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "Reply-To"]),
    ],
)
def test_headers_by_what_is_configured(desk: Desk, present: list[str], absent: list[str]) -> None:
    mail = message_from_bytes(render(weekly(desk=desk), desk).eml, policy=policy.default)
    assert set(present) <= set(mail.keys())
    assert not set(absent) & set(mail.keys())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Precedence" not in mail


def test_honest_right_to_left_text_is_unharmed() -> None:
    sentence = "وقّعت حكومتا دولة الإمارات وجمهورية كينيا اليوم"
    message = message_of(hostile(sentence))
    assert re.search(f'<p [^>]*dir="rtl"[^>]*>{sentence}</p>', message.html)
    assert "hidden characters removed" not in message.html


def test_a_forged_sentence_is_marked() -> None:
    message = message_of(hostile("Ken\u200bya si\u202egned"))
    assert "Kenya signed</p>" in message.html
    assert "hidden characters removed" in message.html
    assert "hidden characters removed" in message.text
