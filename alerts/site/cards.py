"""Agreements and reports as lists show them: every word, link and date ready, so that templates hold no rules."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from markupsafe import Markup, escape

from alerts.display import (
    clean,
    codes,
    confidence_word,
    day_of,
    host,
    language_name,
    moment,
    one_line,
    present,
    short_day,
    stage_word,
    step_word,
)
from alerts.exports import official
from alerts.site.quotes import language_attributes, marked
from alerts.site.voices import against
from alerts.wording import ascii_url, place, told_by, told_by_codes, unsaid
from classify.model import Pair, Stage
from storage.records import Agreement, Report


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of an agreement. `href` and `pair_href` are relative to the root of the site."""

    key: str
    href: str
    title: str
    codes: str
    names: str
    pair_href: str
    stage: Stage
    word: str
    mark: str
    when: str
    dated: bool
    """Whether a report tells the day, month or year."""
    before: str
    """The stage before and since when: 'was signed 10 Mar 2026'."""
    iso: str
    place: str
    """Where it was signed or is to be, '' where the title says so and beside what came after."""
    sectors: tuple[str, ...]
    unsaid: tuple[str, ...]
    """The sectors that the title does not name."""
    reports: int
    told_by: str
    """Who reports the present stage: 'the government of Kenya and 2 outlets'."""
    voices: str
    """The same in a few letters: 'KE, 2 outlets'."""
    lone: bool
    """Nobody confirms what a single outlet reports."""
    confidence: str
    sure: str
    doubts: tuple[str, ...]
    """What speaks against it, in a word each."""


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
    notes: tuple[str, ...]
    is_headline: bool
    lines: int
    """About how many lines it takes."""


def card(record: Agreement) -> Card:
    """The agreement as a list shows it."""
    shown, title = stage_word(record), one_line(record.title)
    step = present(record)
    return Card(
        key=record.key,
        href=f"a/{record.key}/index.html",
        title=title,
        codes=codes(record.pair),
        names=pair_names(record.pair),
        pair_href=pair_href(record.pair),
        stage=record.stage,
        word=shown.word,
        mark=shown.mark,
        when=_when(record),
        dated=bool(step and step.on),
        before=_before(record),
        iso=day_of(record).isoformat(),
        place=place(record),
        sectors=record.sectors,
        unsaid=unsaid(record),
        reports=len(record.reports),
        told_by=told_by(record),
        voices=told_by_codes(record),
        lone=record.is_lone,
        confidence=f"{record.confidence:.2f}",
        sure=confidence_word(record.confidence),
        doubts=tuple(_doubts(record)),
    )


def pair_names(pair: Pair) -> str:
    """'Kazakhstan – Rwanda'."""
    return " – ".join(official.country(code) for code in pair)


def pair_href(pair: Pair) -> str:
    """The pair's page, relative to the root of the site."""
    return f"pairs/{'-'.join(pair).lower()}/index.html"


def quote(report: Report, sides: Collection[str], notes: tuple[str, ...] = ()) -> Quote:
    """A report of an agreement between two `sides`; `notes` say how it stands to the other reports."""
    proof, outlet, url = report.evidence, one_line(report.outlet, 80), ascii_url(report.url)
    return Quote(
        html=marked(proof, sides) if proof else escape(one_line(report.title)),
        attributes=language_attributes(report.lang),
        outlet=outlet or host(url) or "unnamed source",
        url=url,
        host="" if outlet.casefold().removeprefix("www.") in ("", host(url)) else host(url),
        language=language_name(report.lang),
        official=official.country(report.official) if report.official else "",
        when=_published(report.published or report.seen),
        iso=(report.published or report.seen).isoformat(),
        notes=(*notes, *_report_notes(report)),
        is_headline=proof is None,
        lines=3 + len(proof.sentence if proof else report.title) // 62,
    )


def _published(at: datetime) -> str:
    """A feed that tells the day alone comes as midnight."""
    return moment(at) if at.time() != time() else short_day(at.date())


def _when(record: Agreement) -> str:
    step = present(record)
    if step is None or step.on is None:  # a day of reporting must not pass for one of signing
        return f"reported {short_day(day_of(record))}"
    day = short_day(step.on, step.precision)
    return f"for {day}" if record.stage is Stage.PLANNED else day


def _before(record: Agreement) -> str:
    earlier = [step for step in record.stages if step.stage is not record.stage]
    if not earlier or earlier[-1].stage is Stage.PLANNED:
        return ""
    on = short_day(earlier[-1].on, earlier[-1].precision) if earlier[-1].on else ""
    return f"was {step_word(earlier[-1]).word.lower()} {on}".rstrip()


def _doubts(record: Agreement) -> Iterator[str]:
    if record.rejected:
        yield "withdrawn"
    if record.merged_into:
        yield "joined"
    if record.disputed or against(record):
        yield "disputed"
    if record.overdue:
        yield "overdue"


def _report_notes(report: Report) -> Iterator[str]:
    if report.copy_of is not None:
        yield "copy of another report here, not counted"
    if report.changed:
        yield "altered after we first read it"
    if report.evidence and (report.evidence.cleaned or clean(report.evidence.sentence) != report.evidence.sentence):
        yield "hidden or look-alike characters in the original"
