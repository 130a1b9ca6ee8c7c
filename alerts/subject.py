"""The subject line: how many agreements, and one or two of them by name, in at most 70 characters."""

from collections.abc import Sequence

from alerts import display
from alerts.choose import Chosen
from alerts.corrections import how
from alerts.wording import field, short_names, topic
from storage.records import Agreement, Coverage

LIMIT = 70


def of_news(news: Sequence[Chosen]) -> str:
    """'5 agreements: Kenya–United Arab Emirates energy, Chile–Japan mining, 3 more'."""
    count = display.counted(len(news), "agreement")
    for named, label in ((2, _full), (2, _brief), (1, _full), (1, _brief), (2, _named), (1, _named)):
        labels = [label(one.agreement) for one in news[:named]]
        left = len(news) - len(labels)
        line = f"{count}: " + ", ".join(labels + ([f"{left:,} more"] if left else []))
        if len(line) <= LIMIT:
            return line
    return f"{count}: {_coded(news[0].agreement)}"


def of_corrections(corrections: Sequence[Chosen]) -> str:
    """'1 correction: Oman–Tanzania gas, withdrawn'."""
    count, first = display.counted(len(corrections), "correction"), corrections[0]
    for label in (_full, _brief, _named, _coded):
        line = f"{count}: {label(first.agreement)}, {how(first)}"
        if len(line) <= LIMIT:
            return line
    return f"{count}: {_coded(first.agreement)}"


def of_nothing(name: str, coverage: Coverage) -> str:
    """'Nothing new in Energy, 61 of 64 feeds read'."""
    tail = f", {coverage.feeds_read} of {coverage.feeds_watched} feeds read"
    return f"Nothing new in {display.one_line(name, LIMIT - len('Nothing new in ') - len(tail))}{tail}"


def _full(agreement: Agreement) -> str:
    return f"{short_names(agreement)} {topic(agreement)}".strip()


def _brief(agreement: Agreement) -> str:
    return " ".join((short_names(agreement), *map(field, agreement.sectors[:1])))


def _named(agreement: Agreement) -> str:
    return short_names(agreement)


def _coded(agreement: Agreement) -> str:
    return display.codes(agreement.pair)
