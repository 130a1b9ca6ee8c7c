"""`pactwatch evaluate` and `train`: the figures on labelled items, printed for anyone to repeat."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from classify import evaluate as room
from classify import score, train
from classify.decide import Verdict
from classify.evaluate import Row
from classify.model import Labels
from classify.score import Item
from flows import jsonlines, labelling
from flows.exits import Exit, Stop
from flows.tables import print_table

SHOWN = ("detect", "who", "stage", "pairs", "sectors", "events")


def evaluate(
    files: Sequence[Path],
    by: str,
    group: Sequence[str],
    errors: int,
    gate: bool,
    calibration: bool,
    cross_validated: bool,
    as_json: bool,
) -> int:
    """Scores the items and prints the figures with their 95 % intervals; with `gate`, fails below the pinned floors."""
    items = _items(files)
    if by and not any(by in item for item in items):
        raise Stop(f"--by {by}: no item has that field; there are {', '.join(items[0])}", Exit.USAGE)
    said = unseen(items) if cross_validated else predictions(items)
    rows = room.gate_rows(items, said) if gate else room.report(items, said, by, dict(map(_group, group)))
    if as_json:
        click.echo(json.dumps({row.name: _values(row) for row in rows}, indent=2))
    else:
        print_table([_printed(row, SHOWN[:4] if cross_validated else SHOWN) for row in rows])
    if calibration:
        curve = room.calibration_curve(items, said)
        print_table([{"said": f"{one.said:.2f}", "right": f"{one.right:.2f}", "items": one.items} for one in curve])
    for item in [one for one in items if not room.is_right(one, said[one["id"]])][:errors]:
        told = said[item["id"]]
        click.echo(f"\n{item['id']} [{item['lang']}] {item['title'][:110]}")
        click.echo(f"  gold {item['agreement']} {item['agreement_pairs']}")
        click.echo(f"  said {told['agreement']} {told['agreement_pairs']}")
    missed = room.shortfalls(rows) if gate else []
    for line in missed:
        click.echo(line, err=True)
    return Exit.FAILED if missed else Exit.DONE


def predictions(items: Sequence[Item]) -> dict[str, Item]:
    """Our labels by id, with the occasions as if all items had been ingested together."""
    given = [jsonlines.item(json.dumps(dict(item)).encode(), str(item["id"])) for item in items]
    return {line["id"]: line for line in labelling.labelled(given)}


def unseen(items: Sequence[Item]) -> dict[str, Item]:
    """Labels by weights that were fitted to the corpus and our own items without those of the same pair, and so event;
    sectors and occasions are not fitted this way, and left out."""
    ids = {item["id"] for item in items}
    corpus = [*items, *(one for one in [*room.benchmark(), *room.own("train")] if one["id"] not in ids)]
    return _as_said(corpus, train.cross_validated(corpus))


def _as_said(items: Sequence[Item], verdicts: Sequence[Verdict]) -> dict[str, Item]:
    return {
        item["id"]: room.as_item(item, Labels(v.stage, v.agreement_pairs, v.pairs))
        for item, v in zip(items, verdicts, strict=True)
    }


def fit(files: Sequence[Path], output: Path | None) -> None:
    """Fits the weights, prints the cross-validated figures, writes the weights (in place, or into a folder).

    That the folder can be written to is tried first: the fit takes minutes.
    """
    if output:
        _make(output)
    items = _items(files) if files else [*room.benchmark(), *room.own("train")]
    verdicts = train.cross_validated(items)
    said = _as_said(items, verdicts)
    figures = score.score(items, said)
    click.echo(f"{len(items)} items, cross-validated by pair: " + ", ".join(f"{n} {figures[n]:.3f}" for n in SHOWN[:4]))
    weights = train.train(items)
    table = train.calibrate(items, verdicts)
    train.write(weights, output, table) if output else train.write(weights, table=table)
    click.echo(f"weights written, fitted to items of {weights.fitted_to}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(f"--output {folder}: {error.strerror}: name a folder that can be made", Exit.USAGE) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Stop(f"--output {folder}: no permission to write there: name another folder", Exit.USAGE)


def _items(files: Sequence[Path]) -> list[Item]:
    try:
        return [item for file in files for item in room.load(file)] if files else room.benchmark()
    except OSError as error:
        raise Stop(f"{error.filename}: cannot be read: {error.strerror}", Exit.USAGE) from None
    except ValueError as error:
        raise Stop(str(error), Exit.USAGE) from None


def _group(text: str) -> tuple[str, Sequence[str]]:
    name, _, langs = text.partition("=")
    if not langs:
        raise Stop(f"--group {text}: NAME=LANG,LANG is wanted", Exit.USAGE)
    return name, langs.split(",")


def _printed(row: Row, names: Sequence[str]) -> dict[str, Any]:
    shown = {name: row.figures[name] for name in names}
    return {"": row.name, "items": row.items} | {
        name: f"{one.value:.3f} ({one.low:.2f}-{one.high:.2f})" for name, one in shown.items()
    }


def _values(row: Row) -> Mapping[str, Any]:
    return {"items": row.items} | {name: list(figure) for name, figure in row.figures.items()}
