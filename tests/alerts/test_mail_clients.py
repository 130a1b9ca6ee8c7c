"""What Gmail, Outlook, Apple Mail and Yahoo don't support (caniemail's data) is on a written list of harmless losses.

Needs node, and the npm package caniemail beside axe-core (`PACTWATCH_AXE`); CI installs both.
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
}
SCRIPT = """
import { caniemail } from 'caniemail';
import { readFileSync } from 'fs';
const clients = ['gmail.*', 'outlook.*', 'apple-mail.*', 'yahoo.*'];
const found = caniemail({ clients, html: readFileSync(process.argv[1], 'utf8') }).issues.errors;
console.log(JSON.stringify([...new Set([...found.values()].flat().map(issue => issue.title))]));
"""

pytestmark = pytest.mark.skipif(
    not (MODULES / "caniemail").is_dir() or not shutil.which("node"), reason="node or the package caniemail is missing"
)


@pytest.mark.parametrize("name", sorted(file.name for file in GOLDEN.glob("*.html")))
def test_only_harmless_losses(name: str) -> None:
    command = ["node", "--input-type=module", "-e", SCRIPT, str(GOLDEN / name)]
    said = subprocess.run(command, capture_output=True, check=False, cwd=MODULES.parent)
    assert said.returncode == 0, said.stderr.decode()
    assert set(json.loads(said.stdout)) <= set(HARMLESS)
