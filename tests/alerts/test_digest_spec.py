"""The checkable requirements of a digest (parts A and B of the reader's specification), by their numbers."""

import itertools
import re
import textwrap
import time
from dataclasses import replace
from datetime import UTC, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from mail_records import COVERAGE, DESK, NOW, READER, WEEK, WEEKLY, first_issue, lithium, many, news, power_line, weekly

from alerts import lists
from alerts.choose import choose
from alerts.columns import width
from alerts.compose import News, Window, compose
from alerts.desk import Desk
from alerts.digest import Digest
from alerts.render import BUDGET, _page, _piece, render
from alerts.subscription import Subscription
from storage.outbox import Told
from storage.records import Agreement

ALL = Subscription(name="all", address="mailto:j.moreau@example.org", rhythm="weekly")


class Page(HTMLParser):
    """Tags in order, links and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._hidden += tag in ("style", "title", "head")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def links(self) -> list[str]:
        return [attrs["href"] for tag, attrs in self.tags if tag == "a"]


def digest_of(records: list[Agreement], desk: Desk = DESK, told: dict[str, Told] | None = None) -> Digest:
    chosen = choose(ALL, records, told or {}, WEEK)
    window = Window(WEEK, NOW, "2026-11-23")
    return compose(ALL, chosen, news=News(coverage=COVERAGE), window=window, desk=desk, recipient=READER)


MESSAGE = render(weekly(), DESK)
PAGE = Page(MESSAGE.html)
TEXT = MESSAGE.text


@pytest.mark.parametrize("count", [1, 2, 3, 20, 500])
def test_01_the_subject_says_how_many_and_who(count: int) -> None:
    subject = digest_of(many(count)).subject
    assert len(subject) <= 70
    assert subject.startswith(f"{count:,} agreement{'s' if count > 1 else ''}: ")
    assert "–" in subject


def test_02_the_answer_comes_first() -> None:
    assert PAGE.text.startswith("3 signed, 1 in force, 1 ended")
    assert " ".join(TEXT.split()).startswith("3 SIGNED, 1 IN FORCE, 1 ENDED")
    assert "display:none" not in MESSAGE.html.replace(" ", "")


def test_03_each_agreement_shows_all_of_it() -> None:
    for item in weekly().items:
        for shown in (item.codes, item.title, item.word, item.mark, item.when, item.what, item.reason):
            assert " ".join(shown.split()) in " ".join(TEXT.split())
            assert shown in PAGE.text.replace("\xa0", " ")
        assert f"Confidence {item.confidence}, {item.sure}" in PAGE.text
        assert item.url in PAGE.links()
        assert item.names or all(part in item.title for part in item.title.split(" and "))


def test_03_names_stand_beside_the_codes_where_the_title_lacks_them() -> None:
    (item,) = digest_of([replace(lithium(), title="Lithium memorandum")]).items
    assert item.names == "Chile – Japan"


def test_04_one_sentence_from_an_official_source_character_for_character() -> None:
    for item, record in zip(weekly().items, (news().agreements), strict=False):
        evidence = record.evidence
        assert evidence is not None
        assert evidence.evidence is not None
        assert item.quote is not None
        assert item.quote.sentence == evidence.evidence.sentence
        assert item.quote.source.official is any(r.official for r in record.reports)
    assert MESSAGE.html.count("border-left:3px") + MESSAGE.html.count("border-right:3px") == len(weekly().items)
    assert "translation" not in PAGE.text


def test_06_sources_are_at_most_four_official_first_by_their_own_addresses() -> None:
    item = weekly().items[0]
    assert item.quote is not None
    named = [item.quote.source, *item.sources]
    assert len(named) == 4
    assert [source.official for source in named] == [True, True, False, False]
    assert item.more is not None
    assert (item.more.text, item.more.url) == ("1 more", "https://pactwatch.example/a/ae-ke-2026-11/#reports")
    assert all(source.url in PAGE.links() for source in named)
    assert "Swahili" not in PAGE.text
    assert "(sw, official)" in PAGE.text


def test_07_the_order_does_not_depend_on_the_input() -> None:
    records = many(40)
    assert render(digest_of(records), DESK) == render(digest_of(records[::-1]), DESK)
    shown = [float(item.confidence) for item in digest_of(records).items]
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize("count", [60, 120, 500, 5_000])
def test_08_and_16_the_index_is_whole_and_the_mail_is_not_cut(count: int) -> None:
    digest = digest_of(many(count))
    message = render(digest, DESK)
    assert len(message.html.encode()) <= BUDGET
    page = Page(message.html)
    rows = sum(tag == "tr" for tag, _ in page.tags) - 1
    if count <= 60:
        assert rows >= count
    else:
        assert f"of {count:,} agreements are listed here" in page.text
    assert "in the browser" in page.text
    in_text = len(re.findall(r"^● Signed {4}", message.text, re.MULTILINE))
    assert in_text == min(count, 1_000)
    assert len(digest.tellings) == count, "what is counted is told"


def test_09_sections_without_entries_are_left_out() -> None:
    assert [listing.title for listing in weekly().listings] == [
        "Coming signings (3)", "Signed long ago, not in force (1)", "Corrections to earlier issues (2)",
        "Feeds that need a look (3)",
    ]  # fmt: skip
    assert first_issue().listings == ()
    assert "Coming" not in render(first_issue(), Desk()).html


def test_10_a_withdrawal_stands_in_the_first_paragraph_and_sends_a_digest_by_itself() -> None:
    assert weekly().lead.startswith("1 earlier report is withdrawn (OM–TZ)")
    told = {"om-tz-2026-11": Told("om-tz-2026-11", "signed", "signed|11 Nov 2026|OM–TZ", "delivered", "<a@b>", "x")}
    known = [a for a in news().agreements if a.rejected]
    digest = digest_of(known, told=told)
    assert digest.kind == "digest"
    assert digest.subject == "1 correction: Oman–Tanzania gas pipeline, withdrawn"
    assert digest.items == ()


def test_11_and_12_coverage_and_why() -> None:
    assert "61 of 64 feeds were read: 18,240 entries, 412 about two countries, 9 agreements, 5 of them" in PAGE.text
    assert (
        "You follow “Energy and minerals”: sectors energy and mining, any pair, stages signed, in force and ended, "
        "confidence 0.60 or more; every Monday at 06:00 UTC. You asked for it on 2 Sep 2026. "
        "It goes to j.moreau@example.org." in PAGE.text
    )
    assert [action.text for action in weekly().actions] == [
        "Change the filter", "Pause", "Unsubscribe", "All agreements as CSV",
    ]  # fmt: skip
    assert "run by Example Institute, 1 Sample Street, Geneva." in PAGE.text


def test_14_an_item_says_why_it_comes_back() -> None:
    record = power_line()
    told = {record.key: Told(record.key, "signed", "signed|19 Nov 2026|AE–KE", "uncertain", "<a@b>", "x")}
    (item,) = digest_of([record], told=told).items
    assert "uncertain whether our earlier mail on this arrived" in item.notes[0]
    assert "1 item may have reached you before" in digest_of([record], told=told).lead


def test_without_a_site_headlines_lead_to_the_first_source() -> None:
    desk = replace(DESK, site="")
    digest = weekly(desk=desk)
    assert digest.items[0].url == "https://mofa-ae.example/news/2026/11/19/kenya"
    message = render(digest, desk)
    assert "pactwatch.example/a/" not in message.html
    assert "CSV" not in message.html
    assert "calendar" not in message.html
    assert "List-Archive" not in message_from_bytes(message.eml, policy=policy.default)


def test_15_the_mail_reads_back_without_defects() -> None:
    mail = message_from_bytes(MESSAGE.eml, policy=policy.default)
    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]
    assert {p["Content-Transfer-Encoding"] for p in mail.iter_parts()} == {"quoted-printable"}  # type: ignore[attr-defined]
    assert not [d for part in mail.walk() for d in part.defects]
    head, _, body = MESSAGE.eml.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == MESSAGE.text  # type: ignore[attr-defined]
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n") == MESSAGE.html + "\n" * (  # type: ignore[attr-defined]
        not MESSAGE.html.endswith("\n")
    )


def test_17_styles_stand_in_the_head_and_are_small() -> None:
    head, _, body = MESSAGE.html.partition("</head>")
    assert "<style" in head
    assert "<style" not in body
    styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", head, re.DOTALL))
    assert 0 < len(styles.encode()) < 16_000
    assert "/*" not in styles


def test_18_nothing_that_asks_for_anything() -> None:
    tags = {tag for tag, _ in PAGE.tags}
    assert not tags & set("img svg script form input link iframe object video audio base".split())  # noqa: SIM905
    low = MESSAGE.html.lower()
    for word in ("url(", "@import", "var(--", "display:flex", "display:grid", "@font-face", "utm_", "http-equiv"):
        assert word not in low.replace(" ", "")


def test_19_tables_headings_language() -> None:
    for tag, attrs in PAGE.tags:
        if tag == "table":
            assert attrs.get("role") == "presentation" or attrs.get("class") == "t"
        if tag == "th":
            assert attrs["scope"] in ("row", "col")
    levels = [int(tag[1]) for tag, _ in PAGE.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    wrap = next(attrs for tag, attrs in PAGE.tags if tag == "div")
    assert (wrap["lang"], wrap["dir"]) == ("en", "ltr")


def test_20_quotes_carry_their_language_and_direction() -> None:
    quotes = [(attrs["lang"], attrs.get("dir")) for tag, attrs in PAGE.tags if tag == "p" and "lang" in attrs]
    assert quotes == [("ar", "rtl"), ("es", None), ("en", None), ("de", None), ("fi", None)]
    assert not any("dir" in attrs for tag, attrs in PAGE.tags if tag in ("td", "th", "table"))
    assert "bdi" not in {tag for tag, _ in PAGE.tags}


def test_21_no_text_is_below_13_px_and_body_text_at_least_15() -> None:
    sizes = {int(size) for size in re.findall(r"font-size:(\d+)px", MESSAGE.html)}
    assert min(sizes) >= 13
    assert sizes <= {13, 15, 17, 19, 24}
    wrap = next(attrs for tag, attrs in PAGE.tags if tag == "div")
    assert "font-size:15px" in wrap["style"]


def test_25_the_text_part_is_written() -> None:
    for line in TEXT.splitlines():
        assert width(line) <= 72 or re.fullmatch(r" *(https?|mailto):\S+", line), line
        assert "://" not in line or re.fullmatch(r" *https?://\S+", line), line
    links = [link for link in PAGE.links() if link.startswith("http")]
    in_text = re.findall(r"^ *(https?://\S+)$", TEXT, re.MULTILINE)
    assert set(in_text) == set(links)
    order = [item.title for item in weekly().items]
    places = [" ".join(TEXT.split()).index(title) for title in order]
    assert places == sorted(places)


def test_26_headers() -> None:
    mail = message_from_bytes(MESSAGE.eml, policy=policy.default)
    assert str(mail["From"]) == '"Pactwatch: Energy and minerals" <digest@pactwatch.example>'
    assert mail["To"] == "j.moreau@example.org"
    assert mail["Reply-To"] == "desk@pactwatch.example"
    assert mail["Date"].datetime == NOW
    assert mail["List-Id"] == "Energy and minerals <energy-and-minerals.pactwatch.example>"
    assert mail["List-Archive"] == "<https://pactwatch.example/>"
    assert re.fullmatch(r"<2026-11-23\.energy-and-minerals\.[0-9a-f]{12}@pactwatch\.example>", mail["Message-ID"])


def test_29_a_second_run_for_the_same_window_is_the_same_mail() -> None:
    assert render(weekly(), DESK).eml == MESSAGE.eml


def test_33_composing_costs_less_than_ten_times_the_plain_render() -> None:
    records = many(50)
    digest = digest_of(records)
    page = _page("digest.html.j2")
    full = frozenset(item.key for item in digest.items)
    context = {"d": digest, "full": full, "rows": digest.items, "left": "", "piece": _piece.__wrapped__}
    page.render(context)
    render(digest, DESK)

    def best(work: object) -> float:
        times = []
        for _ in range(7):
            began = time.process_time()
            work()  # type: ignore[operator]
            times.append(time.process_time() - began)
        return min(times)

    plain = best(lambda: page.render(context))
    whole = best(lambda: (_piece.cache_clear(), render(digest_of(records), DESK)))
    assert whole < 10 * plain + 0.05, (whole, plain)


def test_faults_of_feeds_are_told_once_and_only_when_they_persist() -> None:
    feeds = news().feeds
    until = NOW
    first = lists.troubled(feeds, until, {})
    assert [feed.key for feed in first] == ["om", "bo", "qz"]
    told = {t.key: Told(t.key, t.stage, t.mark, "delivered", "", "") for t in map(lists.feed_telling, first)}
    assert lists.troubled(feeds, until, told) == []
    young = tuple(replace(feed, since=until.astimezone(UTC) - timedelta(hours=30)) for feed in feeds)
    assert lists.troubled(young, until, {}) == []
    anew = (replace(feeds[0], since=NOW - timedelta(days=3)),)
    assert lists.troubled(anew, until, told) == list(anew)


def test_the_first_issue_tells_the_seed_article() -> None:
    message = render(first_issue(), Desk())
    text = " ".join(message.text.replace("> ", "").split())
    for words in (
        "1 SIGNED: KAZAKHSTAN–RWANDA", "Wed 28 May 2025, Astana", "ining, digital, agriculture, education, finance",
        "after signing multiple cooperation agreements spanning key sectors", "Wall Africa Journal",
    ):  # fmt: skip
        assert words in text
    assert "reply" not in text.lower()


def test_weekly_subscription_is_the_one_described() -> None:
    assert WEEKLY.rhythm == "weekly"
    assert textwrap.shorten(weekly().meta, 60) == "Energy and minerals, 16 to 23 Nov 2026"
