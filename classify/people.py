"""People and public bodies named in an item, by the words that go with them."""

import re
from collections.abc import Iterator, Sequence

from classify.fold import fold
from classify.model import Fact
from classify.text import Document
from classify.wordlists import Seen

MOST = 12
_CASED = r"[^\W\d_a-zß-öø-ÿа-яёα-ω](?:\.|[\w'’-]*)"
_PARTICLE = r"(?:al|el|bin|bint|ibn|de|da|do|dos|del|della|van|von|der|den|la|le|du|of)[- ]"
_NAME = re.compile(rf"\s*,?\s*((?:{_CASED})(?:[ -](?:{_PARTICLE})?(?:{_CASED})){{1,3}})")
_ARABIC_NAME = re.compile(r"\s+([\u0621-\u064a]{2,}(?:\s+(?:بن|ال)?\s?[\u0621-\u064a]{2,}){1,2})")
_DOTTED = re.compile(r"[\u3400-\u9fff]{1,6}[·・][\u3400-\u9fff]{1,8}")
_BODY_REST = re.compile(r"(?:\s(?:(?:of|for|and|de|du|des|del|la|y|e|et|the|von|für)\s)*[^\W\d_a-zа-я][\w'-]*){1,6}")
_ENDS = re.compile(r"['’]s$|[.,]$")
_ARABIC = frozenset({"ar", "fa", "ur"})


def people(doc: Document, seen: Sequence[Seen]) -> tuple[Fact, ...]:
    """Persons named after a title ('Prime Minister Anwar Ibrahim'); `value` is the folded name."""
    found: dict[str, Fact] = {}
    for start, end in _people(doc, seen):
        text = _ENDS.sub("", doc.norm[start:end])
        value = fold(text)
        if value not in found and len(found) < MOST:
            found[value] = Fact(value, text, doc.span(start, start + len(text)))
    return tuple(found.values())


def _people(doc: Document, seen: Sequence[Seen]) -> Iterator[tuple[int, int]]:
    form = _ARABIC_NAME if doc.lang in _ARABIC else _NAME
    for word in seen:
        if word.kind == "title" and (match := form.match(doc.norm, word.end, word.end + 60)):
            yield match.span(1)
    if doc.lang in ("zh", "ja"):
        for match in _DOTTED.finditer(doc.norm):
            yield match.span()


def bodies(doc: Document, seen: Sequence[Seen]) -> tuple[Fact, ...]:
    """Ministries, banks, parliaments and agencies; `value` is the kind and the folded name."""
    found: dict[str, Fact] = {}
    for word in seen:
        if word.kind != "body":
            continue
        rest = _BODY_REST.match(doc.norm, word.end, word.end + 60)
        text = doc.norm[word.start : rest.end() if rest else word.end].strip()
        value = f"{word.code} {fold(text)}"
        if value not in found and len(found) < MOST:
            found[value] = Fact(value, text, doc.span(word.start, word.start + len(text)))
    return tuple(found.values())
