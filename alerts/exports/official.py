"""The official codes beside ours: ISO 3166-1 for countries, OECD DAC and IPTC Media Topics for sectors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from classify import sectors as shelf
from classify.names import ALPHA3, country_name

LISTS: dict[str, str] = {
    "ISO 3166-1": "alpha-2 and alpha-3; EU, EUE, XK and XKX are in use but not of the standard",
    "OECD DAC CRS": "as replicated by the IATI Standard, 2026-06-22",
    "IPTC Media Topics": "2025-03-31",
}
"""The lists and their versions, as the sector shelf keeps them."""

country = country_name


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of all sectors of one agreement, each list without doubles, in the order of the sectors."""

    dac_sectors: tuple[str, ...]
    """OECD DAC three-digit sectors ('231')."""
    dac_purposes: tuple[str, ...]
    """OECD DAC CRS five-digit purposes ('23110')."""
    iptc: tuple[str, ...]
    """IPTC Media Topics ('medtop:20000257')."""


@dataclass(frozen=True, slots=True)
class Line:
    """One code of a list that one of our sectors falls under."""

    sector: str
    list: str
    version: str
    code: str
    name: str


def alpha3(code: str) -> str:
    """ISO 3166-1 alpha-3 of one of our country codes, '' for an unknown one."""
    return ALPHA3.get(code, "")


def sector(code: str) -> str:
    """English name of a sector, the code itself where it is not known."""
    return shelf.SECTORS.get(code, code)


@cache
def codes(sectors: tuple[str, ...]) -> Codes:
    """The official codes of several sectors; a sector that is not known has none."""
    known = [shelf.official(code) for code in sectors if code in shelf.SECTORS]
    return Codes(
        _heads(cell for entry in known for cell in entry.dac_groups),
        _heads(cell for entry in known for cell in entry.dac),
        _heads(cell for entry in known for cell in entry.iptc),
    )


def listing(sectors: Iterable[str]) -> list[Line]:
    """Every official code of the sectors with its name, list and version, sector by sector."""
    return [line for code in sorted(sectors) if code in shelf.SECTORS for line in _lines(code)]


def _lines(sector: str) -> Iterator[Line]:
    entry = shelf.official(sector)
    for name, cells in (
        ("OECD DAC CRS", (*entry.dac_groups, *entry.dac)),
        ("IPTC Media Topics", entry.iptc),
    ):
        for cell in cells:
            code, _, title = cell.partition(" ")
            yield Line(sector, name, LISTS[name], code, title)


def _heads(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.partition(" ")[0] for cell in cells))
