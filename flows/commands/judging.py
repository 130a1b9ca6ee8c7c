"""Recognition by hand: `classify`, `explain`, `evaluate`, `train`."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from flows.exits import Exit

FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))


@click.command(short_help="Label items: JSON lines in, JSON lines out.")
@FILES
def classify(files: tuple[Path, ...]) -> int:
    """Label items: JSON lines in (FILES, or standard input), JSON lines out, in the same order.

    Each line has `id` and any of `title`, `text`, `lang`, `published`, `url`; what comes out is described in
    docs/labels.md, with `event` as if the items had been ingested together. A line that cannot be read is named and
    left out (exit code 3).
    """
    from flows import jsonlines
    from flows.labelling import labelled

    bad = 0
    given = []
    for one in jsonlines.read(files):
        if one.fault:
            bad += 1
            click.echo(f"{one.where}: {one.fault}; left out", err=True)
        else:
            given.append(one)
    for line in labelled(given):
        sys.stdout.write(jsonlines.dumps(line) + "\n")
    return Exit.PARTLY if bad else Exit.DONE


@click.command(short_help="Show why an item is labelled as it is.")
@click.argument("what", metavar="[ID|ITEM|URL|FILE|-]", default="-")
@click.option("--title", default="", help="Headline of a text that comes from a file or standard input.")
@click.option("--lang", default="", help="Its language, where known (BCP 47).")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), help="Day of its publication.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def explain(what: str, title: str, lang: str, published: datetime | None, as_json: bool) -> None:
    """Show why an item is labelled as it is: what was seen in it, each step, and what would have changed the outcome.

    The item is one of the store, by its number or address; of an agreement's id it is the first report. Or it is a text
    from a file or standard input (-).
    """
    from flows.explaining import explained, find

    item = find(what, title, lang, published)
    shown = explained(item)
    click.echo(json.dumps(shown.as_dict(), ensure_ascii=False, indent=2) if as_json else shown.as_text())


@click.command(short_help="Score recognition on labelled items.")
@FILES
@click.option("--by", default="", help="Also a row for each value of this field, such as lang.")
@click.option("--group", multiple=True, metavar="NAME=LANG,…", help="Also a row for these languages together.")
@click.option("--errors", type=click.IntRange(0), default=0, help="Show so many items that are wrong.")
@click.option("--gate", is_flag=True, help="Fail where a figure is below its pinned floor (floors.toml).")
@click.option("--calibration", is_flag=True, help="Also show how often items are right by the confidence said.")
@click.option("--cross-validated", is_flag=True, help="By weights fitted to other events and pairs (takes a minute).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def evaluate(files: tuple[Path, ...], **options: Any) -> int:
    """Score recognition on labelled items (FILES, or the project's own published corpus)."""
    from flows.evaluating import evaluate as work

    return work(files, **options)


@click.command(short_help="Fit the weights of recognition (for developers).")
@FILES
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="Write into this folder, not in place."
)
def train(files: tuple[Path, ...], output: Path | None) -> None:
    """Fit the weights of recognition on labelled items (FILES, or the project's corpus), and say how they score.

    For developers: run it in a clone, look at the figures (cross-validated by event and pair), then commit the weights.
    """
    from flows.evaluating import fit as work

    work(files, output)
