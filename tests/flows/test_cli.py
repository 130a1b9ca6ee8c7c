"""The command line: every command and exit code stands in the README, and bad input is one clear line."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import cli
from flows.exits import MEANING, Exit

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
Run = Callable[..., tuple[int, str, str]]


def test_the_readme_names_every_command_and_no_other() -> None:
    named = set(re.findall(r"`pactwatch ([a-z]+)[^`]*`", README))
    assert named == set(cli.COMMANDS)


def test_the_readme_has_the_table_of_exit_codes() -> None:
    table = {int(code): text for code, text in re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE)}
    assert table == {int(code): text for code, text in MEANING.items()}


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help(command: str, pactwatch: Run) -> None:
    code, out, _ = pactwatch(command, "--help")
    assert code == Exit.DONE
    assert f"Usage: pactwatch {command}" in out


def test_help_is_at_hand_before_anything_heavy_is_loaded() -> None:
    script = (
        "import sys; from flows import cli; code = cli.run(['--help']); "
        "print('loaded:', *sorted({'prefect', 'sqlalchemy', 'classify', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


@pytest.mark.parametrize("group", [(), ("feeds",), ("agreements",), ("correct",)])
def test_the_line_on_each_command_is_whole(group: tuple[str, ...], pactwatch: Run) -> None:
    _, out, _ = pactwatch(*group, "--help")
    lines = out.split("Commands:")[1].splitlines()
    assert lines
    assert not [line for line in lines if line.endswith("...")]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["ran"], "No such command 'ran'"),
        (["run", "--fast"], "No such option"),
        (["--config", "nowhere.toml", "agreements"], "nowhere.toml: no such settings file"),
        (["agreements", "--country", "KX"], "no country has the code 'KX'; near:"),
        (["agreements", "--pair", "KZ"], "two different country codes are wanted"),
        (["agreements", "--sector", "minning"], "near: mining"),
        (["agreements", "--stage", "sined"], "near: signed"),
        (["agreements", "--since", "lately"], "neither a date (2026-11-01) nor a span"),
        (["agreements", "--format", "xlsx"], "--format xlsx needs --output"),
        (["correct", "relabel", "kz-rw-2025-05"], "say what to change"),
        (["evaluate", "--by", "foo"], "--by foo: no item has that field; there are id, "),
        (["evaluate", "nope.jsonl"], "nope.jsonl: cannot be read: No such file or directory"),
        (["preview", "nobody"], "no subscription is named 'nobody'; there are everything"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_2(args: list[str], said: str, pactwatch: Run, user: Path) -> None:
    code, out, err = pactwatch(*args)
    assert code == Exit.USAGE
    assert said in err
    assert not out


def test_an_unknown_agreement_is_one_line(pactwatch: Run, user: Path) -> None:
    code, _, err = pactwatch("agreements", "show", "xx-yy-2020-01")
    assert code == Exit.FAILED
    assert err.splitlines()[-1].startswith("pactwatch: no agreement is called 'xx-yy-2020-01'")


def test_global_options_stand_anywhere(user: Path, pactwatch: Run) -> None:
    settings = user / "mine.toml"
    settings.write_text(f'data = "{user / "elsewhere"}"\n', encoding="utf-8")
    for args in (
        ("check", "--offline", "--config", settings, "-q"),
        ("-q", f"--config={settings}", "check", "--offline"),
        ("check", "--offline", f"--config={settings}", "-vv"),
    ):
        code, out, err = pactwatch(*args)
        assert (code, err) == (Exit.DONE, "")
        assert "elsewhere" in out


def test_init_writes_settings_that_check_finds_right(user: Path, pactwatch: Run) -> None:
    assert pactwatch("init")[0] == Exit.DONE
    code, out, _ = pactwatch("check", "--offline")
    assert (code, "FAULT" in out) == (Exit.DONE, False)
    code, _, err = pactwatch("init")
    assert code == Exit.USAGE
    assert "is there already; it was left as it is" in err


def test_check_names_every_fault(user: Path, pactwatch: Run) -> None:
    (user / "pactwatch.toml").write_text("[fetch]\nconnections = 0\npauze = 1\n", encoding="utf-8")
    code, out, _ = pactwatch("check", "--json")
    said = [finding["said"] for finding in json.loads(out)]
    assert code == Exit.USAGE
    assert any("fetch.connections" in line for line in said)
    assert any("fetch.pauze: unknown key, did you mean 'pause'?" in line for line in said)
