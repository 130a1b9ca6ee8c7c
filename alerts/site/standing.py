"""Pages that stand beside the index: coming and overdue signings, corrections, the method; and the files to take."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from alerts.display import STAGES, one_line, short_day
from alerts.exports import atom, calendar, official, to_csv, to_xlsx
from alerts.exports.documents import join_documents, one_document
from alerts.exports.rows import last_change
from alerts.site.archive import coming, idle, overdue, stale
from alerts.site.cards import Card
from alerts.site.folder import Page
from alerts.site.groups import ROWS, Context, list_context, table
from alerts.site.press import Press
from classify.model import Stage

SHEET = 500
"""Agreements of the XLSX: a cell costs microseconds, so that all of a large archive would hold up every build."""
EVENTS = 60
"""Steps in the calendar beside those to come."""
_MEANINGS = {
    Stage.SIGNED: "newly concluded: signed, initialled, exchanged, renewed, extended",
    Stage.IN_FORCE: "ratified, approved after signature, or entered into force",
    Stage.ENDED: "suspended, denounced, expired, or talks on it broken off",
    Stage.PLANNED: "negotiated, drafted or announced, not yet concluded",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A record that was withdrawn or is disputed."""

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
        "coming.ics": partial(calendar, records, site_url=url, name="Pactwatch: coming and last steps", most=EVENTS),
    }
    parts = {"agreements.xlsx": press.prints(newest)}
    return {path: press.file(path, [parts.get(path, press.archive.every)], content) for path, content in made.items()}


def _joined(press: Press, folder: Path) -> bytes:
    """The archive as JSON out of the files of its agreements: several times quicker than to make each anew."""
    records = press.archive.records
    files = (f"{folder}/a/{record.key}/agreement.json" for record in records)
    return join_documents([one_document(_read(file)) for file in files], last_change(records))


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def standing_pages(press: Press) -> Iterator[Page]:
    """Coming, corrections and method."""
    every = press.archive.every
    yield press.page("coming/index.html", "list.html.j2", [every, _month(press)], partial(_coming, press))
    yield press.page("corrections/index.html", "corrections.html.j2", [every], partial(_corrections, press))
    yield press.page("about/index.html", "about.html.j2", [], _about)


def corrections(press: Press) -> list[Correction]:
    """Withdrawn and disputed records, the latest change first."""
    found = [(record, f"withdrawn: {one_line(record.rejected)}") for record in press.archive.former if record.rejected]
    found += [(record, "; ".join(map(one_line, record.disputed))) for record in press.archive.live if record.disputed]
    ordered = sorted(found, key=lambda one: (one[0].changed, one[0].key), reverse=True)
    days = [(record.changed.date(), record, why) for record, why in ordered]
    return [Correction(day, short_day(day), press.card(record), why) for day, record, why in days]


def _month(press: Press) -> date:
    """The first of the month: what depends on it changes once a month, not every day."""
    return press.options.today.replace(day=1)


def _coming(press: Press) -> Context:
    archive = press.archive
    groups = (
        (
            "coming",
            "Coming",
            "Announced and not yet reported signed, the nearest first.",
            coming(archive, _month(press)),
        ),
        ("overdue", "Overdue", "The date announced has passed without a report of the signing.", overdue(archive)),
        (
            "undated",
            "Announced without a date",
            "First reported more than half a year ago, and no date was ever told.",
            stale(archive, _month(press)),
        ),
        (
            "idle",
            "Signed long ago and not in force",
            "Signed more than 18 months ago without a report of the entry into force. Some papers need none.",
            idle(archive, _month(press)),
        ),
    )
    tables = [
        table(title, press.rows(records[:ROWS], "../"), note, name) for name, title, note, records in groups if records
    ]
    lead = ", ".join(f"{len(records):,} {name}" for name, _, _, records in groups)
    return list_context("Coming, overdue and idle", f"{lead}.", [("index.html", "Index")], tables=tables)


def _corrections(press: Press) -> Context:
    joined = [record for record in press.archive.former if record.merged_into]
    merged = [(press.card(record), record.merged_into, record.merged_into in press.archive.prints) for record in joined]
    found = corrections(press)
    lead = f"{len(found):,} withdrawn or disputed, {len(merged):,} joined with another record."
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
