"""The command line. Results go to standard output, everything else to standard error; exit codes: `flows.exits`.

Commands live in `flows.commands`; each imports what is heavy only when it runs.
"""

import importlib
import os
import re
import sys
from pathlib import Path
from typing import Any

import click

from flows import logs, output, signals
from flows.exits import Exit, Stop

COMMANDS = {
    "run": "working",
    "ingest": "working",
    "digest": "working",
    "serve": "serving",
    "agreements": "asking",
    "feeds": "watching",
    "preview": "asking",
    "classify": "judging",
    "explain": "judging",
    "evaluate": "judging",
    "train": "judging",
    "backfill": "keeping",
    "reclassify": "keeping",
    "correct": "correcting",
    "site": "keeping",
    "backup": "keeping",
    "restore": "keeping",
    "unsubscribe": "readers",
    "resubscribe": "readers",
    "forget": "readers",
    "init": "starting",
    "check": "starting",
}
"""Which module of `flows.commands` holds a command; it is imported when the command is named."""

GLOBAL = re.compile(r"-v+|--verbose|-q|--quiet|--log-json|--config=.*")


class Commands(click.Group):
    """The commands, imported late; the options that hold for all of them may stand before or behind the command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"flows.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _globals_first(args))


def _globals_first(args: list[str]) -> list[str]:
    front: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif GLOBAL.fullmatch(word):
            front.append(word)
        elif word == "--config":
            front += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            rest.append(word)
    return front + rest


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", type=click.Path(path_type=Path), help="Settings file; else ./pactwatch.toml, else the user's."
)
@click.option("-v", "--verbose", count=True, help="Also log details.")
@click.option("-q", "--quiet", is_flag=True, help="Log warnings and errors only.")
@click.option("--log-json", is_flag=True, help="Log as one JSON object a line.")
@click.version_option(package_name="pactwatch", prog_name="pactwatch")
def pactwatch(config: Path | None, verbose: int, quiet: bool, log_json: bool) -> None:
    """Pactwatch tells you of new agreements between countries.

    `pactwatch run` does the whole job once; `pactwatch serve` does it on schedules; `pactwatch init` writes settings
    to start from. Exit codes: 0 done, 1 failed, 2 settings or arguments, 3 partly done, 75 busy, 130 and 143 stopped.
    """
    logs.set_up(verbose, quiet, log_json)
    if config:
        os.environ["PACTWATCH_CONFIG"] = str(config.absolute())  # so that flow runs in processes of their own see it


def main() -> None:
    """The console command."""
    output.prepare()
    if "_PACTWATCH_COMPLETE" in os.environ:
        pactwatch.main(prog_name="pactwatch")  # a shell asks what might follow
    signals.install()
    sys.exit(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Runs one command and returns its exit code; every error that a person can mend comes out as one line."""
    try:
        # Not `main()`: that one takes signals and closed pipes for itself.
        with pactwatch.make_context("pactwatch", list(args)) as context:
            outcome: Any = pactwatch.invoke(context)
        sys.stdout.flush()
        return int(outcome) if isinstance(outcome, int) else Exit.DONE
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (signals.Stopped, click.Abort) as stop:
        code = int(stop.code or 0) if isinstance(stop, signals.Stopped) else Exit.INTERRUPTED
        return _say("stopped; what was begun is finished, the rest is for the next run", code)
    except BrokenPipeError:  # the reader has what it wanted (`pactwatch agreements | head`)
        return Exit.DONE
    except Exception as error:
        return _explained(error)


def _explained(error: Exception) -> int:
    from flows.errors import explain

    message, code = explain(error)
    if code is None:
        logs.LOGGER.exception("this is a fault of Pactwatch's; please report it with what stands above")
        return Exit.FAILED
    return _say(message, code)


def _say(message: str, code: int) -> int:
    for line in message.splitlines():
        click.echo(f"pactwatch: {logs.redact(line)}", err=True)
    return code


__all__ = ["Stop", "main", "pactwatch", "run"]
