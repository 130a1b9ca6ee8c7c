"""The first page: what happened last with its proof, what is coming, what is in doubt, and the archive at a glance."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from alerts.display import STAGES, counted, language_name, one_line, present, short_day
from alerts.exports import official
from alerts.site.archive import Archive, Step, coming, idle, overdue
from alerts.site.cards import Card
from alerts.site.charts import Week, calendar_weeks, is_barred, week_chart
from alerts.site.folder import Page
from alerts.site.groups import FILTER, Context, tally
from alerts.site.matrix import matrix
from alerts.site.periods import month_name, period_href
from alerts.site.press import Press, size
from alerts.site.standing import SHEET, corrections
from classify.model import Stage
from storage.records import Agreement, FeedHealth

NEWEST, LEADING, COMING = 30, 5, 8
WEEKS, WEEKS_NARROW, WEEKS_LEAST = 52, 26, 12
"""Columns of the chart: as many as there is something to show, within these."""
_FINE = ("new", "fine", "off")
_ADDRESS = re.compile(r"(\s+(at|of|from))?\s*\S+://\S+")


def front_page(press: Press, sizes: Mapping[str, int]) -> Page:
    """The index; `sizes` are those of the files to take, in bytes."""
    archive, options = press.archive, press.options
    made_of = [archive.every, options.today, options.coverage, options.health]
    return press.page("index.html", "index.html.j2", [*made_of, sorted(sizes.items())], partial(_index, press, sizes))


def _index(press: Press, sizes: Mapping[str, int]) -> Context:
    today, archive = press.options.today, press.archive
    period = [step for step in archive.steps if today - timedelta(days=7) < step.day <= today]
    year = [step for step in archive.steps if today - timedelta(weeks=52) < step.day <= today]
    earlier = [step for step in archive.steps if today - timedelta(days=14) < step.day <= today - timedelta(days=7)]
    waiting = coming(archive, today.replace(day=1))
    lead = _lead(year, archive)
    return {
        "title": "New agreements between countries",
        "description": lead,
        "headline": f"Last 7 days: {tally([step.stage for step in period]) or 'nothing new'}",
        "lead": f"The 7 days before: {tally([step.stage for step in earlier]) or 'nothing'}. {lead}",
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


def _covered(press: Press) -> str:
    told, state = press.options.coverage, f"State of {short_day(press.options.today)}."
    if told is None or not told.feeds_watched:
        return state
    read = f"Read: {told.feeds_read:,} of {counted(told.feeds_watched, 'feed')}"
    entries = counted(told.entries, "entry", "entries")
    return f"{read}, {entries}, {told.bilateral:,} of them about two countries. {state}"


def _last(press: Press, period: Sequence[Step]) -> Context:
    """What happened in the period, or else before it: the best supported first."""
    leading = _leading(period or press.archive.steps[:LEADING])
    total = len({step.record.key for step in period})
    title = f"The {len(leading)} most reported of the {total}" if total > len(leading) else "What happened"
    return {
        "last_title": title if period else "The latest before",
        "last": [press.item(record) for record in leading],
        "week_href": period_href("weeks", period[0].week) if period else "",
    }


def _leading(steps: Sequence[Step]) -> list[Agreement]:
    by_record = {step.record.key: step for step in reversed(steps)}
    ordered = sorted(
        by_record.values(), key=lambda s: (-s.record.voices, -s.record.confidence, -s.day.toordinal(), s.record.key)
    )
    return [step.record for step in ordered[:LEADING]]


def _asides(press: Press, waiting: Sequence[Agreement]) -> Context:
    today = press.options.today
    recent = [one for one in corrections(press) if one.day >= today - timedelta(days=28)]
    return {
        "coming": _coming(press, waiting[:COMING]),
        "waiting": counted(len(waiting), "coming signing"),
        "late": len(overdue(press.archive)),
        "idle": len(idle(press.archive, today)),
        "corrections": recent[:5],
        "feeds": [_feed(feed, today) for feed in press.options.health if feed.state not in _FINE],
    }


def _coming(press: Press, waiting: Sequence[Agreement]) -> list[tuple[str, list[Card]]]:
    """By the day that they are planned for, which is told once."""
    days: dict[str, list[Card]] = {}
    for record in waiting:
        step = present(record)
        day = short_day(step.on, step.precision) if step and step.on else "no date yet"
        days.setdefault(day, []).append(press.card(record))
    return list(days.items())


def _feed(feed: FeedHealth, today: date) -> Context:
    """A feed that needs a look; never its address, which may hold a key."""
    where = (official.country(feed.country) if feed.country else "", language_name(feed.lang))
    return {
        "ago": counted((today - feed.since.date()).days, "day") if feed.since else "",
        "outlet": one_line(feed.outlet or feed.key, 80),
        "where": ", ".join(part for part in where if part),
        "state": feed.state,
        "detail": one_line(_ADDRESS.sub("", feed.detail), 120),
    }


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
            {"stage": stage, "word": s.word, "mark": s.mark, "count": f"{counts[stage]:,}"}
            for stage, s in STAGES.items()
        ],
        "weeks": [_week_line(week) for week in reversed(wide) if week.steps or week.planned],
    }


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
        "filtered": len(newest) >= FILTER,
        **press.choices(newest),
        "months": [
            {"href": period_href("months", name), "name": month_name(name), "count": f"{len(months[name]):,}"}
            for name in sorted(months, reverse=True)[:13]
        ],
    }
