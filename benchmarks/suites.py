"""Our reader against the test suites of other parsers: `python -m benchmarks.suites FOLDER... [--all]`.

A folder is a suite as its project publishes it; nothing of it is kept here. Three ways of stating what is expected are
read: feedparser's (`Expect:` in a comment of the file itself, the server's headers beside it), reader's (`FILE.py` with
`FeedData` and `EntryData` beside FILE) and podcastparser's (`FILE.json` beside FILE.rss). Of each statement the parts
about what we keep are taken: how many entries there are, and titles, links, guids, dates, languages and texts. Texts
are compared as a reader sees them, without mark-up and white space. Exits 1 where a claim is not held that
`suites.toml` beside this file does not explain.
"""

import argparse
import ast
import collections
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from lxml import html  # type: ignore[import-untyped]

from feeds import Parsed, parse
from seeds import Feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BASE = "http://127.0.0.1:8097/"
KNOWN = {
    claim: one["why"]
    for one in tomllib.loads((Path(__file__).parent / "suites.toml").read_text(encoding="utf-8"))["explained"]
    for claim in one["claims"]
}
"""Claims that we do not hold on purpose, by file and field, and why."""
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_HEADER = re.compile(r"^\s*Header:\s*([\w-]+):\s*(.+?)\s*$", re.MULTILINE)
_FIELDS = {
    "title": "title", "link": "url", "id": "guid", "guid": "guid", "published": "published", "updated": "updated",
    "published_parsed": "published", "updated_parsed": "updated", "language": "lang", "description": "text",
    "summary": "text", "date_parsed": "updated", "created_parsed": "created",
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """What a suite says of one field: of entry `n`, or of the feed where `n` is None."""

    n: int | None
    field: str
    expected: Any


@dataclass(frozen=True)
class Case:
    """One file, as its server would give it, and the claims about it."""

    path: Path
    headers: dict[str, str]
    claims: tuple[Claim, ...]


def cases(folder: Path) -> Iterator[Case]:
    """Every file of a suite about which something is claimed that we keep."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        beside = path.with_name(path.name + ".py")
        if beside.exists():
            claims = tuple(_from_reader(ast.parse(beside.read_text(encoding="utf-8")), BASE + path.name))
            yield Case(path, {}, claims)
        elif path.suffix in (".xml", ".rss") and path.with_suffix(".json").exists():
            yield Case(path, {}, tuple(_from_json(json.loads(path.with_suffix(".json").read_bytes()))))
        elif path.suffix in (".xml", ".rss", ".atom", ".json"):
            text = _comment(path.read_bytes())
            found = _EXPECT.search(text)
            claims = tuple(_from_feedparser(found.group(1))) if found else ()
            if claims:
                yield Case(path, {k.lower(): v for k, v in _HEADER.findall(text)}, claims)


def _comment(body: bytes) -> str:
    """The text of a file as far as it takes to find its comment, in whatever it is encoded."""
    for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp037"):
        text = body[: len(body) // 4 * 4].decode(name, errors="replace")
        if "Expect:" in text:
            return text
    return ""


def _from_feedparser(expression: str) -> Iterator[Claim]:
    try:
        tree = ast.parse(expression.strip().replace("\n", " "), mode="eval").body
    except SyntaxError:
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        if isinstance(part, ast.Compare) and all(isinstance(op, ast.Eq) for op in part.ops):
            *names, value = [part.left, *part.comparators]
            for name in names if isinstance(value, ast.Constant | ast.Tuple) else ():
                yield from _claim(ast.unparse(name), ast.literal_eval(value))


def _claim(name: str, expected: Any) -> Iterator[Claim]:
    if name == "len(entries)":
        yield Claim(None, "count", expected)
    elif found := re.fullmatch(r"entries\[(\d+)\](?:\['content'\]\[0\])?(?:\['(\w+)'\]|\.(\w+))", name):
        key = found.group(2) or found.group(3)
        field = ("text" if key == "value" else "") if "'content'" in name else _FIELDS.get(key, "")
        if field:
            yield Claim(int(found.group(1)), field, _moment(expected) if isinstance(expected, tuple) else expected)
    elif found := re.fullmatch(r"feed(?:\['(\w+)'\]|\.(\w+))", name):
        key = found.group(1) or found.group(2)
        if key in ("title", "link", "language"):
            yield Claim(None, {"link": "home", "language": "lang"}.get(key, key), expected)


def _moment(parts: tuple[int, ...]) -> datetime:
    year, month, day, hour, minute, second = parts[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _from_reader(tree: ast.Module, url: str) -> Iterator[Claim]:
    """`entries = [EntryData(...), ...]`; f-strings and names are read with the suite's own bases."""
    names = {"url_base": BASE, "rel_base": BASE, "feed.url": url}
    for node in tree.body:
        if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "entries"):
            continue
        calls = [call for call in getattr(node.value, "elts", ()) if isinstance(call, ast.Call)]
        yield Claim(None, "count", len(calls))
        for n, call in enumerate(calls):
            for keyword in call.keywords:
                if keyword.arg in ("id", "title", "link", "published"):
                    yield Claim(n, _FIELDS[keyword.arg], _value(keyword.value, names))


def _from_json(said: dict[str, Any]) -> Iterator[Claim]:
    """`episodes`, with names that most parsers have; what is empty is not claimed, nor are guids, which podcastparser
    makes of enclosures."""
    episodes = said.get("episodes", [])
    yield Claim(None, "count", len(episodes))
    for n, episode in enumerate(episodes):
        yield from (Claim(n, _FIELDS[name], episode[name]) for name in ("title", "link") if episode.get(name))
        if episode.get("published"):
            yield Claim(n, "published", datetime.fromtimestamp(episode["published"], UTC))


def _value(node: ast.expr, names: dict[str, str]) -> Any:
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(names.get(ast.unparse(part.value), "")) if isinstance(part, ast.FormattedValue) else str(part.value)  # type: ignore[attr-defined]
            for part in node.values
        )
    if isinstance(node, ast.Call):
        return _moment((*(ast.literal_eval(part) for part in node.args), 0, 0, 0, 0))
    return ast.literal_eval(node)


def read(case: Case) -> Parsed:
    """The file as our reader reads it."""
    url = urljoin(BASE, case.headers.get("content-location", case.path.name))
    url = url if url.startswith("http") else BASE
    feed = Feed("suite", "Outlet", url, "", case.headers.get("content-language", ""))
    return parse(case.path.read_bytes(), feed, case.headers.get("content-type", ""), url=url, now=NOW)


def found(parsed: Parsed, claim: Claim) -> Any:
    """What we say of a claim's field; None where there is no such entry."""
    if claim.field == "count":
        return len(parsed.entries)
    if claim.n is None:
        return getattr(parsed, claim.field)
    if claim.n >= len(parsed.entries):
        return None
    field = "published" if claim.field in ("updated", "created") else claim.field
    return getattr(parsed.entries[claim.n], field)


def holds(ours: Any, claim: Claim) -> bool:
    """Whether what we say is the same to a reader."""
    expected = claim.expected
    if isinstance(ours, datetime) or isinstance(expected, int):
        return bool(ours == (_date(expected) if isinstance(expected, str) else expected))
    if claim.field == "lang":
        return bool((ours or "").lower() == (expected or "").lower())
    return _plain(ours) in (_plain(expected), _plain(_seen(str(expected or ""))))


def _date(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def _plain(text: object) -> str:
    return "".join(str(text or "").split())


def _seen(markup: str) -> str:
    if not markup.strip():
        return ""
    tree = html.fromstring(f"<div>{markup}</div>")
    for element in list(tree.iter("script", "style")):
        element.drop_tree()
    return str(tree.text_content())


def main() -> None:
    """Print, for each suite and field, how many claims are held, and those that are not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, nargs="+")
    options.add_argument("--all", action="store_true", help="print those that are explained too")
    arguments = options.parse_args()
    wrong = sum(_report(folder, explained=arguments.all) for folder in arguments.folder)
    sys.exit(1 if wrong else 0)


def _report(folder: Path, *, explained: bool) -> int:
    """How many claims of one suite are not held, printed with the counts."""
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    suite = list(cases(folder))
    for case in suite:
        parsed = read(case)
        for claim in case.claims:
            ours = found(parsed, claim)
            why = KNOWN.get(f"{case.path.name} {claim.field}", "")
            outcome = "held" if holds(ours, claim) else "explained" if why else "NOT HELD"
            counts[claim.field, outcome] += 1
            if outcome == "NOT HELD" or (outcome == "explained" and explained):
                told = f"{ours!r}, expected {claim.expected!r}"
                print(f"{outcome} {case.path.relative_to(folder)} {claim.field}: {told} {why}")
    print(f"{folder.resolve().parent.name}/{folder.name}: {len(suite)} files, {sum(counts.values())} claims")
    for (field, outcome), times in sorted(counts.items()):
        print(f"  {field:10} {outcome:10} {times:6}")
    return sum(times for (_, outcome), times in counts.items() if outcome == "NOT HELD")


if __name__ == "__main__":
    main()
