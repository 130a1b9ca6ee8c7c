"""One form for what is written in several: how words are folded before they are looked up.

`fold` keeps the length, so that a place in the folded text is the same place in the text. Lexicon words go through it
too: what differs only in case, in the shape of a quotation mark or in Arabic spelling habits is the same word.
"""

import re

_ARABIC = re.compile("[\u0600-\u06ff]")
_DIGITS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC_LETTERS = {
    ord(letter): plain
    for letters, plain in (
        ("أإآٱ", "ا"), ("ىیې", "ي"), ("ۀھہەة", "ه"), ("کڪ", "ك"), ("،", ","), ("؛", ";"), ("٫", "."),
        *((arabic + persian, str(n)) for n, (arabic, persian) in enumerate(zip(*_DIGITS, strict=True))),
    )
    for letter in letters
}  # fmt: skip
_MARKS = (
    ("’", "'"), ("‘", "'"), ("ʼ", "'"), ("ʻ", "'"), ("`", "'"), ("´", "'"), ("′", "'"),
    ("“", '"'), ("”", '"'), ("„", '"'), ("«", '"'), ("»", '"'),
    ("‐", "-"), ("‑", "-"), ("‒", "-"), ("–", "-"), ("−", "-"), ("·", "-"), ("・", "-"),
    ("ё", "е"), ("ı", "i"), ("ς", "σ"),
)  # fmt: skip


def fold(text: str) -> str:
    """`text` in the form that words are compared in; as long as `text`."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = text.replace("İ", "i").lower()  # the one letter that `lower` makes two of
    for mark, plain in _MARKS:
        text = text.replace(mark, plain)
    return text.translate(_ARABIC_LETTERS) if _ARABIC.search(text) else text
