"""An archive becomes items and agreements, and no one is mailed: read, skip what is known, classify, store, merge.

It resumes where it was stopped (the offset is stored in the transaction of the batch), and merging waits until all
items are in: each pair is merged once, so the time grows linearly with the number of items.
"""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, delete, exists, select, tuple_
from sqlmodel import Session, col

from classify.model import Labels, Pair, Stage
from feeds.identity import Keys, keys
from seeds.model import Entry, Feed
from storage.cover import cover_pairs, pairs_of
from storage.engine import read, reading, transact
from storage.errors import StoreError
from storage.items import add_many, insert_many, known_many
from storage.lines import Bad, Line, entry_of, host_of, read_lines
from storage.sources import ARCHIVE
from storage.tables import CoverageRow, ItemPair, Meta, PendingPair

BATCH: Final = 2000
"""Lines of one transaction."""
AHEAD: Final = 4
"""Batches that are classified while earlier ones are stored."""

Classify = Callable[[Sequence[Entry]], Sequence[Labels]]


@dataclass(frozen=True, slots=True)
class Backfilled:
    """How far a file was read and what came of it. `offset` counts in the unpacked file, `read` of `size` in the file
    as it is."""

    lines: int = 0
    new: int = 0
    known: int = 0
    bad: int = 0
    agreements: int = 0
    offset: int = 0
    read: int = 0
    size: int = 0
    finished: bool = False
    problem: str = ""
    """Why the rest of the file could not be read, or empty."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    entries: list[Entry]
    names: list[Keys]
    labels: "Future[Sequence[Labels]] | None"
    """None where all are known."""
    bad: list[Bad]
    known: int
    last: Line


def backfill(
    engine: Engine,
    path: Path,
    classify: Classify,
    *,
    version: str,
    feeds: Sequence[Feed] = (),
    executor: Executor | None = None,
    bad_lines: Path | None = None,
    batch: int = BATCH,
    tell: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[Backfilled], None] = lambda _: None,
) -> Backfilled:
    """Take in a file of JSON lines (see `storage.lines`); nothing of it is told to anyone, but with `tell`, which makes
    news of it, however old.

    `classify` gives the labels of a batch of entries by lexicon and weights of `version`; with an `executor` (of
    processes: then it must be a function at module level) it works ahead while earlier batches are stored. An item
    whose address is at the host of one of `feeds` counts as that feed's. Lines that cannot be taken are appended to
    `bad_lines` (default: beside the file, `.bad.jsonl`) with number and reason; after a crash one may stand there
    twice. `progress` is called after each transaction: what it raises stops the work where it can go on.
    """
    mark = f"backfill {_identity(path)}"
    with reading(engine) as session:
        done = replace(_resume(session, mark), size=path.stat().st_size)
    side = bad_lines or path.with_name(path.name + ".bad.jsonl")
    by_key = {ARCHIVE.key: ARCHIVE, **{feed.key: feed for feed in feeds}}
    hosts = _hosts(feeds)
    lines = read_lines(path, start=done.offset, number=done.lines)
    problem: list[str] = []
    chunks = _chunks(engine, _stopping(lines, problem), hosts, classify, executor, batch, now)
    for chunk in _ahead(chunks):
        _write_bad(side, chunk.bad)  # before the commit: what is stored is not read again
        done = _store(engine, chunk, by_key, mark, done, version, now(), tell=tell)
        progress(done)
    covered = cover_pending(engine, now, progress=lambda: progress(done))
    done = replace(done, agreements=covered, finished=True, problem=problem[0] if problem else "")
    if not problem:
        transact(engine, lambda session: session.execute(delete(Meta).where(col(Meta.key) == mark)) and None)
    progress(done)
    return done


def cover_pending(
    engine: Engine, now: Callable[[], datetime], some: int = 100, *, progress: Callable[[], None] = lambda: None
) -> int:
    """Merge the pairs that wait for it, some in a transaction; the number of new agreements."""
    count = 0
    while True:
        new = transact(engine, lambda session: _cover_some(session, now(), some))
        if new is None:
            return count
        count += new
        progress()


def _cover_some(session: Session, now: datetime, some: int) -> int | None:
    row = PendingPair
    pairs = session.execute(select(col(row.a), col(row.b)).order_by(col(row.a), col(row.b)).limit(some)).tuples().all()
    if not pairs:
        return None
    covered = cover_pairs(session, pairs, now, fresh=_uncovered(session, pairs))
    session.execute(delete(row).where(tuple_(col(row.a), col(row.b)).in_(pairs)))
    return len(covered.new)


def _uncovered(session: Session, pairs: Sequence[Pair]) -> Collection[int]:
    """The items about these pairs that were merged by no one yet: those that may be told are news."""
    own, done = ItemPair, CoverageRow
    merged = exists().where(col(done.item) == col(own.item), col(done.a) == col(own.a), col(done.b) == col(own.b))
    statement = select(col(own.item)).where(tuple_(col(own.a), col(own.b)).in_(pairs), col(own.stage) != Stage.NONE)
    return session.scalars(statement.where(~merged)).all()


def _resume(session: Session, mark: str) -> Backfilled:
    row = session.get(Meta, mark)
    return Backfilled(**json.loads(row.value)) if row else Backfilled()


def _identity(path: Path) -> str:
    """Tells a file by its first 64 kB: one that was stopped and grew goes on where it was, unless it is smaller."""
    try:
        with path.open("rb") as stream:
            return hashlib.blake2b(stream.read(65536), digest_size=16).hexdigest()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from error


def _stopping(lines: Iterator[Line], problem: list[str]) -> Iterator[Line]:
    """The lines up to where the file cannot be read any further; why goes into `problem`."""
    try:
        yield from lines
    except StoreError as error:
        problem.append(str(error))


def _chunks(
    engine: Engine,
    lines: Iterator[Line],
    hosts: Mapping[str, str],
    classify: Classify,
    executor: Executor | None,
    batch: int,
    now: Callable[[], datetime],
) -> Iterator[_Chunk]:
    """Batches of lines, read, and given to be classified as far as they are not known."""
    while some := list(islice(lines, batch)):
        entries, names, bad = _read(some, hosts, now())
        held = read(engine, partial(known_many, entries=entries, names=names))
        fresh = [number for number, is_known in enumerate(held) if not is_known]
        new = [entries[number] for number in fresh]
        labels = _submit(executor, classify, new) if new else None
        yield _Chunk(new, [names[n] for n in fresh], labels, bad, len(entries) - len(new), some[-1])


def _read(lines: Iterable[Line], hosts: Mapping[str, str], now: datetime) -> tuple[list[Entry], list[Keys], list[Bad]]:
    entries: list[Entry] = []
    names: list[Keys] = []
    bad: list[Bad] = []
    for line in lines:
        if line.data.isspace():
            continue
        one = entry_of(line, now, hosts, ARCHIVE.key)
        if isinstance(one, Bad):
            bad.append(one)
        else:
            entries.append(one)
            names.append(keys(one))
    return entries, names, bad


def _submit(executor: Executor | None, classify: Classify, entries: list[Entry]) -> "Future[Sequence[Labels]]":
    if executor is not None:
        return executor.submit(classify, entries)
    done: Future[Sequence[Labels]] = Future()
    done.set_result(classify(entries))
    return done


def _ahead(chunks: Iterable[_Chunk]) -> Iterator[_Chunk]:
    """The same batches in the same order, some of them begun before they are wanted."""
    waiting: deque[_Chunk] = deque()
    for chunk in chunks:
        waiting.append(chunk)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting


def _store(
    engine: Engine, chunk: _Chunk, feeds: Mapping[str, Feed], mark: str, done: Backfilled, version: str, now: datetime,
    *, tell: bool,
) -> Backfilled:  # fmt: skip
    """One batch and how far we are, in one transaction."""
    labels = chunk.labels.result() if chunk.labels else []

    def work(session: Session) -> Backfilled:
        added = add_many(
            session, feeds, chunk.entries, labels, version=version, now=now, window=None, tell=tell,
            names=chunk.names,
        )  # fmt: skip
        _remember_pairs(session, pairs_of(session, added.items))
        so_far = replace(
            done, lines=chunk.last.number, offset=chunk.last.end, read=chunk.last.read,
            new=done.new + len(added.items), known=done.known + chunk.known + added.known + added.revised,
            bad=done.bad + len(chunk.bad),
        )  # fmt: skip
        value = json.dumps({name: getattr(so_far, name) for name in ("lines", "offset", "new", "known", "bad")})
        session.merge(Meta(key=mark, value=value))
        return so_far

    return transact(engine, work)


def _remember_pairs(session: Session, pairs: Iterable[Pair]) -> None:
    insert_many(session, PendingPair, [{"a": a, "b": b} for a, b in pairs])


def _write_bad(side: Path, bad: Sequence[Bad]) -> None:
    if bad:
        with side.open("a", encoding="utf-8") as stream:
            for one in bad:
                row = {"line": one.line, "reason": one.reason, "text": one.text}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def _hosts(feeds: Sequence[Feed]) -> dict[str, str]:
    """Keys of watched feeds by the host that they and their items live at; the first declared of a host has it."""
    found: dict[str, str] = {}
    for feed in feeds:
        found.setdefault(host_of(feed.url), feed.key)
    return found
