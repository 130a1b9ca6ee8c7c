"""People named in an item, by the titles that stand before their names."""

import re
from collections.abc import Container, Iterator, Sequence
from functools import cache

from classify import telling
from classify.fold import fold
from classify.likeness import is_titled, skeleton
from classify.model import Fact
from classify.names import Mention
from classify.text import Document
from classify.wordlists import Seen

MOST = 12
_REACH = 90
"""How far behind a title, in characters, a name may reach."""
_OPEN = frozenset(
    {"past", "about", "shift", "at", "after", "between", "stop", "number", "scale", "currency", "signing", "month"}
)
"""Kinds of words that may be a part of a name."""
_PART = r"[^\W\d_](?:\.|[\w-]*)(?:['’]\w+)?"
_PARTICLE = r"(?:al|el|bin|bint|ibn|de|da|do|dos|del|della|van|von|der|den|la|le|du)[- ]"
_NAME = re.compile(
    rf"\s*,?\s*((?:of|de|du|des|da|do|del|von)\s(?:the\s|la\s|l['’])?)?({_PART}(?:[ -](?:{_PARTICLE})*{_PART}){{1,6}})"
)
_SPACED = re.compile(r"\S+")
_ENDING = re.compile(r"(?<=\w)['’][a-zçğıöşüəñ]{1,5}$")
"""What is joined to a name behind an apostrophe: 's, and the case endings of Turkic languages."""
_LONGEST = 5
_ARABIC = frozenset({"ar", "fa", "ur"})
_ARABIC_WORD = re.compile(r"\s+([\u0621-\u064a]{2,})")
_THE, _AND = "ال", "و"
_HAN = "[\u3400-\u9fff\u30a0-\u30ff]"


def people(doc: Document, mentions: Sequence[Mention], seen: Sequence[Seen]) -> tuple[Fact, ...]:
    """Persons named after a title ('Prime Minister Anwar Ibrahim'), each once in the fullest form; `value` is the
    folded name."""
    found: list[Fact] = []
    for start, end in _names(doc, mentions, seen):
        text = doc.norm[start:end]
        fact = Fact(fold(text), text, doc.span(start, end))
        at = next((n for n, other in enumerate(found) if is_one(other.value, fact.value)), None)
        if at is None:
            found.append(fact)
        elif len(fact.value.split()) > len(found[at].value.split()):
            found[at] = fact
    return tuple(found[:MOST])


def is_one(one: str, other: str) -> bool:
    """Whether two folded names may be one person's: all that one of them tells is in the other, in any script."""
    a, b = ({skeleton(word) for word in name.replace("-", " ").split()} - {""} for name in (one, other))
    return bool(a and b) and (a <= b or b <= a)


def _names(doc: Document, mentions: Sequence[Mention], seen: Sequence[Seen]) -> Iterator[tuple[int, int]]:
    shouted = doc.title_end if is_titled(doc.norm[: doc.title_end]) else 0
    taken = {place for one in mentions if one.kind != "leader" for place in range(one.start, one.end)}
    taken |= {place for word in seen if word.kind not in _OPEN for place in range(word.start, word.end)}
    name = _arabic if doc.lang in _ARABIC else _cased
    halves = telling.words("half", doc.lang)
    for word in seen:
        if word.kind != "title" or word.start < shouted or _before(doc, word.start) in halves:
            continue
        if span := name(doc, word.end, taken):
            yield span
    if doc.lang in ("zh", "ja"):
        named = (_dotted().match(doc.norm, word.end) for word in seen if word.kind == "title")
        yield from (match.span() for match in named if match)


@cache
def _dotted() -> re.Pattern[str]:
    """A foreign name in Chinese characters: parted by dots, and ended by what may follow it."""
    ends = "|".join(sorted(re.escape(word) for word in telling.words("behind", "zh") if word))
    return re.compile(rf"{_HAN}{{1,6}}(?:[·・]{_HAN}{{1,6}}?)+(?=$|\W|{ends})")


def _before(doc: Document, start: int) -> str:
    """The word that ends before a place; that it is the first half of a name makes 'emir' the second."""
    return doc.folded[max(start - _REACH, 0) : start].rstrip().rpartition(" ")[2]


def _cased(doc: Document, start: int, taken: Container[int]) -> tuple[int, int] | None:
    """The words with a capital behind a title, but for the country or office before them and what follows them."""
    match = _NAME.match(doc.norm, start, start + _REACH)
    if not match or (match[1] and match.start(2) not in taken):
        return None
    particles = telling.words("particle", "any")
    words: list[tuple[int, int]] = []
    for part in _SPACED.finditer(doc.norm, *match.span(2)):
        if part.start() in taken and not words:
            continue
        small = bool(words) and doc.folded[slice(*part.span())] in particles
        if part.start() in taken or not (small or part[0][0].isupper()):
            break
        ending = _ENDING.search(part[0])
        words.append((part.start(), part.start() + ending.start() if ending else part.end()))
        if ending or len(words) == _LONGEST:
            break
    while words and doc.folded[slice(*words[-1])] in particles:
        words.pop()
    plain = {doc.folded[slice(*word)] for word in words}
    if len(words) < 2 or doc.folded[slice(*words[0])] in telling.words("loose", doc.lang):
        return None
    if plain & telling.words("office", doc.lang):
        return None
    last = words[-1]
    return words[0][0], last[1] - (doc.norm[last[1] - 1] in ".," and last[1] - last[0] > 2)


def _arabic(doc: Document, start: int, taken: Container[int]) -> tuple[int, int] | None:
    """Two words, or more with the halves of a name, that are no adjective, no office and no particle."""
    loose, halves = telling.words("loose", doc.lang), telling.words("half", doc.lang)
    words: list[tuple[int, int]] = []
    most, at = 2, start
    while len(words) < most and (match := _ARABIC_WORD.match(doc.norm, at)):
        word, at = doc.folded[slice(*match.span(1))], match.end()
        if not words and word not in loose and (word.removeprefix(_AND).startswith(_THE) or match.start(1) in taken):
            continue  # 'the Turkish', 'of the interior'
        whole = bool(words) and doc.folded[slice(*words[-1])] in halves
        if word in loose or (not whole and (match.start(1) in taken or (words and word.startswith(_AND)))):
            break
        words.append(match.span(1))
        most += word in halves
    return (words[0][0], words[-1][1]) if len(words) > 1 else None
