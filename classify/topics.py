"""What a paper is about, in clean English or not at all: a phrase that names a field, without countries and verbs.

In other languages, and where the words about a paper name no field, the sectors that they name have to do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from classify import subjects, telling
from classify.fold import fold
from classify.names import Mention
from classify.text import Document
from classify.wordlists import Seen

LONGEST, MOST_WORDS = 120, 8
"""How far a row of topics is read, in characters; how many words a single one may have."""
SHORT = 3
"""Letters of a word that headlines may write small."""
FEWEST = 3
"""Fields in a row from which on papers in the plural are taken for one paper each."""
_END = re.compile(
    r"[.;:!?()\n\"“”]|\s(?:was|were|is|are|has|have|had|which|that|who|when|where|while|as|during|between|with|by|at"
    r"|under|after|before|along|alongside|including|in|from|through|on|to|signed|inked|sealed|reached|struck|concluded"
    r"|worth|among|according|ahead|says|said|for the)(?=\s|$)"
)
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_QUOTE = re.compile(r"(?<!\w)['’‘]|['’](?!\w)(?<!s['’])")
"""A quotation that begins or ends."""
_ROW = re.compile(r"\s*,\s*(?:and\s+|as well as\s+)?")
_AND = re.compile(r"\s+and\s+")


class Topic(NamedTuple):
    """What a paper is about: English words fit to be shown, or none, and the sectors that it names."""

    text: str = ""
    sectors: tuple[str, ...] = ()


def behind(doc: Document, mentions: Sequence[Mention], start: int) -> list[Topic]:
    """The topics in the row that begins at `start`, behind 'on': one for each field; empty where none is clean."""
    end = doc.sentences[doc.sentence_at(start)].end
    stop = _END.search(doc.norm, start, min(end, start + LONGEST))
    rest = doc.norm[start : stop.start() if stop else min(end, start + LONGEST)]
    found: list[Topic] = []
    for begin, part in _parts(rest):
        one = of(doc, mentions, start + begin, start + begin + len(part))
        if one is None or (found and doc.lang == "en" and not one.text):
            break
        found.append(one)
        if doc.lang == "en" and not one.text:
            break
    return found


def row(found: Sequence[Topic]) -> Topic:
    """Several topics as that of one paper: 'energy, water and transport'."""
    texts = [one.text for one in found if one.text]
    last = ", " if any(" and " in one for one in texts) else " and "
    text = last.join(one for one in (", ".join(texts[:-1]), "".join(texts[-1:])) if one)
    return Topic(text, tuple(sorted({code for one in found for code in one.sectors})))


def before(doc: Document, mentions: Sequence[Mention], start: int, end: int) -> Topic:
    """The words right before a paper's kind that name its field: 'visa waiver' agreement."""
    known = _known(doc, start, end)
    if not known:
        return Topic()
    taken = _taken(mentions, start, end)
    first = end
    for word in reversed(list(_WORD.finditer(doc.norm, start, end))):
        if not _is_known(doc, word, known) or taken & set(range(*word.span())) or _parted(doc.norm, word.end(), first):
            break
        first = word.start()
    return of(doc, mentions, first, end) or Topic()


def of(doc: Document, mentions: Sequence[Mention], start: int, end: int) -> Topic | None:
    """The topic that stands here; None where no word of it names a field."""
    seen = [word for word in subjects.find(doc.folded[start:end], doc.lang) if word.kind not in ("cue", "mask")]
    if not seen:
        return None
    codes = _codes(seen)
    if doc.lang != "en":
        return Topic("", codes)
    place = start + seen[0].start
    begin, stop = _free(doc, mentions, start, end, place)
    words = _trimmed(list(_WORD.finditer(doc.norm, begin, stop)), doc)
    if not words or len(words) > MOST_WORDS or any(_is_foreign(word.group()) for word in words):
        return Topic()
    quoted = _QUOTE.search(doc.norm, words[0].start(), words[-1].end())
    if quoted or telling.words("describing").issuperset(word.group().lower() for word in words):
        return Topic("", codes)
    return Topic(_lowered(doc, words, {start + at for word in seen for at in range(word.start, word.end)}), codes)


def sectors_of(text: str, lang: str) -> tuple[str, ...]:
    """The sectors that a name tells: 'Mining Board'."""
    found = subjects.find(fold(text), lang) if text else ()
    return _codes([word for word in found if word.kind not in ("cue", "mask")])


def _codes(seen: Sequence[Seen]) -> tuple[str, ...]:
    """The sectors that words name; what words only hint at counts where there is nothing better."""
    plain = {word.code for word in seen if word.kind != "hint"}
    return tuple(sorted(plain or {word.code for word in seen}))


def words(topic: str) -> frozenset[str]:
    """The words of a topic that tell it from another."""
    return frozenset(word.lower() for word in _WORD.findall(topic)) - telling.words("general")


def _parts(rest: str) -> Iterator[tuple[int, str]]:
    """The parts of a row with their places; 'A and B' is one part, 'A, B and C' are three."""
    begin = 0
    commas = list(_ROW.finditer(rest))
    for comma in commas:
        yield begin, rest[begin : comma.start()]
        begin = comma.end()
    last = _AND.search(rest, begin) if commas and "and" not in rest[commas[-1].start() : begin] else None
    if last:
        yield begin, rest[begin : last.start()]
        begin = last.end()
    yield begin, rest[begin:]


def _known(doc: Document, start: int, end: int) -> set[int]:
    """The places of words that name a field."""
    found = subjects.find(doc.folded[start:end], doc.lang)
    return {start + place for word in found if word.kind not in ("cue", "mask") for place in range(*word[:2])}


def _is_known(doc: Document, word: "re.Match[str]", known: set[int]) -> bool:
    return word.start() in known or doc.folded[word.start() : word.end()] in telling.words("general")


def _parted(text: str, end: int, following: int) -> bool:
    return bool(text[end:following].strip(" -'’"))


def _taken(mentions: Iterable[Mention], start: int, end: int) -> set[int]:
    return {place for one in mentions if one.end > start and one.start < end for place in range(one.start, one.end)}


def _free(doc: Document, mentions: Iterable[Mention], start: int, end: int, place: int) -> tuple[int, int]:
    """The part around `place` that no country stands in; nothing where one stands within the phrase before it."""
    near = [one for one in mentions if one.end > start and one.start < end]
    begin = max((one.end for one in near if one.end <= place), default=start)
    ahead = [
        word.group() for word in _WORD.finditer(doc.folded, start, min((one.start for one in near), default=start))
    ]
    if begin > start and not telling.words("loose").issuperset(ahead):
        return start, start
    return begin, min((one.start for one in near if one.start > place), default=end)


def _trimmed(found: list["re.Match[str]"], doc: Document) -> list["re.Match[str]"]:
    """Without function words at both ends."""
    loose = telling.words("loose")
    while found and doc.folded[found[0].start() : found[0].end()] in loose:
        found = found[1:]
    while found and doc.folded[found[-1].start() : found[-1].end()] in loose:
        found = found[:-1]
    return found


def _is_foreign(word: str) -> bool:
    """What belongs into no topic: a number, whose something is."""
    return word[0].isdecimal() or word.lower() in telling.words("foreign")


def _lowered(doc: Document, found: Sequence["re.Match[str]"], known: set[int]) -> str:
    """As it stands, but without the capitals of a headline, of a paper's title or of a sentence's first word."""
    begin, end = found[0].start(), found[-1].end()
    titled = all(word[0][0].isupper() or len(word[0]) <= SHORT for word in found)
    text = _WORD.sub(
        lambda word: _small(word[0]) if titled or word.start() + begin in known else word[0], doc.norm[begin:end]
    )
    return " ".join(text.split())


def _small(word: str) -> str:
    return word if sum(map(str.isupper, word)) > 1 else word.lower()
