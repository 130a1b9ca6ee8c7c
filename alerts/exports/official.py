"""The official codes beside ours: ISO 3166-1 for countries, OECD DAC CRS purpose codes and IPTC Media Topics for sectors."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

try:
    from classify import names as _names
    from classify import sectors as _sectors
except ImportError:
    _names = _sectors = None


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of all sectors of one agreement, each list without doubles, in the order of the sectors."""

    dac: tuple[str, ...]
    iptc: tuple[str, ...]


def alpha3(code: str) -> str:
    """ISO 3166-1 alpha-3 of one of our country codes; '' where the standard has none."""
    return getattr(_names, "ALPHA3", {}).get(code, "")


def country(code: str) -> str:
    """English name of a country, the code itself where the name is not known."""
    try:
        return _names.country_name(code)
    except (AttributeError, KeyError, ValueError):
        return code


def sector(code: str) -> str:
    """English name of a sector, the code itself where it is not known."""
    return getattr(_sectors, "SECTORS", {}).get(code, code)


def sector_codes() -> tuple[str, ...]:
    return tuple(getattr(_sectors, "SECTORS", ()))


def codes(sectors: Iterable[str]) -> Codes:
    return Codes((), ())


def lists() -> dict[str, str]:
    return {}


def listing(sectors: Iterable[str]) -> list[tuple[str, str, str, str, str]]:
    return []
