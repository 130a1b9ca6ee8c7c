"""A person's decision wins and stays: over later reports, over a new lexicon, over merging again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from store_reports import MARCH, NOW, VISA, Said, everything, put, told

from classify.model import Labels, Stage
from storage import Query, StoreError, correct, get, reading, reclassify, transaction
from storage.errors import Unfit, Unknown
from storage.relabel import Stale

LATER = NOW + timedelta(days=1)
KEY = "kz-rw-2026-03"
WHEAT = Said(
    "post", MARCH - timedelta(8), MARCH - timedelta(9), Stage.SIGNED, ("KZ", "RW"), "wheat supply", ("agriculture",)
)

ECHO = replace(VISA[0], outlet="echo")


def read_again(engine: Engine, version: str = "2", change: dict[str, Labels] | None = None) -> None:
    """Reclassify with a lexicon that says the same, but for the titles named."""
    labels = {one.entry.title: one.labels for one in [*VISA, WHEAT, ECHO]} | (change or {})

    def classify(items: Sequence[Stale]) -> Sequence[Labels]:
        return [labels[one.title] for one in items]

    reclassify(engine, classify, version=version, now=lambda: LATER)


def test_a_rejection_is_told_once_and_holds(engine: Engine) -> None:
    put(engine, VISA[:2])
    with transaction(engine) as session:
        rejected = correct.reject(session, KEY, "It was a rehearsal.", by="Ann", now=LATER)
    assert rejected.rejected == "It was a rehearsal."
    assert told(rejected)[-1][0] == "rejected"
    assert rejected.changes[-1].by == "Ann"
    assert everything(engine) == []
    put(engine, VISA[2:], LATER)
    read_again(engine)
    (after,) = everything(engine, Query(rejected=True))
    assert len(after.reports) == 3
    assert (after.rejected, told(after)) == ("It was a rehearsal.", told(rejected))
    with transaction(engine) as session, pytest.raises(StoreError, match="is rejected already"):
        correct.reject(session, KEY, "again", by="Ann", now=LATER)


def test_a_rejection_needs_a_reason(engine: Engine) -> None:
    put(engine, VISA)
    with transaction(engine) as session, pytest.raises(StoreError, match="say why"):
        correct.reject(session, KEY, " ", by="Ann", now=LATER)


def test_what_nobody_was_told_is_withdrawn_in_silence(engine: Engine) -> None:
    put(engine, [replace(VISA[0], tell=False)])
    with transaction(engine) as session:
        assert told(correct.reject(session, KEY, "No.", by="Ann", now=LATER)) == []


def test_restoring(engine: Engine) -> None:
    put(engine, VISA)
    with transaction(engine) as session:
        correct.reject(session, KEY, "No.", by="Ann", now=LATER)
        back = correct.restore(session, KEY, "It was one after all.", by="Bo", now=LATER)
        assert back.rejected == ""
        assert [change.kind for change in back.changes] == ["new", "rejected", "restored"]
        with pytest.raises(StoreError, match="is not rejected"):
            correct.restore(session, KEY, by="Bo", now=LATER)
        (first,) = correct.decisions(session)
    assert (first.kind, first.by, first.names, first.undone) == ("reject", "Ann", (KEY,), LATER)


def test_another_stage(engine: Engine) -> None:
    put(engine, VISA)
    with transaction(engine) as session:
        after = correct.relabel(session, KEY, stage=Stage.PLANNED, by="Ann", now=LATER, note="initialled only")
    assert after.stage is Stage.PLANNED
    assert (after.changes[-1].kind, after.changes[-1].before, after.changes[-1].after) == (
        "corrected",
        "KZ-RW signed migration",
        "KZ-RW planned migration",
    )
    read_again(engine)
    assert everything(engine)[0].stage is Stage.PLANNED


def test_other_sectors(engine: Engine) -> None:
    put(engine, VISA)
    with transaction(engine) as session:
        correct.relabel(session, KEY, sectors=["tourism", "migration"], by="Ann", now=LATER)
    read_again(engine)
    assert everything(engine, Query(sectors=("tourism",)))[0].sectors == ("migration", "tourism")


def test_another_pair_keeps_the_name(engine: Engine) -> None:
    put(engine, VISA)
    with transaction(engine) as session:
        after = correct.relabel(session, KEY, pair=("KZ", "UG"), by="Ann", now=LATER)
    assert (after.pair, after.key, after.aliases) == (("KZ", "UG"), "kz-ug-2026-03", (KEY,))
    assert told(after)[-1][0] == "parties"
    read_again(engine)
    with reading(engine) as session:
        assert get(session, KEY).key == "kz-ug-2026-03"
    assert [one.key for one in everything(engine)] == ["kz-ug-2026-03"]


def test_no_agreement_at_all(engine: Engine) -> None:
    put(engine, VISA)
    with transaction(engine) as session:
        after = correct.relabel(session, KEY, stage=Stage.NONE, by="Ann", now=LATER)
    assert after.rejected.startswith("none of its reports")
    assert everything(engine) == []
    read_again(engine)
    assert everything(engine) == []


def test_two_made_one_and_one_made_two_again(engine: Engine) -> None:
    put(engine, [*VISA, WHEAT])
    names = sorted(one.key for one in everything(engine))
    assert len(names) == 2
    with transaction(engine) as session:
        whole = correct.merge(session, names, by="Ann", now=LATER)
    assert len(whole.reports) == 4
    read_again(engine)
    put(engine, [ECHO], LATER)
    (whole,) = everything(engine)
    assert (whole.key, len(whole.reports)) == (names[1], 5)
    item = next(report.item for report in whole.reports if report.outlet == "post")
    with transaction(engine) as session:
        kept, parted = correct.split(session, whole.key, [item], by="Ann", now=LATER)
    assert (len(kept.reports), len(parted.reports)) == (4, 1)
    assert [parted.key, kept.key] == names
    for part in (kept, parted):
        assert [(one.kind, one.before, one.after, one.by) for one in part.changes[-1:]] == [
            ("split", kept.key, parted.key, "Ann")
        ], "each of the two says what became of it"
    read_again(engine, "3")
    assert sorted(one.key for one in everything(engine)) == names


def test_a_split_holds_against_merging(engine: Engine) -> None:
    put(engine, VISA)
    item = next(report.item for report in everything(engine)[0].reports if report.outlet == "times")
    with transaction(engine) as session:
        correct.split(session, KEY, [item], by="Ann", now=LATER)
    put(engine, [ECHO], LATER)
    read_again(engine)
    assert sorted(len(one.reports) for one in everything(engine)) == [1, 3]


@pytest.mark.parametrize("outlet", [one.outlet for one in VISA])
def test_the_name_stays_with_most_reports_else_with_the_first(outlet: str, engine: Engine) -> None:
    put(engine, VISA)
    at = {report.outlet: report.item for report in everything(engine)[0].reports}
    others = [item for name, item in at.items() if name != outlet]
    with transaction(engine) as session:
        rest, theirs = correct.split(session, KEY, others, by="Ann", now=LATER)
    assert (theirs.key, len(theirs.reports), len(rest.reports)) == (KEY, 2, 1)


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("word", ["visa waiver", "visa regime", "short stays", "entry permits"])
def test_of_as_many_reports_the_name_stays_with_the_first(word: str, late: int, engine: Engine) -> None:
    first, second = VISA[0], replace(VISA[1], subject=word, day=VISA[0].day + timedelta(1))
    put(engine, [first, second])
    (whole,) = everything(engine)
    items = [report.item for report in sorted(whole.reports, key=lambda one: one.published or one.seen)]
    with transaction(engine) as session:
        parts = correct.split(session, whole.key, [items[late]], by="Ann", now=LATER)
    assert {part.reports[0].item: part.key == whole.key for part in parts} == {items[0]: True, items[1]: False}


REFUSED = [
    (lambda s, items: correct.merge(s, [KEY, KEY], by="A", now=LATER), "name two different"),
    (lambda s, items: correct.merge(s, [KEY, "fr-it-2026-03"], by="A", now=LATER), "are of different pairs"),
    (lambda s, items: correct.split(s, KEY, [999], by="A", now=LATER), "has no report 999"),
    (lambda s, items: correct.split(s, KEY, items, by="A", now=LATER), "not all"),
    (lambda s, items: correct.split(s, KEY, [], by="A", now=LATER), "not all"),
    (lambda s, items: correct.reject(s, "nope", "x", by="A", now=LATER), "no agreement is called 'nope'"),
]


@pytest.mark.parametrize(("act", "said"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_cannot_be_decided(engine: Engine, act: object, said: str) -> None:
    put(engine, [*VISA, replace(VISA[0], pair=("FR", "IT"))])
    items = [report.item for report in next(a for a in everything(engine) if a.key == KEY).reports]
    with transaction(engine) as session, pytest.raises((Unfit, Unknown), match=said):
        act(session, items)  # type: ignore[operator]


def test_a_new_lexicon_changes_what_must_change_and_tells_no_one(engine: Engine) -> None:
    put(engine, [VISA[0], WHEAT])
    before = {one.key: told(one) for one in everything(engine)}
    read_again(engine, change={WHEAT.entry.title: replace(WHEAT.labels, agreement=Stage.PLANNED)})
    after = everything(engine)
    assert {one.key: told(one) for one in after} == before
    moved = next(one for one in after if one.stage is Stage.PLANNED)
    assert moved.changes[-1].note == "read again by 2"
    read_again(engine, "3", change={WHEAT.entry.title: Labels()})
    assert [one.sectors for one in everything(engine)] == [("migration",)]
    read_again(engine, "4")
    assert {one.key: told(one) for one in everything(engine)} == before


def test_stale_labels_are_counted(engine: Engine) -> None:
    from storage import stale

    put(engine, VISA)
    with reading(engine) as session:
        assert (stale(session, "1"), stale(session, "2")) == (0, 3)
    read_again(engine)
    with reading(engine) as session:
        assert stale(session, "2") == 0
