"""All that is seen in an item before anything is decided, with what stands in each of its sentences."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from classify.acts import Act
from classify.cues import Cue
from classify.dates import Told
from classify.model import Pair, Stage
from classify.names import Mention
from classify.sides import LEAD, Side, Together
from classify.text import Document
from classify.wordlists import Seen as Word

_OWNED = re.compile(r"['’]s?\s(?:[a-z]\w*\s){0,2}(?:[A-Z][\w&.-]*,?\s){1,3}(?:and\s|has\s|have\s)?")
"""'Norway's Golar ', 'Norway's state oil firm Equinor has ': up to three capitalised words behind a possessive."""

Placed = TypeVar("Placed", Cue, Mention)


def by_sentence(found: Iterable[Placed]) -> dict[int, list[Placed]]:
    """What stands in each sentence, in order."""
    groups: dict[int, list[Placed]] = defaultdict(list)
    for one in found:
        groups[one.sentence].append(one)
    return groups


@dataclass(frozen=True)
class Seen:
    """All that is seen in an item before anything is decided."""

    doc: Document
    mentions: Sequence[Mention]
    cues: Sequence[Cue]
    acts: Sequence[Act]
    sides: Mapping[str, Side]
    together: Mapping[Pair, Together]
    partners: Sequence[frozenset[Pair]] = ()
    """For each act, the pairs that it joins by its grammar."""
    words: Sequence[Word] = ()
    """The words that facts are told in, looked for where there is an act."""
    told: Sequence[Told] = ()
    """The dates among them."""

    @property
    def is_headline(self) -> bool:
        """Whether the item has no text but its title."""
        return self.doc.title_end + 1 >= len(self.doc.norm)

    @cached_property
    def cues_in(self) -> Mapping[int, Sequence[Cue]]:
        """The cues of each sentence."""
        return by_sentence(self.cues)

    @cached_property
    def codes_in(self) -> Mapping[int, frozenset[str]]:
        """The sides that each sentence names."""
        groups = by_sentence(self.mentions)
        return {at: frozenset(one.code for one in group if one.code in self.sides) for at, group in groups.items()}

    @cached_property
    def best(self) -> Mapping[Stage, Act]:
        """The plainest act for each stage, background left out."""
        best: dict[Stage, tuple[float, Act]] = {}
        for act in self.acts:
            plain = 0.0 if act.old else plainness(self, act)
            if plain > best.get(act.stage, (0.0, act))[0]:
                best[act.stage] = plain, act
        return {stage: act for stage, (_, act) in best.items()}

    @cached_property
    def owned(self) -> frozenset[int]:
        """The sentences with an act whose subject is something of a country that bears a name of its own."""
        return frozenset(act.sentence for act in self.acts if is_owned(self, act))


def part(sentence: int) -> str:
    """Which part of an item a sentence belongs to."""
    return "title" if sentence == 0 else "lead" if sentence <= LEAD else "rest"


def codes_in(seen: Seen, sentence: int) -> frozenset[str]:
    """The sides that a sentence names."""
    return seen.codes_in.get(sentence, frozenset())


def reach(seen: Seen, act: Act) -> float:
    """How surely an act joins two countries: both in its sentence, one and another in the title, or none."""
    here = codes_in(seen, act.sentence)
    if len(here) >= 2:
        return 1.0
    return 0.85 if len(here | codes_in(seen, 0)) >= 2 else 0.75 if here else 0.6


def plainness(seen: Seen, act: Act) -> float:
    """How plainly an act is told: its own strength, whom it joins, how early it stands."""
    late = max(0.6, 1.0 - 0.05 * max(0, act.sentence - LEAD))
    return act.strength * reach(seen, act) * late


def is_owned(seen: Seen, act: Act) -> bool:
    """Whether the act's subject is something of a country that bears a name of its own: 'Norway's Golar signs'."""
    doc = seen.doc
    before = [mention for mention in seen.mentions if mention.sentence == act.sentence and mention.end <= act.cue.start]
    if not before or before[-1].kind == "leader":
        return False
    last = before[-1].end
    if any(
        cue.kind in ("actor", "body") and cue.code != "private" and last <= cue.start < act.cue.start
        for cue in seen.cues_in.get(act.sentence, ())
    ):
        return False
    return bool(_OWNED.fullmatch(doc.norm, last, act.cue.start))


def partners_of(seen: Seen, act: Act) -> frozenset[Pair]:
    """The pairs that an act joins by its grammar."""
    return next((joined for one, joined in zip(seen.acts, seen.partners, strict=False) if one is act), frozenset())
