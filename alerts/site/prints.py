"""Fingerprints: short names of content, by which a build knows what changed.

A record's print covers every field of it and of all that it holds. Its plain values are taken out by field and written
down in one go, since the `repr` of nested dataclasses costs four times as much, for every record at every build.
"""

import hashlib
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from classify.model import Evidence
from storage.records import Agreement, Change, Paper, Report, StageDate


def _plain(kind: type, *nested: str) -> Callable[[Any], tuple[Any, ...]]:
    """The values of all fields of `kind` but the nested ones."""
    return attrgetter(*(field.name for field in fields(kind) if field.name not in nested))


_RECORD = _plain(Agreement, "stages", "papers", "reports", "changes")
_REPORT = _plain(Report, "evidence")
_STEP, _PAPER, _CHANGE = _plain(StageDate), _plain(Paper), _plain(Change)
_EVIDENCE = attrgetter("sentence", "span.field", "span.start", "span.end", "cleaned")
_MARK = attrgetter("span.field", "span.start", "span.end", "kind", "code")


def record_print(record: Agreement) -> str:
    """The print of all that a record says."""
    return fingerprint(
        _RECORD(record),
        [(_REPORT(report), _evidence(report.evidence)) for report in record.reports],
        list(map(_STEP, record.stages)),
        list(map(_PAPER, record.papers)),
        list(map(_CHANGE, record.changes)),
    )


def _evidence(evidence: Evidence | None) -> tuple[Any, ...] | None:
    return (_EVIDENCE(evidence), list(map(_MARK, evidence.marks))) if evidence else None


def fingerprint(*parts: object) -> str:
    """One short print of several things."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
