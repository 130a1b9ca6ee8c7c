"""Pages that stand beside the index: coming and overdue signings, corrections, the method; and the files to take."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from alerts.display import STAGES, counted, language_name, one_line, short_day
from alerts.doubts import disputes
from alerts.exports import atom, calendar, official, to_csv, to_xlsx
from alerts.exports.documents import join_documents, one_document
from alerts.exports.rows import last_change
from alerts.lists import is_broken, plain
from alerts.site.archive import coming, idle, known, news, overdue, stale
from alerts.site.cards import Card
from alerts.site.folder import Page
from alerts.site.groups import FILTER, ROWS, Context, list_context, table
from alerts.site.press import Press
from alerts.site.story import by_hand
from alerts.wording import tally
from classify.model import Stage
from storage.records import Agreement, FeedHealth

SHEET = 500
"""Agreements of the XLSX: a cell costs microseconds, so that all of a large archive would hold up every build."""
EVENTS = 60
"""Signings in the calendar that took place as announced, beside those to come."""
RECENT, MOST, EVERY = timedelta(days=31), 300, 400
"""Days and most items of the page of news; rows of the page of all agreements."""
_ADDRESS = re.compile(r"(\s+(at|of|from))?\s*\S+://\S+")
_MEANINGS = {
    Stage.SIGNED: "newly concluded: signed, initialled, exchanged, renewed, extended",
    Stage.IN_FORCE: "ratified, approved after signature, or entered into force",
    Stage.ENDED: "suspended, denounced, expired, or talks on it broken off",
    Stage.PLANNED: "negotiated, drafted or announced, not yet concluded",
}


_Group = tuple[str, str, str, list[Agreement]]
"""Name, title, note and records of one table."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A record that was withdrawn, corrected by a person, or is disputed."""

    day: date
    when: str
    card: Card
    why: str


def file_pages(press: Press, folder: Path) -> dict[str, Page]:
    """The downloads of the whole archive by their path. The JSON is put together from those of the agreements, which
    have to be in `folder` before it."""
    records, url = press.archive.records, press.options.site_url
    newest = records[:SHEET]
    made: dict[str, Callable[[], bytes]] = {
        "agreements.csv": partial(to_csv, records, url),
        "agreements.json": partial(_joined, press, folder),
        "agreements.xlsx": partial(to_xlsx, newest, url),
        "new.atom": partial(
            atom, records, title="Pactwatch: new agreements", path="new.atom", site_url=url, home="index.html"
        ),
        "coming.ics": partial(
            calendar, _announced(press), site_url=url, name="Pactwatch: coming signings", most=EVENTS
        ),
    }
    parts = {"agreements.xlsx": press.prints(newest)}
    return {path: press.file(path, [parts.get(path, press.archive.every)], content) for path, content in made.items()}


def _announced(press: Press) -> list[Agreement]:
    """What the calendar holds: announced signings, and those that took place since, so that their events become certain
    instead of vanishing. Those that nobody waits for any more are left out."""
    gone = {record.key for record in stale(press.archive, press.options.today)}
    return [
        record
        for record in press.archive.records
        if record.key not in gone and any(step.stage is Stage.PLANNED for step in record.stages)
    ]


def _joined(press: Press, folder: Path) -> bytes:
    """The archive as JSON out of the files of its agreements: several times quicker than to make each anew."""
    records = press.archive.records
    files = (f"{folder}/a/{record.key}/agreement.json" for record in records)
    return join_documents([one_document(_read(file)) for file in files], last_change(records))


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def standing_pages(press: Press) -> Iterator[Page]:
    """News, all, coming, corrections, feeds, method, and what stands for a page that is not there."""
    every, today = press.archive.every, press.options.today
    recent = news(press.archive, today - RECENT, today)
    states = [
        (feed.outlet, feed.country, feed.lang, feed.state, feed.since, feed.detail) for feed in press.options.health
    ]
    waiting = _waiting(press)
    listed = [[record.key for record in group[-1]] for group in waiting]  # pages change with what they list, not daily
    yield press.page("news/index.html", "news.html.j2", [press.prints(recent)], partial(_news, press, recent))
    yield press.page("all/index.html", "list.html.j2", [every], partial(_all, press))
    yield press.page("feeds/index.html", "feeds.html.j2", [states], partial(_feeds, press))
    yield press.page("404.html", "moved.html.j2", [], partial(_missing, press))
    yield press.page("coming/index.html", "list.html.j2", [every, listed], partial(_coming, press, waiting))
    yield press.page("corrections/index.html", "corrections.html.j2", [every], partial(_corrections, press))
    yield press.page("about/index.html", "about.html.j2", [], _about)


def corrections(press: Press) -> list[Correction]:
    """Withdrawn and disputed records, the latest change first."""
    found = [(record, f"withdrawn: {one_line(record.rejected)}") for record in press.archive.former if record.rejected]
    found += [(record, "; ".join(disputes(record))) for record in press.archive.live if record.disputed]
    found += [(record, by_hand(record)) for record in press.archive.live if by_hand(record)]
    ordered = sorted(found, key=lambda one: (one[0].changed, one[0].key), reverse=True)
    days = [(record.changed.date(), record, why) for record, why in ordered]
    return [Correction(day, short_day(day), press.card(record), why) for day, record, why in days]


def _waiting(press: Press) -> tuple[_Group, ...]:
    archive, today = press.archive, press.options.today
    return (
        (
            "coming",
            "Coming",
            "Announced and not yet reported signed, the nearest first.",
            coming(archive, today),
        ),
        (
            "overdue",
            "Overdue",
            "The date announced has passed without a report of the signing.",
            overdue(archive, today),
        ),
        (
            "stale",
            "Announced long ago",
            "No signing was ever reported: announced for a day more than 18 months past, or more than half a year ago "
            "without a day.",
            stale(archive, today),
        ),
        (
            "idle",
            "Signed long ago, no later report found",
            "Signed more than 18 months ago; no report of an entry into force or an end was found, which does not mean "
            "that there was none. Memoranda, declarations and the like, which need none, are left out.",
            idle(archive, today),
        ),
    )


def _coming(press: Press, groups: Sequence[_Group]) -> Context:
    tables = [
        table(title, press.rows(records[:ROWS], "../"), note, name) for name, title, note, records in groups if records
    ]
    said = ("coming", "overdue", "announced long ago", "signed long ago without a later report")
    lead = ", ".join(f"{len(group[-1]):,} {words}" for words, group in zip(said, groups, strict=True))
    return list_context("Coming, overdue and waiting", f"{lead}.", [("index.html", "Index")], tables=tables)


def _news(press: Press, recent: Sequence[Agreement]) -> Context:
    """By the day that it came to be known, as mails tell it; inside by stage, then confidence."""
    order = list(STAGES)
    ranked = sorted(recent, key=lambda r: (order.index(r.stage), -r.confidence, r.key))
    days: dict[date, list[Agreement]] = defaultdict(list)
    for record in sorted(ranked, key=known, reverse=True)[:MOST]:
        days[known(record)].append(record)
    lead = f"{counted(len(recent), 'agreement')} that were new or reached another stage, by the day we learned of it."
    return {
        "title": "News of 31 days",
        "lead": lead,
        "description": lead,
        "groups": [
            {"title": f"{short_day(day)}: {tally(records)}", "items": [press.item(record) for record in records]}
            for day, records in days.items()
        ],
        "left": f"The newest {MOST}; all others stand on the pages of their weeks." if len(recent) > MOST else "",
    }


def _all(press: Press) -> Context:
    """The newest in one table with the filter, for the words that the first page does not find."""
    live = press.archive.live
    shown = live[:EVERY]
    rest = "; older ones stand on the pages of their months and in the files." if len(live) > EVERY else "."
    lead = f"{counted(len(live), 'agreement')}, the newest {len(shown):,} here{rest}"
    tables = [table("Agreements", press.rows(shown, "../"))] if shown else []
    return list_context(
        "All agreements",
        lead,
        [("index.html", "Index"), ("months/index.html", "Months")],
        tables=tables,
        filtered=len(shown) >= FILTER,
        **press.choices(shown),
    )


def broken_feeds(press: Press) -> list[Context]:
    """Those that need a look; never their addresses, which may hold a key."""
    return [_feed(feed, press.options.today) for feed in press.options.health if is_broken(feed)]


def silent_feeds(press: Press) -> list[Context]:
    """Those that brought nothing new of late, which is no failure."""
    return [_feed(feed, press.options.today) for feed in press.options.health if feed.state == "quiet"]


def _feed(feed: FeedHealth, today: date) -> Context:
    since = feed.last_new or feed.since if feed.state == "quiet" else feed.since
    where = (official.country(feed.country) if feed.country else "", language_name(feed.lang))
    return {
        "ago": counted((today - feed.since.date()).days, "day") if feed.since else "",
        "since": short_day(since.date()) if since else "",
        "outlet": one_line(feed.outlet or feed.key, 80),
        "where": ", ".join(part for part in where if part),
        "state": feed.state,
        "detail": plain(_ADDRESS.sub("", feed.detail)),
    }


def _feeds(press: Press) -> Context:
    broken, silent = broken_feeds(press), silent_feeds(press)
    lead = f"{len(broken):,} need a look, {len(silent):,} brought nothing new of late."
    return {"title": "Feeds", "lead": lead, "description": lead, "broken": broken, "silent": silent}


def _missing(press: Press) -> Context:
    """Served for any address of whatever host, so its links begin at the site's own path."""
    lead = (
        "No page stands at this address: it may be mistyped, or the page of a group without an agreement left. "
        "Addresses of agreements stay."
    )
    root = {"root": f"{urlsplit(press.options.site_url).path.rstrip('/')}/"} if press.options.site_url else {}
    shown = {"title": "Not found", "heading": "Not found", "lead": lead, "description": lead}
    return shown | {"former": True, "target": None} | root


def _corrections(press: Press) -> Context:
    archive = press.archive
    joined = [record for record in archive.former if record.merged_into]
    merged = [
        (short_day(record.changed.date()), press.card(record), record.merged_into, record.merged_into in archive.prints)
        for record in sorted(joined, key=lambda record: (record.changed, record.key), reverse=True)
    ]
    found = corrections(press)
    lead = f"{len(found):,} withdrawn, corrected by hand or disputed, {len(merged):,} joined with another record."
    return {"title": "Corrections", "lead": lead, "description": lead, "found": found, "merged": merged}


def _about() -> Context:
    return {
        "title": "How this archive is made",
        "description": "What the stages, the marks, the confidence and the files mean.",
        "stages": [
            {"stage": stage, "word": s.word, "mark": s.mark, "told": _MEANINGS[stage]} for stage, s in STAGES.items()
        ],
        "lists": list(official.LISTS.items()),
    }
