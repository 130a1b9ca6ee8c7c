"""Parameters that several commands share: days, spans and codes, each refused with what would be right."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Any

import click

from flows.exits import Exit, Stop

UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Span(click.ParamType[timedelta | date]):
    """A date, or a span such as `30d`, `2w`, `12h`."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta | date:
        if isinstance(value, timedelta | date):
            return value
        if match := re.fullmatch(r"(\d{1,4})([hdw])", value):
            return timedelta(**{UNITS[match[2]]: int(match[1])})
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is neither a date (2026-11-01) nor a span (30d, 2w, 12h)", param, ctx)


class Day(Span):
    """A date; a span counts back from today."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        found = super().convert(value, param, ctx)
        return (datetime.now(UTC) - found).date() if isinstance(found, timedelta) else found


SPAN, DAY = Span(), Day()


def codes(given: Iterable[str], known: Collection[str], what: str, case: Callable[[str], str]) -> tuple[str, ...]:
    """The codes in their own letter case; `Stop` names an unknown one with the nearest."""
    found = tuple(case(code.strip()) for code in given)
    for code in found:
        if code not in known:
            near = ", ".join(get_close_matches(code, known, n=3)) or f"one of {', '.join(sorted(known)[:8])}, …"
            raise Stop(f"no {what} has the code {code!r}; near: {near}", Exit.USAGE)
    return found


def pair_of(text: str) -> tuple[str, str]:
    """`KZ-RW` as a sorted pair of codes."""
    from classify.model import pair

    both = countries(text.split("-"))
    if len(both) != 2 or both[0] == both[1]:
        raise Stop(f"{text}: two different country codes are wanted, such as KZ-RW", Exit.USAGE)
    return pair(*both)


def countries(given: Iterable[str]) -> tuple[str, ...]:
    """ISO 3166-1 alpha-2 codes of sides."""
    from classify.names import CODES

    return codes(given, CODES, "country", str.upper)


def sectors(given: Iterable[str]) -> tuple[str, ...]:
    """Sector codes."""
    from classify.sectors import SECTORS

    return codes(given, SECTORS, "sector", str.lower)


def stages(given: Iterable[str]) -> tuple[str, ...]:
    """Codes of stages."""
    from classify.model import Stage

    return codes(given, [stage.value for stage in Stage], "stage", str.lower)
