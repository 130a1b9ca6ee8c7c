"""Sums of money named in an item, in whole units."""

import re
from collections.abc import Iterator, Mapping, Sequence

from classify.model import Amount
from classify.text import Document
from classify.wordlists import Seen

MOST = 12
_NUMBER = re.compile(r"\d(?:\d{0,2}(?:[.,\s]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d*(?:[.,]\d+)?)")
_GROUPED = re.compile(r"[.,\s](?=\d{3}(?!\d))")
_SYMBOLS = {"us$": "USD", "u$s": "USD", "a$": "AUD", "c$": "CAD", "s$": "SGD", "hk$": "HKD", "r$": "BRL", "$": "USD",
            "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₦": "NGN",
            "₴": "UAH", "₸": "KZT"}  # fmt: skip
_CODES = "aed|aud|brl|cad|chf|cny|egp|etb|eur|gbp|idr|inr|jpy|kes|krw|kzt|mad|myr|ngn|pkr|qar|rub|sar|sgd|try|usd|zar"
_SYMBOL_BEFORE = re.compile(rf"(us\$|u\$s|a\$|c\$|s\$|hk\$|r\$|[$€£¥₹₽₺₩₪₦₴₸]|\brs\.?|\b(?:{_CODES}))\s?$")
_GLUED = re.compile(r"(bn|mn|tn|m|b|k)\b")
_GLUED_SCALES = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "tn": 12}
_SYMBOL_AFTER = re.compile(r"^\s?([$€£¥₹₽₺₩₪₦₴₸])")


def amounts(doc: Document, seen: Sequence[Seen]) -> tuple[Amount, ...]:
    """The sums of money named, in whole units."""
    found = list(_amounts(doc, {word.start: word for word in seen if word.kind in ("scale", "currency")}))
    return tuple(found[:MOST])


def _amounts(doc: Document, words: Mapping[int, Seen]) -> Iterator[Amount]:
    text = doc.folded
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        value = _value(match.group())
        symbol = _SYMBOL_BEFORE.search(text[max(start - 5, 0) : start])
        scale = _next(words, end, "scale")
        if scale:
            value, end = value * 10 ** int(scale.code), scale.end
        elif glued := _GLUED.match(text, end):
            value, end = value * 10 ** _GLUED_SCALES[glued[1]], glued.end()
        currency = _next(words, end, "currency")
        after = _SYMBOL_AFTER.match(text[end : end + 2])
        if symbol:
            code = _SYMBOLS.get(symbol[1]) or ("INR" if symbol[1].startswith("rs") else symbol[1].upper())
            yield Amount(value, code, doc.span(start - len(symbol[0]), end))
        elif currency:
            yield Amount(value, currency.code, doc.span(start, currency.end))
        elif after:
            yield Amount(value, _SYMBOLS[after[1]], doc.span(start, end + after.end()))


def _next(words: Mapping[int, Seen], end: int, kind: str) -> Seen | None:
    """The word of a kind that stands after `end`, with at most a space and a short link ('de', 'of') between."""
    for gap in (0, 1, 3, 4, 5):
        word = words.get(end + gap)
        if word is not None:
            return word if word.kind == kind else None
    return None


def _value(text: str) -> float:
    whole = _GROUPED.sub("", text)
    return float(whole.replace(",", ".").replace(" ", ""))
