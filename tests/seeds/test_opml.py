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
    again = opml.read(opml.write(feeds))
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
    (feed,) = opml.read(body)
    assert feed.url == "https://a.example/?x=1&y=2"
    assert feed.outlet


def test_what_we_would_not_ask_is_left_out_and_doubles_are_one() -> None:
    urls = [
        "https://a.example/f",
        "http://www.a.example/f/",
        "file:///etc/passwd",
        "https://u:p@b.example/",
        "",
        "feed://c.example/",
    ]
    body = "<opml>" + "".join(f'<outline text="Same name" xmlUrl="{url}"/>' for url in [*urls, "https://d.example/f"])
    feeds = opml.read(body.encode())
    assert [(f.key, f.url) for f in feeds] == [
        ("same-name", "https://a.example/f"),
        ("same-name-2", "https://d.example/f"),
    ]


def test_keys_that_are_taken_are_passed_over() -> None:
    body = b'<opml><outline text="News" xmlUrl="https://a.example/"/></opml>'
    assert [feed.key for feed in opml.read(body, ["news", "news-2"])] == ["news-3"]


def test_a_key_keeps_the_letters_of_its_name_without_their_accents() -> None:
    assert opml.free_key("El País América", ()) == "el-pais-america"


def test_outlines_in_comments_and_folders_without_address() -> None:
    body = b'<opml><!-- <outline xmlUrl="https://a.example/"/> --><outline text="Folder"><outline xmlUrl="https://b.example/"/></outline>'
    assert [feed.url for feed in opml.read(body)] == ["https://b.example/"]


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
    assert opml.read(b"<opml>" + bomb) == []
    assert time.process_time() - began < 3


@given(st.binary(max_size=300), st.text(max_size=100))
def test_any_bytes_are_a_list_or_an_error(noise: bytes, text: str) -> None:
    for body in (
        noise,
        b"<opml>" + noise,
        f'<opml><outline text="{text}" xmlUrl="https://a.example/"/>'.encode("utf-8", "replace"),
    ):
        try:
            feeds = opml.read(body)
        except SeedError:
            continue
        assert all(feed.url and feed.key for feed in feeds)


@pytest.mark.skipif(not LISTS.is_dir(), reason="the shared lists are not beside this checkout")
def test_every_real_list_is_read_whole() -> None:
    for path in sorted((LISTS / "plenaryapp").glob("*.opml")):
        body = path.read_bytes()
        assert len(opml.read(body)) == body.count(b"xmlUrl="), path.name
