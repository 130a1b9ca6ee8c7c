"""Pages of months and of weeks: each step of an agreement under the day that it happened. A week is an issue, with the
sentences that prove it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from alerts.display import long_month, short_day
from alerts.site.archive import Step
from alerts.site.folder import Page
from alerts.site.groups import FILTER, ROOT, ROWS, Context, list_context, table, tally
from alerts.site.press import Press
from classify.model import Stage
from storage.records import Agreement

Naming = Callable[[str], str]


def period_pages(press: Press) -> Iterator[Page]:
    """One page a month and one a week in which anything happened or was announced."""
    yield from _pages(press, "months", press.archive.months, _month)
    yield from _pages(press, "weeks", press.archive.weeks, _week)


def month_name(name: str) -> str:
    """'November 2026' of '2026-11'."""
    return long_month(int(name[:4]), int(name[5:]))


def week_name(name: str) -> str:
    """'Week 47 of 2026, 16 to 22 Nov 2026' of '2026-W47'."""
    year, week = int(name[:4]), int(name[6:])
    return f"Week {week} of {year}, {week_days(date.fromisocalendar(year, week, 1))}"


def week_days(monday: date) -> str:
    """'16 to 22 Nov 2026', '30 Nov to 6 Dec 2026', '29 Dec 2025 to 4 Jan 2026'."""
    sunday = monday + timedelta(days=6)
    first = short_day(monday)
    if monday.year == sunday.year:
        first = f"{monday.day}" if monday.month == sunday.month else first.removesuffix(f" {monday.year}")
    return f"{first} to {short_day(sunday)}"


def period_href(kind: str, name: str) -> str:
    """Address of a period's page from the root of the site."""
    return f"{kind}/{name.lower()}/index.html"


def _pages(
    press: Press, kind: str, groups: dict[str, list[Step]], context: Callable[[Press, list[Step]], Context]
) -> Iterator[Page]:
    names = sorted(groups)
    for before, name, after in zip(["", *names], names, [*names[1:], ""], strict=False):
        steps = groups[name]
        made_of = [press.prints(step.record for step in steps), before, after]
        path = period_href(kind, name)
        yield press.page(
            path, "list.html.j2", made_of, partial(_context, press, context, kind, (before, name, after), steps)
        )


def _context(
    press: Press,
    context: Callable[[Press, list[Step]], Context],
    kind: str,
    names: tuple[str, str, str],
    steps: list[Step],
) -> Context:
    naming: Naming = month_name if kind == "months" else week_name
    before, name, after = names
    around = [
        (period_href(kind, other), f"{word}: {naming(other)}")
        for word, other in (("before", before), ("after", after))
        if other
    ]
    lead = f"{tally((step.record, step.stage) for step in steps)}, by the day it happened or was first announced."
    return list_context(naming(name), lead, [(f"{kind}/index.html", kind.capitalize()), *around]) | context(
        press, steps
    )


def _month(press: Press, steps: list[Step]) -> Context:
    happened, announced = _split(steps)
    groups = (("all", "What happened", happened), ("announced", "Announced", announced))
    tables = [table(title, press.rows(records, ROOT), name=name) for name, title, records in groups if records]
    filtered = len(happened) >= FILTER
    return {"tables": tables, "filtered": filtered} | press.choices(happened)


def _week(press: Press, steps: list[Step]) -> Context:
    happened, announced = _split(steps)
    stages = [(step.record, step.stage) for step in steps if step.stage is not Stage.PLANNED]
    return {
        "items": [press.item(record) for record in happened[:ROWS]],
        "items_title": f"What happened: {tally(stages)}" if happened else "",
        "tables": [table("Announced", press.rows(announced, ROOT))] if announced else [],
    }


def _split(steps: Sequence[Step]) -> tuple[list[Agreement], list[Agreement]]:
    """Records that took a step, each once, and those only announced."""
    happened = {step.record.key: step.record for step in steps if step.stage is not Stage.PLANNED}
    announced = {step.record.key: step.record for step in steps if step.stage is Stage.PLANNED}
    return list(happened.values()), list(announced.values())
