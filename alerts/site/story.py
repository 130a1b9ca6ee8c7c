"""The story of one agreement for its page: its life line, its record of changes, the reasons of its confidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.display import STAGES, counted, moment, one_line, present, short_day
from alerts.exports import official
from alerts.wording import PAPERS, upper
from classify.model import Stage
from storage.records import Agreement, Change, Paper, StageDate


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
    lines = [
        _sentence(record.reason),
        _breadth(record),
        _officials(record),
        *_altered(record),
        *(f"Contradicted: {one_line(claim)}." for claim in record.disputed),
        "" if record.disputed else "No report contradicts it.",
    ]
    return tuple(line for line in lines if line)


def paper_line(paper: Paper) -> str:
    """'Memorandum of understanding: exploration of minerals'."""
    name = upper(PAPERS.get(paper.type, PAPERS["other"])[0])
    return f"{name}: {one_line(paper.subject, 200)}" if paper.subject else name


def _passed(record: Agreement, step: StageDate) -> Moment:
    shown = STAGES[step.stage]
    told = sum(report.stage is step.stage for report in record.reports)
    on = short_day(step.on, step.precision) if step.on else ""
    if step.stage is Stage.PLANNED:
        return Moment(
            step.stage, shown.word, shown.mark, f"reported {short_day(step.reported.date())}", f"for {on}" if on else ""
        )
    place = one_line(record.place, 60) if step.stage is Stage.SIGNED else ""
    note = ", ".join(part for part in (place, counted(told, "report") if told else "") if part)
    return Moment(step.stage, shown.word, shown.mark, on or f"reported {short_day(step.reported.date())}", note)


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


def _sentence(text: str) -> str:
    whole = one_line(text).rstrip(".")
    return f"{upper(whole)}." if whole else ""


def _breadth(record: Agreement) -> str:
    languages = len({report.lang for report in record.reports})
    copies = sum(report.copy_of is not None for report in record.reports)
    uncounted = f", {counted(copies, 'of them a copy', 'of them copies')} and not counted" if copies else ""
    return f"{counted(len(record.reports), 'report')} in {counted(languages, 'language')}{uncounted}."


def _officials(record: Agreement) -> str:
    names = [official.country(code) for code in record.officials]
    if not names:
        return "No government is among the sources."
    return f"Officially reported by {' and '.join(names)}."


def _altered(record: Agreement) -> Iterator[str]:
    altered = sum(report.changed for report in record.reports)
    if altered:
        it = "it" if altered == 1 else "them"
        yield f"{counted(altered, 'report was', 'reports were')} altered after we first read {it}."


def _state(value: str) -> str:
    return STAGES[Stage(value)].word.lower() if value in STAGES else one_line(value, 120)
