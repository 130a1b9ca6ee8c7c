"""Pages of many agreements: per pair, country, sector, month and week, and the directories that lead to them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from alerts.display import STAGES, counted, long_month, short_day
from alerts.exports import atom, official
from alerts.site.archive import Step
from alerts.site.cards import pair_href, pair_names
from alerts.site.folder import Page
from alerts.site.press import Press
from classify.model import Pair, Stage
from storage.records import Agreement

ROWS = 500
"""Rows of one page; older ones are reached by the pages of their months."""
FILTER = 9
"""From this many rows on a page offers the filter."""
_ROOT = "../../"


def group_pages(press: Press) -> Iterator[Page]:
    """All pages of groups with their feeds, and their directories."""
    archive = press.archive
    for pair, records in sorted(archive.pairs.items()):
        yield from _group(press, f"pairs/{'-'.join(pair).lower()}", records, _pair_head(press, pair, records))
    for code, records in sorted(archive.countries.items()):
        yield from _group(press, f"countries/{code.lower()}", records, _country_head(press, code, records))
    for code, records in sorted(archive.sectors.items()):
        yield from _group(press, f"sectors/{code}", records, _sector_head(code, records))
    yield from _periods(press)
    yield from _directories(press)


def tally(stages: Sequence[Stage]) -> str:
    """'6 signed, 2 in force, 1 ended', in the order of reading, without what there is none of."""
    counts = Counter(stages)
    return ", ".join(f"{counts[stage]:,} {shown.word.lower()}" for stage, shown in STAGES.items() if counts[stage])


def week_days(monday: date) -> str:
    """'16 to 22 Nov 2026'."""
    sunday = monday + timedelta(days=6)
    first = f"{monday.day}" if monday.month == sunday.month else short_day(monday)[: -5 if monday.year == sunday.year else None]
    return f"{first} to {short_day(sunday)}"


Head = Callable[[], dict[str, Any]]


def _group(press: Press, folder: str, records: list[Agreement], head: Head) -> Iterator[Page]:
    def context() -> dict[str, Any]:
        return _table_context(press, records) | {"feed": "new.atom"} | head()

    def feed() -> bytes:
        title, path = f"Pactwatch: {head()['title']}", f"{folder}/new.atom"
        return atom(records, title=title, path=path, site_url=press.options.site_url, home=f"{folder}/index.html")

    prints = press.prints(records)
    yield press.page(f"{folder}/index.html", "list.html.j2", [prints], context)
    yield press.file(f"{folder}/new.atom", [prints], feed)


def _table_context(press: Press, records: Sequence[Agreement]) -> dict[str, Any]:
    shown = records[:ROWS]
    note = f"The newest {ROWS} of {len(records):,}; older ones stand on the pages of their months and in the files." if len(records) > ROWS else ""
    table = {"id": "all", "title": "Agreements", "note": note, "rows": press.rows(shown, _ROOT)}
    return {"blocks": [], "items": [], "items_title": "", "tables": [table], "filtered": len(shown) >= FILTER} | press.choices(shown)


def _head(title: str, lead: str, crumb: tuple[str, str], blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "lead": lead, "description": lead, "crumbs": [crumb], "blocks": [b for b in blocks if b["links"] or b["text"]]}


def _block(title: str, links: list[tuple[str, str, str]] | None = None, text: str = "") -> dict[str, Any]:
    return {"title": title, "links": links or [], "text": text}


def _lead(records: Sequence[Agreement]) -> str:
    return f"{counted(len(records), 'agreement')}: {tally([record.stage for record in records])}."


def _pair_head(press: Press, pair: Pair, records: list[Agreement]) -> Head:
    def head() -> dict[str, Any]:
        countries = [(f"countries/{code.lower()}/index.html", official.country(code), "") for code in pair]
        blocks = [_block("Sectors", _sector_links(records)), _block("The two countries", countries)]
        return _head(pair_names(pair), _lead(records), ("pairs/index.html", "Pairs"), blocks)

    return head


def _country_head(press: Press, code: str, records: list[Agreement]) -> Head:
    def head() -> dict[str, Any]:
        partners = Counter(record.pair for record in records)
        links = [
            (pair_href(pair), official.country(pair[1] if pair[0] == code else pair[0]), str(count))
            for pair, count in sorted(partners.items(), key=lambda known: (-known[1], known[0]))
        ]
        blocks = [_block("With whom", links), _block("Sectors", _sector_links(records))]
        return _head(official.country(code), _lead(records), ("countries/index.html", "Countries"), blocks)

    return head


def _sector_head(code: str, records: list[Agreement]) -> Head:
    def head() -> dict[str, Any]:
        pairs = Counter(record.pair for record in records).most_common()
        links = [(pair_href(pair), pair_names(pair), str(count)) for pair, count in sorted(pairs, key=lambda p: (-p[1], p[0]))[:20]]
        told = "; ".join(f"{line[1]} {line[3]} {line[4]}" for line in official.listing([code]))
        blocks = [_block("Busiest pairs", links), _block("Official codes", text=told)]
        return _head(official.sector(code), _lead(records), ("sectors/index.html", "Sectors"), blocks)

    return head


def _sector_links(records: Sequence[Agreement]) -> list[tuple[str, str, str]]:
    counts = Counter(code for record in records for code in record.sectors)
    ordered = sorted(counts.items(), key=lambda known: (-known[1], known[0]))
    return [(f"sectors/{code}/index.html", official.sector(code), str(count)) for code, count in ordered]


def _periods(press: Press) -> Iterator[Page]:
    for kind, groups, context in (("months", press.archive.months, _month), ("weeks", press.archive.weeks, _week)):
        names = sorted(groups)
        for number, name in enumerate(names):
            around = (names[number - 1] if number else "", names[number + 1] if number + 1 < len(names) else "")
            steps = groups[name]
            path = f"{kind}/{name.lower()}/index.html"
            made_of = [press.prints([step.record for step in steps]), around]
            yield press.page(path, "list.html.j2", made_of, _later(context, press, name, steps, around))


def _later(context: Callable[..., dict[str, Any]], *args: Any) -> Head:
    return lambda: context(*args)


def _month(press: Press, name: str, steps: list[Step], around: tuple[str, str]) -> dict[str, Any]:
    head = _period_head("months", month_name(name), steps, around, month_name)
    return _step_tables(press, steps) | head


def _week(press: Press, name: str, steps: list[Step], around: tuple[str, str]) -> dict[str, Any]:
    """The week's issue: every step with its sentence."""
    head = _period_head("weeks", week_name(name), steps, around, week_name)
    happened, announced = _split(steps)
    items = [press.item(record) for record in happened[:ROWS]]
    tables = [{"id": "announced", "title": "Announced", "note": "", "rows": press.rows(announced, _ROOT)}] if announced else []
    title = f"What happened: {tally([step.stage for step in steps if step.stage is not Stage.PLANNED])}" if happened else ""
    return {"items": items, "items_title": title, "tables": tables, "filtered": False, "blocks": []} | head


def _period_head(
    kind: str, title: str, steps: list[Step], around: tuple[str, str], name: Callable[[str], str]
) -> dict[str, Any]:
    words = ("before: ", "after: ")
    links = [
        (f"{kind}/{other.lower()}/index.html", f"{word}{name(other)}")
        for word, other in zip(words, around, strict=True)
        if other
    ]
    lead = f"{tally([step.stage for step in steps])}."
    return {"title": title, "lead": lead, "description": lead, "crumbs": [(f"{kind}/index.html", kind.capitalize()), *links]}


def _step_tables(press: Press, steps: list[Step]) -> dict[str, Any]:
    happened, announced = _split(steps)
    tables = [
        {"id": id, "title": title, "note": "", "rows": press.rows(records, _ROOT)}
        for id, title, records in (("all", "What happened", happened), ("announced", "Announced", announced))
        if records
    ]
    filtered = len(happened) >= FILTER
    return {"blocks": [], "items": [], "items_title": "", "tables": tables, "filtered": filtered} | press.choices([*happened, *announced])


def _split(steps: Sequence[Step]) -> tuple[list[Agreement], list[Agreement]]:
    """Records that took a step, each once, and those only announced."""
    happened = {step.record.key: step.record for step in steps if step.stage is not Stage.PLANNED}
    announced = {step.record.key: step.record for step in steps if step.stage is Stage.PLANNED}
    return list(happened.values()), list(announced.values())


def month_name(name: str) -> str:
    """'November 2026' of '2026-11'."""
    return long_month(int(name[:4]), int(name[5:]))


def week_name(name: str) -> str:
    """'Week 47 of 2026, 16 to 22 Nov 2026' of '2026-W47'."""
    year, week = int(name[:4]), int(name[6:])
    return f"Week {week} of {year}, {week_days(date.fromisocalendar(year, week, 1))}"


def _directories(press: Press) -> Iterator[Page]:
    archive, every = press.archive, press.prints(press.archive.live)
    shown = [Stage.SIGNED, Stage.IN_FORCE, Stage.ENDED, Stage.PLANNED]

    def counts(stages: list[Stage]) -> list[str]:
        found = Counter(stages)
        return [f"{found[stage]:,}" if found[stage] else "" for stage in shown]

    def lines(groups: dict[Any, list[Agreement]], name: Callable[[Any], str], more: Callable[[list[Agreement]], str]) -> list[dict[str, Any]]:
        return [
            {"href": f"{_slug(key)}/index.html", "name": name(key),
             "cells": [more(records), f"{len(records):,}", *counts([record.stage for record in records])]}
            for key, records in sorted(groups.items(), key=lambda known: (-len(known[1]), known[0]))
        ]  # fmt: skip

    def periods(groups: dict[str, list[Step]], name: Callable[[str], str]) -> list[dict[str, Any]]:
        return [
            {"href": f"{key.lower()}/index.html", "name": name(key),
             "cells": [f"{len(steps):,}", *counts([step.stage for step in steps])]}
            for key, steps in sorted(groups.items(), reverse=True)
        ]  # fmt: skip

    words = [STAGES[stage].word for stage in shown]
    plans: list[tuple[str, str, str, int, list[str], Head]] = [
        ("pairs", "Pairs", counted(len(archive.pairs), "pair") + " of countries.", 2, ["Pair", "Sectors", "All", *words],
         lambda: {"lines": lines(archive.pairs, lambda pair: f"{'–'.join(pair)} {pair_names(pair)}", _sectors_told)}),
        ("countries", "Countries", counted(len(archive.countries), "country", "countries") + ", the European Union among them as one side.", 2,
         ["Country", "Most with", "All", *words], lambda: {"lines": lines(archive.countries, official.country, _partners_told)}),
        ("sectors", "Sectors", "An agreement may belong to several.", 2, ["Sector", "Official codes (OECD DAC CRS)", "All", *words],
         lambda: {"lines": [line | {"cells": [_dac(line["href"]), *line["cells"][1:]]} for line in lines(archive.sectors, official.sector, lambda _: "")]}),
        ("months", "Months", "Every step under the day that it happened, a planned one under the day of its first report.", 1, ["Month", "All", *words],
         lambda: {"lines": periods(archive.months, month_name)}),
        ("weeks", "Weeks", "Each week is an issue: all that happened, with the sentences that prove it.", 1, ["Week", "All", *words],
         lambda: {"lines": periods(archive.weeks, week_name)}),
    ]  # fmt: skip
    for folder, title, lead, texts, columns, content in plans:
        yield press.page(f"{folder}/index.html", "directory.html.j2", [every], _directory(title, lead, texts, columns, content))


def _directory(title: str, lead: str, texts: int, columns: list[str], content: Head) -> Head:
    return lambda: {"title": title, "lead": lead, "description": lead, "texts": texts, "columns": columns} | content()


def _slug(key: Pair | str) -> str:
    return ("-".join(key) if isinstance(key, tuple) else key).lower()


def _sectors_told(records: list[Agreement]) -> str:
    counts = Counter(code for record in records for code in record.sectors)
    return ", ".join(f"{code} {count}" for code, count in sorted(counts.items(), key=lambda known: (-known[1], known[0])))


def _partners_told(records: list[Agreement]) -> str:
    counts = Counter(code for record in records for code in record.pair)
    ordered = sorted(counts.items(), key=lambda known: (-known[1], known[0]))[1:4]
    return ", ".join(f"{official.country(code)} {count}" for code, count in ordered)


def _dac(href: str) -> str:
    return ", ".join(official.codes([href.split("/")[0]]).dac[:4])

