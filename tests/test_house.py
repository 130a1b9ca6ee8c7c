"""The plan of the house: rooms in one line, every library at home in one room, no room hidden behind a test folder."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("classify", "seeds", "feeds", "storage", "alerts", "flows")
"""Each imports only rooms that stand before it."""

HOMES = {
    "ahocorasick_rs": {"classify"},
    "aiohttp": {"feeds"},
    "feedparser": {"feeds"},
    "trafilatura": {"feeds"},
    "protego": {"feeds"},
    "charset_normalizer": {"feeds"},
    "publicsuffixlist": {"feeds"},
    "lxml": {"feeds"},
    "sqlmodel": {"storage"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "jinja2": {"alerts"},
    "css_inline": {"alerts"},
    "icalendar": {"alerts"},
    "xlsxwriter": {"alerts"},
    "smtplib": {"alerts"},
    "apprise": {"alerts"},
    "prefect": {"flows"},
    "click": {"flows"},
    "rich": {"flows"},
    "pydantic_settings": {"flows"},
    "platformdirs": {"flows"},
    "cronsim": {"flows"},
    "tomlkit": {"seeds", "flows"},
    "pydantic": {"seeds", "feeds", "storage", "alerts", "flows"},
}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a file, also those inside functions, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.split(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_above_it(room: str) -> None:
    below = set(ROOMS[ROOMS.index(room) + 1 :])
    wrong = [
        f"{p.relative_to(ROOT)}:{line} imports {top}" for p in modules(room) for line, top in imports(p) if top in below
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", ROOMS)
def test_libraries_stay_at_home(room: str) -> None:
    wrong = [
        f"{p.relative_to(ROOT)}:{line} imports {top}, whose home is {', '.join(sorted(HOMES[top]))}"
        for p in modules(room)
        for line, top in imports(p)
        if top in HOMES and room not in HOMES[top]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_runtime_dependency_is_imported_or_says_why_it_stands_there() -> None:
    """A dependency that nothing imports is either a pin (with its reason beside it) or dead weight."""
    names = {"charset-normalizer": "charset_normalizer", "pydantic-settings": "pydantic_settings"}
    pins = {"fastapi", "tzdata"}
    listed = [
        line.split('"')[1]
        for line in (ROOT / "pyproject.toml")
        .read_text(encoding="utf-8")
        .split("dependencies = [")[1]
        .split("\n]")[0]
        .splitlines()
        if '"' in line
    ]
    used = {top for room in ROOMS for path in modules(room) for _, top in imports(path)}
    project = {requirement.split(">")[0].split("=")[0].split("<")[0] for requirement in listed}
    unused = {name for name in project - pins if names.get(name, name.replace("-", "_")) not in used}
    assert not unused


def test_no_file_in_flows_hides_a_module() -> None:
    """Prefect puts the folder of a flow first on the path: a file there must not have the name of anything else."""
    import sys
    from importlib.metadata import packages_distributions

    taken = set(sys.stdlib_module_names) | set(packages_distributions()) | set(ROOMS)
    assert not {p.stem for p in (ROOT / "flows").glob("*.py")} - {"__init__"} & taken


def test_no_test_folder_hides_a_room() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_wheel_holds_every_room() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(ROOMS)
