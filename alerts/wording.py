"""One agreement in English: what it is, when and where, what it was before."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from alerts import display
from classify import subjects
from classify.fold import fold
from classify.lang import detect
from classify.model import Stage
from classify.names import country_in_sentence, country_name
from storage.merge_titles import fields
from storage.outbox import Told
from storage.records import Agreement, Paper, StageDate

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


SHORT: dict[str, str] = {
    "AE": "UAE", "AG": "Antigua", "BA": "Bosnia", "CF": "CAR", "CG": "Congo", "EU": "EU", "GB": "UK", "KN": "St Kitts",
    "LC": "St Lucia", "ST": "São Tomé", "TT": "Trinidad", "US": "US", "VC": "St Vincent",
}  # fmt: skip
"""Names that newspapers shorten in headlines."""


def names(agreement: Agreement) -> str:
    """'Kazakhstan – Rwanda'."""
    return " – ".join(country_name(code) for code in agreement.pair)


def short_names(agreement: Agreement) -> str:
    """'Kenya–UAE', as a headline has it."""
    return "–".join(SHORT.get(code) or country_name(code) for code in agreement.pair)


def is_named(agreement: Agreement) -> bool:
    """Whether the title already names both sides."""
    return all(country_name(code) in agreement.title for code in agreement.pair)


def listed(words: tuple[str, ...] | list[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    return f" {last} ".join(p for p in (", ".join(words[:-1]), words[-1]) if p) if words else ""


def upper(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


IMPLIED: dict[str, tuple[str, ...]] = {
    "currency swap": ("finance",),
    "loan agreement": ("finance",),
    "ceasefire": ("defence", "diplomacy"),
}
"""Fields that a paper tells by its name."""


def field(code: str) -> str:
    """A sector as titles, mails and pages name it: 'trade', 'digital matters'; official names are long."""
    return fields((code,))


def sectors(agreement: Agreement) -> list[str]:
    """The sectors of an agreement, named."""
    return [field(code) for code in agreement.sectors]


def unsaid(agreement: Agreement) -> tuple[str, ...]:
    """Codes of the sectors that the title does not tell."""
    title = agreement.title.casefold()
    implied = {code for name, codes in IMPLIED.items() if name in title for code in codes}
    return tuple(code for code in agreement.sectors if field(code) not in title and code not in implied)


def instruments(agreement: Agreement) -> str:
    """'Memorandum of understanding', '4 memoranda of understanding and 2 agreements', '6 instruments'; 'Agreements'
    where their number is not told; '' for none.

    The number is the record's, as in its title: reports may count more papers than they name.
    """
    if agreement.count and agreement.count > len(agreement.papers):
        kind = "memorandum" if set(_kinds(agreement.papers)) == {"memorandum"} else "agreement"
        return f"{agreement.count} {PAPERS[kind][1]}"
    plural = _kinds(tuple(paper for paper in agreement.papers if paper.several))
    if plural:
        named = _kinds(agreement.papers)
        if len(named) > 1:  # 'other' is no kind beside one that has a name
            del named["other"]
        return upper(listed([PAPERS[kind][n > 1 or kind in plural] for kind, n in named.most_common()]))
    kinds = _kinds(_telling(agreement))
    if len(kinds) > 2:
        return f"{len(agreement.papers)} instruments"
    if sum(kinds.values()) == 1:
        return upper(PAPERS[next(iter(kinds))][0])
    return listed([f"{n} {PAPERS[kind][n > 1]}" for kind, n in kinds.most_common()])


def _kinds(papers: tuple[Paper, ...]) -> Counter[str]:
    return Counter(paper.type if paper.type in PAPERS else "other" for paper in papers)


def subject(agreement: Agreement, limit: int = 48) -> str:
    """What the one paper is about, where there is one and it says so briefly; else ''."""
    told = [display.one_line(paper.subject).removeprefix("the ") for paper in _telling(agreement)]
    return told[0] if len(told) == 1 and len(told[0]) <= limit and reads_well(told[0]) else ""


@lru_cache(maxsize=4096)
def reads_well(subject: str) -> bool:
    """Whether a paper's subject can stand in an English line: in Latin letters, with a word that names a field, and
    not in another language. What reports call a paper is often a fragment; the sectors stand in for it then."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ,-]*[A-Za-z0-9]", subject):
        return False
    folded = fold(subject)
    names_a_field = any(meaning.kind != "cue" for meaning in subjects.find(folded, "en"))
    return names_a_field and detect(folded) == "en"


def _telling(agreement: Agreement) -> tuple[Paper, ...]:
    """The papers that tell what a record is: a single one named among many fields stands for nothing but itself."""
    lone = len(agreement.papers) == 1 and len(agreement.sectors) > 3
    return () if lone else agreement.papers


def topic(agreement: Agreement, limit: int = 30) -> str:
    """What it is about, in a few words for subjects and the index: 'mining and trade'."""
    return subject(agreement, limit) or listed(sectors(agreement)[:2])


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
    """Instruments, subject, sectors and sums that the title leaves out: 'Protocol: mining. EUR 30 million.'"""
    title = agreement.title.casefold()
    kind, about = instruments(agreement), subject(agreement)
    kind = "" if kind.casefold() in title else kind
    about = "" if about.casefold() in title else about
    more = [named for named in map(field, unsaid(agreement)) if named not in about.casefold()]
    topics = "; ".join(part for part in (about, ", ".join(more)) if part)
    line = f"{kind}: {topics}" if kind and topics else upper(kind or topics)
    parts = [f"{part}." for part in (line, _progress(agreement), *amounts(agreement.papers)) if part]
    return " ".join(parts)


def _progress(agreement: Agreement) -> str:
    """'2 of 6 in force' where the papers of a record stand differently."""
    there = sum(paper.stage == agreement.stage for paper in agreement.papers)
    if not 0 < there < len(agreement.papers):
        return ""
    return f"{there} of {len(agreement.papers)} {display.stage_word(agreement).word.lower()}"


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
    """The stage before and since when: 'was ● signed 11 Mar 2025, 20 months ago'; 'first seen in force' where a later
    stage is the first that any report told; '' for a signing without a step before it."""
    step = next((step for step in reversed(agreement.stages) if step.stage != agreement.stage), None)
    if step:
        return f"was {_reached(step, today, _place(agreement))}"
    if told and told.stage != agreement.stage:
        return f"was {_staged(Stage(told.stage))} in an earlier issue"
    later = agreement.stage in (Stage.IN_FORCE, Stage.ENDED)
    return f"first seen {display.stage_word(agreement).word.lower()}" if later else ""


def _reached(step: StageDate, today: date, place: str) -> str:
    if step.on is None or step.stage is Stage.PLANNED:
        return f"{_staged(step.stage)}, first reported {display.short_day(step.reported.date())}"
    since = "since " if step.stage is Stage.IN_FORCE else ""
    where = f" in {place}" if place and step.stage is Stage.SIGNED else ""
    day, ago = display.short_day(step.on, step.precision), age(step.on, today)
    return f"{_staged(step.stage)} {since}{day}{where}" + (f", {ago} ago" if ago else "")


def _place(agreement: Agreement) -> str:
    """Where it was signed, as far as the title leaves it out."""
    place = display.one_line(agreement.place, 60)
    return "" if place.casefold() in agreement.title.casefold() else place


def place(agreement: Agreement) -> str:
    """The place, as it may stand beside the present stage: of a signing held or planned, not of what came after."""
    return _place(agreement) if agreement.stage in (Stage.SIGNED, Stage.PLANNED) else ""


def _staged(stage: Stage) -> str:
    return f"{display.STAGES[stage].mark} {display.STAGES[stage].word.lower()}"


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


def stages(records: Iterable[Agreement]) -> list[tuple[Stage, display.StageWord, int]]:
    """How many of the records stand at each stage, in the order of reading, each word by itself: what was only ratified
    is not in force."""
    order = list(display.STAGES)
    counts = Counter((order.index(record.stage), display.stage_word(record)) for record in records)
    ranked = sorted(
        counts.items(), key=lambda one: (one[0][0], one[0][1] != display.STAGES[order[one[0][0]]], one[0][1].word)
    )
    return [(order[place], shown, number) for (place, shown), number in ranked]


def happened_before(records: Iterable[Agreement], day: date) -> int:
    """How many reached their present stage before a day, as far as a day is told."""
    steps = [display.present(record) for record in records]
    return sum(bool(step and step.on and step.on < day) for step in steps)


def tally(records: Iterable[Agreement]) -> str:
    """'6 signed, 2 in force, 1 ratified'."""
    return ", ".join(f"{number:,} {shown.word.lower()}" for _, shown, number in stages(records))


def told_by(record: Agreement) -> str:
    """Who reports the present stage: 'one outlet', '3 outlets', 'the government of Kenya and 2 outlets'."""
    governments = [country_in_sentence(code) for code in record.officials]
    head = f"the {'government' if len(governments) == 1 else 'governments'} of {listed(governments)}"
    outlets = "one outlet" if record.outlets == 1 else display.counted(record.outlets, "outlet")
    return " and ".join([*([head] if governments else []), *([outlets] if record.outlets or not governments else [])])


def told_by_codes(record: Agreement) -> str:
    """The same for a column: '1 outlet', 'AE and KE, 2 outlets', 'government of AE'."""
    outlets = [display.counted(record.outlets, "outlet")] if record.outlets or not record.officials else []
    states = listed(list(record.officials))
    states = f"government of {states}" if states and not outlets else states
    return ", ".join([*([states] if states else []), *outlets])
