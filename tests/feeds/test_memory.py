"""What is remembered after a poll: states, waits, addresses; pure, so the clock is a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds import Parsed, Remembered, Rules, errors, memory
from feeds.headers import max_age, retry_after, validator
from feeds.memory import Told
from seeds import Entry, Feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = Rules()
FEED = Feed("one", "Outlet", "https://news.outlet.example/feed", "GB", "en")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def entry(n: int, site: str = "outlet.example", when: datetime | None = NOW) -> Entry:
    return Entry(feed="one", title=f"Title {n}", url=f"https://{site}/{n}", guid=str(n), published=when)


def parsed(*numbers: int, site: str = "outlet.example", title: str = "Outlet", lang: str = "en") -> Parsed:
    entries = tuple(entry(n, site) for n in numbers)
    return Parsed(entries=entries, dialect="rss", title=title, lang=lang)


def first_read() -> Remembered:
    told = Told(etag='"1"', modified="Tue", body_hash="b1")
    return memory.read(memory.start(FEED, None), told, parsed(1, 2, 3), RULES, NOW)


def test_a_feed_that_is_read_is_fine() -> None:
    after = first_read()
    assert (after.state, after.since, after.failures, after.entries) == ("fine", NOW, 0, 3)
    assert (after.etag, after.modified, after.body_hash) == ('"1"', "Tue", "b1")
    assert (after.last_ok, after.last_new, after.next_poll) == (NOW, NOW, NOW + RULES.min_poll)
    assert (after.title, after.site, after.lang) == ("Outlet", "outlet.example", "en")


def test_a_feed_that_tells_nothing_new_for_weeks_is_quiet_and_wakes_again() -> None:
    later = NOW + timedelta(days=31)
    quiet = memory.unchanged(first_read(), Told(), RULES, later)
    assert (quiet.state, quiet.since, quiet.detail) == ("quiet", later, "nothing new since 2026-11-24")
    assert quiet.etag == '"1"'
    same = memory.read(quiet, Told(body_hash="b2"), parsed(3, 2, 1), RULES, later + HOUR)
    assert same.state == "quiet"
    awake = memory.read(quiet, Told(body_hash="b3"), parsed(4, 3, 2), RULES, later + HOUR)
    assert (awake.state, awake.last_new) == ("fine", later + HOUR)


def test_a_feed_without_any_date_is_undated() -> None:
    undated = Parsed(entries=(entry(1, when=None),), undated=1)
    after = memory.read(memory.start(FEED, None), Told(), undated, RULES, NOW)
    assert after.state == "undated"
    assert memory.unchanged(after, Told(), RULES, NOW + HOUR).state == "undated"


FAILURES = [
    (errors.TooSlow("slow"), "failing"),
    (errors.Failing("500"), "failing"),
    (errors.Missing("404"), "failing"),
    (errors.NotAFeed("a page"), "not a feed"),
    (errors.Moved("elsewhere", to="https://other.example/f"), "moved"),
    (errors.Gone("410"), "failing"),
]


@pytest.mark.parametrize(("error", "state"), FAILURES, ids=[type(row[0]).__name__ for row in FAILURES])
def test_failures_are_counted_and_named(error: errors.FeedError, state: str) -> None:
    was = first_read()
    after = memory.failed(was, error, RULES, NOW + HOUR, 0.5)
    assert (after.state, after.failures, after.failing_since, after.since) == (state, 1, NOW + HOUR, NOW + HOUR)
    assert after.detail == error.detail
    assert (after.etag, after.body_hash, after.last_ok, after.seen) == (was.etag, was.body_hash, was.last_ok, was.seen)
    again = memory.failed(after, error, RULES, NOW + 2 * HOUR, 0.5)
    assert (again.failures, again.failing_since, again.since) == (2, NOW + HOUR, NOW + HOUR)
    assert memory.unchanged(again, Told(), RULES, NOW + 3 * HOUR).failures == 0


def test_waiting_doubles_up_to_a_day_and_never_ends() -> None:
    was, waits = first_read(), []
    for n in range(2000):
        was = memory.failed(was, errors.TooSlow("slow"), RULES, NOW, 0.5)
        assert was.next_poll is not None
        waits.append(was.next_poll - NOW)
        assert n < 20 or waits[-1] == DAY
    assert waits[:4] == [timedelta(minutes=m) for m in (5, 10, 20, 40)]


def test_jitter_spreads_feeds_that_failed_together() -> None:
    waits = [memory.failed(first_read(), errors.TooSlow(""), RULES, NOW, j).next_poll for j in (0.0, 0.5, 1.0)]
    assert len(set(waits)) == 3
    assert waits == sorted(waits, key=str)


RETRY = [
    # header, seconds that are waited (None: our own doubling)
    ("60", 300.0),
    ("3600", 3600.0),
    ("86400", 86400.0),
    ("Tue, 24 Nov 2026 14:00:00 GMT", 7200.0),
    ("-1", None),
    ("315360000", None),
    ("soon", None),
    ("", None),
    ("9" * 400, None),
    ("Tue, 24 Nov 2020 14:00:00 GMT", None),
]


@pytest.mark.parametrize(("header", "seconds"), RETRY)
def test_retry_after_is_obeyed_between_nothing_and_a_day(header: str, seconds: float | None) -> None:
    error = errors.Blocked("429", retry_after=retry_after({"retry-after": header}, NOW))
    after = memory.failed(first_read(), error, RULES, NOW, 0.5)
    expected = timedelta(seconds=seconds) if seconds is not None else RULES.min_poll
    assert after.next_poll == NOW + expected


def test_410_twice_a_day_apart_is_gone_and_asked_weekly() -> None:
    once = memory.failed(first_read(), errors.Gone("410"), RULES, NOW, 0.5)
    assert (once.state, once.next_poll) == ("failing", NOW + DAY + timedelta(minutes=5))
    soon = memory.failed(once, errors.Gone("410"), RULES, NOW + HOUR, 0.5)
    assert soon.state == "failing"
    gone = memory.failed(soon, errors.Gone("410"), RULES, NOW + DAY, 0.5)
    assert (gone.state, gone.next_poll) == ("gone", NOW + 8 * DAY)
    between = memory.failed(once, errors.TooSlow(""), RULES, NOW + HOUR, 0.5)
    assert memory.failed(between, errors.Gone("410"), RULES, NOW + DAY, 0.5).state == "failing"
    assert memory.read(gone, Told(), parsed(9), RULES, NOW + 8 * DAY).state == "fine"


PERMANENT = [
    ("https://news.outlet.example/new", "https://news.outlet.example/new"),
    ("https://feeds.outlet.example/new", "https://feeds.outlet.example/new"),
    ("https://other.example/new", "https://news.outlet.example/feed"),
    ("", "https://news.outlet.example/feed"),
]


@pytest.mark.parametrize(("permanent", "asked_next"), PERMANENT)
def test_permanent_redirects_are_remembered_within_one_domain(permanent: str, asked_next: str) -> None:
    after = memory.read(memory.start(FEED, None), Told(permanent=permanent), parsed(1), RULES, NOW)
    assert after.url == asked_next


@pytest.mark.parametrize(
    ("error", "asked_next"),
    [(errors.Missing("404"), FEED.url), (errors.NoName("?"), FEED.url), (errors.TooSlow(""), FEED.url + "/new")],
)
def test_an_address_learnt_from_a_redirect_is_given_up_when_it_is_wrong(
    error: errors.FeedError, asked_next: str
) -> None:
    told = Told(permanent=FEED.url + "/new", etag='"1"', body_hash="b")
    learnt = memory.read(memory.start(FEED, None), told, parsed(1), RULES, NOW)
    after = memory.failed(learnt, error, RULES, NOW, 0.5)
    assert after.url == asked_next
    assert bool(after.etag) is (asked_next != FEED.url)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.outlet.co.uk/", "https://b.outlet.co.uk/", True),
        ("https://one.co.uk/", "https://other.co.uk/", False),
        ("https://a.github.io/", "https://b.github.io/", False),
        ("https://a.gov.in/", "https://b.gov.in/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.1:2/", True),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("", "", False),
    ],
)
def test_a_domain_is_what_can_be_registered(one: str, other: str, same: bool) -> None:
    assert memory.same_site(one, other) is same


def test_a_changed_declaration_forgets_the_server_and_keeps_the_items() -> None:
    was = memory.failed(first_read(), errors.Gone("410"), RULES, NOW, 0.5)
    moved = replace(FEED, url="https://outlet.example/new-feed")
    after = memory.start(moved, was)
    assert (after.url, after.declared) == (moved.url, moved.url)
    assert (after.etag, after.modified, after.body_hash, after.gone_since, after.failures) == ("", "", "", None, 0)
    assert (after.last_ok, after.seen) == (was.last_ok, was.seen)
    assert memory.start(FEED, was) == was


ANOTHER = [
    # what stands there now, whether it is another site's
    (parsed(9, 8, site="shoes.example", title="Shoes", lang="de"), True),
    (parsed(9, 8, site="shoes.example", title="Shoes", lang=""), True),
    (parsed(9, 8, site="shoes.example", title="Shoes"), False),
    (parsed(9, 8, site="shoes.example", lang="de"), False),
    (parsed(9, 8, title="Shoes", lang="de"), False),
    (parsed(3, 2, title="Shoes", lang="de"), False),
    (parsed(title="Shoes", lang="de"), False),
]


@pytest.mark.parametrize(("now", "another"), ANOTHER)
def test_a_feed_that_turned_into_another_sites_is_noticed(now: Parsed, another: bool) -> None:
    assert memory.is_another(first_read(), now) is another


def test_a_person_confirms_what_moved() -> None:
    moved = memory.failed(first_read(), errors.Moved("", to="https://other.example/f"), RULES, NOW, 0.5)
    assert moved.moved_to == "https://other.example/f"
    confirmed = memory.confirm(moved)
    assert (confirmed.url, confirmed.state, confirmed.next_poll) == ("https://other.example/f", "new", None)
    assert not memory.is_another(confirmed, parsed(9, site="other.example", title="X", lang="de"))


def test_a_confirmed_domain_is_home_from_then_on() -> None:
    moved = memory.failed(first_read(), errors.Moved("", to="https://other.example/f"), RULES, NOW, 0.5)
    confirmed = memory.confirm(moved)
    after = memory.read(confirmed, Told(permanent="https://www.other.example/g"), parsed(9), RULES, NOW)
    assert after.url == "https://www.other.example/g"


def test_who_is_due() -> None:
    waiting = first_read()
    feeds = [FEED, replace(FEED, key="two"), replace(FEED, key="off", enabled=False)]
    memories = {"one": waiting}
    assert [f.key for f in memory.due(feeds, memories, NOW)] == ["two"]
    assert [f.key for f in memory.due(feeds, memories, NOW + HOUR)] == ["one", "two"]
    mended = [replace(FEED, url="https://outlet.example/mended")]
    assert memory.due(mended, memories, NOW) == mended


CONTROL = [
    ("max-age=600", 600.0),
    ("public, MAX-AGE=60", 60.0),
    ("no-cache", 0.0),
    ("no-store, max-age=600", 0.0),
    ("private", None),
    ("max-age=x", None),
    ("", None),
]


@pytest.mark.parametrize(("header", "seconds"), CONTROL)
def test_cache_control(header: str, seconds: float | None) -> None:
    assert max_age({"cache-control": header}) == seconds


@pytest.mark.parametrize(
    ("told", "ttl", "minutes"),
    [(None, None, 5), (600.0, None, 10), (60.0, 1800.0, 30), (1e9, None, 60), (None, 1e9, 60)],
)
def test_the_next_poll_is_what_server_and_feed_wish_within_an_hour(
    told: float | None, ttl: float | None, minutes: int
) -> None:
    after = memory.read(memory.start(FEED, None), Told(max_age=told), replace(parsed(1), ttl=ttl), RULES, NOW)
    assert after.next_poll == NOW + timedelta(minutes=minutes)


IDLE = [
    # hours and days in which the feed says nothing (it is Tuesday noon), when it is asked again
    ((), (), timedelta(minutes=5)),
    ((13,), (), timedelta(minutes=5)),
    ((12,), (), HOUR),
    ((12, 13, 14), (), 3 * HOUR),
    ((), (1,), 12 * HOUR),
    ((), (1, 2, 3), DAY),
    (tuple(range(24)), (), DAY),
]


@pytest.mark.parametrize(("hours", "days", "wait"), IDLE)
def test_a_feed_is_left_alone_in_its_idle_hours_for_a_day_at_most(
    hours: tuple[int, ...], days: tuple[int, ...], wait: timedelta
) -> None:
    told = replace(parsed(1), skip_hours=hours, skip_days=days)
    after = memory.read(memory.start(FEED, None), Told(), told, RULES, NOW)
    assert after.next_poll == NOW + wait
    assert memory.unchanged(after, Told(), RULES, NOW).next_poll == after.next_poll


def test_what_the_feed_wished_holds_where_it_is_unchanged() -> None:
    read = memory.read(memory.start(FEED, None), Told(), replace(parsed(1), ttl=1800.0), RULES, NOW)
    assert memory.unchanged(read, Told(), RULES, NOW + HOUR).next_poll == NOW + HOUR + timedelta(minutes=30)


NOON, ONE = "Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 13:00:00 GMT"
EXPIRES = [
    ({"expires": ONE, "date": NOON}, 3600.0),
    ({"expires": NOON, "date": ONE}, 0.0),
    ({"expires": ONE, "date": NOON, "cache-control": "max-age=60"}, 60.0),
    ({"expires": ONE, "date": NOON, "cache-control": "no-cache"}, 0.0),
    ({"expires": ONE}, None),
    ({"expires": "0", "date": NOON}, None),
]


@pytest.mark.parametrize(("headers", "seconds"), EXPIRES)
def test_expires_counts_where_cache_control_is_silent(headers: dict[str, str], seconds: float | None) -> None:
    assert max_age(headers) == seconds


def test_validators_that_could_not_be_sent_back_are_not_kept() -> None:
    assert validator({"etag": '"v1"'}, "etag") == '"v1"'
    assert [validator({"etag": bad}, "etag") for bad in ("x" * 5000, "a\x00b", "caf\xe9")] == ["", "", ""]
