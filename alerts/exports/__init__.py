"""Agreements as files for other programs: rows with official codes, JSON, CSV, XLSX, Atom and iCalendar.

All bytes follow from the records alone (and `site_url`): the same records give the same file, on any day.
"""

from alerts.exports.atom import atom
from alerts.exports.cite import bibtex, csl, ris
from alerts.exports.documents import document, to_json
from alerts.exports.ical import calendar
from alerts.exports.rows import ReportRow, Row, report_rows, rows
from alerts.exports.tables import to_csv, to_xlsx

__all__ = [
    "ReportRow",
    "Row",
    "atom",
    "bibtex",
    "calendar",
    "csl",
    "document",
    "report_rows",
    "ris",
    "rows",
    "to_csv",
    "to_json",
    "to_xlsx",
]
