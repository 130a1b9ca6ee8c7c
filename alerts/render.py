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
ROWS = 60
"""Lines of what is not told in full, in HTML; the written text has up to `TEXT_ROWS`."""
TEXT_ROWS = 1_000
LEAST = 1_200
"""Bytes that no full item goes below."""
_DARK = frozenset("main wrap s t i q r signed in_force ended planned".split())  # noqa: SIM905


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
    html, count = _html(digest)
    text = _text(digest, count)
    return Message(digest.subject, html, text, build(digest, desk, text, html), digest.message_id)


def _html(digest: Digest) -> tuple[str, int]:
    """HTML within the budget, and how many items it tells in full."""
    items = digest.items
    count = min(len(items), BUDGET // LEAST)
    rows = min(len(items), ROWS)
    html = _draw(digest, count, rows)
    if len(html.encode()) > BUDGET:
        bare = len(_draw(digest, 0, rows).encode())
        each = max(LEAST, (len(html.encode()) - bare) // max(1, count))
        count = min(count - 1, max(0, (BUDGET - bare) // each))
        while len((html := _draw(digest, count, rows)).encode()) > BUDGET and count + rows:
            count, rows = (count - 1, rows) if count else (0, rows * 3 // 4)
    return html, count


def _draw(digest: Digest, count: int, rows: int) -> str:
    return _inline(_page("digest.html.j2").render(_context(digest, count, rows)))


def _text(digest: Digest, count: int) -> str:
    text = _page("digest.txt.j2").render(_context(digest, count, TEXT_ROWS))
    return re.sub(r"\n{4,}", "\n\n\n", text).strip() + "\n"


def _context(digest: Digest, count: int, rows: int) -> dict[str, object]:
    """What a page needs: which items stand in full, and which ones of each part in a line."""
    full = frozenset(item.key for item in digest.items[:count])
    brief = frozenset(item.key for item in digest.items[count : count + rows])
    lines = [tuple(item for item in part.items if item.key in brief) for part in digest.parts]
    return {"d": digest, "full": full, "rows": lines, "left": _left(digest, count, len(brief)), "piece": _piece}


@lru_cache(maxsize=4096)
def _piece(name: str, item: Item, last: bool = False) -> Markup:
    """An item or its row in the index, drawn once for all readers."""
    return Markup(_page(name).render(a=item, last=last).rstrip("\n"))  # noqa: S704 (a rendered template)


def _left(digest: Digest, full: int, brief: int) -> str:
    """What was cut for size, and where it is."""
    total = len(digest.items)
    if full == total:
        return ""
    told = f"{full:,} of {total:,} are told in full, {brief:,} in a line each"
    where = "in the browser" if digest.browser else "in the store: pactwatch agreements"
    return f"{told}; all are {where}." if full + brief < total else f"{told}."


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
