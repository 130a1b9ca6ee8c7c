"""The commented settings file that `pactwatch init` writes and the settings page of the docs: both drawn from the
settings themselves, so that neither can lag behind them."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from alerts.subscription import Subscription
from flows.settings import Settings

HEAD = """\
# Settings of Pactwatch. What is commented out stands at its default; every key can also be set in the environment,
# as PACTWATCH_KEY or PACTWATCH_SECTION__KEY. `pactwatch check` tells what is wrong with this file.
"""

SECRET = {"password"}
"""Keys that have no place in a file."""


def settings_file() -> str:
    """The text of a new `pactwatch.toml`."""
    plain = {n: f for n, f in Settings.model_fields.items() if not _section(f) and n != "subscription"}
    parts = [HEAD, *_lines(plain)]
    for name, field in Settings.model_fields.items():
        if section := _section(field):
            parts += ["", *_comment(section.__doc__), f"[{name}]", *_lines(section.model_fields)]
    parts += [
        "",
        *_comment(Settings.model_fields["subscription"].description),
        "# [[subscription]]",
        *_lines(Subscription.model_fields),
    ]
    return "\n".join(parts) + "\n"


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _lines(fields: dict[str, FieldInfo]) -> Iterator[str]:
    for name, field in fields.items():
        if name not in SECRET:
            yield from _comment(field.description)
            yield f"# {name} = {toml(default(field))}"


def default(field: FieldInfo) -> Any:
    """The default as it stands in a file; empty where there is none or the platform decides."""
    value = None if field.is_required() or field.default_factory else field.default
    if isinstance(value, SecretStr | Path) or value is None:
        return ""
    return value


def toml(value: Any) -> str:
    """A default in TOML's notation."""
    return str(tomlkit.item(list(value) if isinstance(value, tuple | frozenset) else value).as_string())


def _comment(text: str | None) -> list[str]:
    return [f"## {line}" for line in textwrap.wrap(" ".join((text or "").split()), 114)]
