"""Who agrees on what over a year: pairs by fields where pairs come back often enough, else countries by fields, else
the fields alone. A grid of lone ones says nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from alerts.display import codes, counted
from alerts.exports import official
from alerts.site.cards import pair_href, pair_names
from alerts.site.groups import Context, busiest
from alerts.wording import field
from classify.model import Pair
from storage.records import Agreement

ROWS, COLUMNS = 15, 16
ENOUGH, OFTEN = 8, 1.5
"""A grid says something from 8 rows on, and where its filled cells hold 1.5 agreements on average."""

Cells = Counter[tuple[Pair | str, str]]
"""How often a pair or a country met a field."""


def matrix(records: Sequence[Agreement]) -> Context:
    """Rows, columns and totals; every figure is printed, the shade repeats it."""
    sectors = Counter(code for record in records for code in record.sectors)
    columns = [{"code": code, "name": field(code), "total": f"{total:,}"} for code, total in busiest(sectors)[:COLUMNS]]
    pairs, sides = Counter(record.pair for record in records), Counter(code for r in records for code in r.pair)
    shared = {"columns": columns, "total": f"{len(records):,}"}
    cells: Cells = Counter((record.pair, code) for record in records for code in record.sectors)
    rows = [_row(codes(pair), pair_names(pair), pair_href(pair), pair, pairs[pair], cells) for pair in _top(pairs)]
    if _is_telling(rows):
        return shared | _grid("pair", "pairs", pairs, rows, columns)
    cells = Counter((side, code) for record in records for code in record.sectors for side in record.pair)
    rows = [_row(side, official.country(side), _country(side), side, sides[side], cells) for side in _top(sides)]
    if _is_telling(rows):
        return shared | _grid("country", "countries", sides, rows, columns)
    return shared | {"title": "Which fields", "rows": []}


def _is_telling(rows: Sequence[Context]) -> bool:
    filled = [count for row in rows for count in row["fields"].values()]
    return len(rows) >= ENOUGH and sum(filled) >= OFTEN * max(len(filled), 1)


def _top(counts: Counter[Any]) -> list[Any]:
    return [key for key, _ in busiest(counts)[:ROWS]]


def _country(code: str) -> str:
    return f"countries/{code.lower()}/index.html"


def _row(code: str, name: str, href: str, of: Pair | str, total: int, cells: Cells) -> Context:
    fields = {sector: count for (key, sector), count in cells.items() if key == of}
    return {"code": code, "name": name, "href": href, "total": f"{total:,}", "fields": fields}


def _grid(one: str, many: str, counts: Counter[Any], rows: list[Context], columns: Iterable[Context]) -> Context:
    greatest = max((count for row in rows for count in row["fields"].values()), default=1)
    for row in rows:
        found = [row["fields"].get(column["code"], 0) for column in columns]
        row["cells"] = [{"count": count, "shade": -(-4 * count // greatest)} for count in found]
    shown = f"The {len(rows)} busiest of {counted(len(counts), one, many)}" if len(rows) < len(counts) else "All"
    return {
        "title": f"Which {many}, which fields",
        "head": one.capitalize(),
        "told": f"{shown}, 52 weeks.",
        "href": f"{many}/index.html",
        "rows": rows,
    }
