"""The command line: every command and exit code stands in the README, and bad input is one clear line."""

import json
import re
import shlex
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
        (["agreements", "--country", "KX"], "'--country': no country 'KX'; a code of ISO 3166-1 alpha-2 is wanted"),
        (["agreements", "--country", "Germny"], "no country 'Germny', near: DE (Germany)"),
        (["agreements", "--country", "Congo"], "'Congo' may be CD (DR Congo) or CG ("),
        (["agreements", "--pair", "KZ"], "'--pair': 'KZ' is not two countries, such as KZ-RW"),
        (["agreements", "--pair", "KZRW"], "'--pair': 'KZRW' is not two countries, such as KZ-RW"),
        (["agreements", "--pair", "KZ-KAZ"], "a pair of KZ with itself never matches"),
        (["agreements", "--sector", "quilting"], "no sector 'quilting'; there are agriculture, culture, "),
        (["agreements", "--confidence", "nan"], "a number from 0 to 1 is wanted"),
        (["agreements", "--since", "2026-03-01", "--until", "2026-02-01"], "no day lies between them"),
        (["agreements", "--json", "--format", "csv"], "--json and --format csv contradict each other"),
        (["agreements", "--output", "list.txt"], "--output needs a name that ends in .json, .csv or .xlsx"),
        (["agreements", "show", "xx-yy-2020-01"], "pactwatch: no agreement is called 'xx-yy-2020-01'"),
        (["explain", "12345"], "pactwatch: no item has the number or address '12345'"),
        (["correct", "relabel", "kz-rw-2025-05", "--stage", "sined"], "'--stage': no stage 'sined', near: signed"),
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


@pytest.mark.parametrize("command", ["agreements", "digest", "backup copy.db"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense:pass-word", "not an address; use sqlite:"),
        ("mysql://me:pass-word@host/x", "'mysql' is not supported"),
    ],
)
def test_a_wrong_database_is_one_line_without_its_password(
    command: str, url: str, said: str, pactwatch: Run, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACTWATCH_DATABASE", url)
    code, out, err = pactwatch(*command.split())
    assert (code, out) == (Exit.USAGE, "")
    assert f"pactwatch: database: {said}" in err
    assert "pass-word" not in err


@pytest.mark.parametrize("words", ["agreements", "agreements --format csv", "feeds export", "check --offline", "-h"])
@pytest.mark.parametrize(
    ("streams", "expected", "said"),
    [
        (">&-", Exit.DONE, ""),
        ("<&- >&- 2>&-", Exit.DONE, ""),
        (">/dev/full", Exit.FAILED, "pactwatch: standard output: No space left on device\n"),
        ("| head -c 1 >/dev/null", Exit.DONE, ""),
    ],
)
def test_closed_and_full_streams_are_no_fault_of_ours(
    words: str, streams: str, expected: Exit, said: str, user: Path
) -> None:
    ours = f"{shlex.quote(sys.executable)} -c 'from flows.cli import main; main()'"
    done = subprocess.run(
        ["bash", "-c", f"{ours} {words} {streams}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (expected, said)


def test_what_a_closed_stream_is_given_goes_into_no_file(user: Path) -> None:
    ours = f"{shlex.quote(sys.executable)} -c 'from flows.cli import main; main()'"
    subprocess.run(["bash", "-c", f"{ours} digest -v <&- >&- 2>&-"], check=True)
    assert subprocess.run([*shlex.split(ours), "check", "--offline"], capture_output=True, check=False).returncode == 0


def test_a_file_that_cannot_be_written_is_named(user: Path, pactwatch: Run) -> None:
    for args in (
        ("agreements", "--format", "csv", "--output", "/dev/full"),
        ("feeds", "export", "/dev/full"),
        ("preview", "--output", "/dev/full"),
    ):
        code, _, err = pactwatch(*args)
        assert (code, err.splitlines()[-1]) == (
            Exit.FAILED,
            "pactwatch: /dev/full: cannot be written: No space left on device",
        )
    code, _, err = pactwatch("init", "nowhere/pactwatch.toml")
    assert (code, err) == (
        Exit.FAILED,
        "pactwatch: nowhere/pactwatch.toml: cannot be written: No such file or directory\n",
    )


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
