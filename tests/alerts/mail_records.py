"""Invented agreements for the tests of digests: several scripts, every stage, every doubt; and the seed article's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from site_records import agreement, at, reached, report

from alerts.choose import choose
from alerts.compose import News, Recipient, Window, compose
from alerts.desk import Desk
from alerts.digest import Digest
from alerts.subscription import Subscription
from classify.model import Stage
from classify.names import CODES
from storage.outbox import Told
from storage.records import Agreement, Change, Coverage, FeedHealth, Paper

NOW = datetime(2026, 11, 23, 6, 0, 4, tzinfo=UTC)
WEEK = NOW - timedelta(days=7)
DESK = Desk(
    sender="digest@pactwatch.example",
    sender_name="Pactwatch",
    reply_to="desk@pactwatch.example",
    operator="Example Institute, 1 Sample Street, Geneva",
    site="https://pactwatch.example",
    unsubscribe_url="https://pactwatch.example/u",
    unsubscribe_mailto="unsubscribe@pactwatch.example",
    secret="a secret of the tests",
)
READER = Recipient("j.moreau@example.org", "j.moreau@example.org")
WEEKLY = Subscription(
    name="Energy and minerals",
    address="mailto:j.moreau@example.org",
    sectors=["energy", "mining"],
    rhythm="weekly",
    confidence=0.6,
    asked=date(2026, 9, 2),
)


def power_line() -> Agreement:
    return agreement(
        "ae-ke-2026-11", "Kenya and the United Arab Emirates sign an agreement on a 400 kV power line",
        (reached(Stage.SIGNED, "2026-11-19"),),
        (
            report(1, "UAE Ministry of Foreign Affairs", "ar", "[s:وقّعت] حكومتا دولة [c:الإمارات] وجمهورية "
                   "[c:كينيا] اليوم في نيروبي [d:اتفاقية] بشأن الاستثمار في خط نقل الكهرباء بين توركانا ونيفاشا.",
                   "2026-11-19 09:14", official="AE", url="https://mofa-ae.example/news/2026/11/19/kenya"),
            report(2, "State House Kenya", "sw", "[c:Kenya] na UAE [s:zimetia saini] [d:makubaliano].",
                   "2026-11-19 09:41", official="KE"),
            report(3, "Nairobi Ledger", "en", "The [d:deal] was [s:inked] at State House.", "2026-11-19 11:02"),
            report(4, "Sahil Business", "ar", "", "2026-11-19 12:30"),
            report(5, "Grid and Power Africa", "en", "", "2026-11-20 06:05"),
        ),
        place="Nairobi", sectors=("energy", "infrastructure"), confidence=0.97,
        papers=(Paper("agreement", "400 kV power line, 25 years", Stage.SIGNED, amount=400e6, currency="USD"),),
        reason="2 governments and 3 outlets agree",
    )  # fmt: skip


def lithium() -> Agreement:
    return agreement(
        "cl-jp-2026-11", "Chile and Japan sign a lithium processing memorandum", (reached(Stage.SIGNED, "2026-11-18"),),
        (
            report(10, "Ministry of Mining, Chile", "es", "Los ministros [s:firmaron] hoy el [d:memorando de "
                   "entendimiento] sobre el procesamiento de litio, con vigencia hasta 2036.", "2026-11-18 15:00",
                   official="CL", url="https://minmineria-cl.example/noticias/memorando-japon"),
            report(11, "METI Japan", "ja", "", "2026-11-18 16:00", official="JP"),
            report(12, "Diario Minero del Norte", "es", "", "2026-11-18 18:00"),
        ),
        place="Santiago", sectors=("mining", "trade"), confidence=0.95,
        papers=(Paper("memorandum", "lithium processing", Stage.SIGNED),), reason="2 governments and 1 outlet agree",
    )  # fmt: skip


def minerals() -> Agreement:
    return agreement(
        "kz-rw-2026-11", "Kazakhstan and Rwanda prolong their minerals data memorandum to 2030",
        (reached(Stage.PLANNED, "2026-11-20", "2026-11-02"), reached(Stage.SIGNED, "2026-11-20")),
        (report(20, "Great Lakes Courier", "en", "The two sides [s:signed] a [d:protocol] that prolongs their 2025 "
                "memorandum on geological data to the end of 2030.", "2026-11-20 17:00"),),
        place="Kigali", sectors=("mining", "science"), confidence=0.71,
        papers=(Paper("protocol", "geological data, to 2030", Stage.SIGNED),),
        reason="1 outlet; no government has confirmed it yet",
    )  # fmt: skip


def hydrogen() -> Agreement:
    return agreement(
        "de-kz-2025-03", "Green hydrogen agreement between Germany and Kazakhstan enters into force",
        (reached(Stage.SIGNED, "2025-03-11"), reached(Stage.IN_FORCE, "2026-11-17")),
        (
            report(30, "Federal Foreign Office, Germany", "de", "Das [d:Abkommen] über die Zusammenarbeit bei grünem "
                   "Wasserstoff ist am 17. November 2026 [s:in Kraft getreten].", "2026-11-17 10:00",
                   stage=Stage.IN_FORCE, official="DE"),
            report(31, "Steppe Energy Review", "ru", "", "2026-11-17 12:00", stage=Stage.IN_FORCE),
        ),
        sectors=("energy", "science"), confidence=0.93, reason="1 government and 1 outlet agree",
        papers=(Paper("agreement", "green hydrogen", Stage.IN_FORCE), Paper("protocol", "pipelines", Stage.SIGNED)),
        changes=(Change(at("2025-03-11 10:00"), "new"), Change(at("2026-11-17 10:00"), "stage", "signed", "in_force")),
    )  # fmt: skip


def oil_stocks() -> Agreement:
    return agreement(
        "ee-fi-2019-06", "Estonia and Finland let their shared oil stock agreement lapse",
        (reached(Stage.IN_FORCE, "2020-01-01"), reached(Stage.ENDED, "2026-11-21")),
        (
            report(40, "Ministry of Economic Affairs, Finland", "fi", "Sopimus öljyvarastojen yhteiskäytöstä "
                   "[s:päättyi] 21. marraskuuta, eikä sitä jatkettu.", "2026-11-21 08:00", stage=Stage.ENDED,
                   official="FI"),
            report(41, "Tallinn Evening", "et", "", "2026-11-21 10:00", stage=Stage.ENDED),
        ),
        sectors=("energy",), confidence=0.90, papers=(Paper("agreement", "shared oil stocks", Stage.ENDED),),
        reason="1 government and 1 outlet agree",
        changes=(Change(at("2026-11-21 08:00"), "stage", "in_force", "ended"),),
    )  # fmt: skip


def gas_memorandum() -> Agreement:
    """Told last week, withdrawn since."""
    base = agreement(
        "om-tz-2026-11", "Oman and Tanzania sign a gas pipeline memorandum", (reached(Stage.SIGNED, "2026-11-11"),),
        (report(50, "Muscat Economic Daily", "ar", "[s:وقعت] عمان وتنزانيا مذكرة.", "2026-11-11 10:00"),),
        sectors=("energy",), papers=(Paper("memorandum", "gas pipeline", Stage.SIGNED),),
    )  # fmt: skip
    return replace(base, rejected="the outlet took its report back on 17 Nov")


def copper() -> Agreement:
    """Told last week with another date."""
    return agreement(
        "kr-pe-2026-11", "Peru and South Korea sign a copper agreement", (reached(Stage.SIGNED, "2026-11-13"),),
        (report(60, "Lima Minera", "es", "[c:Perú] y [c:Corea] [s:firmaron] un acuerdo.", "2026-11-12 10:00"),),
        sectors=("mining",), papers=(Paper("agreement", "copper", Stage.SIGNED),),
        changes=(Change(at("2026-11-17 10:00"), "date"),),
    )  # fmt: skip


def planned(key: str, title: str, on: str, sector: str, precision: str = "day", place: str = "") -> Agreement:
    outlet, official = ("Itamaraty", "BR") if key.startswith("br") else ("Baku Wire", "")
    return agreement(
        key, title, (reached(Stage.PLANNED, on, "2026-11-18", precision),),
        (report(70, outlet, "en", "[c:They] will [s:sign].", "2026-11-18 10:00", stage=Stage.PLANNED,
                official=official),),
        place=place, sectors=(sector,), papers=(Paper("protocol", title, Stage.PLANNED),),
    )  # fmt: skip


def coming() -> tuple[Agreement, ...]:
    return (
        planned("br-in-2026-11", "biofuel certification", "2026-11-26", "energy", place="New Delhi"),
        planned("az-it-2026-12", "gas storage", "2026-12-01", "energy", "month"),
        replace(planned("eu-na-2026-11", "critical raw materials roadmap", "2026-11-20", "mining"), overdue=True),
    )


def idle() -> tuple[Agreement, ...]:
    return (
        agreement(
            "au-kr-2025-05", "Australia and South Korea sign a hydrogen supply agreement",
            (reached(Stage.SIGNED, "2025-05-22"),),
            (report(80, "Canberra Post", "en", "[c:Both] [s:signed].", "2025-05-22 10:00"),), sectors=("energy",),
            papers=(Paper("agreement", "hydrogen supply", Stage.SIGNED),),
        ),
    )  # fmt: skip


def feeds() -> tuple[FeedHealth, ...]:
    return (
        FeedHealth("om", "Muscat Economic Daily", "OM", "ar", "u", "quiet", at("2026-11-02 06:00"),
                   "silent; it usually brings 6 entries a day"),
        FeedHealth("bo", "Ministry of Energy, Bolivia", "BO", "es", "u", "failing", at("2026-11-14 06:00"),
                   "not found (404) at every poll"),
        FeedHealth("qz", "Qazaq Energy", "KZ", "kk", "u", "undated", at("2026-11-18 06:00")),
    )  # fmt: skip


COVERAGE = Coverage(64, 61, 18_240, 412, 9, (3, 2, 5, 1, 4, 3, 2, 6, 3, 4, 4, 5))


def told_before() -> dict[str, Told]:
    issue = "<2026-11-16.energy-and-minerals.0123@pactwatch.example>"
    return {
        "om-tz-2026-11": Told("om-tz-2026-11", "signed", "signed|11 Nov 2026|OM–TZ", "delivered", issue, "2026-11-16"),
        "kr-pe-2026-11": Told("kr-pe-2026-11", "signed", "signed|12 Nov 2026|KR–PE", "delivered", issue, "2026-11-16"),
    }


def news(*more: Agreement) -> News:
    known = (power_line(), lithium(), minerals(), hydrogen(), oil_stocks(), gas_memorandum(), copper(), *more)
    return News(known, coming(), idle(), feeds(), COVERAGE)


def weekly(told: dict[str, Told] | None = None, *more: Agreement, desk: Desk = DESK) -> Digest:
    """The digest of the mock-up's week, with corrections."""
    known = news(*more)
    chosen = choose(WEEKLY, known.agreements, told_before() if told is None else told, WEEK)
    window = Window(WEEK, NOW, "2026-11-23")
    return compose(WEEKLY, chosen, news=known, window=window, desk=desk, recipient=READER, version="0.1.0")


def seed_record() -> Agreement:
    """What the seed article comes to."""
    sentence = (
        "Rwanda and Kazakhstan have entered a new chapter in their bilateral relations after signing multiple "
        "cooperation agreements spanning key sectors such as critical minerals, digital technology, agriculture, "
        "education, and finance."
    )
    return agreement(
        "kz-rw-2025-05", "Kazakhstan and Rwanda sign several agreements in Astana",
        (reached(Stage.SIGNED, "2025-05-28"),),
        (report(90, "Wall Africa Journal", "en", sentence, "2026-11-23 05:59", url="https://www.wallafricajournal.com/"
                "rwanda-kazakhstan-strengthen-ties-with-new-bilateral-agreements"),),
        place="Astana", sectors=("mining", "digital", "agriculture", "education", "finance", "diplomacy"),
        papers=(Paper("memorandum", "critical minerals", Stage.SIGNED),), confidence=0.86,
        reason="1 outlet; no government has confirmed it yet",
    )  # fmt: skip


def first_issue() -> Digest:
    """What there is with nothing configured: the seed article, as files."""
    wish = Subscription(name="everything", address="file:outbox")
    chosen = choose(wish, [seed_record()], {}, WEEK)
    window = Window(WEEK, NOW, "2026-11-23T06:00:04Z")
    known = News((), (), (), (), Coverage(131, 0, 1, 1, 1, (0,) * 11 + (1,)))
    recipient = Recipient("the folder outbox")
    return compose(wish, chosen, news=known, window=window, desk=Desk(), recipient=recipient, version="0.1.0")


def many(count: int) -> list[Agreement]:
    """So many different agreements, each with proof and sources."""
    codes = sorted(CODES)
    made = []
    for n in range(count):
        base = (power_line, lithium)[n % 2]()
        pair = tuple(sorted((codes[n % len(codes)], codes[(n * 7 + 1 + n // len(codes)) % len(codes)])))
        made.append(
            replace(base, key=f"{'-'.join(pair).lower()}-2026-11-{n}", pair=pair, confidence=0.5 + n % 50 / 100)
        )  # type: ignore[arg-type]
    return made
