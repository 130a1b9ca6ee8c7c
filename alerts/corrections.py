"""What earlier issues told wrongly, and what is right: never in other words than those that were told."""

import re
from collections.abc import Sequence
from datetime import date

from alerts import display, wording
from alerts.choose import Chosen, mark
from alerts.desk import Desk
from alerts.digest import Listing, Row
from alerts.lists import page
from classify.model import Stage
from classify.names import country_in_sentence

_DECIDED = {"parties": "parties", "stage": "corrected", "joined": "merged"}
"""The change that holds the reason."""


def listing(fixes: Sequence[Chosen], desk: Desk) -> Listing | None:
    """The section of a digest."""
    rows = [
        Row(
            lead="",
            codes=display.codes(one.agreement.pair),
            text=wording.short(one.agreement),
            then=f", {what_is_wrong(one)}",
            note=_told_then(one),
            url=page(one.agreement, desk),
        )
        for one in fixes
    ]
    return Listing(f"Corrections to earlier issues ({len(rows)})", tuple(rows)) if rows else None


def _told_then(one: Chosen) -> str:
    """'told 20 Oct 2026 as signed, 15 Oct 2026'."""
    told = _as_told(one)
    if one.before is None or told is None:
        return ""
    stage, day, _ = told
    return f"told {_issue_day(one.before.slot)} as {_stage(stage)}{f', {day}' if day else ''}"


def letter(one: Chosen) -> str:
    """What a mail of its own says: 'Our alert of 20 Oct 2026 told of Kenya and Somalia, signed 15 Oct 2026. The parties
    are corrected: Ethiopia and Kenya, not Kenya and Somalia.'"""
    issue = f"Our alert of {_issue_day(one.before.slot)}" if one.before else "An earlier alert"
    told = _as_told(one)
    if one.kind in ("parties", "stage") and told:
        stage, day, pair = told
        on = f" {day}" if day else ""
        said = f"told of {_sides(pair)}, {_stage(stage)}{on}"
    else:
        said = f"said: {display.one_line(one.agreement.title, 160).rstrip('.')}"
    verb = "are" if one.kind == "parties" else "is"
    wrong = what_is_wrong(one).replace(" corrected:", f" {verb} corrected:", 1)
    return f"{issue} {said}. {'This is' if one.kind in ('withdrawn', 'joined') else 'The'} {wrong}"


def what_is_wrong(one: Chosen) -> str:
    """'withdrawn: why. Please disregard it.' or 'date corrected: 13 Nov 2026, not 12 Nov 2026.'"""
    if one.kind == "withdrawn":
        why = display.one_line(one.agreement.rejected, 160).rstrip(".")
        return f"withdrawn: {why}. Please disregard it."
    if one.kind == "joined":
        return f"the same agreement as another that you were told of: count it once{_why(one)}."
    now, was = _values(mark(one.agreement))[one.kind], ""
    if told := _as_told(one):
        was = f", not {_values('|'.join(told))[one.kind]}"
    return f"{one.kind} corrected: {now}{was}{_why(one)}."


def how(one: Chosen) -> str:
    """The same in a word or two, for the subject: 'withdrawn', 'told twice', 'date corrected'."""
    return {"withdrawn": "withdrawn", "joined": "told twice"}.get(one.kind, f"{one.kind} corrected")


def _as_told(one: Chosen) -> tuple[str, str, str] | None:
    """Stage, day and codes as they were told."""
    told = one.before.mark.split("|") if one.before else []
    return (told[0], told[1], told[2]) if len(told) == 3 else None


def _values(told: str) -> dict[str, str]:
    stage, day, pair = told.split("|")
    return {"stage": _stage(stage), "date": day or "not known", "parties": _sides(pair)}


def _stage(stage: str) -> str:
    return display.STAGES[Stage(stage)].word.lower()


def _sides(codes: str) -> str:
    return wording.listed([country_in_sentence(code) for code in codes.split("–")])


def _why(one: Chosen) -> str:
    """The reason that a person gave."""
    notes = [change.note for change in one.agreement.changes if change.kind == _DECIDED.get(one.kind)]
    return f" ({display.one_line(notes[-1], 160).rstrip('.')})" if notes and notes[-1] else ""


def _issue_day(slot: str) -> str:
    day = re.search(r"(\d{4})-(\d\d)-(\d\d)", slot)
    return display.short_day(date(*map(int, day.groups()))) if day else "an earlier day"
