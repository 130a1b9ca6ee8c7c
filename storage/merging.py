"""What the agreements of a pair should be: its tellings read from the store, merged by `storage.merge`, with people's
decisions over it. A decision names reports; the record that holds one of them now is the one it speaks of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, tuple_
from sqlmodel import Session, col

from classify.model import Facts, Pair, Stage
from storage import codec, merge
from storage.lookup import chunks
from storage.merge_records import build
from storage.reconcile import Member
from storage.records import Paper, StageDate
from storage.sources import speaks_for
from storage.tables import NO_DAY, Decision, DecisionItem, Item, ItemPair, ItemSector, LabelsRow, Source


@dataclass(frozen=True, slots=True)
class Held:
    """A telling with the item that tells it."""

    item: int
    telling: merge.Telling
    at: datetime
    """When it was published, else when we first saw it."""


@dataclass(frozen=True, slots=True)
class Report:
    """How an item stands in a record."""

    occasion: str
    stage: Stage
    copy_of: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record as the store should hold it."""

    record: merge.Record
    members: Mapping[Member, Report]
    times: Mapping[str, datetime]
    """When each telling was published or seen, by its id."""
    dated: frozenset[str] = frozenset()
    """Those that have a date of publication."""
    rejected: str = ""

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def pair(self) -> Pair:
        return self.record.pair

    @property
    def sectors(self) -> tuple[str, ...]:
        return self.record.sectors

    def reported_by(self, items: Collection[int]) -> bool:
        """Whether one of these items tells of the stage that the record has now."""
        return any(report.stage == self.record.stage and member[0] in items for member, report in self.members.items())

    def values(self) -> dict[str, Any]:
        """The columns of the agreement's row."""
        record, stages = self.record, self._stages()
        one_paper = len(record.papers) == 1
        papers = [
            Paper(
                paper.type, paper.subject, paper.stage, paper.bodies or (record.bodies if one_paper else ()),
                record.people if one_paper else (), paper.amount, paper.currency, paper.several,
            )
            for paper in record.papers
        ]  # fmt: skip
        return {
            "title": record.title, "stage": record.stage.value, "stages": codec.dump(stages), "place": record.place,
            "papers": codec.dump(papers), "confidence": record.confidence, "reason": record.reason,
            "outlets": record.outlets, "officials": list(record.officials), "disputed": list(record.disputed),
            "count": record.count, "people": list(record.people), "bodies": list(record.bodies),
            "first_seen": min(self.times.values()), "latest": self._latest(),
            "planned_on": _planned(stages) if record.stage == Stage.PLANNED else None,
            "signed_on": next((self._day(one) for one in record.stages if one.stage == Stage.SIGNED), None),
            "rejected": self.rejected,
        }  # fmt: skip

    def _stages(self) -> list[StageDate]:
        reached = self.record.stages
        return [StageDate(one.stage, one.on, one.precision, self.times[one.first], one.how) for one in reached]

    def _latest(self) -> datetime:
        """When the present stage happened, as told or else as reported, else when any did: of an item without a date
        that a backfill brings, the time at which we saw it says nothing."""
        reached = self.record.stages
        present = max((self._when(one) for one in reached if one.stage == self.record.stage), default=NO_DAY)
        return present if present > NO_DAY else max(map(self._when, reached))

    def _when(self, one: merge.Reached) -> datetime:
        """An announced day does not count before it comes."""
        at = self.times[one.first]
        told = min(datetime.combine(one.on, time(), UTC), at) if one.on else None
        if one.first not in self.dated:
            return told or NO_DAY
        return told if told and one.precision == "day" and one.stage != Stage.PLANNED else at

    def _day(self, one: merge.Reached) -> date | None:
        return one.on or (self.times[one.first].date() if one.first in self.dated else None)


def wanted(session: Session, pairs: Collection[Pair]) -> dict[Pair, list[Wanted]]:
    """The records of these pairs, each pair's in canonical order."""
    decided = _decisions(session, pairs)
    return {pair: _records(held, decided.get(pair, [])) for pair, held in _held(session, pairs).items()}


@dataclass(frozen=True, slots=True)
class _Decided:
    kind: str
    note: str
    items: frozenset[int]


def _records(held: Sequence[Held], decided: Sequence[_Decided]) -> list[Wanted]:
    """One pair's records: what was split off is merged by itself, then decided mergers and rejections are laid over."""
    lane = {item: number for number, one in enumerate(decided, 1) if one.kind == "split" for item in one.items}
    lanes: dict[int, list[Held]] = defaultdict(list)
    for one in held:
        lanes[lane.get(one.item, 0)].append(one)
    found = [record for _, ones in sorted(lanes.items()) for record in _merged(ones)]
    by_id = {one.telling.id: one for one in held}
    for decision in decided:
        if decision.kind == "merge":
            found = _joined(found, decision, by_id)
    rejections = [one for one in decided if one.kind == "reject"]
    found.sort(key=lambda record: _first_told(record, by_id))
    return [_wanted(record, by_id, rejections) for record in found]


def _merged(held: Iterable[Held]) -> list[merge.Record]:
    return merge.records(merge.occasions(one.telling for one in held))


def _first_told(record: merge.Record, by_id: Mapping[str, Held]) -> tuple[str, datetime, str]:
    """Of records with one key, which only a split gives, that with the first report comes first and keeps the name."""
    key, least = _order(record)
    return key, min(by_id[member.id].at for member in record.members), least


def _order(record: merge.Record) -> tuple[str, str]:
    return record.key, min(member.id for member in record.members)


def _joined(records: list[merge.Record], decision: _Decided, by_id: Mapping[str, Held]) -> list[merge.Record]:
    """The records that hold a report named by a decided merger, as one."""
    mine: list[merge.Record] = []
    others: list[merge.Record] = []
    for record in records:
        named = any(by_id[member.id].item in decision.items for member in record.members)
        (mine if named else others).append(record)
    if len(mine) < 2:
        return records
    by_stage: dict[Stage, list[merge.Occasion]] = defaultdict(list)
    for one in (occasion for record in sorted(mine, key=_order) for occasion in record.occasions):
        by_stage[one.stage].append(one)
    chain = [_one_occasion(ones) for ones in by_stage.values()]
    chain.sort(key=lambda one: (one.when or date.max, one.stage))
    first = min(mine, key=_order)
    return [*others, merge.record_of(first.key, first.pair, chain)]


def _one_occasion(ones: Sequence[merge.Occasion]) -> merge.Occasion:
    if len(ones) == 1:
        return ones[0]
    tellings = {telling.id: telling for one in ones for telling in one.members}
    joined = build(ones[0].pair, [tellings[name] for name in sorted(tellings)])
    return replace(joined, key=ones[0].key)


def _wanted(record: merge.Record, by_id: Mapping[str, Held], rejections: Sequence[_Decided]) -> Wanted:
    a, b = record.pair
    members = {}
    for member in record.members:
        held = by_id[member.id]
        copied = by_id[member.copy_of].item if member.copy_of else None
        members[held.item, a, b] = Report(member.occasion, held.telling.stage, copied)
    items = {item for item, _, _ in members}
    rejected = next((one.note for one in rejections if one.items & items), "")
    times = {member.id: by_id[member.id].at for member in record.members}
    dated = frozenset(name for name in times if by_id[name].telling.published)
    return Wanted(record, members, times, dated, rejected)


def _held(session: Session, pairs: Collection[Pair]) -> Mapping[Pair, list[Held]]:
    """All tellings of these pairs."""
    pair = ItemPair
    statement = (
        select(
            col(pair.item), col(pair.a), col(pair.b), col(pair.stage), col(Item.identity), col(Item.published),
            col(Item.seen), col(Item.lang), col(Item.outlet), col(Item.confidence), col(Source.voice),
            col(Source.official), col(Source.key), col(Item.url), col(LabelsRow.facts),
        )
        .join(Item, col(Item.id) == col(pair.item))
        .join(Source, col(Source.key) == col(Item.source))
        .outerjoin(LabelsRow, col(LabelsRow.item) == col(pair.item))
        .where(tuple_(col(pair.a), col(pair.b)).in_(pairs), col(pair.stage) != Stage.NONE)
    )  # fmt: skip
    rows = session.execute(statement).all()
    sectors = _sectors(session, {row[0] for row in rows})
    found: dict[Pair, list[Held]] = defaultdict(list)
    for item, a, b, stage, identity, published, seen, lang, outlet, sure, voice, official, source, url, facts in rows:
        telling = merge.Telling(
            id=identity.hex(), pair=(a, b), stage=Stage(stage), published=published.date() if published else None,
            lang=lang, voice=outlet or voice, sectors=tuple(sorted(sectors.get(item, ()))),
            facts=codec.load(Facts, facts or {}), confidence=sure, official=speaks_for(source, official, outlet, url),
        )  # fmt: skip
        found[a, b].append(Held(item, telling, published or seen))
    return found


def _sectors(session: Session, items: Collection[int]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for some in chunks(sorted(items)):
        for row in session.execute(
            select(col(ItemSector.item), col(ItemSector.sector)).where(col(ItemSector.item).in_(some))
        ):
            found[row[0]].add(row[1])
    return found


def _decisions(session: Session, pairs: Collection[Pair]) -> Mapping[Pair, list[_Decided]]:
    """Standing decisions on records of these pairs, the oldest first."""
    one = DecisionItem
    statement = (
        select(col(Decision.id), col(Decision.kind), col(Decision.note), col(one.item), col(one.a), col(one.b))
        .join(one, col(one.decision) == col(Decision.id))
        .where(tuple_(col(one.a), col(one.b)).in_(pairs), col(Decision.undone).is_(None))
        .where(col(Decision.kind).in_(("reject", "merge", "split")))
        .order_by(col(Decision.id))
    )
    items: dict[tuple[Pair, int, str, str], set[int]] = defaultdict(set)
    for number, kind, note, item, a, b in session.execute(statement):
        items[(a, b), number, kind, note].add(item)
    found: dict[Pair, list[_Decided]] = defaultdict(list)
    for (pair, _, kind, note), named in items.items():
        found[pair].append(_Decided(kind, note, frozenset(named)))
    return found


def _planned(stages: Sequence[StageDate]) -> date | None:
    """The last day on which an announced signing may be, as far as it is told."""
    told = [one for one in stages if one.stage == Stage.PLANNED and one.on is not None]
    if not told or (on := told[-1].on) is None or told[-1].precision == "year":
        return None
    if told[-1].precision == "day":
        return on
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
