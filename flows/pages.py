"""Which entries' pages are read: only where that can change the labels.

That is so where the entry is short and recent, its headline or summary names a country and holds a word for an
agreement or for concluding one, and what there is proves no stage, is no sure proof, or tells of no field. So a page is
read for "Rwanda signs six deals", and neither for a storm nor for a story that says all in its summary.
"""

from datetime import datetime

import classify
import feeds
from classify import cues, names, text
from feeds import Rules
from feeds.guard import shown
from flows.logs import LOGGER
from seeds import Entry

KINDS = frozenset({*cues.ACTS, "paper"})
"""Kinds of words that make a page worth reading."""
CONCLUDING = frozenset({"sign", "close", "agree", "exchange", "renew"})
ENOUGH = 0.9
"""Confidence from which on an entry is judged by what it says itself."""
MOST = 40
"""Pages read for one batch of feeds, so that a first poll does not read an outlet's whole week."""


async def with_pages(fresh: list[list[Entry]], rules: Rules, since: datetime) -> list[list[Entry]]:
    """The same entries, some with the text of their page; a page that can't be read leaves its entry as it is."""
    wanted = [entry for new in fresh for entry in new if _wanted(entry, since)][:MOST] if rules.articles else []
    read: dict[Entry, Entry] = {}
    async for entry, article in feeds.read_articles(wanted, rules):
        read[entry] = feeds.with_article(entry, article)
        if why := article.detail or article.note:
            LOGGER.debug("page %s: %s", shown(entry.url), why)
    return [[read.get(entry, entry) for entry in new] for new in fresh]


def _wanted(entry: Entry, since: datetime) -> bool:
    recent = entry.published is not None and entry.published >= since
    return recent and feeds.wants_article(entry, can_change)


def can_change(entry: Entry) -> bool:
    """Whether more text could change the labels of this entry."""
    doc = text.read(entry.title, entry.text, entry.lang)
    countries = {mention.code for mention in names.find(doc)}
    kinds = {cue.kind for cue in cues.find(doc)}
    if not countries or kinds.isdisjoint(KINDS):
        return False
    published = entry.published.date() if entry.published else None
    labels = classify.classify(entry.title, entry.text, entry.lang, published)
    if labels.confidence < ENOUGH:
        return True
    if labels.agreement_pairs:
        return not labels.sectors
    halved = len(countries) > 1 or not kinds.isdisjoint(CONCLUDING)  # the other half may stand in the page
    return "paper" in kinds and "skip" not in kinds and halved
