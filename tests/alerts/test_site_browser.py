"""The site in a real browser: Debian's chromium by Playwright, from `file:`, at three widths, light and dark, with and
without JavaScript; axe-core and html-validate where they are at hand.

`PACTWATCH_AXE` names a folder with `node_modules/axe-core` and `node_modules/html-validate` (npm install --prefix DIR).
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mail_hostile import KNOWN, LINKS, mixed
from site_records import NOW, coverage, health, many, showcase

from alerts.site import build
from classify.model import Evidence, Span

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-gpu"]
TOOLS = [Path(os.environ.get("PACTWATCH_AXE", "")), Path(__file__).parents[2]]
PAGES = ["index.html", "a/ae-ke-2026-11/index.html"]
OTHERS = [
    "a/fr-ml-2026-11/index.html",
    "a/kz-rw-2025-05/index.html",
    "countries/ke/index.html",
    "sectors/energy/index.html",
    "weeks/2026-w47/index.html",
    "months/2026-11/index.html",
    "pairs/index.html",
    "coming/index.html",
    "corrections/index.html",
    "about/index.html",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
]


def tool(*parts: str) -> Path | None:
    """A file of an npm package in one of the places where it may be."""
    return next((path for base in TOOLS if (path := base.joinpath("node_modules", *parts)).is_file()), None)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "below" / "a path"
    build([*showcase(), *many(40)], folder, now=NOW, coverage=coverage(), health=health(), contact="mailto:x@y.example")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens a page in a context of its own and keeps what it asked for, and what went wrong."""
    contexts = []

    def open_page(path: Path, query: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("dialog", lambda dialog: (page.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri() + query)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_nothing_scrolls_sideways(opened: Any, site: Path, width: int) -> None:
    page = opened(site / "index.html", viewport={"width": width, "height": 800})
    for name in [*PAGES, *OTHERS]:
        page.goto((site / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        small = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter(e => e.childElementCount === 0
               && e.textContent.trim() && e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < 12)
               .map(e => e.outerHTML)"""
        )
        assert small == [], name
    assert page.wrong == []


def test_no_request_leaves_the_site(opened: Any, site: Path) -> None:
    page = opened(site / "index.html")
    for name in [*PAGES, *OTHERS]:
        page.goto((site / name).as_uri())
    root = site.as_uri()
    assert [url for url in page.asked if not url.startswith((root, "data:"))] == []
    assert any(url.endswith("style.css") for url in page.asked)
    assert page.wrong == [], "not even one that the policy refused"


def test_the_first_tab_skips_to_the_content(opened: Any, site: Path) -> None:
    for name in PAGES:
        page = opened(site / name)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.keyboard.press("Enter")
        page.wait_for_url("**#main")


def test_the_filter_filters_and_keeps_its_state_in_the_address(opened: Any, site: Path) -> None:
    page = opened(site / "index.html")
    shown = "[...document.querySelectorAll('table.all tbody tr')].filter(r => !r.hidden).length"
    everything = page.evaluate(shown)
    assert page.text_content("output") == f"{everything} of {everything}"
    page.fill("input[name=q]", "biocombust")
    assert page.evaluate(shown) == 0
    assert page.text_content("output") == f"0 of {everything}: none on this page fits"
    assert page.get_attribute("a.more", "href") == "all/index.html?q=biocombust"
    page.click("a.more")
    assert page.url.endswith("all/index.html?q=biocombust"), "the words go along"
    page.go_back()
    page.fill("input[name=q]", "KENYA 400")
    page.select_option("select[name=c]", "AE")
    assert page.evaluate(shown) == 1
    assert page.text_content("output") == f"1 of {everything}"
    assert page.get_attribute("output", "aria-live") == "polite"
    assert "q=KENYA+400&c=AE" in page.url
    again = opened(site / "index.html", query="?q=KENYA+400&c=AE")
    assert again.evaluate(shown) == 1
    again.click("button[type=reset]")
    again.wait_for_function(f"({shown}) === {everything}")
    again.select_option("select[name=t]", "ended")
    stages = again.evaluate(
        "[...document.querySelectorAll('table.all tbody tr')].filter(r => !r.hidden).map(r => r.dataset.t)"
    )
    assert set(stages) == {"ended"}
    assert page.wrong == again.wrong == []


def test_words_are_found_without_their_accents(opened: Any, site: Path) -> None:
    page = opened(site / "index.html")
    page.fill("input[name=q]", "turkiye")
    found = page.evaluate(
        "[...document.querySelectorAll('table.all tbody tr')].filter(r => !r.hidden).map(r => r.textContent)"
    )
    assert all("Türkiye" in text or "TR" in text for text in found)


def test_without_javascript_all_is_there_and_the_form_is_not(opened: Any, site: Path) -> None:
    page = opened(site / "index.html", java_script_enabled=False)
    assert page.is_hidden("#filter")
    assert page.locator("table.all tbody tr").count() == 30
    page.get_by_role("link", name="Countries", exact=True).click()
    page.get_by_role("link", name="Kenya", exact=True).click()
    assert page.locator("h1").text_content() == "Kenya"
    page.click("text=400 kV")
    assert page.locator("blockquote").count() == 6


def test_dark_and_light_are_two_sets_of_colours(opened: Any, site: Path) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page = opened(site / "index.html", color_scheme=scheme)
        colours[scheme] = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        )
    assert colours["light"] == ["rgb(255, 255, 255)", "rgb(27, 27, 26)"]
    assert colours["dark"] == ["rgb(22, 23, 26)", "rgb(233, 231, 226)"]


def test_arabic_stands_on_the_right_and_the_rest_on_the_left(opened: Any, site: Path) -> None:
    page = opened(site / "a/ae-ke-2026-11/index.html")
    edges = page.evaluate(
        """() => [...document.querySelectorAll("blockquote")].map(e => [e.lang, getComputedStyle(e).direction,
           getComputedStyle(e).borderRightWidth, getComputedStyle(e).borderLeftWidth])"""
    )
    assert edges[0] == ["ar", "rtl", "3px", "0px"]
    assert edges[1] == ["sw", "ltr", "0px", "3px"]


def test_print_leaves_out_what_only_a_screen_needs(opened: Any, site: Path) -> None:
    page = opened(site / "a/ae-ke-2026-11/index.html")
    page.emulate_media(media="print")
    assert page.is_hidden("nav")
    after = "getComputedStyle(document.querySelector('a[rel~=external]'), '::after').content"
    assert "https://uae-ministry-of-foreign-affairs.example/news/1" in page.evaluate(after)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1200])
def test_axe_finds_nothing(opened: Any, site: Path, width: int, scheme: str) -> None:
    axe = tool("axe-core", "axe.min.js")
    if axe is None:
        pytest.skip("axe-core is not at hand (npm install --prefix DIR axe-core, PACTWATCH_AXE=DIR)")
    names = [*PAGES, *OTHERS] if (width, scheme) == (1200, "light") else PAGES
    page = opened(
        site / "about/index.html", viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    for name in names:
        page.goto((site / name).as_uri())
        page.add_script_tag(path=axe)
        found = page.evaluate(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))"
        )
        assert found == [], name


def test_html_validate_passes(site: Path, tmp_path: Path) -> None:
    command = tool("html-validate", "bin", "html-validate.mjs") or tool("html-validate", "bin", "html-validate.js")
    if command is None or shutil.which("node") is None:
        pytest.skip("html-validate is not at hand (npm install --prefix DIR html-validate, PACTWATCH_AXE=DIR)")
    rules = tmp_path / "rules.json"
    rules.write_text('{"root": true, "extends": ["html-validate:recommended"]}')
    names = [str(site / name) for name in [*PAGES, *OTHERS]]
    run = subprocess.run(
        ["node", str(command), "--config", str(rules), *names], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[:4000] + run.stderr[:1000]


def hostile_site(folder: Path, titles: list[str]) -> None:
    """Every text of a record that comes from a feed, and the record's title, is hostile."""
    pattern, records = showcase()[0], []
    for number, title in enumerate(titles):
        link = LINKS[number % len(LINKS)]
        evidence = Evidence(title, Span("text", 0, len(title)))
        reports = tuple(
            replace(report, title=title, outlet=title, url=link, evidence=evidence) for report in pattern.reports[:2]
        )
        records.append(
            replace(
                pattern,
                key=f"ae-ke-2026-10-{number}",
                title=title,
                place=title,
                reason=title,
                disputed=(title,),
                reports=reports,
            )
        )
    records += [replace(records[0], key="ae-ke-2026-09", rejected=titles[-1])]
    build(records, folder, now=NOW)


def check_hostile(opened: Any, folder: Path) -> None:
    page = opened(folder / "index.html", viewport={"width": 390, "height": 800})
    width = "document.documentElement.scrollWidth"
    for path in sorted(folder.rglob("*.html")):
        page.goto(path.as_uri())
        assert (
            page.evaluate(
                "document.querySelectorAll('script:not([src]), img, iframe, form[action], style, base').length"
            )
            == 0
        )
        assert page.evaluate("[...document.links].filter(a => !/^(https?|file|mailto):$/.test(a.protocol)).length") == 0
        assert page.evaluate(width) <= 390, path
    assert [url for url in page.asked if not url.startswith((folder.as_uri(), "data:"))] == []
    assert page.wrong == []


def test_hostile_texts_stay_texts(opened: Any, tmp_path: Path) -> None:
    hostile_site(tmp_path, [*KNOWN, *mixed(20)])
    check_hostile(opened, tmp_path)


@pytest.mark.slow
def test_a_thousand_hostile_texts_stay_texts(opened: Any, tmp_path: Path) -> None:
    hostile_site(tmp_path, [*KNOWN, *mixed(1000)])
    check_hostile(opened, tmp_path)
