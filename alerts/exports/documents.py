"""Agreements as JSON, whole: every report with its sentence and its marks, papers, changes, official codes."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts.display import UNSEEN, clean, web_link
from alerts.exports import official
from alerts.exports.rows import last_change, page_url, stamp, status
from classify.model import Evidence
from storage.records import Agreement, Change, Paper, Report, StageDate

FORMAT = 1
"""Number of the JSON's form; it grows when a field changes its meaning or goes, not when one is added."""


def to_json(records: Sequence[Agreement], site_url: str = "") -> bytes:
    """One JSON object; its list `agreements` has one line a record, in the order given. Ends with a line feed."""
    state = last_change(records) if records else None
    return join_documents([_dumps(document(record, site_url)).encode() for record in records], state)


def join_documents(lines: Sequence[bytes], state: datetime | None) -> bytes:
    """The file of several agreements, each as one line of JSON; `state` is null where there are none."""
    head = _dumps({"format": FORMAT, "state": stamp(state) or None, "lists": official.LISTS}).encode()
    return b'%b, "agreements": [\n%b\n]}\n' % (head.removesuffix(b"}"), b",\n".join(lines))


def one_document(file: bytes) -> bytes:
    """The line of the one agreement in a file that `to_json` made."""
    return file.split(b"\n")[1]


def document(record: Agreement, site_url: str = "") -> dict[str, Any]:
    """One agreement as plain JSON values; texts as stored but for what JSON readers and terminals trip over."""
    purposes = official.codes(record.sectors)
    proof = record.evidence
    return {
        "key": record.key,
        "status": status(record),
        "title": clean(record.title),
        "url": page_url(site_url, record.key),
        "pair": [_country(code) for code in record.pair],
        "stage": record.stage.value,
        "stages": [_stage(step) for step in record.stages],
        "overdue": record.overdue,
        "place": clean(record.place),
        "sectors": list(record.sectors),
        "dac_sectors": list(purposes.dac_sectors),
        "dac_crs_purposes": list(purposes.dac_purposes),
        "iptc_media_topics": list(purposes.iptc),
        "papers": [_paper(paper) for paper in record.papers],
        "confidence": round(record.confidence, 3),
        "reason": clean(record.reason),
        "outlets": record.outlets,
        "officials": list(record.officials),
        "disputed": [clean(claim) for claim in record.disputed],
        "evidence": proof.item if proof else None,
        "reports": [_report(report) for report in record.reports],
        "changes": [_change(change) for change in record.changes],
        "first_seen": stamp(record.first_seen),
        "changed": stamp(record.changed),
        "rejected": clean(record.rejected),
        "merged_into": record.merged_into,
        "aliases": list(record.aliases),
    }


def _country(code: str) -> dict[str, str]:
    return {"code": code, "alpha3": official.alpha3(code), "name": official.country(code)}


def _stage(step: StageDate) -> dict[str, Any]:
    return {
        "stage": step.stage.value,
        "how": step.how,
        "on": step.on.isoformat() if step.on else None,
        "precision": step.precision if step.on else None,
        "reported": stamp(step.reported),
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "type": paper.type,
        "subject": clean(paper.subject),
        "stage": paper.stage.value,
        "bodies": [clean(body) for body in paper.bodies],
        "people": [clean(person) for person in paper.people],
        "amount": paper.amount,
        "currency": paper.currency,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "item": report.item,
        "outlet": clean(report.outlet),
        "voice": clean(report.voice),
        "official": report.official,
        "country": report.country,
        "language": report.lang,
        "title": clean(report.title),
        "url": web_link(report.url),
        "published": stamp(report.published) or None,
        "seen": stamp(report.seen),
        "stage": report.stage.value,
        "confidence": round(report.confidence, 3),
        "copy_of": report.copy_of,
        "changed": report.changed,
        "evidence": _evidence(report.evidence) if report.evidence else None,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    start = evidence.span.start
    marks = [
        {"kind": mark.kind, "code": mark.code, "start": mark.span.start - start, "end": mark.span.end - start}
        for mark in evidence.marks
        if mark.span.field == evidence.span.field and start <= mark.span.start < mark.span.end <= evidence.span.end
    ]
    return {
        "sentence": evidence.sentence,
        "field": evidence.span.field,
        "start": start,
        "marks": marks,
        "cleaned": evidence.cleaned,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "at": stamp(change.at),
        "kind": change.kind,
        "before": clean(change.before),
        "after": clean(change.after),
        "note": clean(change.note),
        "by": clean(change.by),
    }


def _dumps(value: dict[str, Any]) -> str:
    """JSON with its letters readable; what can't be seen, and lone surrogates, which UTF-8 can't hold, as escapes."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text)
