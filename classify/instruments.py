"""Papers, how many there are, and money: what was signed, as told."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from classify.model import Amount, Instrument
from classify.text import Document
from classify.wordlists import Seen

MOST = 12
_SUBJECT = 90
_SUBJECT_END = re.compile(
    r"[.;:!?,()\n]|\s(?:was|were|is|are|has|have|had|which|that|who|when|while|as|during|between|with|by|at|under|after"
    r"|before|signed|inked|sealed|reached|struck|concluded)(?:\s|$)"
)
_TITLE = 45
"""How far back, in characters, a paper's title may reach."""
_LINKED = re.compile(r"\s[\w\s'’-]*|")
_NUMBER = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?")
_GROUPED = re.compile(r"[.,\s](?=\d{3}(?!\d))")
_SYMBOLS = {"us$": "USD", "u$s": "USD", "a$": "AUD", "c$": "CAD", "s$": "SGD", "hk$": "HKD", "r$": "BRL", "$": "USD",
            "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₦": "NGN",
            "₴": "UAH", "₸": "KZT"}  # fmt: skip
_CODES = "aed|aud|brl|cad|chf|cny|egp|etb|eur|gbp|idr|inr|jpy|kes|krw|kzt|mad|myr|ngn|pkr|qar|rub|sar|sgd|try|usd|zar"
_SYMBOL_BEFORE = re.compile(rf"(us\$|u\$s|a\$|c\$|s\$|hk\$|r\$|[$€£¥₹₽₺₩₪₦₴₸]|\brs\.?|\b(?:{_CODES}))\s?$")
_GLUED = re.compile(r"(bn|mn|tn|m|b|k)\b")
_GLUED_SCALES = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "tn": 12}
_SYMBOL_AFTER = re.compile(r"^\s?([$€£¥₹₽₺₩₪₦₴₸])")
_WORD = re.compile(r"\w+")


def papers(doc: Document, seen: Sequence[Seen], scope: Mapping[int, float]) -> tuple[Instrument, ...]:
    """The papers named where the item tells of the agreement; one of each kind and subject."""
    found: dict[tuple[str, str], Instrument] = {}
    stops = {word.start for word in seen if word.kind == "stop"}
    for number, word in enumerate(seen):
        if word.kind == "instrument" and scope.get(doc.sentence_at(word.start), 0) > 0:
            subject, end = _subject(doc, seen, number, stops)
            found.setdefault((word.code, subject), Instrument(word.code, subject, doc.span(word.start, end)))
            if len(found) == MOST:
                break
    return tuple(found.values())


def _subject(doc: Document, seen: Sequence[Seen], number: int, stops: Container[int]) -> tuple[str, int]:
    """What the paper is about: what follows 'on', else the words before its kind; with where the whole ends."""
    word = seen[number]
    following = seen[number + 1] if number + 1 < len(seen) else None
    if following and following.kind == "about" and following.start - word.end <= 3:
        rest = doc.norm[following.end : following.end + _SUBJECT]
        stop = _SUBJECT_END.search(rest)
        subject = rest[: stop.start()] if stop else rest.rsplit(" ", 1)[0]
        return " ".join(subject.split()), following.end + len(subject.rstrip())
    return _before(doc, stops, word.start), word.end


def _before(doc: Document, stops: Container[int], end: int) -> str:
    """The words right before a paper's kind that belong to its title ('visa waiver' agreement)."""
    if not stops:
        return ""
    begin = max(end - _TITLE, 0)
    last = end
    for match in reversed(list(_WORD.finditer(doc.norm[begin:end]))):
        at = begin + match.start()
        if at in stops or match.group().isdecimal() or doc.norm[begin + match.end() : last].strip(" -'’"):
            break
        last = at
    return " ".join(doc.norm[last:end].split()) if last < end else ""


def count(doc: Document, seen: Sequence[Seen], scope: Mapping[int, float]) -> int | None:
    """How many papers the item says were signed, by a number within three words before a kind of paper."""
    by_end = {word.end: int(word.code) for word in seen if word.kind == "number"}
    for word in seen:
        if word.kind != "instrument" or scope.get(doc.sentence_at(word.start), 0) <= 0:
            continue
        start = max(word.start - 40, 0)
        for before in list(_WORD.finditer(doc.folded[start : word.start]))[-4:][::-1]:
            text = before.group()
            value = int(text) if text.isdecimal() and len(text) <= 2 else by_end.get(start + before.end())
            if value and 2 <= value <= 99 and _LINKED.fullmatch(doc.norm, start + before.end(), word.start):
                return value
    return None


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
