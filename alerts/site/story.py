"""The story of one agreement for its page: its life line, its record of changes, the reasons of its confidence."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from alerts.choose import is_fix
from alerts.display import STAGES, counted, host, moment, one_line, present, short_day, step_word
from alerts.doubts import TOLD, disputes, told
from alerts.site.voices import against, originals
from alerts.wording import PAPERS, listed, told_by, upper
from classify.model import Stage
from storage.records import Agreement, Change, Paper, Report, StageDate

NAMED = 4
"""So many outlets one entry of the record of changes names."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of the life line; a pending one has no stage."""

    stage: Stage | None
    word: str
    mark: str
    when: str
    note: str


@dataclass(frozen=True, slots=True)
class Note:
    """One entry of the record of changes."""

    iso: str
    when: str
    text: str


def life(record: Agreement) -> tuple[Moment, ...]:
    """The stages in order of time, and what is still to come: said, not drawn as done. What reports date differently is
    one step with several days, not several steps."""
    steps = dated(record)
    last = {same[-1].stage: same[-1] for same in steps}
    return (*(_passed(record, same, last[same[-1].stage] is same[-1]) for same in steps), *_pending(record))


def dated(record: Agreement) -> list[list[StageDate]]:
    """The steps; those that tell the same by several days stand together, the one that counts last."""
    return [list(same) for _, same in groupby(record.stages, key=lambda step: (step.stage, step.how))]


def others_say(same: Sequence[StageDate]) -> str:
    """'by others 15 Dec 2022 and 21 Mar 2024'; '' where only one day is told."""
    days = [short_day(one.on, one.precision) for one in same[:-1] if one.on and one.on != same[-1].on]
    return f"by others {listed(list(dict.fromkeys(days)))}" if days else ""


def log(record: Agreement) -> tuple[Note, ...]:
    """The record of changes and of the reports as they came in, oldest first."""
    entries = [*_changes(record), *_arrivals(record)]
    ordered = sorted(entries, key=lambda one: (one[0].replace(second=0, microsecond=0), one[1], one[2]))
    return tuple(Note(at.isoformat(), moment(at), text) for at, _, text in ordered)


def by_hand(record: Agreement) -> str:
    """What a person last corrected in the stage or the parties."""
    fixes = [change for change in record.changes if is_fix(change) or change.kind == "parties"]
    return _told(fixes[-1]) if fixes else ""


def is_dated_otherwise(record: Agreement) -> bool:
    """Whether reports tell several days of one stage."""
    steps = [(step.stage, step.how, step.on) for step in record.stages if step.on]
    return len(set(steps)) > len({(stage, how) for stage, how, _ in steps})


def _changes(record: Agreement) -> Iterator[tuple[datetime, int, str]]:
    """What a record was opened as, and each time that it moved on; a stage that comes again is no change."""
    stage = ""
    for change in record.changes:
        if change.kind == "new" and stage:
            if change.after != stage:
                yield change.at, 0, _told(replace(change, kind="stage", before=stage))
        else:
            yield change.at, 0, _told(change)
        stage = change.after if change.kind in ("new", "stage") and change.after else stage


def _arrivals(record: Agreement) -> Iterator[tuple[datetime, int, str]]:
    """Reports by the moment that they were taken in: 'reports by A and B, of the signing'."""
    taken: dict[tuple[datetime, Stage], list[str]] = defaultdict(list)
    for report in record.reports:
        taken[report.seen.replace(second=0, microsecond=0), report.stage].append(
            one_line(report.outlet, 60) or host(report.url) or "an unnamed outlet"
        )
    for (at, stage), outlets in taken.items():
        left = len(outlets) - NAMED
        named = listed([*outlets[:NAMED], *([f"{left:,} more"] if left > 0 else [])])
        yield at, 1, f"{'report' if len(outlets) == 1 else 'reports'} by {named}, of {TOLD[stage]}"


def reasons(record: Agreement) -> tuple[str, ...]:
    """Why the confidence is what it is, one sentence each, what speaks against it included."""
    opposed = against(record)
    lines = [
        _support(record),
        _breadth(record),
        _others(record, opposed),
        *_altered(record),
        *_opposition(record, opposed),
        *(f"{claim}." for claim in disputes(record)),
    ]
    if is_dated_otherwise(record):
        lines.append("Its reports tell different days of one stage.")
    elif not opposed and not record.disputed and record.voices > 1:
        lines.append("No report contradicts it.")
    return tuple(line for line in lines if line)


def paper_line(paper: Paper) -> str:
    """'Memorandum of understanding: exploration of minerals'; no quotation, since fields may stand for the subject."""
    name = upper(PAPERS.get(paper.type, PAPERS["other"])[paper.several])
    return f"{name}: {one_line(paper.subject, 200)}" if paper.subject else name


def day_not_told(step: StageDate) -> str:
    """A day of reporting, which must not pass for one of signing."""
    return f"day not told, reported {short_day(step.reported.date())}"


def _passed(record: Agreement, same: Sequence[StageDate], counts: bool) -> Moment:
    """A step, the last of those that tell the `same` by several days; its reports are counted once for each stage."""
    step = same[-1]
    shown = step_word(step)
    number = sum(report.stage is step.stage for report in record.reports) if counts else 0
    on = short_day(step.on, step.precision) if step.on else ""
    if step.stage is Stage.PLANNED:
        return Moment(
            step.stage, shown.word, shown.mark, f"reported {short_day(step.reported.date())}", f"for {on}" if on else ""
        )
    place = one_line(record.place, 60) if step.stage is Stage.SIGNED else ""
    note = ", ".join(part for part in (place, others_say(same), counted(number, "report") if number else "") if part)
    return Moment(step.stage, shown.word, shown.mark, on or day_not_told(step), note)


def _pending(record: Agreement) -> Iterator[Moment]:
    if record.rejected or record.merged_into:
        return
    if record.stage is Stage.PLANNED:
        step = present(record)
        on = short_day(step.on, step.precision) if step and step.on else ""
        state = "no report, overdue" if record.overdue else f"expected {on}" if on else "no date yet"
        yield Moment(None, "Signed", "", state, f"was expected {on}" if record.overdue and on else "")
    if record.stage is Stage.SIGNED:
        done = sum(paper.stage is Stage.IN_FORCE for paper in record.papers)
        state = f"{done} of {len(record.papers)} papers" if done else "not reported"
        yield Moment(None, "In force", "", state, "")


def _told(change: Change) -> str:
    before, after = _state(change.before), _state(change.after)
    moved = f"{before} → {after}" if before and after else after or before
    stage = f"moved from {before} to {after}" if before and after else f"now {after}"
    opening = {
        "new": f"opened as {after}" if after else "opened",
        "stage": stage,
        "date": f"date: {moved}",
        "parties": f"parties: {moved}",
        "merged": f"joined with {after or before}",
        "split": f"split: {moved}" if moved else "split",
        "rejected": "withdrawn",
        "restored": "restored",
        "corrected": f"corrected: {moved}" if moved else "corrected",
        "overdue": "date passed without a report: overdue",
    }[change.kind]
    who = f" (by {one_line(change.by, 60)})" if change.by else ""
    return f"{opening}{f'; {one_line(change.note)}' if change.note else ''}{who}"


def _support(record: Agreement) -> str:
    """Who reports the present stage, and whether that is one outlet alone."""
    what = told(record)
    if not originals(record, record.stage):
        return "No report tells of this stage: it was set by hand."
    if record.is_lone:
        return f"One outlet alone reports {what}; nothing else confirms it."
    governments = "" if record.officials else ", no government of the two among them"
    return f"{upper(told_by(record))} {'report' if record.voices > 1 else 'reports'} {what}{governments}."


def _breadth(record: Agreement) -> str:
    if len(record.reports) < 2:
        return ""
    languages = len({report.lang for report in record.reports})
    copies = sum(report.copy_of is not None for report in record.reports)
    uncounted = f", {counted(copies, 'of them a copy', 'of them copies')} and not counted" if copies else ""
    return f"{counted(len(record.reports), 'report')} in all, in {counted(languages, 'language')}{uncounted}."


def _others(record: Agreement, opposed: Collection[Report]) -> str:
    """Reports of other stages, which bear out the story and not the present stage."""
    rest = [report for report in record.reports if report.stage is not record.stage and report not in opposed]
    parts = [
        f"{counted(number, 'report')} {'tells' if number == 1 else 'tell'} of {TOLD[stage]}"
        for stage in TOLD
        if (number := sum(report.stage is stage for report in rest))
    ]
    return f"{upper(listed(parts))}, not of the present stage." if parts else ""


def _opposition(record: Agreement, opposed: Sequence[Report]) -> Iterator[str]:
    if not opposed:
        return
    number = counted(len(opposed), "report")
    if record.stage is Stage.PLANNED:
        yield f"Speaks against it: {number} {'tells' if len(opposed) == 1 else 'tell'} of it as done already."
    else:
        yield f"Speaks against it: {number} still {'calls' if len(opposed) == 1 else 'call'} it planned later on."


def _altered(record: Agreement) -> Iterator[str]:
    altered = sum(report.changed for report in record.reports)
    if altered:
        it = "it" if altered == 1 else "them"
        yield f"{counted(altered, 'report was', 'reports were')} altered after we first read {it}."


def _state(value: str) -> str:
    return STAGES[Stage(value)].word.lower() if value in STAGES else one_line(value, 120)
