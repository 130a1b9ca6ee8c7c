"""One agreement, one record: whatever the order of reports, told once, its names for ever."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from store_reports import MARCH, NOW, VISA, Said, everything, put, told

from classify.model import Stage
from storage import (
    Covered,
    Unknown,
    changed_between,
    correct,
    cover,
    get,
    open_store,
    reading,
    resolve,
    stub,
    transaction,
)
from storage.asking import Query
from storage.tables import Alias, ChangeRow, CoverageRow


def test_all_reports_of_one_signing_are_one_agreement(engine: Engine) -> None:
    assert put(engine, VISA) == Covered(new=("kz-rw-2026-03",))
    (agreement,) = everything(engine)
    assert agreement.key == "kz-rw-2026-03"
    assert [report.outlet for report in agreement.reports] == ["kigali", "astana", "times"]
    assert (agreement.outlets, agreement.officials) == (2, ("RW",))
    assert told(agreement) == [("new", "signed")]


def test_one_more_report_is_no_news(engine: Engine) -> None:
    put(engine, VISA[:2])
    before = everything(engine)[0]
    assert put(engine, VISA[2:]) == Covered()
    (after,) = everything(engine)
    assert after.confidence > before.confidence
    assert told(after) == [("new", "signed")]


def test_merging_again_changes_nothing(engine: Engine) -> None:
    put(engine, VISA)
    before = everything(engine)
    with transaction(engine) as session:
        assert cover(session, [1, 2, 3], NOW + timedelta(days=1)) == Covered()
    assert everything(engine) == before


def test_the_stage_moves_and_is_told_once(engine: Engine) -> None:
    put(engine, [Said("astana", MARCH - timedelta(5), MARCH, Stage.PLANNED)], NOW - timedelta(days=15))
    assert everything(engine)[0].stage is Stage.PLANNED
    put(engine, VISA)
    put(engine, [Said("times", MARCH + timedelta(9), MARCH + timedelta(8), Stage.IN_FORCE)])
    (agreement,) = everything(engine)
    assert told(agreement) == [("new", "planned"), ("stage", "signed"), ("stage", "in_force")]
    assert [one.stage for one in agreement.stages] == [Stage.SIGNED, Stage.IN_FORCE]
    assert put(engine, [Said("late", MARCH + timedelta(2), MARCH)]) == Covered()
    assert everything(engine)[0].stage is Stage.IN_FORCE


def test_what_is_quiet_is_told_by_the_first_report_that_is_not(engine: Engine) -> None:
    put(engine, [Said("archive", MARCH, MARCH, tell=False)])
    assert told(everything(engine)[0]) == []
    put(engine, [VISA[1]])
    assert told(everything(engine)[0]) == [("new", "signed")]
    put(engine, [VISA[2]])
    assert told(everything(engine)[0]) == [("new", "signed")]


FORCE = Said("gazette", date(2026, 3, 18), date(2026, 3, 17), Stage.IN_FORCE)
AFTERWARDS = [
    ("an older announcement", Said("post", MARCH - timedelta(6), MARCH, Stage.PLANNED), Stage.IN_FORCE, False),
    ("a late report of the signing", Said("late", date(2026, 3, 19), MARCH), Stage.IN_FORCE, False),
    ("a report that tells another day", Said("odd", MARCH + timedelta(1), MARCH - timedelta(2)), Stage.IN_FORCE, True),
    ("its end", Said("post", date(2026, 3, 19), date(2026, 3, 19), Stage.ENDED), Stage.ENDED, False),
]


@pytest.mark.parametrize(("_why", "later", "stage", "disputed"), AFTERWARDS, ids=[row[0] for row in AFTERWARDS])
def test_what_comes_late_moves_no_stage_back(
    _why: str, later: Said, stage: Stage, disputed: bool, engine: Engine
) -> None:
    put(engine, [*VISA, FORCE])
    (before,) = everything(engine)
    put(engine, [later], NOW + timedelta(days=1))
    found = {one.key: one for one in everything(engine)}
    after = found["kz-rw-2026-03"]
    assert (after.stage, after.changes[: len(before.changes)]) == (stage, before.changes), "its history is kept"
    assert after.date_of(Stage.SIGNED) == before.date_of(Stage.SIGNED)
    assert later.entry.title in {report.title for report in after.reports}
    assert bool(after.disputed) is disputed
    with transaction(engine) as session:
        assert cover(session, [1, 2, 3, 4, 5], NOW + timedelta(days=2)) == Covered(), "nor does a run over all again"
    assert {one.key: one for one in everything(engine)} == found


def test_fifty_copies_of_a_wire_text_are_one_outlet_and_all_are_linked(engine: Engine) -> None:
    put(engine, [Said(f"site-{n}", MARCH, MARCH, signature=0xABCDEF) for n in range(50)])
    (agreement,) = everything(engine)
    assert (agreement.outlets, len({report.url for report in agreement.reports})) == (1, 50)
    assert sum(report.copy_of is None for report in agreement.reports) == 1
    assert agreement.is_lone


def test_another_pair_another_subject_another_month_are_others(engine: Engine) -> None:
    put(
        engine,
        [
            *VISA,
            Said("astana", MARCH, MARCH, pair=("KZ", "UG")),
            Said("astana", MARCH + timedelta(45), MARCH + timedelta(44), subject="wheat loan", sectors=("finance",)),
        ],
    )
    assert [one.key for one in everything(engine, Query(order="key"))] == [
        "kz-rw-2026-03",
        "kz-rw-2026-04",
        "kz-ug-2026-03",
    ]


def test_overdue(engine: Engine) -> None:
    put(engine, [Said("astana", MARCH - timedelta(5), MARCH, Stage.PLANNED)], NOW - timedelta(days=15))
    assert not everything(engine)[0].overdue
    put(engine, [Said("astana", MARCH, MARCH, pair=("FR", "IT"))])
    late = next(one for one in everything(engine) if one.pair == ("KZ", "RW"))
    assert late.overdue
    assert late.changes[-1].kind == "overdue"
    put(engine, VISA)
    assert not next(one for one in everything(engine) if one.pair == ("KZ", "RW")).overdue


def test_records_that_a_late_report_joins_keep_both_names(engine: Engine) -> None:
    """Two undated reports three weeks apart are two records, until a third one ties them together."""
    put(engine, [Said("astana", date(2026, 2, 20), subject="alpha beta", sectors=("trade",), tell=True)])
    put(engine, [Said("kigali", date(2026, 3, 12), date(2026, 3, 11), subject="gamma delta", sectors=("health",))])
    names = {one.key for one in everything(engine)}
    assert names == {"kz-rw-2026-02", "kz-rw-2026-03"}
    with transaction(engine) as session:
        whole = correct.merge(session, sorted(names), by="Ann", now=NOW)
    with reading(engine) as session:
        assert {get(session, name).key for name in names} == {whole.key}
        assert resolve(session, [*names, "no-such-2000-01"]) == dict.fromkeys(names, whole.key)
        (gone,) = names - {whole.key}
        assert stub(session, gone).merged_into == whole.key
        assert whole.aliases == (gone,)
        with pytest.raises(Unknown, match="no agreement is called 'xx'"):
            get(session, "xx")


def test_a_name_that_was_given_out_is_never_given_to_another(engine: Engine) -> None:
    put(engine, [Said("astana", MARCH, MARCH)])
    put(engine, [Said("kigali", MARCH - timedelta(8), MARCH - timedelta(9), subject="wheat", sectors=("agriculture",))])
    found = {one.papers[0].subject: one.key for one in everything(engine)}
    assert found == {"visa exemption": "kz-rw-2026-03", "wheat": "kz-rw-2026-03-2"}


def rows(engine: Engine) -> list[str]:
    """Agreements as business values: all but names, record of changes, numbers and times of the run."""
    return sorted(
        repr((
            one.pair, one.title, one.stage, one.stages, one.place, one.sectors, one.papers, one.confidence, one.reason,
            one.outlets, one.officials, one.disputed,
            sorted((r.title, r.stage, r.copy_of is None) for r in one.reports),
        ))
        for one in everything(engine)
    )  # fmt: skip


SUBJECTS = [
    ("visa exemption", ("migration",)),
    ("wheat supply", ("agriculture", "trade")),
    ("air services", ("transport",)),
]
reports = st.builds(
    lambda outlet, shift, subject, stage, told, pair: Said(
        outlet, MARCH + timedelta(shift), MARCH + timedelta(shift - 1) if told else None, stage, pair,
        subject[0], subject[1],
    ),
    st.sampled_from(["astana", "kigali", "times", "post"]), st.integers(0, 40), st.sampled_from(SUBJECTS),
    st.sampled_from([Stage.SIGNED, Stage.SIGNED, Stage.PLANNED, Stage.IN_FORCE]), st.booleans(),
    st.sampled_from([("KZ", "RW"), ("KZ", "RW"), ("KZ", "UG")]),
)  # fmt: skip


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Engine]:
    folder = tmp_path_factory.mktemp("stores")
    return [open_store(f"sqlite:///{folder / name}.db") for name in ("one", "two")]


@settings(max_examples=40, phases=[Phase.explicit, Phase.generate], derandomize=True)
@given(said=st.lists(reports, min_size=2, max_size=14, unique=True), seed=st.integers(0, 2**32))
def test_order_and_batches_do_not_matter(stores: Sequence[Engine], said: list[Said], seed: int) -> None:
    whole, parts = stores
    for engine in stores:
        with transaction(engine) as session:
            for table in ("agreement_words", "change", "coverage", "alias", "agreement_sector", "agreement",
                          "item_pair", "item_sector", "labels", "item"):  # fmt: skip
                session.execute(text(f"DELETE FROM {table}"))
    put(whole, said)
    chance = random.Random(seed)
    shuffled = chance.sample(said, len(said))
    while shuffled:
        some = chance.randint(1, 4)
        put(parts, shuffled[:some], NOW + timedelta(days=len(shuffled)))
        shuffled = shuffled[some:]
    assert rows(parts) == rows(whole)
    for engine in stores:
        with reading(engine) as session:
            reports_, names = (session.scalar(select(func.count()).select_from(t)) for t in (CoverageRow, Alias))
            assert reports_ == len(said)
            assert names == session.scalar(select(func.count(func.distinct(Alias.key))))


def test_changes_between(engine: Engine) -> None:
    put(engine, VISA)
    with reading(engine) as session:
        assert [one.key for one in changed_between(session, NOW - timedelta(1), NOW)] == ["kz-rw-2026-03"]
        assert changed_between(session, NOW, NOW + timedelta(1)) == []
        assert session.scalars(select(ChangeRow.kind)).all() == ["new"]
