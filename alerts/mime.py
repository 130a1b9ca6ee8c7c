"""The message as RFC 5322 has it: headers that nobody can add to, two parts, and the same bytes every time."""

import hashlib
import re
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Any

from alerts import display
from alerts.desk import Desk
from alerts.digest import Digest

LONGEST = 200
"""Characters of what comes from outside in a header."""
PLAIN = (
    "list-unsubscribe",
    "list-archive",
    "list-id",
    "list-unsubscribe-post",
    "message-id",
    "references",
    "in-reply-to",
)


class MessageError(ValueError):
    """A message that would not read back as it was built; it must not be sent."""


class Unfolded:
    """A header of addresses or ids: breaks only at the spaces between them and is never turned into encoded words,
    which the standard library does to long ones and mail services then can't read."""

    max_count = 1
    value_parser = staticmethod(UnstructuredHeader.value_parser)
    parse = UnstructuredHeader.parse
    name: str

    def fold(self, *, policy: Any) -> str:
        """The header in lines of about 78 characters, each entry whole."""
        lines = [f"{self.name}:"]
        for entry in str(self).split():
            if len(lines[-1]) + len(entry) >= 78 and lines[-1] != f"{self.name}:":
                lines.append("")
            lines[-1] += f" {entry}"
        end: str = policy.linesep
        return end.join(lines) + end


def scrub(text: str, limit: int = LONGEST) -> str:
    """`text` as it may stand in a header: one line, nothing invisible, nothing that decodes to something else."""
    return display.one_line(re.sub(r"=(?=\?)", "= ", text[: limit * 4]), limit)


def build(digest: Digest, desk: Desk, text: str, html: str) -> bytes:
    """The complete message, CRLF throughout."""
    headers = dict(_headers(digest, desk))
    message = EmailMessage(policy=policy.SMTP.clone(header_factory=_registry(), cte_type="7bit"))
    for name, value in headers.items():
        message[name] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = "en"  # set_content() drops Content-* headers that were set before it
    message.set_boundary("=_" + hashlib.sha256(digest.message_id.encode()).hexdigest()[:32])
    raw = message.as_bytes()
    _check(raw, [*headers, "MIME-Version", "Content-Type", "Content-Language"])
    return raw


def _headers(digest: Digest, desk: Desk) -> list[tuple[str, Any]]:
    reader = digest.reader
    named = scrub(f"{desk.sender_name}: {digest.reader.name}")
    headers: list[tuple[str, Any]] = [
        ("From", Address(named, addr_spec=desk.sender or f"digest@{desk.host}")),
        ("To", Address(addr_spec=reader.mailbox) if reader.mailbox else Address("", "reader", desk.host)),
    ]
    if desk.reply_to:
        headers.append(("Reply-To", Address("", addr_spec=desk.reply_to)))
    headers += [
        ("Subject", scrub(digest.subject)),
        ("Date", digest.until),
        ("Message-ID", digest.message_id),
    ]
    if digest.answers:
        headers += [("In-Reply-To", digest.answers), ("References", digest.answers)]
    headers.append(("List-Id", _list_id(digest, desk)))
    stops = [f"<{url}>" for url in (reader.post_url, reader.unsubscribe_mailto) if url]
    if stops:
        headers.append(("List-Unsubscribe", ", ".join(stops)))
    if reader.post_url:
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if desk.site:
        headers.append(("List-Archive", f"<{desk.site}/>"))
    return [*headers, ("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply")]


def _list_id(digest: Digest, desk: Desk) -> str:
    """`Energy <energy.pactwatch.example>`; a name that isn't plain ASCII is left to the id."""
    name = scrub(digest.reader.name)
    slug = digest.message_id.split(".")[1]
    plain = name.isascii() and re.fullmatch(r"[\w .&+-]+", name)
    return f"{name} <{slug}.{desk.host}>" if plain else f"<{slug}.{desk.host}>"


def _registry() -> HeaderRegistry:
    headers = HeaderRegistry()
    for name in PLAIN:
        headers.map_to_type(name, Unfolded)  # type: ignore[arg-type]
    return headers


def _check(raw: bytes, names: list[str]) -> None:
    """Reads the message back: the headers must be those that were set, and no line too long."""
    head, _, _ = raw.partition(b"\r\n\r\n")
    try:
        read = BytesHeaderParser(policy=policy.default).parsebytes(head)
    except HeaderParseError as error:
        raise MessageError(f"the message does not read back: {error}") from error
    if sorted(map(str.lower, read.keys())) != sorted(map(str.lower, names)):
        raise MessageError("the message reads back with other headers than were set")
    if max(map(len, raw.split(b"\r\n"))) > 998:
        raise MessageError("the message has a line over 998 octets")
