"""One agreement as a citation for reference managers: BibTeX, RIS and CSL-JSON in its state of the last change."""

import json
from datetime import UTC

from alerts.display import one_line, short_day
from alerts.exports.rows import page_url
from storage.records import Agreement

_TEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def bibtex(record: Agreement, site_url: str = "") -> str:
    """An entry `@misc`, its key that of the record; the doubled braces keep the title's capitals."""
    day, url = record.changed.astimezone(UTC).date(), page_url(site_url, record.key)
    fields = {
        "author": "{Pactwatch}",
        "title": f"{{{one_line(record.title).translate(_TEX)}}}",
        "year": f"{day:%Y}",
        "month": f"{day.month}",
        "note": f"Record {record.key}, state of {short_day(day)}",
        "url": url,
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{record.key},\n{lines}\n}}\n"


def ris(record: Agreement, site_url: str = "") -> str:
    """A record of type ELEC with the tags that EndNote, Mendeley and Zotero read."""
    day, url = record.changed.astimezone(UTC).date(), page_url(site_url, record.key)
    tags = (
        ("TY", "ELEC"),
        ("ID", record.key),
        ("AU", "Pactwatch"),
        ("TI", one_line(record.title)),
        ("PY", f"{day:%Y}"),
        ("DA", f"{day:%Y/%m/%d}"),
        ("N1", f"Record {record.key}, state of {short_day(day)}"),
        ("UR", url),
    )
    return "".join(f"{tag}  - {value}\n" for tag, value in tags if value) + "ER  - \n"


def csl(record: Agreement, site_url: str = "") -> str:
    """A list of one item as CSL-JSON (Citation Style Language 1.0.2)."""
    day, url = record.changed.astimezone(UTC).date(), page_url(site_url, record.key)
    item = {
        "id": record.key,
        "type": "webpage",
        "title": one_line(record.title),
        "author": [{"literal": "Pactwatch"}],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "note": f"Record {record.key}",
    }
    return json.dumps([item | ({"URL": url} if url else {})], ensure_ascii=False, indent=1) + "\n"
