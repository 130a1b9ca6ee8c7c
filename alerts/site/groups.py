"""Pages of all agreements of a pair, a country or a sector, each with its own Atom feed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from alerts.display import STAGES, counted, stage_word
from alerts.exports import atom, official
from alerts.site.archive import is_live
from alerts.site.cards import pair_href, pair_names
from alerts.site.folder import Page
from alerts.site.press import Press
from alerts.wording import field, upper
from classify.model import Pair, Stage
from storage.records import Agreement

ROWS = 500
"""Rows of one page; older ones are reached by the pages of their months."""
FILTER = 9
"""From this many rows on a page offers the filter."""
ROOT = "../../"

Context = dict[str, Any]
Link = tuple[str, str, str]
"""Address from the root of the site, words, a number or ''."""


def group_pages(press: Press) -> Iterator[Page]:
    """The pages and feeds of every pair, country and sector that has an agreement."""
    archive = press.archive
    for pair, records in sorted(archive.pairs.items()):
        yield from _group(press, f"pairs/{'-'.join(pair).lower()}", records, _pair_head, pair)
    for code, records in sorted(archive.countries.items()):
        yield from _group(press, f"countries/{code.lower()}", records, _country_head, code)
    for code, records in sorted(archive.sectors.items()):
        yield from _group(press, f"sectors/{code}", records, _sector_head, code)


def tally(steps: Iterable[tuple[Agreement, Stage]]) -> str:
    """'6 signed, 2 in force, 1 ratified, 1 ended', in the order of reading, without what there is none of."""
    counts, order = Counter((stage, stage_word(record, stage)) for record, stage in steps), list(STAGES)
    ranked = sorted(counts, key=lambda one: (order.index(one[0]), one[1] != STAGES[one[0]], one[1].word))
    return ", ".join(f"{counts[one]:,} {one[1].word.lower()}" for one in ranked)


def busiest(counts: Counter[Any]) -> list[tuple[Any, int]]:
    """The most frequent first, equals by name."""
    return sorted(counts.items(), key=lambda known: (-known[1], known[0]))


def table(title: str, rows: Sequence[object], note: str = "", name: str = "all") -> Context:
    """A table of agreements as the template wants it."""
    return {"id": name, "title": title, "note": note, "rows": rows}


def list_context(title: str, lead: str, crumbs: Sequence[tuple[str, str]], **more: Any) -> Context:
    """What every page of the list template needs."""
    empty: Context = {"blocks": [], "items": [], "items_title": "", "tables": [], "filtered": False}
    return empty | {"title": title, "lead": lead, "description": lead, "crumbs": crumbs} | more


def _group(
    press: Press, folder: str, records: list[Agreement], head: Callable[[Any, list[Agreement]], Context], of: Any
) -> Iterator[Page]:
    def context() -> Context:
        live = [record for record in records if is_live(record)]
        gone = [record for record in records if not is_live(record)]
        return _rows_context(press, live, gone) | {"feed": "new.atom"} | head(of, live)

    def feed() -> bytes:
        title, url = f"Pactwatch: {head(of, records)['title']}", press.options.site_url
        return atom(records, title=title, path=f"{folder}/new.atom", site_url=url, home=f"{folder}/index.html")

    prints = press.prints(records)
    yield press.page(f"{folder}/index.html", "list.html.j2", [prints], context)
    yield press.file(f"{folder}/new.atom", [prints], feed)


def _rows_context(press: Press, records: Sequence[Agreement], gone: Sequence[Agreement]) -> Context:
    shown = records[:ROWS]
    older = f"The newest {ROWS} of {len(records):,}; older ones stand on the pages of their months and in the files."
    agreements = table("Agreements", press.rows(shown, ROOT), older if len(records) > ROWS else "")
    former = table("Withdrawn, or joined with another record", press.rows(gone[:ROWS], ROOT), name="former")
    tables = [one for one in (agreements, former) if one["rows"]]
    return list_context("", "", (), tables=tables, filtered=len(shown) >= FILTER, **press.choices(shown))


def _head(title: str, records: Sequence[Agreement], crumb: tuple[str, str], *blocks: Context) -> Context:
    stages = tally((record, record.stage) for record in records)
    lead = f"{counted(len(records), 'agreement')}: {stages}." if records else "No agreement that stands."
    return {
        "title": title,
        "lead": lead,
        "description": lead,
        "crumbs": [crumb],
        "blocks": [block for block in blocks if block["links"] or block["lines"]],
    }


def _block(title: str, links: Sequence[Link] = (), lines: Sequence[object] = ()) -> Context:
    return {"title": title, "links": links, "lines": lines}


def _pair_head(pair: Pair, records: list[Agreement]) -> Context:
    countries = [(f"countries/{code.lower()}/index.html", official.country(code), "") for code in pair]
    sectors, both = _block("Sectors", _sector_links(records)), _block("The two countries", countries)
    return _head(pair_names(pair), records, ("pairs/index.html", "Pairs"), sectors, both)


def _country_head(code: str, records: list[Agreement]) -> Context:
    links = [
        (pair_href(pair), official.country(pair[1] if pair[0] == code else pair[0]), f"{count:,}")
        for pair, count in busiest(Counter(record.pair for record in records))
    ]
    partners, sectors = _block("With whom", links), _block("Sectors", _sector_links(records))
    return _head(official.country(code), records, ("countries/index.html", "Countries"), partners, sectors)


def _sector_head(code: str, records: list[Agreement]) -> Context:
    pairs = busiest(Counter(record.pair for record in records))[:20]
    links = [(pair_href(pair), pair_names(pair), f"{count:,}") for pair, count in pairs]
    names, codes = _block("Busiest pairs", links), _block("Official codes", lines=official.listing([code]))
    return _head(upper(field(code)), records, ("sectors/index.html", "Sectors"), names, codes)


def _sector_links(records: Sequence[Agreement]) -> list[Link]:
    counts = busiest(Counter(code for record in records for code in record.sectors))
    return [(f"sectors/{code}/index.html", upper(field(code)), f"{count:,}") for code, count in counts]
