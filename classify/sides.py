"""Which countries an item speaks of, how much, and how any two of them stand together in it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from classify.cues import any_of, settings
from classify.model import Pair, pair
from classify.names import Mention, is_within
from classify.text import Document

LEAD = 2
"""Sentences 1 and 2 are the text's lead."""
COUNTRIES = 9
"""So many countries of an item are looked at, the most prominent first: lists and tag clouds name no pairs."""

_TITLE_WEIGHT, _LEAD_WEIGHT, _REST_WEIGHT = 3.0, 2.0, 1.0
_KIND_WEIGHT = {"capital": 0.5, "metonym": 0.8, "company": 0.3, "demonym": 0.8, "adjective": 0.9}
LIST_GAP = re.compile(
    r"[\s,/&+–—-]*(?:(?:\b(?:and|y|e|et|und|i|и|та|й|și|og|och|en|ja|dan|na|ve|va|és|a|as well as|und die|et le|et la"
    r"|et l'|y la|y el|e a|e o|e la|e il|ile)\b|و|和|与|與|及|、|と|και)[\s,/&–—-]*){0,2}"
    r"(?:\b(?:the|la|le|el|les|die|der|il|lo|o|republic of|republic|de)\b|l')?\s*"
)
"""What stands between two countries of one list."""

_PREPOSITION_REACH = 14
_DATELINE = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ'’. -]{3,40},?[^.\n:–—]{0,40}?\s?(?:[–—:]|-{1,2}\s)")
_DATELINE_REACH = 90
_JOIN_GAP = 42
_JOIN_GAP_UNSPACED = 10


class Side(NamedTuple):
    """A country in an item: how much weight its mentions have and where they stand; whether it is ever called by more
    than
    a capital, by its name or a leader's and not only by an adjective, or only as part of a company's name."""

    code: str
    weight: float
    title: bool
    lead: bool
    plain: bool
    named: bool
    company: bool
    times: int


class Together(NamedTuple):
    """How two countries stand together: sentences that name both, whether side by side, in a row of three or more,
    whether one of them stands beside such a row, whether they are a row of just two, and in which share of the
    sentences one stands behind a word for what only surrounds the news."""

    sentences: tuple[int, ...]
    joined: bool
    row: bool
    hub: bool
    two: bool
    apart: float


def is_dateline(doc: Document, mention: Mention) -> bool:
    """Whether a mention only tells where a wire report was written."""
    if doc.dateline is not None:
        return doc.dateline[0] <= mention.start < doc.dateline[1]
    begin = doc.title_end + 1
    if not begin <= mention.start < begin + _DATELINE_REACH:
        return False
    opening = _DATELINE.match(doc.norm, begin)
    return opening is not None and mention.start < opening.end()


def is_place(doc: Document, mention: Mention) -> bool:
    """Whether a country or capital only tells where: it stands behind 'in' or 'at'."""
    if mention.kind not in ("capital", "name", "metonym"):
        return False
    before = doc.folded[max(0, mention.start - _PREPOSITION_REACH) : mention.start].rsplit(None, 1)
    return bool(before) and before[-1] in settings(doc.lang).get("at", ())


def weigh(doc: Document, mentions: Sequence[Mention]) -> dict[str, Side]:
    """The most prominent countries of an item, by code, the weightiest first."""
    if not mentions:
        return {}
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[mention.code].append(mention)
    sides = [_side(doc, code, group) for code, group in groups.items()]
    sides.sort(key=lambda side: (-side.weight, groups[side.code][0].start))
    return {side.code: side for side in sides[:COUNTRIES]}


def with_home(sides: dict[str, Side], home: str) -> dict[str, Side]:
    """`sides` with the country of the item's language, where only one other is named: its own often goes unsaid."""
    if len(sides) != 1 or not home or home in sides:
        return sides
    return sides | {home: Side(home, 0.4, title=False, lead=False, plain=False, named=False, company=False, times=0)}


def _side(doc: Document, code: str, group: Sequence[Mention]) -> Side:
    weight = 0.0
    told = [mention for mention in group if not is_dateline(doc, mention)]
    for mention in told:
        place = _TITLE_WEIGHT if mention.sentence == 0 else _LEAD_WEIGHT if mention.sentence <= LEAD else _REST_WEIGHT
        weight += place * _KIND_WEIGHT.get(mention.kind, 1.0)
    return Side(
        code=code,
        weight=weight or 0.4,
        title=any(mention.sentence == 0 for mention in told),
        lead=any(0 < mention.sentence <= LEAD for mention in told),
        plain=any(mention.kind not in ("capital", "company") for mention in told),
        named=any(mention.kind not in ("adjective", "demonym", "company") for mention in told),
        company=bool(told) and all(mention.kind == "company" for mention in told),
        times=len(told),
    )


def together(doc: Document, mentions: Sequence[Mention], sides: dict[str, Side]) -> dict[Pair, Together]:
    """How each two of the sides stand together in the item."""
    told = [mention for mention in mentions if mention.code in sides and not is_dateline(doc, mention)]
    shared: dict[Pair, list[int]] = {
        pair(one, other): [] for one, other in combinations(sides, 2) if not is_within(one, other)
    }
    in_sentence: dict[int, set[str]] = defaultdict(set)
    for mention in told:
        in_sentence[mention.sentence].add(mention.code)
    in_sentence = {at: codes for at, codes in in_sentence.items() if len(codes) > 1}
    for sentence, codes in sorted(in_sentence.items()):
        for one, other in combinations(sorted(codes), 2):
            if (one, other) in shared:
                shared[one, other].append(sentence)
    acting = [mention for mention in told if not is_place(doc, mention)]
    joined = _joined(doc, acting)
    twos = {row for row in _rows(doc, acting) if len(row) == 2}
    rows = rows_of(doc, told)  # 'ministers from A, B and C' are three, though 'from A' would only tell where
    behind = _behind(doc, [mention for mention in told if mention.sentence in in_sentence])
    return {
        two: Together(
            tuple(sentences), two in joined,
            any(two[0] in row and two[1] in row for row in rows),
            any((two[0] in row) != (two[1] in row) and sentence in sentences for row, sentence in rows.items()),
            frozenset(two) in twos,
            sum(len(behind.get(at, frozenset()) & {*two}) == 1 for at in sentences) / max(len(sentences), 1),
        )
        for two, sentences in shared.items()
    }  # fmt: skip


def _behind(doc: Document, told: Sequence[Mention]) -> dict[int, frozenset[str]]:
    """By sentence, the countries that only stand behind a word for what surrounds the news: 'amid', 'brokered by'."""
    tail = any_of(doc.lang, "tail")
    if tail is None:
        return {}
    sentences = {one.sentence for one in told}
    first = {at: tail.search(doc.folded, doc.sentences[at].start, doc.sentences[at].end) for at in sentences}
    before: dict[int, set[str]] = defaultdict(set)
    after: dict[int, set[str]] = defaultdict(set)
    for one in told:
        word = first[one.sentence]
        (after if word and word.end() <= one.start else before)[one.sentence].add(one.code)
    return {at: frozenset(codes - before[at]) for at, codes in after.items()}


def _joined(doc: Document, told: Sequence[Mention]) -> set[Pair]:
    """Pairs that stand side by side: 'A and B', 'A-B', 'A with B'; not 'A said B'."""
    reach = _JOIN_GAP if _is_spaced(doc) else _JOIN_GAP_UNSPACED
    says = any_of(doc.lang, "says")
    return {
        pair(one.code, other.code)
        for one, other in pairwise(told)
        if one.code != other.code
        and one.sentence == other.sentence
        and other.start - one.end <= reach
        and not (says and says.search(doc.folded, one.end, other.start))
    }


def rows_of(doc: Document, told: Sequence[Mention]) -> dict[frozenset[str], int]:
    """Rows of three or more countries, 'A, B and C', with their sentence."""
    return {row: sentence for row, sentence in _rows(doc, told).items() if len(row) >= 3}


def _rows(doc: Document, told: Sequence[Mention]) -> dict[frozenset[str], int]:
    """Rows of two or more countries, 'A-B', 'A, B and C', with their first sentence."""
    rows: dict[frozenset[str], int] = {}
    run: list[Mention] = []
    for mention in [*told, None]:
        if mention and run and mention.sentence == run[-1].sentence and _continues(doc, run[-1], mention):
            run.append(mention)
            continue
        codes = frozenset(one.code for one in run)
        if len(codes) >= 2:
            rows.setdefault(codes, run[0].sentence)
        run = [mention] if mention else []
    return rows


def _continues(doc: Document, one: Mention, other: Mention) -> bool:
    gap = other.start - one.end
    return 0 <= gap <= 16 and bool(LIST_GAP.fullmatch(doc.folded, one.end, other.start))


def _is_spaced(doc: Document) -> bool:
    return doc.lang not in ("zh", "ja", "th")
