"""From mark-up to what a reader sees: plain text, scrubbed of what no database stores and no eye reads."""

import re
import tomllib
from html import unescape
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]

LONGEST_TITLE = 1_000
LONGEST_TEXT = 200_000
LONGEST_MARKUP = 1_000_000
"""Characters of mark-up read of one field; the rest is cut before parsing."""

_LAST_TWO = "".join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000))
_ILLEGAL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ud800-\udfff{_LAST_TWO}]")
_TRAIL = (
    "\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122"
)
_DOUBLED = re.compile(f"[\xc2-\xf4][{_TRAIL}]")
_SURELY_DOUBLED = re.compile("[\xc2\xc3][\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xbe\u0152-\u017e\u0192\u20ac\u2122]")
_SUSPECT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ud800-\udfff\ufffe\uffff]")
"""Of the first plane, for speed; the rest is looked for where a text leaves that plane."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_C1 = re.compile("[\x80-\x9f]")
_ENTITY_LEFT = re.compile(r"&(amp|quot|apos|nbsp|[a-z]{2,8}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:[a-zA-Z/?]|!--|!doctype\s+\w|!\[CDATA\[)", re.IGNORECASE)
_BRACKETED = re.compile(r"<(?=([^\W\d_][\w ]{0,40})>)")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d]*[1-9])|font-size\s*:\s*0(?![.\d]*[1-9])", re.I
)

_ELEMENTS = tomllib.loads((Path(__file__).parent / "elements.toml").read_text(encoding="utf-8"))
UNSEEN = frozenset(_ELEMENTS["unseen"].split())
BLOCKS = frozenset(_ELEMENTS["blocks"].split())
_HTML = UNSEEN | BLOCKS | frozenset(_ELEMENTS["inline"].split())

_TAG = re.compile(rf"</?({'|'.join(sorted(_HTML))})\b[^<>]*>", re.IGNORECASE)


def scrub(text: str) -> str:
    """Without NUL, other controls, lone surrogates and noncharacters: PostgreSQL refuses the first, both databases the
    third. Controls of ISO 8859 that are Windows letters in truth are read as these. Idempotent."""
    if not _SUSPECT.search(text) and (text.isascii() or not text or max(text) <= "\uffff"):
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "")
    return _ILLEGAL.sub("", _C1.sub(_windows, text))


def is_doubled(document: str) -> bool:
    """Whether somewhere in a document stands what only UTF-8 encoded twice looks like ('Ã³', 'Â£')."""
    return not document.isascii() and _SURELY_DOUBLED.search(document) is not None


def undoubled(text: str) -> str:
    """A field of such a document as it was meant; as it stands where it does not decode."""
    if text.isascii() or not _DOUBLED.search(text):
        return text
    try:
        return b"".join(_western_byte(c) for c in text).decode("utf-8")
    except UnicodeError:
        return text


def _western_byte(character: str) -> bytes:
    """Windows-1252 where it has the letter, ISO 8859-1 where Windows has none."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _windows(found: re.Match[str]) -> str:
    try:
        return found.group().encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return ""


def line(markup: str, longest: int = LONGEST_TITLE) -> str:
    """One line of plain text: a title. Unknown `<words>` are brackets (as Korean and Japanese headlines use them)."""
    markup = _BRACKETED.sub(lambda m: "<" if m.group(1).strip().lower() in _HTML else "&lt;", markup[: longest * 20])
    text = _text(markup)
    if _ENTITY_LEFT.search(text):
        text = _without_tags(scrub(unescape(text)))
    return _cut(" ".join(text.split()), longest)


def paragraphs(markup: str, longest: int = LONGEST_TEXT) -> str:
    """Plain text, a line for each block of the mark-up; what is hidden or not for reading is left out."""
    lines = (" ".join(part.split()) for part in _text(markup[:LONGEST_MARKUP]).splitlines())
    return _cut("\n".join(part for part in lines if part), longest)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _text(markup: str) -> str:
    markup = scrub(markup)
    if not _MARKUP.search(markup):
        return _without_tags(scrub(unescape(markup))) if "&" in markup else markup
    return _without_tags(_rendered(markup))


def _without_tags(text: str) -> str:
    """Mark-up that was escaped once more than it should be: read as mark-up, for two more rounds."""
    for _ in range(2):
        if not _TAG.search(text):
            return text
        text = _rendered(text)
    return _TAG.sub(" ", text)


def _rendered(markup: str) -> str:
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(f"<div>{markup}</div>", parser)
    except etree.XMLSyntaxError:
        root = None
    return scrub(seen(root)) if root is not None else re.sub(r"<[^<>]*>", " ", markup)


def seen(root: etree._Element) -> str:
    """What a reader sees of a tree (HTML or XHTML), a line break at each block."""
    parts: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""  # "": an unread entity
        if event == "start":
            if tag in UNSEEN or is_hidden(element):
                walk.skip_subtree()
                continue
            parts.append("\n" if tag in BLOCKS else "")
            parts.append(element.text or "")
        else:
            parts.append("\n" if tag in BLOCKS or tag == "br" else "")
            parts.append("" if element is root else element.tail or "")
    return "".join(parts)


def is_hidden(element: etree._Element) -> bool:
    """Whether an element hides itself by its own attributes (what style sheets hide can't be seen here)."""
    attributes = element.attrib
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return bool(style) and _HIDING.search(style) is not None


def escaped(text: str) -> str:
    """Text that is plain already, so that it is not read as mark-up again."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
