"""Agreements as a digest tells them: one `Item` each, drawn once for all readers."""

import re
from collections.abc import MutableMapping, Sequence
from datetime import date

from alerts import display, lists, sources, wording
from alerts.choose import Chosen
from alerts.desk import Desk
from alerts.digest import Item, Link, Part
from classify.model import Stage
from storage.records import Agreement

DrawnKey = tuple[str, date]
LINKS = 4
"""Most sources that an item names; the quoted one is one of them."""
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
    for one in told:
        parts[_part(one)].append(_drawn(one, desk, today, drawn))
    return tuple(Part(_PARTS[kind], tuple(items)) for kind, items in parts.items() if items)


def _part(one: Chosen) -> str:
    """What moved on stands apart from what was never seen at an earlier stage."""
    moved = one.before or any(step.stage != one.agreement.stage for step in one.agreement.stages)
    return "late" if one.kind == "changed" and not moved else one.kind


def _drawn(one: Chosen, desk: Desk, today: date, drawn: MutableMapping[DrawnKey, Item]) -> Item:
    """What was told to nobody before is the same for everyone."""
    if one.before:
        return _item(one, desk, today)
    key = (one.agreement.key, today)
    if key not in drawn:
        drawn[key] = _item(one, desk, today)
    return drawn[key]


def _item(one: Chosen, desk: Desk, today: date) -> Item:
    agreement = one.agreement
    quote = sources.quote_of(agreement)
    voices, more = sources.others(agreement, LINKS - 1 if quote else LINKS)
    page = f"{desk.site}/a/{agreement.key}/#reports" if desk.site else ""
    word = display.STAGES[agreement.stage]
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
        reason=display.one_line(agreement.reason).rstrip("."),
    )


def _when(agreement: Agreement) -> str:
    """Day and place; the place only where the title leaves it out."""
    day, place = wording.stage_when(display.present(agreement), agreement), display.one_line(agreement.place, 60)
    return f"{day}, {place}" if place and place.casefold() not in agreement.title.casefold() else day


def _notes(one: Chosen) -> tuple[str, ...]:
    notes = []
    if one.again:
        notes.append("It is uncertain whether our earlier mail on this arrived, so here it is again.")
    if any(report.changed for report in one.agreement.reports):
        notes.append("One of its sources replaced its text after we first read it.")
    claims = [_dated(display.one_line(claim, 160).rstrip(".")) for claim in one.agreement.disputed[:2]]
    return (*notes, f"Disputed: {'; '.join(claims)}.") if claims else tuple(notes)


def _dated(claim: str) -> str:
    """'on 19 Nov 2026, says Lima Post', where the store has the day as ISO 8601 has it."""

    def day(found: re.Match[str]) -> str:
        try:
            return display.short_day(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return re.sub(r"\b\d{4}-\d\d-\d\d\b", day, claim)
