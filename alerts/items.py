"""Agreements as a digest tells them: one `Item` each, drawn once for all readers."""

import re
from collections.abc import MutableMapping, Sequence
from datetime import date

from alerts import display, doubts, lists, sources, wording
from alerts.choose import Chosen
from alerts.desk import Desk
from alerts.digest import Item, Link, Part
from classify.model import Stage
from storage.records import Agreement

DrawnKey = tuple[str, date, int]
LINKS, MANY, FEW = 4, 20, 2
"""Most sources that an item names (the quoted one is one of them); in an issue of more than `MANY`, where its page has
all, so that more of them stand in full, `FEW`."""
_PARTS = {
    "new": "Newly signed",
    "changed": "Changed stage",
    "late": "First seen in force or ended",
    "planned": "Newly announced",
}


def parts_of(
    told: Sequence[Chosen], desk: Desk, today: date, drawn: MutableMapping[DrawnKey, Item]
) -> tuple[Part, ...]:
    parts: dict[str, list[Item]] = {kind: [] for kind in _PARTS}
    links = FEW if len(told) > MANY and desk.site else LINKS
    for one in told:
        parts[_part(one)].append(_drawn(one, desk, today, links, drawn))
    return tuple(Part(_PARTS[kind], tuple(items)) for kind, items in parts.items() if items)


def in_order(told: Sequence[Chosen]) -> list[Chosen]:
    """In the order of the parts."""
    parts = list(_PARTS)
    return sorted(told, key=lambda one: parts.index(_part(one)))


def _part(one: Chosen) -> str:
    """What moved on stands apart from what was never seen at an earlier stage."""
    moved = one.before or any(step.stage != one.agreement.stage for step in one.agreement.stages)
    return "late" if one.kind == "changed" and not moved else one.kind


def _drawn(one: Chosen, desk: Desk, today: date, links: int, drawn: MutableMapping[DrawnKey, Item]) -> Item:
    """What was told to nobody before is the same for everyone."""
    if one.before:
        return _item(one, desk, today, links)
    key = (one.agreement.key, today, links)
    if key not in drawn:
        drawn[key] = _item(one, desk, today, links)
    return drawn[key]


def _item(one: Chosen, desk: Desk, today: date, links: int) -> Item:
    agreement = one.agreement
    quote = sources.quote_of(agreement)
    voices, more = sources.others(agreement, links - 1 if quote else links)
    page = f"{desk.site}/a/{agreement.key}/#reports" if desk.site else ""
    word = display.stage_word(agreement)
    return Item(
        key=agreement.key,
        codes=display.codes(agreement.pair),
        names="" if wording.is_named(agreement) else wording.names(agreement),
        title=display.one_line(agreement.title, 160),
        short=wording.short(agreement),
        url=lists.page(agreement, desk),
        stage=agreement.stage.value,
        word=word.word,
        mark=word.mark,
        when=_when(agreement),
        what=wording.what(agreement),
        before="" if agreement.stage is Stage.PLANNED else wording.before(agreement, one.before, today),
        notes=_notes(one),
        quote=quote,
        sources=voices,
        more=Link(f"{more:,} more", page) if more else None,
        confidence=f"{agreement.confidence:.2f}",
        sure=display.confidence_word(agreement.confidence),
        reason=_reason(agreement, links),
    )


def _reason(agreement: Agreement, links: int) -> str:
    """Why so sure; without 'report it' where the issue is long."""
    reason = doubts.reason(agreement)
    return re.sub(r" reports? it\b", "", reason) if links == FEW else reason


def _when(agreement: Agreement) -> str:
    """Day and place of the present stage."""
    day, place = wording.stage_when(display.present(agreement), agreement), wording.place(agreement)
    return f"{day}, {place}" if place else day


def _notes(one: Chosen) -> tuple[str, ...]:
    notes = []
    if one.again:
        notes.append("It is uncertain whether our earlier mail on this arrived, so here it is again.")
    if any(report.changed for report in one.agreement.reports):
        notes.append("One of its sources replaced its text after we first read it.")
    return (*notes, *(f"{claim}." for claim in doubts.disputes(one.agreement)[:2]))
