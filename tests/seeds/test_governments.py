"""Which hosts speak for a government: by the zone of its registry, never by a word anywhere in the name."""

from urllib.parse import urlsplit

import pytest

from seeds import load_feeds
from seeds.governments import government_of

HOSTS = [
    ("mfa.gov.sg", "SG"), ("www.gov.uk", "GB"), ("gov.uk", "GB"), ("www.diplomatie.gouv.fr", "FR"),
    ("sre.gob.mx", "MX"),
    ("www.mofa.go.jp", "JP"), ("mofa.go.kr", "KR"), ("government.ru", "RU"), ("en.kremlin.ru", "RU"),
    ("www.state.gov", "US"), ("ec.europa.eu", "EU"), ("www.bmeia.gv.at", "AT"), ("beehive.govt.nz", "NZ"),
    ("international.gc.ca", "CA"), ("WWW.MFA.GOV.TR.", "TR"),
    ("comune.go.it", ""), ("gov.example.com", ""), ("mfa-gov.sg", ""), ("gov.sg.example", ""), ("gov", "US"),
    ("kremlin.ru.example", ""), ("notkremlin.ru", ""), ("news.com.sg", ""), ("gov.co.uk", ""), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("host", "code"), HOSTS)
def test_a_host_is_of_a_government_or_not(host: str, code: str) -> None:
    assert government_of(host) == code


def test_the_watch_list_says_the_same() -> None:
    """What is declared official is no other government's by its host, and no outlet of another kind has such a host."""
    feeds = [(feed, government_of(urlsplit(feed.url).hostname or "")) for feed in load_feeds()]
    assert [feed.key for feed, code in feeds if code and code != feed.official] == []
    assert sum(bool(code) for _, code in feeds) >= 8
