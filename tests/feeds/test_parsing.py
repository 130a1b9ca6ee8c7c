"""Small feeds of every dialect, and the ways in which feeds are wrong."""

# ruff: noqa: E501 - feeds have long lines

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import parse
from seeds import Entry, Feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = Feed("one", "Outlet", "https://outlet.example/dir/feed.xml", "GB", "en")
MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)

WANTED = Entry(
    feed="one",
    title="Fiji & Tuvalu sign treaty",
    text="They signed it.",
    url="https://outlet.example/dir/1",
    guid="tag:1",
    published=MORNING,
    lang="en",
)

DIALECTS = {
    "rss": """<rss version="2.0"><channel><title>Outlet</title><item><title>Fiji &amp; Tuvalu sign treaty</title>
        <link>https://outlet.example/dir/1</link><guid isPermaLink="false">tag:1</guid>
        <pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate><description>&lt;p&gt;They signed it.&lt;/p&gt;</description>
        </item></channel></rss>""",
    "rdf": """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Outlet</title></channel>
        <item rdf:about="tag:1"><title>Fiji &amp; Tuvalu sign treaty</title><link>https://outlet.example/dir/1</link>
        <dc:date>2026-11-24T08:00:00Z</dc:date><description>They signed it.</description></item></rdf:RDF>""",
    "atom": """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://outlet.example/dir/"><title>Outlet</title>
        <entry><title type="html">Fiji &amp;amp; Tuvalu sign treaty</title><link rel="enclosure" href="x.mp3"/>
        <link href="1"/><id>tag:1</id><published>2026-11-24T09:00:00+01:00</published>
        <updated>2026-11-24T10:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
        <p>They <b>signed</b> it.</p></div></content></entry></feed>""",
    "atom 0.3": """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Outlet</title>
        <entry><title>Fiji &amp; Tuvalu sign treaty</title><link rel="alternate" href="https://outlet.example/dir/1"/>
        <id>tag:1</id><issued>2026-11-24T08:00:00Z</issued><content mode="escaped">They signed it.</content></entry></feed>""",
    "json": """{"version": "https://jsonfeed.org/version/1.1", "title": "Outlet", "items": [{"id": "tag:1",
        "url": "https://outlet.example/dir/1", "title": "Fiji & Tuvalu sign treaty", "content_html": "<p>They signed it.</p>",
        "date_published": "2026-11-24T08:00:00Z"}]}""",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_entry(dialect: str) -> None:
    parsed = parse(DIALECTS[dialect].encode(), FEED, now=NOW)
    assert (parsed.error, parsed.title, parsed.entries) == ("", "Outlet", (WANTED,))
    assert parsed.dialect == dialect.partition(" ")[0]


def test_json_with_bare_line_breaks_in_its_strings_is_read() -> None:
    body = b'\xef\xbb\xbf{"items": [{"id": 1, "title": "Fiji\nand Tuvalu", "content_text": "They\tsigned."}]}'
    assert [(e.title, e.text, e.guid) for e in parse(body, FEED).entries] == [("Fiji and Tuvalu", "They signed.", "1")]


def test_a_news_sitemap_is_a_feed_and_an_index_offers_them() -> None:
    news = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://outlet.example/dir/1</loc><news:news>
        <news:publication><news:name>Outlet</news:name><news:language>en</news:language></news:publication>
        <news:publication_date>2026-11-24T08:00:00Z</news:publication_date><news:title>Fiji &amp; Tuvalu sign treaty</news:title>
        </news:news></url><url><loc>https://outlet.example/about</loc></url></urlset>"""
    (entry,) = parse(news.encode(), FEED, now=NOW).entries
    assert (entry.title, entry.url, entry.published, entry.lang) == (WANTED.title, WANTED.url, MORNING, "en")
    index = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/news.xml</loc></sitemap>
        </sitemapindex>"""
    parsed = parse(index.encode(), FEED)
    assert (parsed.error, parsed.offers) == ("NotAFeed", ("https://outlet.example/news.xml",))


def rss(*items: str, head: str = "") -> bytes:
    return f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def titles(body: bytes) -> list[str]:
    return [entry.title for entry in parse(body, FEED, now=NOW).entries]


BROKEN = [
    ("bad character references", rss("<item><title>A&#x110000;&#xD800;&#0; B</title></item>"), ["A B"]),
    ("halves of a pair", rss("<item><title>&#xD83D;&#xDE00; &#55357;&#56832;</title></item>"), ["😀 😀"]),
    ("bare ampersands", rss("<item><title>A & B &c</title><link>https://o.example/?a=1&b=2</link></item>"), ["A & B &c"]),
    ("HTML's entities", rss("<item><title>caf&eacute;&nbsp;&hellip;</title></item>"), ["café …"]),
    ("controls and NUL", rss("<item><title>A\x00\x0b\x1f B</title></item>"), ["A B"]),
    ("an undeclared prefix", rss("<item><title>A</title><media:x>1</media:x></item>"), ["A"]),
    ("everything with an undeclared prefix", b"<rss rss:version=2.0><rss:channel><rss:item><rss:title>A</rss:title></rss:item></rss:channel></rss>", ["A"]),
    ("nested items", rss("<item><title>A</title><item><title>inside</title></item></item>", "<item><title>B</title></item>"), ["A", "B"]),
    ("junk before the declaration", b"\n\n<!-- x --><?xml version='1.0'?>" + rss("<item><title>A</title></item>"), ["A"]),
    ("text before it", b"Warning: PHP\n<?xml version='1.0'?>" + rss("<item><title>A</title></item>"), ["A"]),
    ("junk after the end", rss("<item><title>A</title></item>") + b"<script>x</script>", ["A"]),
    ("wrong end tags", rss("<item><title>A</titel></item><item><title>B</title></item>"), None),
    ("a feed within a page", b"<!DOCTYPE html><html><body>" + rss("<item><title>A</title></item>") + b"</body></html>", ["A"]),
    ("an external document type", b"<!DOCTYPE rss PUBLIC 'x' 'http://127.0.0.1:9/x.dtd'>" + rss("<item><title>A</title></item>"), ["A"]),
    ("items outside the channel", b"<rss><channel><title>x</title></channel><item><title>A</title></item></rss>", ["A"]),
    ("mark-up that was not escaped", rss("<item><title>A <b>B</b> C</title></item>"), ["A B C"]),
    ("two titles, the first empty", rss("<item><title/><title>A</title></item>"), ["A"]),
    ("upper-case elements", b"<RSS><CHANNEL><ITEM><TITLE>A</TITLE></ITEM></CHANNEL></RSS>", ["A"]),
    ("items in an odd place", b"<rss version='2.0'><channel><items><item><title>A</title></item></items></channel></rss>", ["A"]),
    ("CDF", b"<CHANNEL HREF='https://o.example/'><ITEM HREF='https://o.example/1'><TITLE>A</TITLE></ITEM></CHANNEL>", ["A"]),
    ("elements in mixed case", b"<rss><channel><item><TiTlE>A</TiTlE></item></channel></rss>", ["A"]),
    ("half a character in an attribute", rss("<item><title>A</title><guid isPermaLink='<![CDATA[&#xD800;]]>'>1</guid></item>"), ["A"]),
    ("CDATA with an entity", rss("<item><title><![CDATA[A &amp; B]]></title></item>"), ["A & B"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "body", "expected"), BROKEN, ids=[row[0] for row in BROKEN])
def test_broken_feeds_are_mended(what: str, body: bytes, expected: list[str] | None) -> None:
    found = titles(body)
    assert found == expected if expected is not None else "B" in " ".join(found)


def test_bodies_in_base64_and_in_xhtml_are_read() -> None:
    coded = "RXhhbXBsZSA8Yj5BdG9tPC9iPg=="
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="application/octet-stream">{coded}</title>'
        '<content type="text/plain">A &lt; B</content></entry></feed>'
    )
    old = f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="base64">{coded}</title></entry></feed>'
    assert titles(atom.encode()) == titles(old.encode()) == ["Example Atom"]
    body = rss(
        "<item><title>T</title><body xmlns='http://www.w3.org/1999/xhtml'><p>They <b>signed</b>.</p></body></item>"
    )
    assert parse(body, FEED).entries[0].text == "They signed."


def test_a_document_type_within_the_text_is_text() -> None:
    assert titles(rss("<item><title>T</title><description><![CDATA[ <!DOCTYPE ]]></description></item>")) == ["T"]


LINKS = [
    ("<link>/news/1</link>", "https://outlet.example/news/1"),
    ("<link>2?x=1</link>", "https://outlet.example/dir/2?x=1"),
    ("<link>//cdn.example/3</link>", "https://cdn.example/3"),
    ("<link>\n https://a.example/x \n</link>", "https://a.example/x"),
    ("<link>https://user:CANARY@a.example/x</link>", "https://a.example/x"),
    ("<link>javascript:alert(1)</link>", ""),
    ("<link>data:text/html,x</link>", ""),
    ("<link>file:///etc/passwd</link>", ""),
    ("<link>http://[broken</link>", ""),
    ("<link>" + "https://a.example/" + "x" * 9000 + "</link>", ""),
    ("<guid>https://a.example/perma</guid>", "https://a.example/perma"),
    ("<guid isPermaLink='false'>https://a.example/perma</guid>", ""),
    ("<guid>not an address</guid>", ""),
    ("<atom:link href='https://a.example/atom'/>", "https://a.example/atom"),
    ("<link>https://a.example/a b</link>", "https://a.example/a%20b"),
    ("<link>HTTPS://A.Example/X</link>", "https://A.Example/X"),
]


@pytest.mark.parametrize(("inside", "url"), LINKS)
def test_links_are_absolute_or_none(inside: str, url: str) -> None:
    (entry,) = parse(rss(f"<item><title>T</title>{inside}</item>"), FEED).entries
    assert entry.url == url


NO_FEEDS = [
    (b"", "NotAFeed", "an empty answer"),
    (b"   \n", "NotAFeed", "an empty answer"),
    (b"<!DOCTYPE html><html><body>Log in</body></html>", "NotAFeed", "a web page, not a feed"),
    (b'{"a": 1}', "NotAFeed", "no JSON Feed, or one cut short"),
    (b"{", "NotAFeed", "no JSON Feed, or one cut short"),
    (b'{"a":' + b"[" * 100_000, "NotAFeed", "no JSON Feed, or one cut short"),
    (b'[{"id": 1, "title": {"rendered": "A"}}]', "NotAFeed", "no JSON Feed, or one cut short"),
    (
        b"<urlset><url><loc>https://outlet.example/about</loc></url></urlset>",
        "NotAFeed",
        "a sitemap that tells no titles",
    ),
    (b"just text", "NotAFeed", "no feed"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "NotAFeed", "no feed"),
    (b"%PDF-1.7 ...", "NotAFeed", "no feed"),
    (gzip.compress(b"<rss/>", mtime=0), "NotAFeed", "compressed bytes"),
    (b"/etc/hostname", "NotAFeed", "no feed"),
]


@pytest.mark.parametrize(("body", "error", "detail"), NO_FEEDS)
def test_what_is_no_feed_says_so(body: bytes, error: str, detail: str) -> None:
    parsed = parse(body, FEED)
    assert (parsed.error, parsed.entries) == (error, ())
    assert parsed.detail.startswith(detail)


def test_a_gzip_file_that_is_called_so_is_read() -> None:
    parsed = parse(gzip.compress(DIALECTS["rss"].encode()), FEED, "application/gzip", now=NOW)
    assert parsed.entries == (WANTED,)


def test_a_page_offers_its_feeds() -> None:
    page = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/rss">
        <link rel="alternate" type="application/atom+xml" href="https://outlet.example/atom"><link rel="stylesheet" href="x">
        <link rel="alternate" hreflang="fr" href="/fr"><link rel=alternate type=application/rss+xml href="javascript:x">
        <link rel="alternate" type="application/rss+xml" href="/rss"></head></html>"""
    assert parse(page, FEED).offers == ("https://outlet.example/rss", "https://outlet.example/atom")


CUT = rss(
    "<item><title>A</title><link>https://o.example/1</link><description>whole</description></item>",
    "<item><title>B</title><link>https://o.example/2</link><description>cut in the mid",
)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (CUT.index(b"cut in"), ["A", "B"]),
        (CUT.index(b"B</title>") + 1, ["A"]),
        (CUT.index(b"<item><title>B"), ["A"]),
        (CUT.index(b"whole"), ["A"]),
    ],
)
def test_a_feed_that_ends_in_its_middle_keeps_what_is_whole(end: int, expected: list[str]) -> None:
    parsed = parse(CUT[:end], FEED)
    assert parsed.error == "Truncated"
    assert [entry.title for entry in parsed.entries] == expected


def test_the_fullest_body_is_taken() -> None:
    item = """<item xmlns:content="http://purl.org/rss/1.0/modules/content/"><title>T</title><description>Short.</description>
        <content:encoded><![CDATA[<p>Long text of the article.</p><script>x</script>]]></content:encoded></item>"""
    image = """<item xmlns:content="http://purl.org/rss/1.0/modules/content/"><title>T</title>
        <description>A sentence.</description><content:encoded>&lt;img src="x"&gt;</content:encoded></item>"""
    texts = [entry.text for entry in parse(rss(item, image), FEED).entries]
    assert texts == ["Long text of the article.", "A sentence."]


def test_what_the_feed_says_of_itself() -> None:
    head = "<title>The &lt;b&gt;Outlet&lt;/b&gt;</title><link>/</link><language>en_GB</language><ttl>30</ttl>"
    parsed = parse(rss(head=head), FEED)
    assert (parsed.title, parsed.home, parsed.lang, parsed.ttl) == (
        "The Outlet",
        "https://outlet.example/",
        "en-gb",
        1800.0,
    )
    odd = parse(rss(head="<ttl>-5</ttl><language>tlh Klingon (Qo'noS)</language>"), FEED)
    assert (odd.ttl, odd.lang) == (None, "")


def test_an_entrys_language_is_its_own_then_the_declared_then_the_feeds() -> None:
    body = rss(
        "<item xml:lang='sw'><title>A</title></item>", "<item><title>B</title></item>", head="<language>fr</language>"
    )
    assert [entry.lang for entry in parse(body, FEED).entries] == ["sw", "en"]
    unknown = Feed("x", "o", FEED.url, "", "")
    assert [entry.lang for entry in parse(body, unknown).entries] == ["sw", "fr"]


@settings(max_examples=200)
@given(st.binary(max_size=400), st.sampled_from(sorted(DIALECTS)), st.integers(0, 500), st.integers(0, 60))
def test_nothing_that_a_publisher_sends_raises(noise: bytes, dialect: str, at: int, gone: int) -> None:
    body = DIALECTS[dialect].encode()
    at = min(at, len(body))
    for mutated in (noise, body[:at] + noise + body[at + gone :]):
        for entry in parse(mutated, FEED, now=NOW).entries:
            (entry.title + entry.text + entry.url + entry.guid).encode("utf-8")
            assert "\x00" not in entry.title + entry.text
            assert entry.url == "" or entry.url.startswith(("http://", "https://"))
            assert len(entry.title) <= 1000


MISSPELT = rss(
    "<item><title>Q&A</title><link>https://o.example/?a=1&amp;b=2&c=3</link><guid>https://o.example/?x=1&amp;b=2</guid></itm>"
)


def test_references_in_a_feed_that_is_not_well_formed_are_read_once() -> None:
    """A guid that keeps its `&amp;` names another item as soon as the feed is well-formed again."""
    (entry,) = parse(MISSPELT, FEED).entries
    assert (entry.title, entry.url, entry.guid) == (
        "Q&A",
        "https://o.example/?a=1&b=2&c=3",
        "https://o.example/?x=1&b=2",
    )


COUNTED = """xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" """
ORIGINAL = "<feedburner:origLink>https://outlet.example/dir/1</feedburner:origLink>"
BURNT = {
    "rss": f"""<rss version="2.0" {COUNTED}><channel><item><title>A</title><link>https://count.example/~r/1</link>{ORIGINAL}
        </item></channel></rss>""",
    "atom": f"""<feed xmlns="http://www.w3.org/2005/Atom" {COUNTED}><entry><title>A</title><id>1</id>
        <link href="https://count.example/~r/1"/>{ORIGINAL}</entry></feed>""",
    "not well-formed": f"""<rss version="2.0" {COUNTED}><channel><item><title>A</title><link>https://count.example/~r/1</link>
        {ORIGINAL}</itm></channel></rss>""",
}


@pytest.mark.parametrize("form", BURNT)
def test_the_articles_own_address_comes_before_a_counters(form: str) -> None:
    assert [entry.url for entry in parse(BURNT[form].encode(), FEED).entries] == ["https://outlet.example/dir/1"]


def test_what_stands_in_a_group_of_media_is_read() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><entry><id>1</id>
        <title>Signing ceremony</title><media:group><media:title>Other</media:title>
        <media:description>The ministers signed.</media:description></media:group></entry></feed>"""
    (entry,) = parse(body.encode(), FEED).entries
    assert (entry.title, entry.text) == ("Signing ceremony", "The ministers signed.")


def test_idle_hours_and_days_are_read() -> None:
    head = """<ttl>60</ttl><skipHours><hour>0</hour><hour>24</hour><hour>5</hour><hour>99</hour><hour>x</hour></skipHours>
        <skipDays><day>Saturday</day><day>sunday</day><day>Someday</day></skipDays>"""
    parsed = parse(rss("<item><title>A</title></item>", head=head), FEED)
    assert (parsed.ttl, parsed.skip_hours, parsed.skip_days) == (3600.0, (0, 5), (5, 6))


def test_offers_are_joined_with_the_base_of_the_page() -> None:
    page = (
        b"<html><head><base href='https://b.example/x/'><link rel=alternate type='text/rss' href='rss'></head></html>"
    )
    assert parse(page, FEED).offers == ("https://b.example/x/rss",)
