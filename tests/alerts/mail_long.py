"""Digests of many agreements: different pairs, fields, stages and doubts, each with proof and sources."""

from dataclasses import replace
from datetime import date

from mail_records import (
    DESK,
    NOW,
    READER,
    WEEK,
    coming,
    feeds,
    hydrogen,
    idle,
    lithium,
    minerals,
    oil_stocks,
    power_line,
)

from alerts.choose import choose
from alerts.compose import News, Window, compose
from alerts.desk import Desk
from alerts.digest import Digest
from alerts.subscription import Subscription
from classify.model import Stage
from classify.names import CODES, country_in_sentence, country_name
from storage.records import Agreement, Coverage, StageDate

FIELDS = ("energy", "mining", "trade", "energy", "defence", "digital", "energy", "mining", "trade", "health")
MODELS = (power_line, lithium, minerals, minerals, hydrogen, power_line, lithium, minerals, oil_stocks)
EVERYTHING = Subscription(
    name="Everything bilateral", address="mailto:j.moreau@example.org", rhythm="weekly", asked=date(2026, 9, 2)
)


def assorted(count: int) -> list[Agreement]:
    """So many different agreements, of each kind some."""
    codes = sorted(CODES)
    made = []
    for n in range(count):
        base = MODELS[n % len(MODELS)]()
        pair = tuple(sorted((codes[n * 5 % len(codes)], codes[(n * 7 + 1 + n // 50) % len(codes)])))
        both = " and ".join(map(country_in_sentence, sorted(pair, key=country_name)))
        field = FIELDS[n % len(FIELDS)]
        verb = {Stage.SIGNED: "sign", Stage.IN_FORCE: "bring into force", Stage.ENDED: "end"}[base.stage]
        title = f"{both[:1].upper()}{both[1:]} {verb} an agreement on {field}"
        key, sure = f"{'-'.join(pair).lower()}-2026-11-{n}", round(0.55 + n % 45 / 100, 2)
        stages = base.stages if n % 2 or base.stage is Stage.SIGNED else _only(base)
        made.append(
            replace(base, key=key, pair=pair, title=title, sectors=(field,), confidence=sure, stages=stages,
                    outlets=1 if base.outlets == 1 else 2)
        )  # type: ignore[arg-type]  # fmt: skip
    return made


def _only(base: Agreement) -> tuple[StageDate, ...]:
    return tuple(step for step in base.stages if step.stage is base.stage)


def long(count: int = 34, desk: Desk = DESK) -> Digest:
    """A weekly digest of so many agreements, with all its sections."""
    records = assorted(count)
    known = News(
        tuple(records), coming(), idle(), feeds(), Coverage(64, 61, 18_240, 412, count + 9, (3, 2, 5, 1, 4, 3))
    )
    chosen = choose(EVERYTHING, records, {}, WEEK)
    window = Window(WEEK, NOW, "2026-11-23")
    return compose(EVERYTHING, chosen, news=known, window=window, desk=desk, recipient=READER, version="0.1.0")
