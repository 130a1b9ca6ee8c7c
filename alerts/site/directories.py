"""The lists that lead to the pages of pairs, countries, sectors, months and weeks."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from alerts.display import STAGES, codes, counted
from alerts.exports import official
from alerts.site.archive import is_live
from alerts.site.cards import pair_names
from alerts.site.folder import Page
from alerts.site.groups import Context, busiest
from alerts.site.periods import month_name, week_name
from alerts.site.press import Press
from alerts.wording import field, upper
from classify.model import Stage
from storage.records import Agreement

PAIRS = 300
"""Pairs of the list: thousands of rows are no list, and every pair is on the pages of its two countries."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a directory: what it leads to, a text beside it, and the stages of what stands there."""

    href: str
    name: str
    note: str
    stages: tuple[Stage, ...]

    @property
    def cells(self) -> list[str]:
        """All, then each stage, '' for none."""
        counts = Counter(self.stages)
        return [f"{len(self.stages):,}", *(f"{counts[stage]:,}" if counts[stage] else "" for stage in STAGES)]


@dataclass(frozen=True, slots=True)
class Directory:
    """One list: `column` is the head of its names, `note` that of the text beside them, or ''."""

    folder: str
    title: str
    lead: str
    column: str
    note: str
    lines: Callable[[Press], Iterable[Line]]


def directory_pages(press: Press) -> Iterator[Page]:
    """The five lists."""
    for plan in _plans(press):
        yield press.page(
            f"{plan.folder}/index.html", "directory.html.j2", [press.archive.every], partial(_context, press, plan)
        )


def _plans(press: Press) -> tuple[Directory, ...]:
    archive = press.archive
    pairs, sides = {record.pair for record in archive.live}, {code for record in archive.live for code in record.pair}
    rest = f" The {PAIRS} busiest; the others are reached by their countries." if len(pairs) > PAIRS else ""
    return (
        Directory("pairs", "Pairs", f"{counted(len(pairs), 'pair')} of countries.{rest}", "Pair", "Sectors", _pairs),
        Directory(
            "countries",
            "Countries",
            f"{counted(len(sides), 'country', 'countries')}; the European Union counts as one side.",
            "Country",
            "Most with",
            _countries,
        ),
        Directory("sectors", "Sectors", "An agreement may belong to several.", "Sector", "What it holds", _sectors),
        Directory(
            "months",
            "Months",
            "Each step stands under the day it happened, an announcement under the day of its first report.",
            "Month",
            "",
            _months,
        ),
        Directory(
            "weeks",
            "Weeks",
            "Each week is an issue: all that happened, with the sentences that prove it.",
            "Week",
            "",
            _weeks,
        ),
    )


def _context(press: Press, plan: Directory) -> Context:
    return {
        "title": plan.title,
        "lead": plan.lead,
        "description": plan.lead,
        "column": plan.column,
        "note": plan.note,
        "heads": ["All", *(shown.word for shown in STAGES.values())],
        "lines": list(plan.lines(press)),
    }


def _pairs(press: Press) -> Iterator[Line]:
    for pair, records in _largest(press.archive.pairs)[:PAIRS]:
        yield Line(
            "-".join(pair).lower(), f"{codes(pair)} {pair_names(pair)}", _sector_counts(records), _stages(records)
        )


def _countries(press: Press) -> Iterator[Line]:
    for code, records in _largest(press.archive.countries):
        partners = busiest(Counter(other for record in records for other in record.pair if other != code))[:3]
        note = ", ".join(f"{official.country(other)} {count}" for other, count in partners)
        yield Line(code.lower(), official.country(code), note, _stages(records))


def _sectors(press: Press) -> Iterator[Line]:
    for code, records in _largest(press.archive.sectors):
        yield Line(code, upper(field(code)), official.sector(code), _stages(records))


def _months(press: Press) -> Iterator[Line]:
    for name, steps in sorted(press.archive.months.items(), reverse=True):
        yield Line(name, month_name(name), "", tuple(step.stage for step in steps))


def _weeks(press: Press) -> Iterator[Line]:
    for name, steps in sorted(press.archive.weeks.items(), reverse=True):
        yield Line(name.lower(), week_name(name), "", tuple(step.stage for step in steps))


def _largest(groups: dict[Any, list[Agreement]]) -> list[tuple[Any, list[Agreement]]]:
    """The groups with their live records, the largest first; those without any are left out."""
    live = {key: [record for record in records if is_live(record)] for key, records in groups.items()}
    return sorted(((key, records) for key, records in live.items() if records), key=lambda one: (-len(one[1]), one[0]))


def _stages(records: list[Agreement]) -> tuple[Stage, ...]:
    return tuple(record.stage for record in records)


def _sector_counts(records: list[Agreement]) -> str:
    counts = busiest(Counter(code for record in records for code in record.sectors))
    return ", ".join(f"{field(code)} {count}" for code, count in counts)
