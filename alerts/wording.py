"""One agreement in English: what it is, when and where, what it was before, who tells of it."""

import re
import unicodedata
from collections import Counter
from datetime import date, datetime
from urllib.parse import quote, urlsplit, urlunsplit

from alerts import display
from alerts.digest import Quote, Source
from classify.model import Stage
from classify.names import country_name
from storage.outbox import Told
from storage.records import Agreement, Paper, Report, StageDate

PAPERS: dict[str, tuple[str, str]] = {
    "treaty": ("treaty", "treaties"),
    "agreement": ("agreement", "agreements"),
    "memorandum": ("memorandum of understanding", "memoranda of understanding"),
    "protocol": ("protocol", "protocols"),
    "convention": ("convention", "conventions"),
    "notes": ("exchange of notes", "exchanges of notes"),
    "declaration": ("joint declaration", "joint declarations"),
    "grant": ("grant agreement", "grant agreements"),
    "loan": ("loan agreement", "loan agreements"),
    "ceasefire": ("ceasefire", "ceasefires"),
    "exchange": ("exchange of prisoners", "exchanges of prisoners"),
    "swap": ("currency swap", "currency swaps"),
    "other": ("instrument", "instruments"),
}
"""Types of instruments in English, one and many."""


def names(agreement: Agreement) -> str:
    """'Kazakhstan – Rwanda'."""
    return " – ".join(country_name(code) for code in agreement.pair)


def is_named(agreement: Agreement) -> bool:
    """Whether the title already names both sides."""
    return all(country_name(code) in agreement.title for code in agreement.pair)


def joined_names(agreement: Agreement) -> str:
    """'Kazakhstan–Rwanda', for subjects."""
    return "–".join(country_name(code) for code in agreement.pair)


def listed(words: tuple[str, ...] | list[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    return f" {last} ".join(p for p in (", ".join(words[:-1]), words[-1]) if p) if words else ""


def upper(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def sectors(agreement: Agreement) -> list[str]:
    """The sectors in one word each: our codes are English words, their official names are long."""
    return list(agreement.sectors)


def instruments(agreement: Agreement) -> str:
    """'Memorandum of understanding', '4 memoranda of understanding and 2 agreements', '6 instruments'; '' for none."""
    kinds = Counter(paper.type if paper.type in PAPERS else "other" for paper in _telling(agreement))
    if len(kinds) > 2:
        return f"{len(agreement.papers)} instruments"
    if sum(kinds.values()) == 1:
        return upper(PAPERS[next(iter(kinds))][0])
    return listed([f"{n} {PAPERS[kind][n > 1]}" for kind, n in kinds.most_common()])


def subject(agreement: Agreement, limit: int = 48) -> str:
    """What the one paper is about, where there is one and it says so briefly; else ''."""
    told = [display.one_line(paper.subject) for paper in _telling(agreement) if paper.subject]
    return told[0] if len(agreement.papers) == 1 and told and len(told[0]) <= limit else ""


def _telling(agreement: Agreement) -> tuple[Paper, ...]:
    """The papers that tell what a record is: a single one named among many fields stands for nothing but itself."""
    lone = len(agreement.papers) == 1 and len(agreement.sectors) > 3
    return () if lone else agreement.papers


def topic(agreement: Agreement) -> str:
    """What it is about, in a few words for subjects: 'mining, digital'."""
    return subject(agreement, 30) or ", ".join(sectors(agreement)[:2])


def short(agreement: Agreement) -> str:
    """What it is, in one line of a table beside its pair."""
    about = subject(agreement) or listed(sectors(agreement)[:3])
    kind = re.sub("(emorand(um|a)) of understanding", r"\1", instruments(agreement))
    if kind and about:
        return f"{kind}: {about}"
    return kind or upper(about) or display.one_line(agreement.title, 60)


def stage_when(step: StageDate | None, agreement: Agreement) -> str:
    """'Thu 19 Nov 2026', 'Nov 2026', or when it was first reported where no report tells the date."""
    if step and step.on:
        day = display.short_day(step.on, step.precision)
        return f"{display.weekday(step.on)} {day}" if step.precision == "day" else day
    reported = step.reported if step else agreement.first_seen
    return f"on a day not told (reported {display.short_day(reported.date())})"


def what(agreement: Agreement) -> str:
    """Instruments, sectors and amounts as sentences: 'Protocol: mining, science. EUR 30 million.'"""
    kind, about = instruments(agreement), ", ".join(sectors(agreement))
    line = f"{kind}: {about}" if kind and about else upper(kind or about)
    parts = [f"{part}." for part in (line, _progress(agreement), *amounts(agreement.papers)) if part]
    return " ".join(parts)


def _progress(agreement: Agreement) -> str:
    """'2 of 6 in force' where the papers of a record stand differently."""
    there = sum(paper.stage == agreement.stage for paper in agreement.papers)
    if not 0 < there < len(agreement.papers):
        return ""
    return f"{there} of {len(agreement.papers)} {display.STAGES[agreement.stage].word.lower()}"


def amounts(papers: tuple[Paper, ...]) -> list[str]:
    """The two largest sums: 'USD 1.2 billion'."""
    told = {(paper.currency, paper.amount) for paper in papers if paper.amount}
    largest = sorted(told, key=lambda one: (-(one[1] or 0), one[0]))[:2]
    return [f"{currency} {_money(amount or 0)}".strip() for currency, amount in largest]


def _money(amount: float) -> str:
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if amount >= size:
            return f"{amount / size:.3g} {word}"
    return f"{amount:,.0f}"


def before(agreement: Agreement, told: Told | None, today: date) -> str:
    """The stage before and since when: 'signed 11 Mar 2025, 20 months ago'; '' where none is known."""
    earlier = [step for step in agreement.stages if step.stage != agreement.stage]
    step = earlier[-1] if earlier else None
    if step is None:
        return f"{told.stage.replace('_', ' ')} in an earlier issue" if told and told.stage != agreement.stage else ""
    word = display.STAGES[step.stage].word.lower()
    if step.on is None or step.stage is Stage.PLANNED:
        return f"{word}, first reported {display.short_day(step.reported.date())}"
    since = f"{word} since" if step.stage is Stage.IN_FORCE else word
    ago = age(step.on, today)
    return f"{since} {display.short_day(step.on, step.precision)}" + (f", {ago} ago" if ago else "")


def age(since: date, today: date) -> str:
    """'20 months', '9 days'; '' for today and the future."""
    days = (today - since).days
    if days <= 0:
        return ""
    months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    if months >= 24:
        return display.counted(months // 12, "year")
    return display.counted(months, "month") if months >= 2 else display.counted(days, "day")


def since_day(at: datetime | None, today: date) -> str:
    """'since 14 Nov'; with the year where it is another one."""
    if at is None:
        return ""
    day = display.short_day(at.date())
    return "since " + (day.removesuffix(f" {today.year}") if at.year == today.year else day)


def ascii_url(url: str) -> str:
    """An http(s) address as ASCII (punycode host, percent-encoded rest), or '' where it may not be linked."""
    safe = display.web_link(display.clean(url.strip()).replace(" ", "%20"))
    if not safe:
        return ""
    try:
        parts = urlsplit(safe)
        netloc = (parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")).lower()
    except ValueError:
        return ""
    path, query, fragment = (quote(p, safe="/%:@!$&'()*+,;=~-._?[]") for p in parts[2:])
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def source(report: Report) -> Source:
    """An outlet's report as a link, official ones marked; the host is named where the outlet's name doesn't say it."""
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
    )


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
        source=source(report),
        note="hidden characters removed" if changed else "",
    )


def others(agreement: Agreement, most: int) -> tuple[tuple[Source, ...], int]:
    """Further sources than the quoted one, originals only, and how many more there are."""
    shown = agreement.evidence
    rest = [report for report in agreement.reports if report is not shown and report.copy_of is None]
    seen = {shown.voice} if shown else set()
    firsts = []
    for report in rest:
        if report.voice not in seen:
            firsts.append(report)
            seen.add(report.voice)
    copies = sum(report.copy_of is not None for report in agreement.reports)
    return tuple(source(report) for report in firsts[:most]), len(rest) - len(firsts[:most]) + copies
