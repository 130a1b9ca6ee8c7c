"""`mailto:` addresses: one connection for many mails, encrypted, with a moment of doubt between 354 and the body.

The standard library's client sends the body and reads the answer in one go; here the two are apart, so that the
caller can commit 'from now on the outcome is unknown' at the only right moment.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from alerts.deliver.result import Fate, Result
from alerts.deliver.way import Send, Way
from alerts.desk import MailServer
from alerts.digest import Digest
from alerts.render import Message
from storage.sending import Outgoing


def pack(message: Message, digest: Digest) -> bytes:
    """The complete mail."""
    return message.eml


class UnusableError(Exception):
    """The server can't be used now: not reached, no encryption, login refused. Never holds an address or password."""


@contextmanager
def connection(way: Way) -> Iterator[Send]:
    """A line to the server, opened for the first mail and again where the server closed it."""
    line = _Line(way)
    try:
        yield line.send
    finally:
        line.close()


def probe(server: MailServer) -> str:
    """What keeps the server from taking our mail, or empty: connects, encrypts and logs in, sends nothing."""
    try:
        client = _open(server)
    except UnusableError as error:
        return str(error)
    with suppress(OSError, smtplib.SMTPException):
        client.quit()
    client.close()
    return ""


class _Line:
    def __init__(self, way: Way) -> None:
        self._way = way
        self._client: _Client | None = None

    def send(self, outgoing: Outgoing, where: str, doubt: Callable[[], None]) -> Result:
        try:
            client = self._client = self._client or _open(self._way.server)
        except UnusableError as stop:
            return Result(Fate.DEFERRED, str(stop), stop=True)
        result = client.deliver(self._way.sender, where, outgoing.body, doubt)
        if not client.usable:
            self.close()
        return result

    def close(self) -> None:
        """Says goodbye if the server still listens; what it took stays sent either way."""
        client, self._client = self._client, None
        if client and client.usable:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
        if client:
            client.close()


class _Client(smtplib.SMTP):
    """One connection. `usable` turns false when the server ended it or broke the rules."""

    usable = True
    answer_timeout: float = 600

    def deliver(self, sender: str, to: str, body: bytes, doubt: Callable[[], None]) -> Result:
        """One mail to one recipient."""
        sure = True
        try:
            for code, answer in self._envelope(sender, to):
                if not 200 <= code < 300:
                    return self._refused(code, answer)
            code, answer = self.docmd("data")
            if code != 354:
                return self._refused(code, answer)
            doubt()
            sure = False
            code, answer = self._body(body)
            return Result(Fate.SENT) if 200 <= code < 300 else self._refused(code, answer)
        except (OSError, smtplib.SMTPException) as error:
            self.usable = False
            fate = Fate.DEFERRED if sure else Fate.UNSURE
            return Result(fate, f"the mail server broke off: {_named(error)}")
        except BaseException:
            self.usable = False
            self.close()
            raise

    def log_in(self, user: str, password: str) -> None:
        """By one mechanism only: `login` tries all of them, and each wrong try brings a lock-out nearer."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        ways: dict[str, Any] = {"PLAIN": self.auth_plain, "LOGIN": self.auth_login, "CRAM-MD5": self.auth_cram_md5}
        named = next((way for way in ways if way in offered), "")
        if not named:
            raise smtplib.SMTPNotSupportedError
        self.user, self.password = user, password
        self.auth(named, ways[named])

    def _envelope(self, sender: str, to: str) -> Iterator[tuple[int, bytes]]:
        yield self.mail(sender)
        yield self.rcpt(to)

    def _body(self, body: bytes) -> tuple[int, bytes]:
        """The mail, dots doubled, and the server's last word."""
        stuffed = (b"." if body.startswith(b".") else b"") + body.replace(b"\r\n.", b"\r\n..")
        assert self.sock is not None
        short = self.sock.gettimeout()
        self.sock.settimeout(self.answer_timeout)
        self.send(stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"))
        answer = self.getreply()
        self.sock.settimeout(short)
        return answer

    def _refused(self, code: int, answer: bytes) -> Result:
        """4xx is 'not now', 5xx 'never'; the transaction is given up, and with 421 the connection."""
        if code in (421, -1):
            self.usable = False
        else:
            try:
                self.usable = self.rset()[0] == 250
            except (OSError, smtplib.SMTPException):
                self.usable = False
        fate = Fate.REFUSED if 500 <= code < 600 else Fate.DEFERRED
        return Result(fate, f"the mail server said {code} {_enhanced(answer)}".strip())


class _TlsClient(smtplib.SMTP_SSL, _Client):
    pass


def _open(server: MailServer | None) -> _Client:
    """A connection that is encrypted and logged in as the settings ask, or `UnusableError`."""
    if server is None:
        raise UnusableError("no mail server is set (mail.host)")
    try:
        client = _connect(server)
    except (OSError, smtplib.SMTPException) as error:
        raise UnusableError(f"the mail server {server.host}:{server.port} was not reached: {_named(error)}") from None
    try:
        _prepare(client, server)
    except BaseException:
        client.close()
        raise
    client.answer_timeout = server.answer_timeout
    return client


def _connect(server: MailServer) -> _Client:
    if server.security == "tls":
        context = ssl.create_default_context(cafile=server.ca_file)
        return _TlsClient(server.host, server.port, timeout=server.connect_timeout, context=context)
    return _Client(server.host, server.port, timeout=server.connect_timeout)


def _prepare(client: _Client, server: MailServer) -> None:
    """EHLO, STARTTLS and login. What TLS was asked for never goes in clear."""
    try:
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            client.starttls(context=ssl.create_default_context(cafile=server.ca_file))
            client.ehlo()
        if server.user:
            client.log_in(server.user, server.password)
    except smtplib.SMTPNotSupportedError:
        what = (
            "STARTTLS" if server.security == "starttls" and not isinstance(client.sock, ssl.SSLSocket) else "logging in"
        )
        raise UnusableError(f"the mail server {server.host} does not offer {what}; nothing was sent") from None
    except ssl.SSLError as error:
        raise UnusableError(
            f"the certificate of the mail server {server.host} was not accepted: {_named(error)}"
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise UnusableError(f"the mail server {server.host} refused the login ({error.smtp_code})") from None
    except (OSError, smtplib.SMTPException) as error:
        raise UnusableError(f"the mail server {server.host} broke off: {_named(error)}") from None


def _named(error: BaseException) -> str:
    """What happened, without what the server echoed (it may hold an address)."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_enhanced(error.smtp_error)}".strip()
    if isinstance(error, ssl.SSLError):
        return error.reason or "TLS failed"
    if isinstance(error, OSError):
        return error.strerror or ("no answer in time" if isinstance(error, TimeoutError) else "no connection")
    return "it does not answer as a mail server does"


def _enhanced(answer: bytes | str) -> str:
    """The enhanced status code (RFC 3463) of an answer; its words stay out, they often repeat the address."""
    text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    word = text.split(" ", 1)[0]
    return word if word[:2] in ("2.", "4.", "5.") and word.replace(".", "").isdigit() else ""
