"""Who tells of an agreement: the sentence that proves it, the outlets and their own addresses."""

import re
import unicodedata

from alerts import display, doubts
from alerts.digest import Quote, Source
from alerts.wording import ascii_url
from classify.model import Stage
from storage.records import Agreement, Report


def source(report: Report, record: Agreement | None = None) -> Source:
    """An outlet's report as a link, official ones marked; the host is named where the outlet's name doesn't say it.

    With its `record`, also what it tells of other than the present stage.
    """
    url = ascii_url(report.url)
    host = display.host(url)
    outlet = display.one_line(report.outlet, 80)
    return Source(
        outlet=outlet or host or "unnamed outlet",
        url=url,
        host="" if not outlet or _says(outlet, host) else host,
        lang=report.lang,
        lang_name=display.language_name(report.lang),
        official=bool(report.official),
        tells=_tells(report, record) if record else "",
    )


def _tells(report: Report, record: Agreement) -> str:
    if report.stage is not record.stage:
        return f"on {doubts.TOLD[report.stage]}" if report.stage is not Stage.NONE else ""
    otherwise = doubts.contradicts(record, report)
    return f"says {otherwise}" if otherwise else ""


def _says(outlet: str, host: str) -> bool:
    """Whether the name of an outlet tells its host: the host's longest part stands in the name, or the name in it."""
    try:
        host = host.encode("ascii").decode("idna")
    except UnicodeError:
        return False
    part = _letters(max(host.split(".")[:-1] or [""], key=len))
    name = _letters(outlet)
    return bool(part) and bool(name) and (part in name or name in part)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", text).casefold())


def quote_of(agreement: Agreement) -> Quote | None:
    """The evidence: official first, else the earliest, with a mark where reading it took more than what one sees."""
    report = agreement.evidence
    if report is None or report.evidence is None:
        return None
    stored = report.evidence.sentence
    shown = display.clean(stored).strip()
    changed = report.evidence.cleaned or shown != stored.strip()
    return Quote(
        sentence=shown,
        lang=report.lang if report.lang not in ("", "und") else "mul",
        direction=display.direction(report.lang),
        source=source(report, agreement),
        note="hidden characters removed" if changed else "",
    )


def others(agreement: Agreement, most: int) -> tuple[tuple[Source, ...], int]:
    """Further sources than the quoted one, originals only, those of the present stage first, and how many more there
    are."""
    shown = agreement.evidence
    rest = [report for report in agreement.reports if report is not shown and report.copy_of is None]
    seen = {shown.voice} if shown else set()
    firsts = []
    for report in sorted(rest, key=lambda one: one.stage is not agreement.stage):
        if report.voice not in seen:
            firsts.append(report)
            seen.add(report.voice)
    copies = sum(report.copy_of is not None for report in agreement.reports)
    return tuple(source(report, agreement) for report in firsts[:most]), len(rest) - len(firsts[:most]) + copies
