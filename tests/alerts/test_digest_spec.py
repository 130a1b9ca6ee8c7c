"""What a digest says: the requirements 1 to 14 of the reader's specification, by their numbers (docs/digests.md)."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, timedelta
from email import message_from_bytes, policy

import pytest
from mail_long import assorted, long
from mail_pages import ALL, Page, digest_of
from mail_records import (
    COVERAGE,
    DESK,
    NOW,
    READER,
    WEEK,
    WEEKLY,
    coming,
    first_issue,
    hydrogen,
    lithium,
    many,
    minerals,
    news,
    oil_stocks,
    power_line,
    weekly,
)  # fmt: skip
from markupsafe import escape
from site_records import at

from alerts import lists, opening, why
from alerts.choose import choose
from alerts.compose import News, Window, compose
from alerts.desk import Desk
from alerts.render import BUDGET, render
from alerts.subscription import Subscription
from classify.model import Stage
from storage.outbox import Told
from storage.records import Agreement, Change, Coverage

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
    assert PAGE.text.startswith("● 3 signed, ■ 1 in force, × 1 ended")
    assert " ".join(TEXT.split()).startswith("● 3 SIGNED, ■ 1 IN FORCE, × 1 ENDED")
    assert "display:none" not in MESSAGE.html.replace(" ", "")


def test_03_each_agreement_shows_all_of_it() -> None:
    for item in weekly().items:
        for shown in (item.codes, item.title, item.word, item.mark, item.when, item.what, item.reason):
            assert " ".join(shown.split()) in " ".join(TEXT.split())
            assert shown in PAGE.text.replace("\xa0", " ")
        assert f"Confidence {item.confidence}, {item.sure}" in PAGE.text
        assert item.url in PAGE.links()


def test_03_instrument_fields_and_place_stand_in_the_title_or_beside_it() -> None:
    records = {record.key: record for record in news().agreements}
    for item in weekly().items:
        record, told = records[item.key], f"{item.title} {item.when} {item.what}".casefold()
        assert all(field in told for field in record.sectors)
        assert record.place.casefold() in told
        assert all(paper.type in told for paper in record.papers)
    (item,) = digest_of(
        [replace(lithium(), title="Chile and Japan sign a memorandum on mining and trade in Santiago")]
    ).items
    assert (item.when, item.what) == ("Wed 18 Nov 2026", "Memorandum of understanding: lithium processing.")


@pytest.mark.parametrize(
    ("subject", "told"),
    [("lithium processing", "lithium processing"), ("the air services", "air services"), ("les services aériens", ""),
     ("swap em yuan", ""), ("'entente sur l'agriculture", ""), ("Mexico's National", ""), ("framework", ""),
     ("Fourteen", ""), ("significant", ""), ("renewable energy, to 2030", "renewable energy, to 2030")],
)  # fmt: skip
def test_03_a_fragment_is_no_subject(subject: str, told: str) -> None:
    (paper,) = lithium().papers
    (item,) = digest_of([replace(lithium(), title="t", papers=(replace(paper, subject=subject),))]).items
    assert item.short == f"Memorandum: {told or 'mining and trade'}"


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


def signed(count: int) -> list[Agreement]:
    """So many signings."""
    return [record for record in assorted(4 * count) if record.stage is Stage.SIGNED][:count]


def indexed(message_html: str) -> list[str]:
    """The index: what stands above the first section."""
    head = message_html[message_html.index('role="list"') : message_html.index("<h2")]
    return re.findall(r'aria-label="(Signed|In force|Ended|Planned)"', head)


@pytest.mark.parametrize("count", [2, 5, 8, 9, 12, 34, 40])
def test_08_the_index_names_every_agreement_with_its_stage(count: int) -> None:
    digest = long(count)
    message = render(digest, DESK)
    entries = [entry for group in digest.index for entry in group.entries]
    assert {entry.key for entry in entries} == {item.key for item in digest.items}
    stages = Counter(item.word for item in digest.items)
    if count <= 8:
        assert Counter(indexed(message.html)) == stages
    else:
        assert Counter({word: sum(g.count for g in digest.index if g.word == word) for word in stages}) == stages
        assert all(item.word == group.word for group in digest.index for entry in group.entries
                   for item in digest.items if item.key == entry.key)  # fmt: skip
        assert indexed(message.html) == [group.word for group in digest.index]
    assert all(entry.url in Page(message.html).links() for entry in entries)
    text = " ".join(message.text.partition("-" * 72)[0].split())
    shown = [f"{entry.mark} {entry.names}" if count <= 8 else entry.names for entry in entries]
    assert all(words in text for words in shown)
    lone = sum(record.outlets == 1 and not record.officials for record in assorted(count))
    assert sum(entry.is_lone for entry in entries) == lone
    assert lone == 0 or f"{lone} of {count} rest" in digest.lead


def test_08_a_long_index_is_by_stage_and_field_the_largest_first() -> None:
    groups = [(group.word, group.label, group.count) for group in long(34).index]
    assert groups[0] == ("Signed", "Energy", 9)
    signed = [size for word, label, size in groups if word == "Signed" and label != "Other fields"]
    assert signed == sorted(signed, reverse=True)
    assert [label for word, label, _ in groups if word != "Signed"] == ["In force", "Ended"]
    assert [count.first for count in long(8).counts if count.first] == []
    html = render(long(34), DESK).html
    assert all(f'href="#{count.first}"' in html and f'id="{count.first}"' in html for count in long(34).counts)
    assert long(8).index[0].label == ""
    assert long(8).index[0].entries[0].about
    assert long(1).index == ()


def test_11_without_a_feed_the_coverage_says_so() -> None:
    line = opening.coverage_line(Coverage(entries=3, bilateral=3, agreements=3), 2)
    assert line.startswith("No feed was read in this time: 3 entries, 3 about two countries, 3 agreements")


@pytest.mark.parametrize(("value", "word"), [(0.6951, "medium"), (0.694, "low"), (0.895, "high"), (0.894, "medium")])
def test_03_the_word_of_confidence_is_that_of_the_figure_in_print(value: float, word: str) -> None:
    (item,) = digest_of([replace(power_line(), confidence=value)]).items
    assert (item.confidence, item.sure) == (f"{value:.2f}", word)


def test_08_what_is_alone_in_its_field_stands_together() -> None:
    fields = [*["energy"] * 7, "health", "water"]
    records = [replace(record, sectors=(field,)) for record, field in zip(signed(9), fields, strict=True)]
    last = digest_of(records).index[-1]
    assert (last.label, {entry.about for entry in last.entries}) == ("Other fields", {"health", "water"})


def test_08_each_agreement_stands_under_the_field_that_most_of_them_have() -> None:
    fields = [
        ("agriculture", "trade"),
        ("trade",),
        ("culture", "health", "trade"),
        ("health",),
        ("health", "water"),
    ] * 2
    wide = ("culture", "health", "trade", "water")
    records = [replace(a, sectors=f) for a, f in zip(signed(12), [*fields, wide, wide], strict=True)]
    labels = {group.label: group.count for group in digest_of(records).index}
    assert labels == {"Health": 6, "Trade": 4, "Several fields": 2}


@pytest.mark.parametrize("count", [81, 120, 500])
def test_08_beyond_eighty_the_index_names_the_surest_and_leads_to_the_rest(count: int) -> None:
    digest = long(count)
    assert sum(len(group.entries) for group in digest.index) <= 90
    assert sum(group.count for group in digest.index) == count
    links = Page(render(digest, DESK).html).links()
    for group in digest.index:
        left = group.count - len(group.entries)
        assert (group.left.text, group.left.url) == (f"{left:,} more", "https://pactwatch.example/news/") if left else (
            group.left is None
        )  # fmt: skip
        assert not group.left or group.left.url in links
    order = [item.key for item in digest.items]
    for group in digest.index:
        places = [order.index(entry.key) for entry in group.entries]
        assert places == sorted(places)


@pytest.mark.parametrize("count", [60, 120, 500, 5_000])
def test_08_and_16_nothing_is_lost_and_the_mail_is_not_cut(count: int) -> None:
    digest = digest_of(many(count))
    message = render(digest, DESK)
    assert len(message.html.encode()) <= BUDGET
    page = Page(message.html)
    full = sum(tag == "h3" for tag, _ in page.tags)
    brief = sum(tag == "p" and "id" in attrs for tag, attrs in page.tags)
    assert full >= 35
    assert full == count or f"{full} of {count:,} are told in full, {brief} in a line each" in page.text
    assert full == count or "all are in the browser" in page.text
    assert message.text.count("\nConfidence ") == min(count, 400), "the text part tells all in full"
    in_text = len(re.findall(r"^● Signed  ", message.text, re.MULTILINE))
    assert in_text == min(count - min(count, 400), 1_000)
    assert len(digest.tellings) == count, "what is counted is told"


def test_09_sections_without_entries_are_left_out() -> None:
    assert [listing.title for listing in weekly().listings] == [
        "Coming signings (3)", "Signed 18 months ago, no later report found (1)", "Corrections to earlier issues (2)",
        "Feeds that need a look (2)",
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
    assert "61 of 64 feeds were read: 18,240 entries, 412 about two countries, 9 agreements new or " in PAGE.text
    assert "at another stage, 5 of them in your filter." in PAGE.text
    assert (
        "You follow “Energy and minerals”: sectors energy and mining, any pair, stages signed, in force and ended, "
        "confidence 0.60 or more; every Monday at 06:00 UTC. You asked for it on 2 Sep 2026. "
        "It goes to j.moreau@example.org." in PAGE.text
    )
    assert [action.text for action in weekly().actions] == [
        "Change the filter", "Pause", "Unsubscribe", "The whole archive as CSV", "Coming signings as a calendar",
    ]  # fmt: skip
    assert "run by Example Institute, 1 Sample Street, Geneva." in PAGE.text


def test_07_a_changed_stage_says_the_stage_before_and_since_when() -> None:
    stages = {item.key: item.before for item in weekly().items}
    assert stages == {
        "ae-ke-2026-11": "", "cl-jp-2026-11": "", "kz-rw-2026-11": "was ○ planned, first reported 2 Nov 2026",
        "de-kz-2025-03": "was ● signed 11 Mar 2025, 20 months ago",
        "ee-fi-2019-06": "was ■ in force since 1 Jan 2020, 6 years ago",
    }  # fmt: skip
    told = {"de-kz-2025-03": Told("de-kz-2025-03", "signed", "signed||DE–KZ", "delivered", "<a@b>", "x")}
    late = replace(hydrogen(), stages=hydrogen().stages[1:])
    (item,) = digest_of([late], told=told).items
    assert item.before == "was ● signed in an earlier issue"


def test_07_what_no_report_told_at_an_earlier_stage_stands_apart() -> None:
    late = [replace(record(), stages=record().stages[1:]) for record in (hydrogen, oil_stocks)]
    (part,) = digest_of(late).parts
    assert part.title == "First seen in force or ended"
    assert [item.before for item in part.items] == ["first seen in force", "first seen ended"]


def test_09_a_signing_that_is_news_is_not_listed_again_as_coming() -> None:
    wish = ALL.model_copy(update={"stages": (Stage.PLANNED,), "rhythm": "weekly"})
    records = [replace(record, changes=(Change(at("2026-11-18 10:00"), "new"),)) for record in coming()]
    chosen = choose(wish, records[:1], {}, WEEK)
    known, window = News((), tuple(records)), Window(WEEK, NOW, "x")
    digest = compose(wish, chosen, news=known, window=window, desk=DESK, recipient=READER)
    assert [part.title for part in digest.parts] == ["Newly announced"]
    assert [row.codes for row in digest.listings[0].rows] == ["EU–NA", "AZ–IT"]
    assert digest.lead == "1 more signing is announced, 1 overdue."


def test_02_a_single_outlet_is_told_in_the_first_paragraph() -> None:
    assert digest_of([minerals()]).lead.startswith("One outlet reports it, nobody has confirmed it yet.")
    assert weekly().lead == (
        "1 earlier report is withdrawn (OM–TZ). 1 of 5 rests on one outlet, marked “?”. "
        "2 more signings are announced, 1 overdue. 61 of 64 feeds were read, 2 need a look."
    )


def test_14_what_contradicts_it_is_told_in_a_line() -> None:
    claims = ("on 2026-11-19, says Lima Post", "planned, says 2026-99-99 Wire")
    (item,) = digest_of([replace(lithium(), disputed=claims)]).items
    assert item.notes == (
        "Date disputed: 18 Nov 2026 by 3 sources, 19 Nov 2026 by Lima Post.",
        "Disputed: planned, says 2026-99-99 Wire.",
    )


def test_12_groups_and_countries_stand_as_in_a_sentence() -> None:
    wish = Subscription(name="x", address="mailto:a@example.org", groups=["oceania", "GCC"], countries=["US"])
    assert "agreements of the United States, Oceania or the GCC" in why.filters(wish)


def test_12_the_ways_on_stand_in_the_first_lines_too() -> None:
    above = MESSAGE.html[: MESSAGE.html.index("<h2")]
    assert [link.text for link in weekly().top] == ["Browser", "Unsubscribe"]
    assert all(escape(link.url) in above for link in weekly().top)


def test_13_nothing_new_is_five_short_paragraphs() -> None:
    digest = compose(
        WEEKLY, (), news=News(coverage=COVERAGE), window=Window(WEEK, NOW, "x"), desk=DESK, recipient=READER
    )
    assert digest.subject == "Nothing new in Energy and minerals, 61 of 64 feeds read"
    assert (digest.head, digest.parts, digest.listings, digest.index) == ("Nothing new", (), (), ())
    said = render(digest, DESK).text.partition("Change the filter")[0].strip().split("\n\n")
    assert [paragraph.split()[0] for paragraph in said] == ["NOTHING", "61", "Energy", "You"]
    assert len(digest.foot) == 1


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
        "1 SIGNED: KAZAKHSTAN–RWANDA", "agreements in Astana", "Wed 28 May 2025",
        "ining, digital matters, agriculture, education, finance",
        "after signing multiple cooperation agreements spanning key sectors", "Wall Africa Journal",
    ):  # fmt: skip
        assert words in text
    assert "reply" not in text.lower()


def test_weekly_subscription_is_the_one_described() -> None:
    assert WEEKLY.rhythm == "weekly"
    assert weekly().meta == (
        "Energy and minerals, 16 to 23 Nov 2026. All fields: 5 agreements became known in 7 days, 37 in 11 weeks before"
    )


def test_09_what_waits_is_told_once_and_never_what_a_backfill_brought() -> None:
    (waits,) = news().idle
    due, day = NOW.date(), timedelta(days=1)
    assert lists.newly_idle([waits], due, {}) == [waits]
    assert lists.newly_idle([waits], due - 10 * day, {}) == [], "not yet due"
    assert lists.newly_idle([waits], due + 90 * day, {}) == [], "due long ago"
    silent = replace(waits, changes=tuple(replace(change, tell=False) for change in waits.changes))
    assert lists.newly_idle([silent], due, {}) == []
    (telling,) = [one for one in weekly().tellings if one.key.startswith("idle ")]
    for state, again in (("delivered", []), ("under_way", []), ("uncertain", [waits])):
        told = {telling.key: Told(telling.key, telling.stage, telling.mark, state, "", "")}
        assert lists.newly_idle([waits], due, told) == again


def test_16_what_changed_its_stage_is_told_in_full_before_what_is_only_signed() -> None:
    message = render(long(400), DESK)
    page = Page(message.html)
    full = {attrs["id"] for tag, attrs in page.tags if tag == "h3"}
    items = long(400).items
    cut = [item for item in items if item.key not in full]
    assert cut
    moved = [item for item in items if item.stage != "signed"]
    told = [item for item in moved if item.key in full]
    lowest = min(float(item.confidence) for item in told)
    assert not any(item.stage == "signed" and item.key in full for item in items) or len(told) == len(moved)
    assert all(float(item.confidence) <= lowest for item in moved if item.key not in full)
    brief = {attrs["id"] for tag, attrs in page.tags if tag == "p" and "id" in attrs}
    line = next(item for item in cut if item.key in brief and item.before)
    assert line.before in page.text.replace("\xa0", " "), "a line, too, says what it was before"


def test_03_a_place_stands_beside_the_signing_only() -> None:
    record = replace(hydrogen(), place="Astana")
    (item,) = digest_of([record]).items
    assert "Astana" not in item.when
    assert "signed 11 Mar 2025 in Astana, 20 months ago" in item.before


def test_06_reports_of_another_stage_are_no_proof_of_this_one() -> None:
    record = oil_stocks()
    earlier = replace(record.reports[1], item=99, stage=Stage.IN_FORCE, voice="Other", outlet="Other")
    (item,) = digest_of([replace(record, reports=(*record.reports, earlier), reason="one outlet reports it")]).items
    assert item.reason == "one outlet reports its end, 1 tells of its entry into force"
    assert [source.tags for source in item.sources] == ["et", "et, on its entry into force"]


def test_06_a_source_that_disputes_the_day_is_marked_and_counted_apart() -> None:
    record = power_line()
    voice = record.reports[2].voice
    (item,) = digest_of([replace(record, disputed=(f"on 2026-11-21, says {voice}",))]).items
    assert item.reason.endswith(", 1 tells otherwise")
    assert any(source.tells == "says 21 Nov 2026" for source in item.sources)


def test_10_silent_feeds_are_no_failure_and_stand_in_a_line() -> None:
    feeds = news().feeds
    listing = lists.feeds(
        [*feeds, *(replace(feeds[0], key=f"q{n}", outlet=f"Quiet {n}") for n in range(9))], NOW.date(), DESK
    )
    assert listing
    assert len(listing.rows) == 2
    assert listing.before == (
        "10 feeds brought nothing new of late: Muscat Economic Daily, Quiet 0, Quiet 1 and 7 more."
    )
    broken = [replace(feeds[1], key=f"b{n}") for n in range(12)]
    cut = lists.feeds(broken, NOW.date(), DESK)
    assert cut
    assert cut.left
    assert (len(cut.rows), cut.left.text, cut.left.url) == (5, "and 7 more", "https://pactwatch.example/feeds/")
    assert len(lists.told_feeds(broken)) == 5, "the others are told next time"


@pytest.mark.parametrize(("detail", "told"), [
    ("NotAFeed: can't be read (AttributeError)", "can't be read"), ("not a feed: NotAFeed: a web page", "a web page"),
    ("not found (404) at every poll", "not found (404) at every poll"), ("TooSlow: 30 s", "30 s"),
])  # fmt: skip
def test_10_names_of_the_program_are_not_told(detail: str, told: str) -> None:
    assert lists.plain(detail) == told


def test_18_a_field_has_one_name_and_is_not_told_twice() -> None:
    title = "Chile and Japan sign a treaty on diplomatic matters"
    record = replace(lithium(), title=title, sectors=("diplomacy", "digital"), papers=())
    (item,) = digest_of([record]).items
    assert item.what == "Digital matters."
    swap = replace(record, title="Chile and Japan sign a currency swap", sectors=("finance",))
    assert digest_of([swap]).items[0].what == ""
