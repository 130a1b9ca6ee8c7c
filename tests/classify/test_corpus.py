"""The labelled items keep the contract of docs/labels.md."""

import json
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from babel import Locale

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "classify" / "corpus"
CONTRACT = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")

Item = dict[str, Any]
GIVEN = ["id", "url", "source", "published", "lang", "title", "text"]
LABELLED = ["agreement", "agreement_pairs", "pairs", "sectors", "event", "note"]
STAGES = ("signed", "in_force", "planned", "ended", "none")
DEPENDENT = {"AW", "BM", "CW", "FO", "GI", "GL", "HK", "MO", "NC", "PF", "PR", "SX", "VG"}
"""Territories that are no side, as the contract's border cases say."""
TERRITORIES = [str(code) for code in Locale("en").territories]
SIDES = {code for code in TERRITORIES if len(code) == 2 and code.isalpha()} - DEPENDENT
SECTORS = set(re.findall(r"^\| `([a-z]+)` \|", CONTRACT.split("### `sectors`")[1].split("### `event`")[0], re.M))


def read(pattern: str) -> list[Item]:
    files = sorted(CORPUS.glob(pattern))
    return [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").split("\n") if line]


TRAIN, HOLDOUT = read("own-train-*.jsonl"), read("own-holdout-*.jsonl")
ITEMS = TRAIN + HOLDOUT


def faults_of(item: Item) -> list[str]:
    """What breaks the contract in one item."""
    pairs = {name: item[name] for name in ("agreement_pairs", "pairs")}
    checks = {
        "fields": list(item) == GIVEN + LABELLED,
        "stage": item["agreement"] in STAGES,
        "pairs only with a stage": bool(item["agreement_pairs"]) == (item["agreement"] != "none"),
        "event only with a stage": bool(item["event"]) == (item["agreement"] != "none"),
        "pairs hold the agreement's": all(pair in item["pairs"] for pair in item["agreement_pairs"]),
        "sides": all(set(pair) <= SIDES and len(set(pair)) == 2 for found in pairs.values() for pair in found),
        "sorted pairs": all(
            found == sorted(found) and all(pair == sorted(pair) for pair in found) for found in pairs.values()
        ),
        "each pair once": all(len({tuple(pair) for pair in found}) == len(found) for found in pairs.values()),
        "sectors": set(item["sectors"]) <= SECTORS and item["sectors"] == sorted(set(item["sectors"])),
        "sectors only with pairs": bool(item["pairs"]) or not item["sectors"],
        "language": item["lang"] in Locale("en").languages,
        "something to read": bool(item["title"].strip() or item["text"].strip()),
        "length": len(item["text"]) <= 2000,
        "id": bool(re.fullmatch(r"own-[0-9a-f]{10}", item["id"])),
        "host": item["source"].endswith(".example") and urlsplit(item["url"]).hostname == item["source"],
        "date": _dated(item["published"]),
        "event key": item["event"] is None or item["event"].startswith("-".join(item["agreement_pairs"][0]) + "-"),
    }
    return [name for name, holds in checks.items() if not holds]


def _dated(published: str | None) -> bool:
    if published is None or re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", published):
        return True
    try:
        return date.fromisoformat(published).isoformat() == published
    except ValueError:
        return False


def folded(item: Item) -> str:
    return re.sub(r"\W+", "", item["title"] + item["text"]).casefold()


def test_the_contract_names_the_sectors() -> None:
    assert len(SECTORS) == 22


def test_every_item_keeps_the_contract() -> None:
    assert ITEMS
    assert {item["id"]: found for item in ITEMS if (found := faults_of(item))} == {}


def test_the_check_sees_a_broken_item() -> None:
    broken = ITEMS[0] | {"agreement": "signed", "agreement_pairs": [["US", "GB"]], "pairs": [], "sectors": ["zoo"]}
    assert {"pairs hold the agreement's", "sorted pairs", "sectors"} <= set(faults_of(broken))


def test_ids_and_texts_are_unique() -> None:
    for key in (lambda item: item["id"], folded):
        assert [value for value, times in Counter(map(key, ITEMS)).items() if times > 1] == []


def test_an_occasion_stays_on_one_side() -> None:
    sides = defaultdict(set)
    for name, items in (("train", TRAIN), ("holdout", HOLDOUT)):
        for item in items:
            sides[item["event"]].add(name)
    assert [event for event, found in sides.items() if event and len(found) > 1] == []


def test_about_a_third_is_holdout() -> None:
    assert 0.25 <= len(HOLDOUT) / len(ITEMS) <= 0.4


def test_nothing_of_the_benchmark_is_repeated() -> None:
    places = (CORPUS / "dev.jsonl", ROOT.parent / "shared" / "corpus" / "dev.jsonl")
    found = next((path for path in places if path.is_file()), None)
    if found is None:
        pytest.skip("the benchmark dev.jsonl is not here")
    lines = found.read_text(encoding="utf-8").split("\n")
    known = {folded(json.loads(line)) for line in lines if line}
    assert [item["id"] for item in ITEMS if folded(item) in known] == []
