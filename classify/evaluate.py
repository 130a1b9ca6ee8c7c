"""Measuring recognition: the corpus, predictions on it, the figures by language, the pinned floors.

`report` is what `pactwatch evaluate` prints; `shortfalls` is the gate.
"""

import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from classify import calibration, classify
from classify.model import Labels
from classify.score import Figure, Item, bootstrap
from classify.train import day

CORPUS = Path(__file__).parent / "corpus"
BENCHMARK = CORPUS / "dev.jsonl"
FLOORS = CORPUS / "floors.toml"
TEN = ("fr", "es", "pt", "ar", "ru", "zh", "de", "it", "tr", "id")
ENOUGH_SIGNED = 15
"""A language with so many signed items has floors of its own."""


class Row(NamedTuple):
    """The figures of one group of items."""

    name: str
    items: int
    figures: Mapping[str, Figure]


def load(path: Path) -> list[Item]:
    """The items of a JSON-lines file; `ValueError` names the file and line that is at fault."""
    items: list[Item] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            items.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}:{number}: not JSON: {error}") from None
    return items


def benchmark() -> list[Item]:
    """The published corpus."""
    return load(BENCHMARK)


def own(kind: str) -> list[Item]:
    """The project's own items of a kind: `train` or `holdout`, in the order of the files' names."""
    return [item for path in sorted(CORPUS.glob(f"own-{kind}-*.jsonl")) for item in load(path)]


def predict(items: Iterable[Item]) -> dict[str, Item]:
    """Our labels for the items by id, without occasions (those come from the store)."""
    return {item["id"]: as_item(item, of(item)) for item in items}


def of(item: Item) -> Labels:
    """Our labels for a labelled item."""
    return classify(item["title"], item["text"], item.get("lang") or "", day(item.get("published")))


def as_item(item: Item, labels: Labels) -> dict[str, Any]:
    """Labels in the form of the corpus; occasions by pair and month, which is what they mostly are."""
    month = (labels.facts.date.on.isoformat() if labels.facts.date else item.get("published") or "")[:7]
    pair = labels.agreement_pairs[0] if labels.agreement_pairs else None
    return {
        "id": item["id"],
        "agreement": labels.agreement.value,
        "agreement_pairs": labels.agreement_pairs,
        "pairs": labels.pairs,
        "sectors": labels.sectors,
        "event": f"{pair[0]}-{pair[1]}-{month}" if pair else None,
        "confidence": labels.confidence,
    }


def report(
    items: Sequence[Item],
    predicted: Mapping[str, Item],
    by: str = "",
    groups: Mapping[str, Sequence[str]] | None = None,
) -> list[Row]:
    """The figures over all items, by the values of a field, and of groups of languages; empty groups are left out."""
    parts: dict[str, list[Item]] = {"all": list(items)}
    if by:
        values: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            values[str(item.get(by))].append(item)
        parts |= dict(sorted(values.items()))
    for name, langs in (groups or {}).items():
        parts[name] = [item for item in items if item["lang"] in langs]
    return [Row(name, len(part), bootstrap(part, predicted)) for name, part in parts.items() if part]


def gate_rows(items: Sequence[Item], predicted: Mapping[str, Item]) -> list[Row]:
    """The rows that have floors: all, English, the ten languages, and each language with 15 signed items or more."""
    signed: dict[str, int] = defaultdict(int)
    for item in items:
        signed[item["lang"]] += item["agreement"] == "signed"
    single = {lang: (lang,) for lang, count in sorted(signed.items()) if count >= ENOUGH_SIGNED}
    return report(items, predicted, groups={"en": ("en",), "ten": TEN, **single})


def corpus_hash(path: Path = BENCHMARK) -> str:
    """SHA-256 of the corpus: floors hold for this very file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def shortfalls(rows: Sequence[Row], floors: Mapping[str, Any] | None = None) -> list[str]:
    """What lies below its pinned floor, one line each; also where the corpus is not the one the floors are pinned
    for."""
    pinned = floors or tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    missed = []
    if pinned["corpus"] != corpus_hash():
        missed.append(
            f"{BENCHMARK.name} is not the file that the floors are pinned for: pin them anew in {FLOORS.name}"
        )
    for row in rows:
        for figure, floor in pinned.get(row.name, {}).items():
            value = row.figures[figure].value
            if value < floor:
                missed.append(f"{row.name}: {figure} {value:.3f} is below its floor {floor:.3f}")
    return missed


def calibration_curve(items: Sequence[Item], predicted: Mapping[str, Item]) -> list[calibration.Bin]:
    """How often stage and pairs are right by the confidence said."""
    said = [predicted[item["id"]]["confidence"] for item in items]
    return calibration.curve(said, [is_right(item, predicted[item["id"]]) for item in items])


def is_right(item: Item, labels: Item) -> bool:
    """Whether stage and agreement pairs are those of the gold item."""
    gold = {tuple(two) for two in item["agreement_pairs"]}
    return bool(item["agreement"] == labels["agreement"] and gold == {tuple(two) for two in labels["agreement_pairs"]})
