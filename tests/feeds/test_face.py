"""The names that the room offers are loaded when used, and are what they say."""

import subprocess
import sys
from types import ModuleType

import feeds
import seeds


def test_every_name_is_there_and_no_module_hides_it() -> None:
    for room, modules in ((feeds, ("errors", "identity")), (seeds, ("opml",))):
        for _ in range(2):  # a first use loads modules, which must not take a name's place
            for name in room.__all__:
                assert isinstance(getattr(room, name), ModuleType) is (name in modules), name


def test_a_parsing_process_loads_no_client() -> None:
    """What reads strangers' bytes starts quickly and holds nothing that can connect."""
    code = "import sys, feeds.worker; print([m for m in ('aiohttp', 'pydantic', 'trafilatura') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
