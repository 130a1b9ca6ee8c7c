"""The archive site: what its pages say, that they hold together, and that a build touches only what changed."""

import gzip
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import feedparser
import pytest
from site_pages import dead_links, files, pages, read
from site_records import NOW, at, counted, coverage, evidence, health, many, showcase

from alerts.display import STAGES
from alerts.idle import is_idle
from alerts.site import Built, SiteError, build
from alerts.site import folder as site_folder
from alerts.site.agreements import agreement_pages
from alerts.site.archive import arrange
from alerts.site.folder import Page, publish
from alerts.site.press import Options, Press, make_edition
from alerts.site.prints import record_print
from classify.model import How, Stage
from storage.records import Agreement, Change, Paper

GOLDEN = Path(__file__).parent / "golden" / "site"
SITE = "https://pactwatch.example"


def make(records: list[Agreement], folder: Path, now: datetime = NOW) -> Built:
    return build(
        records, folder, now=now, site_url=SITE, contact="mailto:desk@pactwatch.example", licence="CC BY 4.0",
        coverage=coverage(), health=health(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The showcase and some more, built once."""
    folder = tmp_path_factory.mktemp("site")
    make([*showcase(), *many(60)], folder)
    return folder


# --- building


def test_two_builds_are_the_same_whatever_order_the_records_come_in(tmp_path: Path) -> None:
    shuffled = [*showcase(), *many(20)]
    make(shuffled, tmp_path / "one")
    random.Random(1).shuffle(shuffled)
    make(shuffled, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_second_build_touches_nothing(tmp_path: Path) -> None:
    first = make(showcase(), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert make(showcase(), tmp_path, NOW + timedelta(hours=5)) == Built(0, first.written, 0)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_new_agreement_changes_only_the_pages_that_tell_of_it(tmp_path: Path) -> None:
    records, new = [*showcase(), *many(40)], many(1, seed=5, days=1)
    make(records, tmp_path / "one")
    before = files(tmp_path / "one")
    built = make([*records, *new], tmp_path / "one")
    make([*records, *new], tmp_path / "two")
    after = files(tmp_path / "one")
    changed = {path for path in after if before.get(path) != after[path]}
    assert after == files(tmp_path / "two"), "as if built anew"
    assert built.written == len(changed)
    key, (one, other) = new[0].key, new[0].pair
    assert {f"a/{key}/index.html", "index.html", f"countries/{one.lower()}/index.html", "agreements.csv"} <= changed
    related = {r.key for r in records if r.pair == (one, other)} | {key}
    assert all(path.split("/")[1] in related for path in changed if path.startswith("a/"))
    assert not any(
        path.startswith("countries/") and path.split("/")[1] not in {one.lower(), other.lower(), "index.html"}
        for path in changed
    )


def test_the_first_agreement_of_a_country_does_not_make_all_pages_anew(tmp_path: Path) -> None:
    """What has to be rendered, not only what is written in the end: a whole archive takes its time."""
    records = [*showcase(), *many(40)]
    new = replace(showcase()[5], key="fj-nr-2026-11", pair=("FJ", "NR"), sectors=("tourism",))
    assert not any({"FJ", "NR"} & set(record.pair) or "tourism" in record.sectors for record in records)

    options = Options(NOW.date())
    before, after = (Press(arrange(some), options, make_edition(options)) for some in (records, [*records, new]))
    prints = {page.path: page.fingerprint for page in agreement_pages(before)}
    assert {page.path for page in agreement_pages(after) if page.fingerprint != prints.get(page.path)} == {
        "a/fj-nr-2026-11/index.html",
        "a/fj-nr-2026-11/agreement.json",
    }


@pytest.mark.parametrize("seed", range(3))
def test_any_row_of_changes_ends_as_if_built_anew(tmp_path: Path, seed: int) -> None:
    dice, records = random.Random(seed), {record.key: record for record in many(25, seed=seed + 20)}
    for step in range(6):
        new = many(2, seed=100 + 10 * seed + step, days=30)
        records |= {record.key: record for record in new}
        key = dice.choice(sorted(records))
        records[key] = dice.choice([_withdrawn, _disputed, _joined, _restored, _placed])(records[key], new[0].key)
        make(list(records.values()), tmp_path / "one", NOW + timedelta(days=step))
    make(list(records.values()), tmp_path / "two", NOW + timedelta(days=5))
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert dead_links(tmp_path / "one") == []


def _withdrawn(record: Agreement, _: str) -> Agreement:
    return replace(record, rejected="wrong", changed=record.changed + timedelta(days=1))


def _disputed(record: Agreement, _: str) -> Agreement:
    return replace(record, disputed=("someone: not so",))


def _joined(record: Agreement, other: str) -> Agreement:
    return replace(record, merged_into=other if other != record.key else "", aliases=(f"{record.key}-9",))


def _restored(record: Agreement, _: str) -> Agreement:
    return replace(record, rejected="", merged_into="")


def _placed(record: Agreement, _: str) -> Agreement:
    return replace(record, place="Nowhere", sectors=("culture",), confidence=0.42)


def test_the_next_day_changes_only_the_index(tmp_path: Path) -> None:
    make(showcase(), tmp_path)
    assert make(showcase(), tmp_path, NOW + timedelta(days=1)).written == 1


def test_a_page_that_was_lost_or_cut_is_written_again(tmp_path: Path) -> None:
    make(showcase(), tmp_path)
    whole = files(tmp_path)
    (tmp_path / "index.html").unlink()
    (tmp_path / "about" / "index.html").write_bytes(b"")
    assert make(showcase(), tmp_path).written == 2
    assert files(tmp_path) == whole


def test_a_group_that_is_gone_goes_and_a_permalink_stays(tmp_path: Path) -> None:
    make(showcase(), tmp_path)
    built = make([record for record in showcase() if "CL" not in record.pair or "JP" not in record.pair], tmp_path)
    assert built.removed >= 4
    assert not (tmp_path / "pairs" / "cl-jp").exists()
    assert "no longer kept" in read(tmp_path / "a" / "cl-jp-2026-11" / "index.html").words
    assert not dead_links(tmp_path)
    again = make([record for record in showcase() if "CL" not in record.pair or "JP" not in record.pair], tmp_path)
    assert (again.written, again.removed) == (0, 0)


def test_it_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(SiteError, match="no site of ours"):
        make(showcase(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_what_others_put_beside_it_stays(tmp_path: Path) -> None:
    make(showcase(), tmp_path)
    (tmp_path / "robots.txt").write_text("mine")
    (tmp_path / "pairs" / "ae-ke" / "note.txt").write_text("mine")
    make([record for record in showcase() if record.pair != ("AE", "KE")], tmp_path)
    assert (tmp_path / "robots.txt").read_text() == (tmp_path / "pairs" / "ae-ke" / "note.txt").read_text() == "mine"
    (tmp_path / "a" / "xx").mkdir(parents=True)
    foreign = replace(showcase()[0], key="aa-bb-2026-01", pair=("AE", "KE"))
    (tmp_path / "a" / "aa-bb-2026-01").mkdir()
    (tmp_path / "a" / "aa-bb-2026-01" / "index.html").write_text("mine")
    with pytest.raises(SiteError, match="move it away"):
        make([*showcase(), foreign], tmp_path)
    assert (tmp_path / "a" / "aa-bb-2026-01" / "index.html").read_text() == "mine"


def test_two_builds_at_once_the_second_says_so(tmp_path: Path) -> None:
    def render() -> bytes:
        with pytest.raises(SiteError, match="another build"):
            publish(tmp_path, [])
        return b"x"

    assert publish(tmp_path, [Page("a", "1", render)]) == Built(1, 0, 0)


@pytest.mark.parametrize("number", range(0, 40, 3))
def test_a_build_that_is_killed_is_finished_by_the_next(tmp_path: Path, number: int) -> None:
    def plan(text: bytes, killed: int = -1) -> list[Page]:
        def content(index: int) -> Callable[[], bytes]:
            def render() -> bytes:
                if index == killed:
                    raise KeyboardInterrupt
                return text + bytes([index])

            return render

        return [Page(f"p/{index}", text.decode(), content(index)) for index in range(40)]

    for text in (b"old", b"new"):
        with pytest.raises(KeyboardInterrupt):
            publish(tmp_path, plan(text, number))
        if text == b"new":  # and back again: what was half new has to be old once more
            publish(tmp_path, plan(b"old"))
            assert (tmp_path / "p" / "0").read_bytes() == b"old\x00"
        publish(tmp_path, plan(text))
        assert all((tmp_path / "p" / str(index)).read_bytes() == text + bytes([index]) for index in range(40))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".pactwatch-site.json", "p"]


def test_a_disk_that_fails_is_told_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SiteError, match="file"):
        make([], tmp_path / "file")


def test_a_manifest_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / site_folder.MANIFEST).write_text("{")
    with pytest.raises(SiteError, match="can't be read"):
        make([], tmp_path)
    (tmp_path / site_folder.MANIFEST).write_text('{"format": 99, "files": {}}')
    with pytest.raises(SiteError, match="another version"):
        make([], tmp_path)


def test_no_path_leads_out_of_the_folder(tmp_path: Path) -> None:
    for path in ("../x", "/x", "a/../../x"):
        with pytest.raises(SiteError, match="leads out"):
            publish(tmp_path / "site", [Page(path, "1", lambda: b"x")])
    (tmp_path / "mine").write_text("x")
    manifest = '{"format": 1, "files": {"../mine": ["1", "x", 1]}}'
    (tmp_path / "site" / site_folder.MANIFEST).write_text(manifest)
    with pytest.raises(SiteError, match="leads out"):
        publish(tmp_path / "site", [])
    assert (tmp_path / "mine").is_file()


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="https://"):
        build([], tmp_path / "x", now=NOW, site_url="pactwatch.example")


def test_an_empty_archive_is_a_site_too(tmp_path: Path) -> None:
    build([], tmp_path, now=NOW)
    assert "nothing new" in read(tmp_path / "index.html").words
    assert not dead_links(tmp_path)
    assert not any(read(path).faults for path in pages(tmp_path))


def _changed(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, float | int):
        return value + 1
    if isinstance(value, datetime | date):
        return value + timedelta(days=1)
    return ("x",) if isinstance(value, tuple) else 7


def _variants(thing: Any) -> Iterator[tuple[str, Any]]:
    """`thing` with one field changed, for each field of it and of what it holds."""
    for field in fields(thing):
        value = getattr(thing, field.name)
        if is_dataclass(value):
            inner = [(name, replace(thing, **{field.name: one})) for name, one in _variants(value)]
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            inner = [(name, replace(thing, **{field.name: (one, *value[1:])})) for name, one in _variants(value[0])]
        else:
            inner = [("", replace(thing, **{field.name: _changed(value)}))]
        yield from ((f"{field.name}.{name}".rstrip("."), one) for name, one in inner)


def test_a_record_s_print_covers_every_field_of_all_it_holds() -> None:
    record = showcase()[0]
    variants = dict(_variants(record))
    assert {"key", "reports.evidence.marks.span.start", "papers.amount", "changes.number", "stages.on"} <= set(variants)
    prints = {record_print(one) for one in variants.values()}
    assert len(prints | {record_print(record)}) == len(variants) + 1
    assert record_print(record) == record_print(showcase()[0])


# --- what holds for every page


def test_every_relative_link_leads_somewhere(site: Path) -> None:
    assert len(pages(site)) > 250
    assert dead_links(site) == []


def test_pages_are_well_formed(site: Path) -> None:
    for path in pages(site):
        page = read(path)
        ids = [a["id"] for _, a in page.elements if "id" in a]
        assert page.faults == [], path
        assert len(ids) == len(set(ids)), path
        assert len(page.all("h1")) == len(page.all("main")) == 1, path
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_nothing_is_asked_for_from_elsewhere(site: Path) -> None:
    for path in pages(site):
        page = read(path)
        for tag, attributes in page.elements:
            assert tag not in {"img", "iframe", "object", "embed", "form", "base", "style", "video", "audio"} or (
                tag == "form" and "action" not in attributes
            ), (path, tag)
            assert not any(name.startswith("on") or name == "style" for name in attributes), (path, tag)
            if tag in {"script", "link"} and attributes.get("rel") != "canonical":
                source = attributes.get("src") or attributes.get("href") or ""
                assert not source.startswith(("http", "//")), (path, source)
        csp = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
        assert csp is not None
        assert csp.startswith("default-src 'none'; style-src 'self'; script-src 'self';"), path
    assert b"http" not in (site / "style.css").read_bytes()
    assert b"url(" not in (site / "style.css").read_bytes()


def test_links_to_sources_are_bare_and_show_their_host(site: Path) -> None:
    for path in pages(site):
        for attributes in read(path).all("a"):
            link = attributes.get("href") or ""
            if link.startswith("http") and not link.startswith(SITE):
                assert attributes.get("rel") == "noopener noreferrer nofollow external", (path, link)
    assert "(nairobi-ledger.example)" in read(site / "a/ae-ke-2026-11/index.html").words


def test_sizes(site: Path) -> None:
    assert len(gzip.compress((site / "index.html").read_bytes())) < 50_000
    assert all(len(gzip.compress(path.read_bytes())) < 15_000 for path in (site / "a").rglob("index.html"))
    assert (site / "filter.js").stat().st_size < 3_000


def test_no_address_of_a_feed_and_no_key_of_one_is_in_the_site(site: Path) -> None:
    assert all(b"SECRET" not in content and b"energia.example" not in content for content in files(site).values())


def test_no_unseen_character_is_in_any_page(site: Path) -> None:
    unseen = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
    assert all(not unseen.search(path.read_text("utf-8")) for path in pages(site))


def test_all_feeds_are_read_without_a_fault(site: Path) -> None:
    feeds = sorted(site.rglob("*.atom"))
    assert len(feeds) > 60
    parsed = [feedparser.parse(path.read_bytes()) for path in feeds]
    assert not any(feed.bozo for feed in parsed)
    assert len({feed.feed.id for feed in parsed}) == len(feeds)


# --- what the pages say


def test_the_index_answers_first(site: Path, tmp_path: Path) -> None:
    make(showcase(), tmp_path)
    index = read(tmp_path / "index.html")
    words = index.words
    assert "News of 7 days: 4 signed, 1 in force, 1 ended" in words
    assert "The 7 days before: 1 signed." in words
    assert "Read: 61 of 64 feeds, 18,240 entries, 412 of them about two countries. State of 23 Nov 2026." in words
    assert "What is new" in words
    assert "All 6 with their sentences" in words
    order = [
        words.index(text)
        for text in (
            "26 Nov 2026 Brazil and India plan",
            "2 Dec 2026 European Union",
            "Dec 2026 Azerbaijan and Italy plan",
        )
    ]
    assert order == sorted(order), "the nearest first, a month behind its days"
    assert "3 coming signings in all, 1 overdue, 1 signed long ago without a later report" in words
    assert "withdrawn: the outlet took its report back" in words
    assert "9 days Ministry of Energy, Bolivia, Spanish failing: 404 Not Found" in words
    assert re.search(r"CSV 16 rows, \d+ kB", words)


def test_every_figure_of_the_chart_is_in_the_table(tmp_path: Path) -> None:
    make(showcase(), tmp_path)
    html = (tmp_path / "index.html").read_text()
    wide = html[html.index('aria-labelledby="wwt"') : html.index("</svg>", html.index('aria-labelledby="wwt"'))]
    marks = {
        stage: len(re.findall(rf'class="(?:f|x|o) {stage}"', wide))
        for stage in ("signed", "in_force", "ended", "planned")
    }
    table = html[html.index("The same as a table") : html.index("</details>")]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table)
    figures = [[int(n) if n != "·" else 0 for n in re.findall(r'class="num">([\d·]+)<', row)] for row in rows]
    assert [sum(column) for column in zip(*figures, strict=True)] == list(marks.values()) == [7, 1, 1, 2]


def test_charts_are_drawn_for_both_widths_with_a_title(site: Path) -> None:
    html = (site / "index.html").read_text()
    assert re.findall(r'<svg width="(\d+)"', html) == ["1120", "358"]
    assert html.count('role="group" aria-labelledby="w') == len(re.findall(r'<title id="w[wn]t">', html)) == 2


def test_marks_are_those_of_the_mails(site: Path) -> None:
    html = "".join(path.read_text() for path in pages(site))
    pattern = r'<span class="st (\w+)"><span aria-hidden="true">(.)</span> ([\w ]+)</span>'
    assert {(stage, word, mark) for stage, mark, word in re.findall(pattern, html)} == {
        (stage.value, shown.word, shown.mark) for stage, shown in STAGES.items()
    }


def figures(index: Path) -> tuple[list[list[int]], list[int], list[int], int]:
    """The matrix of an index: cells, totals of rows, totals of columns, the total."""
    html = index.read_text()
    whole = re.findall(r'<table class="matrix">.*?</table>', html, re.S)[0]
    body, _, foot = whole.partition("<tfoot>")
    rows = re.findall(r"<tr.*?</tr>", body, re.S)[1:]
    cells = [[int(n or 0) for n in re.findall(r'<td class="c\d[^"]*">(\d*)<', row)] for row in rows]
    totals = [int(n) for n in re.findall(r'<td class="total">(\d+)<', body)]
    columns = [int(n) for n in re.findall(r'<td(?: class="more")?>(\d+)<', foot)]
    return cells, totals, columns, int(re.findall(r'<td class="total">(\d+)<', foot)[0])


@pytest.mark.parametrize(("pairs", "title"), [(10, "Which pairs"), (0, "Which countries")])
def test_the_matrix_adds_up(tmp_path: Path, pairs: int, title: str) -> None:
    records = many(400, days=360)
    if pairs:  # the same few again and again
        few = list(combinations(("AE", "BR", "CN", "FR", "US"), 2))[:pairs]
        records = [replace(record, pair=few[n % len(few)]) for n, record in enumerate(records)]
    make(records, tmp_path)
    cells, totals, columns, total = figures(tmp_path / "index.html")
    assert f"{title}, which fields" in read(tmp_path / "index.html").words
    assert totals == sorted(totals, reverse=True)
    assert all(max(row) <= of <= total for row, of in zip(cells, totals, strict=True))
    assert all(sum(column) <= 2 * of for column, of in zip(zip(*cells, strict=True), columns, strict=True))
    filled = [count for row in cells for count in row if count]
    assert sum(filled) >= 1.5 * len(filled), "a grid of lone ones says nothing"


def test_few_agreements_have_no_matrix_but_their_fields(tmp_path: Path) -> None:
    make(showcase(), tmp_path)
    assert '<table class="matrix">' not in (tmp_path / "index.html").read_text()
    assert "Which fields energy 4 mining 2" in read(tmp_path / "index.html").words


def test_an_agreement_page_shows_proof_life_and_record(site: Path) -> None:
    page = read(site / "a/ae-ke-2026-11/index.html")
    words = page.words
    assert "Planned reported 9 Nov 2026 for 19 Nov 2026" in words
    assert "Signed 19 Nov 2026 Nairobi, 5 reports" in words
    assert "In force not reported" in words
    assert "What it rests on: 6 reports, 2 official" in words
    assert "copy of another report here, not counted" in words
    assert "● Signed: 5 reports" in words
    assert "○ Planned: 1 report" in words
    assert "The governments of the United Arab Emirates and Kenya and 2 outlets report the signing." in words
    assert "1 report tells of the plan, not of the present stage." in words
    assert "6 reports in all, in 3 languages, 1 of them a copy and not counted." in words
    assert "20 Nov 2026, 06:15 UTC corrected: Naivasha → Nairobi; place of signing (by desk)" in words
    assert "United Arab Emirates (AE / ARE), Kenya (KE / KEN)" in words
    assert f"{SITE}/a/ae-ke-2026-11/, state of 20 Nov 2026" in words
    assert {"lang": "ar", "dir": "rtl"} in page.all("blockquote")
    assert {"lang": "sw", "dir": "ltr"} in page.all("blockquote")
    assert [a["class"] for a in page.all("mark")][3:7] == ["v", "p", "p", "n"]
    assert {"rel": "canonical", "href": f"{SITE}/a/ae-ke-2026-11/"} in page.all("link")


def test_marks_show_countries_steps_and_documents_and_nothing_else(site: Path) -> None:
    force = (site / "a/de-kz-2026-03/index.html").read_text()
    assert '<mark class="v">in Kraft getreten</mark>' in force
    denied = (site / "a/in-lk-2026-10/index.html").read_text()
    assert "’s minister denied that a bridge" in denied


@pytest.mark.parametrize(
    ("stage", "others", "said", "unsaid"),
    [
        (
            Stage.SIGNED,
            [(Stage.PLANNED, -9)],
            "1 report tells of the plan, not of the present stage.",
            "Speaks against",
        ),
        (Stage.SIGNED, [(Stage.PLANNED, 3)], "Speaks against it: 1 report still calls it planned", "No report contra"),
        (Stage.PLANNED, [(Stage.SIGNED, 2)], "Speaks against it: 1 report tells of it as done", "No report contra"),
        (Stage.SIGNED, [(Stage.SIGNED, 1)], "2 outlets report the signing", "One outlet alone"),
        (Stage.SIGNED, [], "One outlet alone reports the signing", "No report contradicts"),
        (Stage.IN_FORCE, [(Stage.SIGNED, -90)], "One outlet alone reports its entry into force", "2 outlets"),
    ],
)
def test_reports_of_another_stage_confirm_nothing(
    tmp_path: Path, stage: Stage, others: list[tuple[Stage, int]], said: str, unsaid: str
) -> None:
    """Two outlets of which one only announces it are no two outlets that report the signing."""
    pattern = next(record for record in showcase() if record.key == "kz-rw-2026-11")
    first = replace(pattern.reports[0], stage=stage, seen=NOW, published=NOW)
    rest = [
        replace(first, item=900 + n, outlet=f"Other {n}", voice=f"Other {n}", stage=told, published=NOW + timedelta(d))
        for n, (told, d) in enumerate(others)
    ]
    steps = (replace(pattern.stages[0], stage=stage),)
    record = counted(replace(pattern, stage=stage, stages=steps, reports=(first, *rest)))
    make([record], tmp_path)
    words = read(tmp_path / f"a/{record.key}/index.html").words
    assert said in words
    assert unsaid not in words
    assert ("disputed" in words) == said.startswith("Speaks against")


def test_only_the_two_sides_are_marked_as_countries(tmp_path: Path) -> None:
    """A third country in the sentence proves nothing of this agreement."""
    record = next(record for record in showcase() if record.key == "kz-rw-2026-11")
    proof = evidence("[c:Kazakhstan], [c:Rwanda] and [c:Slovakia] [s:signed] a [d:protocol].")
    codes = iter(("KZ", "RW", "SK"))
    marks = tuple(replace(m, code=next(codes)) if m.kind == "country" else m for m in proof.marks)
    shown = replace(record.reports[0], evidence=replace(proof, marks=marks))
    make([replace(record, reports=(shown,))], tmp_path)
    html = (tmp_path / f"a/{record.key}/index.html").read_text()
    assert '<mark class="p">Kazakhstan</mark>, <mark class="p">Rwanda</mark> and Slovakia <mark' in html


@pytest.mark.parametrize(("reports", "long"), [(1, False), (9, True)])
def test_facts_stand_beside_long_proof_and_below_short_proof(tmp_path: Path, reports: int, long: bool) -> None:
    record = next(record for record in showcase() if record.key == "kz-rw-2026-11")
    several = tuple(replace(record.reports[0], item=n, voice=f"v{n}") for n in range(reports))
    make([replace(record, reports=several)], tmp_path)
    assert ('class="spread"' not in (tmp_path / f"a/{record.key}/index.html").read_text()) == long


def test_doubt_is_shown(site: Path) -> None:
    assert (
        "One outlet alone reports the signing; nothing else confirms it."
        in read(site / "a/kz-rw-2025-05/index.html").words
    )
    assert "No report contradicts it." not in read(site / "a/kz-rw-2025-05/index.html").words
    assert "No report contradicts it." in read(site / "a/az-it-2026-11/index.html").words
    assert "6 papers, 2 of them in force" in read(site / "a/kz-rw-2025-05/index.html").words
    assert "altered after we first read it" in read(site / "a/kz-rw-2025-05/index.html").words
    disputed = read(site / "a/in-lk-2026-10/index.html").words
    assert disputed.count("Disputed: Colombo Herald: not signed, still planned.") == 2
    assert "Overdue." in read(site / "a/ar-cl-2026-09/index.html").words
    assert "was expected 5 Oct 2026" in read(site / "a/ar-cl-2026-09/index.html").words


def test_former_keys_keep_their_pages(site: Path) -> None:
    withdrawn = read(site / "a/fr-ml-2026-11/index.html")
    assert "Withdrawn on 13 Nov 2026. The outlet took its report back." in withdrawn.words
    assert {"name": "robots", "content": "noindex"} in withdrawn.all("meta")
    merged = read(site / "a/ae-ke-2026-11-2/index.html")
    assert "Part of another record." in merged.words
    assert "Why confidence" not in merged.words
    assert "What it rests on" not in merged.words
    assert "../ae-ke-2026-11/index.html" in [a.get("href") for a in merged.all("a")]
    alias = read(site / "a/ae-ke-2024-06-2/index.html")
    assert "../../a/ae-ke-2024-06/index.html" in [a.get("href") for a in alias.all("a")]
    corrections = read(site / "corrections/index.html").words
    assert "2 withdrawn, corrected by hand or disputed, 1 joined with another record." in corrections


def test_what_a_person_corrected_stands_under_corrections(tmp_path: Path) -> None:
    record = next(record for record in showcase() if record.key == "de-kz-2026-03")
    fix = Change(at("2026-11-20 08:00"), "corrected", "DE-KZ signed energy", "DE-KZ in_force energy", "misread", "ann")
    make([replace(record, changes=(*record.changes, fix))], tmp_path)
    words = read(tmp_path / "corrections/index.html").words
    assert "1 withdrawn, corrected by hand or disputed" in words
    assert "corrected: DE-KZ signed energy → DE-KZ in_force energy; misread (by ann)" in words


def test_a_record_joined_with_one_that_is_not_known_leads_nowhere(tmp_path: Path) -> None:
    make([record for record in showcase() if record.key == "ae-ke-2026-11-2"], tmp_path)
    assert "as ae-ke-2026-11, which counts" in read(tmp_path / "a/ae-ke-2026-11-2/index.html").words
    assert dead_links(tmp_path) == []


def test_months_and_weeks_file_each_step_under_its_day(site: Path) -> None:
    march, november = read(site / "months/2026-03/index.html").words, read(site / "months/2026-11/index.html").words
    assert "Green hydrogen agreement" in march
    assert "was signed 10 Mar 2026" in read(site / "index.html").words
    assert "Green hydrogen agreement" in november
    assert "Announced" in november
    week = read(site / "weeks/2026-w47/index.html")
    assert "Week 47 of 2026, 16 to 22 Nov 2026" in week.words
    assert "已" in week.words or "签署" in week.words
    assert "Estonia and Finland" in read(site / "months/2019-06/index.html").words


def test_the_first_report_is_one_and_a_host_is_not_told_twice(tmp_path: Path) -> None:
    record = showcase()[0]
    reports = tuple(
        replace(report, seen=NOW, outlet="www.ledger.example", url="https://ledger.example/1")
        for report in record.reports
    )
    make([replace(record, reports=reports)], tmp_path)
    words = read(tmp_path / "a/ae-ke-2026-11/index.html").words
    assert words.count("first report") == 1
    assert "Nov 2026, 15:00 UTC, first report" in words
    assert "(ledger.example)" not in words


def test_who_follows_a_pair_hears_of_a_withdrawal(site: Path) -> None:
    page = read(site / "pairs/fr-ml/index.html").words
    assert "No agreement that stands." in page
    assert "Withdrawn, or joined with another record" in page
    entries = feedparser.parse((site / "pairs/fr-ml/new.atom").read_bytes()).entries
    assert [entry.title for entry in entries] == ["FR–ML withdrawn: France and Mali sign a defence accord"]
    assert "FR–ML" not in read(site / "pairs/index.html").words
    assert "1 joined" not in read(site / "pairs/ae-ke/index.html").words
    assert "joined" in read(site / "pairs/ae-ke/index.html").words


def test_groups_lead_on(site: Path) -> None:
    kenya = read(site / "countries/ke/index.html")
    assert "../../pairs/ae-ke/index.html" in [a.get("href") for a in kenya.all("a")]
    assert "Kenya" in kenya.words
    energy = read(site / "sectors/energy/index.html").words
    assert "OECD DAC CRS 23110 Energy policy" in energy
    coming = read(site / "coming/index.html").words
    assert "3 coming, 1 overdue" in coming
    assert "Signed long ago, no later report found" in coming


def test_a_list_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.site.groups.ROWS", 3)
    make(showcase(), tmp_path)
    assert "The newest 3 of " in read(tmp_path / "sectors/energy/index.html").words


def test_pairs_that_a_long_list_leaves_out_are_on_the_pages_of_their_countries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.site.directories.PAIRS", 3)
    make(showcase(), tmp_path)
    assert "pairs of countries. The 3 busiest; the others" in read(tmp_path / "pairs/index.html").words
    assert (tmp_path / "pairs/index.html").read_text().count('scope="row"') == 3
    for code in ("kz", "rw"):
        assert "../../pairs/kz-rw/index.html" in (tmp_path / f"countries/{code}/index.html").read_text()


def test_bars_take_over_where_marks_would_be_too_many(tmp_path: Path) -> None:
    make(many(40, days=7), tmp_path)
    index = (tmp_path / "index.html").read_text()
    assert '<pattern id="wwin_force"' in index
    assert "in force striped" in index


def test_what_is_told_of_a_month_only_is_filed_where_it_was_reported(tmp_path: Path) -> None:
    record = showcase()[4]
    assert record.stages[0].precision == "month"
    make([record], tmp_path)
    assert (tmp_path / "months/2019-06/index.html").is_file()
    assert "Jun 2019" in read(tmp_path / f"a/{record.key}/index.html").words


def test_a_planned_one_without_a_date_is_shown(tmp_path: Path) -> None:
    record = next(record for record in showcase() if record.key == "br-in-2026-11")
    undated = replace(record, stages=(replace(record.stages[0], on=None, precision=None),))
    make([undated], tmp_path)
    assert "no date yet Brazil and India" in read(tmp_path / "index.html").words
    assert "○ Planned reported 18 Nov 2026" in read(tmp_path / "a/br-in-2026-11/index.html").words
    assert undated.stage is Stage.PLANNED
    make([undated], tmp_path, NOW + timedelta(days=250))
    assert "Coming signings" not in read(tmp_path / "index.html").words
    assert "0 coming, 0 overdue, 1 announced long ago" in read(tmp_path / "coming/index.html").words


@pytest.mark.parametrize(
    "name", ["index.html", "a/ae-ke-2026-11/index.html", "countries/ke/index.html", "new.atom", "coming.ics"]
)
def test_golden(name: str, tmp_path: Path) -> None:
    """`PACTWATCH_GOLDEN=write` writes them anew; look at them before committing."""
    make(showcase(), tmp_path)
    made, golden = (tmp_path / name).read_bytes(), GOLDEN / name.replace("/", "-")
    if os.environ.get("PACTWATCH_GOLDEN") == "write":
        GOLDEN.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(made)
    if name == "index.html":  # the size of the XLSX depends on the zlib of the machine
        size = re.compile(rb"their reports, \d+ kB")
        assert size.sub(b"", made) == size.sub(b"", golden.read_bytes())
    else:
        assert made == golden.read_bytes()


def test_a_day_is_a_day_in_utc(tmp_path: Path) -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC) - timedelta(hours=1)
    make(showcase(), tmp_path, late)
    assert "State of 22 Nov 2026." in read(tmp_path / "index.html").words
    assert date(2026, 11, 22) == late.date()


@pytest.mark.parametrize(
    ("stage", "how", "word", "told"),
    [
        (Stage.IN_FORCE, "ratified", "Ratified", "One outlet alone reports its ratification"),
        (Stage.IN_FORCE, "approved", "Approved", "One outlet alone reports its approval"),
        (Stage.IN_FORCE, "", "In force", "One outlet alone reports its entry into force"),
        (Stage.ENDED, "talks", "Broken off", "One outlet alone reports the end of talks"),
    ],
)
def test_a_stage_says_no_more_than_its_reports(tmp_path: Path, stage: Stage, how: How, word: str, told: str) -> None:
    """What a parliament ratified is not in force by that."""
    pattern = next(record for record in showcase() if record.key == "kz-rw-2026-11")
    step = replace(pattern.stages[0], stage=stage, how=how)
    report = replace(pattern.reports[0], stage=stage)
    record = counted(replace(pattern, stage=stage, stages=(step,), reports=(report,)))
    make([record], tmp_path)
    page = (tmp_path / f"a/{record.key}/index.html").read_text()
    assert f"</span> {word}</span>" in page
    assert told in read(tmp_path / f"a/{record.key}/index.html").words
    assert f"KZ–RW {word.lower()}: " in (tmp_path / "new.atom").read_text()


def test_pages_and_mails_count_alike(tmp_path: Path) -> None:
    """What a backfill brought is no news; what came to be known is, whatever day it happened."""
    known, old = showcase()[0], replace(showcase()[0], key="ae-ke-2019-01", aliases=())
    told = replace(known, stages=(replace(known.stages[-1], on=date(2019, 1, 1)),))
    silent = replace(old, changes=tuple(replace(change, tell=False) for change in old.changes))
    make([told, silent], tmp_path)
    index, news = read(tmp_path / "index.html").words, read(tmp_path / "news/index.html").words
    assert "News of 7 days: 1 signed 1 of 1 happened earlier and came to be known now." in index
    assert "19 Nov 2026: 1 signed" in news


def test_days_told_differently_are_one_step_and_no_agreement(tmp_path: Path) -> None:
    record = showcase()[0]
    last = record.stages[-1]
    days = tuple(replace(last, on=date(2026, 11, day)) for day in (3, 7, 19))
    make([replace(record, stages=days)], tmp_path)
    words = read(tmp_path / f"a/{record.key}/index.html").words
    assert words.count("by others 3 Nov 2026 and 7 Nov 2026") == 2, "in the life line and among the facts"
    assert "Its reports tell different days of one stage." in words
    assert "No report contradicts it." not in words


def test_the_record_tells_each_move_and_report_once(tmp_path: Path) -> None:
    record = showcase()[0]
    first = record.changes[0]
    moves = (replace(first, after="signed"), replace(first, after="signed"), replace(first, after="ended"))
    make([replace(record, changes=moves)], tmp_path)
    log = read(tmp_path / f"a/{record.key}/index.html").words.partition("Record of changes")[2]
    assert (log.count("opened as signed"), log.count("moved from signed to ended"), log.count("opened as ended")) == (
        1, 1, 0,
    )  # fmt: skip
    assert "of the signing" in log


def test_what_waits_is_counted_by_one_rule(tmp_path: Path) -> None:
    signed = replace(showcase()[0], stages=(replace(showcase()[0].stages[-1], on=date(2020, 1, 1)),))
    papers = [(), (Paper("agreement", "x", Stage.SIGNED),), (Paper("memorandum", "x", Stage.SIGNED),)]
    records = [replace(signed, key=f"ae-ke-2020-0{n}", aliases=(), papers=told) for n, told in enumerate(papers)]
    make(records, tmp_path)
    assert "2 signed long ago without a later report" in read(tmp_path / "coming/index.html").words
    today = NOW.date()
    assert [is_idle(record, today) for record in records] == [True, True, False]


def test_a_page_that_is_not_there_has_whole_links(site: Path) -> None:
    page = read(site / "404.html")
    assert "Not found" in page.words
    for href in (str(a["href"]) for a in (*page.all("a"), *page.all("link"))):
        assert href.startswith(("/", "#", "mailto:", "data:")), href  # from any address, at any host
        assert not href.startswith("/") or (site / href.removeprefix("/").partition("#")[0]).is_file(), href


def test_counts_of_pages_tell_ratified_from_in_force(tmp_path: Path) -> None:
    record = next(record for record in showcase() if record.key == "de-kz-2026-03")
    steps = (record.stages[0], replace(record.stages[1], how="ratified"))
    make([replace(record, stages=steps)], tmp_path)
    assert "1 agreement: 1 ratified." in read(tmp_path / "countries/de/index.html").words
    assert "What happened: 1 ratified" in read(tmp_path / "weeks/2026-w47/index.html").words
    assert "1 ratified, by the day it happened" in read(tmp_path / "months/2026-11/index.html").words
    assert "In force or ratified 1" in read(tmp_path / "index.html").words


def test_a_quiet_week_is_followed_by_the_latest_before(tmp_path: Path) -> None:
    old = many(9, until=NOW.date() - timedelta(days=20), days=60)
    make([*old, showcase()[0]], tmp_path)
    page = read(tmp_path / "index.html").words
    assert "What is new, then the latest before" in page
    assert page.index(showcase()[0].title) < min(page.index(record.title) for record in old if record.title in page)
