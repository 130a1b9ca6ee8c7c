"""What may be asked, with every filter, in few statements, and in all languages."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlmodel import select
from store_reports import MARCH, NOW, VISA, Said, everything, put

from classify.model import Stage
from storage import Query, agreements, coming, count, coverage, idle, reading, search, transaction, untold_between
from storage.queries import weeks
from storage.tables import ChangeRow

WHEAT = Said(
    "post", MARCH - timedelta(4), MARCH - timedelta(4), Stage.PLANNED, ("FR", "KZ"), "wheat supply", ("agriculture",)
)
OLD = Said("post", date(2024, 1, 10), date(2024, 1, 9), Stage.SIGNED, ("FR", "IT"), "border treaty", ("diplomacy",))
ALL = ["kz-rw-2026-03", "fr-kz-2026-03", "fr-it-2024-01"]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    put(engine, [*VISA, WHEAT, OLD])
    return engine


ASKED = [
    (Query(), ALL),
    (Query(countries=("FR",)), ALL[1:]),
    (Query(countries=("RW", "IT")), [ALL[0], ALL[2]]),
    (Query(pairs=(("FR", "KZ"),)), [ALL[1]]),
    (Query(pairs=(("FR", "KZ"), ("FR", "IT"))), ALL[1:]),
    (Query(sectors=("migration", "diplomacy")), [ALL[0], ALL[2]]),
    (Query(stages=(Stage.PLANNED,)), [ALL[1]]),
    (Query(since=MARCH), [ALL[0]]),
    (Query(until=MARCH - timedelta(days=1)), ALL[1:]),
    (Query(since=MARCH, until=MARCH), [ALL[0]]),
    (Query(outlet="kigali"), [ALL[0]]),
    (Query(outlet="KIG"), [ALL[0]]),
    (Query(outlet="kig%li"), []),
    (Query(outlet="_"), []),
    (Query(confidence=0.9), [ALL[0]]),
    (Query(countries=("KZ",), sectors=("agriculture",)), [ALL[1]]),
    (Query(text="wheat"), [ALL[1]]),
    (Query(text="Border TREATY"), [ALL[2]]),
    (Query(text='"border treaty"'), [ALL[2]]),
    (Query(text='"treaty border"'), []),
    (Query(text="bord*"), [ALL[2]]),
    (Query(text="bord"), []),
    (Query(text="nothing of the kind"), []),
    (Query(text="'; DROP TABLE agreement; --"), []),
    (Query(text="\"') OR NEAR( AND NOT *"), []),
    (Query(text="!!!"), []),
    (Query(limit=1), ALL[:1]),
    (Query(limit=1, offset=2), ALL[2:]),
    (Query(order="key"), sorted(ALL)),
]


@pytest.mark.parametrize(("query", "keys"), ASKED, ids=[str(n) for n in range(len(ASKED))])
def test_filters(filled: Engine, query: Query, keys: list[str]) -> None:
    assert [one.key for one in everything(filled, query)] == keys
    with reading(filled) as session:
        if query.limit == Query().limit:
            assert count(session, query) == len(keys)


def test_what_has_no_day_comes_last_and_passes_no_filter_of_days(filled: Engine) -> None:
    """As an archive brings it: the day on which we saw it is none of its own."""
    told_only = Said("post", None, date(2025, 3, 1), Stage.SIGNED, ("FR", "UG"), "air services", ("transport",))
    put(filled, [Said("post", None, pair=("FR", "UG"), subject="grain", sectors=("agriculture",), tell=False)])
    put(filled, [told_only], NOW + timedelta(days=1))
    known = [*ALL[:2], "fr-ug-2025-03", ALL[2]]
    assert [one.key for one in everything(filled)] == [*known, "fr-ug-undated"]
    assert [one.key for one in everything(filled, Query(since=date(1900, 1, 1)))] == known
    assert [one.key for one in everything(filled, Query(until=date(2100, 1, 1)))] == known
    with reading(filled) as session:
        waiting = [one.key for one in idle(session, NOW + timedelta(days=4000))]
    assert "fr-ug-2025-03" in waiting
    assert "fr-ug-undated" not in waiting, "nobody knows how long ago it was signed"


LANGUAGES = [
    ("Kazakhstan et Rwanda signent un accord sur l’élevage", ["elevage", "ÉLEVAGE"], ["levage"]),
    ("中国和卢旺达签署免签证协定", ["免签", "签证协定", "卢旺达"], ["签免"]),
    ("カザフスタンとルワンダがビザ免除協定に署名", ["ビザ免除", "署名"], ["免ビザ"]),
    ("Казахстан и Руанда подписали соглашение", ["подписали", "РУАНДА"], ["подпис"]),
    ("وقعت كازاخستان ورواندا اتفاقية", ["اتفاقية"], ["اتفاق"]),
    ("카자흐스탄과 르완다가 협정에 서명했다", ["협정에"], ["협정은"]),
    ("คาซัคสถานและรวันดาลงนามข้อตกลง", ["ข้อตกลง"], ["ตกข้อ"]),
    ("कज़ाख़स्तान और रवांडा ने समझौते पर हस्ताक्षर किए", ["समझौते"], ["झौतेस"]),
]


@pytest.mark.parametrize(("title", "found", "missed"), LANGUAGES, ids=[row[0][:12] for row in LANGUAGES])
def test_text_is_found_in_all_languages(engine: Engine, title: str, found: list[str], missed: list[str]) -> None:
    put(engine, [Said("astana", MARCH, MARCH, subject=title)])
    for asked in found:
        assert everything(engine, Query(text=asked)), asked
    for asked in missed:
        assert not everything(engine, Query(text=asked)), asked


def test_words_are_cut_short() -> None:
    assert search.words(["x" * 1000, "a_b c"]) == ["x" * 100, "a", "b", "c"]


def test_reading_many_takes_no_more_statements_than_reading_one(filled: Engine) -> None:
    statements: list[str] = []
    event.listen(filled, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with reading(filled) as session:
        agreements(session, Query(limit=1))
        one = len(statements)
        agreements(session, Query())
    assert len(statements) - one <= one <= 7


def test_coming_and_idle(filled: Engine) -> None:
    put(
        filled,
        [Said("post", NOW.date(), date(2026, 4, 2), Stage.PLANNED, ("FR", "UG"), "air services", ("transport",))],
    )
    with reading(filled) as session:
        assert [one.key for one in coming(session, NOW)] == ["fr-ug-2026-04"]
        assert coming(session, NOW + timedelta(days=20)) == []
        assert [one.key for one in idle(session, NOW)] == ["fr-it-2024-01"]
        assert idle(session, datetime(2025, 1, 1, tzinfo=NOW.tzinfo)) == []
        assert [one.key for one in idle(session, NOW, Query(countries=("IT",)))] == ["fr-it-2024-01"]
        assert idle(session, NOW, Query(countries=("KZ",))) == []


def test_coverage_of_a_window(filled: Engine) -> None:
    with reading(filled) as session:
        said = coverage(session, NOW - timedelta(days=1), NOW)
        assert (said.feeds_watched, said.feeds_read, said.entries, said.bilateral, said.agreements) == (4, 0, 5, 5, 3)
        assert said.weeks[-1] == sum(said.weeks) == said.agreements, "one count, whatever day was told"
        assert coverage(session, NOW, NOW + timedelta(days=1)).entries == 0


def test_weeks() -> None:
    firsts = [NOW - timedelta(days=days) for days in (0, 6, 7, 83, 84)]
    assert weeks(firsts, NOW) == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2)


def test_what_is_no_news_is_counted_once_and_apart(filled: Engine) -> None:
    hour = timedelta(hours=1)
    with reading(filled) as session:
        assert untold_between(session, NOW - hour, NOW + hour) == 0
    with transaction(filled) as session:
        for change in session.scalars(select(ChangeRow)).all()[:2]:
            change.tell = False
    with reading(filled) as session:
        assert untold_between(session, NOW - hour, NOW + hour) == 2
        assert untold_between(session, NOW + hour, NOW + 2 * hour) == 0
