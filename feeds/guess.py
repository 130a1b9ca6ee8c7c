"""The encoding of text that tells none: by the feed's language, by what East Asian bytes look like, by a detector."""

import re

from charset_normalizer import from_bytes

_SAMPLE = 20_000
_BY_LANGUAGE = {
    "ru": ("cp1251", "koi8-r"), "uk": ("cp1251", "koi8-u"), "bg": ("cp1251",), "mk": ("cp1251",), "be": ("cp1251",),
    "he": ("cp1255",), "ar": ("cp1256",), "fa": ("cp1256",), "ur": ("cp1256",), "el": ("cp1253",), "tr": ("cp1254",),
    "th": ("cp874",), "vi": ("cp1258",), "pl": ("cp1250",), "cs": ("cp1250",), "sk": ("cp1250",), "hu": ("cp1250",),
    "ro": ("cp1250",), "hr": ("cp1250",), "sl": ("cp1250",), "et": ("cp1257",), "lv": ("cp1257",), "lt": ("cp1257",),
}  # fmt: skip
_WESTERN = frozenset(("af", "da", "de", "en", "es", "fi", "fr", "id", "is", "it", "ms", "nl", "no", "pt", "sv"))
_EAST_ASIAN = (
    # codec, codec whose rows are looked at, lead bytes of the common rows (kana, hangul, first level of ideographs)
    ("cp949", "euc_kr", (range(0xB0, 0xC9),)),
    ("euc-jp", "euc_jp", (range(0xA4, 0xA6), range(0xB0, 0xD0))),
    ("cp932", "shift_jis", (range(0x82, 0x84), range(0x88, 0x98))),
    ("big5hkscs", "big5", (range(0xA4, 0xC7),)),
    ("gb18030", "gb2312", (range(0xB0, 0xD8),)),
)
_CANDIDATES = (
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "koi8_r", "koi8_u",
    "iso8859_2", "iso8859_5", "iso8859_7",
)  # fmt: skip


def guess(body: bytes, lang: str) -> str:
    """Name of a codec, empty where nothing fits."""
    foreign = _foreign(body)
    if eastern := _eastern(foreign):
        return eastern
    base = lang.partition("-")[0].lower()
    fitting = [n for n in (("cp1252",) if base in _WESTERN else _BY_LANGUAGE.get(base, ())) if _fits(foreign, n)]
    if fitting:
        return max(fitting, key=lambda name: sum(c.islower() for c in foreign.decode(name, errors="replace")))
    best = from_bytes(foreign, cp_isolation=list(_CANDIDATES), enable_fallback=False).best()
    return best.encoding.replace("_", "-") if best else ""


def _foreign(body: bytes) -> bytes:
    """What is not mark-up, digits or signs: these would make every text look Western."""
    text = re.sub(rb"<!--.{0,2000}?-->|<[^<>]{0,2000}>", b" ", body[: 5 * _SAMPLE], flags=re.DOTALL)
    return re.sub(rb"[\x00-\x1f!-?]+", b" ", text)[:_SAMPLE]


def _fits(foreign: bytes, name: str) -> bool:
    text = foreign.decode(name, errors="replace")
    return 100 * text.count("\ufffd") <= len(text)


def _eastern(foreign: bytes) -> str:
    """The East Asian encoding in which the characters are common ones; Western bytes make rare ones in all of them."""
    best, most = "", 0.85
    for name, rows, common in _EAST_ASIAN:
        text = foreign.decode(name, errors="replace")
        wide = [c for c in text if c > "\x7f"]
        if len(wide) < 4 or 50 * wide.count("\ufffd") > len(wide):
            continue
        share = sum(_is_common(c, rows, common) for c in wide) / len(wide)
        if share > most:
            best, most = name, share
        if share > 0.95 and name == "cp949":
            break
    return best


def _is_common(character: str, rows: str, common: tuple[range, ...]) -> bool:
    if character in "、。，．・：；？！「」『』（）【】《》〈〉“”‘’…—　":
        return True
    try:
        encoded = character.encode(rows)
    except UnicodeEncodeError:
        return False
    return len(encoded) == 2 and any(encoded[0] in span for span in common)
