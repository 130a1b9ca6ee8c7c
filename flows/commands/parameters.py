"""Parameters that several commands share: days, spans, shares and codes, each refused with what would be right."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from classify.model import Pair, Stage

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


class Share(click.FloatRange):
    """A number from 0 to 1."""

    name = "share"

    def __init__(self) -> None:
        super().__init__(0, 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):  # which is in every range, as no comparison with it holds
            self.fail("a number from 0 to 1 is wanted", param, ctx)
        return found


class Code(click.ParamType[str]):
    """A code in its own letter case, given as such or by its English name; refused with the nearest ones."""

    def __init__(self, name: Literal["country", "sector", "stage"]) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from alerts.subscription import known_code

        known, hint = _known(self.name)
        said = " ".join(str(value).split())
        for code, name in known.items():
            if said.casefold() in (code.casefold(), code.replace("_", " "), name.casefold()):
                return code
        alike = [f"{code} ({name})" for code, name in known.items() if said.casefold() in name.casefold().split()]
        if len(alike) > 1:
            self.fail(f"{said!r} may be {' or '.join(alike)}", param, ctx)
        if self.name == "country" and (code := _country(said)):
            return code
        try:
            return known_code(said, known, self.name)
        except ValueError as error:
            self.fail(str(error) if "near:" in str(error) else f"{error}; {hint}", param, ctx)


class Sides(click.ParamType["Pair"]):
    """Two countries, `KZ-RW`, as a sorted pair of codes."""

    name = "pair"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Pair":
        from classify.model import pair

        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        left, dash, right = (part.strip() for part in re.sub("[–—]", "-", value).partition("-"))
        if not (left and dash and right):
            self.fail(f"{value!r} is not two countries, such as KZ-RW", param, ctx)
        one, other = COUNTRY.convert(left, param, ctx), COUNTRY.convert(right, param, ctx)
        if one == other:
            self.fail(f"a pair of {one} with itself never matches", param, ctx)
        return pair(one, other)


class StageCode(Code):
    """A stage of an agreement."""

    def __init__(self) -> None:
        super().__init__("stage")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Stage":
        from classify.model import Stage

        return Stage(super().convert(value, param, ctx))


def _known(what: str) -> tuple[Mapping[str, str], str]:
    """Codes with their English names, and what to write, for someone who wrote something else."""
    from classify.model import Stage
    from classify.names import CODES, country_name
    from classify.sectors import SECTORS

    match what:
        case "country":
            names = {code: country_name(code) for code in sorted(CODES)}
            return names, "a code of ISO 3166-1 alpha-2 is wanted, such as KZ, or EU, or an English name"
        case "sector":
            return SECTORS, f"there are {', '.join(SECTORS)}"
    return {stage.value: stage.value for stage in Stage}, f"there are {', '.join(Stage)}"


def _country(text: str) -> str:
    """The country that a text names and nothing else, in whatever form ('UK', 'Holland', 'KAZ'); '' for none."""
    from classify.names import ALPHA3, CODES, find
    from classify.text import read

    short = {alpha3: code for code, alpha3 in ALPHA3.items() if code in CODES}
    if code := short.get(text.upper()):
        return code
    found = find(read(text, ""))
    return found[0].code if [one.surface.casefold() for one in found] == [text.casefold()] else ""


SPAN, DAY, SHARE = Span(), Day(), Share()
COUNTRY, SECTOR, STAGE, PAIR = Code("country"), Code("sector"), StageCode(), Sides()
