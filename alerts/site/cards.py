"""Agreements as the templates want them: every word, link and date ready, so that templates hold no rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from markupsafe import Markup, escape

from alerts.display import (
    STAGES,
    clean,
    codes,
    confidence_word,
    counted,
    day_of,
    host,
    language_name,
    moment,
    one_line,
    present,
    short_day,
)  # fmt: skip
from alerts.exports import official
from alerts.site.quotes import language_attributes, marked
from alerts.wording import PAPERS, ascii_url, upper
from classify.model import Pair, Stage
from storage.records import Agreement, Change, Paper, Report, StageDate


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of an agreement. `href` and `pair_href` are relative to the root of the site."""

    key: str
    href: str
    title: str
    codes: str
    names: str
    countries: tuple[tuple[str, str], ...]
    pair_href: str
    stage: Stage
    word: str
    mark: str
    when: str
    before: str
    """The stage before and since when: 'was signed 10 Mar 2026'."""
    iso: str
    place: str
    sectors: tuple[tuple[str, str], ...]
    reports: int
    outlets: int
    official: bool
    confidence: str
    sure: str
    reason: str
    doubts: tuple[str, ...]
    """What makes it less than certain, in a word or two each."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A report with its sentence as HTML, or its headline where it has no sentence."""

    html: Markup
    attributes: Markup
    """Language and direction, for the element that holds the words."""
    outlet: str
    url: str
    host: str
    """Where the link leads, '' where the outlet's name says it already."""
    language: str
    official: str
    """Name of the country whose government speaks."""
    when: str
    iso: str
    stage: Stage
    notes: tuple[str, ...]
    is_headline: bool


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


def card(record: Agreement) -> Card:
    """The agreement as a list shows it."""
    shown = STAGES[record.stage]
    return Card(
        key=record.key,
        href=f"a/{record.key}/index.html",
        title=one_line(record.title),
        codes=codes(record.pair),
        names=pair_names(record.pair),
        countries=tuple((code, official.country(code)) for code in record.pair),
        pair_href=pair_href(record.pair),
        stage=record.stage,
        word=shown.word,
        mark=shown.mark,
        when=_when(record),
        before=_before(record),
        iso=day_of(record).isoformat(),
        place=one_line(record.place, 80),
        sectors=tuple((code, official.sector(code)) for code in record.sectors),
        reports=len(record.reports),
        outlets=record.outlets,
        official=bool(record.officials),
        confidence=f"{record.confidence:.2f}",
        sure=confidence_word(record.confidence),
        reason=one_line(record.reason),
        doubts=tuple(_doubts(record)),
    )


def pair_names(pair: Pair) -> str:
    """'Kazakhstan – Rwanda'."""
    return " – ".join(official.country(code) for code in pair)


def pair_href(pair: Pair) -> str:
    """The pair's page, relative to the root of the site."""
    return f"pairs/{'-'.join(pair).lower()}/index.html"


def quote(report: Report, stage: Stage, first: bool = False) -> Quote:
    """A report of an agreement that is at `stage` now; a report of another stage says so."""
    proof, outlet, url = report.evidence, one_line(report.outlet, 80), ascii_url(report.url)
    return Quote(
        html=marked(proof) if proof else escape(one_line(report.title)),
        attributes=language_attributes(report.lang),
        outlet=outlet or host(url) or "unnamed source",
        url=url,
        host="" if outlet.casefold().removeprefix("www.") in ("", host(url)) else host(url),
        language=language_name(report.lang),
        official=official.country(report.official) if report.official else "",
        when=_published(report.published or report.seen),
        iso=(report.published or report.seen).isoformat(),
        stage=report.stage,
        notes=tuple(_report_notes(report, stage, first)),
        is_headline=proof is None,
    )


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


def _published(at: datetime) -> str:
    """A feed that tells the day alone comes as midnight."""
    return moment(at) if at.time() != time() else short_day(at.date())


def _when(record: Agreement) -> str:
    step = present(record)
    if record.stage is Stage.PLANNED:
        told = f"reported {short_day(step.reported.date() if step else record.first_seen.date())}"
        return f"for {short_day(step.on, step.precision)}" if step and step.on else told
    if step and step.on:
        return short_day(step.on, step.precision)
    return short_day(day_of(record))


def _before(record: Agreement) -> str:
    earlier = [step for step in record.stages if step.stage is not record.stage]
    if not earlier or earlier[-1].stage is Stage.PLANNED:
        return ""
    on = short_day(earlier[-1].on, earlier[-1].precision) if earlier[-1].on else ""
    return f"was {STAGES[earlier[-1].stage].word.lower()} {on}".rstrip()


def _doubts(record: Agreement) -> Iterator[str]:
    if record.rejected:
        yield "withdrawn"
    if record.merged_into:
        yield "joined"
    if record.disputed:
        yield "disputed"
    if record.overdue:
        yield "overdue"
    if record.outlets <= 1 and not record.officials:
        yield "one outlet"


def _report_notes(report: Report, stage: Stage, first: bool) -> Iterator[str]:
    if first:
        yield "first report"
    if report.stage not in (stage, Stage.NONE):
        yield f"reports it as {STAGES[report.stage].word.lower()}"
    if report.copy_of is not None:
        yield "copy of another report here, not counted"
    if report.changed:
        yield "altered after we first read it"
    if report.evidence and (report.evidence.cleaned or clean(report.evidence.sentence) != report.evidence.sentence):
        yield "hidden or look-alike characters in the original"


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
