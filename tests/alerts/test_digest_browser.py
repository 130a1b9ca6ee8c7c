"""Digests in a real browser: nothing is asked for, nothing scrolls sideways, all can be read in light and dark.

Needs Debian's chromium; axe-core is used where `PACTWATCH_AXE` names a folder with it in `node_modules` (CI sets it).
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mail_hostile import KNOWN, mixed
from mail_long import long
from mail_records import DESK, NOW, READER, WEEK, first_issue, news, power_line, weekly
from playwright.sync_api import Browser, Page, sync_playwright

from alerts.choose import choose
from alerts.compose import News, Window, compose
from alerts.desk import Desk
from alerts.digest import Digest
from alerts.render import render
from alerts.subscription import Subscription
from storage.records import Agreement

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="Debian's chromium is not installed"),
]
QUIET = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-domain-reliability", "--no-first-run", "--metrics-recording-only",
]  # fmt: skip
WIDTHS = (320, 390, 1200)
SCHEMES = ("light", "dark")
WHOLE_PAGE = {"landmark-one-main", "region"}
"""Rules about whole pages; a mail is shown within one."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield (opened := playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET))
        opened.close()


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("mails")
    made = {
        "weekly": render(weekly(), DESK),
        "first": render(first_issue(), Desk()),
        "hostile": render(_hostile(), DESK),
        "long": render(long(34), DESK),
    }
    for name, message in made.items():
        (folder / f"{name}.html").write_text(message.html)
    return {name: folder / f"{name}.html" for name in made}


def _hostile() -> Digest:
    """Every hostile text as an agreement of its own."""
    records = []
    for number, text in enumerate(KNOWN):
        base = power_line()
        reports = tuple(replace(r, title=text, outlet=text, url=text) for r in base.reports)
        short = text[:4_000]
        records.append(replace(base, key=f"k{number}", title=short, place=short, reason=short, reports=reports))
    return _digest(records)


def _digest(records: Sequence[Agreement]) -> Digest:
    subscription = Subscription(name="all", address="mailto:a@example.org")
    chosen = choose(subscription, records, {}, WEEK)
    window = Window(WEEK, NOW, "x")
    return compose(subscription, chosen, news=News(feeds=news().feeds), window=window, desk=DESK, recipient=READER)


def opened(browser: Browser, file: Path, width: int, scheme: Any, **options: Any) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(file.as_uri())
    return page, asked[1:]


@pytest.mark.parametrize("name", ["weekly", "first", "long", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_request_and_no_sideways_scroll(
    browser: Browser, mails: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    page, asked = opened(browser, mails[name], width, scheme)
    assert asked == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.scripts.length") == 0
    page.context.close()


@pytest.mark.slow
def test_a_thousand_hostile_titles_ask_for_nothing_and_run_nothing(browser: Browser) -> None:
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    scripts = 0
    for text in mixed(1_000, seed=7):
        reports = tuple(replace(r, title=text, outlet=text, url=text) for r in power_line().reports)
        record = replace(power_line(), title=text[:4_000], place=text[:4_000], reason=text[:4_000], reports=reports)
        page.set_content(render(_digest((record,)), DESK).html)
        scripts += page.evaluate("document.scripts.length + document.images.length + document.forms.length")
    print(f"1,000 hostile mails in Chromium: {len(asked)} requests and dialogs, {scripts} scripts, images and forms")
    assert (asked, scripts) == ([], 0)
    page.close()


@pytest.mark.parametrize("name", ["weekly", "first", "long"])
def test_it_reads_without_any_style(browser: Browser, mails: dict[str, Path], name: str) -> None:
    page, _ = opened(browser, mails[name], 390, "light")
    page.evaluate("document.querySelectorAll('style').forEach(s => s.remove())")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("parseInt(getComputedStyle(document.querySelector('h1')).fontSize)") == 22
    page.context.close()


CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const part = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = parse(c).map(v => part(v / 255));
                       return .2126 * r + .7152 * g + .0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const ground = getComputedStyle(document.querySelector('.wrap')).backgroundColor;
  const out = { text: 21, underline: 21, rule: 21 };
  for (const e of document.querySelectorAll('.wrap *')) {
    const s = getComputedStyle(e);
    const speaks = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (speaks) out.text = Math.min(out.text, ratio(s.color, ground));
    if (e.tagName === 'A') out.underline = Math.min(out.underline, ratio(s.textDecorationColor, ground));
    if (e.tagName === 'H2') out.rule = Math.min(out.rule, ratio(s.borderTopColor, ground));
  }
  return out;
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["weekly", "first", "long"])
def test_contrast(browser: Browser, mails: dict[str, Path], name: str, scheme: str) -> None:
    page, _ = opened(browser, mails[name], 390, scheme)
    lowest = page.evaluate(CONTRAST)
    assert lowest["text"] >= 4.5
    assert lowest["underline"] >= 3
    assert lowest["rule"] >= 3
    page.context.close()


@pytest.mark.parametrize("name", ["weekly", "long"])
def test_five_agreements_with_proof_stand_in_1500_px(browser: Browser, mails: dict[str, Path], name: str) -> None:
    page, _ = opened(browser, mails[name], 600, "light")
    ends = page.evaluate("[...document.querySelectorAll('.i')].map(e => e.getBoundingClientRect().bottom)")
    assert len(ends) >= 5
    assert ends[4] <= 1_500
    page.context.close()


@pytest.mark.parametrize("name", ["weekly", "first", "long"])
def test_the_first_proof_stands_in_the_first_screen_of_a_telephone(
    browser: Browser, mails: dict[str, Path], name: str
) -> None:
    page, _ = opened(browser, mails[name], 390, "light")
    assert page.evaluate("document.querySelector('.i p[lang]').getBoundingClientRect().bottom") <= 844
    page.context.close()


def test_right_to_left_words_stand_as_they_should(browser: Browser, mails: dict[str, Path]) -> None:
    page, _ = opened(browser, mails["weekly"], 600, "light")
    assert page.evaluate("getComputedStyle(document.querySelector('p[lang=ar]')).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.querySelector('p[lang=es]')).direction") == "ltr"
    page.context.close()


@pytest.mark.skipif(not os.environ.get("PACTWATCH_AXE"), reason="PACTWATCH_AXE names no folder with axe-core")
@pytest.mark.parametrize("name", ["weekly", "first", "long"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(browser: Browser, mails: dict[str, Path], name: str, width: int, scheme: str) -> None:
    page, _ = opened(browser, mails[name], width, scheme, bypass_csp=True)
    page.add_script_tag(path=Path(os.environ["PACTWATCH_AXE"]) / "node_modules/axe-core/axe.min.js")
    found = page.evaluate("axe.run()")["violations"]
    assert [(rule["id"], len(rule["nodes"])) for rule in found if rule["id"] not in WHOLE_PAGE] == []
    page.context.close()
