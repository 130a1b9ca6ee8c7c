"""Entries become items once, whatever the publisher does to guid, link and title."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, func, select

from classify.model import Evidence, Labels, Span, Stage
from seeds import Entry, Feed
from storage import Added, add_items, known, reading, transaction, watch
from storage.tables import Item, ItemPair, LabelsRow, Revision, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = Feed("astana", "Astana Daily", "https://astana.example/rss", "KZ", "en")
ENTRY = Entry(
    "astana", "Kazakhstan and Rwanda sign visa deal", "The two signed.", "https://astana.example/1", "g1", NOW
)
NONE = Labels(lang="en")
SIGNED = Labels(
    Stage.SIGNED, (("KZ", "RW"),), (("KZ", "RW"),), ("migration",), 0.9,
    Evidence("The two signed.", Span("text", 0, 15)), lang="en",
)  # fmt: skip


def put(engine: Engine, *entries: Entry, labels: Labels = NONE, now: datetime = NOW, **more: bool) -> Added:
    with transaction(engine) as session:
        return add_items(session, FEED, entries, [labels] * len(entries), version="1", now=now, **more)


def polled(engine: Engine, at: datetime) -> None:
    """The feed was read well at that time."""
    with transaction(engine) as session:
        watch(session, [FEED])
        session.get_one(Source, FEED.key).last_ok = at


def counts(engine: Engine) -> dict[str, int]:
    with transaction(engine) as session:
        models = (Item, Revision, LabelsRow, ItemPair)
        return {m.__name__: session.scalar(select(func.count()).select_from(m)) or 0 for m in models}


def test_an_entry_is_stored_once(engine: Engine) -> None:
    assert put(engine, ENTRY).items == (1,)
    again = put(engine, ENTRY, ENTRY)
    assert (again.items, again.known) == ((), 2)
    with transaction(engine) as session:
        assert known(
            session, FEED.key, [ENTRY, replace(ENTRY, guid="g2", url="https://astana.example/2", title="X")]
        ) == [
            True,
            False,
        ]


CHANGES = [
    ("guid made anew at every poll", {"guid": "other"}, 1, 0),
    ("tracking parameters", {"url": "https://astana.example/1?utm_source=rss"}, 1, 0),
    ("edited headline", {"title": "Kazakhstan, Rwanda sign visa-free deal"}, 1, 1),
    ("guid used again for another story", {"title": "Heavy snow closes schools", "text": "It snowed.", "url": "https://astana.example/9",
                                           "published": NOW + timedelta(days=3)}, 2, 0),
    ("link of 20 kB", {"url": "https://astana.example/" + "x" * 20_000, "guid": "g" * 20_000, "title": "Long"}, 2, 0),
]  # fmt: skip


@pytest.mark.parametrize(("_why", "change", "items", "revisions"), CHANGES, ids=[c[0] for c in CHANGES])
def test_what_publishers_change(
    engine: Engine, _why: str, change: dict[str, object], items: int, revisions: int
) -> None:
    changed = replace(ENTRY, **change)  # type: ignore[arg-type]
    put(engine, ENTRY)
    put(engine, changed)
    put(engine, changed)
    found = counts(engine)
    assert (found["Item"], found["Revision"]) == (items, revisions)


def test_first_text_stays_and_an_altered_stage_is_a_report_of_its_own(engine: Engine) -> None:
    put(engine, replace(ENTRY, title="Kazakhstan and Rwanda discuss visa deal"))
    added = put(engine, ENTRY, labels=SIGNED)
    assert (added.items, added.revised) == ((2,), 1)
    with transaction(engine) as session:
        first, altered = session.scalars(select(Item).order_by(Item.id)).all()  # type: ignore[arg-type]
        assert first.title == "Kazakhstan and Rwanda discuss visa deal"
        assert (first.changed, altered.changed, altered.revises) == (False, True, first.id)
        assert known(session, FEED.key, [ENTRY]) == [True]


def test_an_edit_that_tells_the_same_is_no_further_report(engine: Engine) -> None:
    put(engine, ENTRY, labels=SIGNED)
    edited = replace(ENTRY, title="Kazakhstan and Rwanda sign a visa deal in Astana")
    assert put(engine, edited, labels=SIGNED) == Added(revised=1)
    ended = replace(SIGNED, agreement=Stage.ENDED)
    assert put(engine, replace(ENTRY, title="Kazakhstan and Rwanda end visa deal"), labels=ended).items == (2,)
    assert put(engine, replace(ENTRY, title="Kazakhstan and Rwanda end the visa deal"), labels=ended).items == ()


def test_plain_items_have_no_rows_beside_them(engine: Engine) -> None:
    put(engine, ENTRY)
    assert counts(engine) == {"Item": 1, "Revision": 0, "LabelsRow": 0, "ItemPair": 0}


NEWS = [
    ("first poll, three days old", None, timedelta(days=3), True),
    ("first poll, eight days old", None, timedelta(days=8), False),
    ("later poll, published an hour before the last one", timedelta(hours=1), timedelta(hours=2), True),
    ("later poll, a site that moved", timedelta(hours=1), timedelta(days=5), False),
    ("down for five days", timedelta(days=5), timedelta(days=4), True),
]


@pytest.mark.parametrize(("_why", "last_ok", "age", "told"), NEWS, ids=[n[0] for n in NEWS])
def test_what_is_told(engine: Engine, _why: str, last_ok: timedelta | None, age: timedelta, told: bool) -> None:
    if last_ok is not None:
        polled(engine, NOW - last_ok)
    put(engine, replace(ENTRY, published=NOW - age))
    with transaction(engine) as session:
        assert session.scalars(select(Item.tell)).all() == [told]


def test_seed_articles_are_told_whatever_their_age(engine: Engine) -> None:
    put(engine, replace(ENTRY, published=NOW - timedelta(days=400), seed=True))
    with transaction(engine) as session:
        assert session.scalars(select(Item.tell)).all() == [True]


def test_backfill_tells_no_one(engine: Engine) -> None:
    assert put(engine, ENTRY, tell=False).late == 1


def test_text_that_databases_dislike(engine: Engine) -> None:
    """PostgreSQL stores no NUL and neither stores half a surrogate pair; the border scrubs them, the store says so."""
    put(engine, replace(ENTRY, title="שלום مرحبا 你好 \u202e 🇰🇿", text="x" * 200_000))
    assert counts(engine)["Item"] == 1


def test_entries_of_another_feed_are_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="'other'"):
        put(engine, replace(ENTRY, feed="other"))


def test_what_is_held_as_it_reads_is_found_by_one_look_and_only_the_rest_by_each_name(engine: Engine) -> None:
    """A poll brings the same entries again nearly always: each name more would be looked up in an index as large as
    all that was ever read."""
    poll = [replace(ENTRY, guid=f"g{n}", url=f"https://astana.example/{n}", title=f"Rain on day {n}") for n in range(9)]
    put(engine, *poll)
    looks: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _r, statement, *_: looks.append(statement))
    with reading(engine) as session:
        assert known(session, FEED.key, poll) == [True] * 9
    assert not [look for look in looks if "title_key" in look]
    with reading(engine) as session:
        assert known(session, FEED.key, [*poll[:8], replace(poll[8], guid="other")]) == [True] * 9
    assert [look for look in looks if "title_key" in look]
