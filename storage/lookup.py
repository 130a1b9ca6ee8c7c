"""What we hold under the names of entries, in bulk; `feeds.identity` says what follows from it."""

import hashlib
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
    """What each entry is to the items that share a name with it.

    Nearly all entries of a poll are held as they read. One look by all names together settles those; only the others
    are looked for by each name.
    """
    settled = _settled(session, entries, names)
    others = [own for number, own in enumerate(names) if number not in settled]
    return identity.sort(entries, _sharing(session, others), names, settled)


def names_of(own: identity.Keys) -> dict[str, bytes]:
    """The columns that hold an entry's names."""
    return {f"{name}_key": bytes.fromhex(getattr(own, name)) for name in (*NAMES, "text")}


def whole_key(names: Mapping[str, bytes], published: datetime | None, revises: int | None = None) -> bytes:
    """All names together, and the time of publication: what `Item.identity` holds."""
    whole = b"\0".join((*names.values(), str(published).encode(), str(revises).encode()))
    return hashlib.blake2b(whole, digest_size=16).digest()


def _settled(session: Session, entries: Sequence[Entry], names: Sequence[identity.Keys]) -> dict[int, int]:
    """Those entries (by number) that an item (by id) is in every name, read from one index alone."""
    if not entries:
        return {}
    wholes = [whole_key(names_of(own), entry.published) for entry, own in zip(entries, names, strict=True)]
    own = table(Item).c
    statement = select(own.identity, own.id).where(_among(session.get_bind().dialect.name, own.identity, {*wholes}))
    held: dict[bytes, int] = dict(session.execute(statement).tuples().all())
    return {number: held[whole] for number, whole in enumerate(wholes) if whole in held}


def _sharing(session: Session, names: Sequence[identity.Keys]) -> Collection[identity.Known]:
    """What is held, first texts and later wordings, under one of these names."""
    if not names:
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
    return found.values()


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
