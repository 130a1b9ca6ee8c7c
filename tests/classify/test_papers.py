"""Each paper is told once, by a clean topic or by its sectors, and a row behind the plural is a paper each."""

import pytest

from classify import classify
from classify.model import Instrument
from seeds import load_articles

ROWS = [
    ("named in the title and again", "Ethiopia and Kenya sign trade deal", "Ethiopia and Kenya signed a deal on trade.",
     [("agreement", "trade")]),
    ("a country is no topic", "Fiji and Tuvalu sign air services agreement",
     "Fiji and Tuvalu on Monday signed the Fiji-Tuvalu air services agreement.", [("agreement", "air services")]),
    ("a verb is no topic", "Central Bank extends currency swap with China",
     "Argentina and China extended their currency swap.", [("swap", "")]),
    ("a row behind the plural", "Kenya and Ghana sign pacts",
     "Kenya and Ghana signed pacts on health, wheat exports, and tourism.",
     [("agreement", "health"), ("agreement", "wheat exports"), ("agreement", "tourism")]),
    ("a row behind one paper", "Kenya and Ghana sign memorandum",
     "Kenya and Ghana signed a memorandum on health, mining and tourism.",
     [("memorandum", "health, mining and tourism")]),
]  # fmt: skip


def told(found: tuple[Instrument, ...]) -> list[tuple[str, str]]:
    return [(one.type, one.topic) for one in found]


@pytest.mark.parametrize(("why", "title", "text", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_papers(why: str, title: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert told(classify(title, text, "en").facts.instruments) == expected, why


def test_the_topic_of_another_language_gives_way_to_its_sectors() -> None:
    found = classify("", "Fidji et Tuvalu ont signé lundi un accord sur les services aériens.", "fr").facts.instruments
    assert [(one.topic, one.sectors) for one in found] == [("", ("transport",))]


def test_the_papers_of_the_seed_article() -> None:
    seed = load_articles()[0]
    first, *others = classify(seed.title, seed.text, seed.lang).facts.instruments
    assert (first.type, first.sectors, first.parties) == (
        "memorandum", ("mining",), ("Rwanda Mining Board", "Samruk-Kazyna"),
    )  # fmt: skip
    assert [one.topic for one in others] == [
        "diplomatic engagement", "ICT development", "financial cooperation", "academic exchange", "food security",
    ]  # fmt: skip
