"""Papers and how many there are: what was signed, as told.

An item names one paper many times: 'a deal' in the title, 'the memorandum on health' in the lead, 'the agreement' after
it. Each is told once: mentions that may be one paper are one, with the most that any of them tells.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from classify import parties, telling, topics
from classify.dates import Told
from classify.evidence import WHOLLY
from classify.model import Instrument
from classify.names import Mention
from classify.text import Document
from classify.topics import FEWEST
from classify.wordlists import UNSPACED, Seen, plain

MOST = 12
GENERIC = frozenset({"agreement", "other"})
"""Kinds that a paper of any kind may be called by."""
BY_ITSELF = frozenset({"ceasefire", "exchange", "swap"})
"""Kinds that say what was agreed: what else is named with them is the form that it was given."""
FORMS = frozenset({"declaration", "notes"})
"""Kinds that a paper of another kind may be announced or concluded by."""
_SUBJECT = 90
_SUBJECT_END = re.compile(
    r"[.;:!?,()\n]|\s(?:was|were|is|are|has|have|had|which|that|who|when|while|as|during|between|with|by|at|under|after"
    r"|before|signed|inked|sealed|reached|struck|concluded)(?:\s|$)"
)
_TITLE = 45
"""How far back, in characters, a paper's title may reach."""
_LINKED = re.compile(r"\s[\w\s'’-]*|")
_WORD = re.compile(r"\w+")
_SMALL = re.compile(r"\d(?<![\d.,]\d)\d?(?![\d.,])")
_BEFORE, _WORDS = 60, 5
"""How far before a paper's kind, in characters and in words, its number may stand."""
_PLURAL = frozenset({"en", "fr", "es", "pt", "it", "de"})
"""Languages that tell more than one paper by its form."""
_COUNTER = "[份项項个個件つ]"
_COUNTED = re.compile(rf"(?:\s*{_COUNTER}|(?<={_COUNTER}))[^\s，。、；,.;]{{0,16}}")


class _Named(NamedTuple):
    """A paper as one place of the item names it."""

    paper: Instrument
    sentence: int
    signed: bool
    """Whether the sentence tells of the act, or is the title."""


def papers(
    doc: Document,
    mentions: Sequence[Mention],
    seen: Sequence[Seen],
    scope: Mapping[int, float],
    stops: Container[int],
) -> tuple[Instrument, ...]:
    """The papers that the item tells of, each once, those of the act's own sentence first.

    `stops` are the places of words that begin no paper's title.
    """
    named = list(_named(doc, mentions, seen, scope, stops))
    found: list[_Named] = []
    for one in sorted(named, key=lambda one: not one.signed):
        at = _same(found, one)
        if at is not None:
            found[at] = _joined(found[at], one)
        elif one.signed or one.paper.parties or not found:
            found.append(one)
    if not any(one.paper.several for one in named):
        found = _one_of(found)
    return tuple(one.paper for one in _own(found))[:MOST]


def _one_of(found: Sequence[_Named]) -> list[_Named]:
    """Where no plural is used: what is called an agreement in another sentence is the paper that was named first."""
    return [one for one in found if one is found[0] or one.paper.type not in GENERIC
            or any(one.sentence == other.sentence for other in found if other is not one)]  # fmt: skip


def _own(found: list[_Named]) -> list[_Named]:
    """Without the form that a truce or a swap was given, and without what only stands for all the others."""
    first = next((one for one in found if one.paper.type in BY_ITSELF), None)
    if first is not None and not any(_is_told(one.paper) for one in found if one is not first):
        return [first]
    told = [one for one in found if _is_told(one.paper)]
    few = len(told) == 1
    return [one for one in found if not told or one in told or _stands_alone(one.paper, few)]


def _stands_alone(paper: Instrument, few: bool) -> bool:
    """Whether a paper that nothing is told of is one more beside those that something is told of."""
    return few if paper.several else paper.type not in GENERIC | FORMS


def _is_told(paper: Instrument) -> bool:
    """Whether anything tells this paper from another."""
    return bool(paper.topic or paper.sectors or paper.parties)


def _same(found: Sequence[_Named], one: _Named) -> int | None:
    """Which of the papers found this names again; of several that it may be, the first."""
    fitting = [number for number, other in enumerate(found) if _may_be(other, one)]
    return fitting[0] if fitting else None


def _may_be(one: _Named, other: _Named) -> bool:
    """Whether both may be one paper: of one kind, and nothing tells them apart."""
    a, b = one.paper, other.paper
    if a.type != b.type and not GENERIC & {a.type, b.type}:
        return False
    if a.parties and b.parties and a.parties != b.parties:
        return False
    if not _is_told(a) or not _is_told(b):
        return not a.several or b.several or not _is_told(b)
    mine, theirs = topics.words(a.topic), topics.words(b.topic)
    if mine and theirs and (mine <= theirs or theirs <= mine):
        return True
    if a.several or b.several:
        return a.several and b.several and a.sectors == b.sectors
    if one.sentence == other.sentence:
        return False
    return bool(a.sectors and b.sectors) and (set(a.sectors) <= set(b.sectors) or set(b.sectors) <= set(a.sectors))


def _joined(one: _Named, other: _Named) -> _Named:
    """One paper with the more special kind and the fuller topic of both."""
    a, b = one.paper, other.paper
    fuller = b if not _is_told(a) or topics.words(a.topic) < topics.words(b.topic) else a
    special = a.type in GENERIC and b.type not in FORMS and not a.several and (fuller is b or _is_told(b))
    paper = replace(
        fuller,
        type=b.type if special and b.type != "other" else a.type,
        subject=fuller.subject or a.subject or b.subject,
        several=fuller.several,
        parties=a.parties or b.parties,
    )
    return one._replace(paper=_bare(paper) if paper.type in BY_ITSELF else paper)


def _bare(paper: Instrument) -> Instrument:
    return replace(paper, topic="", sectors=(), several=False)


def _named(
    doc: Document,
    mentions: Sequence[Mention],
    seen: Sequence[Seen],
    scope: Mapping[int, float],
    stops: Container[int],
) -> Iterator[_Named]:
    """Every paper at every place where the item speaks of the agreement."""
    for number, word in enumerate(seen):
        if word.kind == "instrument" and scope.get(sentence := doc.sentence_at(word.start), 0) > 0:
            signed = sentence == 0 or scope[sentence] >= WHOLLY
            for paper in _at(doc, mentions, seen, number, stops):
                yield _Named(paper, sentence, signed)


def _at(
    doc: Document, mentions: Sequence[Mention], seen: Sequence[Seen], number: int, stops: Container[int]
) -> Iterator[Instrument]:
    """The paper named at one place, or the papers, where a row of topics with one each stands behind the plural."""
    word = seen[number]
    several = _is_plural(doc, word)
    near = (one for one in seen[number + 1 : number + 4] if one.kind == "about" and 0 < one.start - word.end <= 3)
    about = next(near, None)
    subject, end = _subject(doc, about, stops, word)
    if word.code in BY_ITSELF:
        yield Instrument(word.code, subject, doc.span(word.start, end))
        return
    told = topics.behind(doc, mentions, about.end) if about and about.code != "act" else []
    if several and len(told) >= FEWEST:
        for one in told:
            yield Instrument(word.code, one.text or subject, doc.span(word.start, end), one.text, one.sectors)
        return
    one = (
        topics.row(told)
        if told and told[0].sectors
        else topics.before(doc, mentions, max(word.start - _TITLE, 0), word.start)
    )
    both = parties.of(doc, mentions, seen, word, end) if not several else ()
    sectors = one.sectors or topics.sectors_of(" ".join(both), doc.lang)
    yield Instrument(word.code, subject, doc.span(word.start, end), one.text, sectors, several, both)


def _is_plural(doc: Document, word: Seen) -> bool:
    """Whether a paper's kind stands in the plural; a language without plurals never tells."""
    known = telling.words("plural", doc.lang)
    end = word.end
    while end < len(doc.folded) and doc.folded[end].isalnum():
        end += 1
    return not known.isdisjoint(plain(doc.folded[word.start : end]).split())


def _subject(doc: Document, about: Seen | None, stops: Container[int], word: Seen) -> tuple[str, int]:
    """What follows 'on', else the words before the paper's kind, as they stand; with where the whole ends."""
    if about:
        rest = doc.norm[about.end : about.end + _SUBJECT]
        stop = _SUBJECT_END.search(rest)
        subject = rest[: stop.start()] if stop else rest.rsplit(" ", 1)[0]
        return " ".join(subject.split()), about.end + len(subject.rstrip())
    return _before(doc, stops, word.start), word.end


def _before(doc: Document, stops: Container[int], end: int) -> str:
    """The words right before a paper's kind that belong to its title ('visa waiver' agreement)."""
    if not stops:
        return ""
    begin = max(end - _TITLE, 0)
    last = end
    for match in reversed(list(_WORD.finditer(doc.norm[begin:end]))):
        at = begin + match.start()
        if at in stops or match.group().isdecimal() or doc.norm[begin + match.end() : last].strip(" -'’"):
            break
        last = at
    return " ".join(doc.norm[last:end].split()) if last < end else ""


def count(doc: Document, seen: Sequence[Seen], scope: Mapping[int, float], dates: Sequence[Told]) -> int | None:
    """How many papers the item says were signed, by a number within a few words before a kind of paper.

    `dates` are those told in the item: the 22 of '22 August' counts nothing.
    """
    numbers = {word.end: word for word in seen if word.kind == "number"}
    apart = [(one.start, one.end) for one in dates]
    apart += [(word.start, word.end) for word in seen if word.kind == "signing"]
    for word in seen:
        if word.kind != "instrument" or word.code in BY_ITSELF or scope.get(doc.sentence_at(word.start), 0) <= 0:
            continue
        value = _dual(seen, word) or _counted(doc, numbers, word, apart)
        if value and 2 <= value <= 99:
            return value
    return None


def _dual(seen: Sequence[Seen], word: Seen) -> int | None:
    """The number that a paper's kind tells by its own form, as the dual of Arabic does."""
    return next((int(one.code) for one in seen if one.kind == "number" and one.start == word.start), None)


def _counted(doc: Document, numbers: Mapping[int, Seen], word: Seen, apart: Sequence[tuple[int, int]]) -> int | None:
    """The number before a paper's kind, but none that a unit, a date or the act stands behind."""
    if doc.lang in UNSPACED:
        return _counted_unspaced(doc, numbers, word)
    if doc.lang in _PLURAL and not _is_plural(doc, word):
        return None
    start = max(word.start - _BEFORE, 0, *(end for begin, end in apart if begin < word.start and end <= word.start))
    units = telling.words("unit", doc.lang)
    for before in list(_WORD.finditer(doc.folded[start : word.start]))[-_WORDS:][::-1]:
        text, end = before.group(), start + before.end()
        if plain(text) in units:
            return None
        value = int(text) if text.isdecimal() and len(text) <= 2 else 0
        value = value or (int(numbers[end].code) if end in numbers else 0)
        if value and _LINKED.fullmatch(doc.norm, end, word.start):
            return value
    return None


def _counted_unspaced(doc: Document, numbers: Mapping[int, Seen], word: Seen) -> int | None:
    """'31份谅解备忘录': the last number before the kind, with its counter and at most a title between."""
    start = max(word.start - 20, 0)
    told = [(start + one.end(), int(one[0])) for one in _SMALL.finditer(doc.folded[start : word.start])]
    told += [(end, int(one.code)) for end, one in numbers.items() if start <= one.start and end <= word.start]
    fitting = (value for end, value in sorted(told, reverse=True) if _COUNTED.fullmatch(doc.norm, end, word.start))
    return next(fitting, None)
