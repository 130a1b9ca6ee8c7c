"""A `Digest` as HTML and as written text, within the size that mail services show. Pure: same digest, same bytes."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import css_inline
import jinja2
from markupsafe import Markup

from alerts.columns import quoted, wrap
from alerts.desk import Desk
from alerts.digest import Digest, Item
from alerts.mime import build
from alerts.templating import templates

BUDGET = 95_000
"""Bytes of HTML; from 102,000 on Gmail cuts a mail off."""
ROWS = 120
"""Rows of the index in HTML; the written text has up to `TEXT_ROWS`."""
TEXT_ROWS = 1_000
LEAST = 1_200
"""Bytes that no full item goes below."""
_DARK = frozenset("main wrap s t h i q r signed in_force ended planned".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Message:
    """A digest in words: its parts, and the complete RFC 5322 message that is stored and sent."""

    subject: str
    html: str
    text: str
    eml: bytes
    message_id: str


def render(digest: Digest, desk: Desk) -> Message:
    """The whole message. Raises `MessageError` where a header would not read back as set."""
    html, full, rows = _html(digest)
    text = _text(digest, full, rows)
    return Message(digest.subject, html, text, build(digest, desk, text, html), digest.message_id)


def _html(digest: Digest) -> tuple[str, frozenset[str], int]:
    """HTML within the budget, the keys of the items shown in full, and how many index rows it has."""
    items = digest.items
    rows = min(len(items), ROWS)
    count = min(len(items), BUDGET // LEAST)
    html = _draw(digest, count, rows)
    if len(html.encode()) > BUDGET:
        while (bare := len(_draw(digest, 0, rows).encode())) > BUDGET and rows > 1:
            rows = rows * 3 // 4
        each = max(LEAST, (len(html.encode()) - bare) // max(1, count))
        count = min(count - 1, max(0, (BUDGET - bare) // each))
        while len((html := _draw(digest, count, rows)).encode()) > BUDGET and count:
            count -= 1
    return html, frozenset(item.key for item in items[:count]), rows


def _draw(digest: Digest, count: int, rows: int) -> str:
    full = frozenset(item.key for item in digest.items[:count])
    return _inline(_page("digest.html.j2").render(_context(digest, full, digest.items[:rows])))


def _text(digest: Digest, full: frozenset[str], rows: int) -> str:
    shown = digest.items if rows == len(digest.items) else digest.items[:TEXT_ROWS]
    text = _page("digest.txt.j2").render(_context(digest, full, shown))
    return re.sub(r"\n{4,}", "\n\n\n", text).strip() + "\n"


def _context(digest: Digest, full: frozenset[str], rows: tuple[Item, ...]) -> dict[str, object]:
    return {"d": digest, "full": full, "rows": rows, "left": _left(digest, len(full), len(rows)), "piece": _piece}


@lru_cache(maxsize=4096)
def _piece(name: str, item: Item, last: bool = False) -> Markup:
    """An item or its row in the index, drawn once for all readers."""
    return Markup(_page(name).render(a=item, last=last).rstrip("\n"))  # noqa: S704 (a rendered template)


def _left(digest: Digest, full: int, rows: int) -> str:
    """What was cut for size, and where it is."""
    where = "in the browser" if digest.browser else "in the store: pactwatch agreements"
    cut = len(digest.items) - rows
    if cut:
        return (
            f"{rows:,} of {len(digest.items):,} agreements are listed here and {full:,} told in full; all are {where}."
        )
    cut = len(digest.items) - full
    return f"{full:,} are told in full below, {cut:,} more {where}." if cut else ""


@cache
def _page(name: str) -> jinja2.Template:
    environment = templates()
    environment.filters.update(wrap=wrap, quoted=quoted, tight=tight)
    return environment.get_template(name)


def tight(text: str) -> str:
    """A number stays on the line of what it counts: '2 governments', '400 million', '19 Nov 2026'."""
    return re.sub(r"(?<!\d )(\b\d{1,3}) (?=[^\W\d])", "\\1\u00a0", text)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False, minify_css=True)


def _inline(html: str) -> str:
    """Styles inlined; only classes that the dark style needs stay."""
    inlined = _inliner().inline(html)
    return re.sub(r' class="([^"]*)"', _dark_classes, inlined)


def _dark_classes(found: re.Match[str]) -> str:
    kept = [name for name in found[1].split() if name in _DARK]
    return f' class="{" ".join(kept)}"' if kept else ""
