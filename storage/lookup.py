"""What we hold under the names of entries, in bulk; `feeds.identity` says what follows from it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, LargeBinary, any_, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
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
    if not entries:
        return []
    found: dict[tuple[int, bytes, bytes], identity.Known] = {}
    dialect = session.get_bind().dialect.name
    wanted = {name: {bytes.fromhex(key) for one in names if (key := getattr(one, name))} for name in NAMES}
    for model, number in ((table(Item), "id"), (table(Revision), "item")):
        columns = [model.c[name] for name in (number, "guid_key", "link_key", "title_key", "text_key")]
        by_name = [_among(dialect, model.c[f"{name}_key"], keys) for name, keys in wanted.items() if keys]
        statement = select(*columns, model.c.published, model.c.title, model.c.url).where(or_(false(), *by_name))
        for row in session.execute(statement):
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


def _among(dialect: str, column: ColumnElement[bytes], keys: Collection[bytes]) -> ColumnElement[bool]:
    """That a hash is one of these (at least one), bound as one value: a parameter for each of some thousands of them
    costs SQLAlchemy many times what the look itself costs the database."""
    if dialect == "postgresql":
        return column == any_(literal(sorted(keys), ARRAY(LargeBinary)))
    joined, size = literal(b"".join(sorted(keys)), LargeBinary), len(next(iter(keys)))
    first = select(literal(1).label("at")).cte(recursive=True)
    at = first.union_all(select(first.c.at + size).where(first.c.at + size < func.length(joined)))
    return column.in_(select(func.substr(joined, at.c.at, size)))


def _known(
    item: int, guid: bytes, link: bytes, title: bytes, text: bytes, published: datetime | None, shown: str, url: str
) -> identity.Known:
    day = published.date().isoformat() if published else ""
    keys = identity.Keys(guid=guid.hex(), link=link.hex(), title=title.hex(), day=day, text=text.hex())
    return identity.Known(item, keys, shown, url)
