"""What speaks against an agreement, in whole sentences, and which of its reports tell of which stage: the same in mail,
pages and feeds."""

import re
from datetime import date

from alerts import display
from classify.model import How, Stage
from storage.records import Agreement, Report

TOLD: dict[Stage, str] = {
    Stage.SIGNED: "the signing",
    Stage.IN_FORCE: "its entry into force",
    Stage.ENDED: "its end",
    Stage.PLANNED: "the plan",
    Stage.NONE: "it",
}
"""What a report of each stage tells of."""
_HOWS: dict[How, str] = {"ratified": "its ratification", "approved": "its approval", "talks": "the end of talks"}
_CLAIM = re.compile(r"(?:on (?P<day>\d{4}-\d\d-\d\d)|(?P<what>.+?)), says (?P<who>.+)", re.DOTALL)
"""How the store words what a minority of the reports says."""


def told(record: Agreement) -> str:
    """What the reports of the present stage tell of: 'the signing', 'the ratification'."""
    step = display.present(record)
    return _HOWS[step.how] if step and step.how else TOLD[record.stage]


def disputes(record: Agreement) -> tuple[str, ...]:
    """'Date disputed: 14 Oct 2025 by 2 others, 18 Oct 2025 by Lima Post', without a full stop."""
    claims = [_CLAIM.fullmatch(claim) for claim in record.disputed]
    other = [display.one_line(text, 160).rstrip(".") for text in record.disputed if not _CLAIM.fullmatch(text)]
    days = [f"{_day(claim['day'])} by {_who(claim)}" for claim in claims if claim and claim["day"]]
    rest = [f"{display.one_line(claim['what'], 80)}, says {_who(claim)}" for claim in claims if claim and claim["what"]]
    dated = [f"Date disputed: {', '.join([_here(record), *days])}"] if days else []
    return (*dated, *(f"Disputed: {claim}" for claim in (*rest, *other)))


def contradicts(record: Agreement, report: Report) -> str:
    """What a report says otherwise: '18 Oct 2025'; '' where it goes with the record."""
    for text in record.disputed:
        claim = _CLAIM.fullmatch(text)
        if claim and report.voice and report.voice in claim["who"].split(", "):
            return _day(claim["day"]) if claim["day"] else display.one_line(claim["what"], 80)
    return ""


def opposing(record: Agreement) -> int:
    """How many of the independent voices of the present stage contradict the record in something."""
    voices = {r.voice for r in record.reports if r.stage is record.stage and r.copy_of is None}
    return len({r.voice for r in record.reports if r.voice in voices and contradicts(record, r)})


def elsewhere(record: Agreement) -> str:
    """'4 tell of the signing': original reports of other stages than the present one; '' where there are none."""
    rest = [report for report in record.reports if report.stage is not record.stage and report.copy_of is None]
    parts = []
    for stage, what in TOLD.items():
        number = sum(report.stage is stage for report in rest)
        if number and stage is not Stage.NONE:
            parts.append(f"{number} {'tells' if number == 1 else 'tell'} of {what}")
    return ", ".join(parts)


def reason(record: Agreement) -> str:
    """Why so sure: '3 independent outlets report it, 1 tells otherwise'; where reports tell of other stages,
    which of them bear out the present one: 'one outlet reports the end, 4 tell of the signing'."""
    line, rest, against = display.one_line(record.reason).rstrip("."), elsewhere(record), opposing(record)
    line = f"{line}, {against} {'tells' if against == 1 else 'tell'} otherwise" if against else line
    if rest:
        line = re.sub(r"\breports? it\b", lambda found: f"{found[0][:-3]} {told(record)}", line)
    return f"{line}, {rest}" if rest else line


def _here(record: Agreement) -> str:
    """The record's own day, and by how many it is told."""
    step, others = display.present(record), record.voices
    day = display.short_day(step.on, step.precision) if step and step.on else "a day not told"
    return f"{day} by {display.counted(others, 'source')}" if others > 0 else f"{day} here"


def _who(claim: re.Match[str]) -> str:
    return display.one_line(claim["who"], 80).rstrip(".")


def _day(told: str) -> str:
    try:
        return display.short_day(date.fromisoformat(told))
    except ValueError:
        return told
