"""The language of a text: cases as data, and on the corpus."""

import json
from pathlib import Path

import pytest

from classify.lang import code, detect, script
from classify.text import read

_CORPUS = Path(__file__).parents[2] / "classify" / "corpus" / "dev.jsonl"

_SENTENCES = {
    "en": "The two countries signed an agreement on Monday, the minister said.",
    "fr": "Les deux pays ont signé un accord dans le domaine de la santé, a déclaré le ministre.",
    "es": "Los dos países firmaron este lunes un acuerdo de cooperación, según informó el ministro.",
    "pt": "Os dois países assinaram na segunda-feira um acordo de cooperação, disse o ministro, que não deu detalhes.",
    "it": "I due Paesi hanno firmato un accordo di cooperazione nel settore della sanità, ha detto il ministro.",
    "de": "Die beiden Länder haben am Montag ein Abkommen unterzeichnet, sagte der Minister nach dem Treffen.",
    "nl": "De twee landen hebben maandag een verdrag ondertekend, zegt de minister, die niet meer wilde zeggen.",
    "pl": "Oba kraje podpisały w poniedziałek umowę o współpracy, która została przyjęta przez rząd.",
    "cs": "Obě země podepsaly v pondělí dohodu, která podle ministra upravuje spolupráci, ale není nová.",
    "sk": "Obe krajiny podpísali v pondelok dohodu, ktorá podľa ministra upravuje spoluprácu, ale nie je nová.",
    "hu": "A két ország hétfőn megállapodást írt alá, és a miniszter szerint ez nem az utolsó.",
    "ro": "Cele două țări au semnat luni un acord de cooperare, după cum a spus ministrul, care nu a dat detalii.",
    "tr": "İki ülke pazartesi günü bir anlaşma imzaladı, bakan bunun çok önemli olduğunu söyledi.",
    "az": "İki ölkə arasında saziş imzalanıb və bu barədə nazir məlumat verib.",
    "uz": "Ikki davlat o'rtasida bitim imzolandi va bu haqida vazir ma'lum qildi.",
    "id": "Kedua negara menandatangani perjanjian yang akan memperkuat kerja sama dengan pemerintah itu.",
    "vi": "Hai nước đã ký hiệp định hợp tác và các bên cho biết đây là một bước tiến.",
    "sw": "Nchi hizo mbili zimetia saini makubaliano ya ushirikiano katika sekta ya afya, alisema waziri wa nchi.",
    "tl": "Ang dalawang bansa ay lumagda sa kasunduan na ito para sa mga mangingisda ng bansa.",
    "sv": "De två länderna har skrivit under ett avtal, och det är inte det sista, säger ministern.",
    "no": "De to landene har signert en avtale, og det er ikke den siste, sier ministeren etter møtet.",
    "da": "De to lande har underskrevet en aftale, siger ministeren efter mødet, der blev holdt af regeringen.",
    "fi": "Maat ovat allekirjoittaneet sopimuksen, ja ministerin mukaan se on tärkeä, mutta ei viimeinen.",
    "hr": "Dvije zemlje potpisale su sporazum koji će se primjenjivati što prije, kazao je ministar između ostalog.",
    "ru": "Две страны подписали соглашение, которое, по словам министра, будет действовать после ратификации.",
    "uk": "Дві країни підписали угоду, яка, за словами міністра, буде діяти після її ратифікації.",
    "be": "Дзве краіны падпісалі пагадненне, якое, паводле міністра, будзе дзейнічаць пасля ўсіх працэдур.",
    "bg": "Двете страни подписаха споразумение, което ще влезе в сила след ратификация, каза министърът.",
    "sr": "Две земље потписале су споразум који ће се примењивати, рекао је министар између осталог.",
    "kk": "Екі ел арасында келісімге қол қойылды, бұл туралы министр мәлімдеді және құжат күшіне енді.",
    "tg": "Ду кишвар созишномаро имзо карданд ва ин дар бораи ҳамкорӣ аз ҷониби вазир гуфта шуд.",
    "ar": "وقع البلدان اتفاقية في الرياض من أجل التعاون الذي قال الوزير إنه مهم.",
    "fa": "دو کشور توافقنامه‌ای را امضا کردند و وزیر گفت که این برای آن‌ها مهم است.",
    "ur": "دونوں ممالک نے معاہدے پر دستخط کیے اور وزیر کے مطابق یہ اہم ہے۔",
    "he": "שתי המדינות חתמו על הסכם, אמר השר, כי הוא חשוב של שתיהן.",
    "el": "Οι δύο χώρες υπέγραψαν συμφωνία και ο υπουργός είπε ότι θα ισχύσει από την Τρίτη.",
    "hi": "दोनों देशों ने समझौते पर हस्ताक्षर किए और मंत्री ने कहा कि यह महत्वपूर्ण है।",
    "bn": "দুই দেশের মধ্যে চুক্তি হয়েছে।",
    "th": "ทั้งสองประเทศลงนามข้อตกลง",
    "ka": "ორმა ქვეყანამ ხელშეკრულებას მოაწერა ხელი",
    "hy": "Երկու երկրները ստորագրեցին համաձայնագիր",
    "am": "ሁለቱ አገሮች ስምምነት ተፈራረሙ",
    "zh": "两国签署了合作协议。",
    "ja": "両国は協定に署名した。",
    "ko": "두 나라는 협정에 서명했다.",
}


@pytest.mark.parametrize(("lang", "text"), _SENTENCES.items())
def test_a_sentence_is_enough(lang: str, text: str) -> None:
    assert read("", text).lang == lang


@pytest.mark.parametrize(("lang", "text"), _SENTENCES.items())
def test_a_wrong_claim_is_outvoted(lang: str, text: str) -> None:
    wrong = "de" if lang == "en" else "en"
    assert read("", f"{text} {text}", wrong).lang == lang


@pytest.mark.parametrize(
    ("title", "claim", "lang"),
    [("Umowa Polska-Ukraina", "pl-PL", "pl"), ("Acuerdo Chile-Perú", "es", "es"), ("Kazakhstan", "", "en"),
     ("2025", "fr", "fr"),
     ("", "", "und"), ("12:30", "", "und"), ("", "pt-BR", "pt"), ("Rwanda, Kazakhstan ink pact", "en-US", "en")],
)  # fmt: skip
def test_where_little_tells_the_claim_does(title: str, claim: str, lang: str) -> None:
    assert read(title, "", claim).lang == lang


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-US", "en"),
        ("pt_BR", "pt"),
        ("iw", "he"),
        ("nb-NO", "no"),
        ("", ""),
        ("x", ""),
        ("english", ""),
        ("zh-Hant-TW", "zh"),
    ],
)
def test_tags_as_feeds_write_them(tag: str, expected: str) -> None:
    assert code(tag) == expected


def test_the_corpus_is_told_right_without_a_claim() -> None:
    items = [json.loads(line) for line in _CORPUS.read_text(encoding="utf-8").strip().split("\n")]
    wrong = [item["id"] for item in items if read(item["title"], item["text"]).lang != item["lang"]]
    assert len(wrong) <= len(items) // 100


def test_odd_input_has_an_answer() -> None:
    assert detect("\ud800\udfff", "") in ("und", "en")
    assert detect("😀😀", "") == "und"
    assert script("qq") == ""
    assert script("ru") == "cyrillic"
