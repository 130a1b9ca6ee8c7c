"""`pactwatch explain`: an item of the store or a text at hand, and why it is labelled as it is."""

import re
import sys
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import classify
import storage
from classify.reasons import Explanation, as_text
from flows.app import opened
from flows.exits import Exit, Stop

_ITEM = r"\d+|https?://\S+"
_AGREEMENT = r"(?i:[a-z]{2}-[a-z]{2}-(\d{4}-\d{2}|undated)(-\d+)?)"
LARGEST = 10_000_000
"""Characters of a text from a file or standard input."""


@dataclass(frozen=True)
class Asked:
    """What is to be explained; `where` says what it is, for people."""

    where: str
    title: str
    text: str
    lang: str = ""
    published: date | None = None


@dataclass(frozen=True)
class Explained:
    """An item with its explanation."""

    item: Asked
    shown: Explanation

    def as_text(self) -> str:
        """For the terminal."""
        return f"{self.item.where}\n\n{as_text(self.shown, self.item.title, self.item.text)}"

    def as_dict(self) -> dict[str, Any]:
        """For a machine."""
        return {"item": self.item.where} | asdict(self.shown)


def find(what: str, title: str, lang: str, published: datetime | None) -> Asked:
    """The item: standard input (`-`), a file, or one of the store by its number or address, or as the first report of
    the agreement with this id."""
    day = published.date() if published else None
    if what == "-":
        return Asked("standard input", title, sys.stdin.read(LARGEST), lang, day)
    if re.fullmatch(rf"{_ITEM}|{_AGREEMENT}", what):
        return _stored(what)
    try:
        with Path(what).open(encoding="utf-8", errors="replace") as file:
            return Asked(what, title, file.read(LARGEST), lang, day)
    except OSError as error:
        wrong = f"{what}: neither an id, a number, an address nor a file that can be read: {error.strerror}"
        raise Stop(wrong, Exit.USAGE) from None


def _stored(what: str) -> Asked:
    with opened() as app, storage.reading(app.engine) as session:
        if re.fullmatch(_ITEM, what):
            kept, of = storage.item(session, what), ""
        else:
            reports = storage.get(session, what).reports
            if not reports:
                raise Stop(f"{what}: has no report any more; `pactwatch agreements show {what}` says why")
            first, *others = sorted(reports, key=lambda one: one.published or one.seen)
            kept = storage.item(session, str(first.item))
            more = f"the others: {', '.join(str(one.item) for one in others)}" if others else "its only one"
            of = f"the first report of {what} ({more}): "
        where = f"{of}item {kept.id} of {kept.outlet}, " + (", ".join(kept.agreements) or "of no agreement")
    return Asked(where, kept.title, kept.text, kept.lang, kept.published and kept.published.date())


def explained(item: Asked) -> Explained:
    """The item with its explanation."""
    return Explained(item, classify.explain(item.title, item.text, item.lang, item.published))
