"""The first lines of a digest: the answer by stages, what makes it less than certain, what is due, for which time."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts import display, overview, wording
from alerts.choose import Chosen
from alerts.digest import Count, Listing
from alerts.subscription import Subscription
from classify.names import country_name
from storage.records import Coverage

BUSY = 8
"""From so many agreements on the countries that stand in most of them are named."""
OFTEN = 3
"""A country that stands in fewer of them is not named."""


def counts(told: Sequence[Chosen]) -> tuple[Count, ...]:
    """How many of each stage, in the order of reading; what was only ratified is not counted as in force."""
    records = [one.agreement for one in told]
    firsts = {(record.stage, display.stage_word(record)): record.key for record in reversed(records)}
    return tuple(
        Count(
            stage.value,
            shown.mark,
            f"{number:,} {shown.word.lower()}",
            firsts[stage, shown] if len(told) > overview.LINES else "",
        )
        for stage, shown, number in wording.stages(records)
    )


def head(told: Sequence[Chosen], fixes: Sequence[Chosen]) -> str:
    """'3 signed, 1 in force, 1 ended'; with the countries where there are at most two agreements."""
    if not told:
        return display.counted(len(fixes), "correction") if fixes else "Nothing new"
    line = ", ".join(count.text for count in counts(told))
    names = ", ".join(wording.short_names(one.agreement) for one in told)
    return f"{line}: {names}" if len(told) <= 2 and len(line) + len(names) <= 70 else line


def lead(
    chosen: Sequence[Chosen], told: Sequence[Chosen], *, coming: Listing | None, coverage: Coverage, troubled: int,
    missed: int, since: date,
) -> str:  # fmt: skip
    """What else there is, most urgent first: what was wrong, uncertain, caught up, doubtful, coming, feeds, busy."""
    sentences = [
        _withdrawn([one for one in chosen if one.kind == "withdrawn"]),
        _corrected([one for one in chosen if one.kind in ("stage", "parties", "joined")]),
        _again(sum(one.again for one in chosen)),
        f"this issue also covers {display.counted(missed, 'issue')} that could not be made" if missed else "",
        _doubtful(told),
        _earlier(told, since),
        _coming(coming) if coming else "",
        _feeds(coverage, troubled),
        _busiest(told),
    ]
    return " ".join(f"{wording.upper(sentence)}." for sentence in sentences if sentence)


def _withdrawn(withdrawn: Sequence[Chosen]) -> str:
    if not withdrawn:
        return ""
    named = wording.listed([display.codes(one.agreement.pair) for one in withdrawn[:3]])
    return f"{display.counted(len(withdrawn), 'earlier report is', 'earlier reports are')} withdrawn ({named})"


def _corrected(wrong: Sequence[Chosen]) -> str:
    if not wrong:
        return ""
    named = wording.listed([display.codes(one.agreement.pair) for one in wrong[:3]])
    return f"{display.counted(len(wrong), 'earlier report is', 'earlier reports are')} corrected ({named})"


def _again(again: int) -> str:
    return f"{display.counted(again, 'item')} may have reached you before" if again else ""


def _doubtful(told: Sequence[Chosen]) -> str:
    lone = sum(one.agreement.is_lone for one in told)
    if not lone:
        return ""
    if len(told) == 1:
        return "one outlet reports it, nobody has confirmed it yet"
    return f"{lone:,} of {len(told):,} {'rests' if lone == 1 else 'rest'} on one outlet, marked “?”"


def _earlier(told: Sequence[Chosen], since: date) -> str:
    """How many took their step before the window: news of the sources, not of the world."""
    old = wording.happened_before([one.agreement for one in told], since)
    if not old or len(told) < 2:
        return ""
    return f"{old:,} of {len(told):,} happened before {display.short_day(since)}, and came to be known since"


def _coming(coming: Listing) -> str:
    late = sum(row.is_late for row in coming.rows)
    due = coming.total - late
    announced = f"{display.counted(due, 'more signing is', 'more signings are')} announced" if due else ""
    overdue = f"{display.counted(late, 'announced signing is', 'announced signings are')} overdue" if late else ""
    return ", ".join(part for part in (announced, f"{late} overdue" if due and late else overdue) if part)


def _feeds(coverage: Coverage, troubled: int) -> str:
    read = f"{coverage.feeds_read:,} of {coverage.feeds_watched:,} feeds were read" if coverage.feeds_watched else ""
    what = "" if read else " feed" if troubled == 1 else " feeds"
    faults = f"{troubled:,}{what} need{'s' * (troubled == 1)} a look" if troubled else ""
    return ", ".join(part for part in (read, faults) if part)


def _busiest(told: Sequence[Chosen]) -> str:
    """'most often: China 5, Kazakhstan 4, India 3'."""
    if len(told) < BUSY:
        return ""
    often = Counter(code for one in told for code in one.agreement.pair)
    ranked = sorted(often.items(), key=lambda item: (-item[1], country_name(item[0])))[:3]
    named = [f"{wording.SHORT.get(code) or country_name(code)} {count}" for code, count in ranked if count >= OFTEN]
    return f"most often: {', '.join(named)}" if named else ""


def meta(subscription: Subscription, since: datetime, until: datetime, weeks: tuple[int, ...]) -> str:
    """Which subscription and which time, and how the last week compares."""
    line = f"{subscription.name}, {_period(subscription, since, until)}"
    if subscription.rhythm not in ("weekly", "monthly") or sum(count > 0 for count in weeks) < 3:
        return line
    *earlier, last = weeks
    before = f"{sum(earlier):,} in {len(earlier)} weeks before"
    return f"{line}. All fields: {last:,} agreements became known in 7 days, {before}"


def _period(subscription: Subscription, since: datetime, until: datetime) -> str:
    """'16 to 23 Nov 2026', by the subscription's own clock."""
    zone = ZoneInfo(subscription.timezone)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    if first == last:
        return display.short_day(last)
    begin = display.short_day(first)
    if first.year == last.year:
        begin = begin.removesuffix(f" {first.year}")
        if first.month == last.month:
            begin = str(first.day)
    return f"{begin} to {display.short_day(last)}"


def coverage_line(coverage: Coverage, told: int) -> str:
    """What the window rests on, in one line."""
    read = f"{coverage.feeds_read:,} of {coverage.feeds_watched:,} feeds were read"
    return (
        f"{read if coverage.feeds_watched else 'No feed was read in this time'}: "
        f"{display.counted(coverage.entries, 'entry', 'entries')}, {coverage.bilateral:,} about two countries, "
        f"{display.counted(coverage.agreements, 'agreement')} new or at another stage, {told:,} of them in your filter."
    )
