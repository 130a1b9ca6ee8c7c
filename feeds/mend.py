"""Repairs that make most broken feeds well-formed, on text, each in one linear pass and each told.

What is still not well-formed afterwards is read by feedparser's forgiving reader, which then no longer meets what makes
it raise (character references beyond Unicode, halves of surrogate pairs).
"""

import re
from html.entities import html5

_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,12})|([0-9]{1,12}));?|([A-Za-z][A-Za-z0-9]{1,31});)?")
_KEPT = frozenset(("amp", "lt", "gt", "quot", "apos"))
_PAIR = re.compile(
    r"&#(?:x(d[89ab][0-9a-f]{2})|(5[5-6]\d{3}));&#(?:x(d[c-f][0-9a-f]{2})|(5[6-7]\d{3}));", re.IGNORECASE
)
_PROLOG = re.compile(
    r"[^<]{0,4000}(?:(?:<\?[^>]{0,1000}>|<!--(?:(?!-->).){0,4000}-->|<!DOCTYPE[^\[<>]{0,1000}>)[^<]{0,1000}){0,20}",
    re.IGNORECASE | re.DOTALL,
)
"""Text, declarations, comments and external document types before the first element."""
_LONG_ENTITY = re.compile(r"<!ENTITY\s[^<>]{200,}>", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ENTRY = {"rss": "item", "rdf": "item", "feed": "entry", "urlset": "url"}
_EMPTY_ROOT = re.compile(r"<[^<>]*/>")
_WRAPPED = re.compile(r"<(rss|feed|rdf:RDF)\b(?=[^<>]*(?:xmlns|version)\s*=)", re.IGNORECASE)
_RSS_PREFIX = re.compile(r"(</?)rss:(?=[A-Za-z])", re.IGNORECASE)
PAGE = ("html", "body", "head")


def start(text: str) -> str:
    """Without declaration, external document type and what stands before the first element; a feed that was wrapped
    in a page is taken out of it."""
    prolog = _PROLOG.match(text)
    head = text[prolog.end() :] if prolog else text
    head = head[head.find("<") :] if "<" in head else head
    if root(head)[1] in PAGE and (wrapped := _WRAPPED.search(head[:4000])):
        end = head.rfind(f"</{wrapped.group(1)}")
        return head[wrapped.start() : end if end > 0 else None] + (f"</{wrapped.group(1)}>" if end > 0 else "")
    return head


def root(text: str) -> tuple[str, str]:
    """Prefix and local name (lower case) of the first element, comments and instructions skipped."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith(("<?", "<!"), at):
            end = text.find(">", at)
        else:
            found = _ROOT.match(text, at)
            return ((found.group(1) or "").rstrip(":"), found.group(2).lower()) if found else ("", "")
        if end < 0:
            return "", ""
        at = end
    return "", ""


def short_entities(text: str) -> str:
    """Without declarations of entities that hold more than a few words: nobody needs them but bombs."""
    return _LONG_ENTITY.sub("", text)


def characters(text: str) -> str:
    """Without illegal characters and references to them, HTML's named references, bare ampersands and a prefix that
    nothing declares; CDATA untouched."""
    text = _ILLEGAL.sub("", text)
    if "<rss:" in text and "xmlns:rss" not in text:
        text = _RSS_PREFIX.sub(r"\1", text)
    if "&" not in text:
        return text
    first, *sections = text.split("<![CDATA[")
    mended = [_references(first)]
    for section in sections:
        data, closed, rest = section.partition("]]>")
        mended.append(f"<![CDATA[{data}{closed}{_references(rest) if closed else ''}")
    return "".join(mended)


def _references(text: str) -> str:
    return _REFERENCE.sub(_reference, _PAIR.sub(_joined, text))


def _reference(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        if name in _KEPT:
            return found.group()
        return html5.get(f"{name};") or f"&amp;{name};"
    if not hexadecimal and not decimal:
        return "&amp;"
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    legal = (
        number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    )
    if not legal:
        return ""
    return f"&#{number};"


def _joined(found: re.Match[str]) -> str:
    """Two references to the halves of one character."""
    high_hex, high, low_hex, low = found.groups()
    upper = int(high_hex, 16) if high_hex else int(high)
    lower = int(low_hex, 16) if low_hex else int(low)
    if not (0xD800 <= upper < 0xDC00 <= lower < 0xE000):
        return ""
    return f"&#{0x10000 + ((upper - 0xD800) << 10) + (lower - 0xDC00)};"


def whole(text: str, prefix: str, name: str) -> tuple[str, bool, bool]:
    """The text as far as its entries are complete, closed where the end of the root is missing; whether that was so;
    and whether a last, incomplete entry tells enough to be kept (its title and its link or guid)."""
    called = f"{prefix}:{name}" if prefix else name
    if name not in _ENTRY or f"</{called}" in text[-2000:].lower() or _EMPTY_ROOT.fullmatch(text.strip()):
        return text, False, False
    end = f"</{_ENTRY[name]}>"
    cut = text.rfind(end) + len(end) if end in text else len(text)
    rest = text[cut:].lower()
    partial = "</title>" in rest and any(sign in rest for sign in ("</link>", "</guid>", "</id>", "<link "))
    inner = "</channel>" if name == "rss" and "<channel" in text[:cut] else ""
    return f"{text[:cut]}{inner}{_closing(text, called)}", True, partial


def _closing(text: str, called: str) -> str:
    """The end tag in the root's own spelling."""
    found = re.search(rf"<({re.escape(called)})\b", text[:4000], re.IGNORECASE)
    return f"</{found.group(1)}>" if found else ""
