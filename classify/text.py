"""What an item says, made readable for the rules: cleaned, folded, cut into sentences; every place can be taken back.

`read` is the one door. It never raises on any string and takes time linear in the length that it reads: the first
`TITLE_LIMIT` code points of the title and `TEXT_LIMIT` of the text (an item's stage and pairs stand in its opening).
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from classify import lang as languages
from classify.clean import Cleaned, clean
from classify.dateline import dateline
from classify.fold import fold
from classify.model import Field, Span
from classify.sentences import Cut, cut

TITLE_LIMIT = 1_000
TEXT_LIMIT = 200_000


class Sentence(NamedTuple):
    """A sentence as a half-open span of `Document.norm`; the title is number 0 and paragraph 0, even where empty.

    `cleaned` tells that hidden or look-alike characters stood in it, so that it reads otherwise than it shows.
    """

    start: int
    end: int
    paragraph: int
    cleaned: bool = False


@dataclass(frozen=True)
class Document:
    """One item as the rules read it.

    `norm` is the cleaned title, a line feed and the cleaned text; `folded` the same for comparing words, of the same
    length. All offsets are into these two, until `span` takes them back to the strings as given.
    """

    title: str
    text: str
    norm: str
    folded: str
    title_end: int
    """Where the title ends in `norm`; the text begins one further."""
    lang: str
    """ISO 639-1 code as detected, `und` where nothing tells."""
    dateline: tuple[int, int] | None
    """The span in `norm` of a line such as 'ASTANA, May 28 (Xinhua) —' that opens the text, without the text itself."""
    parts: tuple[Cleaned, Cleaned]

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The title, then the text's sentences in order."""
        begin = self.title_end + 1
        pieces = (Cut(0, self.title_end, 0), *cut(self.norm, begin))
        return tuple([Sentence(*piece, self._is_cleaned(piece)) for piece in pieces])

    def field(self, start: int) -> Field:
        """Which of the two strings the place `start` of `norm` belongs to."""
        return "title" if start <= self.title_end and self.title_end else "text"

    def span(self, start: int, end: int) -> Span:
        """Where the half-open span of `norm` stands in the title or the text as given.

        A span that reaches over the title's end is cut there.
        """
        if start < self.title_end:
            return Span("title", *self.parts[0].back(start, min(end, self.title_end)))
        begin = self.title_end + 1
        return Span("text", *self.parts[1].back(max(start - begin, 0), max(end - begin, 0)))

    def original(self, start: int, end: int) -> str:
        """What stands at the span of `norm` in the strings as given, character for character."""
        span = self.span(start, end)
        return (self.title if span.field == "title" else self.text)[span.start : span.end]

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that holds the place `place` of `norm`."""
        return bisect_right(self._starts, place) - 1

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def _is_cleaned(self, piece: Cut) -> bool:
        hidden = self.parts[0 if piece.end <= self.title_end else 1].hidden
        if not hidden or piece.start == piece.end:
            return False
        span = self.span(piece.start, piece.end)
        return any(span.start <= place < span.end for place in hidden)


def read(title: str, text: str, lang: str = "") -> Document:
    """The item as a `Document`. `lang` is what the feed claims (BCP 47 or nothing); it is only a hint."""
    head, body = clean(title[:TITLE_LIMIT], one_line=True), clean(text[:TEXT_LIMIT])
    norm = f"{head.norm}\n{body.norm}"
    folded = fold(norm)
    begin = len(head.norm) + 1
    return Document(
        title=title,
        text=text,
        norm=norm,
        folded=folded,
        title_end=begin - 1,
        lang=languages.detect(folded, lang),
        dateline=dateline(norm, begin),
        parts=(head, body),
    )
