"""From bytes to text: what the byte order mark, the bytes themselves, the document and the server say, in this order.

Valid UTF-8 with letters beyond ASCII is UTF-8 whatever was declared: no other encoding looks so by chance. Labels are
read as browsers read them (WHATWG: `gb2312` is GB 18030, `iso-8859-1` is windows-1252).
"""

import codecs
import re
import zlib

from charset_normalizer import from_bytes

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
_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs", "big5-tw": "big5hkscs",
    "x-x-big5": "big5hkscs", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "iso-8859-8-i": "iso-8859-8",
    "x-cp1251": "cp1251", "windows-31j": "cp932", "x-euc-jp": "euc-jp", "x-user-defined": "cp1252",
}  # fmt: skip
_BY_LANGUAGE = {
    "zh": ("gb18030", "big5hkscs"), "ja": ("cp932", "euc-jp", "iso-2022-jp"), "ko": ("cp949",), "ru": ("cp1251", "koi8-r"),
    "uk": ("cp1251", "koi8-u"), "bg": ("cp1251",), "sr": ("cp1251", "cp1250"), "he": ("cp1255",), "ar": ("cp1256",),
    "fa": ("cp1256",), "el": ("cp1253",), "tr": ("cp1254",), "th": ("cp874",), "vi": ("cp1258",), "pl": ("cp1250",),
    "cs": ("cp1250",), "sk": ("cp1250",), "hu": ("cp1250",), "ro": ("cp1250",), "hr": ("cp1250",), "sl": ("cp1250",),
    "et": ("cp1257",), "lv": ("cp1257",), "lt": ("cp1257",),
}  # fmt: skip
_SAMPLE = 20_000


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
    declared = _declared(body, content_type)
    if (text := _strict(body, "utf-8")) is not None:
        wide = bool(declared) and _wider(declared) not in ("utf-8", "utf8")
        return text, f"says {declared}, is UTF-8" if wide and not body.isascii() else ""
    if declared and (text := _declared_text(body, declared)) is not None:
        return text, ""
    return _guess(body, lang)


def _declared(body: bytes, content_type: str) -> str:
    """The document's own word before the server's: servers add a default to what they don't know."""
    found = _XML.search(body[:400]) or _META.search(body[:2000])
    if found:
        return found.group(1).decode("ascii")
    told = _HTTP.search(content_type)
    return told.group(1) if told else ""


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


def _declared_text(body: bytes, label: str) -> str | None:
    """The text in its declared encoding, where at most one character in 500 does not fit it."""
    name = _wider(label)
    try:
        text = body.decode(name, errors="replace")
    except (LookupError, UnicodeError, ValueError):
        return None
    return text if 500 * text.count("\ufffd") <= len(text) + 1500 or name not in ("utf-8", "utf8") else None


def _guess(body: bytes, lang: str) -> tuple[str, str]:
    """Mostly UTF-8 with broken bytes; else what the feed's language is written in; else what a detector finds."""
    mostly = _read(body, "utf-8")
    if _is_mostly_utf8(body, mostly):
        return mostly, "UTF-8 with broken bytes"
    for name in _BY_LANGUAGE.get(lang.partition("-")[0].lower(), ()):
        if (text := _strict(body, name)) is not None:
            return text, f"encoding guessed: {name}"
    name = _detected(body)
    return (_read(body, name), f"encoding guessed: {name}") if name else (_read(body, "cp1252"), "encoding unknown")


def _is_mostly_utf8(body: bytes, text: str) -> bool:
    broken = text.count("\ufffd")
    whole = sum(1 for c in text[:_SAMPLE] if c > "\x7f") - text[:_SAMPLE].count("\ufffd")
    return whole > 4 * broken or (broken <= 3 and whole >= broken)


def _detected(body: bytes) -> str:
    """Of the letters beyond ASCII alone: mark-up and addresses would make every text look Western."""
    foreign = re.sub(rb"<[^>]*>|[\x00-\x1f!-@\[-`{-\x7f]+", b" ", body[: 5 * _SAMPLE])[:_SAMPLE]
    best = from_bytes(foreign, cp_isolation=list(_CANDIDATES), enable_fallback=False).best()
    return _wider(best.encoding.replace("_", "-")) if best else ""


_CANDIDATES = (
    "gb18030", "big5", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp1258", "koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "iso8859_7",
)  # fmt: skip


def gunzip(body: bytes, limit: int) -> bytes:
    """A gzip file decompressed; `ValueError` where it is broken, cut, or larger than the limit."""
    reader = zlib.decompressobj(31)
    try:
        text = reader.decompress(body, limit + 1)
    except zlib.error as error:
        raise ValueError(f"broken gzip: {error}") from error
    if len(text) > limit:
        raise ValueError(f"more than {limit:,} bytes after decompression")
    if not reader.eof:
        raise ValueError("gzip cut short")
    return text
