"""SpamAssassin with local tests only: every golden mail passes, a bad one fails. Skipped where it is not installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
BAD = b"""From: "WINNER!!!" <a@xn--80ak6aa92e.example>
To: undisclosed-recipients:;
Subject: =?utf-8?B?RlJFRSBNT05FWSAkJCQgQUNUIE5PVyEhIQ==?=
MIME-Version: 1.0
Content-Type: text/html; charset="utf-8"

<html><body><font size=7 color=white>VIAGRA CIALIS 100% FREE</font><img src=http://1.2.3.4/a.gif>
<a href="http://1.2.3.4/login">http://bank.example/</a> Dear friend, I am a Nigerian prince, million dollars, act now!!!
XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X
</body></html>
"""

pytestmark = pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed")


def points(mail: bytes) -> float:
    said = subprocess.run(["spamassassin", "-L", "-t"], input=mail, capture_output=True, check=False).stdout.decode()
    found = re.search(r"Content analysis details: +\(([-\d.]+) points", said)
    assert found, said[-400:]
    return float(found[1])


@pytest.mark.parametrize("name", sorted(file.name for file in GOLDEN.glob("*.eml")))
def test_golden_mails_are_no_spam(name: str) -> None:
    assert points((GOLDEN / name).read_bytes()) <= 1.0


def test_the_bad_control_is_found() -> None:
    assert points(BAD) > 5.0


def test_what_is_missing_costs_points() -> None:
    whole = (GOLDEN / "weekly.eml").read_bytes()
    assert points(re.sub(rb"(?m)^(Date|Message-ID):.*\r\n", b"", whole)) > points(whole) + 1
