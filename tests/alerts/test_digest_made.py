"""How a digest is made: the requirements 15 to 33 of the reader's specification, by their numbers (docs/digests.md)."""

import itertools
import re
import time
from email import message_from_bytes, policy

from mail_pages import ALL, Page, digest_of
from mail_records import DESK, NOW, READER, WEEK, many, news, told_before, weekly

from alerts.choose import choose
from alerts.columns import width
from alerts.compose import Window, compose_correction
from alerts.render import _inlined, _page, _piece, render

MESSAGE = render(weekly(), DESK)
PAGE = Page(MESSAGE.html)
TEXT = MESSAGE.text


def test_15_the_mail_reads_back_without_defects() -> None:
    mail = message_from_bytes(MESSAGE.eml, policy=policy.default)
    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]
    assert {p["Content-Transfer-Encoding"] for p in mail.iter_parts()} == {"quoted-printable"}  # type: ignore[attr-defined]
    assert not [d for part in mail.walk() for d in part.defects]
    head, _, body = MESSAGE.eml.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == MESSAGE.text  # type: ignore[attr-defined]
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n") == MESSAGE.html + "\n" * (  # type: ignore[attr-defined]
        not MESSAGE.html.endswith("\n")
    )


def test_17_styles_stand_in_the_head_and_are_small() -> None:
    head, _, body = MESSAGE.html.partition("</head>")
    assert "<style" in head
    assert "<style" not in body
    styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", head, re.DOTALL))
    assert 0 < len(styles.encode()) < 16_000
    assert "/*" not in styles


def test_18_nothing_that_asks_for_anything() -> None:
    tags = {tag for tag, _ in PAGE.tags}
    assert not tags & set("img svg script form input link iframe object video audio base".split())  # noqa: SIM905
    low = MESSAGE.html.lower()
    for word in ("url(", "@import", "var(--", "display:flex", "display:grid", "@font-face", "utm_", "http-equiv"):
        assert word not in low.replace(" ", "")


def test_19_tables_headings_language() -> None:
    for tag, attrs in PAGE.tags:
        if tag == "table":
            assert attrs.get("role") == "presentation" or attrs.get("class") == "t"
        if tag == "th":
            assert attrs["scope"] in ("row", "col")
    levels = [int(tag[1]) for tag, _ in PAGE.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    wrap = next(attrs for tag, attrs in PAGE.tags if tag == "div")
    assert (wrap["lang"], wrap["dir"]) == ("en", "ltr")


def test_20_quotes_carry_their_language_and_direction() -> None:
    quotes = [(attrs["lang"], attrs.get("dir")) for tag, attrs in PAGE.tags if tag == "p" and "lang" in attrs]
    assert quotes == [("ar", "rtl"), ("es", None), ("en", None), ("de", None), ("fi", None)]
    assert not any("dir" in attrs for tag, attrs in PAGE.tags if tag in ("td", "th", "table"))
    assert "bdi" not in {tag for tag, _ in PAGE.tags}


def test_21_no_text_is_below_13_px_and_body_text_at_least_15() -> None:
    sizes = {int(size) for size in re.findall(r"font-size:(\d+)px", MESSAGE.html)}
    assert min(sizes) >= 13
    assert sizes <= {13, 15, 17, 22}
    wrap = next(attrs for tag, attrs in PAGE.tags if tag == "div")
    assert "font-size:15px" in wrap["style"]


def test_25_the_text_part_is_written() -> None:
    for line in TEXT.splitlines():
        assert width(line) <= 72 or re.fullmatch(r" *(https?|mailto):\S+", line), line
        assert "://" not in line or re.fullmatch(r" *https?://\S+", line), line
    links = [link for link in PAGE.links() if link.startswith("http")]
    in_text = re.findall(r"^ *(https?://\S+)$", TEXT, re.MULTILINE)
    assert set(in_text) == set(links)
    order = [item.title for item in weekly().items]
    places = [" ".join(TEXT.split()).index(title) for title in order]
    assert places == sorted(places)


def test_26_headers() -> None:
    mail = message_from_bytes(MESSAGE.eml, policy=policy.default)
    assert str(mail["From"]) == '"Pactwatch: Energy and minerals" <digest@pactwatch.example>'
    assert mail["To"] == "j.moreau@example.org"
    assert mail["Reply-To"] == "desk@pactwatch.example"
    assert mail["Date"].datetime == NOW
    assert mail["List-Id"] == "Energy and minerals <energy-and-minerals.pactwatch.example>"
    assert mail["List-Archive"] == "<https://pactwatch.example/>"
    assert re.fullmatch(r"<2026-11-23\.energy-and-minerals\.[0-9a-f]{12}@pactwatch\.example>", mail["Message-ID"])


def test_29_a_second_run_for_the_same_window_is_the_same_mail() -> None:
    assert render(weekly(), DESK).eml == MESSAGE.eml


def test_30_issues_are_not_threaded_and_a_correction_is() -> None:
    known = [record for record in news().agreements if record.rejected]
    (wrong,) = choose(ALL, known, told_before(), WEEK)
    fix = compose_correction(ALL, wrong, window=Window(WEEK, NOW, "fix"), desk=DESK, recipient=READER)
    issue, answer = (message_from_bytes(render(d, DESK).eml, policy=policy.default) for d in (weekly(), fix))
    assert not {"In-Reply-To", "References"} & set(issue.keys())
    assert wrong.before is not None
    assert answer["In-Reply-To"] == answer["References"] == wrong.before.message_id


def test_33_composing_costs_less_than_ten_times_the_plain_render() -> None:
    records = many(50)
    digest = digest_of(records)

    def plainly() -> None:
        _page("digest.html.j2").render(d=digest, piece=_piece.__wrapped__)
        for item in digest.items:
            _page("digest.item.html.j2").render(a=item, last=False)

    def wholly() -> None:
        _piece.cache_clear()
        _inlined.cache_clear()
        render(digest_of(records), DESK)

    plainly()
    wholly()

    def best(work: object) -> float:
        times = []
        for _ in range(7):
            began = time.process_time()
            work()  # type: ignore[operator]
            times.append(time.process_time() - began)
        return min(times)

    plain, whole = best(plainly), best(wholly)
    assert whole < 10 * plain + 0.05, (whole, plain)
