"""Public bodies named in an item: ministries, banks, parliaments and agencies, with what tells whose they are."""

import re
from collections.abc import Container, Iterator, Sequence

from classify.likeness import is_titled
from classify.model import Fact
from classify.names import Mention
from classify.text import Document
from classify.wordlists import UNSPACED, Seen

MOST = 12
_REACH = 60
_LINK = r"(?:of|for|and|de|du|des|del|della|dei|degli|da|do|dos|la|las|los|y|e|et|the|von|für|und|der)"
_CAPITAL = r"[^\W\d_a-zß-öø-ÿа-яё]"
_NEXT = re.compile(rf"['’\s]\s?((?:{_LINK}\s)*(?:(?:de\s)?(?:l|d|dell|nell)['’])?){_CAPITAL}[\w-]*")
_AND = re.compile(r"(?:and|y|e|et|und)\s")
_POSSESSIVE = re.compile(r"['’]s?\b")
_ENDS_OPEN = re.compile(r"(?:\b(?:of|for|de|da|do|di|du|des|dei)|\bd)$")
_MOST_WORDS = 7
_ARABIC_REST = re.compile(r"(?:\s[وب]?ال[\u0621-\u064a]+){1,3}")
_OWNER = re.compile(r"(?:['’]s?)?\s$")
_SIDE = frozenset({"name", "adjective", "demonym", "abbreviation"})
"""Kinds of mentions that tell whose a body is."""
_ARABIC = frozenset({"ar", "fa", "ur"})


def bodies(doc: Document, mentions: Sequence[Mention], seen: Sequence[Seen]) -> tuple[Fact, ...]:
    """Ministries, banks, parliaments and agencies that are told by more than their kind; `value` is the kind and the
    folded name, with codes for countries."""
    titles = {word.start for word in seen if word.kind == "title"}
    found: dict[str, Fact] = {}
    words = list(_whole(doc, seen))
    others = titles | {word.start for word in words} | {one.start for one in mentions if one.kind in _SIDE}
    last = 0
    for word in words:
        if word.start < last:
            continue
        start, end = _owner(doc, mentions, word.start), _end(doc, word, others)
        end = max([end, *(other.end for other in words if start < other.start < end)])
        if any(word.start <= title <= end for title in titles) or not _is_told(doc, mentions, word, (start, end)):
            continue
        last = end
        value = f"{word.code} {_coded(doc, mentions, start, end)}"
        if value not in found and len(found) < MOST:
            found[value] = Fact(value, doc.norm[start:end], doc.span(start, end))
    return tuple(found.values())


def _whole(doc: Document, seen: Sequence[Seen]) -> Iterator[Seen]:
    """The words for bodies, to the ends of what they are a part of: 'Bundesministerium', 'ministère des'."""
    for word in seen:
        if word.kind == "body":
            start, end = word.start, word.end
            while doc.lang not in UNSPACED and start > 0 and doc.folded[start - 1].isalpha():
                start -= 1
            while doc.lang not in UNSPACED and doc.folded[end : end + 1].isalpha():
                end += 1
            yield word._replace(start=start, end=end)


def _owner(doc: Document, mentions: Sequence[Mention], start: int) -> int:
    """Where the name begins with the country before it: 'Egypt's foreign ministry', 'Indian finance ministry'."""
    for one in mentions:
        if one.kind in _SIDE and one.end < start and _OWNER.fullmatch(doc.norm, one.end, start):
            return one.start
    return start


def _end(doc: Document, word: Seen, others: Container[int]) -> int:
    """Where the words that belong to the name end; what 'and' adds is no other's: '... and Cuba's Ministry'."""
    if word.start < doc.title_end and is_titled(doc.norm[: doc.title_end]):
        return word.end  # its capitals tell nothing
    if doc.lang in _ARABIC:
        rest = _ARABIC_REST.match(doc.norm, word.end, word.end + _REACH)
        return rest.end() if rest else word.end
    end = word.end
    for _ in range(_MOST_WORDS):
        following = _NEXT.match(doc.norm, end, word.end + _REACH)
        owned = following and _POSSESSIVE.match(doc.norm, following.end())
        if not following or (_AND.match(following[1]) and (owned or following.end(1) in others)):
            break
        end = following.end()
        if owned:
            break
    return end


def _is_told(doc: Document, mentions: Sequence[Mention], word: Seen, span: tuple[int, int]) -> bool:
    """Whether anything tells whose it is, or which: 'the ministry of' and 'parliament' tell nothing."""
    start, end = span
    if _ENDS_OPEN.search(doc.folded[word.start : word.end]):
        return end > word.end and not any(one.end == end and one.start <= word.end + 5 for one in mentions)
    return span != (word.start, word.end) or doc.norm[start].isupper() or doc.lang in _ARABIC | UNSPACED | {"ko"}


def _coded(doc: Document, mentions: Sequence[Mention], start: int, end: int) -> str:
    """The folded name with a code for each country, so that two spellings of it are one."""
    parts, at = [], start
    for one in mentions:
        if start <= one.start >= at and one.end <= end and one.kind in _SIDE:
            parts += [doc.folded[at : one.start], one.code]
            at = one.end
    return " ".join(" ".join([*parts, doc.folded[at:end]]).replace("'s", " ").replace("’s", " ").split())
