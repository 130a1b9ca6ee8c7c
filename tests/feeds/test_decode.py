"""From bytes to text, whatever was declared."""

import codecs
import gzip

import pytest

from feeds.decode import decode, gunzip

RUSSIAN = "Россия и Казахстан подписали соглашение о сотрудничестве в области энергетики"
CHINESE = "中国与哈萨克斯坦签署能源合作协议，双方将加强农业和教育领域的合作。"
TAIWAN = "台灣與友邦簽署合作協定，雙方將加強農業與教育領域的交流。"
JAPANESE = "日本とカザフスタンは協力協定に署名した。エネルギー分野などで連携を強める。"
KOREAN = "한국과 카자흐스탄은 협력 협정에 서명했다. 에너지와 교육 분야에서 협력을 강화한다."
GREEK = "Η Ελλάδα και η Κύπρος υπέγραψαν συμφωνία συνεργασίας για την ενέργεια"
HEBREW = "ישראל וקזחסטן חתמו על הסכם שיתוף פעולה בתחום האנרגיה והחקלאות"
FRENCH = "La France et le Sénégal signent un accord de coopération à Dakar; l'été dernier déjà"
POLISH = "Polska i Ukraina podpisały umowę o współpracy w dziedzinie energii i rolnictwa; źródło"


def xml(text: str, declared: str = "") -> str:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    return f"{head}<rss version='2.0'><channel><title>{text}</title></channel></rss>"


DECLARED = [
    (RUSSIAN, "windows-1251", "cp1251"),
    (RUSSIAN, "koi8-r", "koi8-r"),
    (CHINESE, "gb2312", "gb18030"),
    (CHINESE, "GBK", "gb18030"),
    (TAIWAN, "big5", "big5hkscs"),
    (JAPANESE, "Shift_JIS", "cp932"),
    (JAPANESE, "EUC-JP", "euc-jp"),
    (KOREAN, "euc-kr", "cp949"),
    (FRENCH + " – “œuvre” €", "ISO-8859-1", "cp1252"),
    (GREEK, "iso-8859-7", "iso-8859-7"),
    (FRENCH, "macintosh", "mac_roman"),
    (FRENCH, "csMacintosh", "mac_roman"),
    (FRENCH, "cp500", "cp500"),
    (GREEK, "cp875", "cp875"),
]


@pytest.mark.parametrize(("text", "label", "codec"), DECLARED)
def test_declared_encodings_are_read_as_browsers_do(text: str, label: str, codec: str) -> None:
    assert decode(xml(text, label).encode(codec)) == (xml(text, label), "")
    bare = xml(text)
    assert decode(bare.encode(codec), f"text/xml; charset={label}") == (bare, "")


UNDECLARED = [
    (RUSSIAN, "cp1251", "ru"), (RUSSIAN, "koi8-r", "ru"), (CHINESE, "gb18030", ""), (TAIWAN, "big5hkscs", ""),
    (JAPANESE, "cp932", ""), (JAPANESE, "euc-jp", ""), (KOREAN, "cp949", ""), (GREEK, "cp1253", "el"),
    (HEBREW, "cp1255", ""), (RUSSIAN, "cp1251", ""), (FRENCH, "cp1252", "fr"), (POLISH, "cp1250", "pl"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "codec", "lang"), UNDECLARED)
def test_undeclared_encodings_are_guessed_and_told(text: str, codec: str, lang: str) -> None:
    found, note = decode(xml(text).encode(codec), "", lang)
    assert text in found
    assert note.startswith("encoding guessed")


def test_utf8_is_utf8_whatever_was_declared() -> None:
    body = xml(RUSSIAN, "ISO-8859-2").encode()
    text, note = decode(body, "text/xml; charset=windows-1251")
    assert RUSSIAN in text
    assert note == "says ISO-8859-2, is UTF-8"


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_byte_order_marks_and_wide_text_without(mark: bytes, codec: str) -> None:
    assert decode(mark + xml(CHINESE, "utf-16").encode(codec)) == (xml(CHINESE, "utf-16"), "")


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    body = xml(RUSSIAN, "utf-8").encode() + b"\xff\xfe"
    text, note = decode(body)
    assert RUSSIAN in text
    assert note == "UTF-8 with broken bytes"


@pytest.mark.parametrize("label", ["x-bogus", "rot13", "base64", "idna", "undefined", "utf-7"])
def test_labels_that_are_no_encoding_of_text_are_passed_over(label: str) -> None:
    text, _ = decode(xml(FRENCH, label).encode())
    assert FRENCH in text


def test_compressed_files_are_bounded() -> None:
    assert gunzip(gzip.compress(b"x" * 1000), 1000) == b"x" * 1000
    assert gunzip(gzip.compress(b"one, ") + gzip.compress(b"two") + bytes(512), 8) == b"one, two"
    for broken, why in (
        (gzip.compress(b"x" * 1001), "more than"),
        (gzip.compress(b"x" * 999) + gzip.compress(b"xx"), "more than"),
        (gzip.compress(b"x")[:-9], "cut"),
        (b"\x1f\x8b\x01\x01" * 9, "broken"),
    ):
        with pytest.raises(ValueError, match=why):
            gunzip(broken, 1000)
