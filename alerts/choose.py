"""Which agreements a subscription is told of, and as what: pure functions over records and what was told before.

An agreement is told once. It comes back only when its stage, date or parties change, when it is withdrawn, or when
it is uncertain whether the earlier mail arrived; each item then says which.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from alerts import display
from alerts.doubts import contradicts
from alerts.subscription import Subscription
from classify.model import Stage
from storage.outbox import Told
from storage.records import Agreement, Change

SLACK = timedelta(days=3)
"""How far before its window a digest looks for what was not told: some was stored while the last one was composed."""
MEMORY = timedelta(days=60)
"""How long an agreement stays news for a filter that it did not pass at first (one outlet more, say)."""
NEWS = frozenset({"new", "stage", "split", "restored"})
WITHDRAWN, JOINED = "withdrawn", "joined"
Kind = Literal["new", "changed", "planned", "date", "parties", "stage", "joined", "withdrawn"]
FIXES: frozenset[Kind] = frozenset({"date", "parties", "stage", "joined", "withdrawn"})
"""What corrects something that was told."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An agreement to be told, as what, and what was told of it before."""

    agreement: Agreement
    kind: Kind
    before: Told | None = None
    again: bool = False
    """Told before in a mail that may not have arrived."""


def mark(agreement: Agreement) -> str:
    """What must change for an agreement to come back: stage, date and parties, or that it was withdrawn or joined."""
    if agreement.merged_into:
        return JOINED
    if agreement.rejected:
        return WITHDRAWN
    step = display.present(agreement)
    day = display.short_day(step.on, step.precision) if step and step.on else ""
    return "|".join((agreement.stage, day, display.codes(agreement.pair)))


def matches(subscription: Subscription, agreement: Agreement) -> bool:
    """Whether the filters let an agreement through, whatever was told of it before. Stages are not looked at."""
    return (
        _place(subscription, agreement)
        and (not subscription.sectors or not set(subscription.sectors).isdisjoint(agreement.sectors))
        and agreement.confidence >= subscription.confidence
        and agreement.voices >= subscription.outlets  # a government is a voice, too
        and (not subscription.official or bool(agreement.officials))
        and (not subscription.languages or any(_base(r.lang) in subscription.languages for r in agreement.reports))
        and (not subscription.words or bool(_phrases(subscription.words).search(_told_words(agreement))))
    )


def _place(subscription: Subscription, agreement: Agreement) -> bool:
    if not (subscription.places or subscription.pairs):
        return True
    return agreement.pair in subscription.pairs or not subscription.places.isdisjoint(agreement.pair)


def _base(lang: str) -> str:
    return lang.partition("-")[0].lower()


@lru_cache(maxsize=4096)
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_phrase(_folded(phrase)) for phrase in phrases))


def _phrase(folded: str) -> str:
    """A phrase stands between word borders; scripts without spaces have none."""
    pattern = r"\s+".join(re.escape(word) for word in folded.split())
    return pattern if re.search(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]", folded) else rf"(?<!\w){pattern}(?!\w)"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _told_words(agreement: Agreement) -> str:
    parts = [agreement.title, agreement.place, *agreement.sectors]
    for paper in agreement.papers:
        parts += [paper.type, paper.subject, *paper.bodies, *paper.people]
    for report in agreement.reports:
        parts += [report.title, report.evidence.sentence if report.evidence else ""]
    return _folded("\n".join(parts))


def is_sure_enough(subscription: Subscription, agreement: Agreement) -> bool:
    """Whether an instant alert may go out: enough independent voices tell of the present stage. Copies, undated items,
    texts that were replaced after we first read them and reports that contradict the record don't count."""
    voices = {
        report.voice
        for report in agreement.reports
        if report.stage == agreement.stage
        and report.copy_of is None
        and report.published
        and not report.changed
        and not contradicts(agreement, report)
    }
    return len(voices) >= subscription.voices


def choose(
    subscription: Subscription, agreements: Iterable[Agreement], told: Mapping[str, Told], horizon: datetime
) -> tuple[Chosen, ...]:
    """What a subscription is to be told of now, in the order of reading. What became news before `horizon` is old."""
    found = (_choose(subscription, agreement, told, horizon) for agreement in agreements)
    return tuple(sorted((one for one in found if one), key=_order))


def horizon(began: datetime, since: datetime) -> datetime:
    """From when on news is told that was not told yet, for a window from `since` of a subscription that `began`."""
    return max(began, since - MEMORY) - SLACK


def _choose(
    subscription: Subscription, agreement: Agreement, told: Mapping[str, Told], horizon: datetime
) -> Chosen | None:
    if agreement.merged_into:
        return _joined(agreement, told)
    before = last_told(agreement, told)
    if agreement.stage is Stage.NONE:
        return None
    if agreement.rejected:
        return _withdrawn(agreement, before)
    if before:
        chosen = _again(agreement, before)
    elif matches(subscription, agreement) and _is_news(agreement, horizon):
        chosen = Chosen(agreement, _kind(agreement))
    else:
        return None
    return chosen if chosen and _wanted(subscription, chosen) else None


def _is_news(agreement: Agreement, horizon: datetime) -> bool:
    """Whether its present stage came to be known of late, and not by a backfill or an old item."""
    fresh = [change for change in agreement.changes if change.kind in NEWS and change.at > horizon]
    return bool(fresh) and fresh[-1].tell


def _wanted(subscription: Subscription, chosen: Chosen) -> bool:
    """Corrections go to everyone who was told; news by stage, and at once only where it is sure enough."""
    if chosen.kind in FIXES or chosen.again:
        return True
    if chosen.agreement.stage not in subscription.stages:
        return False
    return subscription.rhythm != "instant" or is_sure_enough(subscription, chosen.agreement)


def last_told(agreement: Agreement, told: Mapping[str, Told]) -> Told | None:
    """What was told of an agreement under its present or a former name."""
    known = (told[key] for key in (agreement.key, *agreement.aliases) if key in told)
    return next((one for one in known if one.mark != JOINED), None)


def _joined(agreement: Agreement, told: Mapping[str, Told]) -> Chosen | None:
    """A person found two that a reader was told of to be one. What later reports join is told in the record only."""
    before, decided = told.get(agreement.key), [c.by or c.note for c in agreement.changes if c.kind == "merged"]
    if before is None or agreement.merged_into not in told or not (decided and decided[-1]):
        return None
    return Chosen(agreement, "joined", before) if before.mark not in (JOINED, WITHDRAWN) else None


def _withdrawn(agreement: Agreement, before: Told | None) -> Chosen | None:
    if before is None or (before.mark == WITHDRAWN and before.state != "uncertain"):
        return None
    return Chosen(agreement, "withdrawn", before, again=before.mark == WITHDRAWN)


def _kind(agreement: Agreement) -> Kind:
    if agreement.stage is Stage.PLANNED:
        return "planned"
    return "new" if agreement.stage is Stage.SIGNED else "changed"


def _again(agreement: Agreement, before: Told) -> Chosen | None:
    """What was told before comes back for a reason, or not at all. A date that only became known better is none."""
    if before.mark == mark(agreement):
        return Chosen(agreement, _kind(agreement), before, again=True) if before.state == "uncertain" else None
    latest = [change for change in agreement.changes if change.kind in NEWS | {"date", "parties"} or is_fix(change)]
    if latest and not latest[-1].tell:
        return None
    if before.mark == WITHDRAWN:
        return Chosen(agreement, _kind(agreement), before)
    stage, day, pair = before.mark.split("|")
    now_stage, now_day, now_pair = mark(agreement).split("|")
    if stage != now_stage and latest and is_fix(latest[-1]):
        return Chosen(agreement, "stage", before)
    if stage != now_stage:
        return Chosen(agreement, _kind(agreement) if stage == Stage.PLANNED else "changed", before)
    if pair != now_pair:
        return Chosen(agreement, "parties", before)
    if day and now_day and not now_day.endswith(day) and not day.endswith(now_day):
        return Chosen(agreement, "date", before)
    return None


def is_fix(change: Change) -> bool:
    """Whether a person put another stage in the place of the one that was told."""
    stages = [labels.split()[1:2] for labels in (change.before, change.after)]
    return change.kind == "corrected" and stages[0] != stages[1]


_KINDS: tuple[Kind, ...] = ("new", "changed", "planned", "withdrawn", "joined", "parties", "stage", "date")


def _order(chosen: Chosen) -> tuple[int, float, int, str, str]:
    """Newly signed, changed stage, planned, corrections; inside by confidence, then date (latest first), then pair."""
    agreement = chosen.agreement
    return (
        _KINDS.index(chosen.kind),
        -round(agreement.confidence, 2),
        -display.day_of(agreement).toordinal(),
        display.codes(agreement.pair),
        agreement.key,
    )
