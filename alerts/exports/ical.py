"""Coming signings and known dates as iCalendar (RFC 5545): all-day events, tentative while they are only planned."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from icalendar import Calendar, Event

from alerts.display import clean, codes, step_word, web_link
from alerts.exports.rows import page_url
from alerts.wording import short
from classify.model import Stage
from storage.records import Agreement, StageDate

_NAMES = {Stage.PLANNED: "signed", Stage.SIGNED: "signed", Stage.IN_FORCE: "in-force", Stage.ENDED: "ended"}
"""A planned and a held signing are one event of the calendar: the date stays where it is and becomes certain."""


def calendar(records: Iterable[Agreement], *, site_url: str = "", name: str = "Pactwatch", most: int = 1000) -> bytes:
    """Every step that is planned for a day, and the last `most` that happened on one; dates of a month or year only are
    left out.

    UIDs follow from keys, so that a calendar program moves an event instead of doubling it; a withdrawn agreement's
    events are cancelled.
    """
    book = Calendar()
    book.add("prodid", "-//Pactwatch//agreements between countries//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("name", name)
    book.add("x-wr-calname", name)
    book.add("refresh-interval", timedelta(hours=12), {"VALUE": "DURATION"})
    dated = sorted((one for record in records for one in _dated(record)), key=lambda one: (one.day, one.uid))
    happened = [one for one in dated if one.step.stage is not Stage.PLANNED]
    planned = [one for one in dated if one.step.stage is Stage.PLANNED]
    for one in (*happened[-most:], *planned):
        book.add_component(_event(one, site_url))
    return bytes(book.to_ical())


@dataclass(frozen=True, slots=True)
class _Dated:
    """A step with its day."""

    uid: str
    day: date
    step: StageDate
    record: Agreement


def _dated(record: Agreement) -> Iterator[_Dated]:
    """The steps with a day, the last of each kind: a signing replaces its own announcement."""
    latest = {_NAMES[step.stage]: step for step in record.stages if step.stage in _NAMES}
    for kind, step in latest.items():
        if step.on and step.precision == "day":
            yield _Dated(f"{record.key}-{kind}@pactwatch", step.on, step, record)


def _event(dated: _Dated, site_url: str) -> Event:
    record, step = dated.record, dated.step
    event = Event()
    event.add("uid", dated.uid)
    event.add("dtstamp", record.changed.astimezone(UTC))
    event.add("last-modified", record.changed.astimezone(UTC))
    event.add("sequence", len(record.changes))
    event.add("dtstart", dated.day)
    event.add("dtend", dated.day + timedelta(days=1))
    shown = step_word(step)
    title = record.title if step.stage is record.stage else short(record)  # a title tells the present stage only
    event.add("summary", clean(f"{shown.mark} {codes(record.pair)} {title} ({shown.word.lower()})"))
    if record.place and step.stage in (Stage.SIGNED, Stage.PLANNED):
        event.add("location", clean(record.place))
    event.add("description", clean(f"{record.reason}. Confidence {record.confidence:.2f}."))
    event.add("categories", [*record.pair, *record.sectors])
    event.add("url", page_url(site_url, record.key) or _proof(record))
    event.add("transp", "TRANSPARENT")
    event.add("status", _status(record, step))
    return event


def _status(record: Agreement, step: StageDate) -> str:
    if record.rejected or record.merged_into:
        return "CANCELLED"
    return "TENTATIVE" if step.stage is Stage.PLANNED else "CONFIRMED"


def _proof(record: Agreement) -> str:
    proof = record.evidence
    return web_link(proof.url) if proof else ""
