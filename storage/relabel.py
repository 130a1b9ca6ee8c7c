"""Reading the archive again with a new lexicon or model: what must change changes, and no one is mailed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Engine, delete, func, select, update
from sqlmodel import Session, col

from classify.model import Labels
from storage.correct import apply
from storage.cover import cover_pairs, pairs_of
from storage.engine import reading, transact
from storage.items import insert_many, label_rows, version_id
from storage.tables import Decision, DecisionItem, Item, ItemPair, ItemSector, LabelsRow, Source, Version

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Stale:
    """An item whose labels are of another version, as it was read."""

    id: int
    title: str
    text: str
    lang: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Reclassified:
    """What reading again changed: `changed` items have another stage or other pairs, `new` and `moved` are keys."""

    items: int = 0
    changed: int = 0
    new: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    left: int = 0


def stale(session: Session, version: str) -> int:
    """How many items carry labels of another version and could be read again (their text is still here)."""
    return session.scalar(select(func.count()).select_from(Item).where(*_is_stale(session, version))) or 0


def reclassify(
    engine: Engine,
    classify: Callable[[Sequence[Stale]], Sequence[Labels]],
    *,
    version: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[Reclassified], None] = lambda _: None,
) -> Reclassified:
    """Read all stale items again, a thousand in a transaction; safe to stop and to begin anew.

    Decisions of people are written over the new labels. Items whose text retention removed keep their labels.
    """
    with reading(engine) as session:
        done = Reclassified(left=stale(session, version))
    while some := _some(engine, version):
        labels = classify(some)
        step = transact(engine, partial(_write, some=some, labels=labels, version=version, now=now()))
        done = Reclassified(
            done.items + step.items, done.changed + step.changed, done.new + step.new, done.moved + step.moved,
            done.left - step.items,
        )  # fmt: skip
        progress(done)
    return done


def _is_stale(session: Session, version: str) -> list[Any]:
    present = session.scalar(select(col(Version.id)).where(col(Version.name) == version))
    return [col(Item.version) != (present or 0), col(Item.cut).is_(False)]


def _some(engine: Engine, version: str) -> list[Stale]:
    with reading(engine) as session:
        statement = (
            select(col(Item.id), col(Item.title), col(Item.text), col(Item.lang), col(Source.lang), col(Item.published))
            .join(Source, col(Source.key) == col(Item.source))
            .where(*_is_stale(session, version))
            .order_by(col(Item.id))
            .limit(BATCH)
        )
        return [
            Stale(number, title, text, feed_lang or ("" if lang == "und" else lang), published)
            for number, title, text, lang, feed_lang, published in session.execute(statement)
        ]


def _write(
    session: Session, some: Sequence[Stale], labels: Sequence[Labels], version: str, now: datetime
) -> Reclassified:
    ids = [one.id for one in some]
    before, old = _stages(session, ids), set(pairs_of(session, ids))
    with_rows = set(session.scalars(select(col(LabelsRow.item)).where(col(LabelsRow.item).in_(ids))))
    for model in (ItemSector, ItemPair, LabelsRow):
        if with_rows:
            session.execute(delete(model).where(col(model.item).in_(with_rows)))
    rows = [label_rows(one.id, said) for one, said in zip(some, labels, strict=True)]
    for model in (LabelsRow, ItemPair, ItemSector):
        insert_many(session, model, [row for one in rows for row in one.get(model, ())])
    number = version_id(session, version)
    values = [
        {
            "id": one.id, "stage": said.agreement.value, "confidence": said.confidence, "lang": said.lang,
            "version": number,
        }
        for one, said in zip(some, labels, strict=True)
    ]  # fmt: skip
    session.execute(update(Item), values)
    session.expire_all()
    apply(session, _corrections(session, ids))
    touched = old | set(pairs_of(session, ids))
    covered = cover_pairs(session, touched, now, note=f"read again by {version}")
    after = _stages(session, ids)
    changed = sum(before.get(number) != after.get(number) for number in ids)
    return Reclassified(len(ids), changed, covered.new, covered.changed)


def _stages(session: Session, ids: Sequence[int]) -> dict[int, set[tuple[str, str, str]]]:
    """What items tell of whom."""
    found: dict[int, set[tuple[str, str, str]]] = {}
    for row in session.scalars(select(ItemPair).where(col(ItemPair.item).in_(ids))):
        found.setdefault(row.item, set()).add((row.a, row.b, row.stage))
    return found


def _corrections(session: Session, ids: Sequence[int]) -> Sequence[Decision]:
    spoken = select(col(DecisionItem.decision)).where(col(DecisionItem.item).in_(ids))
    statement = select(Decision).where(col(Decision.kind) == "relabel", col(Decision.undone).is_(None))
    return session.scalars(statement.where(col(Decision.id).in_(spoken)).order_by(col(Decision.id))).all()
