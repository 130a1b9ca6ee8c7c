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
_RULES = frozenset({"not-before", "not-after", "not-with", "but-with", "only-with", "instead", "first-name", "surname"})
_LOOK_BACK = 60
_LOOK_AHEAD = 60
_TITLE_CASE = 0.7
_TITLE_LENGTH = 300


class Rule(NamedTuple):
    """One line of the shelf: `code` only where the rule is `instead`."""

    kind: str
    pattern: re.Pattern[str]
    code: str = ""


class Judge:
    """Decides what the ambiguous words of one document are."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._rules = _rules_of(doc.lang)
        self._found: dict[re.Pattern[str], bool] = {}

    def code(self, seen: Seen) -> str:
        """The country that a word stands for here; empty where it names none."""
        word = self._doc.folded[seen.start : seen.end]
        rules = self._rules.get(word, ()) + self._rules.get(f"*{seen.entry.kind}", ())
        code = seen.entry.code
        for rule in rules:
            if rule.kind == "instead":
                code = rule.code if self._has(rule.pattern) else code
            elif self._speaks_against(rule, rules, seen):
                return ""
        return code

    def _speaks_against(self, rule: Rule, rules: tuple[Rule, ...], seen: Seen) -> bool:
        norm = self._doc.norm
        if rule.kind == "not-before":
            return rule.pattern.match(norm, seen.end, seen.end + _LOOK_AHEAD) is not None
        if rule.kind == "not-after":
            return rule.pattern.search(norm[max(0, seen.start - _LOOK_BACK) : seen.start]) is not None
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
        if not match or rule.pattern.fullmatch(match.group(1)):
            return False
        return not self._is_title_case(self._doc.sentence_at(seen.start))

    def _is_title_case(self, number: int) -> bool:
        """Whether nearly every longer word of a sentence begins with a capital."""
        sentence = self._doc.sentences[number]
        words = _LONGER_WORD.findall(self._doc.norm, sentence.start, min(sentence.end, sentence.start + _TITLE_LENGTH))
        return sum(word[0].isupper() for word in words) >= _TITLE_CASE * len(words)

    def _has(self, pattern: re.Pattern[str]) -> bool:
        if pattern not in self._found:
            self._found[pattern] = pattern.search(self._doc.norm) is not None
        return self._found[pattern]


_NEXT_NAME = re.compile(r" ([A-Z][A-Za-z'’-]+)")
_NAME_BEFORE = re.compile(r"(?:^|[ (\"“‘])([A-Z][\w.-]+) $")
_LONGER_WORD = re.compile(r"[^\W\d_]{4,}")


@cache
def _rules_of(lang: str) -> dict[str, tuple[Rule, ...]]:
    own, general = _rules().get(lang, {}), _rules().get("*", {})
    return {word: own.get(word, ()) + general.get(word, ()) for word in (*own, *general)}


@cache
def _rules() -> dict[str, dict[str, tuple[Rule, ...]]]:
    lists: dict[tuple[str, str], str] = {}
    found: dict[str, dict[str, tuple[Rule, ...]]] = defaultdict(dict)
    for number, (langs, words, kind, pattern) in rows(_SHELF, 4):
        if kind == "list":
            lists[langs, words] = pattern
            continue
        if kind not in _RULES:
            known = ", ".join(sorted(_RULES))
            raise LexiconError(f"{where(_SHELF, number)}: no rule is called {kind}: take one of {known}")
        for lang in langs.split(","):
            rule = _rule(kind, pattern, {name: text for (of, name), text in lists.items() if of == lang})
            for word in words.split("|"):
                found[lang][word] = (*found[lang].get(word, ()), rule)
    return found


def _rule(kind: str, pattern: str, lists: dict[str, str]) -> Rule:
    code = ""
    if kind == "instead":
        code, _, pattern = pattern.partition(" ")
    for name, listed in lists.items():
        pattern = pattern.replace(f"{{{name}}}", listed)
    return Rule(kind, re.compile(pattern), code)
