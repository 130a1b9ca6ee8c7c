"""Which entry is which: known, edited, or new. Pure; the store keeps the keys and carries the verdict out.

An entry has three names, each of which real feeds change without notice or use twice: its guid, its link, its title
(with the day). One alone proves nothing; two that agree do:

| same                    | differs        | verdict                                                        |
| ----------------------- | -------------- | -------------------------------------------------------------- |
| guid, link, title       |                | same                                                           |
| guid, title             | link           | same (tracking parameters, scheme, site moved)                 |
| link, title             | guid           | same (guids made anew at every poll)                           |
| guid, link              | title          | revision, but for other words on another day: new              |
| guid or link alone      | title          | revision where the words are near and the other is missing     |
| title and day           | guid and link  | same where the text or the last part of the link agrees too    |

A name that several entries of one poll share (a home page as link, one guid for all) is no name in that poll; nor is a
guid that known items with different links have, or a link that known items with different guids have.

How the store uses it, per feed: `keys(entry)` for each; load all known items of that feed with
`guid_key IN … OR link_key IN … OR title_key IN …`; `sort(entries, known)` gives one `Match` an entry, in order.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from seeds.address import normal
from seeds.model import Entry

Verdict = Literal["new", "same", "revision", "double"]
"""`double`: the same entry stands twice in this poll (`of` is the index of the first), or it says nothing (None)."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Hashes (32 hexadecimal digits) of an entry's names, made with its feed's key; empty where it has none."""

    guid: str
    link: str
    title: str
    """Of the folded title alone (the day stands beside it), of the first words of the text where there is no title."""
    day: str
    """ISO date of publication in UTC, or empty."""
    text: str
    """Of the text without case and spaces between words, or empty."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the store keeps of an item for this purpose."""

    id: int
    keys: Keys
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`of` is the id of the known item (`same`, `revision`) or the index of the earlier entry (`double`)."""

    verdict: Verdict
    of: int | None = None


NEW = Match("new")


@lru_cache(maxsize=2048)
def keys(entry: Entry) -> Keys:
    """The names of an entry, hashed; a host's scheme, `www.` and tracking parameters don't count."""
    return Keys(
        guid=_hash(entry.feed, "guid", _plain_guid(entry.guid)),
        link=_hash(entry.feed, "link", normal(entry.url)),
        title=_hash(entry.feed, "title", folded(entry.title) or folded(entry.text[:200])),
        day=entry.published.date().isoformat() if entry.published else "",
        text=_hash(entry.feed, "text", " ".join(entry.text.casefold().split())),
    )


def sort(
    entries: Sequence[Entry],
    known: Iterable[Known],
    names: Sequence[Keys] | None = None,
    settled: Mapping[int, int] | None = None,
) -> list[Match]:
    """One verdict for each entry of one feed's poll, in order, against the items of that feed that share a key.

    No two entries get the same known item: the better match has it, whatever the order. `names` are the keys of the
    entries, where the caller has them already; `settled` are entries (by index) that agree in every name and the day
    with an item (by id), which `known` need not hold then.
    """
    names = names if names is not None else [keys(entry) for entry in entries]
    settled = settled or {}
    found = [Known(item, names[n], entries[n].title, entries[n].url) for n, item in settled.items()]
    index = _Index([*known, *found] if len(settled) < len(entries) else ())
    shared = _shared(names) | index.shared()
    verdicts = {n: Match("same", item) for n, item in settled.items()} | _doubles(names)
    candidates = [
        (-weight, n, item.id, verdict)
        for n, (entry, own) in enumerate(zip(entries, names, strict=True))
        if n not in verdicts
        for item in index.near(own)
        for verdict, weight in (_judge(entry, own, item, shared),)
        if weight
    ]
    taken = set(settled.values())
    for _, n, item_id, verdict in sorted(candidates):
        if n not in verdicts and item_id not in taken:
            verdicts[n] = Match(verdict, item_id)
            taken.add(item_id)
    return [verdicts.get(n, NEW) for n in range(len(entries))]


def _doubles(names: Sequence[Keys]) -> dict[int, Match]:
    """Entries that repeat an earlier one of the poll in every name, and those that have none: they say nothing."""
    first: dict[Keys, int] = {}
    found = {}
    for n, own in enumerate(names):
        earlier = first.setdefault(own, n)
        if earlier != n:
            found[n] = Match("double", earlier)
        elif not (own.guid or own.link or own.title):
            found[n] = Match("double")
    return found


def _judge(entry: Entry, own: Keys, item: Known, shared: frozenset[str]) -> tuple[Verdict, int]:
    """The verdict against one known item and its weight; 0 is 'another entry'."""
    names = (own.guid, own.link, own.title, own.text)
    if names == (item.keys.guid, item.keys.link, item.keys.title, item.keys.text):
        return "same", 20 + (own.day == item.keys.day)
    guid = _agree(own.guid, item.keys.guid, shared)
    link = _agree(own.link, item.keys.link, shared)
    title = bool(own.title) and own.title == item.keys.title
    text = bool(own.text) and own.text == item.keys.text
    day = own.day == item.keys.day
    if title and guid:
        return "same", 10 + 2 * bool(link) + text
    if title and link:
        return "same", 9 + text
    if title and (text or not own.text) and (day or not own.day or not item.keys.day) and _may_be_one(entry, item):
        return "same", 7
    if not title and text and (guid or link):
        return "revision", 8
    if guid and link and not _another_story(entry, own, item):
        return "revision", 6
    if (guid and link is None) or (link and guid is None):
        return ("revision", 5) if _near(entry.title, item.title) and not _days_apart(own, item) else ("new", 0)
    return "new", 0


def _agree(one: str, other: str, shared: frozenset[str]) -> bool | None:
    """Whether two names agree; None where one is missing or names several entries."""
    if not one or not other or one in shared or other in shared:
        return None
    return one == other


def _may_be_one(entry: Entry, item: Known) -> bool:
    """Same words under another guid and link: one entry where the links end alike, or where one has no link."""
    if not entry.url or not item.url:
        return True
    return _slug(entry.url) == _slug(item.url)


def _slug(url: str) -> str:
    return normal(url).partition("?")[0].rpartition("/")[2].removesuffix(".html").removesuffix(".htm")


def _another_story(entry: Entry, own: Keys, item: Known) -> bool:
    """A page that is used again ('news in brief'): other words on another day."""
    return _days_apart(own, item) and not _near(entry.title, item.title)


def _days_apart(own: Keys, item: Known) -> bool:
    return bool(own.day and item.keys.day) and own.day != item.keys.day


def _near(one: str, other: str) -> bool:
    """Whether two titles share a good part of their words (or, without spaces, of their letter pairs)."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return not left and not right
    return 5 * len(left & right) >= 2 * min(len(left), len(right)) + len(left | right)


def _words(title: str) -> frozenset[str]:
    text = folded(title)
    words = text.split()
    if len(words) < 3:
        text = text.replace(" ", "")
        return frozenset(text[n : n + 2] for n in range(max(1, len(text) - 1))) if text else frozenset()
    return frozenset(words)


def is_late(entry: Entry, previous_ok: datetime | None, *, first: bool, now: datetime, fresh: timedelta) -> bool:
    """Whether an entry new to us is old news: to be stored and merged, not told.

    On a feed's first poll all that is older than `fresh`; later, what is dated more than two days before the last good
    poll (a site that moved gives all its old entries new guids and links), and what is older than `fresh` anyway.
    Undated entries are late on a first poll only.
    """
    if entry.seed:
        return False
    if entry.published is None:
        return first
    if entry.published < now - fresh:
        return True
    return previous_ok is not None and entry.published < previous_ok - timedelta(days=2)


def _shared(names: Iterable[Keys]) -> frozenset[str]:
    """Guids and links that stand for more than one entry of a poll (other title or other text)."""
    faces: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for own in names:
        for name in (own.guid, own.link):
            if name:
                faces[name].add((own.title, own.text))
    return frozenset(name for name, seen in faces.items() if len(seen) > 1)


class _Index:
    """Known items by each of their names."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        for item in known:
            for name in (item.keys.guid, item.keys.link, item.keys.title):
                if name:
                    self._by_name[name].append(item)

    def shared(self) -> frozenset[str]:
        """Names that have stood for different items: those, of which the other name differs as well."""
        others: dict[str, set[str]] = defaultdict(set)
        for items in self._by_name.values():
            for item in items:
                for name, other in ((item.keys.guid, item.keys.link), (item.keys.link, item.keys.guid)):
                    if name and other:
                        others[name].add(other)
        return frozenset(name for name, found in others.items() if len(found) > 1)

    def near(self, own: Keys) -> list[Known]:
        found = {item.id: item for name in (own.guid, own.link, own.title) for item in self._by_name.get(name, ())}
        return list(found.values())


def folded(text: str) -> str:
    """Compared without case, width, marks of punctuation and space; never shown."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(re.findall(r"\w+", text.casefold()))


def _plain_guid(guid: str) -> str:
    """A guid that is an address loses scheme and tracking parameters like a link."""
    return normal(guid) or guid if guid.startswith(("http://", "https://")) else guid.strip()


def _hash(feed: str, sort_of_name: str, name: str) -> str:
    if not name:
        return ""
    whole = f"{feed}\n{sort_of_name}\n{name}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(whole, digest_size=16).hexdigest()
