"""The main job, end to end on a real store: a newspaper on the loopback address in, a digest out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.exits import Exit

Run = Callable[..., tuple[int, str, str]]
SIGNED = (
    "Peru and Vietnam sign extradition treaty",
    "LIMA - Peru and Vietnam signed an extradition treaty in Lima on Tuesday, the foreign ministry said. "
    "Foreign ministers of both countries put their names to the text at the Torre Tagle palace.",
)
OTHER = ("Storm closes schools in Leeds", "Schools in Leeds stayed closed on Tuesday after a storm.")


def test_with_nothing_configured_and_no_network_the_seed_article_is_told(user: Path, pactwatch: Run) -> None:
    """A name server that answers nobody stands for a machine without a network: every name fails."""
    code, out, err = pactwatch("run", "--json")
    assert code == Exit.DONE, err
    told = json.loads(out)
    assert told["agreements"]["new"] == ["kz-rw-2025-05"]
    text = Path(told["files"][0]).with_suffix(".txt").read_text(encoding="utf-8")
    for word in ("Kazakhstan", "Rwanda", "Signed", "mining", "agriculture", "education", "finance", "digital"):
        assert word.casefold() in text.casefold(), word
    assert "The accords were formalised during Rwandan President" in text.replace("\n> ", " ")
    assert sorted(p.suffix for p in Path(told["files"][0]).parent.iterdir()) == [".eml", ".html", ".txt"]


def test_a_second_run_finds_nothing_new_and_sends_nothing(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED, OTHER)
    watching("/world")
    first = json.loads(pactwatch("run", "--json")[1])
    assert (first["items"]["new"], first["agreements"]["new"], len(first["digests"])) == (
        2,
        [first["agreements"]["new"][0]],
        1,
    )
    second = json.loads(pactwatch("run", "--json")[1])
    assert (second["items"]["new"], second["agreements"]["new"], second["digests"]) == (0, [], [])
    assert press.asked == ["/world", "/world"]


def test_one_broken_feed_is_named_and_stops_no_other(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED)
    press.feeds["/broken"] = 500
    watching("/world", "/broken", "/missing")
    code, out, err = pactwatch("run")
    assert code == Exit.DONE
    assert "1 read, 2 failed" in out
    assert "agreements  1 new" in out
    failed = out.split("Feeds that failed (2):")[1]
    assert f"press-broken   the server answers 500 for {press.url('/broken')}" in failed
    assert f"press-missing  the server answers 404 for {press.url('/missing')}" in failed
    assert "press-broken" not in err  # once is enough
    told = json.loads(pactwatch("ingest", "--json")[1])["feeds"]["failed"]
    assert {one["error"] for one in told} == {"Failing", "Missing"}


def test_the_table_of_feeds_names_the_feed_that_a_page_offers(
    watching: Callable[..., Path], press, pactwatch: Run
) -> None:  # type: ignore[no-untyped-def]
    offer = b'<link rel="alternate" type="application/rss+xml" href="/rss?all=1">'
    press.feeds["/page"] = b"<html><head>" + offer + b"</head><body>News</body></html>"
    watching("/page")
    err = pactwatch("ingest", "--json")[2]
    assert "feed press-page: a web page, not a feed" in err
    (row,) = json.loads(pactwatch("feeds", "--json")[1])
    assert row["detail"] == f"a web page, not a feed; it offers {press.url('/rss?all=1')}"
    assert press.url("/rss?all=1") in pactwatch("feeds")[1]
    assert press.url("/rss?all=1") in pactwatch("ingest")[1]


def test_a_feed_is_shown_with_its_history(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED)
    watching("/world")
    assert "it was never read" in pactwatch("feeds", "show", "press-world")[1]
    pactwatch("ingest")
    pactwatch("ingest")
    press.feeds["/world"] = 503
    pactwatch("ingest")
    shown = json.loads(pactwatch("feeds", "show", "press-world", "--json")[1])
    assert (shown["state"], shown["failures"], shown["url"]) == ("failing", 1, press.url("/world"))
    assert [(one["outcome"], one["entries"], one["new"]) for one in shown["polls"]] == [
        ("failed", 0, 0), ("unchanged", 0, 0), ("entries", 1, 1),
    ]  # fmt: skip
    (listed,) = json.loads(pactwatch("feeds", "--json")[1])
    assert listed.items() <= shown.items()
    times = [*(listed[name] for name in ("since", "last_ok", "last_new", "next_poll")), shown["polls"][0]["at"]]
    assert all(datetime.fromisoformat(time).tzinfo is UTC for time in times)
    out = pactwatch("feeds", "show", "press-world", "--limit", "1")[1]
    assert "the server answers 503" in out
    assert "unchanged" not in out
    code, out, err = pactwatch("feeds", "show", "nobody")
    assert (code, out) == (Exit.USAGE, "")
    assert "no feed has the key 'nobody'" in err


def test_old_entries_of_a_first_poll_are_stored_and_not_told(
    watching: Callable[..., Path], press, pactwatch: Run
) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED, ago=timedelta(days=30))
    watching("/world")
    told = json.loads(pactwatch("run", "--json")[1])
    assert (told["items"]["new"], len(told["agreements"]["new"]), told["digests"]) == (1, 1, [])


def test_what_is_known_can_be_asked_for(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.publish("/world", SIGNED)
    watching("/world")
    key = json.loads(pactwatch("run", "--json")[1])["agreements"]["new"][0]
    assert key in pactwatch("agreements", "--country", "VN")[1]
    assert pactwatch("agreements", "--country", "FR")[1].strip() == "no agreements"
    shown = pactwatch("agreements", "show", key)[1]
    assert "“Peru and Vietnam sign" in shown
    assert pactwatch("feeds", "--json")[0] == Exit.DONE


def test_a_watch_list_that_fails_whole_is_no_success(watching: Callable[..., Path], press, pactwatch: Run) -> None:  # type: ignore[no-untyped-def]
    press.feeds["/broken"] = 500
    watching("/broken", "/missing")
    code, out, _ = pactwatch("ingest")
    assert code == Exit.PARTLY
    assert "Feeds that failed (2):" in out


def test_the_seed_article_is_no_feed(user: Path, pactwatch: Run) -> None:
    told = json.loads(pactwatch("run", "--json")[1])
    text = Path(told["files"][0]).with_suffix(".txt").read_text(encoding="utf-8")
    watched = len(json.loads(pactwatch("feeds", "--json")[1]))
    assert f"0 of {watched} feeds were read" in text
