"""Who stands on the two sides of an act: the countries before and after it, without places, onlookers and rivals.

'A and B sign', 'A signs with B', 'signed by A and B', 'signed between A and B': the countries nearest to the act make
its sides. What
follows a word such as 'amid' or 'to counter', or stands after 'in', is none.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from classify.acts import Act
from classify.cues import any_of, settings
from classify.model import Pair, pair
from classify.names import Mention
from classify.sides import LIST_GAP, is_place, rows_of
from classify.text import Document

_LIST_REACH = 24
_WITH_REACH = 16


class _Links(NamedTuple):
    with_: frozenset[str]
    by: re.Pattern[str] | None
    tail: re.Pattern[str] | None
    says: re.Pattern[str] | None


@cache
def _links(lang: str) -> _Links:
    with_ = frozenset(settings(lang).get("with", ()))
    return _Links(with_, any_of(lang, "by"), any_of(lang, "tail"), any_of(lang, "says"))


def sides_of(doc: Document, act: Act, mentions: Sequence[Mention]) -> frozenset[Pair]:
    """The pairs that the act joins by its grammar, of the countries named in its sentence; none where it does not
    tell."""
    links = _links(doc.lang)
    here = _standing(doc, act, mentions, links)
    groups = _groups(doc, here)
    before = [group for group in groups if group[0].start < act.cue.start]
    after = [group for group in groups if group[0].start >= act.cue.start]
    return _joined(doc, act, before, after, links)


def across(doc: Document, here: Sequence[Mention], following: Sequence[Mention]) -> frozenset[Pair]:
    """The pairs of 'five states each signed with A. B, C, D, E and F did so': the only country of the act's sentence
    with each of a row in the next."""
    hub = _codes(here)
    rows = rows_of(doc, following)
    if len(hub) != 1 or len(rows) != 1:
        return frozenset()
    row = next(iter(rows))
    return frozenset() if hub[0] in row else _all(hub, sorted(row))


def _standing(doc: Document, act: Act, here: Sequence[Mention], links: _Links) -> list[Mention]:
    """The mentions of a sentence that can be sides: no places, nothing behind a word for what only surrounds the
    act."""
    sentence = doc.sentences[act.sentence]
    ends = sentence.end
    if links.tail and (tail := links.tail.search(doc.folded, act.cue.end, sentence.end)):
        ends = tail.start()
    if links.says:
        ends = min(ends, _attribution(doc, act, ends, links.says))
    begins = _headline_part(doc, act, sentence.start)
    kept = [mention for mention in here if begins <= mention.start < ends]
    if len({mention.code for mention in kept}) < 2:
        kept = [mention for mention in here if mention.start < ends]
    if links.tail and (opening := links.tail.match(doc.folded, sentence.start, act.cue.start)):
        comma = doc.folded.find(",", opening.end(), act.cue.start)
        kept = [mention for mention in kept if comma < 0 or mention.start > comma]
    row = next(iter(rows_of(doc, kept)), frozenset())  # of 'ministers from A, B and C' none is a mere place
    placed = [mention for mention in kept if mention.code in row or not is_place(doc, mention)]
    return placed if len({mention.code for mention in placed}) >= 2 else kept


def _attribution(doc: Document, act: Act, ends: int, says: re.Pattern[str]) -> int:
    """Where ', the US says' begins behind the act; the end where nothing such follows."""
    comma = max(doc.folded.rfind(",", act.cue.end, ends), doc.folded.rfind(":", act.cue.end, ends))
    return comma if comma >= 0 and says.search(doc.folded, comma, ends) else ends


def _headline_part(doc: Document, act: Act, begin: int) -> int:
    """Where the part of a headline that tells of the act begins: after its last colon or bar."""
    if act.sentence:
        return begin
    return max(doc.folded.rfind(mark, begin, act.cue.start) for mark in (": ", " | ", "; ")) + 1 or begin


def _groups(doc: Document, here: Sequence[Mention]) -> list[list[Mention]]:
    """Countries named side by side; one named twice in a row counts once."""
    groups: list[list[Mention]] = []
    for mention in here:
        if groups and _continues(doc, groups[-1][-1], mention):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def _continues(doc: Document, one: Mention, other: Mention) -> bool:
    gap = other.start - one.end
    return one.code == other.code or (
        0 <= gap <= _LIST_REACH and bool(LIST_GAP.fullmatch(doc.folded, one.end, other.start))
    )


def _joined(
    doc: Document, act: Act, before: list[list[Mention]], after: list[list[Mention]], links: _Links
) -> frozenset[Pair]:
    left = _codes(before[-1]) if before else []
    right = _codes(after[0]) if after else []
    partners = _with_group(doc, before, after, links)
    if partners:
        others = [group for group in (*reversed(before), *after) if not _after_with(doc, group[0], links)]
        if others and not (before and others[0] is before[-1] and len(left) == 2):
            return _all(_codes(others[0]), partners)
    if len(left) == 2:
        return _all(left[:1], left[1:])
    if len(left) > 2:
        return _all(left, right) if len(right) == 1 else frozenset()
    if len(right) == 2 and (not left or (links.by and links.by.search(doc.folded, act.cue.end, after[0][0].start))):
        return _all(right[:1], right[1:])
    if left and right:
        return _all(left, right) or _all(left, _codes(after[1]) if len(after) > 1 else [])
    two = before[-2:] if left else after[:2]
    return _all(_codes(two[0]), _codes(two[1])) if len(two) == 2 else frozenset()


def _with_group(doc: Document, before: list[list[Mention]], after: list[list[Mention]], links: _Links) -> list[str]:
    """The countries behind 'with' nearest to the act: those that follow it, else those right before it."""
    run: list[str] = []
    for group in after or list(reversed(before)):
        if not _after_with(doc, group[0], links):
            break
        run += [code for code in _codes(group) if code not in run]
    if not run and after and before and _after_with(doc, before[-1][0], links):
        return _with_group(doc, before, [], links)
    return run


def _after_with(doc: Document, mention: Mention, links: _Links) -> bool:
    """Whether 'with' stands before a country: then it is the other side, and the one before it the first."""
    before = doc.folded[max(0, mention.start - _WITH_REACH) : mention.start].split()
    return any(word in links.with_ for word in before[-2:])


def _codes(group: Sequence[Mention]) -> list[str]:
    return list(dict.fromkeys(mention.code for mention in group))


def _all(left: Sequence[str], right: Sequence[str]) -> frozenset[Pair]:
    return frozenset(pair(one, other) for one in left for other in right if one != other)
