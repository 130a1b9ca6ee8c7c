"""The papers keep their word: links lead somewhere, and what the README shows is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "classify" / "corpus" / "README.md"])
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_papers_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken


def test_every_page_of_the_docs_is_linked_from_the_readme() -> None:
    assert {f"docs/{page.name}" for page in ROOT.glob("docs/*.md")} == set(
        re.findall(r"\((docs/[a-z-]+\.md)\)", README)
    )


def test_the_first_screen_has_the_two_commands_and_the_way_of_one_item() -> None:
    screen = "\n".join(README.splitlines()[:32])
    for what in (
        "scripts/run",
        "scripts/test",
        "seeds.load_feeds",
        "classify.classify",
        "storage.cover",
        "deliver_due",
    ):
        assert what in screen
    assert (ROOT / "scripts" / "run").stat().st_mode & 0o111
    assert (ROOT / "scripts" / "test").stat().st_mode & 0o111


def test_the_functions_on_the_way_exist() -> None:
    """`room.function(` at the start of a line of the way is a public name of that room."""
    import importlib

    way = README.split("```")[3]
    for dotted in re.findall(r"\b((?:seeds|feeds|classify|storage|alerts)(?:\.\w+)+)\(", way):
        module, _, name = dotted.rpartition(".")
        assert hasattr(importlib.import_module(module), name), dotted


def test_commands_in_the_docs_exist() -> None:
    from flows.cli import COMMANDS

    for page in PAGES:
        named = set(re.findall(r"`pactwatch ([a-z]+)", page.read_text(encoding="utf-8")))
        assert named <= set(COMMANDS), page.name
