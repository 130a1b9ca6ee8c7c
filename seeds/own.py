"""The user's own `feeds.toml`: written to without touching the comments that stand in it."""

from collections.abc import Iterable
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from seeds.address import normal
from seeds.declared import KEY, SeedError, _read
from seeds.model import Feed

_FIRST = "# Own feeds, beside the built-in watch list. One table a feed; `pactwatch feeds add URL` writes here.\n"


def add_feeds(path: Path, feeds: Iterable[Feed]) -> None:
    """Append feeds to the user's file (made where there is none); comments and order of the rest stay. All or none.

    `SeedError` where a key or an address is there already, where a code is none, or where the file can't be read.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else _FIRST
    present = _read(path) if path.exists() else {}
    keys = dict.fromkeys(present)
    addresses = {normal(feed.url): feed.key for feed in present.values()}
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise SeedError([f"{path}: {error}"]) from error
    tables = document.setdefault("feeds", tomlkit.table(is_super_table=True))
    for feed in feeds:
        same = feed.key if feed.key in keys else addresses.get(normal(feed.url))
        if same is not None:
            raise SeedError([f"{path}: [feeds.{same}] is there already; nothing was written"])
        if not KEY.fullmatch(feed.key):
            raise SeedError([f"{path}: {feed.key!r} can't be a key; use lower-case letters, digits and dashes"])
        keys[feed.key], addresses[normal(feed.url)] = None, feed.key
        tables[feed.key] = _table(feed)
    _write_whole(path, tomlkit.dumps(document))


def _table(feed: Feed) -> Table:
    """The fields of a feed that differ from their defaults."""
    plain = Feed(key="", outlet="", url="", country="", lang="")
    table = tomlkit.table()
    for name in Feed.__dataclass_fields__:
        value = getattr(feed, name)
        if name != "key" and value != getattr(plain, name):
            table.add(name, value)
    return table


def _write_whole(path: Path, text: str) -> None:
    """Never half a file, and never one that can't be read back: written beside it, read, and moved over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    try:
        _read(beside)
    except SeedError as error:
        beside.unlink()
        faults = [fault.replace(str(beside), str(path)) for fault in error.faults]
        raise SeedError([f"{fault}; nothing was written" for fault in faults]) from None
    beside.replace(path)
