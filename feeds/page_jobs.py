"""What a parsing process does with pages and robots.txt; loaded at its first such job, with trafilatura."""

from typing import Any

from protego import Protego

from feeds.extract import extract


def extract_page(facts: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The article of a page."""
    found = extract(body, facts["content_type"], facts["url"], facts["asked"], facts["title"], facts["lang"])
    return {"text": found.text, "note": found.note}


def read_robots(facts: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Whether a robots.txt lets an agent have a page, and the pause that it wishes."""
    rules = Protego.parse(body.decode("utf-8", "replace"))
    return {"allowed": rules.can_fetch(facts["url"], facts["agent"]), "delay": rules.crawl_delay(facts["agent"])}


JOBS = {"extract": extract_page, "robots": read_robots}
