"""Pages of single agreements: the permalink, its data beside it, and what is left of withdrawn, merged and old keys."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from markupsafe import Markup, escape

from alerts.display import STAGES, StageWord, counted, long_month, one_line, short_day, stage_word, step_word
from alerts.doubts import disputes
from alerts.exports import bibtex, calendar, csl, official, ris, to_json
from alerts.site.archive import is_live
from alerts.site.cards import quote
from alerts.site.folder import Page
from alerts.site.press import Press, permalink
from alerts.site.story import dated, day_not_told, life, log, others_say, paper_line, reasons
from alerts.site.voices import against, by_stage
from alerts.wording import amounts, field, upper
from classify.model import Stage
from classify.names import country_in_sentence
from storage.records import Agreement, Paper

NEAR = 8
"""Other agreements of the pair that a page lists."""
LONG = 18
"""Lines of proof from which on the facts stand beside it, and not below."""


def agreement_pages(press: Press, earlier: frozenset[str] = frozenset()) -> Iterator[Page]:
    """Every permalink that ever was given out: live and former agreements, aliases, and those of `earlier` builds that
    the store does not know any more."""
    records = {record.key: record for record in press.archive.records}
    for record in records.values():
        yield from _pages(press, record, records)
    aliases = {alias: record for record in records.values() for alias in record.aliases if alias not in records}
    for alias, record in sorted(aliases.items()):
        yield _alias_page(press, alias, record)
    for path in sorted(earlier):
        key = path.removeprefix("a/").removesuffix("/index.html")
        if path == f"a/{key}/index.html" and key not in records and key not in aliases:
            yield _lost_page(press, key)


def _pages(press: Press, record: Agreement, records: dict[str, Agreement]) -> Iterator[Page]:
    folder, own = f"a/{record.key}", press.archive.prints[record.key]
    near = _near(press, record)
    target = records.get(record.merged_into)
    made_of = (own, press.prints(near), press.prints([target]) if target else "")
    yield press.page(
        f"{folder}/index.html", "agreement.html.j2", made_of, lambda: _context(press, record, near, target)
    )
    yield press.file(f"{folder}/agreement.json", [own], lambda: to_json([record], press.options.site_url))
    if _has_calendar(record):
        yield press.file(f"{folder}/agreement.ics", [own], lambda: _calendar(press, record))


def _calendar(press: Press, record: Agreement) -> bytes:
    return calendar([record], site_url=press.options.site_url, name=one_line(record.title))


def _has_calendar(record: Agreement) -> bool:
    """Only what is still to come is worth a click into a calendar."""
    return record.stage is Stage.PLANNED and any(step.precision == "day" for step in record.stages)


def _near(press: Press, record: Agreement) -> list[Agreement]:
    """Other agreements of the pair, newest first."""
    others = press.archive.pairs.get(record.pair, ())
    return [other for other in others if other.key != record.key and is_live(other)][:NEAR]


def _context(press: Press, record: Agreement, near: list[Agreement], target: Agreement | None) -> dict[str, Any]:
    shown, former, groups = press.card(record), not is_live(record), _groups(record)
    return {
        "title": shown.title,
        "description": f"{shown.names}: {shown.word.lower()} {shown.when}. {counted(shown.reports, 'report')}.",
        "canonical": permalink(press.options, (target or record).key),
        "former": former,
        "joined": bool(record.merged_into),
        "a": shown,
        "sides": [(code, country_in_sentence(code)) for code in record.pair],
        "month": None if former else _month(press, record),
        "banners": list(_banners(press, record, target)),
        "life": life(record),
        "papers": [_paper(record, paper) for paper in record.papers],
        "papers_title": _papers_title(record),
        "reports_title": _reports_title(record),
        "groups": groups,
        "long": sum(quote.lines for group in groups for quote in group["quotes"]) > LONG,
        "facts": list(_facts(record)),
        "reasons": reasons(record),
        "log": log(record),
        "has_calendar": _has_calendar(record),
        "report_error": _report_error(press, record),
        "near": press.rows(near, "../../"),
        **_cited(press, record),
    }


def _cited(press: Press, record: Agreement) -> dict[str, Any]:
    day, url = record.changed.astimezone(UTC).date(), press.options.site_url
    forms = {"BibTeX": bibtex(record, url), "RIS": ris(record, url), "CSL-JSON": csl(record, url)}
    shown = {form: "\n".join(line.rstrip() for line in text.splitlines()) for form, text in forms.items()}
    return {"state": short_day(day), "state_iso": f"{day:%Y/%m/%d}", "citations": shown}


def _groups(record: Agreement) -> list[dict[str, Any]]:
    """The reports with their sentences, stage by stage, that of the record first."""
    told = sorted((report.published or report.seen, report.item) for report in record.reports)
    first, opposed = told[0][1] if len(told) > 1 else None, against(record)
    groups = []
    for stage, reports in by_stage(record):
        shown = STAGES.get(stage, StageWord("No stage", ""))
        notes = [_standing(record, report.item == first, report in opposed) for report in reports]
        quotes = [quote(report, record.pair, note) for report, note in zip(reports, notes, strict=True)]
        told_by = counted(len(reports), "report")
        groups.append({"stage": stage, "word": shown.word, "mark": shown.mark, "told": told_by, "quotes": quotes})
    return groups


def _standing(record: Agreement, first: bool, opposed: bool) -> tuple[str, ...]:
    told = "as done already" if record.stage is Stage.PLANNED else "still as planned"
    return tuple(note for note, is_so in (("first report", first), (f"tells of it {told}", opposed)) if is_so)


def _month(press: Press, record: Agreement) -> dict[str, str] | None:
    """The month page that lists the present stage."""
    month = next((step.month for step in press.archive.by_key.get(record.key, ()) if step.stage is record.stage), "")
    if not month:
        return None
    return {"href": f"months/{month}/index.html", "name": long_month(int(month[:4]), int(month[5:]))}


def _banners(press: Press, record: Agreement, target: Agreement | None) -> Iterator[Markup]:
    if record.rejected:
        day = next((short_day(c.at.date()) for c in reversed(record.changes) if c.kind == "rejected"), "")
        yield Markup("<b>Withdrawn{}.</b> {}").format(f" on {day}" if day else "", _ended(record.rejected))
    if record.merged_into:
        whole = Markup("<b>Part of another record.</b> These reports tell of the same agreement as {}, which counts.")
        link = Markup('<a href="../{}/index.html">{}</a>')
        yield whole.format(link.format(target.key, press.card(target).title) if target else record.merged_into)
    if record.overdue:
        yield Markup("<b>Overdue.</b> The date announced has passed without a report of the signing.")
    for claim in disputes(record):
        yield escape(f"{claim}.")


def _ended(text: str) -> Markup:
    return escape(f"{upper(one_line(text).rstrip('.'))}.")


def _paper(record: Agreement, paper: Paper) -> dict[str, Any]:
    shown = stage_word(record, paper.stage if paper.stage in STAGES else Stage.SIGNED)
    return {
        "line": paper_line(paper),
        "note": one_line("; ".join((*amounts((paper,)), *paper.bodies, *paper.people)), 200),
        "stage": paper.stage,
        "word": shown.word,
        "mark": shown.mark,
    }


def _papers_title(record: Agreement) -> str:
    named, done = len(record.papers), sum(paper.stage is Stage.IN_FORCE for paper in record.papers)
    several = record.count and record.count > named
    head = f"{named} of {counted(record.count or 0, 'paper')} named" if several else counted(named, "paper")
    return f"{head}, {done} of them {stage_word(record, Stage.IN_FORCE).word.lower()}" if done else head


def _reports_title(record: Agreement) -> str:
    states = sum(bool(report.official) for report in record.reports)
    return f"What it rests on: {counted(len(record.reports), 'report')}{f', {states} official' if states else ''}"


def _facts(record: Agreement) -> Iterator[tuple[str, Markup]]:
    codes = ", ".join(
        f"{official.country(code)} ({' / '.join(filter(None, (code, official.alpha3(code))))})" for code in record.pair
    )
    yield "Pair", escape(codes)
    for same in dated(record):
        step, others = same[-1], others_say(same)
        day = short_day(step.on, step.precision) if step.on else day_not_told(step)
        day = f"{day}, {others}" if others else day
        word = "Planned for" if step.stage is Stage.PLANNED and step.on else step_word(step).word
        yield word, escape(day)
    if record.place:
        signed = record.stage is not Stage.PLANNED
        yield ("Place of signing" if signed else "Place"), escape(one_line(record.place))
    if record.count and len(record.papers) < 2:
        yield "Papers", escape(f"{record.count:,}, as the reports count them")
    if len(record.papers) == 1:
        yield "Paper", escape(paper_line(record.papers[0]))
    yield from ((word, escape(text)) for word, text in _named(record) if text)
    if record.sectors:
        yield "Sectors", Markup(", ").join(_sector(code) for code in record.sectors)
        yield "Official codes", _official_codes(record)
    if record.aliases:
        yield "Earlier keys", escape(", ".join(record.aliases))


def _named(record: Agreement) -> tuple[tuple[str, str], ...]:
    """Bodies, people and sums as the reports name them; who of the people signed is not told."""
    lone = record.papers if len(record.papers) == 1 else ()
    bodies = dict.fromkeys((*(body for paper in lone for body in paper.bodies), *record.bodies))
    people = dict.fromkeys((*(person for paper in lone for person in paper.people), *record.people))
    return (
        ("Bodies named", one_line("; ".join(bodies))),
        ("People named", one_line("; ".join(people))),
        ("Amount", ", ".join(amounts(lone))),
    )


def _sector(code: str) -> Markup:
    return Markup('<a href="../../sectors/{}/index.html">{}</a>').format(code, upper(field(code)))


def _official_codes(record: Agreement) -> Markup:
    codes = official.codes(record.sectors)
    topics = [topic.removeprefix("medtop:") for topic in codes.iptc]
    lines = [f"{name} {', '.join(told)}" for name, told in (("OECD DAC", codes.dac_sectors), ("IPTC", topics)) if told]
    return Markup("<details><summary>OECD DAC, IPTC</summary>{}</details>").format(Markup("<br>").join(lines))


def _report_error(press: Press, record: Agreement) -> str:
    contact = press.options.contact
    return (
        f"{contact}?subject=Pactwatch%20{record.key}"
        if contact.startswith("mailto:") and "?" not in contact
        else contact
    )


def _alias_page(press: Press, alias: str, record: Agreement) -> Page:
    def context() -> dict[str, Any]:
        lead = (
            f"{alias} is an earlier key of this record. It stays valid; the record goes on under the key {record.key}."
        )
        return _moved(alias, "This agreement has another key now", lead) | {
            "target": press.card(record),
            "canonical": permalink(press.options, record.key),
        }

    return press.page(f"a/{alias}/index.html", "moved.html.j2", [press.archive.prints[record.key]], context)


def _lost_page(press: Press, key: str) -> Page:
    lead = f"The record {key} is not in this archive any more. Its page stays, so that links to it lead somewhere."
    return press.page(
        f"a/{key}/index.html", "moved.html.j2", [key], lambda: _moved(key, "This record is no longer kept", lead)
    )


def _moved(key: str, heading: str, lead: str) -> dict[str, Any]:
    return {"title": key, "heading": heading, "lead": lead, "description": lead, "former": True, "target": None}
