"""The story of one agreement for its page: its life line, its record of changes, the reasons of its confidence."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from alerts.display import STAGES, counted, moment, one_line, present, short_day, step_word
from alerts.site.voices import against, originals
from alerts.wording import PAPERS, listed, told_by, upper
from classify.model import How, Stage
from storage.records import Agreement, Change, Paper, Report, StageDate

_TOLD = {
    Stage.SIGNED: "the signing",
    Stage.IN_FORCE: "its entry into force",
    Stage.ENDED: "its end",
    Stage.PLANNED: "the plan",
    Stage.NONE: "it",
}
"""What a report of each stage tells of."""
_TOLD_HOW: dict[How, str] = {"ratified": "its ratification", "approved": "its approval", "talks": "the end of talks"}


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
    """The stages in order of time, and what is still to come: said, not drawn as done."""
    return (*(_passed(record, step) for step in record.stages), *_pending(record))


def log(record: Agreement) -> tuple[Note, ...]:
    """The record of changes, oldest first."""
    return tuple(Note(change.at.isoformat(), moment(change.at), _told(change)) for change in record.changes)


def reasons(record: Agreement) -> tuple[str, ...]:
    """Why the confidence is what it is, one sentence each, what speaks against it included."""
    opposed = against(record)
    lines = [
        _support(record),
        _breadth(record),
        _others(record, opposed),
        *_altered(record),
        *_opposition(record, opposed),
        *(f"Contradicted: {one_line(claim).rstrip('.')}." for claim in record.disputed),
    ]
    if not opposed and not record.disputed and record.voices > 1:
        lines.append("No report contradicts it.")
    return tuple(line for line in lines if line)


def paper_line(paper: Paper) -> str:
    """'Memorandum of understanding: exploration of minerals'; no quotation, since fields may stand for the subject."""
    name = upper(PAPERS.get(paper.type, PAPERS["other"])[paper.several])
    return f"{name}: {one_line(paper.subject, 200)}" if paper.subject else name


def day_not_told(step: StageDate) -> str:
    """A day of reporting, which must not pass for one of signing."""
    return f"day not told, reported {short_day(step.reported.date())}"


def _passed(record: Agreement, step: StageDate) -> Moment:
    shown = step_word(step)
    told = sum(report.stage is step.stage for report in record.reports)
    on = short_day(step.on, step.precision) if step.on else ""
    if step.stage is Stage.PLANNED:
        return Moment(
            step.stage, shown.word, shown.mark, f"reported {short_day(step.reported.date())}", f"for {on}" if on else ""
        )
    place = one_line(record.place, 60) if step.stage is Stage.SIGNED else ""
    note = ", ".join(part for part in (place, counted(told, "report") if told else "") if part)
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
    opening = {
        "new": f"opened as {after}" if after else "opened",
        "stage": moved,
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
    step = present(record)
    what = (_TOLD_HOW.get(step.how) if step else None) or _TOLD[record.stage]
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
        f"{counted(number, 'report')} {'tells' if number == 1 else 'tell'} of {_TOLD[stage]}"
        for stage in _TOLD
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
