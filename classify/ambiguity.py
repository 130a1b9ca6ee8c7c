"""Words that name a country in one place and something else in another: Jordan, Georgia, Turkey, Brussels.

What decides stands in `lexicon/names/ambiguous.tsv`; the rules are explained at its top.
"""

import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from classify.automaton import Seen
from classify.shelf import LEXICON, LexiconError, rows, where
from classify.text import Document

_SHELF = LEXICON / "names" / "ambiguous.tsv"
_RULES = frozenset(
    {
        "not-before",
        "not-after",
        "not-after-word",
        "not-with",
        "but-with",
        "only-with",
        "instead",
        "first-name",
        "surname",
    }
)
_LOOK_BACK = 60
_LOOK_AHEAD = 60
_TITLE_CASE = 0.7
_TITLE_LENGTH = 300


class Rule(NamedTuple):
    """One line of the shelf: `code` only where the rule is `instead`, `words` only where it is `not-after-word`."""

    kind: str
    pattern: str
    code: str = ""
    words: frozenset[str] = frozenset()


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled on first use: most rules are never asked."""
    return re.compile(pattern)


class Judge:
    """Decides what the ambiguous words of one document are."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._rules = _rules(doc.lang)
        self._found: dict[str, bool] = {}
        self._title_case: dict[int, bool] = {}

    def code(self, seen: Seen) -> str:
        """The country that a word stands for here; empty where it names none."""
        word = self._doc.folded[seen.start : seen.end]
        code, kind = seen.entry.code, seen.entry.kind
        rules = self._rules.get(word, ()) + self._rules.get("*" + kind, ())
        for rule in rules:
            if rule.kind == "instead":
                code = rule.code if self._has(rule.pattern) else code
            elif self._speaks_against(rule, rules, seen):
                return ""
        return code

    def _speaks_against(self, rule: Rule, rules: tuple[Rule, ...], seen: Seen) -> bool:
        norm = self._doc.norm
        if rule.kind == "not-before":
            return _compiled(rule.pattern).match(norm, seen.end, seen.end + _LOOK_AHEAD) is not None
        if rule.kind == "not-after":
            return _compiled(rule.pattern).search(norm[max(0, seen.start - _LOOK_BACK) : seen.start]) is not None
        if rule.kind == "not-after-word":
            return _word_before(norm, seen.start) in rule.words
        if rule.kind == "only-with":
            return not self._has(rule.pattern)
        if rule.kind == "not-with":
            against = self._has(rule.pattern)
            return against and not any(self._has(but.pattern) for but in rules if but.kind == "but-with")
        return rule.kind in ("first-name", "surname") and self._is_part_of_name(rule, seen)

    def _is_part_of_name(self, rule: Rule, seen: Seen) -> bool:
        """Whether another capitalised word beside this one makes the two a person's name."""
        norm = self._doc.norm
        if rule.kind == "first-name":
            match = _NEXT_NAME.match(norm, seen.end)
        else:
            match = _NAME_BEFORE.search(norm[max(0, seen.start - _LOOK_BACK) : seen.start])
        if not match or _compiled(rule.pattern).fullmatch(match.group(1)):
            return False
        number = self._doc.sentence_at(seen.start)
        if number not in self._title_case:
            self._title_case[number] = self._is_title_case(number)
        return not self._title_case[number]

    def _is_title_case(self, number: int) -> bool:
        """Whether nearly every longer word of a sentence begins with a capital."""
        sentence = self._doc.sentences[number]
        words = _LONGER_WORD.findall(self._doc.norm, sentence.start, min(sentence.end, sentence.start + _TITLE_LENGTH))
        return bool(sum(word[0].isupper() for word in words) >= _TITLE_CASE * len(words))

    def _has(self, pattern: str) -> bool:
        if pattern not in self._found:
            self._found[pattern] = _compiled(pattern).search(self._doc.norm) is not None
        return self._found[pattern]


_NEXT_NAME = re.compile(r" ([A-Z][A-Za-z'’-]+)")
_NAME_BEFORE = re.compile(r"(?:^|[ (\"“‘])([A-Z][\w.-]+) $")
_LONGER_WORD = re.compile(r"[^\W\d_]{4,}")


def _word_before(text: str, start: int) -> str:
    before = text[max(0, start - _LOOK_BACK) : start]
    return before.split()[-1].lstrip("\"'“‘(") if before.strip() and before[-1] == " " else ""


@cache
def _rules(lang: str) -> dict[str, tuple[Rule, ...]]:
    """The rules of a language, and those of all languages, by the folded word."""
    lists: dict[str, str] = {}
    found: dict[str, tuple[Rule, ...]] = defaultdict(tuple)
    for number, (langs, words, kind, pattern) in rows(_SHELF, 4):
        if kind != "list" and kind not in _RULES:
            known = ", ".join(sorted(_RULES))
            raise LexiconError(f"{where(_SHELF, number)}: no rule is called {kind}: take one of {known}")
        if langs != "*" and lang not in langs.split(","):
            continue
        if kind == "list":
            lists[words] = pattern
            continue
        rule = _rule(kind, pattern, lists)
        for word in words.split("|"):
            found[word] += (rule,)
    return dict(found)


def _rule(kind: str, pattern: str, lists: dict[str, str]) -> Rule:
    for name, listed in lists.items():
        pattern = pattern.replace(f"{{{name}}}", listed)
    if kind == "instead":
        code, _, pattern = pattern.partition(" ")
        return Rule(kind, pattern, code)
    return Rule(kind, pattern, words=frozenset(pattern.split("|")) if kind == "not-after-word" else frozenset())


def check() -> int:
    """Read all rules and return how many there are; `LexiconError` for a pattern that is no regular expression."""
    count = 0
    for number, (langs, _, kind, pattern) in rows(_SHELF, 4):
        for lang in langs.split(","):
            _rules("en" if lang == "*" else lang)
        try:
            re.compile(pattern.partition(" ")[2] if kind == "instead" else pattern)
        except re.error as fault:
            raise LexiconError(f"{where(_SHELF, number)}: {fault}: mend the pattern") from fault
        count += 1
    return count
