"""From bytes to text: what the byte order mark, the bytes themselves, the document and the server say, in this order.

Valid UTF-8 with letters beyond ASCII is UTF-8 whatever was declared: no other encoding looks so by chance. Labels are
read as browsers read them (WHATWG: `gb2312` is GB 18030, `iso-8859-1` is windows-1252).
"""

import codecs
import re
import zlib

from feeds.guess import guess

_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_BOM = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_EBCDIC = "<?xm".encode("cp037")
_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs", "big5-tw": "big5hkscs",
    "x-x-big5": "big5hkscs", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "iso-8859-8-i": "iso-8859-8",
    "x-cp1251": "cp1251", "windows-31j": "cp932", "x-euc-jp": "euc-jp", "x-user-defined": "cp1252",
    "mac": "mac_roman", "csmacintosh": "mac_roman", "x-mac-roman": "mac_roman", "ms-cyrl": "cp1251",
}  # fmt: skip
_SAMPLE = 100_000
_GZIP = b"\x1f\x8b"


def decode(body: bytes, content_type: str = "", lang: str = "") -> tuple[str, str]:
    """The text and a note for a person where the encoding had to be guessed or contradicted (else empty).

    Never raises: what fits nothing is read with replacement characters.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _read(body[len(bom) :], name), ""
    for start, name in _WITHOUT_BOM:
        if body.startswith(start):
            return _read(body, name), ""
    if body.startswith(_EBCDIC):
        return _from_ebcdic(body, content_type), ""
    declared = _declared(body, content_type)
    if (text := _strict(body, "utf-8")) is not None:
        wrong = bool(declared) and not _is_utf8(declared) and not body.isascii()
        return text, f"says {declared}, is UTF-8" if wrong else ""
    if declared and not _is_utf8(declared) and (text := _declared_text(body, declared)) is not None:
        return text, ""
    return _guess(body, lang)


def _declared(body: bytes, content_type: str) -> str:
    """The document's own word before the server's: servers add a default to what they don't know."""
    found = _XML.search(body[:400]) or _META.search(body[:2000])
    if found:
        return found.group(1).decode("ascii")
    told = _HTTP.search(content_type)
    return told.group(1) if told else ""


def _from_ebcdic(body: bytes, content_type: str) -> str:
    """XML 1.0, appendix F: a declaration that only EBCDIC reads, in the page that it names."""
    declared = _declared(body[:400].decode("cp037").encode("ascii", "replace"), content_type)
    text = _declared_text(body, declared) if declared else None
    return (text or _read(body, "cp037")).replace("\x85", "\n")


def _wider(label: str) -> str:
    label = label.strip().lower()
    return _WIDER.get(label, label)


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _read(body: bytes, name: str) -> str:
    return body.decode(name, errors="replace")


def _is_utf8(label: str) -> bool:
    return label.strip().lower() in ("utf-8", "utf8", "unicode-1-1-utf-8")


def _declared_text(body: bytes, label: str) -> str | None:
    """The text in its declared encoding, what does not fit it replaced; None where the label names no encoding."""
    try:
        return body.decode(_wider(label), errors="replace")
    except (LookupError, UnicodeError, ValueError):
        return None


def _guess(body: bytes, lang: str) -> tuple[str, str]:
    """Mostly UTF-8 with broken bytes, else what `guess` finds."""
    mostly = _read(body, "utf-8")
    if _is_mostly_utf8(mostly):
        return mostly, "UTF-8 with broken bytes"
    name = guess(body, lang)
    return (_read(body, name), f"encoding guessed: {name}") if name else (_read(body, "cp1252"), "encoding unknown")


def _is_mostly_utf8(text: str) -> bool:
    """Whole letters beyond ASCII outnumber broken ones by far, or there are only a few broken ones in all."""
    broken = text.count("\ufffd")
    whole = sum(c > "\x7f" for c in text[:_SAMPLE]) - text.count("\ufffd", 0, _SAMPLE)
    return whole > 4 * broken or (broken <= 3 and whole >= broken)


def gunzip(body: bytes, limit: int) -> bytes:
    """A gzip file decompressed, all its members; `ValueError` where it is broken, cut, or larger than the limit."""
    text = bytearray()
    while True:
        reader = zlib.decompressobj(31)
        try:
            text += reader.decompress(body, limit - len(text) + 1)
        except zlib.error as error:
            raise ValueError(f"broken gzip: {error}") from error
        if len(text) > limit:
            raise ValueError(f"more than {limit:,} bytes after decompression")
        if not reader.eof:
            raise ValueError("gzip cut short")
        body = reader.unused_data
        if not body.startswith(_GZIP):
            return bytes(text)
