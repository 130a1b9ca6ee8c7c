"""What a subscription is told of, and what it is not told again: cases as a table, each with its why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from site_records import NOW, agreement, at, reached, report

from alerts.choose import Chosen, choose, horizon, is_sure_enough, mark, matches
from alerts.subscription import Subscription
from classify.model import Stage
from storage.outbox import Told
from storage.records import Agreement, Change, Paper

WEEK = NOW - timedelta(days=7)


def sub(**values: object) -> Subscription:
    return Subscription(**{"name": "s", "address": "file:out", **values})


def signed(**values: object) -> Agreement:
    base = agreement(
        "kz-rw-2026-11",
        "Kazakhstan and Rwanda sign a lithium memorandum",
        (reached(Stage.SIGNED, "2026-11-19"),),
        (
            report(1, "Astana Post", "kk", "[c:Kazakhstan] and [c:Rwanda] [s:signed].", "2026-11-20 09:00"),
            report(2, "Kigali Wire", "fr", "[c:Kigali] a [s:signé].", "2026-11-20 11:00", official="RW"),
        ),
        place="Astana",
        sectors=("mining", "trade"),
        papers=(Paper("memorandum", "lithium processing", Stage.SIGNED, bodies=("Rwanda Mining Board",)),),
        confidence=0.9,
        changes=(Change(at("2026-11-20 09:00"), "new", after="signed"),),
    )
    return replace(base, **values)


def told_as(record: Agreement, state: str = "delivered", key: str = "") -> dict[str, Told]:
    key = key or record.key
    return {key: Told(key, record.stage, mark(record), state, "<one@x.example>", "2026-11-16")}


def one(subscription: Subscription, record: Agreement, told: dict[str, Told] | None = None) -> Chosen | None:
    found = choose(subscription, [record], told or {}, WEEK)
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("values", "lets_through"),
    [
        ({}, True),
        ({"countries": ["RW"]}, True),
        ({"countries": ["FR"]}, False),
        ({"countries": ["FR"], "pairs": ["KZ-RW"]}, True),
        ({"pairs": ["KZ-FR"]}, False),
        ({"groups": ["africa"]}, True),
        ({"groups": ["EU"]}, False),
        ({"groups": ["EU"], "countries": ["KZ"]}, True),
        ({"sectors": ["trade", "health"]}, True),
        ({"sectors": ["health"]}, False),
        ({"confidence": 0.9}, True),
        ({"confidence": 0.91}, False),
        ({"outlets": 2}, True),  # an outlet and a government
        ({"outlets": 3}, False),
        ({"official": True}, True),
        ({"languages": ["fr"]}, True),
        ({"languages": ["de"]}, False),
        ({"words": ["Lithium Processing"]}, True),
        ({"words": ["lithium proc"]}, False),
        ({"words": ["nickel", "mining board"]}, True),
        ({"words": ["l.thium"]}, False),
        ({"countries": ["RW"], "sectors": ["health"]}, False),
    ],
)
def test_filters(values: dict[str, object], lets_through: bool) -> None:
    assert matches(sub(**values), signed()) is lets_through


def test_phrases_in_scripts_without_spaces_match_inside() -> None:
    record = signed(title="哈萨克斯坦与卢旺达签署锂加工备忘录")
    assert matches(sub(words=["备忘录"]), record)
    assert not matches(sub(words=["条约"]), record)


@pytest.mark.parametrize(
    ("values", "kind", "why"),
    [
        ({}, "new", "signed in the window"),
        ({"stage": Stage.IN_FORCE, "stages": (reached(Stage.IN_FORCE, "2026-11-19"),)}, "changed", "in force"),
        ({"stage": Stage.ENDED, "stages": (reached(Stage.ENDED, "2026-11-19"),)}, "changed", "ended"),
        ({"stage": Stage.PLANNED, "stages": (reached(Stage.PLANNED, "2026-12-19"),)}, None, "not among the stages"),
        ({"changes": (Change(at("2026-11-20 09:00"), "new", tell=False),)}, None, "a backfill is not told"),
        ({"changes": (Change(at("2025-11-20 09:00"), "new"),)}, None, "long known"),
        (
            {"changes": (Change(at("2025-01-20 09:00"), "new"), Change(at("2026-11-20 09:00"), "date"))},
            None,
            "a date that changes makes no old agreement new",
        ),
        (
            {"changes": (Change(at("2025-01-20 09:00"), "new", tell=False), Change(at("2026-11-20 09:00"), "stage"))},
            "new",
            "backfilled, moved on now",
        ),
        ({"rejected": "never signed"}, None, "nobody was told of it"),
        ({"merged_into": "kz-rw-2026-10"}, None, "the other one is told"),
    ],
)
def test_what_was_not_told(values: dict[str, object], kind: str | None, why: str) -> None:
    chosen = one(sub(), signed(**values))
    assert (chosen.kind if chosen else None) == kind, why


def test_planned_is_told_where_it_is_asked_for() -> None:
    planned = signed(stage=Stage.PLANNED, stages=(reached(Stage.PLANNED, "2026-12-19"),))
    chosen = one(sub(stages=["planned"]), planned)
    assert chosen is not None
    assert chosen.kind == "planned"


def test_told_once() -> None:
    assert one(sub(), signed(), told_as(signed())) is None
    more = signed(outlets=9, reports=signed().reports * 3, confidence=0.99)
    assert one(sub(), more, told_as(signed())) is None


def test_told_under_a_name_that_became_an_alias() -> None:
    assert one(sub(), signed(aliases=("kz-rw-2026-10",)), told_as(signed(), key="kz-rw-2026-10")) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (
            {
                "stage": Stage.IN_FORCE,
                "stages": (reached(Stage.SIGNED, "2026-11-19"), reached(Stage.IN_FORCE, "2026-11-22")),
                "changes": (Change(at("2026-11-22 09:00"), "stage"),),
            },
            "changed",
        ),
        ({"stages": (reached(Stage.SIGNED, "2026-11-18"),)}, "date"),
        ({"pair": ("KZ", "UG")}, "parties"),
        ({"rejected": "taken back"}, "withdrawn"),
        ({"stages": (reached(Stage.SIGNED, "", "2026-11-20"),)}, None),
        ({"stages": (reached(Stage.SIGNED, "2026-11-01", precision="month"),)}, None),
        (
            {"stages": (reached(Stage.SIGNED, "2026-11-18"),), "changes": (Change(NOW, "date", tell=False),)},
            None,
        ),
    ],
)
def test_what_comes_back(values: dict[str, object], kind: str | None) -> None:
    chosen = one(sub(), signed(**values), told_as(signed()))
    assert (chosen.kind if chosen else None) == kind


def test_the_filter_does_not_hide_a_correction() -> None:
    told = told_as(signed())
    assert one(sub(confidence=0.99), signed(rejected="taken back"), told) is not None
    assert one(sub(sectors=["health"]), signed(pair=("KZ", "UG")), told) is not None


def test_a_withdrawal_is_told_once_and_a_restored_one_comes_back() -> None:
    gone = signed(rejected="taken back")
    assert one(sub(), gone, told_as(gone)) is None
    back = one(sub(), signed(changes=(Change(NOW, "restored"),)), told_as(gone))
    assert back is not None
    assert back.kind == "new"


def test_what_may_have_arrived_comes_back_and_says_so() -> None:
    again = one(sub(), signed(changes=()), told_as(signed(), "uncertain"))
    assert again is not None
    assert again.again
    gone = signed(rejected="taken back")
    assert one(sub(), gone, told_as(gone, "uncertain")) is not None


def test_a_planned_one_that_was_told_becomes_new_when_signed() -> None:
    planned = signed(stage=Stage.PLANNED, stages=(reached(Stage.PLANNED, "2026-11-19"),))
    chosen = one(sub(), signed(changes=(Change(NOW, "stage"),)), told_as(planned))
    assert chosen is not None
    assert chosen.kind == "new"


@pytest.mark.parametrize(
    ("reports", "sure", "why"),
    [
        ([{}], False, "one voice"),
        ([{}, {"outlet": "Other"}], True, "two owners"),
        ([{}, {"outlet": "Other", "official": "KZ"}], True, "one official source and one other"),
        ([{}, {"outlet": "Other", "copy_of": 1}], False, "a copy is no second voice"),
        ([{}, {"outlet": "Other", "changed": True}], False, "its text was replaced"),
        ([{}, {"outlet": "Other", "stage": Stage.PLANNED}], False, "tells of another stage"),
        ([{}, {}], False, "the same owner twice"),
    ],
)
def test_instant_alerts_need_independent_voices(reports: list[dict[str, object]], sure: bool, why: str) -> None:
    made = tuple(
        report(n, str(r.pop("outlet", "One")), "en", "[s:signed]", "2026-11-22 09:00", **r)  # type: ignore[arg-type]
        for n, r in enumerate([dict(r) for r in reports])
    )
    record = signed(reports=made)
    instant = sub(rhythm="instant")
    assert is_sure_enough(instant, record) is sure, why
    assert (one(instant, record) is not None) is sure


def test_an_undated_item_never_makes_an_alert() -> None:
    dated, other = signed().reports
    undated = replace(other, published=None)
    assert not is_sure_enough(sub(rhythm="instant"), signed(reports=(dated, undated)))


def test_an_outlet_more_makes_it_news_for_who_asked_for_two() -> None:
    began = NOW - timedelta(days=40)
    old = signed(changes=(Change(NOW - timedelta(days=20), "new"),))
    assert choose(sub(outlets=2), [old], {}, horizon(began, WEEK))
    assert not choose(sub(outlets=2), [old], {}, horizon(NOW - timedelta(days=7), WEEK))


def test_order_and_independence_of_the_order_given() -> None:
    records = [
        signed(key="a", confidence=0.7),
        signed(key="b", confidence=0.9, pair=("DE", "KZ")),
        signed(key="c", confidence=0.9, pair=("AE", "KE")),
        signed(key="d", confidence=0.9, stages=(reached(Stage.SIGNED, "2026-11-20"),)),
        signed(key="e", confidence=0.99, stage=Stage.ENDED, stages=(reached(Stage.ENDED, "2026-11-20"),)),
    ]
    chosen = choose(sub(), records, {}, WEEK)
    assert [c.agreement.key for c in chosen] == ["d", "c", "b", "a", "e"]
    assert choose(sub(), records[::-1], {}, WEEK) == chosen


def test_what_only_a_government_reports_is_told() -> None:
    alone = signed(outlets=0, officials=("KZ",))
    assert matches(sub(), alone)
    assert not matches(sub(outlets=2), alone)
