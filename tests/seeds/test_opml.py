"""OPML as readers write it, well-formed or not."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds import Feed, SeedError, load_feeds, opml

LISTS = Path(__file__).parents[3] / "shared" / "feeds" / "lists"


def test_what_is_exported_is_imported_again() -> None:
    feeds = load_feeds("builtin")
    again = opml.read(opml.write(feeds)).feeds
    assert [(f.key, f.outlet, f.url, f.country, f.lang) for f in again] == [
        (f.key, f.outlet, f.url, f.country, f.lang) for f in feeds
    ]


def test_an_export_is_well_formed() -> None:
    from xml.etree import ElementTree

    nasty = Feed("a-b", "\"A\" & <B> 'C'", "https://a.example/?x=1&y='2'", "", "")
    root = ElementTree.fromstring(opml.write([nasty]))  # our own bytes
    (outline,) = root.iter("outline")
    assert (outline.get("title"), outline.get("xmlUrl")) == (nasty.outlet, nasty.url)


NOT_WELL_FORMED = [
    b'<opml><body><outline text="A & B" xmlUrl="https://a.example/?x=1&y=2"></body>',
    b"<opml><outline TITLE='A' XMLURL='https://a.example/?x=1&amp;y=2'/></opml>",
    b"\xff\xfe" + '<opml><outline text="A" xmlUrl="https://a.example/?x=1&y=2"/></opml>'.encode("utf-16-le"),
    b'<opml><outline text="A > B"\n  xmlUrl = "https://a.example/?x=1&y=2" htmlUrl="https://a.example/"/>',
    '<?xml version="1.0" encoding="windows-1251"?><opml><outline text="Новости" xmlUrl="https://a.example/?x=1&y=2"/>'.encode(
        "cp1251"
    ),
]


@pytest.mark.parametrize("body", NOT_WELL_FORMED)
def test_lists_that_are_not_well_formed(body: bytes) -> None:
    (feed,) = opml.read(body).feeds
    assert feed.url == "https://a.example/?x=1&y=2"
    assert feed.outlet


def test_what_we_would_not_ask_is_left_out_and_doubles_are_one() -> None:
    urls = [
        "https://a.example/f",
        "http://www.a.example/f/",
        "file:///etc/passwd",
        "https://u:p@b.example/",
        "",
        "ftp://c.example/?key=SECRET",
    ]
    body = "<opml>" + "".join(f'<outline text="Same name" xmlUrl="{url}"/>' for url in [*urls, "https://d.example/f"])
    found = opml.read(body.encode())
    assert [(f.key, f.url) for f in found.feeds] == [
        ("same-name", "https://a.example/f"),
        ("same-name-2", "https://d.example/f"),
    ]
    assert found.refused == (
        "'file:///etc/passwd': only http and https are read, not file",
        "'https://b.example/': address with credentials; remove them",
        "'ftp://c.example/': only http and https are read, not ftp",
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [("feed://a.example/f", "http://a.example/f"), ("feed:https://a.example/f", "https://a.example/f")],
)
def test_the_scheme_that_some_readers_export_is_read(written: str, read: str) -> None:
    (feed,) = opml.read(f'<opml><outline xmlUrl="{written}"/></opml>'.encode()).feeds
    assert feed.url == read


def test_keys_that_are_taken_are_passed_over() -> None:
    body = b'<opml><outline text="News" xmlUrl="https://a.example/"/></opml>'
    assert [feed.key for feed in opml.read(body, ["news", "news-2"]).feeds] == ["news-3"]


def test_a_key_keeps_the_letters_of_its_name_without_their_accents() -> None:
    assert opml.free_key("El País América", ()) == "el-pais-america"


def test_outlines_in_comments_and_folders_without_address() -> None:
    body = b'<opml><!-- <outline xmlUrl="https://a.example/"/> --><outline text="Folder"><outline xmlUrl="https://b.example/"/></outline>'
    assert [feed.url for feed in opml.read(body).feeds] == ["https://b.example/"]


def test_folders_within_folders_and_categories_are_read_through() -> None:
    body = b"""<opml version="2.0"><head><title>Mine</title></head><body><outline text="World" category="/World">
        <outline text="Oceania"><outline type="rss" text="A" category="/World/Oceania,fiji" xmlUrl="https://a.example/"/>
        <outline text="Islands"><outline text="B" xmlUrl="https://b.example/"></outline></outline></outline></outline>
        <outline text="C" xmlUrl="https://c.example/"/></body></opml>"""
    assert [feed.outlet for feed in opml.read(body).feeds] == ["A", "B", "C"]


CODES = [
    # what a file says, country and language that are taken
    ('language="en-US" pactwatch:country="fj"', "FJ", "en-US"),
    ('language="EN_us"', "", "en-us"),
    ('language="English" pactwatch:country="Fiji"', "", ""),
    ('country="FJ" key="x" official="FJ"', "", ""),
]


@pytest.mark.parametrize(("attributes", "country", "lang"), CODES)
def test_codes_that_are_none_are_left_empty(attributes: str, country: str, lang: str) -> None:
    (feed,) = opml.read(f'<opml><outline text="A" xmlUrl="https://a.example/" {attributes}/></opml>'.encode()).feeds
    assert (feed.key, feed.country, feed.lang, feed.official) == ("a-example", country, lang, "")


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
FEEDS = st.builds(
    Feed,
    key=st.from_regex(r"[a-z0-9]{2}[a-z0-9]{0,20}", fullmatch=True),
    outlet=NAMES,
    url=st.builds("https://{}.example/?x=1&y={}".format, st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers()),
    country=st.sampled_from(["", "FJ", "EU", "XK"]),
    lang=st.sampled_from(["", "en", "pt-BR", "zh-Hant"]),
    kind=st.sampled_from(["daily", "official", "other"]),
    owner=st.one_of(st.just(""), NAMES),
    official=st.sampled_from(["", "FJ"]),
)
LISTED = st.lists(FEEDS, max_size=8, unique_by=(lambda feed: feed.key, lambda feed: feed.url))


@given(LISTED)
def test_any_list_is_exported_and_imported_as_it_was(feeds: list[Feed]) -> None:
    assert list(opml.read(opml.write(feeds)).feeds) == feeds
    again = opml.gather([("a", opml.write(feeds)), ("b", opml.write(feeds))], feeds)
    assert (again.fresh, list(again.known), again.refused) == ((), feeds, ())


def test_several_files_are_gathered_beside_what_is_declared() -> None:
    declared = [Feed("news", "Ours", "https://ours.example/f", "FJ", "en", enabled=False, off_because="dead")]
    one = b'<opml><outline text="News" xmlUrl="https://a.example/"/><outline text="O" xmlUrl="http://www.ours.example/f/"/></opml>'
    two = b'<opml><outline text="News" xmlUrl="https://b.example/"/><outline text="Again" xmlUrl="https://a.example"/></opml>'
    found = opml.gather([("one", one), ("two", two)], declared)
    assert [(feed.key, feed.url) for feed in found.fresh] == [
        ("news-2", "https://a.example/"),
        ("news-3", "https://b.example/"),
    ]
    assert found.known == tuple(declared)
    with pytest.raises(SeedError, match=r"three: this is no OPML.*nothing was added"):
        opml.gather([("one", one), ("three", b"{}")], declared)


REFUSED = [
    (b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><opml>&b;</opml>', "declares entities"),
    (b"<html><body>nothing</body></html>", "this is no OPML"),
    (b"", "this is no OPML"),
    (b"<opml>" + b" " * 10_000_001, "at most 10,000,000 are read"),
]


@pytest.mark.parametrize(("body", "said"), REFUSED)
def test_what_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(SeedError, match=said):
        opml.read(body)


@pytest.mark.parametrize(
    "bomb", [b"<outline " * 300_000, b"<!--" * 500_000, b"<outline x='" * 300_000, b'<outline a="' + b"x" * 3_000_000]
)
def test_bombs_end_soon(bomb: bytes) -> None:
    began = time.process_time()
    assert opml.read(b"<opml>" + bomb).feeds == ()
    assert time.process_time() - began < 3


@given(st.binary(max_size=300), st.text(max_size=100))
def test_any_bytes_are_a_list_or_an_error(noise: bytes, text: str) -> None:
    for body in (
        noise,
        b"<opml>" + noise,
        f'<opml><outline text="{text}" xmlUrl="https://a.example/"/>'.encode("utf-8", "replace"),
    ):
        try:
            feeds = opml.read(body).feeds
        except SeedError:
            continue
        assert all(feed.url and feed.key for feed in feeds)


@pytest.mark.skipif(not LISTS.is_dir(), reason="the shared lists are not beside this checkout")
def test_every_real_list_is_read_whole() -> None:
    for path in sorted((LISTS / "plenaryapp").glob("*.opml")):
        body = path.read_bytes()
        assert len(opml.read(body).feeds) == body.count(b"xmlUrl="), path.name
