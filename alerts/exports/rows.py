"""Flat rows of agreements and of their reports: what CSV, XLSX and the command line print."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from alerts.display import clean, day_of, present, stage_word, web_link
from alerts.exports import official
from classify.model import Stage
from storage.records import Agreement, Report


@dataclass(frozen=True, slots=True)
class Row:
    """One agreement in one line. Lists are joined by a semicolon and a space; days are ISO 8601; '' is unknown."""

    key: str
    title: str
    status: str
    """`live`, `withdrawn` or `merged`."""
    stage: str
    stage_word: str
    """The same as readers see it: 'ratified' and 'approved' are not 'in force', 'broken off' ended no agreement."""
    stage_date: str
    stage_date_precision: str
    country_1: str
    """ISO 3166-1 alpha-2, or `EU`, `XK`."""
    country_1_alpha3: str
    country_1_name: str
    country_2: str
    country_2_alpha3: str
    country_2_name: str
    place: str
    sectors: str
    dac_sectors: str
    """OECD DAC three-digit sectors that ours fall under."""
    dac_crs_purposes: str
    """OECD DAC CRS five-digit purposes of our sectors: which of them the agreement serves is not told."""
    iptc_media_topics: str
    papers: int
    papers_in_force: int
    instruments: str
    amounts: str
    planned_on: str
    signed_on: str
    ratified_on: str
    in_force_on: str
    ended_on: str
    broken_off_on: str
    overdue: bool
    reports: int
    outlets: int
    officials: str
    languages: str
    confidence: float
    disputed: str
    evidence: str
    evidence_language: str
    evidence_outlet: str
    evidence_url: str
    note: str
    """Why it was withdrawn, or the key that it became part of."""
    aliases: str
    first_seen: str
    changed: str
    url: str
    """The agreement's page, where the site's address is known."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of an agreement in one line."""

    key: str
    stage: str
    outlet: str
    official: str
    country: str
    language: str
    title: str
    sentence: str
    published: str
    seen: str
    confidence: float
    copy: bool
    changed: bool
    url: str


def rows(records: Iterable[Agreement], site_url: str = "") -> list[Row]:
    """One row an agreement, in the order given."""
    return [_row(record, site_url) for record in records]


def report_rows(records: Iterable[Agreement]) -> list[ReportRow]:
    """One row a report, agreement by agreement."""
    return [_report_row(record, report) for record in records for report in record.reports]


def page_url(site_url: str, key: str) -> str:
    """The permalink of an agreement, '' without a site's address."""
    return f"{site_url.rstrip('/')}/a/{key}/" if site_url else ""


def stamp(at: datetime | None) -> str:
    """RFC 3339 in UTC with seconds, '' for none."""
    return f"{at.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z" if at else ""


def status(record: Agreement) -> str:
    """`live`, `withdrawn` or `merged`."""
    return "merged" if record.merged_into else "withdrawn" if record.rejected else "live"


def _row(record: Agreement, site_url: str) -> Row:
    one, other = record.pair
    step, proof = present(record), record.evidence
    purposes = official.codes(record.sectors)
    return Row(
        key=record.key,
        title=clean(record.title),
        status=status(record),
        stage=record.stage.value,
        stage_word=stage_word(record).word.lower(),
        stage_date=step.on.isoformat() if step and step.on else "",
        stage_date_precision=(step.precision or "") if step and step.on else "",
        country_1=one,
        country_1_alpha3=official.alpha3(one),
        country_1_name=official.country(one),
        country_2=other,
        country_2_alpha3=official.alpha3(other),
        country_2_name=official.country(other),
        place=clean(record.place),
        sectors=_joined(record.sectors),
        dac_sectors=_joined(purposes.dac_sectors),
        dac_crs_purposes=_joined(purposes.dac_purposes),
        iptc_media_topics=_joined(purposes.iptc),
        papers=len(record.papers),
        papers_in_force=sum(paper.stage is Stage.IN_FORCE for paper in record.papers),
        instruments=_joined(paper.type for paper in record.papers),
        amounts=_joined(
            f"{paper.amount:.15g} {paper.currency}".strip() for paper in record.papers if paper.amount is not None
        ),
        planned_on=_reached(record, Stage.PLANNED),
        signed_on=_reached(record, Stage.SIGNED),
        ratified_on=_reached(record, Stage.IN_FORCE, short_of_it=True),
        in_force_on=_reached(record, Stage.IN_FORCE),
        ended_on=_reached(record, Stage.ENDED),
        broken_off_on=_reached(record, Stage.ENDED, short_of_it=True),
        overdue=record.overdue,
        reports=len(record.reports),
        outlets=record.outlets,
        officials=_joined(record.officials),
        languages=_joined(sorted({report.lang for report in record.reports})),
        confidence=round(record.confidence, 3),
        disputed=_joined(map(clean, record.disputed)),
        evidence=clean(proof.evidence.sentence) if proof and proof.evidence else "",
        evidence_language=proof.lang if proof else "",
        evidence_outlet=clean(proof.outlet) if proof else "",
        evidence_url=web_link(proof.url) if proof else "",
        note=clean(record.rejected) or record.merged_into,
        aliases=_joined(record.aliases),
        first_seen=stamp(record.first_seen),
        changed=stamp(record.changed),
        url=page_url(site_url, record.key),
    )


def _report_row(record: Agreement, report: Report) -> ReportRow:
    return ReportRow(
        key=record.key,
        stage=report.stage.value,
        outlet=clean(report.outlet),
        official=report.official,
        country=report.country,
        language=report.lang,
        title=clean(report.title),
        sentence=clean(report.evidence.sentence) if report.evidence else "",
        published=stamp(report.published),
        seen=stamp(report.seen),
        confidence=round(report.confidence, 3),
        copy=report.copy_of is not None,
        changed=report.changed,
        url=web_link(report.url),
    )


def _reached(record: Agreement, stage: Stage, *, short_of_it: bool = False) -> str:
    """The day that counts where several are told: the last, as on the page and in `stage_date`."""
    steps = [step for step in record.stages if step.stage is stage and bool(step.how) is short_of_it]
    step = steps[-1] if steps else None
    return step.on.isoformat() if step and step.on else ""


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(part for part in parts if part))


def newest_first(records: Iterable[Agreement]) -> list[Agreement]:
    """By day of the present stage (of what is only planned: of its first report), then confidence, then key; the same
    records in any order give the same list."""
    by_key = sorted(records, key=lambda record: record.key)
    return sorted(by_key, key=lambda record: (_known_since(record), record.confidence), reverse=True)


def _known_since(record: Agreement) -> date:
    step = present(record)
    return step.reported.date() if step and step.stage is Stage.PLANNED else day_of(record)


def last_change(records: Sequence[Agreement]) -> datetime:
    """When the newest of the records changed last, the start of 2000 for none: the date that files carry."""
    return max((record.changed.astimezone(UTC) for record in records), default=datetime(2000, 1, 1, tzinfo=UTC))
