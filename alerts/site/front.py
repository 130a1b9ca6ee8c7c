"""The first page: what happened last with its proof, what is coming, what is in doubt, and the archive at a glance."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from alerts import wording
from alerts.display import STAGES, counted, day_of, present, short_day, stage_word
from alerts.site.archive import Archive, Step, coming, idle, news, overdue
from alerts.site.cards import Card
from alerts.site.charts import Week, calendar_weeks, is_barred, week_chart
from alerts.site.folder import Page
from alerts.site.groups import FILTER, Context
from alerts.site.matrix import matrix
from alerts.site.periods import month_name, period_href
from alerts.site.press import Press, size
from alerts.site.standing import SHEET, broken_feeds, corrections, silent_feeds
from classify.model import Stage
from storage.records import Agreement

NEWEST, LEADING, FEW, COMING, FEEDS = 30, 6, 6, 8, 5
WEEK = timedelta(days=7)
WEEKS, WEEKS_NARROW, WEEKS_LEAST = 52, 26, 12
"""Columns of the chart: as many as there is something to show, within these."""
_SHORT_OF_IT = {Stage.IN_FORCE: " or ratified", Stage.ENDED: " or broken off"}


def front_page(press: Press, sizes: Mapping[str, int]) -> Page:
    """The index; `sizes` are those of the files to take, in bytes."""
    archive, options = press.archive, press.options
    made_of = [archive.every, options.today, options.coverage, options.health]
    return press.page("index.html", "index.html.j2", [*made_of, sorted(sizes.items())], partial(_index, press, sizes))


def _index(press: Press, sizes: Mapping[str, int]) -> Context:
    today, archive = press.options.today, press.archive
    period = news(archive, today - WEEK, today)
    year = [step for step in archive.steps if today - timedelta(weeks=52) < step.day <= today]
    earlier = news(archive, today - 2 * WEEK, today - WEEK)
    waiting = coming(archive, today)
    lead = _lead(year, archive)
    return {
        "title": "New agreements between countries",
        "description": lead,
        "headline": f"News of 7 days: {_tight(wording.tally(period)) or 'nothing new'}",
        "lead": f"{_happened(period, today - WEEK)}The 7 days before: {wording.tally(earlier) or 'nothing'}. {lead}",
        "covered": _covered(press),
        "sizes": {path: size(length) for path, length in sizes.items()},
        "rows_told": counted(len(archive.records), "row"),
        "sheet_told": f"the newest {SHEET:,}" if len(archive.records) > SHEET else "the same",
        "matrix": matrix(list({step.record.key: step.record for step in year}.values())),
        **_last(press, period),
        **_asides(press, waiting),
        **_chart(press, year, waiting),
        **_newest(press),
    }


def _lead(year: Sequence[Step], archive: Archive) -> str:
    records, pairs = {step.record.key for step in year}, {step.record.pair for step in year}
    if not records:
        return f"No step in 52 weeks; {counted(len(archive.live), 'agreement')} in the archive."
    told = f"{counted(len(records), 'agreement')} in 52 weeks between {counted(len(pairs), 'pair')} of countries"
    return f"{told}, each with the sentence that proves it."


def _tight(told: str) -> str:
    """A number stays on the line of what it counts."""
    return re.sub(r"(\d) ", "\\1\u00a0", told)


def _happened(period: Sequence[Agreement], after: date) -> str:
    """How many of the news took their step before the period: they are news of the sources, not of the world."""
    old = wording.happened_before(period, after)
    return f"{old:,} of {len(period):,} happened earlier and came to be known now. " if old else ""


def _covered(press: Press) -> str:
    told, state = press.options.coverage, f"State of {short_day(press.options.today)}."
    if told is None or not told.feeds_watched:
        return state
    read = f"Read: {told.feeds_read:,} of {counted(told.feeds_watched, 'feed')}"
    entries = counted(told.entries, "entry", "entries")
    return f"{read}, {entries}, {told.bilateral:,} of them about two countries. {state}"


def _last(press: Press, period: Sequence[Agreement]) -> Context:
    """The news of the period, or else the last steps before it: the best supported first."""
    before = {step.record.key: step.record for step in press.archive.steps[:LEADING]}
    leading = _leading(period or list(before.values()))
    few = 0 < len(leading) < FEW
    if few:
        leading += [record for record in _leading(list(before.values())) if record not in leading][: FEW - len(leading)]
    title = f"The {len(leading)} most reported of the {len(period)}" if len(period) > len(leading) else "What is new"
    title = "What is new, then the latest before" if few and len(leading) > len(period) else title
    return {
        "last_title": title if period else "The latest before",
        "last": [press.item(record) for record in leading],
        "news_told": f"All {len(period):,} with their sentences" if len(period) > 1 else "News of 31 days",
    }


def _leading(records: Sequence[Agreement]) -> list[Agreement]:
    ordered = sorted(records, key=lambda r: (-r.voices, -r.confidence, -day_of(r).toordinal(), r.key))
    return ordered[:LEADING]


def _asides(press: Press, waiting: Sequence[Agreement]) -> Context:
    today = press.options.today
    recent = [one for one in corrections(press) if one.day >= today - timedelta(days=28)]
    broken, silent = broken_feeds(press), silent_feeds(press)
    return {
        "coming": _coming(press, waiting[:COMING]),
        "waiting": counted(len(waiting), "coming signing"),
        "late": len(overdue(press.archive, today)),
        "idle": len(idle(press.archive, today)),
        "corrections": recent[:5],
        "feeds": broken[:FEEDS],
        "feeds_left": max(len(broken) - FEEDS, 0),
        "silent": len(silent),
    }


def _coming(press: Press, waiting: Sequence[Agreement]) -> list[tuple[str, list[Card]]]:
    """By the day that they are planned for, which is told once."""
    days: dict[str, list[Card]] = {}
    for record in waiting:
        step = present(record)
        day = short_day(step.on, step.precision) if step and step.on else "no date yet"
        days.setdefault(day, []).append(press.card(record))
    return list(days.items())


def _chart(press: Press, year: Sequence[Step], waiting: Sequence[Agreement]) -> Context:
    archive, today = press.archive, press.options.today
    first = min((step.day for step in year), default=today)
    past = max(WEEKS_LEAST, (today - first).days // 7 + 2)
    wide = calendar_weeks(archive.weeks, archive.announced, today, min(past, WEEKS), 5)
    narrow = calendar_weeks(archive.weeks, archive.announced, today, min(past, WEEKS_NARROW), 4)
    counts = Counter(step.stage for step in year)
    counts[Stage.PLANNED] = len(waiting)
    return {
        "bars": is_barred(wide),
        "chart_wide": week_chart(wide, today, 1120, "ww"),
        "chart_narrow": week_chart(narrow, today, 358, "wn"),
        "legend": [
            {"stage": stage, "word": _drawn_word(stage, year), "mark": s.mark, "count": f"{counts[stage]:,}"}
            for stage, s in STAGES.items()
        ],
        "weeks": [_week_line(week) for week in reversed(wide) if week.steps or week.planned],
    }


def _drawn_word(stage: Stage, year: Sequence[Step]) -> str:
    """What the chart counts under a stage: with what is only ratified, or was never signed, where there is such."""
    short = any(stage_word(step.record, stage) != STAGES[stage] for step in year if step.stage is stage)
    return STAGES[stage].word + (_SHORT_OF_IT.get(stage, "") if short else "")


def _week_line(week: Week) -> Context:
    """A week's figures, in the order of the legend."""
    return {
        "told": short_day(week.monday),
        "href": period_href("weeks", week.name) if week.steps else "",
        "counts": [week.count(stage) for stage in STAGES],
    }


def _newest(press: Press) -> Context:
    newest, months = press.archive.live[:NEWEST], press.archive.months
    return {
        "rows": press.rows(newest, ""),
        "every_told": f"All {counted(len(press.archive.live), 'agreement')}",
        "filtered": len(newest) >= FILTER,
        **press.choices(newest),
        "months": [
            {"href": period_href("months", name), "name": month_name(name), "count": f"{len(months[name]):,}"}
            for name in sorted(months, reverse=True)[:13]
        ],
    }
