"""Who tells of an agreement, and of which stage, so that no report of one stage passes for one of another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from classify.model import Stage
from storage.records import Agreement, Report

_FURTHEST = {Stage.ENDED: 0, Stage.IN_FORCE: 1, Stage.SIGNED: 2, Stage.PLANNED: 3, Stage.NONE: 4}
_SAME_NEWS = timedelta(days=1)
"""An announcement printed within a day of the signing is late, no contradiction."""


def originals(record: Agreement, stage: Stage) -> list[Report]:
    """The reports of one stage that are no copies."""
    return [report for report in record.reports if report.stage is stage and report.copy_of is None]


def against(record: Agreement) -> list[Report]:
    """Reports that do not go with the present stage: of what is planned, those that tell of more; of anything else,
    those that still announce it more than a day after it was first reported done."""
    if record.stage is Stage.PLANNED:
        return [report for report in record.reports if report.stage not in (Stage.PLANNED, Stage.NONE)]
    since = min((_at(report) for report in record.reports if report.stage is record.stage), default=None)
    planned = [report for report in record.reports if report.stage is Stage.PLANNED]
    return [report for report in planned if since and _at(report) > since + _SAME_NEWS]


def by_stage(record: Agreement) -> list[tuple[Stage, Sequence[Report]]]:
    """The reports of each stage, those of the present one first, then the furthest."""
    stages = sorted(
        {report.stage for report in record.reports}, key=lambda one: (one is not record.stage, _FURTHEST[one])
    )
    return [(stage, [report for report in record.reports if report.stage is stage]) for stage in stages]


def _at(report: Report) -> datetime:
    return report.published or report.seen
