"""The dry run of a filter shows what would have been sent, and warns where it lets nothing or everything through."""

from dataclasses import replace
from datetime import timedelta

import pytest
from mail_records import DESK, NOW, lithium, many, minerals, power_line

from alerts.preview import preview
from alerts.subscription import Subscription
from classify.model import Stage
from storage.records import Agreement

SINCE = NOW - timedelta(days=30)


def shown(records: list[Agreement], **values: object) -> tuple[str, tuple[str, ...], int]:
    wish = Subscription(**{"name": "s", "address": "env:SECRET", **values})
    made = preview(wish, records, SINCE, NOW, desk=DESK, environ={})
    return made.message.subject, made.warnings, made.matched


def test_it_shows_the_digest_and_counts() -> None:
    subject, warnings, matched = shown([power_line(), lithium(), minerals()], countries=["RW"])
    assert subject == "1 agreement: Kazakhstan–Rwanda geological data, to 2030"
    assert (warnings, matched) == ((), 1)


def test_a_filter_that_lets_nothing_through() -> None:
    subject, warnings, _ = shown(many(10), words=["no such phrase"])
    assert subject.startswith("Nothing new in s")
    assert warnings == ("the filter matches none of the 10 agreements of this time",)


def test_a_filter_that_leaves_nothing_out() -> None:
    _, warnings, _ = shown(many(10), confidence=0.1, outlets=1)
    assert warnings == ("the filter matches all 10 agreements of this time: confidence, outlets leave nothing out",)


@pytest.mark.parametrize("records", [[], [power_line()]])
def test_no_warning_without_enough_to_judge_by(records: list[Agreement]) -> None:
    assert shown(records)[1] == ()


def test_what_is_withdrawn_or_merged_is_not_counted() -> None:
    gone = [replace(power_line(), rejected="wrong"), replace(lithium(), merged_into="x"), minerals()]
    assert shown(gone)[2] == 1


def test_stages_count_as_part_of_the_filter() -> None:
    assert shown([power_line()], stages=[Stage.ENDED])[1] == (
        "the filter matches none of the 1 agreement of this time",
    )


def test_instant_alerts_are_shown_as_they_would_go_out() -> None:
    _, _, matched = shown([minerals()], rhythm="instant")
    assert matched == 1
    assert shown([minerals()], rhythm="instant")[0].startswith("Nothing new"), "one voice only"


@pytest.mark.parametrize(("untold", "said"), [(0, ""), (1, "1 agreement of this time is told to nobody"),
                                              (184, "184 agreements of this time are told to nobody")])  # fmt: skip
def test_what_a_backfill_brought_is_not_shown_and_counted(untold: int, said: str) -> None:
    wish = Subscription(name="s", address="env:SECRET")
    warnings = preview(wish, [], SINCE, NOW, desk=DESK, environ={}, untold=untold).warnings
    assert "".join(warnings).startswith(said)
    assert bool(warnings) is bool(untold)
