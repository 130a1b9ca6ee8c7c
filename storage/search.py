"""Full-text search in all languages by the database's own index, over a column of words that we write.

Words are folded (case, accents, width); scripts that put no spaces between words are cut into overlapping pairs of
letters, so that any two letters in a row are found. Whoever asks is folded the same way; nothing typed is syntax but
"a phrase" and a star at the end of a word.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, bindparam, text
from sqlmodel import Session

from storage.schema import SEARCH

LONGEST: Final = 20_000
"""Letters of one text that are indexed."""
MOST: Final = 16_000
"""Words of one agreement that are indexed; PostgreSQL counts places up to 16,383."""
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN: Final = re.compile(rf"([{_UNSPACED}]+)|([^\W_{_UNSPACED}]+)")
_ASKED: Final = re.compile(r'"([^"]*)"?|(\S+)')


def words(texts: Iterable[str]) -> list[str]:
    """The folded words and letter pairs of these texts, in their order, no more than are indexed."""
    return [word[:100] for text in texts for word in _tokens(text[:LONGEST])][:MOST]


def condition(dialect: str, asked: str) -> ColumnElement[bool] | None:
    """SQL for 'the agreement holds all that is asked', or None where nothing searchable is asked."""
    phrases = [(_tokens(part), starts) for part, starts in _parts(asked)]
    phrases = [(tokens, starts) for tokens, starts in phrases if tokens]
    if not phrases:
        return None
    if dialect == "sqlite":
        query = " AND ".join('"' + " ".join(tokens) + '"' + ("*" if starts else "") for tokens, starts in phrases)
        sql = f"agreement.id IN (SELECT rowid FROM {SEARCH} WHERE {SEARCH} MATCH :words)"  # noqa: S608
    else:
        query = " & ".join(f"({' <-> '.join(_quoted(tokens, starts))})" for tokens, starts in phrases)
        sql = f"agreement.id IN (SELECT rowid FROM {SEARCH} WHERE vector @@ CAST(:words AS tsquery))"  # noqa: S608
    return text(sql).bindparams(bindparam("words", query))  # type: ignore[return-value]


def write(session: Session, columns: Mapping[int, list[str]]) -> None:
    """Set the search columns of agreements: words by the agreement's id."""
    if not columns:
        return
    if session.get_bind().dialect.name == "sqlite":
        values = [{"id": number, "words": " ".join(found)} for number, found in columns.items()]
        insert = f"INSERT INTO {SEARCH} (rowid, words) VALUES (:id, :words)"  # noqa: S608
    else:
        values = [{"id": number, "words": _vector(found)} for number, found in columns.items()]
        insert = f"INSERT INTO {SEARCH} (rowid, vector) VALUES (:id, CAST(:words AS tsvector))"  # noqa: S608
    session.execute(text(f"DELETE FROM {SEARCH} WHERE rowid = :id"), [{"id": number} for number in columns])  # noqa: S608
    session.execute(text(insert), values)


def _vector(found: list[str]) -> str:
    """A tsvector as PostgreSQL writes it; its own parser would depend on the locale of the server."""
    places: dict[str, list[str]] = {}
    for number, word in enumerate(found, 1):
        at = places.setdefault(word, [])
        if len(at) < 250:  # PostgreSQL keeps 256 places of a word
            at.append(str(number))
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


def _parts(asked: str) -> list[tuple[str, bool]]:
    return [(phrase or word.rstrip("*"), word.endswith("*")) for phrase, word in _ASKED.findall(asked)]


def _quoted(tokens: list[str], starts: bool) -> list[str]:
    quoted = [f"'{token}'" for token in tokens]  # a token holds letters and digits only
    return [*quoted[:-1], quoted[-1] + ":*"] if starts else quoted


def _tokens(text: str) -> list[str]:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = unicodedata.normalize("NFC", "".join(letter for letter in text if not unicodedata.combining(letter)))
    found: list[str] = []
    for unspaced, word in _RUN.findall(text.casefold()):
        if len(unspaced) > 1:
            found += [unspaced[n : n + 2] for n in range(len(unspaced) - 1)]
        else:
            found.append(unspaced or word)
    return found
