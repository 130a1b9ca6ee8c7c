"""What Gmail, Outlook, Apple Mail and Yahoo don't support (caniemail's data) is on a written list of harmless losses,
and the HTML is valid (html-validate) but for what mail programs need.

Needs node, and the npm packages caniemail and html-validate beside axe-core (`PACTWATCH_AXE`); CI installs them.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
MODULES = Path(os.environ.get("PACTWATCH_AXE", "/nowhere")) / "node_modules"
HARMLESS = {
    "@media": "own dark colours are lost; inline colours survive, and survive inversion",
    "<style> element": "the same: all that matters is inlined",
    "<body> element": "its margin is lost; the wrapper carries ground and letters",
    "text-decoration-color": "underlines take the colour of the words",
    "overflow-wrap": "a very long word may widen the column",
    "overflow": "as overflow-wrap",
    "white-space": "codes and stages may break",
    "aria-label attribute": "the title names the mail too",
    "aria-hidden attribute": "the mark of a stage is read aloud before its word",
    "role attribute": "layout tables may be announced",
    "height property": "line heights are rounded",
    "Local anchors": "a count of the first line leads nowhere; all items stand below it in the order of the counts",
}
SCRIPT = """
import { caniemail } from 'caniemail';
import { readFileSync } from 'fs';
const clients = ['gmail.*', 'outlook.*', 'apple-mail.*', 'yahoo.*'];
const found = caniemail({ clients, html: readFileSync(process.argv[1], 'utf8') }).issues.errors;
console.log(JSON.stringify([...new Set([...found.values()].flat().map(issue => issue.title))]));
"""

RULES = {
    "extends": ["html-validate:standard"],
    "rules": {
        "long-title": "off",
        "no-trailing-whitespace": "off",
        "no-deprecated-attr": "off",
    },
}
"""Subjects may have 70 characters; Outlook for Windows lays tables out by `width`, `align` and `cellpadding` only."""
NAMES = sorted(file.name for file in GOLDEN.glob("*.html"))


def needs(package: str) -> pytest.MarkDecorator:
    there = (MODULES / package).is_dir() and shutil.which("node")
    return pytest.mark.skipif(not there, reason=f"node or the package {package} is missing (PACTWATCH_AXE)")


@needs("html-validate")
def test_the_html_is_valid(tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES))
    command = ["node", str(MODULES / "html-validate/bin/html-validate.mjs"), "--config", str(rules)]
    run = subprocess.run(
        [*command, *(str(GOLDEN / name) for name in NAMES)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[:4000] + run.stderr[:1000]


@needs("caniemail")
@pytest.mark.parametrize("name", NAMES)
def test_only_harmless_losses(name: str) -> None:
    command = ["node", "--input-type=module", "-e", SCRIPT, str(GOLDEN / name)]
    said = subprocess.run(command, capture_output=True, check=False, cwd=MODULES.parent)
    assert said.returncode == 0, said.stderr.decode()
    assert set(json.loads(said.stdout)) <= set(HARMLESS)
