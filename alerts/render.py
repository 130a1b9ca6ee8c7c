"""A `Digest` as HTML and as written text, within the size that mail services show. Pure: same digest, same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import css_inline
import jinja2
from markupsafe import Markup, escape

from alerts.columns import quoted, wrap
from alerts.desk import Desk
from alerts.digest import Digest, Entry, Item
from alerts.mime import build
from alerts.templating import templates
from classify.model import Stage

BUDGET = 95_000
"""Bytes of HTML; from 102,000 on Gmail cuts a mail off."""
ROWS = 60
"""Lines of what is not told in full, in HTML."""
TEXT_FULL, TEXT_ROWS = 400, 1_000
"""So many the written text tells in full, and so many more in a line: a mail has a size, too."""
LEAST = 1_200
"""Bytes that no full item goes below."""
_DARK = frozenset("main wrap s g t i q r signed in_force ended planned".split())  # noqa: SIM905


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
    html, text = _html(digest), _text(digest)
    return Message(digest.subject, html, text, build(digest, desk, text, html), digest.message_id)


def _html(digest: Digest) -> str:
    """HTML within the budget.

    What is the same for many readers is drawn and inlined once; the page holds a comment where it goes.
    """
    drawn: list[str] = []

    def piece(name: str, entry: Entry, bare: bool = False) -> Markup:
        drawn.append(_inlined(name, entry, bare=bare))
        return Markup(f"<!--piece {len(drawn) - 1}-->")  # noqa: S704 (a number)

    page = _inline(_page("digest.html.j2").render(d=digest, piece=piece))
    page = re.sub(r"<!--piece (\d+)-->", lambda found: drawn[int(found[1])], page)
    full, brief = _fit(digest, BUDGET - len(page.encode()))
    page = page.replace("<!--left-->", _left_html(digest, len(full), len(brief)), 1)
    for number, part in enumerate(digest.parts):
        keys = [item.key for item in part.items]
        told = [*(full[key] for key in keys if key in full), *(brief[key] for key in keys if key in brief)]
        page = page.replace(f"<!--part {number}-->", "\n".join(told), 1)
    return page


def _fit(digest: Digest, room: int) -> tuple[dict[str, str], dict[str, str]]:
    """What stands in full and what in a line within so many bytes, by key: as many in full as leave room for lines,
    what changed its stage and what is surest before all else."""
    last = {part.items[-1].key for part in digest.parts}
    items = sorted(digest.items, key=lambda item: (item.stage == Stage.SIGNED, -float(item.confidence)))
    full = [(i.key, _inlined("digest.item.html.j2", i, i.key in last)) for i in items[: BUDGET // LEAST]]
    if len(full) == len(items) and _size(full) <= room:
        return dict(full), {}
    brief = [(item.key, _inlined("digest.row.html.j2", item)) for item in items[: len(full) + ROWS]]
    count, rows = len(full), ROWS
    while count + rows and _size(full[:count]) + _size(brief[count : count + rows]) + LEAST > room:
        count, rows = (count - 1, rows) if count else (0, rows - 1)
    return dict(full[:count]), dict(brief[count : count + rows])


def _size(pieces: Sequence[tuple[str, str]]) -> int:
    return sum(len(piece.encode()) + 1 for _, piece in pieces)


def _text(digest: Digest) -> str:
    """The written text: all in full, but for an issue of many hundreds."""
    items = digest.items
    full = frozenset(item.key for item in items[:TEXT_FULL])
    brief = frozenset(item.key for item in items[TEXT_FULL : TEXT_FULL + TEXT_ROWS])
    rows = [tuple(item for item in part.items if item.key in brief) for part in digest.parts]
    left = _left(digest, len(full), len(brief))
    text = _page("digest.txt.j2").render(d=digest, full=full, rows=rows, left=left, piece=_piece)
    return re.sub(r"\n{4,}", "\n\n\n", text).strip() + "\n"


@lru_cache(maxsize=4096)
def _piece(name: str, shown: Item | Entry, last: bool = False, bare: bool = False) -> Markup:
    """An item, its line or its entry in the index, drawn once for all readers; the last of a part has no rule below, a
    bare entry no mark of its own."""
    return Markup(_page(name).render(a=shown, last=last, bare=bare).rstrip("\n"))  # noqa: S704 (a rendered template)


@lru_cache(maxsize=4096)
def _inlined(name: str, shown: Item | Entry, last: bool = False, bare: bool = False) -> str:
    return _fragment(_piece(name, shown, last, bare).strip())


def _left_html(digest: Digest, full: int, brief: int) -> str:
    left = escape(_left(digest, full, brief))
    if left and digest.browser:
        link = Markup('<a href="{}">in the browser</a>').format(digest.browser)
        left = left.replace("in the browser", link)
    return _fragment(f'<p class="s">{left}</p>') if left else ""


def _left(digest: Digest, full: int, brief: int) -> str:
    """What was cut for size, and where it is."""
    total = len(digest.items)
    if full == total:
        return ""
    told = f"{full:,} of {total:,} are told in full, {brief:,} in a line each"
    where = "in the browser" if digest.browser else "in the store: pactwatch agreements"
    return f"{told}; all are {where}."


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
    css = files("alerts").joinpath("templates/digest.css").read_text("utf-8")
    return css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False, minify_css=True, extra_css=css)


def _inline(html: str) -> str:
    """Styles inlined; only classes that the dark style needs stay."""
    return re.sub(r' class="([^"]*)"', _dark_classes, _inliner().inline(html))


def _fragment(html: str) -> str:
    return re.sub(r' class="([^"]*)"', _dark_classes, _inliner().inline_fragment(html, ""))


def _dark_classes(found: re.Match[str]) -> str:
    kept = [name for name in found[1].split() if name in _DARK]
    return f' class="{" ".join(kept)}"' if kept else ""
