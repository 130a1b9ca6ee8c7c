"""The outcome of a run in words, as rows and as JSON: for the terminal, for logs and for Prefect's artifacts.

No subscriber's address is in any of it: subscriptions go by name.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import storage
from alerts.display import present
from flows.app import App
from flows.tables import markdown
from flows.work import Ingested, Read, Told
from storage.records import Agreement, Paper, StageDate

SHOWN = 12
"""New agreements that the terminal's summary names."""


def run_text(app: App, ingested: Ingested, told: Told, now: datetime) -> str:
    """What `pactwatch run` prints."""
    return "\n".join(
        [
            f"Pactwatch, {now:%d %B %Y %H:%M} UTC",
            *_ingest_lines(ingested),
            *_agreement_lines(app, ingested),
            *_digest_lines(told),
            f"  data        {app.settings.data.expanduser()}",
            *_failed_lines(ingested),
        ]
    )


def ingest_text(done: Ingested) -> str:
    """What `pactwatch ingest` prints."""
    return "\n".join([*_ingest_lines(done), *_failed_lines(done)])


def digest_text(told: Told) -> str:
    """What `pactwatch digest` prints."""
    return "\n".join(_digest_lines(told))


def ingest_line(done: Ingested) -> str:
    """The outcome of an ingest in one line."""
    counts = f"{done.items_new} items new, {done.items_known} known, {len(done.agreements_new)} agreements new"
    return f"{feeds_line(done)}; {counts}"


def feeds_line(done: Ingested) -> str:
    """Feeds read and failed, in one line."""
    if done.offline:
        return f"no network, {len(done.reads)} feeds not read"
    waiting = f", {done.not_due} not due" if done.not_due else ""
    return f"{len(done.reads) - len(done.failed)} read, {len(done.failed)} failed{waiting}"


def digest_line(told: Told) -> str:
    """The outcome of a digest in one line."""
    return f"{len(told.digests)} digests composed, {told.sent} sent, {told.waiting} put off, {len(told.failed)} failed"


def _ingest_lines(done: Ingested) -> list[str]:
    changed = f", {len(done.agreements_changed)} changed" if done.agreements_changed else ""
    return [
        f"  feeds       {feeds_line(done)}",
        f"  items       {done.items_new:,} new, {done.items_known:,} known",
        f"  agreements  {len(done.agreements_new):,} new{changed}",
    ]


def _agreement_lines(app: App, done: Ingested) -> list[str]:
    if not done.agreements_new:
        return []
    with storage.reading(app.engine) as session:
        found = [storage.get(session, key) for key in done.agreements_new[:SHOWN]]
    more = len(done.agreements_new) - len(found)
    lines = [f"              {one.key}  {one.stage.value}: {one.title}" for one in found]
    return lines + ([f"              and {more} more: `pactwatch agreements`"] if more else [])


def _digest_lines(told: Told) -> list[str]:
    lines = [f"  digest      {one.subscription}: {one.subject}" for one in told.digests]
    lines += [f"              {path}" for path in told.files]
    lines += [f"  failed      {line}" for line in told.failed]
    return lines or ["  digest      nothing new, nothing sent"]


def _failed_lines(done: Ingested) -> list[str]:
    if done.offline or not done.failed:
        return []
    width = max(len(read.feed) for read in done.failed)
    rows = [f"  {read.feed:<{width}}  {read.detail}" for read in done.failed]
    return ["", f"Feeds that failed ({len(done.failed)}):", *rows]


def run_json(app: App, ingested: Ingested, told: Told) -> dict[str, Any]:
    """The outcome of `pactwatch run` for a machine."""
    return {"data": str(app.settings.data.expanduser())} | ingest_json(ingested) | digest_json(told)


def ingest_json(done: Ingested) -> dict[str, Any]:
    """The outcome of an ingest for a machine."""
    return {
        "offline": done.offline,
        "feeds": {
            "read": len(done.reads) - len(done.failed),
            "failed": feeds_table(done.failed),
            "not_due": done.not_due,
        },
        "items": {"new": done.items_new, "known": done.items_known},
        "agreements": {"new": list(done.agreements_new), "changed": list(done.agreements_changed)},
    }


def digest_json(told: Told) -> dict[str, Any]:
    """The outcome of a digest for a machine."""
    return {
        "digests": digest_table(told),
        "files": list(told.files),
        "sent": told.sent,
        "waiting": told.waiting,
        "failed": list(told.failed),
    }


def feeds_table(reads: Iterable[Read]) -> list[dict[str, Any]]:
    """One row a feed that was read, failed ones first."""
    return [
        {"feed": r.feed, "outcome": r.outcome, "entries": r.entries, "new": r.new, "error": r.error, "detail": r.detail}
        for r in sorted(reads, key=lambda r: (r.outcome != "failed", r.feed))
    ]


def digest_table(told: Told) -> list[dict[str, Any]]:
    """One row a digest, by the subscription's name."""
    return [
        {"subscription": one.subscription, "subject": one.subject, "agreements": one.agreements} for one in told.digests
    ]


def agreements_markdown(app: App, done: Ingested) -> str:
    """The new and changed agreements of a run as Markdown."""
    with storage.reading(app.engine) as session:
        found = [storage.get(session, key) for key in (*done.agreements_new, *done.agreements_changed)]
    return markdown([agreement_row(one) for one in found], empty="No new agreement.")


def agreement_row(one: Agreement) -> dict[str, Any]:
    """One agreement as a row of a table."""
    reached = present(one)
    return {
        "id": one.key,
        "stage": one.stage.value,
        "date": told_day(reached) if reached else "",
        "reported": f"{reached.reported:%Y-%m-%d}" if reached else "",
        "title": one.title,
        "sectors": list(one.sectors),
        "confidence": one.confidence,
        "outlets": one.outlets,
    }


def told_day(step: StageDate) -> str:
    """The day, month or year of a stage as ISO 8601 writes it, no more exact than it was told; '' where it was not."""
    return step.on.isoformat()[: {"year": 4, "month": 7}.get(step.precision or "day", 10)] if step.on else ""


def agreement_text(one: Agreement) -> str:
    """All that is known of an agreement, for the terminal."""
    lines = [
        f"{one.key}  {one.title}",
        f"  stage       {one.stage.value}" + (" (overdue)" if one.overdue else ""),
        *(
            f"  {s.stage.value:<11} {told_day(s) or 'date not told'}, first reported {s.reported:%Y-%m-%d}"
            for s in one.stages
        ),
        f"  place       {one.place or 'not told'}",
        f"  sectors     {', '.join(one.sectors) or 'none named'}",
        f"  confidence  {one.confidence:.2f}, {one.reason}",
        *(f"  {'papers' if p.several else 'paper':<11} {_paper(p)} ({p.stage.value})" for p in one.papers),
        *(f"  disputed    {claim}" for claim in one.disputed),
        *([f"  rejected    {one.rejected}"] if one.rejected else []),
        *([f"  also        {', '.join(one.aliases)}"] if one.aliases else []),
    ]
    for report in one.reports:
        mark = " official" if report.official else f" copy of {report.copy_of}" if report.copy_of else ""
        lines += ["", f"  [{report.item}] {report.outlet} ({report.lang}{mark}), {report.stage.value}: {report.title}"]
        lines += [f"      {report.url}"] if report.url else []
        lines += [f"      “{report.evidence.sentence}”"] if report.evidence else []
    lines += ["", *(f"  {c.at:%Y-%m-%d %H:%M} {c.kind} {c.before} → {c.after} {c.note}".rstrip() for c in one.changes)]
    return "\n".join(lines)


def _paper(paper: Paper) -> str:
    return f"{paper.type}: {paper.subject}" if paper.subject else paper.type
