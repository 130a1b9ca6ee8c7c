"""Grouping of reports: what belongs together, what does not, and that no order or batch changes it."""

import random
import sys
from dataclasses import replace
from datetime import date, timedelta
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.merge import busy
from classify.model import DateFact, Fact, Facts, How, Instrument, Pair, Span, Stage
from storage import merge, merge_groups, merge_near
from storage.merge import Telling

HERE = Span("text", 0, 1)
KZ_RW: Pair = ("KZ", "RW")


def told(
    id: str, published: str | None, stage: Stage = Stage.SIGNED, on: str | None = None, *, pair: Pair = KZ_RW,
    sectors: str = "mining", words: str = "", days: str = "", paper: tuple[str, str] = ("agreement", ""),
    voice: str = "",
    count: int | None = None, signature: int = 0, official: str = "", confidence: float = 0.95, place: str = "",
) -> Telling:  # fmt: skip
    facts = Facts(
        date=DateFact(date.fromisoformat(on), "day", HERE) if on else None,
        instruments=(Instrument(*paper, HERE),),
        places=(Fact(place, place.title(), HERE),) if place else (),
        words=frozenset(words.split()),
        days=frozenset(days.split()),
        count=count,
        signature=signature,
    )
    return Telling(
        id, pair, stage, date.fromisoformat(published) if published else None, "en", voice or f"outlet {id}",
        tuple(sectors.split()), facts, confidence, official,
    )  # fmt: skip


def by(how: How, one: Telling) -> Telling:
    return replace(one, facts=replace(one.facts, how=how))


def agreed(one: Telling) -> Telling:
    return replace(one, facts=replace(one.facts, agreed=True))


def about(topic: str, one: Telling) -> Telling:
    papers = tuple(replace(paper, topic=topic) for paper in one.facts.instruments)
    return replace(one, facts=replace(one.facts, instruments=papers))


def grouped(*tellings: Telling) -> set[frozenset[str]]:
    return {frozenset(member.id for member in one.members) for one in merge.occasions(tellings)}


SCENES: list[tuple[str, list[Telling], list[set[str]]]] = [
    (
        "reports of one day, whoever publishes when",
        [told("a", "2025-05-28", on="2025-05-28"), told("b", "2025-05-30", on="2025-05-28"), told("c", "2025-05-29")],
        [{"a", "b", "c"}],
    ),
    ("the same pair a week later", [told("a", "2025-05-28"), told("b", "2025-06-04")], [{"a"}, {"b"}]),
    ("the same pair a year later", [told("a", "2024-05-28"), told("b", "2025-05-28")], [{"a"}, {"b"}]),
    (
        "an announcement joins the signing on the day that it announces",
        [told("a", "2025-05-10", Stage.PLANNED, on="2025-05-28"), told("b", "2025-05-28", on="2025-05-28")],
        [{"a", "b"}],
    ),
    (
        "an announcement for another day is another occasion",
        [told("a", "2025-05-10", Stage.PLANNED, on="2025-07-15"), told("b", "2025-05-28", on="2025-05-28")],
        [{"a"}, {"b"}],
    ),
    (
        "two ceremonies on one day with two partners",
        [
            told("a", "2025-05-28"),
            told("a", "2025-05-28", pair=("QA", "RW")),
            told("b", "2025-05-28", pair=("QA", "RW")),
        ],
        [{"a"}, {"a", "b"}],
    ),
    (
        "ratification is an occasion of its own, in the same week too",
        [told("a", "2025-05-28"), told("b", "2025-05-29", Stage.IN_FORCE)],
        [{"a"}, {"b"}],
    ),
    (
        "a later recollection joins nothing",
        [told("a", "2025-05-28", on="2025-05-28"), told("b", "2025-09-28")],
        [{"a"}, {"b"}],
    ),
    (
        "a report without a date joins by the day that it names and the fields",
        [told("a", "2025-05-28", on="2025-05-28", words="n:kkm n:nrtl"), told("b", None, days="05-28", words="n:kkm")],
        [{"a", "b"}],
    ),
    (
        "a report without a date that names another year and day stays alone",
        [told("a", "2025-05-28", on="2025-05-28"), told("b", None, days="11-02", words="y:2017")],
        [{"a"}, {"b"}],
    ),
    (
        "a weekday that is named fits a report of the same day and of the next",
        [told("a", "2025-05-29", words="n:kkm"), told("b", None, words="n:kkm d:2")],
        [{"a", "b"}],
    ),
    (
        "a weekday that is named fits no report of another day",
        [told("a", "2025-05-29", words="n:kkm"), told("b", None, words="n:kkm d:5")],
        [{"a"}, {"b"}],
    ),
    (
        "a report without a date that shares but a field stays alone beside several occasions",
        [told("a", "2024-05-28", words="n:kkm n:nrtl n:tkf"), told("b", None, words="n:spr n:rmn n:lks")],
        [{"a"}, {"b"}],
    ),
    (
        "numbers of papers that are near may be one visit's, far ones are not",
        [told("a", "2025-05-28", on="2025-05-28", count=24), told("b", None, count=26), told("c", None, count=3)],
        [{"a", "b"}, {"c"}],
    ),
    (
        "a report without a date joins the likelier of two occasions",
        [
            told("a", "2025-05-28", on="2025-05-28", sectors="mining", count=6),
            told("b", "2025-11-03", on="2025-11-03", sectors="finance", words="a:8e+08"),
            told("c", None, sectors="finance", words="a:8e+08"),
        ],
        [{"a"}, {"b", "c"}],
    ),
    (
        "a copied wire text joins its first, though the copy comes late",
        [told("a", "2025-05-28", signature=0xABCDEF), told("b", "2025-06-05", signature=0xABCDEE)],
        [{"a", "b"}],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "tellings", "groups"), SCENES, ids=[scene for scene, _, _ in SCENES])
def test_what_belongs_together(scene: str, tellings: list[Telling], groups: list[set[str]]) -> None:
    assert grouped(*tellings) == {frozenset(group) for group in groups}, scene


DAYS = [date(2025, 5, day).isoformat() for day in (1, 2, 3, 9, 14, 28)]
REPORTS = st.lists(
    st.builds(
        told,
        st.uuids().map(str),
        st.sampled_from([*DAYS, None]),
        st.sampled_from([Stage.SIGNED, Stage.SIGNED, Stage.PLANNED, Stage.IN_FORCE, Stage.ENDED]),
        st.sampled_from([*DAYS, None, None]),
        sectors=st.sampled_from(["mining", "trade energy", "trade", ""]),
        words=st.sampled_from(["n:kkm n:nrtl", "n:kkm", "a:8e+08", ""]),
        days=st.sampled_from(["05-28", "05-01", ""]),
        paper=st.sampled_from([("agreement", "air services"), ("swap", ""), ("treaty", "critical minerals")]),
        voice=st.sampled_from(["Akorda", "New Times", "Xinhua", "KT Press"]),
        signature=st.sampled_from([0, 0, 7, 0xFFFF0000FFFF]),
        pair=st.sampled_from([KZ_RW, ("QA", "RW")]),
    ),
    max_size=14,
)


@settings(max_examples=150)
@given(REPORTS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_neither_order_nor_partition_changes_anything(
    reports: list[Telling], chance: random.Random, parts: int
) -> None:
    whole = merge.records(merge.occasions(reports))
    shuffled = reports[:]
    chance.shuffle(shuffled)
    batches = [shuffled[number::parts] for number in range(parts)]
    seen: list[Telling] = []
    for batch in batches:  # as the store does it: what was known and what is new, merged anew
        seen += batch
        again = merge.records(merge.occasions([*seen, *batch]))
    assert again == whole
    assert merge.events(shuffled) == merge.events(reports)


@pytest.mark.parametrize("days", [3, 600])
def test_nor_does_it_where_a_report_is_compared_with_few_of_very_many(days: int) -> None:
    reports = [replace(one, published=None) if n % 9 == 0 else one for n, one in enumerate(busy(300, days))]
    whole = merge.records(merge.occasions(reports))
    assert max(len(one.members) for one in merge.occasions(reports)) > merge_groups.SAMPLE or days > 100
    for seed in range(3):
        random.Random(seed).shuffle(reports)
        assert merge.records(merge.occasions(reports)) == whole


@settings(max_examples=100)
@given(REPORTS)
def test_every_report_tells_of_one_occasion_and_one_record(reports: list[Telling]) -> None:
    occasions = merge.occasions(reports)
    members = [(member.id, one.pair) for one in occasions for member in one.members]
    assert sorted(members) == sorted((one.id, one.pair) for one in reports)
    records = merge.records(occasions)
    assert sorted(one.key for one in occasions) == sorted(o.key for record in records for o in record.occasions)
    assert len({record.key for record in records}) == len(records)


def records(*tellings: Telling) -> list[merge.Record]:
    return merge.records(merge.occasions(tellings))


def test_a_record_lives_on_from_announcement_to_force() -> None:
    minerals = ("treaty", "critical minerals")
    [record] = records(
        told("plan", "2025-05-10", Stage.PLANNED, on="2025-05-28", paper=minerals),
        told("sign", "2025-05-28", on="2025-05-28", paper=minerals, place="astana"),
        told("force", "2026-02-01", Stage.IN_FORCE, paper=minerals, days="05-28"),
    )
    assert record.key == "kz-rw-2025-05"
    assert [(one.stage, one.first) for one in record.stages] == [(Stage.SIGNED, "sign"), (Stage.IN_FORCE, "force")]
    assert record.stage is Stage.IN_FORCE
    assert record.papers[0].stage is Stage.IN_FORCE


def test_one_paper_concluded_in_may_and_signed_in_july_is_one_record() -> None:
    paper = ("agreement", "Free Trade")
    found = records(
        agreed(told("may", "2025-05-06", on="2025-05-06", paper=paper, sectors="trade")),
        told("july", "2025-07-24", on="2025-07-24", paper=paper, sectors="trade"),
        told("other", "2025-10-09", on="2025-10-09", paper=("agreement", "missiles"), sectors="defence"),
    )
    assert [[member.id for member in record.members] for record in found] == [["may", "july"], ["other"]]


@pytest.mark.parametrize("apart", [30, 365])
def test_what_is_signed_is_not_signed_again(apart: int) -> None:
    days = [date(2020, 3, 4) + timedelta(days=apart * n) for n in range(5)]
    yearly = [
        told(f"{n}", f"{day}", on=f"{day}", paper=("agreement", "fishing quotas"), sectors="agriculture")
        for n, day in enumerate(days)
    ]
    assert len(records(*yearly)) == 5


def test_a_sloppy_word_for_the_signing_does_not_part_what_was_concluded_from_its_signing() -> None:
    paper = ("agreement", "Free Trade")
    may = [told(name, "2025-05-06", on="2025-05-06", paper=paper, sectors="trade") for name in ("a", "b", "c")]
    july = told("july", "2025-07-24", on="2025-07-24", paper=paper, sectors="trade")
    assert len(records(agreed(may[0]), agreed(may[1]), may[2], july)) == 1
    assert len(records(agreed(may[0]), may[1], may[2], july)) == 2


def test_a_swap_renewed_is_another_record() -> None:
    swap = ("swap", "currency swap")
    found = records(
        told("a", "2023-06-09", paper=swap, sectors="finance"), told("b", "2023-10-18", paper=swap, sectors="finance")
    )
    assert len(found) == 2


def test_force_joins_the_record_of_its_own_field() -> None:
    found = records(
        told("air", "2025-01-10", on="2025-01-10", sectors="transport", paper=("agreement", "air services")),
        told("tax", "2025-03-10", on="2025-03-10", sectors="finance", paper=("convention", "double taxation")),
        told("force", "2025-09-01", Stage.IN_FORCE, sectors="transport", paper=("agreement", "air services")),
    )
    assert [[member.id for member in record.members] for record in found] == [["air", "force"], ["tax"]]


def test_a_late_report_of_the_signing_takes_nothing_back() -> None:
    [record] = records(
        told("force", "2025-09-01", Stage.IN_FORCE, days="05-28"),
        told("late", "2025-09-03", on="2025-05-28"),
        told("sign", "2025-05-28", on="2025-05-28"),
    )
    assert record.stage is Stage.IN_FORCE
    assert [one.stage for one in record.stages] == [Stage.SIGNED, Stage.IN_FORCE]


def test_fifty_copies_are_one_voice() -> None:
    copies = [told(f"c{n}", "2025-05-28", signature=0xABC, voice=f"site {n}") for n in range(50)]
    [record] = records(*copies)
    assert len(record.members) == 50
    assert sum(member.copy_of is None for member in record.members) == 1
    assert record.outlets == 1
    assert record.confidence == records(copies[0])[0].confidence


@pytest.mark.parametrize(
    ("voices", "least", "most"),
    [
        (["one"], 0.70, 0.75),
        (["one", "one"], 0.70, 0.75),
        (["one", "two"], 0.90, 0.95),
        (["one", "two", "three"], 0.97, 0.99),
    ],
)
def test_confidence_grows_with_independent_voices(voices: list[str], least: float, most: float) -> None:
    [record] = records(*(told(f"r{n}", "2025-05-28", voice=voice) for n, voice in enumerate(voices)))
    assert least <= record.confidence <= most


def test_a_government_of_a_side_weighs_more_and_is_named() -> None:
    [alone] = records(told("a", "2025-05-28", official="KZ", voice="Akorda"))
    [other] = records(told("a", "2025-05-28", official="FR", voice="Quai d'Orsay"))
    assert alone.confidence > other.confidence
    assert (alone.officials, other.officials) == (("KZ",), ())
    assert (alone.outlets, other.outlets) == (0, 1), "a third government is an outlet like any other"
    assert alone.reason == "the government of Kazakhstan reports it"


def test_who_only_announced_it_does_not_confirm_the_signing() -> None:
    plans = [
        told("plan", "2025-05-20", Stage.PLANNED, on="2025-05-28", voice="Akorda", official="KZ"),
        told("also", "2025-05-21", Stage.PLANNED, on="2025-05-28", voice="The Herald"),
    ]
    signed = told("sign", "2025-05-28", on="2025-05-28", voice="The Post")
    [record], [alone] = records(*plans, signed), records(signed)
    assert (len(record.members), record.stage) == (3, Stage.SIGNED)
    assert (record.outlets, record.officials, record.reason) == (1, (), "one outlet reports it")
    assert record.confidence == alone.confidence


def test_one_false_signing_among_announcements_is_disputed() -> None:
    plans = [told(f"p{n}", f"2025-05-2{n}", Stage.PLANNED, on="2025-05-28", voice=f"voice {n}") for n in (4, 5, 6)]
    [record] = records(*plans, told("lie", "2025-05-22", on="2025-05-28", voice="cloned outlet"))
    assert record.stage is Stage.PLANNED
    assert record.disputed == ("signed already, says cloned outlet",)


def test_a_day_that_one_report_tells_otherwise_is_disputed() -> None:
    reports = [told(f"r{n}", "2025-05-29", on="2025-05-28", voice=f"voice {n}") for n in range(3)]
    [record] = records(
        *reports, told("odd", "2025-05-29", on="2025-05-25", voice="odd one", signature=3, words="n:kkm")
    )
    assert record.stages[0].on == date(2025, 5, 28)
    assert record.disputed == ("on 2025-05-25, says odd one",)
    [agreed] = records(*reports)
    assert (record.outlets, record.confidence) == (3, agreed.confidence), "who contradicts it does not confirm it"
    assert "odd" in {member.id for member in record.members}


def test_a_person_is_named_once_whatever_the_script_and_a_body_by_its_fullest_name() -> None:
    def with_names(id: str, people: list[str], bodies: list[str]) -> Telling:
        one = told(id, "2025-05-28", on="2025-05-28")
        facts = replace(
            one.facts,
            people=tuple(Fact(name.lower(), name, HERE) for name in people),
            bodies=tuple(Fact(f"bank {name.lower()}", name, HERE) for name in bodies),
        )
        return replace(one, facts=facts)

    [record] = records(
        with_names("a", ["Садыр Жапаров", "Paul Kagame"], ["Central Bank"]),
        with_names("b", ["Sadyr Japarov"], ["Central Bank of Kenya"]),
        with_names("c", ["Sadyr Japarov"], []),
    )
    assert record.people == ("Sadyr Japarov", "Paul Kagame")
    assert record.bodies == ("Central Bank of Kenya",)


def test_a_plan_keeps_the_day_that_it_is_announced_for_until_it_is_signed() -> None:
    plan = told("a", "2025-05-10", Stage.PLANNED, on="2025-05-28")
    assert [one.planned_on for one in records(plan)] == [date(2025, 5, 28)]
    assert [one.planned_on for one in records(plan, told("b", "2025-05-28", on="2025-05-28"))] == [None]


@pytest.mark.parametrize(
    ("tellings", "title"),
    [
        (
            [told("a", "2025-05-28", count=6, place="astana")],
            "Kazakhstan and Rwanda sign six agreements on mining in Astana",
        ),
        ([told("a", "2025-05-28", sectors="")], "Kazakhstan and Rwanda sign an agreement"),
        (
            [told("a", "2025-05-28", Stage.PLANNED, paper=("treaty", ""))],
            "Kazakhstan and Rwanda plan a treaty on mining",
        ),
        ([told("a", "2025-05-28", paper=("swap", ""))], "Kazakhstan and Rwanda sign a currency swap"),
        (
            [told("a", "2025-05-28", Stage.IN_FORCE)],
            "Agreement between Kazakhstan and Rwanda on mining enters into force",
        ),
        (
            [told("a", "2025-05-28", Stage.ENDED)],
            "Agreement between Kazakhstan and Rwanda on mining ended or suspended",
        ),
        (
            [by("approved", told("a", "2025-05-28", Stage.IN_FORCE))],
            "Agreement between Kazakhstan and Rwanda on mining is approved",
        ),
        (
            [by(how, told(how, "2025-05-28", Stage.IN_FORCE)) for how in ("approved", "ratified")],
            "Agreement between Kazakhstan and Rwanda on mining is ratified",
        ),
        (
            [by("ratified", told("a", "2025-05-28", Stage.IN_FORCE)), told("b", "2025-05-28", Stage.IN_FORCE)],
            "Agreement between Kazakhstan and Rwanda on mining enters into force",
        ),
        (
            [by("talks", told("a", "2025-05-28", Stage.ENDED))],
            "Kazakhstan and Rwanda break off talks on an agreement on mining",
        ),
        ([agreed(told("a", "2025-05-28"))], "Kazakhstan and Rwanda conclude an agreement on mining"),
        (
            [agreed(told("a", "2025-05-28")), told("b", "2025-05-28")],
            "Kazakhstan and Rwanda sign an agreement on mining",
        ),
        ([about("digital", told("a", "2025-05-28"))], "Kazakhstan and Rwanda sign an agreement on digital matters"),
        ([about("rare earths", told("a", "2025-05-28"))], "Kazakhstan and Rwanda sign an agreement on rare earths"),
        (
            [about("rare earths", told("a", "2025-05-28", count=6))],
            "Kazakhstan and Rwanda sign six agreements on mining",
        ),
    ],
)  # fmt: skip
def test_titles_are_made_of_facts(tellings: list[Telling], title: str) -> None:
    assert [record.title for record in records(*tellings)] == [title]


def test_keys_count_within_a_month_and_stand_without_one() -> None:
    found = records(
        told("a", "2025-05-02"), told("b", "2025-05-20", sectors="trade"), told("c", None, sectors="health")
    )
    assert {record.key for record in found} == {"kz-rw-2025-05", "kz-rw-2025-05-2", "kz-rw-undated"}


def told_by_year(id: str, published: str | None, year: int) -> Telling:
    one = told(id, published)
    return replace(one, facts=replace(one.facts, date=DateFact(date(year, 1, 1), "year", HERE)))


@pytest.mark.parametrize(
    ("published", "year", "key"),
    [
        ("2025-06-20", 2025, "kz-rw-2025-06"),
        ("2025-06-20", 2019, "kz-rw-2019-00"),
        (None, 2019, "kz-rw-2019-00"),
    ],
)
def test_no_month_is_made_up_where_the_year_alone_is_told(published: str | None, year: int, key: str) -> None:
    assert [record.key for record in records(told_by_year("a", published, year))] == [key]


def calls(tellings: list[Telling]) -> float:
    """Calls of functions for each telling: the work done, on any machine and however busy it is."""
    count = 0

    def note(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        merge.records(merge.occasions(tellings))
    finally:
        sys.setprofile(None)
    return count / len(tellings)


@pytest.mark.parametrize("days", [3650, 5], ids=["ten years", "one week"])
def test_the_work_for_each_report_hardly_grows_with_their_number(days: int) -> None:
    few, many = calls(busy(500, days)), calls(busy(4000, days))
    assert many < 2.5 * few, (
        "eight times as many reports of one pair: what is compared pairwise takes eight times the work"
    )


def test_copies_are_found_without_comparing_all_with_all() -> None:
    chance = random.Random(5)
    texts = [chance.getrandbits(64) for _ in range(300)]
    reports = [told(f"{n:04}", "2025-05-28", signature=text) for n, text in enumerate(texts)]
    for n, text in enumerate(texts):
        bits = sum(1 << bit for bit in chance.sample(range(64), 10))
        reports.append(told(f"{1000 + n}", "2025-05-29", signature=text ^ bits))
    found = merge_near.copies(reports)
    assert {copy: int(first) for copy, first in found.items()} == {f"{1000 + n}": n for n in range(300)}


def test_a_telling_given_twice_counts_once() -> None:
    one = told("a", "2025-05-28")
    assert records(one, replace(one)) == records(one)
