"""How things are shown, the same in mail, pages and files: marks of the stages, dates, doubt, languages, safe text."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from classify.model import How, Pair, Precision, Stage
from storage.records import Agreement, StageDate


@dataclass(frozen=True, slots=True)
class StageWord:
    """A stage as readers see it: its mark is neither an emoji nor told by colour alone."""

    word: str
    mark: str


STAGES: dict[Stage, StageWord] = {
    Stage.SIGNED: StageWord("Signed", "●"),
    Stage.IN_FORCE: StageWord("In force", "■"),
    Stage.ENDED: StageWord("Ended", "×"),
    Stage.PLANNED: StageWord("Planned", "○"),
}
"""In the order of reading: what is new first, what is only announced last."""
_HOWS: dict[How, str] = {"ratified": "Ratified", "approved": "Approved", "talks": "Broken off"}
"""What stands for a stage whose own word would say too much."""

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

UNSEEN = re.compile(
    "[\ud800-\udfff\u0000-\u0008\u000b-\u001f\u007f-\u009f"
    "\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
"""What changes what is seen without being seen: controls but tab and line feed, bidi controls, zero-width characters,
tags; and lone surrogates, which no encoding can hold. Joiners are not among them: Persian and Hindi need them."""


def clean(text: str) -> str:
    """`text` without the characters of `UNSEEN`, which may be left in what was stored before a rule got stricter."""
    return UNSEEN.sub("", text)


def one_line(text: str, limit: int = 300) -> str:
    """`text` cleaned, its white space folded, cut with an ellipsis behind `limit` characters."""
    folded = " ".join(clean(text).split())
    return folded if len(folded) <= limit else folded[: limit - 1].rstrip() + "…"


def short_day(day: date, precision: Precision | None = "day") -> str:
    """'19 Nov 2026', 'Nov 2026' or '2026', whatever the locale of the process."""
    month = _MONTHS[day.month - 1][:3]
    return {"year": f"{day.year}", "month": f"{month} {day.year}"}.get(
        precision or "day", f"{day.day} {month} {day.year}"
    )


def long_month(year: int, month: int) -> str:
    """'November 2026'."""
    return f"{_MONTHS[month - 1]} {year}"


def weekday(day: date) -> str:
    """'Thu'."""
    return _WEEKDAYS[day.weekday()]


def moment(at: datetime) -> str:
    """'19 Nov 2026, 09:14 UTC'; a time without a zone is taken for UTC."""
    utc = at.astimezone(UTC) if at.tzinfo else at
    return f"{short_day(utc.date())}, {utc:%H:%M} UTC"


def present(record: Agreement) -> StageDate | None:
    """The entry of the stage that the record has now: the last one of it, since a stage may be reached twice."""
    return next((step for step in reversed(record.stages) if step.stage == record.stage), None)


def step_word(step: StageDate) -> StageWord:
    """The stage of a step as it came about: 'Ratified' is not in force yet."""
    shown = STAGES[step.stage]
    return StageWord(_HOWS[step.how], shown.mark) if step.how else shown


def stage_word(record: Agreement, stage: Stage | None = None) -> StageWord:
    """A stage, by default the present one, as the record reached it."""
    wanted = stage or record.stage
    step = next((step for step in reversed(record.stages) if step.stage == wanted), None)
    return step_word(step) if step else STAGES[wanted]


def day_of(record: Agreement) -> date:
    """The day of the present stage: when it was reached or is planned for, else when that was first reported."""
    step = present(record)
    if step is None:
        return record.first_seen.date()
    return step.on or step.reported.date()


def confidence_word(value: float) -> str:
    """`high` from 0.9, `medium` from 0.7, else `low`, by the figure as it is printed."""
    shown = round(value, 2)
    return "high" if shown >= 0.9 else "medium" if shown >= 0.7 else "low"


def codes(pair: Pair) -> str:
    """'KZ–RW'."""
    return "–".join(pair)


def counted(number: int, one: str, many: str = "") -> str:
    """'1 report', '2 reports', '1,204 agreements'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@cache
def _languages() -> dict[str, tuple[str, str]]:
    lines = files("alerts").joinpath("languages.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith(("#", "code\t")))
    return {code: (name, direction) for code, name, direction in rows}


def language_name(code: str) -> str:
    """English name of a language, '' where it isn't known, the code itself where it has no entry."""
    base = code.split("-", maxsplit=1)[0].lower()
    return "" if base in ("", "und") else _languages().get(base, (base, ""))[0]


def direction(code: str) -> str:
    """`rtl` or `ltr` by the language's usual script."""
    return _languages().get(code.split("-", maxsplit=1)[0].lower(), ("", "ltr"))[1]


def host(url: str) -> str:
    """The host that a link leads to as it will be asked for, without `www.`: letters beyond ASCII as punycode, so that
    no look-alike passes; '' for no host."""
    try:
        name = urlsplit(url).hostname or ""
        name = name if name.isascii() else name.encode("idna").decode("ascii")
    except ValueError:
        return ""
    return name.removeprefix("www.")


_WEB_LINK = re.compile(
    r"https?://([^\s<>\"'\\`/?#@\[\]:]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?([/?#][^\s<>\"\\`]*)?", re.IGNORECASE
)


def web_link(url: str) -> str:
    """`url` where it is absolute http(s) of at most 2,000 characters without user name and hidden characters, or ''."""
    return url if len(url) <= 2000 and _WEB_LINK.fullmatch(url) and not UNSEEN.search(url) else ""
