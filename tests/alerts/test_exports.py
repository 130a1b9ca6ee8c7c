"""Agreements as files: other programs read them back, nothing in them acts, the same records give the same bytes."""

import csv
import io
import json
import random
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import feedparser
import openpyxl
import pytest
from icalendar import Calendar
from site_records import at, reached, showcase

from alerts import exports
from alerts.exports import Row, official
from alerts.exports.tables import _FORMULA as FORMULA
from classify.model import How, Stage
from storage.records import Agreement

SITE = "https://pactwatch.example"
WRITERS = {
    "csv": lambda records: exports.to_csv(records, SITE),
    "json": lambda records: exports.to_json(records, SITE),
    "xlsx": lambda records: exports.to_xlsx(records, SITE),
    "atom": lambda records: exports.atom(records, title="New", path="new.atom", site_url=SITE),
    "ics": lambda records: exports.calendar(records, site_url=SITE),
}


def by_key(records: list[Agreement]) -> dict[str, Agreement]:
    return {record.key: record for record in records}


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_records_give_the_same_bytes(name: str) -> None:
    assert WRITERS[name](showcase()) == WRITERS[name](showcase())


@pytest.mark.parametrize("name", ["atom", "ics"])
def test_feeds_and_calendars_do_not_depend_on_the_order_of_the_records(name: str) -> None:
    shuffled = showcase()
    random.Random(3).shuffle(shuffled)
    assert WRITERS[name](shuffled) == WRITERS[name](showcase())


@pytest.mark.parametrize("name", WRITERS)
def test_no_records_give_a_file_that_can_be_read(name: str) -> None:
    assert WRITERS[name]([])


def test_rows_carry_official_codes_beside_ours() -> None:
    row = exports.rows([by_key(showcase())["ae-ke-2026-11"]], SITE)[0]
    assert (row.country_1, row.country_1_alpha3, row.country_1_name) == ("AE", "ARE", "United Arab Emirates")
    assert (row.country_2, row.country_2_alpha3) == ("KE", "KEN")
    assert "231" in row.dac_sectors.split("; ")
    assert "23110" in row.dac_crs_purposes.split("; ")
    assert row.iptc_media_topics.startswith("medtop:")
    assert row.url == f"{SITE}/a/ae-ke-2026-11/"


@pytest.mark.parametrize(
    ("stage", "how", "word", "filled"),
    [
        (Stage.IN_FORCE, "", "in force", "in_force_on"),
        (Stage.IN_FORCE, "ratified", "ratified", "ratified_on"),
        (Stage.IN_FORCE, "approved", "approved", "ratified_on"),
        (Stage.ENDED, "", "ended", "ended_on"),
        (Stage.ENDED, "talks", "broken off", "broken_off_on"),
    ],
)
def test_a_step_short_of_a_stage_is_not_filed_as_that_stage(stage: Stage, how: How, word: str, filled: str) -> None:
    steps = tuple(replace(reached(stage, day), how=how) for day in ("2026-11-02", "2026-11-09"))
    (row,) = exports.rows([replace(showcase()[0], stage=stage, stages=steps)])
    days = {name: getattr(row, name) for name in ("ratified_on", "in_force_on", "ended_on", "broken_off_on")}
    assert (row.stage_word, row.stage_date) == (word, "2026-11-09")
    assert days == dict.fromkeys(days, "") | {filled: "2026-11-09"}
    assert exports.document(showcase()[0])["stages"][0]["how"] == ""


def test_rows_tell_stages_standing_and_doubt() -> None:
    rows = {row.key: row for row in exports.rows(showcase())}
    assert (rows["de-kz-2026-03"].signed_on, rows["de-kz-2026-03"].in_force_on) == ("2026-03-10", "2026-11-17")
    assert (rows["de-kz-2026-03"].stage_word, rows["de-kz-2026-03"].ratified_on) == ("in force", "")
    assert rows["kz-rw-2025-05"].papers_in_force == 2
    assert rows["ar-cl-2026-09"].overdue is True
    assert (rows["fr-ml-2026-11"].status, rows["fr-ml-2026-11"].note) == (
        "withdrawn",
        "the outlet took its report back",
    )
    assert (rows["ae-ke-2026-11-2"].status, rows["ae-ke-2026-11-2"].note) == ("merged", "ae-ke-2026-11")
    assert rows["in-lk-2026-10"].disputed == "Colombo Herald: not signed, still planned"
    assert rows["az-it-2026-12"].stage_date_precision == "month"
    assert rows["ae-ke-2026-11"].amounts == "400000000 USD"


def test_the_versions_of_the_lists_are_those_of_the_shelf() -> None:
    head = (Path(official.shelf.__file__).parent / "lexicon" / "sectors" / "official.tsv").read_text("utf-8")[:600]
    dates = {name: version.split()[-1] for name, version in official.LISTS.items() if name != "ISO 3166-1"}
    assert dates == {"OECD DAC CRS": "2026-06-22", "IPTC Media Topics": "2025-03-31"}
    assert all(day in head for day in dates.values())


def test_every_column_is_described() -> None:
    told = (Path(__file__).parents[2] / "docs" / "exports.md").read_text("utf-8")
    assert [field.name for field in fields(Row) if f"`{field.name}`" not in told] == []


def test_csv_has_a_byte_order_mark_and_ends_lines_as_the_standard_says() -> None:
    content = exports.to_csv(showcase())
    assert content.startswith(b"\xef\xbb\xbfkey,title,")
    assert content.count(b"\r\n") == content.count(b"\n") == len(showcase()) + 1
    assert [row["key"] for row in read_csv(content)] == [record.key for record in showcase()]
    assert list(read_csv(content)[0]) == [field.name for field in fields(Row)]


@pytest.mark.parametrize(
    "title",
    [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1",
        "|x",
        "%x",
        "＝1+1",
        "\u200b=1+1",
        "\u202e=1",
    ],
)
def test_no_cell_starts_a_formula(title: str) -> None:
    record = replace(showcase()[0], title=title, place=title, rejected=title)
    for cell in read_csv(exports.to_csv([record]))[0].values():
        assert cell[:1] not in FORMULA, cell
    for sheet in openpyxl.load_workbook(io.BytesIO(exports.to_xlsx([record]))):
        assert all(cell.data_type != "f" and cell.hyperlink is None for line in sheet for cell in line)


def test_xlsx_is_read_by_another_library() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(showcase(), SITE)))
    assert book.sheetnames == ["agreements", "reports", "codes"]
    assert book.properties.created.isoformat() == "2026-11-21T11:00:00"
    agreements = list(book["agreements"].values)
    assert agreements[0] == tuple(field.name for field in fields(Row))
    assert [line[0] for line in agreements[1:]] == [record.key for record in showcase()]
    assert agreements[1][agreements[0].index("confidence")] == 0.97
    assert book["reports"].max_row == 1 + sum(len(record.reports) for record in showcase())
    assert {line[1] for line in book["codes"].values} == {"list", "OECD DAC CRS", "IPTC Media Topics"}


def test_json_has_one_line_a_record_and_all_of_it() -> None:
    content = exports.to_json(showcase(), SITE)
    data = json.loads(content)
    assert len(content.splitlines()) == len(showcase()) + 2
    assert data["state"] == "2026-11-21T11:00:00Z"
    first = data["agreements"][0]
    report = first["reports"][0]
    sentence, marks = report["evidence"]["sentence"], report["evidence"]["marks"]
    assert [sentence[mark["start"] : mark["end"]] for mark in marks] == [
        "وقّعت",
        "الإمارات العربية المتحدة",
        "كينيا",
        "اتفاقية",
    ]
    assert first["changes"][-1] == {
        "at": "2026-11-20T06:15:00Z", "kind": "corrected", "before": "Naivasha", "after": "Nairobi",
        "note": "place of signing", "by": "desk",
    }  # fmt: skip


def test_one_agreement_is_the_same_line_alone_and_among_others() -> None:
    from alerts.exports.documents import join_documents, one_document
    from alerts.exports.rows import last_change

    records = showcase()
    lines = [one_document(exports.to_json([record], SITE)) for record in records]
    assert join_documents(lines, last_change(records)) == exports.to_json(records, SITE)


def test_what_no_encoding_can_hold_is_kept_out() -> None:
    record = replace(showcase()[0], title="a\ud800b\x00c\u202ed", place="\udfff")
    assert json.loads(exports.to_json([record]))["agreements"][0]["title"] == "abcd"
    assert read_csv(exports.to_csv([record]))[0]["title"] == "abcd"
    assert all(write([record]) for write in WRITERS.values())


def test_atom_is_read_without_a_fault() -> None:
    feed = feedparser.parse(exports.atom(showcase(), title="New & old", path="pairs/ae-ke/new.atom", site_url=SITE))
    assert feed.bozo is False
    assert feed.feed.title == "New & old"
    assert feed.feed.links[0].href == f"{SITE}/pairs/ae-ke/new.atom"
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == len(showcase())
    entry = next(entry for entry in feed.entries if "ae-ke-2026-11/" in entry.link)
    assert entry.title.startswith("AE–KE signed: Kenya and the United Arab Emirates")
    assert {(tag.term, tag.scheme) for tag in entry.tags} == {
        ("AE", "urn:iso:std:iso:3166"), ("KE", "urn:iso:std:iso:3166"),
        ("energy", f"{SITE}/sectors/"), ("infrastructure", f"{SITE}/sectors/"),
    }  # fmt: skip
    assert 'dir="rtl"' in entry.content[0].value or "اتفاقية" in entry.content[0].value


def test_atom_tells_of_withdrawals_under_the_old_id() -> None:
    record = by_key(showcase())["fr-ml-2026-11"]
    before = feedparser.parse(exports.atom([replace(record, rejected="")], title="t", path="new.atom")).entries[0]
    after = feedparser.parse(exports.atom([record], title="t", path="new.atom")).entries[0]
    assert before.id == after.id
    assert after.title.startswith("FR–ML withdrawn:")
    assert "the outlet took its report back" in after.summary


def test_atom_ids_follow_from_the_key_alone() -> None:
    one = feedparser.parse(exports.atom(showcase(), title="t", path="new.atom", site_url="https://a.example"))
    two = feedparser.parse(exports.atom(showcase(), title="t", path="new.atom"))
    assert [entry.id for entry in one.entries] == [entry.id for entry in two.entries]


def test_calendar_is_read_back_with_whole_days() -> None:
    book = Calendar.from_ical(exports.calendar(showcase(), site_url=SITE))
    events = {str(event["uid"]): event for event in book.walk("VEVENT")}
    coming = events["br-in-2026-11-signed@pactwatch"]
    assert coming["dtstart"].dt == date(2026, 11, 26)
    assert coming["dtend"].dt == date(2026, 11, 27)
    assert coming["status"] == "TENTATIVE"
    assert events["ae-ke-2026-11-signed@pactwatch"]["status"] == "CONFIRMED"
    assert events["de-kz-2026-03-in-force@pactwatch"]["dtstart"].dt == date(2026, 11, 17)
    assert events["fr-ml-2026-11-signed@pactwatch"]["status"] == "CANCELLED"
    assert "az-it-2026-12-signed@pactwatch" not in events, "a month is no day"


def test_a_planned_event_moves_and_becomes_certain_under_its_uid() -> None:
    planned = by_key(showcase())["br-in-2026-11"]
    moved = replace(planned, stages=(reached(Stage.PLANNED, "2026-11-28", "2026-11-20"),))
    signed = replace(planned, stage=Stage.SIGNED, stages=(*planned.stages, reached(Stage.SIGNED, "2026-11-27")))
    found = [Calendar.from_ical(exports.calendar([record])).walk("VEVENT") for record in (planned, moved, signed)]
    assert [[str(event["uid"]) for event in events] for events in found] == [["br-in-2026-11-signed@pactwatch"]] * 3
    assert [events[0]["dtstart"].dt.day for events in found] == [26, 28, 27]
    assert found[2][0]["status"] == "CONFIRMED"


def test_the_calendar_keeps_all_that_is_planned_and_the_last_that_happened() -> None:
    book = Calendar.from_ical(exports.calendar(showcase(), most=1))
    statuses = [str(event["status"]) for event in book.walk("VEVENT")]
    assert statuses.count("CONFIRMED") == 1
    assert statuses.count("TENTATIVE") == 3


def test_links_that_are_none_stay_out() -> None:
    record = showcase()[0]
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "https://user:pw@host.example/",
        "https://a b/",
        "ftp://x/",
    ):
        reports = tuple(replace(report, url=url) for report in record.reports)
        assert exports.rows([replace(record, reports=reports)])[0].evidence_url == ""
        assert url not in exports.to_json([replace(record, reports=reports)]).decode()


def test_times_are_utc_whatever_zone_they_come_in() -> None:
    record = replace(showcase()[0], changed=at("2026-11-20 06:15").astimezone(datetime.now(UTC).astimezone().tzinfo))
    assert exports.rows([record])[0].changed == "2026-11-20T06:15:00Z"


HOSTILE = 'Tax & {trade} 100% #1 _a_ ~x^2 \\input{/etc/passwd}\nER  - \n"quoted"'


def test_a_citation_holds_the_record_in_its_state_of_the_day() -> None:
    record = by_key(showcase())["ae-ke-2026-11"]
    bibtex, ris, csl = exports.bibtex(record, SITE), exports.ris(record, SITE), json.loads(exports.csl(record, SITE))
    assert bibtex.startswith("@misc{ae-ke-2026-11,\n")
    assert "  title = {{Kenya and the United Arab Emirates sign an agreement on a 400 kV power line}},\n" in bibtex
    assert f"  url = {{{SITE}/a/ae-ke-2026-11/}}\n}}\n" in bibtex
    assert ris.splitlines()[0] == "TY  - ELEC"
    assert "DA  - 2026/11/20\n" in ris
    assert ris.endswith(f"UR  - {SITE}/a/ae-ke-2026-11/\nER  - \n")
    assert csl[0]["issued"] == {"date-parts": [[2026, 11, 20]]}
    assert csl[0]["URL"] == f"{SITE}/a/ae-ke-2026-11/"
    assert "URL" not in json.loads(exports.csl(record))[0]


def test_no_title_breaks_out_of_a_citation() -> None:
    record = replace(showcase()[0], title=HOSTILE)
    bibtex = exports.bibtex(record, SITE)
    depths, depth = [], 0
    for place, sign in enumerate(bibtex):
        escaped = place > 0 and bibtex[place - 1] == "\\"
        depth += 0 if escaped else {"{": 1, "}": -1}.get(sign, 0)
        depths.append(depth)
    assert depths[-1] == 0
    assert min(depths[5:-2]) >= 1, "balanced, and closed only at its end"
    assert r"Tax \& \{trade\} 100\% \#1 \_a\_" in bibtex
    tags = [line[:6] for line in exports.ris(record, SITE).splitlines()]
    assert all(tag[2:] == "  - " for tag in tags)
    assert tags.count("ER  - ") == 1
    assert json.loads(exports.csl(record))[0]["title"] == " ".join(HOSTILE.split())
