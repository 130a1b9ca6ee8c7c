"""What we hold under the names of entries, in bulk; `feeds.identity` says what follows from it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlmodel import Session

from feeds import identity
from seeds.model import Entry
from storage.tables import Item, ItemPair, Revision, table

X = TypeVar("X")
MANY: Final = 5000
"""Values in one IN list."""
NAMES: Final = ("guid", "link", "title")


def chunks(values: Sequence[X], size: int = MANY) -> Iterator[Sequence[X]]:
    """Slices that fit into one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def matched(session: Session, entries: Sequence[Entry], names: Sequence[identity.Keys]) -> list[identity.Match]:
    """What each entry is to the items that share a name with it."""
    found: dict[tuple[int, bytes, bytes], identity.Known] = {}
    for model, number in ((table(Item), "id"), (table(Revision), "item")):
        columns = [model.c[name] for name in (number, "guid_key", "link_key", "title_key", "text_key")]
        statement = select(*columns, model.c.published, model.c.title, model.c.url)
        for some in chunks(names, 3000):
            by_name = [_having(model, name, some) for name in NAMES]
            for row in session.execute(statement.where(or_(*by_name))):
                found[row[0], row[3], row[4]] = _known(*row)
    return identity.sort(entries, found.values(), names)


def told_by(session: Session, matches: Sequence[identity.Match]) -> Mapping[int, set[tuple[str, str, str]]]:
    """What the revised items tell, their altered texts included."""
    revised = sorted({match.of for match in matches if match.verdict == "revision" and match.of is not None})
    found: dict[int, set[tuple[str, str, str]]] = defaultdict(set)
    own, pair = table(Item).c, table(ItemPair).c
    for some in chunks(revised):
        of = func.coalesce(own.revises, own.id)
        statement = select(of, pair.a, pair.b, pair.stage).join(table(ItemPair), pair.item == own.id)
        for item, a, b, stage in session.execute(statement.where(or_(own.id.in_(some), own.revises.in_(some)))):
            found[item].add((a, b, stage))
    return found


def _having(model: Table, name: str, keys: Sequence[identity.Keys]) -> ColumnElement[bool]:
    """That a row has one of these guids, links or titles."""
    return model.c[f"{name}_key"].in_(sorted({bytes.fromhex(key) for one in keys if (key := getattr(one, name))}))


def _known(
    item: int, guid: bytes, link: bytes, title: bytes, text: bytes, published: datetime | None, shown: str, url: str
) -> identity.Known:
    day = published.date().isoformat() if published else ""
    keys = identity.Keys(guid=guid.hex(), link=link.hex(), title=title.hex(), day=day, text=text.hex())
    return identity.Known(item, keys, shown, url)
