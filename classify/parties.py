"""The bodies that a paper is between, where the item names them beside it: 'between the Mining Board and Samruk'."""

import re
from collections.abc import Sequence

from classify.names import Mention
from classify.text import Document
from classify.wordlists import Seen

REACH = 40
"""How far behind a paper, in characters, 'between' may stand."""
_CAPITAL = r"[^\W\d_a-zß-öø-ÿа-яё]"
_NAME = rf"{_CAPITAL}[\w&.’'-]*(?:\s(?:(?:of|for|de|du|des|del|la|für)\s)?{_CAPITAL}[\w&’'-]*)*"
_BOTH = re.compile(
    rf"\s+(?:the\s|la\s|le\s|el\s|l['’])?({_NAME})\s(?:and|et|y|e|und|и|dan)\s(?:the\s|la\s|le\s|el\s|l['’])?({_NAME})"
)
_OWNER = re.compile(r"^.*['’]s\s")


def of(doc: Document, mentions: Sequence[Mention], seen: Sequence[Seen], paper: Seen, end: int) -> tuple[str, ...]:
    """The two names, or none where they are countries or people, or where a headline's capitals tell nothing."""
    word = next(
        (one for one in seen if one.kind == "between" and one.start - paper.end > 0 and one.start - end <= REACH), None
    )
    if word is None or paper.start < doc.title_end or doc.sentence_at(word.start) != doc.sentence_at(paper.start):
        return ()
    match = _BOTH.match(doc.norm, word.end)
    if not match or any(_is_side(mentions, *match.span(number)) for number in (1, 2)):
        return ()
    return tuple(_OWNER.sub("", match[number]).rstrip(".") for number in (1, 2))


def _is_side(mentions: Sequence[Mention], start: int, end: int) -> bool:
    """Whether a name is nothing but a country or a leader."""
    here = [one for one in mentions if one.end > start and one.start < end]
    taken = sum(min(one.end, end) - max(one.start, start) for one in here if one.kind != "company")
    return any(one.kind == "leader" for one in here) or 2 * taken > end - start
