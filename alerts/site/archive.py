"""What the site tells, ordered for telling: live and former agreements, their steps by day, groups by pair, country,
sector, month and week. Computed once a build from the records alone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from alerts.choose import NEWS
from alerts.exports.rows import newest_first
from alerts.idle import is_idle
from alerts.site.prints import fingerprint, record_print
from classify.model import Pair, Stage
from storage.queries import LONG_AGO
from storage.records import Agreement, StageDate

STALE = timedelta(days=183)
"""A plan without a date counts as coming for half a year."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage that an agreement reached, and the day that it is filed under."""

    day: date
    stage: Stage
    record: Agreement

    @property
    def month(self) -> str:
        """'2026-11'."""
        return f"{self.day:%Y-%m}"

    @property
    def week(self) -> str:
        """ISO 8601 week, '2026-W47'."""
        year, week, _ = self.day.isocalendar()
        return f"{year}-W{week:02}"


@dataclass(frozen=True, slots=True)
class Archive:
    """All records of a build. Lists of agreements and steps are newest first."""

    live: tuple[Agreement, ...]
    former: tuple[Agreement, ...]
    """Withdrawn and merged ones."""
    steps: tuple[Step, ...]
    """What happened: signings, entries into force, ends."""
    announced: tuple[Step, ...]
    """What is only planned, filed under the day of its first report."""
    pairs: dict[Pair, list[Agreement]] = field(default_factory=dict)
    """Groups hold former records too: who follows a pair has to hear of a withdrawal."""
    countries: dict[str, list[Agreement]] = field(default_factory=dict)
    sectors: dict[str, list[Agreement]] = field(default_factory=dict)
    months: dict[str, list[Step]] = field(default_factory=dict)
    weeks: dict[str, list[Step]] = field(default_factory=dict)
    by_key: dict[str, list[Step]] = field(default_factory=dict)
    """The steps of each record."""
    prints: dict[str, str] = field(default_factory=dict)
    """Fingerprint of each record by its key."""
    every: str = ""
    """Fingerprint of all records together."""

    @property
    def records(self) -> list[Agreement]:
        """Live and former ones."""
        return [*self.live, *self.former]


def arrange(records: Iterable[Agreement]) -> Archive:
    """The archive of `records`, whatever order they come in."""
    ordered = newest_first(records)
    live = tuple(record for record in ordered if is_live(record))
    everything = sorted((step for record in live for step in _steps(record)), key=_recent, reverse=True)
    steps = tuple(step for step in everything if step.stage is not Stage.PLANNED)
    prints = {record.key: record_print(record) for record in ordered}
    return Archive(
        live=live,
        former=tuple(record for record in ordered if not is_live(record)),
        steps=steps,
        announced=tuple(step for step in everything if step.stage is Stage.PLANNED),
        pairs=_grouped(ordered, lambda record: (record.pair,)),
        countries=_grouped(ordered, attrgetter("pair")),
        sectors=_grouped(ordered, attrgetter("sectors")),
        months=_grouped(everything, lambda step: (step.month,)),
        weeks=_grouped(everything, lambda step: (step.week,)),
        by_key=_grouped(everything, lambda step: (step.record.key,)),
        prints=prints,
        every=fingerprint(sorted(prints.items())),
    )


def is_live(record: Agreement) -> bool:
    """Neither withdrawn nor joined with another."""
    return not record.rejected and not record.merged_into


def coming(archive: Archive, today: date) -> list[Agreement]:
    """Planned signings that are not past their date, the nearest first; those for a month or year only come behind the
    days of it, those without a date last, and only for half a year after their first report."""
    waiting = [step for step in archive.announced if not step.record.overdue and not _is_stale(step, today)]
    return sorted((step.record for step in waiting), key=_expected)


def stale(archive: Archive, today: date) -> list[Agreement]:
    """Planned signings that nobody waits for any more: no date was told for half a year, or it passed 18 months ago."""
    return [step.record for step in archive.announced if _is_stale(step, today)]


def overdue(archive: Archive, today: date) -> list[Agreement]:
    """Planned signings whose date passed without a report in the last 18 months, the latest first."""
    return [step.record for step in archive.announced if step.record.overdue and not _is_stale(step, today)]


def idle(archive: Archive, today: date) -> list[Agreement]:
    """Signed more than 18 months ago without a later report, the oldest last: the rule of the mails."""
    signed = [step for step in archive.steps if step.stage is Stage.SIGNED]
    return list({step.record.key: step.record for step in signed if is_idle(step.record, today)}.values())


def news(archive: Archive, after: date, until: date) -> list[Agreement]:
    """What came to be known in the days after one and up to another, as mails tell it: agreements that were new or
    reached another stage then; without announcements, and without what a backfill brought."""
    return [record for record in archive.live if record.stage is not Stage.PLANNED and after < known(record) <= until]


def known(record: Agreement) -> date:
    """The day that its present stage came to be known as news; the first of all days where it never was."""
    told = [change.at.date() for change in record.changes if change.kind in NEWS and change.tell]
    return max(told, default=date.min)


def _expected(record: Agreement) -> tuple[int, int, int, str]:
    """The day that a signing is planned for, what is not told of it as high numbers."""
    step = record.date_of(Stage.PLANNED)
    if step is None or step.on is None:
        return (9999, 99, 99, record.key)
    month = 99 if step.precision == "year" else step.on.month
    return (step.on.year, month, step.on.day if step.precision == "day" else 99, record.key)


def _is_stale(step: Step, today: date) -> bool:
    at = step.record.date_of(Stage.PLANNED)
    if at is None or at.on is None:
        return step.day < today - STALE
    return step.record.overdue and at.on < today - LONG_AGO


def _steps(record: Agreement) -> Iterable[Step]:
    for at in record.stages:
        if at.stage is Stage.PLANNED and record.stage is not Stage.PLANNED:
            continue
        yield Step(at.reported.date() if at.stage is Stage.PLANNED else _filed(at), at.stage, record)


def _filed(at: StageDate) -> date:
    """The day told; where only month or year are told, the day of the report if it lies therein, else the first day."""
    reported = at.reported.date()
    if at.on is None:
        return reported
    same_year = reported.year == at.on.year
    inside = same_year if at.precision == "year" else same_year and reported.month == at.on.month
    return reported if at.precision in ("year", "month") and inside else at.on


def _recent(step: Step) -> tuple[date, float, str, str]:
    return step.day, step.record.confidence, step.record.key, step.stage


def _grouped(things: Sequence[Any], keys: Callable[[Any], Iterable[Any]]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for thing in things:
        for key in keys(thing):
            groups[key].append(thing)
    return dict(groups)
