"""Which reports tell of the same occasion, and which occasions are steps of one agreement: pure, over tellings.

The outcome depends on nothing but the set of tellings: not on their order, nor on batches or workers. docs/merging.md
tells how it is decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from classify.model import Pair, Stage
from storage.merge_agreement import Member, Reached, Record, record_of
from storage.merge_groups import groups, kind_of
from storage.merge_likeness import Telling
from storage.merge_papers import Paper
from storage.merge_records import Occasion, build, chains, keyed, month_of, numbered

__all__ = [
    "Member",
    "Occasion",
    "Paper",
    "Reached",
    "Record",
    "Telling",
    "events",
    "occasions",
    "record_of",
    "records",
]


def occasions(tellings: Iterable[Telling]) -> list[Occasion]:
    """The occasions that the tellings tell of, of any mix of pairs, sorted by pair and time."""
    by_pair: dict[Pair, dict[str, dict[str, Telling]]] = defaultdict(lambda: defaultdict(dict))
    for one in tellings:
        if one.stage != Stage.NONE:
            held = by_pair[one.pair][kind_of(one.stage)]
            held[one.id] = min(held.get(one.id, one), one, key=_of_twins)
    found: list[Occasion] = []
    for pair, kinds in sorted(by_pair.items()):
        built = [build(pair, members) for _, ones in sorted(kinds.items()) for members in groups(list(ones.values()))]
        built.sort(key=_canonical)
        found += [replace(one, key=key) for one, key in zip(built, keyed(built), strict=True)]
    return found


def _of_twins(one: Telling) -> tuple[str, float, date, str]:
    """Which of two tellings with one id is taken, whatever their order."""
    return one.stage, -one.confidence, one.published or date.max, one.voice


def _canonical(one: Occasion) -> tuple[date, str, str]:
    return one.when or date.max, one.stage, min(member.id for member in one.members)


def events(tellings: Iterable[Telling]) -> dict[str, str]:
    """The key of the occasion that each item tells of; of an item with several pairs, that of the first."""
    said: dict[str, str] = {}
    for one in occasions(tellings):
        for member in one.members:
            said.setdefault(member.id, one.key)
    return said


def records(found: Iterable[Occasion]) -> list[Record]:
    """The agreements that the occasions are steps of, sorted by pair and key's month."""
    by_pair: dict[Pair, list[Occasion]] = defaultdict(list)
    for one in found:
        by_pair[one.pair].append(one)
    told: list[Record] = []
    for pair, ones in sorted(by_pair.items()):
        linked = chains(sorted(ones, key=_canonical))
        linked.sort(key=lambda chain: (_month(chain), _canonical(chain[0])))
        keys = numbered([f"{pair[0].lower()}-{pair[1].lower()}-{_month(chain)}" for chain in linked])
        told += [record_of(key, pair, chain) for key, chain in zip(keys, linked, strict=True)]
    return told


def _month(chain: Sequence[Occasion]) -> str:
    """The month of the signing, else of the first step."""
    return month_of(next((one for one in chain if one.stage == Stage.SIGNED), chain[0]))
