"""`init` and `check`: settings to start from, and what is wrong with those that there are."""

import json
from pathlib import Path

import click

from flows.exits import Exit, Stop


@click.command(short_help="Write a commented settings file to start from.")
@click.argument("path", type=click.Path(path_type=Path), required=False)
def init(path: Path | None) -> None:
    """Write a commented settings file to start from (./pactwatch.toml unless PATH says otherwise)."""
    from flows.loading import FILE
    from flows.template import settings_file

    path = path or Path(FILE)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(settings_file())
    except FileExistsError:
        raise Stop(f"{path}: is there already; it was left as it is", Exit.USAGE) from None
    except OSError as error:
        raise Stop(f"{path}: cannot be written: {error.strerror}") from None
    click.echo(f"{path} written; `pactwatch check` tells whether it is right")


@click.command(short_help="Name everything that is wrong with the set-up.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--offline", is_flag=True, help="Contact nothing, not even the mail server.")
def check(as_json: bool, offline: bool) -> int:
    """Check settings, feeds, word lists, database and mail server, and name every fault.

    Exit code 0 where all is well, 2 where settings or declarations are wrong, 1 where something else is.
    """
    from flows.checks import Finding, check_all

    findings: list[Finding] = []
    for finding in check_all(offline):
        findings.append(finding)
        if not as_json:
            click.echo(f"{finding.mark} {finding.what}: {finding.said}")
    if as_json:
        click.echo(json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=2))
    return max((f.code for f in findings), default=Exit.DONE, key=lambda code: (code == Exit.USAGE, code))
