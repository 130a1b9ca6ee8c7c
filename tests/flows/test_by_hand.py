"""What a person does by hand: label lines, look at feeds, try a subscription, correct, back up."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import storage
from classify.names import CODES, country_name
from flows.app import opened
from flows.exits import Exit

Run = Callable[..., tuple[int, str, str]]
SIGNED = (
    "Peru and Vietnam sign extradition treaty",
    "LIMA - Peru and Vietnam signed an extradition treaty in Lima on Tuesday, the foreign ministry said.",
)


@pytest.fixture
def known(watching: Callable[..., Path], press, pactwatch: Run) -> str:  # type: ignore[no-untyped-def]
    """The id of an agreement that the store holds."""
    press.publish("/world", SIGNED)
    watching("/world")
    return str(json.loads(pactwatch("run", "--json")[1])["agreements"]["new"][0])


def test_classify_keeps_order_names_bad_lines_and_goes_on(user: Path, pactwatch: Run) -> None:
    lines = [
        {"id": "b", "title": SIGNED[0], "text": SIGNED[1], "published": "2026-11-24", "source": "one.example"},
        {"id": "a", "title": "Storm closes schools in Leeds"},
        {"id": 7, "title": "Vietnam, Peru sign extradition treaty", "published": "2026-11-24", "source": "two.example"},
    ]
    path = user / "items.jsonl"
    text = "\n".join([json.dumps(lines[0]), "{not json", json.dumps(lines[1]), "", '["list"]', json.dumps(lines[2])])
    path.write_text(text, encoding="utf-8")
    code, out, err = pactwatch("classify", path)
    said = [json.loads(line) for line in out.splitlines()]
    assert code == Exit.PARTLY
    assert [one["id"] for one in said] == ["b", "a", "7"]
    assert [one["agreement"] for one in said] == ["signed", "none", "signed"]
    assert said[0]["event"] == said[2]["event"] == "PE-VN-2026-11"
    assert (said[0]["agreement_pairs"], said[1]["event"], said[1]["evidence"]) == ([["PE", "VN"]], None, None)
    proof = said[0]["evidence"]
    assert lines[0][proof["field"]][proof["start"] : proof["end"]] == proof["sentence"]  # type: ignore[index]
    assert [line.split(": ")[0] for line in err.splitlines()] == [f"{path}:2", f"{path}:5"]


@pytest.mark.parametrize(
    "line", ['{"id": 1, "title": "\\ud800 \\u0000 \\u202e"}', '{"id": 1}', '{"id": 1, "title": 5}']
)
def test_classify_takes_any_line(line: str, user: Path, pactwatch: Run) -> None:
    (user / "items.jsonl").write_text(line, encoding="utf-8")
    code, out, _ = pactwatch("classify", "items.jsonl")
    assert code in (Exit.DONE, Exit.PARTLY)
    assert all(json.loads(one)["agreement"] == "none" for one in out.splitlines())


def test_feeds_are_tried_added_listed_and_exported(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED)
    press.publish("/trade", SIGNED)
    settings = watching("/world")
    code, out, _ = pactwatch("feeds", "check", press.url("/trade"), "--json")
    assert (code, json.loads(out)["outcome"]) == (Exit.DONE, "entries")
    assert pactwatch("feeds", "check", press.url("/nothing"))[0] == Exit.FAILED
    code, out, _ = pactwatch("feeds", "add", press.url("/trade"), "--outlet", "Trade Press", "--country", "pe")
    assert code == Exit.DONE
    assert "Trade Press" in (settings.parent / "feeds.toml").read_text(encoding="utf-8")
    code, out, _ = pactwatch("feeds", "add", press.url("/trade"))
    assert (code, "is watched already" in out) == (Exit.DONE, True)
    press.publish("/third", SIGNED)
    code, out, err = pactwatch("feeds", "add", press.url("/third"), "--outlet", "Third", "--country", "zz")
    assert (code, out) == (Exit.USAGE, "")
    assert "nothing was written" in err
    listed = json.loads(pactwatch("feeds", "--json")[1])
    assert {one["outlet"] for one in listed} == {"Press world", "Trade Press"}
    exported = settings.parent / "feeds.opml"
    assert pactwatch("feeds", "export", exported)[0] == Exit.DONE
    before = (settings.parent / "feeds.toml").read_bytes()
    code, out, _ = pactwatch("feeds", "import", exported)
    assert (code, "0 feeds added" in out, "2 watched already" in out) == (Exit.DONE, True, True)
    assert (settings.parent / "feeds.toml").read_bytes() == before
    foreign = settings.parent / "foreign.opml"
    foreign.write_text(
        '<opml><outline text="Trade Press" xmlUrl="https://o.example/f"/><outline xmlUrl="ftp://x.example/"/></opml>',
        encoding="utf-8",
    )
    code, out, err = pactwatch("feeds", "import", exported, foreign)
    assert (code, "1 feeds added" in out, err) == (
        Exit.PARTLY, True, "left out: 'ftp://x.example/': only http and https are read, not ftp\n",
    )  # fmt: skip
    keys = {one["feed"] for one in json.loads(pactwatch("feeds", "--json")[1])}
    assert {"pe-trade-press", "trade-press"} <= keys
    code, out, err = pactwatch("feeds", "import", settings)
    assert (code, out) == (Exit.USAGE, "")
    assert "this is no OPML" in err


def test_a_moved_feed_is_read_from_its_new_address_once_confirmed(
    watching: Callable[..., Path], press, pactwatch: Run
) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", ("Rain in the north", "It rained."))
    press.publish("/new", SIGNED)
    watching("/world")
    assert pactwatch("feeds", "confirm", "nobody")[0] == Exit.USAGE
    pactwatch("ingest")
    (listed,) = json.loads(pactwatch("feeds", "--json")[1])
    code, _, err = pactwatch("feeds", "confirm", listed["feed"])
    assert (code, "has not moved" in err) == (Exit.USAGE, True)
    with opened() as app, storage.transaction(app.engine) as session:
        memory = storage.remembered(session)[listed["feed"]]
        moved = replace(memory, state="moved", moved_to=press.url("/new"), next_poll=None)
        storage.keep(session, {listed["feed"]: moved})
    assert pactwatch("feeds", "confirm", listed["feed"])[1].endswith(f"is read from {press.url('/new')} from now on\n")
    assert json.loads(pactwatch("ingest", "--json")[1])["items"]["new"] > 0
    assert f"read from {press.url('/new')}" in pactwatch("feeds", "show", listed["feed"])[1]


def test_preview_warns_of_a_filter_that_matches_nothing(known: str, user: Path, pactwatch: Run) -> None:
    settings = user / "pactwatch.toml"
    more = '[[subscription]]\nname = "mining"\naddress = "file:mining"\nsectors = ["mining"]\n'
    settings.write_text(settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    code, _, err = pactwatch("preview", "mining", "--since", "30d")
    assert code == Exit.DONE
    assert "warning: the filter matches none of the 1 agreement of this time" in err
    assert not (user / "data" / "mining").exists()


def test_a_rejected_agreement_is_shown_as_such_and_told_once(known: str, pactwatch: Run) -> None:
    code, _, err = pactwatch("correct", "reject", known)
    assert (code, "Missing option '--why'" in err) == (Exit.USAGE, True)
    assert pactwatch("correct", "reject", known, "--why", "it was a rehearsal", "--by", "desk")[0] == Exit.DONE
    assert known not in pactwatch("agreements")[1]
    assert known in pactwatch("agreements", "--rejected")[1]
    told = json.loads(pactwatch("digest", "--json")[1])
    assert len(told["digests"]) == 1
    assert json.loads(pactwatch("digest", "--json")[1])["digests"] == []
    assert "it was a rehearsal" in pactwatch("correct", "list")[1]


def test_files_hold_all_agreements_and_the_table_the_newest(user: Path, pactwatch: Run) -> None:
    others = [country_name(code) for code in sorted(CODES) if code not in ("NO", "EU")][:70]
    lines = [
        {"title": f"Norway and {one} sign fishing pact", "url": f"https://a.example/{n}", "published": "2026-03-04"}
        for n, one in enumerate(others)
    ]
    (user / "archive.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    pactwatch("backfill", "archive.jsonl")
    total = len(json.loads(pactwatch("agreements", "--json")[1])["agreements"])
    assert total > 60
    code, out, err = pactwatch("agreements")
    assert (code, len(out.splitlines()), err) == (Exit.DONE, 52, f"50 of {total}; --limit {total} shows all\n")
    _, out, err = pactwatch("agreements", "--json", "--limit", "2", "--country", "Norway")
    assert (len(json.loads(out)["agreements"]), err) == (2, f"2 of {total}; --limit {total} shows all\n")
    for name, form in (("list.json", ()), ("list.csv", ()), ("LIST.XLSX", ()), ("list.txt", ("--format", "csv"))):
        code, out, err = pactwatch("agreements", "--output", name, *form)
        assert (code, out, err) == (Exit.DONE, "", f"{total} agreements in {name}\n")
    assert len(json.loads((user / "list.json").read_bytes())["agreements"]) == total
    assert (user / "list.csv").read_bytes() == (user / "list.txt").read_bytes()
    assert zipfile.is_zipfile(user / "LIST.XLSX")


def test_nothing_stored_has_no_state(user: Path, pactwatch: Run) -> None:
    told = json.loads(pactwatch("agreements", "--json")[1])
    assert (told["state"], told["agreements"]) == (None, [])


def test_decisions_as_table_and_as_json(known: str, pactwatch: Run) -> None:
    assert json.loads(pactwatch("correct", "list", "--json")[1]) == []
    pactwatch(
        "correct", "relabel", known, "--sector", "justice", "--sector", "mining", "--why", "read it", "--by", "desk"
    )
    out = pactwatch("correct", "list")[1]
    assert "sectors: justice, mining" in out
    assert "[" not in out, "words, no Python"
    (told,) = json.loads(pactwatch("correct", "list", "--json")[1])
    assert (told["kind"], told["agreements"], told["why"], told["undone"]) == ("relabel", [known], "read it", None)
    assert told["values"]["sectors"] == ["justice", "mining"]


def test_an_agreement_is_explained_by_its_first_report(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED)
    press.publish("/trade", ("Vietnam, Peru sign extradition treaty in Lima", SIGNED[1] + " It is the first one."))
    watching("/world", "/trade")
    (known,) = json.loads(pactwatch("run", "--json")[1])["agreements"]["new"]
    items = sorted(one["item"] for one in json.loads(pactwatch("agreements", "show", known, "--json")[1])["reports"])
    code, out, _ = pactwatch("explain", known.upper())
    assert code == Exit.DONE
    first, other = items if f"item {items[0]} of" in out else reversed(items)
    assert out.startswith(f"the first report of {known.upper()} (the others: {other}): item {first} of ")
    assert "Lima" in out
    assert pactwatch("explain", "pe-vn-1999-01")[0] == Exit.USAGE


def test_a_split_says_which_part_has_the_name(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED)
    press.publish("/trade", ("Vietnam, Peru sign extradition treaty in Lima", SIGNED[1] + " It is the first one."))
    watching("/world", "/trade")
    (known,) = json.loads(pactwatch("run", "--json")[1])["agreements"]["new"]
    item = json.loads(pactwatch("agreements", "show", known, "--json")[1])["reports"][0]["item"]
    out = pactwatch("correct", "split", known, item)[1]
    assert out.count(" has 1 report ") == 2
    assert f"{known} has 1 report" in out
    assert f"{known}-2 has 1 report" in out


def test_backup_and_restore(known: str, user: Path, pactwatch: Run) -> None:
    copy = user / "copy.db"
    assert pactwatch("backup", copy)[0] == Exit.DONE
    assert pactwatch("backup", copy)[0] == Exit.FAILED
    code, _, err = pactwatch("backup", user / "nowhere" / "copy.db")
    assert (code, "no such folder" in err, (user / "nowhere").exists()) == (Exit.FAILED, True, False)
    code, _, err = pactwatch("restore", copy)
    assert (code, "needs --yes" in err) == (Exit.USAGE, True)
    pactwatch("correct", "reject", known, "--why", "a mistake")
    assert pactwatch("restore", copy, "--yes")[0] == Exit.DONE
    assert known in pactwatch("agreements")[1]


def test_the_site_is_written_and_then_left_as_it_is(known: str, user: Path, pactwatch: Run) -> None:
    assert pactwatch("site")[0] == Exit.USAGE
    code, _, _ = pactwatch("site", user / "site")
    assert code == Exit.DONE
    assert (user / "site" / "a" / known / "index.html").exists()
    assert ": 0 files written" in pactwatch("site", user / "site")[1]
    told = json.loads(pactwatch("site", user / "site", "--json")[1])
    assert told == {"folder": str(user / "site"), "written": 0, "unchanged": told["unchanged"], "removed": 0}
    assert told["unchanged"] == sum(p.is_file() and p.name[0] != "." for p in (user / "site").rglob("*"))


def test_backfill_takes_an_archive_in_and_mails_nothing(known: str, user: Path, pactwatch: Run) -> None:
    lines = [
        {"title": "Chile and Norway sign fisheries agreement", "url": "https://a.example/1", "published": "2020-03-04"},
        {"title": "Storm closes schools", "url": "https://a.example/2", "published": "2020-03-04"},
    ]
    path = user / "archive.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\nnot json\n", encoding="utf-8")
    code, out, _ = pactwatch("backfill", path, "--json")
    done = json.loads(out)[0]
    assert code == Exit.PARTLY
    assert (done["lines"], done["new"], done["bad"], done["agreements"]) == (3, 2, 1, 1)
    assert (user / "archive.jsonl.bad.jsonl").exists()
    assert json.loads(pactwatch("digest", "--json")[1])["digests"] == []
    assert json.loads(pactwatch("backfill", path, "--json")[1])[0]["new"] == 0
    path.write_text(
        json.dumps(lines[0] | {"title": "Fiji and Tonga sign visa agreement", "url": "https://a.example/3"})
    )
    assert "1 agreements new" in pactwatch("backfill", path, "--tell")[1].replace("agreement new", "agreements new")
    assert len(json.loads(pactwatch("digest", "--json")[1])["digests"]) == 1, "asked for, it is news however old"
    assert "fj-to-2020-03" in pactwatch("agreements", "--idle", "--country", "FJ")[1]
    assert "cl-no-2020-03" not in pactwatch("agreements", "--idle", "--country", "FJ")[1]
