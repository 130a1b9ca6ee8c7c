"""Sectors of agreements: one row, one item; what is named beside the agreement's own words does not count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import sectors, subjects
from classify.shelf import LexiconError
from classify.text import read
from classify.wordlists import entries


def found(title: str, text: str, lang: str) -> str:
    return " ".join(sectors.find(read(title, text, lang)))


ITEMS = [
    ("en", "Kenya, Oman sign agreement on air services", "", "transport"),
    ("en", "Ghana and Togo ink visa waiver pact", "", "migration"),
    ("en", "Central banks of Ethiopia and UAE sign currency swap agreement", "", "finance"),
    ("en", "India and Qatar sign double taxation avoidance agreement", "", "finance"),
    ("en", "Chile and Peru sign extradition treaty", "", "justice"),
    ("en", "Russia, Ukraine swap 200 prisoners of war", "", "justice"),
    # a treaty of friendship is diplomacy, ties merely called a partnership are nothing
    ("en", "Treaty of friendship signed by Serbia and Angola", "", "diplomacy"),
    ("en", "Strategic partners meet", "The two presidents praised the strategic partnership of their nations.", ""),
    # a comprehensive economic partnership agreement is trade
    ("en", "UAE and Cambodia sign Comprehensive Economic Partnership Agreement", "", "trade"),
    ("en", "Thailand and Cambodia agree ceasefire", "", "diplomacy"),
    # 'defence and security' is both
    ("en", "Kenya and Somalia sign agreement on defence and security", "", "defence security"),
    # a list of fields
    (
        "en",
        "Six agreements signed in Astana",
        "Rwanda and Kazakhstan signed agreements in the fields of agriculture, education and tourism.",
        "agriculture education tourism",
    ),
    # who signs is no subject
    ("en", "Visa pact signed", "Trade minister John Doe signed the visa waiver agreement with Peru.", "migration"),
    ("en", "", "The World Bank expects growth. Nothing else is known.", ""),
    ("fr", "Le Maroc et le Gabon signent un accord de pêche", "", "agriculture"),
    ("fr", "Accord signé entre Paris et Rabat dans les domaines de l'énergie et du transport", "", "energy transport"),
    ("es", "Perú y Chile firman convenio sobre exención de visas", "", "migration"),
    ("es", "Bolivia y Brasil suscriben acuerdo de libre comercio", "", "trade"),
    ("pt", "Brasil e Angola assinam acordo de cooperação em saúde e educação", "", "education health"),
    ("de", "Deutschland und Namibia unterzeichnen Wasserstoffabkommen", "", "energy"),
    ("de", "Freihandelsabkommen zwischen der Schweiz und Indien unterzeichnet", "", "trade"),
    ("it", "Italia e Albania firmano protocollo sui migranti", "", "migration"),
    ("ru", "Казахстан и Руанда подписали соглашение о сотрудничестве в сфере туризма", "", "tourism"),
    ("ru", "Стороны подписали договор о дружбе", "", "diplomacy"),
    ("ar", "قطر ورواندا توقعان اتفاقية في مجال السياحة", "", "tourism"),
    ("zh", "中国与泰国签署互免签证协定", "", "migration"),
    ("tr", "Türkiye ile Irak arasında savunma sanayii anlaşması imzalandı", "", "defence"),
    ("id", "Indonesia dan Singapura menandatangani perjanjian ekstradisi", "", "justice"),
    ("uk", "Україна і Литва підписали угоду у сфері енергетики", "", "energy"),
    ("ja", "日本とペルー、投資協定に署名", "", "trade"),
    ("ko", "한국과 베트남, 관광 협력 협정 체결", "", "tourism"),
    ("ko", "한국과 페루, 방위산업 협정 서명", "", "defence"),
    ("ja", "日本とチリ、租税条約に署名", "", "finance"),
    (
        "pl",
        "Polska i Wietnam podpisały umowę o współpracy w dziedzinie rolnictwa i edukacji",
        "",
        "agriculture education",
    ),
    ("nl", "Nederland en Ghana tekenen verdrag over uitlevering", "", "justice"),
    ("uk", "Україна і Данія підписали угоду про співпрацю у сфері охорони здоров'я", "", "health"),
    ("el", "Ελλάδα και Αίγυπτος υπέγραψαν συμφωνία για τον τουρισμό", "", "tourism"),
    ("vi", "Việt Nam và Lào ký hiệp định dẫn độ", "", "justice"),
    ("fa", "ایران و عمان سند همکاری گمرکی امضا کردند", "", "trade"),
    ("sw", "Kenya na Uganda zasaini mkataba wa uvuvi", "", "agriculture"),
    ("hi", "भारत और ओमान ने पर्यटन समझौते पर हस्ताक्षर किए", "", "tourism"),
    # where nothing else is named, a hint in a bare title counts
    ("en", "Peru and Chile settle their border", "", "diplomacy"),
    ("es", "Perú retira a su embajador en Colombia", "", "diplomacy"),
    # the goods that a trade agreement frees are no subject of their own
    (
        "en",
        "Chile and Oman sign free trade agreement",
        "The free trade agreement signed on Monday opens markets for wine, beef and copper and for Omani textiles.",
        "trade",
    ),
    # of an exchange of prisoners, the soldiers are not
    ("en", "Prisoner swap agreed", "Armenia and Azerbaijan signed a prisoner exchange deal for 34 troops.", "justice"),
]


@pytest.mark.parametrize(("lang", "title", "text", "codes"), ITEMS, ids=[f"{row[0]} {row[1][:40]}" for row in ITEMS])
def test_sectors_of_an_item(lang: str, title: str, text: str, codes: str) -> None:
    assert found(title, text, lang) == codes


def test_a_scope_given_from_outside_adds_sentences_about_the_agreement() -> None:
    doc = read("", "They put pen to paper today. Tourism was at its heart.", "en")
    assert "name deal" not in sectors.traits(doc)["tourism"]
    assert "name deal" not in sectors.traits(doc, {1: 1.0, 2: 0.5})["tourism"]
    assert "name deal" in sectors.traits(doc, {1: 1.0, 2: 1.0})["tourism"]


@pytest.mark.parametrize(
    ("lang", "text", "trait"),
    [
        ("en", "They signed a paper on wheat.", "single"),
        ("en", "They signed a paper on palm oil.", "phrase"),
        ("zh", "双方谈到水稻。", "single"),
    ],
)
def test_a_phrase_is_told_from_a_single_word(lang: str, text: str, trait: str) -> None:
    found = sectors.traits(read("", text, lang))["agriculture"]
    assert found & {"phrase", "single"} == {trait}


def test_what_is_but_the_matter_of_a_paper_is_marked_unless_it_has_a_paper_or_place_of_its_own() -> None:
    goods = sectors.traits(read("Free trade agreement signed", "The free trade agreement covers wheat.", "en"))
    assert "within trade" in goods["agriculture"]
    own = sectors.traits(read("Free trade agreement and fisheries agreement signed", "", "en"))
    assert "within trade" not in own["agriculture"]


@settings(deadline=None)  # the first text of a language reads its shelf
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_has_known_sectors(title: str, text: str) -> None:
    assert set(sectors.find(read(title, text))) <= set(sectors.SECTORS)


def test_there_are_22_sectors_with_official_codes() -> None:
    assert len(sectors.SECTORS) == 22
    for code in sectors.SECTORS:
        listed = sectors.official(code)
        assert listed.dac or listed.dac_groups, code
        assert all(topic.startswith("medtop:") for topic in listed.iptc), code
    assert sectors.official("mining").dac[0] == "32210 Mineral/mining policy and administrative management"
    with pytest.raises(KeyError):
        sectors.official("magic")


def test_every_shelf_reads_and_has_every_sector() -> None:
    for path in subjects.SHELVES.glob("*.toml"):
        words = entries(path, subjects.KINDS)
        named = {code for meanings in words.values() for kind, code in meanings if kind in ("sector", "name", "paper")}
        assert named == set(sectors.SECTORS), path.name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('sektor.trade.en = ["x"]', "no kind 'sektor'"),
        ('sector.magic.en = ["x"]', "no code 'magic'"),
        ('sector.trade.fr = ["x"]', "for fr: this shelf is for en only"),
        ('sector.trade.en = ["x"', "en.toml"),
        ('sector.trade.en = ["x"]\nsector.trade.en = ["y"]', "en.toml"),
    ],
)
def test_a_fault_in_a_shelf_is_named(text: str, told: str) -> None:
    path = subjects.SHELVES / "en.toml"

    class Faulty(type(path)):  # type: ignore[misc]
        def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
            return text

    with pytest.raises(LexiconError, match=told):
        entries(Faulty(path), subjects.KINDS)
