"""Dates, papers, money and people as they are told: one row, one sentence of a report."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import classify, facts, names, telling
from classify.model import Facts, Span, Stage
from classify.text import read


def found(title: str, text: str, lang: str, published: str | None = None, stage: Stage = Stage.SIGNED) -> Facts:
    doc = read(title, text, lang)
    return facts.find(doc, names.find(doc), date.fromisoformat(published) if published else None, stage=stage)


DATES = [
    # weekday before the day of publication
    ("en", "Kenya and Oman signed a labour agreement in Muscat on Wednesday.", "2025-05-30", "2025-05-28"),
    # day and month without a year
    ("en", "The two ministers signed the treaty on May 28 in Astana.", "2025-06-02", "2025-05-28"),
    ("en", "The two ministers signed the treaty on 28th May in Astana.", "2025-06-02", "2025-05-28"),
    # the year turns between signing and report
    ("en", "The protocol was signed on December 30.", "2025-01-02", "2024-12-30"),
    # the day of the signing, not that of its effect
    ("en", "Under a deal struck on Sunday visas fall away from March 1.", "2024-01-30", "2024-01-28"),
    # a range of days: the first
    ("en", "During his visit on May 28-29 six agreements were signed.", "2025-05-30", "2025-05-28"),
    # a full date needs no publication
    ("en", "The agreement was signed in Suva on 7 August 2019.", None, "2019-08-07"),
    # weekday, day and year that is named elsewhere in the text
    ("en", "In 2024 ties grew. The ministers signed a memorandum on Monday, October 28.", None, "2024-10-28"),
    ("fr", "L'accord a été signé mercredi à Kigali par les deux ministres.", "2025-05-30", "2025-05-28"),
    ("fr", "L'accord a été signé le 28 mai à Kigali.", "2025-05-30", "2025-05-28"),
    ("es", "Los cancilleres firmaron ayer el convenio en Lima.", "2025-05-29", "2025-05-28"),
    ("es", "Los cancilleres firmaron el convenio el 28 de mayo de 2025.", None, "2025-05-28"),
    ("pt", "O acordo foi assinado nesta quarta-feira (28) em Brasília.", "2025-05-29", "2025-05-28"),
    ("de", "Das Abkommen wurde gestern in Wien unterzeichnet.", "2025-05-29", "2025-05-28"),
    ("de", "Das Abkommen wurde am 28. Mai in Wien unterzeichnet.", "2025-05-29", "2025-05-28"),
    ("it", "L'accordo è stato firmato ieri a Roma.", "2025-05-29", "2025-05-28"),
    ("ru", "Соглашение подписали в среду в Астане главы МИД.", "2025-05-29", "2025-05-28"),
    ("ru", "Соглашение подписали 28 мая в Астане главы МИД.", "2025-05-29", "2025-05-28"),
    ("ar", "وقعت قطر ورواندا أمس الأربعاء اتفاقية في الدوحة", "2025-05-29", "2025-05-28"),
    ("ar", "وقع الوزيران الاتفاقية يوم 28 مايو 2025 في الدوحة", None, "2025-05-28"),
    ("zh", "两国外长5月28日在北京签署了合作协定。", "2025-05-29", "2025-05-28"),
    ("zh", "两国外长28日在北京签署了合作协定。", "2025-05-29", "2025-05-28"),
    ("ja", "両国外相は5月28日、東京で協定に署名した。", "2025-05-29", "2025-05-28"),
    ("ko", "양국 장관은 5월 28일 서울에서 협정에 서명했다.", "2025-05-29", "2025-05-28"),
    ("tr", "Anlaşma 28 Mayıs'ta Ankara'da imzalandı.", "2025-05-29", "2025-05-28"),
    ("id", "Perjanjian itu ditandatangani di Jakarta, Rabu (28/5).", "2025-05-29", "2025-05-28"),
    ("uk", "Угоду підписали 28 травня у Києві.", "2025-05-29", "2025-05-28"),
    # nothing is told of the day
    ("en", "Kenya and Oman have signed a labour agreement.", "2025-05-30", None),
    # a signing of years ago is no news
    ("en", "The agreement was signed in 1998.", "2025-05-30", None),
    # Dushanbe is no Monday, though its name means it
    ("tg", "ДУШАНБЕ. Шартнома ба имзо расид.", "2025-05-30", None),
]


@pytest.mark.parametrize(("lang", "text", "published", "on"), DATES)
def test_date_of_the_occasion(lang: str, text: str, published: str | None, on: str | None) -> None:
    told = found("", text, lang, published).date
    assert (told and told.on.isoformat()) == on


@pytest.mark.parametrize(
    ("text", "published", "on"),
    [
        (
            "The foreign minister will sign the treaty on June 5, the ministry said on Monday.",
            "2025-05-28",
            "2025-06-05",
        ),
        ("The presidents are due to sign the pact on Friday.", "2025-05-28", "2025-05-30"),
    ],
)
def test_date_of_a_plan_lies_ahead(text: str, published: str, on: str) -> None:
    told = found("", text, "en", published, Stage.PLANNED).date
    assert told is not None
    assert told.on.isoformat() == on


@pytest.mark.parametrize(
    ("lang", "text", "on"),
    [
        ("en", "Deputies ratified on Tuesday the pact that the two signed in Astana on May 26.", "2025-05-27"),
        ("en", "On Wednesday the president signed the law that ratifies the pact.", "2025-05-28"),
        ("en", "Parliament ratified the pact signed with Rwanda on 26 May.", None),
        ("es", "La Asamblea ratificó ayer el convenio firmado en Lima el 26 de mayo.", "2025-05-27"),
        ("pt", "A Assembleia ratificou ontem o acordo assinado a 26 de maio em Lisboa.", "2025-05-27"),
        ("ru", "Парламент вчера ратифицировал договор, подписанный в Астане 26 мая.", "2025-05-27"),
    ],
)
def test_the_day_of_the_signing_is_none_of_the_ratification(lang: str, text: str, on: str | None) -> None:
    told = found("", text, lang, "2025-05-28", Stage.IN_FORCE).date
    assert (told and told.on.isoformat()) == on


@pytest.mark.parametrize(
    ("lang", "title", "count"),
    [
        ("en", "Kazakhstan and Rwanda sign six agreements", 6),
        ("ru", "Президенты подписали 22 августа в Душанбе договор", None),
        ("en", "Ministers on 22 August sign the agreement", None),
        ("en", "On August 22 an agreement was signed", None),
        ("en", "At 10:30 the two countries' agreements were signed", None),
        ("tr", "İki ülkenin anlaşmaları imzalandı", None),
        ("en", "Emirates exchange 18 prisoners under agreement", None),
        ("en", "Fiji marks 35 years with a new agreement", None),
        ("en", "Vietnam marks 75th anniversary with memorandum", None),
        ("es", "Firman el 14 de mayo un acuerdo", None),
        ("en", "More than 20 agreements to be signed", 20),
        ("en", "24 cooperation deals were signed", 24),
        ("en", "14 bilateral trade and energy agreements signed", 14),
        ("es", "Firman 14 importantes acuerdos de cooperación", 14),
        ("en", "24 MoUs inked by Turkiye, Iraq", 24),
        ("en", "Three memorandums of understanding signed", 3),
        ("fr", "Le Maroc et la France signent vingt-deux accords", 22),
        ("pt", "Brasil e Portugal firmam 13 acordos", 13),
        ("ru", "Стороны подписали восемь документов", 8),
        ("zh", "两国签署六项协议", 6),
        ("en", "Oct 26 — The peace accord was signed", None),
        ("en", "In 2026 the agreement was signed", None),
    ],
)
def test_count_of_papers(lang: str, title: str, count: int | None) -> None:
    assert found(title, "", lang).count == count


@pytest.mark.parametrize(
    ("lang", "text", "value", "currency"),
    [
        ("en", "A loan agreement of $817 million was signed.", 817e6, "USD"),
        ("en", "The grant agreement is worth 10 million euros.", 10e6, "EUR"),
        ("en", "A swap agreement of up to AED3bn was signed.", 3e9, "AED"),
        ("es", "El acuerdo es de 35.000 millones de yuanes.", 35e9, "CNY"),
        ("fr", "Un accord de prêt de 55,8 millions d'euros a été signé.", 55.8e6, "EUR"),
        ("ru", "Соглашение на 2,5 млрд долларов подписано.", 2.5e9, "USD"),
        ("zh", "两国签署了130亿美元的协议。", 130e8, "USD"),
    ],
)
def test_money(lang: str, text: str, value: float, currency: str) -> None:
    assert [(a.value, a.currency) for a in found("", text, lang).amounts][:1] == [(pytest.approx(value), currency)]


PEOPLE = [
    ("en", "Emir Sheikh Tamim bin Hamad Al-Thani met President Joko Widodo of Indonesia.",
     ["Tamim bin Hamad Al-Thani", "Joko Widodo"]),
    ("en", "President of Kazakhstan Kassym-Jomart Tokayev came. On Tuesday, the president left.",
     ["Kassym-Jomart Tokayev"]),
    ("en", "President Luiz Inácio Lula da Silva and Secretary Scott Bessent and Prime Minister Modi's aides",
     ["Luiz Inácio Lula da Silva", "Scott Bessent"]),
    ("tr", "Dışişleri Bakanı Hakan Fidan'ın Cumhurbaşkanı Abdullatif Reşid’le Bağdat’ta görüşmesi",
     ["Hakan Fidan", "Abdullatif Reşid"]),
    ("ru", "Президент Казахстана Касым-Жомарт Токаев и министр иностранных дел Мурат Нуртлеу",
     ["Касым-Жомарт Токаев", "Мурат Нуртлеу"]),
    ("ar", "وزير الداخلية العراقي عبد الأمير الشمري والسوري محمد الرحمون", ["عبد الأمير الشمري"]),
    ("ar", "أكد الرئيس التركي على توفر الإرادة", []),
    ("en", "Prime Minister Theresa May", ["Theresa May"]),
    ("en", "the chairman of the State Statistics Committee, Secretary State Statistics Committee", []),
    ("zh", "新西兰总理约翰·基发表声明，总统弗拉基米尔·泽连斯基说", ["约翰·基", "弗拉基米尔·泽连斯基"]),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "people"), PEOPLE)
def test_people_are_named_whole_and_without_what_stands_beside(lang: str, text: str, people: list[str]) -> None:
    assert [one.text for one in found("", text, lang).people] == people


def test_a_headline_in_capitals_names_no_people_and_bodies_by_their_kind_alone() -> None:
    assert found("Prime Minister Marape Welcomes Historic Signing With Canberra", "", "en").people == ()
    [body] = found("Senate Votes to Ratify Tax Treaty With Chile", "", "en").bodies
    assert body.text == "Senate"


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Kuwait strikes deal for Turkish-made combat drones", "combat drones"),
        ("Holy See, Greece ink deal for 'donation' of marbles", ""),
        ("UK and US announce nuclear submarine deal", ""),
        ("Australia and US announce submarine deal", ""),
        ("Kenya and Oman sign nuclear agreement", ""),
        ("Kenya and Oman sign renewable one-year deal", ""),
        ("Kenya and Oman sign renewable energy deal", "renewable energy"),
        ("Israel and Sudan sign peace agreement in Khartoum", "peace"),
        ("Australia strikes deal with China over barley", ""),
    ],
)
def test_what_a_paper_is_about_reads_as_a_noun_or_is_left_to_its_fields(title: str, topic: str) -> None:
    [paper] = found(title, "", "en").instruments
    assert paper.topic == topic


BODIES = [
    ("en", "Treasury Secretary Scott Bessent signed, and parliament voted.", []),
    ("en", "Egypt's foreign ministry and the Central Bank of the UAE",
     ["Egypt's foreign ministry", "Central Bank of the UAE"]),
    ("en", "the Ministry of Science and Technology and Cuba's Ministry of Communications",
     ["Ministry of Science and Technology", "Cuba's Ministry of Communications"]),
    ("en", "the Ministry of Energy's staff", ["Ministry of Energy"]),
    ("en", "the ministry of that country", []),
    ("fr", "le ministère de l'Économie et le ministère des Affaires étrangères",
     ["ministère de l'Économie", "ministère des Affaires étrangères"]),
    ("pt", "o ministério da Fazenda do Brasil", ["ministério da Fazenda do Brasil"]),
    ("de", "das Bundesministerium für Bildung und Forschung", ["Bundesministerium für Bildung und Forschung"]),
    ("ar", "هيئة الطيران المدني السعودية عبدالعزيز الدعيلج أمس", ["هيئة الطيران المدني السعودية"]),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "bodies"), BODIES)
def test_bodies_are_named_whole_or_not_at_all(lang: str, text: str, bodies: list[str]) -> None:
    assert [one.text for one in found("", text, lang).bodies] == bodies


def test_people_bodies_and_places() -> None:
    text = "President Paul Kagame and Foreign Minister Murat Nurtleu met the Ministry of Energy's staff in Astana."
    told = found("", text, "en")
    assert [person.text for person in told.people] == ["Paul Kagame", "Murat Nurtleu"]
    assert [body.value.split(" ", 1)[0] for body in told.bodies] == ["ministry"]
    assert [place.value for place in told.places] == ["astana"]


@pytest.mark.parametrize(
    ("lang", "text", "places"),
    [
        ("en", "The ministers signed the agreement in Astana.", ["astana"]),
        ("en", "Astana agreed with Kigali on a treaty.", []),
        ("en", "ASTANA, May 28 (Xinhua) -- The treaty was signed in Kigali.", ["kigali", "astana"]),
        ("fr", "L'accord a été signé à Moscou.", ["moscow"]),
        ("ru", "Соглашение подписано в Москве.", ["moscow"]),
        ("es", "El convenio fue firmado en Pekín.", ["beijing"]),
        ("de", "Das Abkommen wurde in Wien unterzeichnet.", ["vienna"]),
    ],
)
def test_place_of_the_occasion(lang: str, text: str, places: list[str]) -> None:
    assert [place.value for place in found("", text, lang).places] == places


def test_spans_stand_in_the_strings_as_given() -> None:
    title, text = (
        "Kenya\u200b, Oman sign labour agreement",
        "It was\u00ad signed on Wednesday by President William Ruto.",
    )
    told = found(title, text, "en", "2025-05-30")
    assert told.date is not None
    assert text[told.date.span.start : told.date.span.end] == "Wednesday"
    assert text[told.people[0].span.start : told.people[0].span.end] == "William Ruto"
    assert title[told.instruments[0].span.start : told.instruments[0].span.end].endswith("agreement")


def test_copies_of_a_wire_text_differ_in_few_bits() -> None:
    wire = (
        "The foreign ministers of Kenya and Oman signed an agreement on the recruitment of nurses in Muscat on "
        "Wednesday, the ministry said. It runs for five years and sets a minimum wage. Some four hundred nurses are to "
        "leave in autumn."
    )
    edited = wire.replace("the ministry said", "officials said") + " (Reuters)"
    other = (
        "Nairobi and Muscat have put their names to a deal under which hospitals in the sultanate may hire Kenyan "
        "staff. Trade unions at home fear a brain drain, and doctors have asked parliament to look into the matter "
        "before summer."
    )
    first, second, third = (found("", text, "en").signature for text in (wire, edited, other))
    assert (first ^ second).bit_count() <= 10 < (first ^ third).bit_count()
    assert found("", "Too short to tell.", "en").signature == 0


def test_names_survive_a_change_of_script() -> None:
    english = found("", "On Thursday President Emomali Rahmon met Sadyr Japarov.", "en").words
    russian = found("", "В четверг президент Эмомали Рахмон встретился с Садыром Жапаровым.", "ru").words
    assert {word for word in english & russian if word.startswith("n:")} >= {"n:rmn"}


def test_every_shelf_reads() -> None:
    for path in telling.SHELVES.glob("*.toml"):
        assert telling.find("", path.stem) == []


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "fr", "ru", "zh", "ar", "de", "xx"]))
def test_any_text_has_facts_within_it(title: str, text: str, lang: str) -> None:
    told = found(title, text, lang, "2025-05-30")
    spans: list[Span] = [
        one.span for one in (*told.people, *told.bodies, *told.places, *told.instruments, *told.amounts)
    ]
    spans += [told.date.span] if told.date else []
    for span in spans:
        assert 0 <= span.start <= span.end <= len(title if span.field == "title" else text)
    assert 0 <= told.signature < 1 << 64


HOW = [
    ("Parliament of Kenya ratifies labour agreement with Oman", "ratified"),
    ("Kenya's parliament backs labour agreement with Oman", "approved"),
    ("Labour agreement between Kenya and Oman entered into force on Monday", ""),
    ("Kenya terminates labour agreement with Oman", ""),
    ("Kenya halts talks on trade agreement with Oman", "talks"),
    ("Kenya and Oman sign labour agreement", ""),
]


@pytest.mark.parametrize(("title", "how"), HOW)
def test_what_is_less_than_the_word_of_its_stage(title: str, how: str) -> None:
    labels = classify(title, "", "en")
    assert labels.agreement_pairs == (("KE", "OM"),)
    assert labels.facts.how == how


AGREED = [
    ("UK and India conclude free trade deal", True),
    ("US and Ukraine reach minerals deal", True),
    ("UK and India sign free trade deal", False),
    ("Japon et France : signature d'un accord de défense", False),
    ("Mexico and Cuba exchange notes on fishing accord", False),
    ("UK and India plan free trade deal", False),
]


@pytest.mark.parametrize(("title", "agreed"), AGREED)
def test_coming_to_terms_is_told_apart_from_a_signature(title: str, agreed: bool) -> None:
    assert classify(title, "", "en").facts.agreed is agreed


def test_papers_counted_for_several_pairs_are_of_no_number_for_each() -> None:
    text = "Oman signed three agreements on visas with Kenya, Ghana and Benin in Muscat on Wednesday."
    labels = classify("Oman signs three agreements with Kenya, Ghana and Benin", text, "en")
    assert len(labels.agreement_pairs) == 3
    assert labels.facts.count is None
    assert classify("Oman and Kenya sign three agreements", "", "en").facts.count == 3
