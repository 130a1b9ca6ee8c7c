"""Rows as CSV for spreadsheets and scripts, and as XLSX; no cell of either starts a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import xlsxwriter

from alerts.exports import official
from alerts.exports.rows import ReportRow, Row, last_change, report_rows, rows
from storage.records import Agreement

_FORMULA = frozenset("=+-@\t\r\n|%＝＋－＠")
_BOM = b"\xef\xbb\xbf"
_CELL = 32_767
"""Characters that an XLSX cell may hold."""


def to_csv(records: Iterable[Agreement], site_url: str = "") -> bytes:
    """RFC 4180 with a header line, UTF-8 with a byte order mark (without it Excel reads another encoding).

    A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_names(Row))
    writer.writerows([_harmless(value) for value in _values(row)] for row in rows(records, site_url))
    return _BOM + buffer.getvalue().encode()


def to_xlsx(records: Sequence[Agreement], site_url: str = "") -> bytes:
    """A workbook with the sheets `agreements`, `reports` and `codes`; texts stay texts, nothing becomes a link."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": "Pactwatch agreements", "created": last_change(records).replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bottom": 1})
        _sheet(book, "agreements", Row, rows(records, site_url), head)
        _sheet(book, "reports", ReportRow, report_rows(records), head)
        _codes_sheet(book, records, head)
    return buffer.getvalue()


def _sheet(book: Any, name: str, kind: type, lines: Sequence[Row | ReportRow], head: Any) -> None:
    sheet, names = book.add_worksheet(name), _names(kind)
    sheet.write_row(0, 0, names, head)
    for number, line in enumerate(lines, 1):
        for column, value in enumerate(_values(line)):
            if value == "":
                continue
            if isinstance(value, str):
                sheet.write_string(number, column, value[:_CELL])
            elif isinstance(value, bool):
                sheet.write_boolean(number, column, value)
            else:
                sheet.write_number(number, column, value)
    for column, title in enumerate(names):
        sheet.set_column(column, column, {"title": 60, "sentence": 60, "evidence": 60}.get(title, 14))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(lines), len(names) - 1)


def _codes_sheet(book: Any, records: Sequence[Agreement], head: Any) -> None:
    sheet = book.add_worksheet("codes")
    sheet.write_row(0, 0, ("sector", "list", "version", "code", "name"), head)
    lines = official.listing({sector for record in records for sector in record.sectors})
    for number, line in enumerate(lines, 1):
        for column, value in enumerate((line.sector, line.list, line.version, line.code, line.name)):
            sheet.write_string(number, column, value)
    for column, width in enumerate((16, 20, 44, 20, 60)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


_ROW: Callable[[Row], tuple[Any, ...]] = attrgetter(*_names(Row))
_REPORT: Callable[[ReportRow], tuple[Any, ...]] = attrgetter(*_names(ReportRow))


def _values(line: Row | ReportRow) -> tuple[Any, ...]:
    return _ROW(line) if isinstance(line, Row) else _REPORT(line)


def _harmless(value: Any) -> Any:
    if value is True or value is False:
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value
