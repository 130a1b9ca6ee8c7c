"""The watch list and the user's own feeds: what is refused, and how it is said."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds import Feed, SeedError, add_feeds, load_articles, load_feeds
from seeds.address import accepted, by_parts, normal

GOOD = """
[feeds.fj-times]
outlet = "The Fiji Times"
url = "https://www.fijitimes.example/feed"
country = "FJ"
lang = "en"
"""


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_list_is_as_large_as_promised() -> None:
    feeds = load_feeds("builtin")
    alive = [feed for feed in feeds if feed.enabled]
    assert len(alive) >= 120
    assert len({feed.country for feed in alive}) >= 80
    assert [feed.key for feed in feeds] == sorted(feed.key for feed in feeds)


@pytest.mark.parametrize("feed", load_feeds("builtin"), ids=lambda feed: feed.key)
def test_every_built_in_feed_tells_what_it_is_and_how_we_know(feed: Feed) -> None:
    assert feed.country
    assert feed.lang
    assert feed.evidence
    assert any(character.isdigit() for character in feed.evidence)
    assert feed.key.startswith(feed.country.lower())
    assert feed.enabled is (not feed.off_because)
    assert feed.official in ("", feed.country)
    assert feed.kind == "official" or not feed.official
    if feed.seen_alive:
        assert feed.seen_alive.isoformat() in feed.evidence


def test_at_least_seventy_feeds_were_seen_alive_this_year() -> None:
    assert sum(feed.seen_alive is not None for feed in load_feeds("builtin")) >= 70


def test_outlets_of_one_owner_are_one_voice() -> None:
    by_key = {feed.key: feed for feed in load_feeds("builtin")}
    assert by_key["fr-france-24-en"].voice == by_key["fr-france-24-fr"].voice
    assert by_key["ru-tass-en"].voice != by_key["ru-ria-novosti"].voice


def test_own_feeds_stand_beside_the_built_in_ones_or_replace_them(tmp_path: Path) -> None:
    changed = '[feeds.pl-pap]\noutlet = "PAP"\nurl = "https://pap.example/new"\nenabled = false\n'
    path = own(tmp_path, GOOD + changed)
    assert [feed.key for feed in load_feeds("own", path)] == ["fj-times", "pl-pap"]
    both = {feed.key: feed for feed in load_feeds("both", path)}
    assert both["pl-pap"].url == "https://pap.example/new"
    assert not both["pl-pap"].enabled
    assert len(both) == len(load_feeds("builtin")) + 1
    assert load_feeds("own", tmp_path / "missing.toml") == []


def test_an_own_entry_of_a_built_in_address_replaces_it(tmp_path: Path) -> None:
    same = '[feeds.my-pap]\noutlet = "PAP"\nurl = "http://pap.pl/rss.xml"\n'
    keys = [feed.key for feed in load_feeds("both", own(tmp_path, same))]
    assert "my-pap" in keys
    assert "pl-pap" not in keys


FAULTS = [
    # what stands there, what is said
    (GOOD.replace("outlet", "outlt"), ":3: [feeds.fj-times] outlt: unknown key; did you mean outlet?"),
    (GOOD.replace('country = "FJ"', 'country = "Fiji"'), ":5: [feeds.fj-times] country:"),
    (GOOD.replace('"FJ"', '"UK"'), "country: 'UK' is no code of ISO 3166-1 alpha-2; did you mean GB?"),
    (GOOD.replace('"en"', '"english"'), ":6: [feeds.fj-times] lang:"),
    (GOOD + 'kind = "blog"\n', ":7: [feeds.fj-times] kind:"),
    (
        GOOD.replace("https://", "https://user:CANARY@"),
        ":4: [feeds.fj-times] url: address with credentials; remove them",
    ),
    (GOOD.replace("https://", "ftp://"), ":4: [feeds.fj-times] url: only http and https are read, not ftp"),
    (GOOD.replace("https://www.fijitimes.example/feed", "fijitimes"), "an address without scheme"),
    (GOOD.replace(".example", ". example"), "address with a space"),
    (GOOD.replace("fj-times", "FJ_Times"), "the key must be lower-case letters"),
    (GOOD + 'off_because = "dead"\n', "off_because needs enabled = false"),
    (GOOD + GOOD, "given twice"),
    (GOOD + GOOD.replace("fj-times", "fj-too"), "has the address of [feeds.fj-times]; remove one of them"),
    (GOOD + GOOD.replace("fj-times", "fj-too").replace("https://www.", "http://"), "has the address of"),
    (GOOD + "[other]\n", "unknown table [other]"),
    (GOOD.replace('outlet = "The Fiji Times"\n', ""), "[feeds.fj-times] outlet: Field required"),
    ("[feeds.x", "feeds.toml"),
    ("feeds = 3", "feeds.toml"),
    ("[feeds]\nx = 3", "feeds.toml"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_faults_are_named_by_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = own(tmp_path, text)
    with pytest.raises(SeedError) as caught:
        load_feeds("own", path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "CANARY" not in str(caught.value)


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = own(tmp_path, GOOD.replace('"FJ"', '"F"').replace("outlet", "outlt") + "[feeds.y]\nx = 1\n")
    with pytest.raises(SeedError) as caught:
        load_feeds("own", path)
    assert len(caught.value.faults) >= 4


def test_the_seed_article_is_whole_and_told_whatever_its_age() -> None:
    (article,) = load_articles()
    assert article.seed
    assert article.outlet == "Wall Africa Journal"
    assert article.title == "Rwanda, Kazakhstan strengthen ties with new bilateral agreements"
    assert article.url.endswith("/rwanda-kazakhstan-strengthen-ties-with-new-bilateral-agreements")
    assert article.published == datetime(2025, 5, 28, tzinfo=UTC)
    assert article.text.startswith("Rwanda and Kazakhstan have entered a new chapter")
    assert article.text.endswith("shaping global development narratives.")


def test_a_feed_is_added_and_comments_stay(tmp_path: Path) -> None:
    path = own(tmp_path, "# mine\n" + GOOD.replace('lang = "en"', 'lang = "en"  # English'))
    feed = Feed(
        "to-matangi", 'Matangi "Tonga"', "https://matangi.example/rss", "TO", "en", seen_alive=date(2026, 11, 24)
    )
    add_feeds(path, [feed])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# mine\n")
    assert "# English" in text
    assert load_feeds("own", path)[1] == feed
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_first_feed_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "feeds.toml"
    add_feeds(path, [Feed("x-one", "One", "https://one.example/", "", "")])
    assert [feed.key for feed in load_feeds("own", path)] == ["x-one"]


@pytest.mark.parametrize(
    "feed",
    [
        Feed("fj-times", "Other", "https://other.example/", "FJ", "en"),
        Feed("fj-other", "Other", "http://fijitimes.example/feed/", "FJ", "en"),
        Feed("Not A Key", "Other", "https://other.example/", "FJ", "en"),
    ],
)
def test_what_is_there_already_is_not_written(tmp_path: Path, feed: Feed) -> None:
    path = own(tmp_path, GOOD)
    with pytest.raises(SeedError):
        add_feeds(path, [feed])
    assert path.read_text(encoding="utf-8") == GOOD


def test_a_broken_file_is_not_written_to(tmp_path: Path) -> None:
    path = own(tmp_path, "[feeds.x")
    with pytest.raises(SeedError):
        add_feeds(path, [Feed("y-one", "One", "https://one.example/", "", "")])
    assert path.read_text(encoding="utf-8") == "[feeds.x"


SAME = [
    ("https://www.outlet.example/a/", "http://outlet.example/a"),
    ("https://outlet.example:443/a?utm_source=rss&id=1", "https://outlet.example/a?id=1"),
    ("https://outlet.example/a?b=2&a=1", "https://outlet.example/a?a=1&b=2"),
    ("https://OUTLET.example/a#top", "https://outlet.example/a"),
    ("https://outlet.example/a?source=rss", "https://outlet.example/a"),
    ("https://outlet.example/index.html", "https://outlet.example"),
]
DIFFERENT = [
    ("https://outlet.example/a", "https://outlet.example/A"),
    ("https://outlet.example/?id=1", "https://outlet.example/?id=2"),
    ("https://outlet.example/?source=5", "https://outlet.example/?source=6"),
    ("https://a.outlet.example/", "https://b.outlet.example/"),
    ("https://outlet.example:8080/", "https://outlet.example/"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_place_written_twice(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_places(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize("url", ["http://[::1", "http://a:b:c/", "nonsense", "", "http://"])
def test_what_is_no_address_has_no_normal_form(url: str) -> None:
    assert normal(url) == ""
    with pytest.raises(ValueError):
        accepted(url)


_PIECES = st.lists(
    st.sampled_from(
        ["http://", "https://", "www.", "www2.", "m.", "amp.", "outlet", "example", ".", "..", ":80", ":8080", "/",
         "//", "/index.html", "/index.php", "index.htm", "?", "?id=2&utm_source=x", "#", "@", "\\", " ", "\t", "\n",
         "\x00", "\x1f", "é", "Ä", "\u3000", "\u2028", "[", "]", "%2F", ";", "-", "_", "7", "WWW."]
    ),
    max_size=14,
)  # fmt: skip


@given(st.sampled_from(["", "https://outlet.example", "http://www.outlet.example/a"]), _PIECES.map("".join))
def test_the_short_way_to_the_normal_form_is_the_long_one(start: str, rest: str) -> None:
    assert normal(start + rest) == by_parts(start + rest)
