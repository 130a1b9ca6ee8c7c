"""Where settings come from: `pactwatch.toml`, the environment over it; each fault named by place, key and way out."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from alerts.subscription import Subscription
from flows.exits import Exit, Stop
from flows.settings import DIRS, Settings

FILE = "pactwatch.toml"
PREFIX = "PACTWATCH_"
CONFIG = "PACTWATCH_CONFIG"
"""Environment variable that names the settings file."""

_WANTED = {
    "tuple_type": 'a list is wanted, such as ["KZ", "RW"]',
    "string_type": "text in quotes is wanted",
    "int_type": "a whole number is wanted",
    "int_parsing": "a whole number is wanted",
    "int_from_float": "a whole number is wanted",
    "float_type": "a number is wanted",
    "float_parsing": "a number is wanted",
    "bool_type": "true or false is wanted",
    "bool_parsing": "true or false is wanted",
    "path_type": "a path in quotes is wanted",
    "model_type": "a table is wanted",
    "missing": "is missing",
    "literal_error": "{expected} is wanted",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "too_short": "must not be empty",
    "date_from_datetime_parsing": "a day such as 2026-11-24 is wanted",
    "date_type": "a day such as 2026-11-24 is wanted",
}
"""What a fault of a type is, for someone who writes a settings file; pydantic's own words where none stand here."""


class Located:
    """Settings with the file that they came from; own feeds lie beside that file."""

    def __init__(self, settings: Settings, file: Path | None) -> None:
        self.settings, self.file = settings, file

    @property
    def feeds_file(self) -> Path:
        """The user's `feeds.toml`: beside `pactwatch.toml`, else in the platform's configuration folder."""
        return (self.file.parent if self.file else Path(DIRS.user_config_dir)) / "feeds.toml"


def find(config: Path | None) -> Path | None:
    """The settings file: the one named, else in the working folder, else in the platform's configuration folder."""
    if config:
        if not config.is_file():
            raise Stop(f"{config}: no such settings file; `pactwatch init` writes one to start from", Exit.USAGE)
        return config
    return next((p for p in (Path(FILE), Path(DIRS.user_config_dir) / FILE) if p.is_file()), None)


def load(config: Path | None = None) -> Located:
    """Reads and checks all settings. `Stop` names every fault by file and key, all at once."""
    named = os.environ.get(CONFIG)
    file = find(config or (Path(named) if named else None))
    values = _read(file) if file else {}
    if isinstance(mail := values.get("mail"), dict) and "password" in mail:
        raise Stop(f"{file}: mail.password: belongs into PACTWATCH_MAIL__PASSWORD or mail.password_file", Exit.USAGE)
    misspelt = list(_misspelt(os.environ))
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise Stop("\n".join([*faults(error, values, file), *misspelt]), Exit.USAGE) from None
    if misspelt:
        raise Stop("\n".join(misspelt), Exit.USAGE)
    return Located(settings, file)


def faults(error: ValidationError, values: Mapping[str, Any], file: Path | None) -> list[str]:
    """One line a fault: where, what, and the nearest valid key for an unknown one."""
    found = error.errors(include_input=False, include_url=False)
    return list(dict.fromkeys(f"{_place(e['loc'], file)}: {_key(e['loc'], values)}: {_said(e)}" for e in found))


def _place(path: Sequence[int | str], file: Path | None) -> str:
    """The file, or the variable of the environment that stands over it."""
    variables = {name.upper() for name in os.environ}
    names = [PREFIX + "__".join(map(str, path[:depth])).upper() for depth in range(len(path), 0, -1)]
    return next((f"environment, {name}" for name in names if name in variables), str(file or "environment"))


def _key(path: Sequence[int | str], values: Mapping[str, Any]) -> str:
    """The key as a person would name it: a subscription by its name, and no place within a list."""
    if not path:
        return "settings"
    match path:
        case ("subscription", int(number), *rest):
            said = values.get("subscription")
            one = said[number] if isinstance(said, list) and number < len(said) else {}
            name = one.get("name") if isinstance(one, dict) else None
            head = f"subscription {name!r}" if name else f"subscription number {number + 1}"
            return ": ".join([head, *(str(part) for part in rest if isinstance(part, str))])
    return ".".join(part for part in path if isinstance(part, str))


def _said(error: Any) -> str:
    path = [part for part in error["loc"] if isinstance(part, str)]
    if error["type"] == "extra_forbidden":
        near = get_close_matches(path[-1], _keys_at(path[:-1]), n=1)
        return "unknown key" + (f", did you mean {near[0]!r}?" if near else "")
    if error["type"] == "tuple_type" and path == ["subscription"]:
        return "write [[subscription]], in two brackets, before each one"
    if error["type"] in _WANTED:
        return _WANTED[error["type"]].format(**error.get("ctx", {}))
    return str(error["msg"]).removeprefix("Value error, ")


def _keys_at(path: Sequence[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in path:
        found = Subscription if part == "subscription" else model.model_fields[part].annotation
        if isinstance(found, type) and issubclass(found, BaseModel):
            model = found
    return list(model.model_fields)


def _misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    """Variables that are all but a key. Others are let be: container platforms make some of a service's name."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {CONFIG}
    for name in sorted(environment):
        first = re.split("__", name.upper(), maxsplit=1)[0]
        if name.upper().startswith(PREFIX) and first not in known:
            near = get_close_matches(first, known, n=1, cutoff=0.9)
            if near:
                yield f"environment, {name}: unknown key, did you mean {near[0]!r}?"


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Stop(f"{file}: not well-formed TOML: {error}", Exit.USAGE) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{file}: cannot be read: {error}", Exit.USAGE) from None
