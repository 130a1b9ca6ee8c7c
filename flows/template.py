"""The commented settings file that `pactwatch init` writes and the settings page of the docs: both drawn from the
settings themselves, so that neither can lag behind them."""

import textwrap
from collections.abc import Iterator
from datetime import date
from typing import Any

import tomlkit
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from alerts.subscription import Subscription
from flows.settings import Settings

HEAD = """\
# Settings of Pactwatch. What is commented out stands at its default, unless it is called an example; every key but
# those of subscriptions can also be set in the environment, as PACTWATCH_KEY or PACTWATCH_SECTION__KEY.
# `pactwatch check` tells what is wrong with this file.
"""

EXAMPLES = {
    "data": "~/.local/share/pactwatch",
    "folder": "site",
    "password_file": "/etc/pactwatch/mail-password",
    "name": "minerals",
    "address": "mailto:ann@example.org",
    "when_empty": "tell",
    "asked": date(2026, 11, 24),
}
"""What stands in the file where there is no default, or where something else decides."""
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
        "## The next line begins each subscription; without it the keys below would belong to the table above.",
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
            value, mark = (EXAMPLES[name], "  # an example") if name in EXAMPLES else (field.default, "")
            yield f"# {name} = {_toml(value)}{mark}"


def _toml(value: Any) -> str:
    return str(tomlkit.item(list(value) if isinstance(value, tuple | frozenset) else value).as_string())


def _comment(text: str | None) -> list[str]:
    return [f"## {line}" for line in textwrap.wrap(" ".join((text or "").split()), 114)]


def settings_page() -> str:
    """docs/settings.md, which a test holds to the settings."""
    return f"""\
# Settings

`pactwatch.toml` is looked for in the working folder, then in the platform's configuration folder; `--config FILE` names
another one. Each key can also stand in the environment, which wins: `PACTWATCH_DATA`, `PACTWATCH_FETCH__PAUSE`. Unknown
keys are refused. Secrets come from the environment or a file only: `PACTWATCH_MAIL__PASSWORD` or `mail.password_file`;
where an address is itself a secret, write `env:NAME`.

This is what `pactwatch init` writes: every key with its meaning and its default.

```toml
{settings_file()}```
"""
