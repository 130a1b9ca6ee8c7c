"""Who wants what, when and where: `Subscription`, checked when the settings are read.

A code that does not exist, or a filter that can never match, is an error that names the key and the nearest codes.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from importlib.resources import files
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from alerts import display
from alerts.address import check_address
from alerts.groups import GROUPS
from classify.model import Pair, Stage
from classify.names import CODES, country_name
from classify.sectors import SECTORS

Rhythm = Literal["instant", "daily", "weekly", "monthly"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIMING: Mapping[str, frozenset[Rhythm]] = {
    "hour": frozenset({"daily", "weekly", "monthly"}),
    "weekday": frozenset({"weekly"}),
    "day": frozenset({"monthly"}),
    "quiet": frozenset({"instant"}),
    "voices": frozenset({"instant"}),
}


def known_code(code: str, names: Mapping[str, str], what: str) -> str:
    """The code as it is written in `names` (code to name); `ValueError` with the nearest ones where it is none."""
    for form in (code, code.upper(), code.lower()):
        if form in names:
            return form
    spellings = {name.casefold(): key for key, name in names.items()} | {key.casefold(): key for key in names}
    near = dict.fromkeys(spellings[s] for s in get_close_matches(code.casefold(), spellings, n=4, cutoff=0.6))
    hint = ", ".join(f"{key} ({names[key]})" if names[key] != key else key for key in list(near)[:3])
    raise ValueError(f"no {what} {code!r}" + (f", near: {hint}" if hint else ""))


def _country(code: str) -> str:
    return known_code(code, {one: country_name(one) for one in CODES}, "country")


def _group(name: str) -> str:
    folded = {group.casefold(): group for group in GROUPS}
    return folded.get(name.casefold()) or known_code(name, {group: group for group in GROUPS}, "group of countries")


def _sector(code: str) -> str:
    return known_code(code, SECTORS, "sector")


def _stage(code: str) -> Stage:
    return Stage(known_code(code, {stage.value: display.STAGES[stage].word for stage in display.STAGES}, "stage"))


def _language(code: str) -> str:
    lines = files("alerts").joinpath("languages.tsv").read_text("utf-8").splitlines()
    names = dict(line.split("\t")[:2] for line in lines if line and not line.startswith(("#", "code\t")))
    return known_code(code, names, "language")


def _pair(value: Any) -> Pair:
    """`"KZ-RW"` or `["KZ", "RW"]` as a pair in order."""
    sides = re.split(r"\s*[-–]\s*", value) if isinstance(value, str) else value
    if not isinstance(sides, list | tuple) or len(sides) != 2 or not all(isinstance(side, str) for side in sides):
        raise ValueError(f'{value!r} is not two countries, such as "KZ-RW"')
    left, right = sorted(map(_country, sides))
    if left == right:
        raise ValueError(f"a pair of {left} with itself never matches")
    return left, right


def _phrase(phrase: str) -> str:
    if not re.search(r"\w", phrase):
        raise ValueError(f"the phrase {phrase!r} has no letter or digit, so it never matches")
    return phrase


def _name(name: str) -> str:
    if display.one_line(name, 60) != name or not re.search(r"\w", name):
        raise ValueError("a name is one line of at most 60 visible characters")
    return name


def _zone(name: str) -> str:
    return known_code(name, {zone: zone for zone in available_timezones()}, "timezone")


def _quiet(hours: str) -> str:
    parts = re.fullmatch(r"(\d{1,2})-(\d{1,2})", hours) if hours else None
    if hours and not (parts and int(parts[1]) < 24 and int(parts[2]) < 24):
        raise ValueError(f"{hours!r} is not two hours of the day such as 22-7")
    if parts and int(parts[1]) == int(parts[2]):
        raise ValueError(f"{hours!r} is quiet all day, so nothing would ever be sent")
    return hours


def _secret(name: str) -> str:
    if name and not re.fullmatch(r"env:[A-Za-z_]\w*", name):
        raise ValueError("a secret is named, never written: env:NAME")
    return name


class Subscription(BaseModel):
    """One reader's (or channel's) wish. Countries, pairs and groups widen each other; all else narrows."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, AfterValidator(_name)]
    """Unique; digests are remembered under it."""
    address: Annotated[str, AfterValidator(check_address)]
    """`mailto:ANN@EXAMPLE.ORG`, `file:FOLDER`, `https://…` (webhook), or `env:NAME` for a secret one (chats)."""
    channels: tuple[Annotated[str, AfterValidator(check_address)], ...] = ()
    """Further addresses that get a copy."""
    countries: tuple[Annotated[str, AfterValidator(_country)], ...] = ()
    """ISO 3166-1 alpha-2 codes; either side of an agreement counts."""
    pairs: tuple[Annotated[Pair, BeforeValidator(_pair)], ...] = ()
    """`"KZ-RW"`: both sides."""
    groups: tuple[Annotated[str, AfterValidator(_group)], ...] = ()
    """Groups of countries, such as `africa`, `EU`, `ASEAN`."""
    sectors: tuple[Annotated[str, AfterValidator(_sector)], ...] = ()
    """Codes of fields, such as `mining`; docs/labels.md lists them."""
    stages: Annotated[tuple[Annotated[Stage, BeforeValidator(_stage)], ...], Field(min_length=1)] = (
        Stage.SIGNED,
        Stage.IN_FORCE,
        Stage.ENDED,
    )
    """Stages that are news; coming signings are listed in any case."""
    words: tuple[Annotated[str, AfterValidator(_phrase)], ...] = ()
    """Phrases of which one must stand in the record, its sources' headlines or its evidence; no patterns."""
    languages: tuple[Annotated[str, AfterValidator(_language)], ...] = ()
    """ISO 639-1 codes: at least one report in one of them."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Least confidence."""
    outlets: Annotated[int, Field(ge=1, le=50)] = 1
    """Least number of independent outlets; a government that reports it itself counts as one."""
    official: bool = False
    """Only what a government reports itself."""
    rhythm: Rhythm = "daily"
    """`instant`, `daily`, `weekly` or `monthly`."""
    hour: Annotated[int, Field(ge=0, le=23)] = 6
    """Local hour of the digest."""
    weekday: Weekday = "monday"
    day: Annotated[int, Field(ge=1, le=31)] = 1
    """Day of the month; the last one where the month is shorter."""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    quiet: Annotated[str, AfterValidator(_quiet)] = ""
    """Local hours in which instant alerts wait, `22-7`: from 22:00 until 7:00."""
    voices: Annotated[int, Field(ge=1, le=50)] = 2
    """Independent owners that must report the same before an instant alert; a government counts as one."""
    when_empty: Literal["tell", "skip"] | None = None
    """Whether a digest without news goes out; where not said, weekly and monthly ones do."""
    asked: date | None = None
    """Since when this is wanted; printed in every digest."""
    secret: Annotated[str, AfterValidator(_secret)] = ""
    """`env:NAME` of the key that signs webhook bodies."""
    paused: bool = False
    """Nothing is sent while this is true."""

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        for key, rhythms in _TIMING.items():
            if key in self.model_fields_set and self.rhythm not in rhythms:
                raise ValueError(f'{key} says nothing where rhythm = "{self.rhythm}"; it belongs to {_either(rhythms)}')
        if self.rhythm == "instant" and self.when_empty == "tell":
            raise ValueError('when_empty = "tell" would send an alert at every poll')
        if len({self.address, *self.channels}) <= len(self.channels):
            raise ValueError("an address is named twice in address and channels")
        return self

    @cached_property
    def places(self) -> frozenset[str]:
        """All countries that `countries` and `groups` name."""
        return frozenset(self.countries).union(*(GROUPS[group] for group in self.groups))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it goes; the first one decides whether a digest arrived."""
        return (self.address, *self.channels)

    @property
    def tells_empty(self) -> bool:
        """Whether a digest goes out although nothing is new."""
        return (self.when_empty or {"weekly": "tell", "monthly": "tell"}.get(self.rhythm, "skip")) == "tell"


def _either(rhythms: Iterable[str]) -> str:
    return " or ".join(f'rhythm = "{rhythm}"' for rhythm in sorted(rhythms))
