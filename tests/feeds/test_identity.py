"""Which entry is which: pairs of polls as real feeds make them, each with the verdict that a reader would give."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feeds import identity
from feeds.identity import Keys, Known, Match
from seeds import Entry

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BASE = Entry(
    feed="f",
    title="Kazakhstan and Rwanda sign six agreements",
    text="The presidents signed six agreements in Astana on Wednesday.",
    url="https://www.outlet.example/news/2026/kazakhstan-rwanda-sign",
    guid="tag:outlet.example,2026:1",
    published=NOW,
)
OTHER = replace(
    BASE, title="Rain expected in the north", text="Much rain.", url="https://outlet.example/rain", guid="2"
)


def known(*entries: Entry) -> list[Known]:
    return [Known(n, identity.keys(entry), entry.title, entry.url) for n, entry in enumerate(entries, 100)]


def verdict(entry: Entry, *before: Entry) -> str:
    return identity.sort([entry], known(*before))[0].verdict


SECOND_POLLS = [
    ("nothing changed", {}, "same"),
    ("guid made anew", {"guid": "session-8134"}, "same"),
    ("guid gone", {"guid": ""}, "same"),
    ("tracking parameters", {"url": BASE.url + "?utm_source=rss&utm_medium=feed&at_campaign=x"}, "same"),
    ("scheme and www", {"url": BASE.url.replace("https://www.", "http://")}, "same"),
    ("final slash and fragment", {"url": BASE.url + "/#comments"}, "same"),
    ("link on another host, guid kept", {"url": "https://news.outlet.example/kz-rw"}, "same"),
    ("site moved: guid and link new", {"guid": "n1", "url": "https://new.example/a/kazakhstan-rwanda-sign/"}, "same"),
    ("link gone", {"url": ""}, "same"),
    ("case and dashes of the title", {"title": "KAZAKHSTAN AND RWANDA SIGN SIX AGREEMENTS."}, "same"),
    ("date redone", {"published": NOW + timedelta(hours=30)}, "same"),
    ("date gone", {"published": None}, "same"),
    ("text grown", {"text": BASE.text + " More followed."}, "same"),
    ("title edited", {"title": "Kazakhstan, Rwanda sign seven agreements in Astana"}, "revision"),
    ("title rewritten, text kept", {"title": "A new chapter"}, "revision"),
    (
        "title and date edited",
        {"title": "Kazakhstan and Rwanda signed six deals", "published": NOW + timedelta(1)},
        "revision",
    ),
    ("title rewritten on the same day", {"title": "Tokayev hosts Kagame", "text": "Other words."}, "revision"),
    (
        "guid used for another story",
        {"title": "Rain in the north", "text": "Rain.", "url": "https://outlet.example/rain"},
        "new",
    ),
    ("link used for another story", {"title": "Rain in the north", "text": "Rain.", "guid": "77"}, "new"),
    (
        "one page for every day's brief",
        {"title": "Brief of Tuesday", "text": "Rain.", "published": NOW + timedelta(days=1)},
        "new",
    ),
    (
        "same headline, other guid, link and text",
        {"guid": "9", "url": "https://outlet.example/x/another", "text": "Something else."},
        "new",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "expected"), SECOND_POLLS, ids=[row[0] for row in SECOND_POLLS])
def test_the_same_entry_stays_the_same(what: str, change: dict[str, object], expected: str) -> None:
    assert verdict(replace(BASE, **change), BASE, OTHER) == expected


WITHOUT_GUID = [
    ("nothing changed", {}, "same"),
    ("title edited", {"title": "Kazakhstan, Rwanda sign seven agreements"}, "revision"),
    ("another title at the same link", {"title": "Rain in the north", "text": "Rain."}, "new"),
    ("undated", {"published": None}, "same"),
]


@pytest.mark.parametrize(("what", "change", "expected"), WITHOUT_GUID, ids=[row[0] for row in WITHOUT_GUID])
def test_entries_without_guid(what: str, change: dict[str, object], expected: str) -> None:
    before = replace(BASE, guid="")
    assert verdict(replace(before, **change), before, OTHER) == expected


def test_entries_without_link_and_date_go_by_guid_and_title() -> None:
    before = Entry(feed="f", title="Treaty in force", guid="a")
    assert verdict(before, before) == "same"
    assert verdict(replace(before, title="The treaty is in force"), before) == "revision"
    assert verdict(replace(before, title="Minister resigns over scandal"), before) == "new"


def test_two_entries_that_share_a_guid_stay_two() -> None:
    poll = [
        replace(BASE, guid="same"),
        replace(OTHER, guid="same"),
        replace(OTHER, guid="same", title="Third", text="3", url="https://outlet.example/3"),
    ]
    assert [match.verdict for match in identity.sort(poll, [])] == ["new", "new", "new"]
    again = identity.sort(poll, known(*poll))
    assert [(match.verdict, match.of) for match in again] == [("same", 100), ("same", 101), ("same", 102)]


def test_two_entries_that_share_a_link_stay_two() -> None:
    home = "https://outlet.example/"
    poll = [
        replace(BASE, url=home, guid=""),
        replace(OTHER, url=home, guid=""),
        replace(OTHER, url=home, guid="", title="3"),
    ]
    assert [match.verdict for match in identity.sort(poll, [])] == ["new", "new", "new"]
    assert [match.verdict for match in identity.sort(poll, known(*poll))] == ["same"] * 3


def test_a_guid_that_stood_for_two_items_is_no_name_even_alone() -> None:
    releases = [
        replace(BASE, guid="press", title="Press release", text=f"Text {n}", url=f"https://outlet.example/{n}")
        for n in range(3)
    ]
    assert verdict(releases[2], *releases[:2]) == "new"


def test_an_entry_that_stands_twice_in_a_poll_is_taken_once() -> None:
    assert identity.sort([BASE, OTHER, BASE], []) == [identity.NEW, identity.NEW, Match("double", 0)]


def test_no_two_entries_get_one_item() -> None:
    twin = replace(BASE, text="The ministers did as well.", guid="tag:outlet.example,2026:2")
    verdicts = identity.sort([BASE, twin], known(BASE))
    assert [match.verdict for match in verdicts] == ["same", "new"]


def test_a_failed_or_empty_poll_in_between_changes_nothing() -> None:
    items = known(BASE, OTHER)
    assert identity.sort([], items) == []
    assert [match.verdict for match in identity.sort([BASE, OTHER], items)] == ["same", "same"]


def test_feeds_do_not_share_names() -> None:
    elsewhere = identity.keys(replace(BASE, feed="g"))
    own = identity.keys(BASE)
    assert own.guid != elsewhere.guid
    assert own.link != elsewhere.link
    assert own.day == elsewhere.day


@pytest.mark.parametrize(
    ("published", "previous", "first", "late"),
    [
        (NOW - timedelta(days=3), None, True, False),
        (NOW - timedelta(days=8), None, True, True),
        (None, None, True, True),
        (None, NOW - timedelta(hours=1), False, False),
        (NOW - timedelta(hours=5), NOW - timedelta(hours=1), False, False),
        (NOW - timedelta(days=4), NOW - timedelta(hours=1), False, True),
        (NOW - timedelta(days=4), NOW - timedelta(days=5), False, False),
        (NOW - timedelta(days=40), NOW - timedelta(days=60), False, True),
    ],
)
def test_old_news_is_stored_and_not_told(
    published: datetime | None, previous: datetime | None, first: bool, late: bool
) -> None:
    entry = replace(BASE, published=published)
    assert identity.is_late(entry, previous, first=first, now=NOW, fresh=timedelta(days=7)) is late


def test_seed_articles_are_never_late() -> None:
    seed = replace(BASE, published=NOW - timedelta(days=900), seed=True)
    assert not identity.is_late(seed, None, first=True, now=NOW, fresh=timedelta(days=7))


ENTRIES = st.builds(
    Entry,
    feed=st.just("f"),
    title=st.sampled_from(["", "Treaty signed", "Treaty signed in Kigali", "Rain", "Новости", "条約に署名"]),
    text=st.sampled_from(["", "a", "b"]),
    url=st.sampled_from(["", "https://a.example/1", "https://a.example/2?utm_source=x", "https://a.example/"]),
    guid=st.sampled_from(["", "1", "2", "https://a.example/1"]),
    published=st.sampled_from([None, NOW, NOW - timedelta(days=1)]),
)


@settings(max_examples=300)
@given(st.lists(ENTRIES, max_size=8))
def test_a_poll_that_says_the_same_again_gives_nothing_new(entries: list[Entry]) -> None:
    first = identity.sort(entries, [])
    stored = [
        Known(n, identity.keys(entry), entry.title, entry.url)
        for n, (entry, match) in enumerate(zip(entries, first, strict=True))
        if match.verdict == "new"
    ]
    again = identity.sort(entries, stored)
    assert {match.verdict for match in again} <= {"same", "double"}
    assert len({match.of for match in again if match.verdict == "same"}) == sum(m.verdict == "same" for m in again)


@settings(max_examples=200)
@given(st.text(), st.text(), st.text())
def test_keys_are_made_of_any_text(title: str, url: str, guid: str) -> None:
    made = identity.keys(Entry(feed="f", title=title, url=url, guid=guid))
    assert isinstance(made, Keys)
    assert all(len(key) in (0, 32) for key in (made.guid, made.link, made.title, made.text))


@settings(max_examples=300)
@given(st.lists(ENTRIES, max_size=6), st.lists(ENTRIES, max_size=6))
def test_what_agrees_in_all_need_not_be_among_the_known(before: list[Entry], entries: list[Entry]) -> None:
    """The store hands in what it found by all names together, and loads the others' likenesses only: what else has a
    guid or link of those then stays unknown, which counts where one name has stood for several items."""
    before = list(dict.fromkeys(before))
    items = known(*before)
    pairs = {(item.keys.guid, item.keys.link) for item in items if item.keys.guid and item.keys.link}
    assume(len(pairs) == len({guid for guid, _ in pairs}) == len({link for _, link in pairs}))
    settled = {n: items[before.index(entry)].id for n, entry in enumerate(entries) if entry in before}
    others = [identity.keys(entry) for n, entry in enumerate(entries) if n not in settled]
    names = {name for own in others for name in (own.guid, own.link, own.title)} - {""}
    near = [item for item in items if names & {item.keys.guid, item.keys.link, item.keys.title}]
    quick = identity.sort(entries, near, settled=settled)
    assert [match.verdict for match in quick] == [match.verdict for match in identity.sort(entries, items)]


def test_what_agrees_in_all_still_tells_that_its_guid_stands_for_several() -> None:
    """Both known items have the guid '2', so it is no name: another guid at the link of one is no objection."""
    one, other = (replace(BASE, url=f"https://a.example/{n}", guid="2") for n in (1, 2))
    edited = replace(one, guid="1", title="Treaty signed in Kigali today")
    items = known(one, other)
    whole = identity.sort([edited, other], items)
    assert [match.verdict for match in whole] == ["revision", "same"]
    assert identity.sort([edited, other], items[:1], settled={1: items[1].id}) == whole
