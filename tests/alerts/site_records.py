"""Invented agreements for the tests of pages and files: several languages and scripts, every stage, every doubt."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle

from classify.model import Evidence, Mark, Pair, Span, Stage
from classify.names import country_name
from storage.records import Agreement, Change, Coverage, FeedHealth, Paper, Report, StageDate

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    """'2026-11-19 09:14' in UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def evidence(marked: str, offset: int = 40) -> Evidence:
    """`[c:Kenya]`, `[s:signed]`, `[d:treaty]` in the sentence become marks; the sentence begins at `offset`."""
    kinds = {"c": "country", "s": "signing", "d": "document", "e": "effect", "x": "negation"}
    plain, marks, rest = "", [], marked
    while "[" in rest and rest[rest.index("[") + 2 : rest.index("[") + 3] == ":":
        before, _, rest = rest.partition("[")
        inside, _, rest = rest.partition("]")
        kind, _, words = inside.partition(":")
        plain += before
        start = offset + len(plain)
        plain += words
        marks.append(Mark(Span("text", start, offset + len(plain)), kinds[kind], words.lower()))
    plain += rest
    return Evidence(plain, Span("text", offset, offset + len(plain)), tuple(marks))


def report(
    item: int,
    outlet: str,
    lang: str,
    marked: str,
    seen: str,
    *,
    stage: Stage = Stage.SIGNED,
    official: str = "",
    url: str = "",
    country: str = "",
    title: str = "",
    copy_of: int | None = None,
    changed: bool = False,
    confidence: float = 0.9,
) -> Report:
    """One report; its sentence is `marked` as in `evidence`, none where that is empty."""
    host = outlet.lower().replace(" ", "-").replace("&", "and")
    return Report(
        item=item,
        outlet=outlet,
        voice=outlet,
        country=country,
        lang=lang,
        title=title or f"Report {item}",
        url=url or f"https://{host}.example/news/{item}",
        published=at(seen),
        seen=at(seen),
        stage=stage,
        evidence=evidence(marked) if marked else None,
        confidence=confidence,
        official=official,
        copy_of=copy_of,
        changed=changed,
    )


def reached(stage: Stage, on: str, reported: str = "", precision: str = "day") -> StageDate:
    """A stage with the day told in the reports, or none where `on` is empty."""
    day = date.fromisoformat(on) if on else None
    return StageDate(stage, day, precision if day else None, at(f"{reported or on} 10:00"))  # type: ignore[arg-type]


def agreement(
    key: str,
    title: str,
    stages: tuple[StageDate, ...],
    reports: tuple[Report, ...],
    *,
    place: str = "",
    sectors: tuple[str, ...] = (),
    papers: tuple[Paper, ...] = (),
    confidence: float = 0.9,
    reason: str = "",
    stage: Stage | None = None,
    changes: tuple[Change, ...] = (),
    pair: Pair | None = None,
) -> Agreement:
    """An agreement whose pair follows from its key and whose stage is the last of its stages."""
    one, other = key.upper().split("-")[:2]
    first = min(report.seen for report in reports)
    reports = tuple(_of_sides(report, pair or (one, other)) for report in reports)
    record = Agreement(
        key=key,
        pair=pair or (one, other),
        title=title,
        stage=stage or stages[-1].stage,
        stages=stages,
        place=place,
        sectors=sectors,
        papers=papers,
        reports=reports,
        confidence=confidence,
        reason=reason or ("one outlet" if len(reports) == 1 else f"{len(reports)} reports agree"),
        outlets=0,
        officials=(),
        changes=changes or (Change(first, "new", after="signed"),),
        first_seen=first,
        changed=max(report.seen for report in reports),
    )
    return counted(record)


def counted(record: Agreement) -> Agreement:
    """Its voices counted as the store counts them: from the reports of the present stage, copies left out."""
    told = [report for report in record.reports if report.stage is record.stage and report.copy_of is None]
    return replace(
        record,
        outlets=len({report.voice for report in told if report.official not in record.pair}),
        officials=tuple(sorted({report.official for report in told if report.official in record.pair})),
    )


def _of_sides(report: Report, pair: Pair) -> Report:
    """The countries marked in its sentence are the two sides, in turn."""
    if report.evidence is None:
        return report
    codes = cycle(pair)
    marks = tuple(replace(m, code=next(codes)) if m.kind == "country" else m for m in report.evidence.marks)
    return replace(report, evidence=replace(report.evidence, marks=marks))


def showcase() -> list[Agreement]:
    """One of each that a page has to show well."""
    return [
        _power_line(),
        _seed(),
        _gas(),
        _hydrogen(),
        _oil_stocks(),
        _lithium(),
        _minerals(),
        _biofuel(),
        _materials(),
        _storage(),
        _late(),
        _disputed(),
        _withdrawn(),
        _merged(),
        _old_memorandum(),
        _metro(),
    ]


def _power_line() -> Agreement:
    reports = (
        report(
            1,
            "UAE Ministry of Foreign Affairs",
            "ar",
            "[s:وقّعت] حكومتا دولة [c:الإمارات العربية المتحدة] وجمهورية [c:كينيا] اليوم في نيروبي [d:اتفاقية] "
            "بشأن الاستثمار في خط نقل "
            "الكهرباء بين توركانا ونيفاشا.",
            "2026-11-19 09:14",
            official="AE",
            country="AE",
        ),
        report(
            2,
            "State House Kenya",
            "sw",
            "[c:Kenya] na [c:Umoja wa Falme za Kiarabu] [s:zimetia saini] [d:makubaliano] yanayofungua "
            "njia ya umeme ya kilovolti 400 "
            "kwa wawekezaji wa Imarati.",
            "2026-11-19 09:41",
            official="KE",
            country="KE",
        ),
        report(
            3,
            "Nairobi Ledger",
            "en",
            "The [d:deal] was [s:inked] at State House by Energy CS Miriam Wanjala "
            "and [c:Emirati] minister Saif Al Darmaki.",
            "2026-11-19 11:02",
            country="KE",
        ),
        report(
            4,
            "Sahil Business",
            "ar",
            "[c:الإمارات] و[c:كينيا] [s:توقعان] [d:اتفاقية] لتمويل خط كهرباء توركانا.",
            "2026-11-19 12:30",
            country="AE",
            copy_of=1,
        ),
        report(
            5,
            "Grid & Power Africa",
            "en",
            "The intergovernmental [d:agreement], [s:signed] on Thursday, replaces the 2024 memorandum.",
            "2026-11-20 06:05",
        ),
        report(
            6,
            "Nairobi Ledger",
            "en",
            "[c:Kenya]’s cabinet approved the power line [d:agreement] with the [c:UAE].",
            "2026-11-09 15:00",
            stage=Stage.PLANNED,
            country="KE",
        ),
    )
    record = agreement(
        "ae-ke-2026-11",
        "Kenya and the United Arab Emirates sign an agreement on a 400 kV power line",
        (reached(Stage.PLANNED, "2026-11-19", "2026-11-09"), reached(Stage.SIGNED, "2026-11-19")),
        reports,
        place="Nairobi",
        sectors=("energy", "infrastructure"),
        confidence=0.97,
        reason="2 governments and 2 outlets agree",
        papers=(
            Paper(
                "agreement",
                "investment in the Turkana–Naivasha power line",
                Stage.SIGNED,
                ("Ministry of Energy of Kenya", "Ministry of Investment of the UAE"),
                ("Miriam Wanjala", "Saif Al Darmaki"),
                400_000_000,
                "USD",
            ),
        ),
        changes=(
            Change(at("2026-11-09 15:30"), "new", after="planned"),
            Change(at("2026-11-19 09:45"), "stage", "planned", "signed"),
            Change(at("2026-11-20 06:15"), "corrected", "Naivasha", "Nairobi", "place of signing", "desk"),
        ),
    )
    return replace(record, changed=at("2026-11-20 06:15"))


def _seed() -> Agreement:
    sentence = (
        "The agreements, [s:signed] during an official visit, commit [c:Kazakhstan] and [c:Rwanda] to work "
        "together on mining, "
        "trade and visas."
    )
    subjects = (
        "exploration of minerals",
        "trade and economic cooperation",
        "visa exemption for diplomatic passports",
        "political consultations",
        "diplomatic training",
        "investment promotion",
    )
    papers = tuple(
        Paper("memorandum" if number % 2 else "agreement", subject, Stage.IN_FORCE if number < 2 else Stage.SIGNED)
        for number, subject in enumerate(subjects)
    )
    return agreement(
        "kz-rw-2025-05",
        "Kazakhstan and Rwanda sign six agreements in Astana",
        (reached(Stage.SIGNED, "2025-05-28"),),
        (report(10, "Great Lakes Courier", "en", sentence, "2025-05-29 07:00", country="RW", changed=True),),
        place="Astana",
        sectors=("diplomacy", "mining", "migration", "trade"),
        papers=papers,
        confidence=0.78,
        reason="one outlet; the sentence names both countries and the signing",
    )


def _gas() -> Agreement:
    return agreement(
        "az-it-2026-11",
        "Azerbaijan and Italy sign a gas supply protocol",
        (reached(Stage.SIGNED, "2026-11-17"),),
        (
            report(
                20,
                "Ministero degli Affari Esteri",
                "it",
                "[c:Italia] e [c:Azerbaigian] hanno [s:firmato] a Baku un [d:protocollo] sulle forniture di gas.",
                "2026-11-17 14:00",
                official="IT",
            ),
            report(
                21,
                "Report Baku",
                "az",
                "[c:Azərbaycan] və [c:İtaliya] qaz [d:protokolu] [s:imzalayıb].",
                "2026-11-17 15:10",
            ),
        ),
        place="Baku",
        sectors=("energy",),
        confidence=0.94,
        reason="1 government and 1 outlet agree",
    )


def _hydrogen() -> Agreement:
    return agreement(
        "de-kz-2026-03",
        "Green hydrogen agreement between Germany and Kazakhstan enters into force",
        (reached(Stage.SIGNED, "2026-03-10"), reached(Stage.IN_FORCE, "2026-11-17")),
        (
            report(
                30,
                "Auswärtiges Amt",
                "de",
                "Das [d:Abkommen] über die Zusammenarbeit bei grünem Wasserstoff "
                "ist am 17. November 2026 [e:in Kraft getreten].",
                "2026-11-17 08:00",
                stage=Stage.IN_FORCE,
                official="DE",
            ),
            report(
                31,
                "Steppe Zeitung",
                "de",
                "[c:Deutschland] und [c:Kasachstan] [s:unterzeichneten] ein [d:Abkommen].",
                "2026-03-10 12:00",
            ),
            report(
                32,
                "Qazaq Energy",
                "kk",
                "[c:Қазақстан] мен [c:Германия] жасыл сутегі туралы [d:келісімге] [s:қол қойды].",
                "2026-03-11 04:00",
            ),
        ),
        sectors=("energy", "science"),
        confidence=0.93,
        reason="1 government and 2 outlets agree",
        changes=(
            Change(at("2026-03-10 12:15"), "new", after="signed"),
            Change(at("2026-11-17 08:15"), "stage", "signed", "in_force"),
        ),
    )


def _oil_stocks() -> Agreement:
    return agreement(
        "ee-fi-2019-06",
        "Estonia and Finland let their shared oil stock agreement lapse",
        (reached(Stage.SIGNED, "2019-06-01", "2019-06-03", "month"), reached(Stage.ENDED, "2026-11-21")),
        (
            report(
                40,
                "Majandusministeerium",
                "et",
                "[d:Leping] [s:lõppes] 21. novembril ja seda ei pikendatud.",
                "2026-11-21 10:00",
                stage=Stage.ENDED,
                official="EE",
            ),
            report(
                41,
                "Pohjola Sanomat",
                "fi",
                "[d:Sopimus] öljyvarastoista [s:päättyi].",
                "2026-11-21 11:00",
                stage=Stage.ENDED,
            ),
        ),
        sectors=("energy",),
        confidence=0.9,
    )


def _lithium() -> Agreement:
    return agreement(
        "cl-jp-2026-11",
        "Chile and Japan sign a lithium processing memorandum",
        (reached(Stage.SIGNED, "2026-11-18"),),
        (
            report(
                50,
                "Ministerio de Minería",
                "es",
                "Los ministros [s:firmaron] hoy el [d:memorando] de entendimiento "
                "sobre el procesamiento de litio, vigente hasta 2036.",
                "2026-11-18 18:00",
                official="CL",
            ),
            report(
                51,
                "東都経済新聞",
                "ja",
                "[c:日本]と[c:チリ]は18日、リチウム加工に関する[d:覚書]に[s:署名]した。",
                "2026-11-18 22:00",
            ),
            report(
                52, "El Andino", "es", "[c:Chile] y [c:Japón] [s:suscribieron] un [d:memorando].", "2026-11-19 01:00"
            ),
        ),
        place="Santiago",
        sectors=("mining", "trade"),
        confidence=0.95,
        reason="1 government and 2 outlets agree",
    )


def _minerals() -> Agreement:
    return agreement(
        "kz-rw-2026-11",
        "Kazakhstan and Rwanda prolong their minerals data memorandum to 2030",
        (reached(Stage.SIGNED, "2026-11-20"),),
        (
            report(
                60,
                "Great Lakes Courier",
                "en",
                "The two sides [s:signed] a [d:protocol] that prolongs their 2025 "
                "memorandum on geological data to the end of 2030.",
                "2026-11-20 16:00",
            ),
        ),
        place="Kigali",
        sectors=("mining", "science"),
        confidence=0.71,
        reason="one outlet; no country stands in the sentence",
    )


def _metro() -> Agreement:
    return agreement(
        "cn-eg-2026-11",
        "China and Egypt exchange letters on a metro loan",
        (reached(Stage.SIGNED, "2026-11-16"),),
        (
            report(
                70,
                "中国商务部",
                "zh",
                "[c:中国]与[c:埃及]16日在开罗就地铁项目优惠贷款[s:换文]，双方代表签署了[d:协议]。",
                "2026-11-16 09:00",
                official="CN",
            ),
            report(71, "Al-Nil Al-Yawm", "ar", "تبادلت [c:مصر] و[c:الصين] [d:مذكرات] قرض المترو.", "2026-11-16 11:00"),
        ),
        place="Cairo",
        sectors=("finance", "transport"),
        confidence=0.92,
        reason="1 government and 1 outlet agree",
        papers=(
            Paper("notes", "concessional loan for metro line 5", Stage.SIGNED, amount=1_200_000_000, currency="CNY"),
        ),
    )


def _biofuel() -> Agreement:
    return _planned(
        "br-in-2026-11",
        "Brazil and India plan a biofuel certification protocol",
        "2026-11-26",
        "New Delhi",
        80,
        "pt",
        "[c:Brasil] e [c:Índia] devem [s:assinar] na quinta-feira o [d:protocolo] de biocombustíveis.",
        ("energy", "trade"),
        official="BR",
    )


def _materials() -> Agreement:
    return _planned(
        "eu-na-2026-12",
        "European Union and Namibia plan a critical raw materials roadmap",
        "2026-12-02",
        "Windhoek",
        81,
        "en",
        "The [d:roadmap] is to be [s:signed] in Windhoek on 2 December.",
        ("mining",),
    )


def _storage() -> Agreement:
    record = _planned(
        "az-it-2026-12",
        "Azerbaijan and Italy plan a gas storage memorandum",
        "2026-12-01",
        "",
        82,
        "ru",
        "[c:Италия] и [c:Азербайджан] [s:подпишут] [d:меморандум] о хранении газа в декабре.",
        ("energy",),
    )
    return replace(record, stages=(replace(record.stages[0], precision="month"),))


def _late() -> Agreement:
    record = _planned(
        "ar-cl-2026-09",
        "Argentina and Chile plan a border tunnel treaty",
        "2026-10-05",
        "Mendoza",
        83,
        "es",
        "[c:Argentina] y [c:Chile] [s:firmarán] el [d:tratado] del túnel el 5 de octubre.",
        ("transport",),
        seen="2026-09-14 12:00",
    )
    return replace(record, overdue=True, changes=(*record.changes, Change(at("2026-10-06 00:10"), "overdue")))


def _planned(
    key: str,
    title: str,
    on: str,
    place: str,
    item: int,
    lang: str,
    marked: str,
    sectors: tuple[str, ...],
    *,
    official: str = "",
    seen: str = "2026-11-18 08:00",
) -> Agreement:
    one = report(item, f"Outlet {item}", lang, marked, seen, stage=Stage.PLANNED, official=official)
    return agreement(
        key,
        title,
        (reached(Stage.PLANNED, on, seen[:10]),),
        (one,),
        place=place,
        sectors=sectors,
        confidence=0.86,
        reason="one outlet; date and place are told",
        changes=(Change(at(seen), "new", after="planned"),),
    )


def _disputed() -> Agreement:
    record = agreement(
        "in-lk-2026-10",
        "India and Sri Lanka sign a bridge agreement",
        (reached(Stage.SIGNED, "2026-10-30"),),
        (
            report(
                90,
                "Palk Strait News",
                "en",
                "[c:India] and [c:Sri Lanka] [s:signed] the bridge [d:agreement] on Friday.",
                "2026-10-30 12:00",
            ),
            report(
                91,
                "Colombo Herald",
                "en",
                "[c:Sri Lanka]’s minister [x:denied] that a bridge [d:agreement] was [s:signed].",
                "2026-10-31 05:00",
                stage=Stage.PLANNED,
            ),
        ),
        sectors=("transport",),
        confidence=0.55,
        reason="1 outlet reports the signing, 1 contradicts it",
    )
    return replace(record, disputed=("Colombo Herald: not signed, still planned",))


def _withdrawn() -> Agreement:
    record = agreement(
        "fr-ml-2026-11",
        "France and Mali sign a defence accord",
        (reached(Stage.SIGNED, "2026-11-12"),),
        (
            report(
                95,
                "Sahel Flash",
                "fr",
                "La [c:France] et le [c:Mali] ont [s:signé] un [d:accord] de défense.",
                "2026-11-12 09:00",
            ),
        ),
        sectors=("defence",),
        confidence=0.62,
        changes=(
            Change(at("2026-11-12 09:10"), "new", after="signed"),
            Change(at("2026-11-13 08:00"), "rejected", note="the outlet took its report back", by="desk"),
        ),
    )
    return replace(record, rejected="the outlet took its report back", changed=at("2026-11-13 08:00"))


def _merged() -> Agreement:
    record = agreement(
        "ae-ke-2026-11-2",
        "Kenya and the United Arab Emirates sign a deal",
        (reached(Stage.SIGNED, "2026-11-19"),),
        (report(96, "Coast Radio", "en", "[c:Kenya] and the [c:UAE] [s:signed] a [d:deal].", "2026-11-19 10:00"),),
        sectors=("energy",),
        confidence=0.8,
    )
    return replace(
        record,
        merged_into="ae-ke-2026-11",
        changes=(*record.changes, Change(at("2026-11-19 18:00"), "merged", after="ae-ke-2026-11")),
    )


def _old_memorandum() -> Agreement:
    record = agreement(
        "ae-ke-2024-06",
        "Kenya and the United Arab Emirates sign an energy memorandum",
        (reached(Stage.SIGNED, "2024-06-03"),),
        (
            report(
                97,
                "Nairobi Ledger",
                "en",
                "[c:Kenya] and the [c:UAE] [s:signed] the [d:memorandum] on Monday.",
                "2024-06-03 12:00",
            ),
            report(98, "Gulf Wire", "en", "The [d:memorandum] was [s:signed] on Monday.", "2024-06-03 13:00"),
        ),
        place="Abu Dhabi",
        sectors=("energy",),
        confidence=0.91,
    )
    return replace(record, aliases=("ae-ke-2024-06-2",))


def coverage() -> Coverage:
    """What the last week rests on."""
    return Coverage(feeds_watched=64, feeds_read=61, entries=18_240, bilateral=412, agreements=9)


def health() -> list[FeedHealth]:
    """Four feeds, one of them fine."""
    return [
        FeedHealth(
            "mofa-bo",
            "Ministry of Energy",
            "BO",
            "es",
            "https://energia.example/rss?key=SECRET",
            "failing",
            at("2026-11-14 06:00"),
            "404 Not Found at https://energia.example/rss?key=SECRET",
        ),
        FeedHealth(
            "muscat",
            "Muscat Economic Daily",
            "OM",
            "ar",
            "https://muscat.example/rss",
            "quiet",
            at("2026-11-02 06:00"),
            "usually 6 entries a day",
        ),
        FeedHealth("qazaq", "Qazaq Energy", "KZ", "kk", "https://qazaq.example/rss", "undated", at("2026-11-18 06:00")),
        FeedHealth("ledger", "Nairobi Ledger", "KE", "en", "https://ledger.example/rss", "fine"),
    ]


_COUNTRIES = [
    *("AE", "AO", "AR", "AU", "AZ", "BR", "CA", "CI", "CL", "CN", "CO", "DE", "DZ", "EE", "EG", "ES", "ET", "EU", "FI"),
    *("FR", "GB", "GH", "ID", "IN", "IQ", "IS", "IT", "JO", "JP", "KE", "KR", "KZ", "LA", "MA", "MN", "MX", "MZ", "NA"),
    *("NG", "NO", "NZ", "OM", "PE", "PH", "PL", "PT", "RW", "SA", "SE", "SG", "SN", "TH", "TN", "TR", "TZ", "UA", "UG"),
    *("US", "UY", "UZ", "VN", "ZA", "ZM"),
]
_SECTORS = ["energy", "trade", "transport", "mining", "finance", "health", "education", "defence", "digital", "science"]
_SENTENCES = (
    ("en", "[c:{a}] and [c:{b}] [s:signed] a [d:memorandum] on {s} cooperation on Tuesday."),
    ("fr", "Le [c:{a}] et le [c:{b}] ont [s:signé] un [d:accord] de coopération ({s})."),
    ("ar", "[s:وقعت] [c:{a}] و[c:{b}] [d:مذكرة تفاهم] للتعاون في مجال {s}."),
    ("zh", "[c:{a}]与[c:{b}]周二[s:签署]了关于{s}合作的[d:谅解备忘录]。"),
)
_LAST = date(2026, 11, 22)


def many(number: int, seed: int = 7, until: date = _LAST, days: int = 1000) -> list[Agreement]:
    """`number` synthetic agreements over the last `days`, one to eight reports each; the same for the same seed."""
    dice, taken, made = random.Random(seed), Counter[str](), []
    for count in range(number):
        one, other = sorted(dice.sample(_COUNTRIES, 2))
        day = until - timedelta(days=int(days * dice.random()))
        stem = f"{one}-{other}-{day:%Y-%m}".lower()
        taken[stem] += 1
        key = stem if taken[stem] == 1 else f"{stem}-{taken[stem]}"
        made.append(_synthetic(dice, key, day, seed * 1_000_000 + count * 10))
    return made


def _synthetic(dice: random.Random, key: str, day: date, item: int) -> Agreement:
    one, other = (country_name(code) for code in key.upper().split("-")[:2])
    sectors = tuple(sorted(dice.sample(_SECTORS, dice.choice((1, 1, 2, 3)))))
    reports = tuple(_telling(dice, key, day, item + n, sectors[0], n) for n in range(dice.choice((1, 1, 2, 3, 5, 8))))
    return agreement(
        key,
        f"{one} and {other} sign a memorandum on {sectors[0]}",
        (_noon(Stage.SIGNED, day), *_sequel(dice, day)),
        reports,
        place=dice.choice(("", "Nairobi", "Paris", "Astana")),
        sectors=sectors,
        confidence=round(0.5 + dice.random() / 2, 2),
    )


def _telling(dice: random.Random, key: str, day: date, item: int, sector: str, number: int) -> Report:
    one, other = key.upper().split("-")[:2]
    lang, pattern = dice.choice(_SENTENCES)
    sentence = pattern.format(a=country_name(one), b=country_name(other), s=sector)
    official = one if dice.random() < 0.2 else ""
    return report(item, f"Outlet {dice.randrange(300)}", lang, sentence, f"{day} {8 + number:02}:30", official=official)


def _sequel(dice: random.Random, day: date) -> tuple[StageDate, ...]:
    """One in five goes on, if there has been time."""
    later = day + timedelta(days=dice.randrange(30, 300))
    kind = Stage.IN_FORCE if dice.random() < 0.8 else Stage.ENDED
    return (_noon(kind, later),) if dice.random() < 0.2 and later <= _LAST else ()


def _noon(stage: Stage, day: date) -> StageDate:
    return StageDate(stage, day, "day", datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
