"""Who tells of an agreement, and of which stage: counted from the reports themselves, so that no report of one stage
passes for one of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.display import counted
from alerts.wording import listed
from classify.model import Stage
from classify.names import country_in_sentence
from storage.records import Agreement, Report

_FURTHEST = {Stage.ENDED: 0, Stage.IN_FORCE: 1, Stage.SIGNED: 2, Stage.PLANNED: 3, Stage.NONE: 4}
_SAME_NEWS = timedelta(days=1)
"""An announcement printed within a day of the signing is late, no contradiction."""


@dataclass(frozen=True, slots=True)
class Voices:
    """Independent voices: governments of the two sides by their codes, and the number of all other outlets."""

    officials: tuple[str, ...]
    outlets: int

    @property
    def number(self) -> int:
        """All of them."""
        return len(self.officials) + self.outlets

    @property
    def lone(self) -> bool:
        """A single outlet and no government: nothing confirms it."""
        return self.outlets <= 1 and not self.officials

    def words(self) -> str:
        """'one outlet', '3 outlets', 'the government of Kenya and 2 outlets'."""
        governments = [country_in_sentence(code) for code in self.officials]
        head = f"the {'government' if len(governments) == 1 else 'governments'} of {listed(governments)}"
        outlets = "one outlet" if self.outlets == 1 else counted(self.outlets, "outlet")
        return " and ".join([*([head] if governments else []), *([outlets] if self.outlets or not governments else [])])

    def brief(self) -> str:
        """'1 outlet', 'AE, KE, 2 outlets': for a column."""
        outlets = [counted(self.outlets, "outlet")] if self.outlets or not self.officials else []
        return ", ".join([*self.officials, *outlets])


def originals(record: Agreement, stage: Stage) -> list[Report]:
    """The reports of one stage that are no copies."""
    return [report for report in record.reports if report.stage is stage and report.copy_of is None]


def voices(record: Agreement) -> Voices:
    """Who reports the present stage; where a person set it and no report tells of it, who reports anything of it."""
    told = originals(record, record.stage) or [report for report in record.reports if report.copy_of is None]
    officials = tuple(sorted({report.official for report in told if report.official in record.pair}))
    return Voices(officials, len({_voice(report) for report in told if report.official not in record.pair}))


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


def _voice(report: Report) -> str:
    return report.voice or report.outlet or str(report.item)
