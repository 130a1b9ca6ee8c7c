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


def _countries(codes: Iterable[str]) -> tuple[str, ...]:
    names = {code: country_name(code) for code in CODES}
    return tuple(known_code(code, names, "country") for code in codes)


def _groups(names: Iterable[str]) -> tuple[str, ...]:
    known = {name: name for name in GROUPS}
    folded = {name.casefold(): name for name in GROUPS}
    return tuple(folded.get(name.casefold()) or known_code(name, known, "group of countries") for name in names)


def _sectors(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(known_code(code, SECTORS, "sector") for code in codes)


def _stages(codes: Iterable[str]) -> tuple[Stage, ...]:
    words = {stage.value: display.STAGES[stage].word for stage in display.STAGES}
    return tuple(Stage(known_code(code, words, "stage")) for code in codes)


def _languages(codes: Iterable[str]) -> tuple[str, ...]:
    lines = files("alerts").joinpath("languages.tsv").read_text("utf-8").splitlines()
    names = dict(line.split("\t")[:2] for line in lines if line and not line.startswith(("#", "code\t")))
    return tuple(known_code(code, names, "language") for code in codes)


def _split_pairs(value: Any) -> Any:
    """`"KZ-RW"` and `["KZ", "RW"]` to a pair; anything else is left to the type check."""
    if not isinstance(value, list | tuple):
        return value
    return tuple(tuple(re.split(r"\s*[-–]\s*", one)) if isinstance(one, str) else one for one in value)


def _pairs(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    checked = []
    for one, other in pairs:
        left, right = sorted(_countries((one, other)))
        if left == right:
            raise ValueError(f"a pair of {left} with itself never matches")
        checked.append((left, right))
    return tuple(checked)


def _words(phrases: Iterable[str]) -> tuple[str, ...]:
    for phrase in phrases:
        if not re.search(r"\w", phrase):
            raise ValueError(f"the phrase {phrase!r} has no letter or digit, so it never matches")
    return tuple(phrases)


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
    countries: Annotated[tuple[str, ...], AfterValidator(_countries)] = ()
    """ISO 3166-1 alpha-2 codes; either side of an agreement counts."""
    pairs: Annotated[tuple[Pair, ...], BeforeValidator(_split_pairs), AfterValidator(_pairs)] = ()
    """`"KZ-RW"`: both sides."""
    groups: Annotated[tuple[str, ...], AfterValidator(_groups)] = ()
    """Groups of countries, such as `africa`, `EU`, `ASEAN`."""
    sectors: Annotated[tuple[str, ...], AfterValidator(_sectors)] = ()
    stages: Annotated[tuple[Stage, ...], BeforeValidator(_stages), Field(min_length=1)] = (
        Stage.SIGNED,
        Stage.IN_FORCE,
        Stage.ENDED,
    )
    """Stages that are news; coming signings are listed in any case."""
    words: Annotated[tuple[str, ...], AfterValidator(_words)] = ()
    """Phrases of which one must stand in the record, its sources' headlines or its evidence; no patterns."""
    languages: Annotated[tuple[str, ...], AfterValidator(_languages)] = ()
    """ISO 639-1 codes: at least one report in one of them."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Least confidence."""
    outlets: Annotated[int, Field(ge=1, le=50)] = 1
    """Least number of independent outlets; a government that reports it itself counts as one."""
    official: bool = False
    """Only what a government reports itself."""
    rhythm: Rhythm = "daily"
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
