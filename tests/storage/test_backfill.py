"""An archive is taken in whole, once, told to no one, and goes on where it was stopped."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from store_reports import MARCH, NOW, VISA, Said, everything, put, told

from classify.model import Labels, Stage
from seeds import Entry
from storage import Backfilled, StoreError, backfill, coverage, health, reading
from storage.tables import Item, Meta, PendingPair, Source

OTHERS = [("FR", "IT"), ("ES", "FR"), ("DE", "FR"), ("FR", "PT")]
SAID = [*VISA, *(Said("post", MARCH - timedelta(20), pair=pair) for pair in OTHERS)]
LABELS = {one.entry.title: one.labels for one in SAID}


def archive(path: Path, *, plain: int = 20, extra: Sequence[str] = ()) -> Path:
    lines = [
        json.dumps({"title": one.entry.title, "url": one.entry.url, "published": one.day.isoformat(), "lang": "en"})
        for one in SAID
    ]
    lines += [json.dumps({"title": f"Rain in town {n}", "url": f"https://rain.example/{n}"}) for n in range(plain)]
    path.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    return path


def classify(entries: Sequence[Entry]) -> Sequence[Labels]:
    return [LABELS.get(entry.title, Labels(lang="en")) for entry in entries]


def take(engine: Engine, path: Path, **more: object) -> Backfilled:
    return backfill(engine, path, classify, version="1", batch=4, now=lambda: NOW, **more)  # type: ignore[arg-type]


def test_an_archive_is_taken_in_once_and_told_to_no_one(engine: Engine, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.jsonl")
    first = take(engine, path)
    assert (first.lines, first.new, first.known, first.bad, first.agreements, first.finished) == (27, 27, 0, 0, 5, True)
    assert [told(one) for one in everything(engine)] == [[]] * 5
    again = take(engine, path)
    assert (again.new, again.known, again.agreements) == (0, 27, 0)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(PendingPair)) == 0
        assert session.scalars(select(Meta.key)).all() == ["program"]


def test_it_gives_what_an_ingest_gives(engine: Engine, tmp_path: Path) -> None:
    take(engine, archive(tmp_path / "a.jsonl"))
    (visa,) = (one for one in everything(engine) if one.pair == ("KZ", "RW"))
    assert (visa.key, len(visa.reports), visa.first_seen.date()) == ("kz-rw-2026-03", 3, MARCH)


def test_the_archive_is_no_watched_feed(engine: Engine, tmp_path: Path) -> None:
    take(engine, archive(tmp_path / "a.jsonl"))
    with reading(engine) as session:
        assert coverage(session, NOW - timedelta(7), NOW).feeds_watched == 0
        assert health(session) == []


class Stopped(Exception):
    pass


def test_it_goes_on_where_it_was_stopped(engine: Engine, tmp_path: Path) -> None:
    path, seen = archive(tmp_path / "a.jsonl"), []

    def stop(done: Backfilled) -> None:
        seen.append(done.lines)
        if len(seen) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        take(engine, path, progress=stop)
    titles: list[str] = []

    def counting(entries: Sequence[Entry]) -> Sequence[Labels]:
        titles.extend(entry.title for entry in entries)
        return classify(entries)

    done = backfill(engine, path, counting, version="1", batch=4, now=lambda: NOW)
    assert (done.lines, done.new) == (27, 27)
    assert len(titles) == 27 - 8
    assert len(everything(engine)) == 5


def test_no_bad_line_is_lost_where_it_cannot_be_written(engine: Engine, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.jsonl", extra=["{not json"])
    with pytest.raises(FileNotFoundError):
        take(engine, path, bad_lines=tmp_path / "nowhere" / "bad.jsonl")
    done = take(engine, path, bad_lines=tmp_path / "bad.jsonl")
    assert (done.new, done.bad) == (27, 1)
    assert json.loads((tmp_path / "bad.jsonl").read_text())["line"] == 28


def test_bad_lines_are_named_and_the_rest_is_taken(engine: Engine, tmp_path: Path) -> None:
    path = archive(tmp_path / "a.jsonl", extra=["{oops", "", '{"title": 3}'])
    done = take(engine, path, bad_lines=tmp_path / "bad.jsonl")
    assert (done.new, done.bad) == (27, 2)
    named = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_text().splitlines()]
    assert [(one["line"], one["reason"].split("(")[0].strip(), one["text"]) for one in named] == [
        (28, "not JSON", "{oops"),
        (30, "title: not a string", '{"title": 3}'),
    ]


def test_a_file_that_breaks_off_is_kept_up_to_there(engine: Engine, tmp_path: Path) -> None:
    whole = gzip.compress(archive(tmp_path / "a.jsonl", plain=5000).read_bytes())
    (tmp_path / "a.gz").write_bytes(whole[: len(whole) // 2])
    done = backfill(engine, tmp_path / "a.gz", classify, version="1", now=lambda: NOW)
    assert done.finished
    assert "is damaged or cut off after line" in done.problem
    assert done.new > 500
    assert len(everything(engine)) == 5


def test_a_file_that_cannot_be_read_is_an_error_of_one_line(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nothing\.jsonl: cannot be read"):
        take(engine, tmp_path / "nothing.jsonl")


def test_items_of_watched_hosts_are_those_of_the_feed(engine: Engine, tmp_path: Path) -> None:
    """What the feed told before is known; what is new speaks with the feed's voice, and for its government."""
    feed = replace(VISA[1].feed, url="https://kigali.example/rss")
    put(engine, [VISA[1]])
    done = take(engine, archive(tmp_path / "a.jsonl", plain=0), feeds=[feed])
    assert (done.new, done.known) == (6, 1)
    with reading(engine) as session:
        sources = session.scalars(select(Source.key).join(Item, Item.source == Source.key).distinct()).all()  # type: ignore[arg-type]
    assert sorted(sources) == ["backfill", "kigali"]


def test_news_after_a_backfill_is_told(engine: Engine, tmp_path: Path) -> None:
    take(engine, archive(tmp_path / "a.jsonl"))
    fresh = Said("herald", NOW.date(), NOW.date(), subject="air services", sectors=("transport",))
    put(engine, [fresh], datetime(2026, 3, 21, tzinfo=UTC))
    assert [told(one) for one in everything(engine) if told(one)] == [[("new", "signed")]]


def test_what_an_archive_adds_to_a_known_agreement_is_no_news(engine: Engine, tmp_path: Path) -> None:
    """Older than what is known, it adds its reports, and takes nothing back."""
    put(engine, [*VISA, Said("gazette", date(2026, 3, 18), date(2026, 3, 17), Stage.IN_FORCE)])
    (before,) = everything(engine)
    plan = Said("old post", MARCH - timedelta(8), MARCH, Stage.PLANNED)
    signing = Said("old times", MARCH, MARCH)
    labels = {one.entry.title: one.labels for one in (plan, signing)}
    rows = [{"title": one.entry.title, "url": one.entry.url, "published": f"{one.day}"} for one in (plan, signing)]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    backfill(engine, path, lambda some: [labels[one.title] for one in some], version="1", now=lambda: NOW)
    (after,) = everything(engine)
    assert (len(after.reports), after.stage) == (len(before.reports) + 2, Stage.IN_FORCE)
    assert told(after) == told(before)


def test_an_archive_is_told_where_that_is_asked_for(engine: Engine, tmp_path: Path) -> None:
    """However old, and also where it was stopped before its pairs were merged."""
    path = archive(tmp_path / "a.jsonl")

    def stop(done: Backfilled) -> None:
        if done.lines == 27:
            raise Stopped

    with pytest.raises(Stopped):
        take(engine, path, tell=True, progress=stop)
    take(engine, path, tell=True)
    assert [told(one) for one in everything(engine)] == [[("new", "signed")]] * 5
    take(engine, path, tell=True)
    assert [told(one) for one in everything(engine)] == [[("new", "signed")]] * 5


def test_a_government_is_known_by_its_host_in_an_archive(engine: Engine, tmp_path: Path) -> None:
    """There is no declared feed to tell; the address that the archive gives is what credit is bound to."""
    title = VISA[0].entry.title
    at = {"title": title, "published": MARCH.isoformat(), "lang": "en"}
    rows = [{**at, "url": "https://mfa.gov.kz/visa", "outlet": "Ministry"}, {**at, "url": "https://gov-kz.example/v"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    take(engine, tmp_path / "a.jsonl")
    [visa] = everything(engine)
    assert (visa.officials, visa.outlets) == (("KZ",), 1)
    assert [(one.outlet, one.official) for one in visa.reports] == [("Ministry", "KZ"), ("gov-kz.example", "")]
