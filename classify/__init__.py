"""What a news item says about agreements between two countries: text in, labels out, nothing else.

The way of one item, each step a file of this room:

    decide.opening     the item cleaned, folded, cut into sentences, its language told
    names.find         the countries that it names, in whatever form
    cues.find          the words that tell what happened: signing, papers, negations, who acts
    acts.find          each such word read in its sentence: done, planned, failed, long ago
    sides.together     how any two countries stand together
    features           all of it as named numbers
    decide.decide      two small linear models: the stage, and which pairs
    evidence.prove     the sentence that the stage rests on
    facts.find, sectors.find   date, place, people, papers, money; what the agreement covers

`explain` gives the same with every step and its weight. Nothing here reads anything but its own word lists.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from classify import decide, evidence, facts, sectors
from classify.decide import Verdict
from classify.model import Facts, Labels, Stage
from classify.reasons import Explanation, explain
from classify.seen import Seen
from classify.version import VERSION

__all__ = ["VERSION", "Explanation", "Labels", "Stage", "classify", "explain"]


def classify(title: str, text: str = "", lang: str = "", published: date | None = None) -> Labels:
    """The labels of one item. `lang` is what the feed claims, only a hint; `published` tells old signings from new.

    Never raises on any text and takes time linear in its length.
    """
    doc = decide.opening(title, text, lang)
    seen = decide.look(doc, published)
    verdict = decide.decide(seen)
    scope = evidence.scope(seen, verdict)
    return Labels(
        agreement=verdict.stage,
        agreement_pairs=verdict.agreement_pairs,
        pairs=verdict.pairs,
        sectors=sectors.find(doc, scope) if verdict.pairs else (),
        confidence=evidence.confidence(verdict),
        evidence=evidence.prove(seen, verdict),
        facts=_facts(seen, verdict, scope, published) if verdict.agreement_pairs else Facts(),
        lang=doc.lang,
    )


def _facts(seen: Seen, verdict: Verdict, scope: Mapping[int, float] | None, published: date | None) -> Facts:
    """What merging reads. Papers that are counted for several pairs together are of no number for each."""
    found = facts.find(seen.doc, seen.mentions, published, scope, verdict.stage, seen.words, seen.told)
    count = found.count if len(verdict.agreement_pairs) == 1 else None
    return replace(found, count=count, how=evidence.how(seen, verdict), agreed=evidence.agreed(seen, verdict))
