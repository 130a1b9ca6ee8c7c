"""Labels of items as the contract has them (docs/labels.md), for `classify` and `evaluate`; needs no database."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import classify
from classify.model import Evidence, Labels
from flows.jsonlines import Given
from storage.merge import Telling
from storage.merge import events as occasions


def labelled(items: Sequence[Given]) -> Iterator[dict[str, Any]]:
    """The labels of each item in order, with the occasions as if all had been ingested together."""
    labels = [classify.classify(one.title, one.text, one.lang, one.published) for one in items]
    keys = events(items, labels)
    for one, said in zip(items, labels, strict=True):
        yield as_dict(one.id, said, keys.get(fingerprint(one)))


def events(items: Sequence[Given], labels: Sequence[Labels]) -> Mapping[str, str]:
    """The occasion of each item that tells of one, by its fingerprint."""
    return occasions(_telling(one, said) for one, said in zip(items, labels, strict=True) if said.agreement_pairs)


def fingerprint(one: Given) -> str:
    """The same for the same item, wherever it stands among the others: order decides nothing in merging."""
    parts = (one.source, one.title, one.text, str(one.published))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _telling(one: Given, said: Labels) -> Telling:
    return Telling(
        id=fingerprint(one),
        pair=said.agreement_pairs[0],  # the event of an item is that of its first pair
        stage=said.agreement,
        published=one.published,
        lang=said.lang,
        voice=one.source or one.id,
        sectors=said.sectors,
        facts=said.facts,
        confidence=said.confidence,
        dated=one.dated,
    )


def as_dict(id: str, said: Labels, event: str | None) -> dict[str, Any]:
    """One line of output."""
    return {
        "id": id,
        "agreement": said.agreement.value,
        "agreement_pairs": [list(two) for two in said.agreement_pairs],
        "pairs": [list(two) for two in said.pairs],
        "sectors": list(said.sectors),
        "event": event,
        "confidence": round(said.confidence, 4),
        "evidence": _evidence(said.evidence),
        "lang": said.lang,
    }


def _evidence(found: Evidence | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "sentence": found.sentence,
        "field": found.span.field,
        "start": found.span.start,
        "end": found.span.end,
        "cleaned": found.cleaned,
        "marks": [
            {"field": m.span.field, "start": m.span.start, "end": m.span.end, "kind": m.kind, "code": m.code}
            for m in found.marks
        ],
    }
