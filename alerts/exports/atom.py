"""Agreements as an Atom feed (RFC 4287): one entry each, updated when its stage, its sources or its standing change."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, uuid5

from alerts.display import clean, codes, confidence_word, direction, language_name, one_line, stage_word, web_link
from alerts.doubts import disputes
from alerts.exports import official
from alerts.exports.rows import last_change, stamp
from alerts.templating import templates
from alerts.wording import told_by
from storage.records import Agreement

ENTRIES = 50


def atom(records: Sequence[Agreement], *, title: str, path: str, site_url: str = "", home: str = "") -> bytes:
    """The newest changes first, at most 50.

    `path` is the feed's own file inside the site and `home` the page that it belongs to; without `site_url` links are
    relative to the feed. Ids follow from keys alone, so that a site may move without telling its readers all again.
    """
    by_key = sorted(records, key=lambda record: record.key)
    chosen = sorted(by_key, key=lambda record: record.changed, reverse=True)[:ENTRIES]
    root = f"{site_url.rstrip('/')}/" if site_url else "../" * path.count("/")
    text = (
        templates()
        .get_template("site/feed.atom.j2")
        .render(
            id=_urn(f"feed:{path}"),
            title=title,
            updated=stamp(last_change(chosen)),
            own=urljoin(root, path) if site_url else "",
            home=_address(root, home, site_url),
            sector_scheme=urljoin(root, "sectors/") if site_url else "",
            entries=[_entry(record, root, site_url) for record in chosen],
        )
    )
    return text.encode()


def _address(root: str, page: str, site_url: str) -> str:
    """A page's address: on a server as its permalink, else as a file."""
    return f"{root}{page.removesuffix('index.html') if site_url else page}"


def _entry(record: Agreement, root: str, site_url: str) -> dict[str, Any]:
    proof = record.evidence
    return {
        "id": _urn(record.key),
        "title": one_line(f"{codes(record.pair)} {_standing(record)}: {record.title}"),
        "link": _address(root, f"a/{record.key}/index.html", site_url),
        "source": web_link(proof.url) if proof else "",
        "published": stamp(record.first_seen),
        "updated": stamp(record.changed),
        "sectors": [(sector, official.sector(sector)) for sector in record.sectors],
        "countries": [(code, official.country(code)) for code in record.pair],
        "summary": _summary(record),
        "quote": one_line(proof.evidence.sentence, 1000) if proof and proof.evidence else "",
        "lang": proof.lang if proof and language_name(proof.lang) else "",
        "dir": direction(proof.lang) if proof else "ltr",
        "outlet": one_line(proof.outlet) if proof else "",
    }


def _standing(record: Agreement) -> str:
    if record.rejected:
        return "withdrawn"
    if record.merged_into:
        return f"joined to {record.merged_into}"
    return f"{stage_word(record).word.lower()}{', overdue' if record.overdue else ''}"


def _summary(record: Agreement) -> str:
    names = " – ".join(official.country(code) for code in record.pair)
    doubt = "".join(f" {claim}." for claim in disputes(record))
    gone = f" Withdrawn: {record.rejected}." if record.rejected else ""
    return clean(
        f"{names}. Told by {told_by(record)}, confidence {record.confidence:.2f} "
        f"({confidence_word(record.confidence)}).{doubt}{gone}"
    )


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'pactwatch:{name}')}"
