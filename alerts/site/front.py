"""The first page, and what is told of the archive as a whole: coming signings, corrections, the method, the files."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from alerts.display import STAGES, counted, language_name, one_line, short_day
from alerts.exports import atom, calendar, official, to_csv, to_json, to_xlsx
from alerts.site.archive import Step, coming, idle, overdue
from alerts.site.cards import pair_href, pair_names
from alerts.site.charts import Week, calendar_weeks, week_chart
from alerts.site.folder import Page
from alerts.site.groups import FILTER, month_name, tally
from alerts.site.press import Press, size
from classify.model import Stage
from storage.records import Agreement, FeedHealth

NEWEST = 30
LEADING = 5
WEEKS, WEEKS_NARROW = 52, 26
PAIRS, COLUMNS = 20, 22
_FINE = ("new", "fine", "off")
_ADDRESS = re.compile(r"\S*://\S+")
_LEGEND = (Stage.SIGNED, Stage.IN_FORCE, Stage.ENDED, Stage.PLANNED)


@dataclass(frozen=True, slots=True)
class _Legend:
    stage: Stage
    word: str
    mark: str
    count: str


def files(press: Press) -> dict[str, Page]:
    """The downloads of the whole archive by their path."""
    everything = [*press.archive.live, *press.archive.former]
    url, prints = press.options.site_url, press.prints(everything)
    recent = press.options.today - timedelta(days=366)
    made = {
        "agreements.csv": lambda: to_csv(everything, url),
        "agreements.json": lambda: to_json(everything, url),
        "agreements.xlsx": lambda: to_xlsx(everything, url),
        "new.atom": lambda: atom(everything, title="Pactwatch: new agreements", path="new.atom", site_url=url, home="index.html"),
        "coming.ics": lambda: calendar(everything, site_url=url, name="Pactwatch: signings and entries into force", since=recent),
    }
    return {path: press.file(path, [prints, recent if path == "coming.ics" else ""], content) for path, content in made.items()}


def front_pages(press: Press, sizes: dict[str, int]) -> Iterator[Page]:
    """The index, and the pages that its sections lead to. `sizes` are those of the files, in bytes."""
    today, options, prints = press.options.today, press.options, press.prints(press.archive.live)
    former = press.prints(press.archive.former)
    told = (options.coverage, tuple(options.health), sorted(sizes.items()))
    yield press.page("index.html", "index.html.j2", [prints, former, today, told], lambda: _index(press, sizes))
    yield press.page("coming/index.html", "list.html.j2", [prints, today - timedelta(days=today.day)], lambda: _coming(press))
    yield press.page("corrections/index.html", "corrections.html.j2", [prints, former], lambda: _corrections_page(press))
    yield press.page("about/index.html", "about.html.j2", [], lambda: _about(press))


def _index(press: Press, sizes: dict[str, int]) -> dict[str, Any]:
    today, archive = press.options.today, press.archive
    period = [step for step in archive.steps if today - timedelta(days=7) < step.day <= today]
    year = [step for step in archive.steps if today - timedelta(weeks=52) < step.day <= today]
    leading = _leading(period or archive.steps[:LEADING])
    newest = [*archive.live[:NEWEST]]
    waiting, late = coming(archive, today), overdue(archive)
    return {
        "title": "New agreements between countries",
        "description": _lead(year),
        "headline": f"Last 7 days: {tally([step.stage for step in period])}" if period else "Nothing new in the last 7 days",
        "lead": _lead(year),
        "covered": _covered(press),
        "last_title": _last_title(leading, period),
        "last": [press.item(record) for record in leading],
        "week_href": f"weeks/{period[0].week.lower()}/index.html" if period else "",
        "coming": [press.card(record) for record in waiting[:8]],
        "waiting": counted(len(waiting), "coming signing"),
        "late": len(late),
        "idle": len(idle(archive, today)),
        "corrections": _recent_corrections(press),
        "feeds": [_feed(feed, today) for feed in press.options.health if feed.state not in _FINE],
        "sizes": {path: size(length) for path, length in sizes.items()},
        "rows_told": counted(len(archive.live) + len(archive.former), "row"),
        **_chart_context(press, year, waiting),
        "matrix": _matrix(year),
        "rows": press.rows(newest, ""),
        "filtered": len(newest) >= FILTER,
        **press.choices(newest),
        "months": [
            {"href": f"months/{name}/index.html", "name": month_name(name), "count": f"{len(archive.months[name]):,}"}
            for name in sorted(archive.months, reverse=True)[:13]
        ],
    }


def _lead(year: Sequence[Step]) -> str:
    pairs = {step.record.pair for step in year}
    records = {step.record.key for step in year}
    return (
        f"{counted(len(records), 'agreement')} in 52 weeks between {counted(len(pairs), 'pair')} of countries, "
        "each with the sentence that proves it."
    )


def _covered(press: Press) -> str:
    told = press.options.coverage
    if told is None or not told.feeds_watched:
        return ""
    return (
        f"Read: {told.feeds_read:,} of {counted(told.feeds_watched, 'feed')}, {counted(told.entries, 'entry', 'entries')}, "
        f"{told.bilateral:,} of them about two countries. State of {short_day(press.options.today)}."
    )


def _leading(steps: Sequence[Step]) -> list[Agreement]:
    """The best supported of the steps: independent outlets first, then confidence, then the day."""
    records = {step.record.key: step for step in reversed(steps)}
    ordered = sorted(records.values(), key=lambda s: (-s.record.outlets, -s.record.confidence, -s.day.toordinal(), s.record.key))
    return [step.record for step in ordered[:LEADING]]


def _last_title(leading: Sequence[Agreement], period: Sequence[Step]) -> str:
    if not period:
        return "The latest before"
    total = len({step.record.key for step in period})
    return f"The {len(leading)} most reported of the {total}" if total > len(leading) else "What happened"


def _recent_corrections(press: Press) -> list[tuple[str, Any, str]]:
    since = press.options.today - timedelta(days=28)
    return [entry for day, *entry in _corrections(press) if day >= since][:5]  # type: ignore[misc]


def _corrections(press: Press) -> list[tuple[date, str, Any, str]]:
    """Withdrawn and disputed records, the latest first: day, day in words, card, why."""
    found = [(record, f"withdrawn: {one_line(record.rejected)}") for record in press.archive.former if record.rejected]
    found += [(record, "; ".join(map(one_line, record.disputed))) for record in press.archive.live if record.disputed]
    ordered = sorted(found, key=lambda pair: (pair[0].changed, pair[0].key), reverse=True)
    return [(record.changed.date(), short_day(record.changed.date()), press.card(record), why) for record, why in ordered]


def _feed(feed: FeedHealth, today: date) -> dict[str, str]:
    """A feed that needs a look; never its address, which may hold a key."""
    days = (today - feed.since.date()).days if feed.since else 0
    language = language_name(feed.lang)
    return {
        "ago": counted(days, "day") if feed.since else "",
        "outlet": one_line(feed.outlet or feed.key, 80),
        "country": ", ".join(part for part in (official.country(feed.country) if feed.country else "", language) if part),
        "state": feed.state,
        "detail": one_line(_ADDRESS.sub("", feed.detail), 120).removesuffix(" at"),
    }


def _chart_context(press: Press, year: Sequence[Step], waiting: Sequence[Agreement]) -> dict[str, Any]:
    today = press.options.today
    wide = _planned(calendar_weeks(press.archive.weeks, today, WEEKS, 5), press.archive.announced)
    narrow = _planned(calendar_weeks(press.archive.weeks, today, WEEKS_NARROW, 4), press.archive.announced)
    counts = Counter(step.stage for step in year) | Counter({Stage.PLANNED: len(waiting)})
    return {
        "chart_wide": week_chart(wide, today, 1120, "ww"),
        "chart_narrow": week_chart(narrow, today, 358, "wn"),
        "legend": [_Legend(stage, STAGES[stage].word, STAGES[stage].mark, f"{counts[stage]:,}") for stage in _LEGEND],
        "weeks": [_week_line(press, week) for week in reversed(wide) if week.steps or week.planned],
    }


def _planned(weeks: list[Week], announced: Sequence[Step]) -> list[Week]:
    """The weeks from today's on with the signings planned for a day in them."""
    dated = [(step.record.stages[-1], step) for step in announced if not step.record.overdue]
    days = [(at.on, step) for at, step in dated if at.on and at.precision == "day"]
    return [
        Week(week.monday, week.steps, tuple(step for on, step in days if week.monday <= on < week.monday + timedelta(days=7)))
        for week in weeks
    ]


def _week_line(press: Press, week: Week) -> dict[str, Any]:
    known = week.name in press.archive.weeks
    return {
        "told": short_day(week.monday),
        "href": f"weeks/{week.name.lower()}/index.html" if known else "",
        "counts": [*(week.count(stage) for stage in _LEGEND[:3]), len(week.planned)],
    }


def _matrix(year: Sequence[Step]) -> dict[str, Any]:
    """Pairs by sectors over a year: every figure printed, the tint repeats it."""
    records = list({step.record.key: step.record for step in year}.values())
    pairs, sectors = Counter(record.pair for record in records), Counter(code for record in records for code in record.sectors)
    both = Counter((record.pair, code) for record in records for code in record.sectors)
    rows = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:PAIRS]
    columns = sorted(sectors, key=lambda code: (-sectors[code], code))[:COLUMNS]
    return {
        "told": f"The {len(rows)} busiest of {counted(len(pairs), 'pair')}, in 52 weeks." if len(rows) < len(pairs) else "52 weeks.",
        "columns": [{"code": code, "total": f"{sectors[code]:,}"} for code in columns],
        "rows": [
            {
                "codes": "–".join(pair),
                "names": pair_names(pair),
                "href": pair_href(pair),
                "counts": [both[pair, code] for code in columns],
                "total": f"{pairs[pair]:,}",
            }
            for pair in rows
        ],
        "total": f"{len(records):,}",
    }


def _coming(press: Press) -> dict[str, Any]:
    """Coming, overdue and idle. Idle ones come by the month: the page doesn't change every day for them."""
    today, archive = press.options.today, press.archive
    groups = (
        ("coming", "Coming", "Announced, not yet reported signed; the nearest first.", coming(archive, today)),
        ("overdue", "Overdue", "The date announced has passed without a report of the signing.", overdue(archive)),
        ("idle", "Signed long ago and not in force", "Signed more than 18 months ago; no report of an entry into force was seen. "
         "Some papers need none, and many are never reported.", idle(archive, today - timedelta(days=today.day))),
    )  # fmt: skip
    lead = ", ".join(f"{len(records):,} {word}" for (_, _, _, records), word in zip(groups, ("coming", "overdue", "idle"), strict=True))
    return {
        "title": "Coming, overdue and idle",
        "lead": f"{lead}.",
        "description": lead,
        "crumbs": [("index.html", "Index")],
        "blocks": [],
        "items": [],
        "items_title": "",
        "tables": [
            {"id": id, "title": title, "note": note, "rows": press.rows(records[:500], "../")}
            for id, title, note, records in groups
            if records
        ],
        "filtered": False,
    }


def _corrections_page(press: Press) -> dict[str, Any]:
    merged = [(press.card(record), record.merged_into) for record in press.archive.former if record.merged_into]
    found = [entry for _, *entry in _corrections(press)]
    lead = f"{counted(len(found), 'record')} withdrawn or disputed, {len(merged):,} joined with another."
    return {"title": "Corrections", "lead": lead, "description": lead, "found": found, "merged": merged}


def _about(press: Press) -> dict[str, Any]:
    return {
        "title": "How this archive is made",
        "description": "What the stages, marks, confidence and files mean.",
        "stages": [_Legend(stage, STAGES[stage].word, STAGES[stage].mark, "") for stage in _LEGEND],
        "lists": sorted(official.lists().items()),
    }
