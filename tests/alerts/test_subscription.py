"""Settings of subscriptions: what can't be, or can never match, is refused with the key and the nearest code."""

import pytest
from pydantic import ValidationError

from alerts.address import AddressError, Target, resolve
from alerts.groups import GROUPS
from alerts.subscription import Subscription
from classify.names import CODES

FILE = {"name": "s", "address": "file:out"}

REFUSED = [
    ({"countries": ["KAZ"]}, "countries", "no country 'KAZ'"),
    ({"countries": ["Kazakstan"]}, "countries", "near: KZ (Kazakhstan)"),
    ({"pairs": ["KZ-KZ"]}, "pairs", "a pair of KZ with itself never matches"),
    ({"pairs": ["KZ"]}, "pairs", ""),
    ({"groups": ["asean-plus"]}, "groups", "near: ASEAN"),
    ({"sectors": ["enrgy"]}, "sectors", "near: energy"),
    ({"stages": ["singed"]}, "stages", "near: signed (Signed)"),
    ({"stages": ["none"]}, "stages", "no stage 'none'"),
    ({"stages": []}, "stages", "at least 1"),
    ({"languages": ["english"]}, "languages", "near: en (English)"),
    ({"words": ["--"]}, "words", "never matches"),
    ({"confidence": 1.2}, "confidence", "less than or equal to 1"),
    ({"outlets": 0}, "outlets", "greater than or equal to 1"),
    ({"hour": 24}, "hour", "less than or equal to 23"),
    ({"timezone": "Europe/Pariss"}, "timezone", "near: Europe/Paris"),
    ({"weekday": "monday"}, "", 'weekday says nothing where rhythm = "daily"'),
    ({"rhythm": "instant", "hour": 6}, "", 'hour says nothing where rhythm = "instant"'),
    ({"rhythm": "weekly", "quiet": "22-7"}, "", "quiet says nothing"),
    ({"rhythm": "instant", "quiet": "7-7"}, "quiet", "quiet all day"),
    ({"rhythm": "instant", "quiet": "night"}, "quiet", "not two hours"),
    ({"rhythm": "instant", "when_empty": "tell"}, "", "at every poll"),
    ({"channels": ["file:out"]}, "", "named twice"),
    ({"secret": "hunter2"}, "secret", "named, never written"),
    ({"name": ""}, "name", "one line"),
    ({"name": "a\nBcc: x@y.example"}, "name", "one line"),
    ({"name": "x" * 61}, "name", "at most 60"),
    ({"sector": ["energy"]}, "sector", "Extra inputs"),
]

ADDRESSES = [
    ("ann@example.org", "an address is mailto:"),
    ("mailto:", "an address is mailto:"),
    ("mailto:ann", "not one plain mail address"),
    ("mailto:ann@localhost", "not a mail address"),
    ("mailto:ann@bob@example.org", "not a mail address"),
    ("mailto:ann@example.org,bob@example.org", "not one plain mail address"),
    ("mailto:ann@example.org?cc=bob@example.org", "not one plain mail address"),
    ("mailto:ann @example.org", "not one plain mail address"),
    ("mailto:ann@example.org\r\nBcc: x@y.example", "one line"),
    ("mailto:Ann <ann@example.org>", "not one plain mail address"),
    ("mailto:änn@example.org", "don't take such letters"),
    ("mailto:" + "a" * 65 + "@example.org", "not a mail address"),
    ("mailto:ann@exa..mple.org", "not a mail address"),
    ("http://example.org/hook", "https addresses only"),
    ("https://user:pw@example.org/hook", "without user name"),
    ("https:///hook", "with a host"),
    ("file://host/share", "a folder on this machine"),
    ("slack://token/channel", "put it into the environment"),
    ("gopher:example", "unknown scheme gopher"),
    (" file:out", "one line without surrounding space"),
    ("env:not a name", "an address is mailto:"),
]


@pytest.mark.parametrize(("values", "key", "says"), REFUSED, ids=lambda v: str(v)[:40])
def test_what_cannot_be_is_refused(values: dict[str, object], key: str, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Subscription(**{**FILE, **values})
    fault = caught.value.errors()[0]
    assert key in [str(part) for part in fault["loc"]] or (not key and not fault["loc"])
    assert says in fault["msg"]


@pytest.mark.parametrize(("address", "says"), ADDRESSES)
def test_addresses_that_cannot_be_used(address: str, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Subscription(name="s", address=address)
    fault = caught.value.errors()[0]
    assert fault["loc"] == ("address",)
    if says != "an address is mailto:" or not address.startswith("env:"):
        assert says in fault["msg"]


@pytest.mark.parametrize(
    ("address", "environ", "target"),
    [
        ("mailto:ann@example.org", {}, Target("mailto", "ann@example.org")),
        ("mailto:ann@bücher.example", {}, Target("mailto", "ann@xn--bcher-kva.example")),
        ("file:out", {}, Target("file", "out")),
        ("file:///srv/out%20box", {}, Target("file", "/srv/out box")),
        ("https://example.org/hook?k=v", {}, Target("https", "https://example.org/hook?k=v")),
        ("env:HOOK", {"HOOK": "slack://a/b/c"}, Target("apprise", "slack://a/b/c")),
        ("env:BOX", {"BOX": "mailto:ann@example.org "}, Target("mailto", "ann@example.org")),
    ],
)
def test_what_addresses_stand_for(address: str, environ: dict[str, str], target: Target) -> None:
    Subscription(name="s", address=address)
    assert resolve(address, environ) == target


@pytest.mark.parametrize("environ", [{}, {"HOOK": ""}, {"HOOK": "not-an-address-SECRET"}])
def test_a_secret_that_is_missing_or_wrong_is_named_not_shown(environ: dict[str, str]) -> None:
    with pytest.raises(AddressError) as caught:
        resolve("env:HOOK", environ)
    assert "HOOK" in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_codes_are_taken_in_any_case_and_pairs_in_any_order() -> None:
    wish = Subscription(**FILE, countries=["kz", "RW"], pairs=["RW-KZ", "fr – de"], groups=["eu", "Africa"])
    assert wish.countries == ("KZ", "RW")
    assert wish.pairs == (("KZ", "RW"), ("DE", "FR"))
    assert wish.groups == ("EU", "africa")
    assert {"KZ", "RW", "EU", "KE", "DE"} <= wish.places


def test_frozen_and_equal_by_value() -> None:
    assert Subscription(**FILE) == Subscription(**FILE)
    with pytest.raises(ValidationError):
        Subscription(**FILE).name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("rhythm", "when_empty", "tells"),
    [("daily", None, False), ("weekly", None, True), ("monthly", None, True), ("weekly", "skip", False),
     ("daily", "tell", True), ("instant", None, False)],
)  # fmt: skip
def test_what_happens_without_news(rhythm: str, when_empty: str | None, tells: bool) -> None:
    assert Subscription(**FILE, rhythm=rhythm, when_empty=when_empty).tells_empty is tells


def test_every_group_is_made_of_countries_that_can_be_a_side() -> None:
    assert len(GROUPS) >= 40
    for name, codes in GROUPS.items():
        assert codes <= CODES, name
        assert len(codes) >= 3, name
    regions = [GROUPS[name] for name in ("africa", "americas", "asia", "europe", "oceania")]
    assert frozenset().union(*regions) == CODES
    assert sum(map(len, regions)) == len(CODES)
    assert GROUPS["EU"] - {"EU"} <= GROUPS["europe"] | {"CY"}
