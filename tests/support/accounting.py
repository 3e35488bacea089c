"""Files as accounting systems write them, whole and broken."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook

ACCOUNTS = ("Лицевой счёт", "Адрес", "Квартира", "ФИО", "Телефон", "Общая площадь")
DEBTS = ("Лицевой счёт", "Месяц", "Начислено", "Оплачено", "Долг", "Пени", "Оплатить до")
ACCOUNT = ("0000101", "ул. Сосновая, 1, корп. 1", "1", "Иванова Мария", "89000000001", "45,3")
DEBT = ("0000101", "10.2026", "1 234,56", "1000.00", "234,56", "0", "15.11.2026")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS: dict[str, str] = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": f'<Relationships><Relationship Id="r" Type="{LINKS}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
    '<sheet name="Лист1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="rId1" '
    f'Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def make_csv(
    *rows: Sequence[str], heads: Sequence[str] = DEBTS, mark: str = ";", encoding: str = "utf-8"
) -> bytes:
    lines = [mark.join(row) for row in (heads, *rows)]
    return "\r\n".join([*lines, ""]).encode(encoding)


def make_book(*rows: Sequence[Any], heads: Sequence[str] = DEBTS, password: bool = False) -> bytes:
    """By the library that everybody has."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for n, row in enumerate((heads, *rows)):
        sheet.write_row(n, 0, row)
    book.close()
    return out.getvalue()


def cell(place: str, value: object, kind: str = "inlineStr", style: str = "") -> str:
    look = f' s="{style}"' if style else ""
    if kind == "inlineStr":
        return f'<c r="{place}" t="inlineStr"{look}><is><t>{value}</t></is></c>'
    return f'<c r="{place}" t="{kind}"{look}><v>{value}</v></c>'


def heads_row(heads: Sequence[str] = DEBTS, row: int = 1) -> str:
    return f'<row r="{row}">' + "".join(
        cell(f"{chr(65 + n)}{row}", name) for n, name in enumerate(heads)
    ) + "</row>"  # fmt: skip


def make_package(
    rows: str = "", more: Mapping[str, str | bytes | None] | None = None, before: str = ""
) -> bytes:
    """By hand, with whatever parts; None leaves one out."""
    sheet = f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}'
    parts: dict[str, str | bytes | None] = {
        **PARTS, "xl/worksheets/sheet1.xml": sheet + "</sheetData></worksheet>", **(more or {}),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if content is not None:
                package.writestr(name, content)
    return out.getvalue()


def pack_much(begin: bytes, filler: bytes, megabytes: int, name: str) -> bytes:
    """A package with one part of that size, packed as it is made."""
    out = io.BytesIO(make_package(heads_row(), {name: None}))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package,
        package.open(name, "w") as part,
    ):
        part.write(begin)
        block = filler * (2**20 // len(filler))
        for _ in range(megabytes):
            part.write(block)
    return out.getvalue()


def ole(stream: str) -> bytes:
    """The beginning of an old Excel file, or of a new one with a password."""
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return start + stream.encode("utf-16-le") + bytes(2048)


def locked_zip() -> bytes:
    """Every part marked as encrypted."""
    data = bytearray(make_package(heads_row()))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def lying_zip() -> bytes:
    """Says that its sheet is small, and unpacks to much."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = heads_row().encode() + b" " * (64 << 20)
    content = packed.compress(body) + packed.flush()
    name = b"xl/worksheets/sheet1.xml"
    whole = make_package(more={name.decode(): None})
    end = whole.rindex(b"PK\x05\x06")
    count, _, at = struct.unpack_from("<HII", whole, end + 10)
    about = struct.pack("<HHHIIIHH", 8, 0, 0, zlib.crc32(body), len(content), 900, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HH", 20, 0) + about + name + content
    central = (
        b"PK\x01\x02" + struct.pack("<HHH", 20, 20, 0) + about
        + struct.pack("<HHHII", 0, 0, 0, 0, at) + name
    )  # fmt: skip
    directory = whole[at:end] + central
    tail = b"PK\x05\x06" + struct.pack(
        "<HHHHIIH", 0, 0, count + 1, count + 1, len(directory), at + len(local), 0
    )
    return whole[:at] + local + directory + tail


@dataclass(frozen=True)
class Broken:
    """`words` must stand in what is said of it, besides the row and the column."""

    name: str
    make: Callable[[], bytes]
    words: str
    row: int = 0
    column: str = ""
    kind: str = "debts"
    file: str = "debts.csv"


def spoilt(**cells: str) -> bytes:
    """A good row, and one with these cells of it changed."""
    places = dict(zip(("number", "month", "billed", "paid", "debt", "penalties", "pay_by"),
                      range(7), strict=True))  # fmt: skip
    bad = list(DEBT)
    bad[0] = "0000102"
    for name, value in cells.items():
        bad[places[name]] = value
    return make_csv(DEBT, bad)


def numbers(*cells: str) -> bytes:
    return make_package(heads_row(("Лицевой счёт", "Долг", "Месяц")) + '<row r="2">'
                        + "".join(cells) + "</row>")  # fmt: skip


def book_of(
    name: str, make: Callable[[], bytes], words: str, row: int = 0, column: str = ""
) -> Broken:
    return Broken(name, make, words, row, column, file="debts.xlsx")


LAUGHS = '<!DOCTYPE x [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip
SHEET = "xl/worksheets/sheet1.xml"
OPENING = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()

METERS = ("Лицевой счёт", "Услуга", "Номер счётчика", "Тарифов", "Разрядность", "Поверка до",
          "Дата показаний", "Показание", "Показание ночь")  # fmt: skip
METER = ("0000101", "ХВС", "00123-4", "1", "5", "01.05.2030", "31.10.2026", "123,4", "")


def meter_of(name: str, words: str, column: str, **cells: str) -> Broken:
    """A good row, and one with these cells of it changed."""
    places = dict(zip(("number", "resource", "serial", "tariffs", "digits", "until", "month",
                       "first", "second"), range(9), strict=True))  # fmt: skip
    bad = list(METER)
    bad[2] = "00777"
    for field, value in cells.items():
        bad[places[field]] = value
    return Broken(
        f"meter: {name}", lambda: make_csv(METER, bad, heads=METERS), words, 3, column, "meters"
    )


BROKEN: Iterable[Broken] = (
    # not what it is called
    Broken("nothing", lambda: b"", "пустой"),
    Broken("only spaces", lambda: b"  \r\n \r\n", "ни одной строки"),
    Broken("only heads", lambda: make_csv(), "ни одной строки"),
    Broken("old Excel as CSV", lambda: ole("Workbook"), ".xls"),
    book_of("old Excel as XLSX", lambda: ole("Workbook"), ".xls"),
    book_of("password", lambda: ole("EncryptedPackage"), "паролем"),
    book_of("zip password", locked_zip, "паролем"),
    book_of("PDF", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
    Broken("PDF as CSV", lambda: b"%PDF-1.4 ...", "PDF"),
    Broken("picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "картинка"),
    Broken("rar", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(64), "архив"),
    Broken("page", lambda: b"<html><table><tr><td>1</td></tr></table></html>", "веб-страница"),
    Broken("XML", lambda: b'<?xml version="1.0"?><a/>', "XML"),
    Broken("JSON", lambda: b'{"a": 1}', "JSON"),
    book_of("Word", lambda: make_package(more={"word/document.xml": "<a/>"}), "документ"),
    book_of("LibreOffice", lambda: make_package(more={
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>",
        }), "LibreOffice"),
    book_of("another zip", lambda: make_package(more=dict.fromkeys(PARTS)), "архив"),
    Broken("a program", lambda: b"MZ" + bytes(range(256)) * 40, "не текст"),
    # torn and hostile
    book_of("half a book", lambda: make_book(DEBT)[:3000], "повреждён"),
    book_of("a byte of it changed", lambda: _spoil(make_book(*[DEBT] * 500)), "повреждён"),
    book_of("half of its XML", lambda: make_package(more={
        SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{heads_row()}<row r="2"><c r="A2"'}),
        "повреждён"),
    book_of("no sheet in it", lambda: make_package(more={SHEET: None}), "видимого листа"),
    book_of("hidden sheets", lambda: make_package(heads_row(), {
        "xl/workbook.xml": PARTS["xl/workbook.xml"].replace("<sheet ", '<sheet state="hidden" ')}),
        "видимого листа"),
    book_of("text that is not there", lambda: numbers(cell("A2", 7, "s")), "повреждён"),
    book_of("bomb of spaces", lambda: pack_much(OPENING, b" ", 300, SHEET), "распаковывается"),
    book_of("bomb of cells", lambda: pack_much(OPENING, b"<c/>", 200, SHEET), "распаковывается"),
    book_of("a bomb that packs as badly as a table", lambda: make_package(
        heads_row() + "".join(f'<c r="A{n * 7919 % 10**6}"/>' for n in range(3 * 10**6))),
        "распаковывается"),
    book_of("bomb of texts", lambda: pack_much(b"<sst>", b"<si/>", 100, "xl/sharedStrings.xml"),
        "распаковывается"),
    book_of("a size that lies", lying_zip, "повреждён"),
    book_of("bomb of entities", lambda: make_package(
        '<row r="1"><c t="inlineStr"><is><t>&j;</t></is></c></row>', before=LAUGHS), "объявления"),
    book_of("outside entity", lambda: make_package(
        heads_row(), before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "объявления"),
    book_of("five thousand parts", lambda: make_package(
        heads_row(), {f"junk/{n}": "" for n in range(5000)}), "распаковывается"),
    Broken("quote never closed", lambda: make_csv(DEBT, ('"0000102', *DEBT[1:]), *[DEBT] * 60),
        "кавычка", 3),
    Broken("quote never closed near the end", lambda: make_csv(
        DEBT, (*ACCOUNT[:3], '"Иванов', "", "45"), ACCOUNT, heads=ACCOUNTS), "кавычка", 3,
        kind="accounts"),
    book_of("a cell without an end", lambda: make_package(
        heads_row() + '<row r="2"><c r="A2" t="str"><v>' + "7" * 200_000), "больше 2000 букв", 2),
    book_of("a tag without an end", lambda: make_package(
        heads_row() + f'<row r="2" x="{random.Random(1).randbytes(4 << 20).hex()}"/>'),
        "распаковывается"),
    book_of("a row of another world", lambda: make_package(
        heads_row() + '<row r="99999999999"><c><v>1</v></c></row>'), "повреждён"),
    book_of("numbers without an end", lambda: numbers(
        cell("A2", "1E999999999", "n"), cell("B2", "1E999999999", "n"),
        cell("C2", "1E999999999", "n")), "не похоже на сумму", 2, "Долг"),
    Broken("letters torn", lambda: _spoil_letter(make_csv(*[DEBT] * 5)), "испорчены буквы", 3),
    Broken("cut in a letter", lambda: "Лицевой счёт;Месяц;Долг\n1;10.2026;1\nИто".encode()[:-1],
        "испорчены буквы", 3),
    # heads
    Broken("no heads", lambda: make_csv(DEBT, heads=DEBT), "--columns"),
    Broken("no debt", lambda: make_csv(("1", "10.2026"), heads=("Лицевой счёт", "Месяц")),
        "нет столбца «долг»", 1),
    Broken("debt twice", lambda: make_csv(("1", "1", "2"), heads=("Счёт", "Долг", "Долг")),
        "столбцов «Долг» два"),
    Broken("no month", lambda: make_csv(("1", "1"), heads=("Счёт", "Долг")), "за какой месяц"),
    # rows
    Broken("no account", lambda: spoilt(number=""), "нет лицевого счёта", 3, "Лицевой счёт"),
    Broken("account spoilt by Excel", lambda: spoilt(number="1,23457E+11"), "Excel записал", 3,
        "Лицевой счёт"),
    Broken("account of letters", lambda: spoilt(number="нет"), "не похоже на номер", 3,
        "Лицевой счёт"),
    Broken("account with a fraction", lambda: spoilt(number="102.00"), "дробной", 3,
        "Лицевой счёт"),
    book_of("account of twenty digits", lambda: numbers(
        cell("A2", "12345678901234567890", "n"), cell("B2", "1"), cell("C2", "10.2026")),
        "длиннее 15", 2, "Лицевой счёт"),
    Broken("sum in words", lambda: spoilt(debt="двести"), "не похоже на сумму", 3, "Долг"),
    Broken("sum of two kinds", lambda: spoilt(debt="1.234"), "непонятно, тысяча", 3, "Долг"),
    Broken("parts of a kopeck", lambda: spoilt(debt="12,3456"), "доли копейки", 3, "Долг"),
    Broken("a sum too big", lambda: spoilt(billed="9" * 13), "больше миллиарда", 3, "Начислено"),
    Broken("two sums", lambda: spoilt(paid="12 34,5"), "не похоже на сумму", 3, "Оплачено"),
    Broken("error of Excel", lambda: spoilt(debt="#ССЫЛКА!"), "ошибка Excel", 3, "Долг"),
    Broken("formula", lambda: spoilt(debt="=СУММ(A1:A9)"), "формула", 3, "Долг"),
    book_of("formula not worked out", lambda: numbers(
        cell("A2", "101"), '<c r="B2"><f>SUM(A1)</f></c>', cell("C2", "10.2026")),
        "формула", 2, "Долг"),
    Broken("31 February", lambda: spoilt(pay_by="31.02.2027"), "не похоже на дату", 3,
        "Оплатить до"),
    Broken("thirteenth month", lambda: spoilt(month="13.2026"), "не похоже на месяц", 3, "Месяц"),
    Broken("no month in a row", lambda: spoilt(month=""), "за какой месяц", 3, "Месяц"),
    Broken("two sums for one account", lambda: make_csv(DEBT, DEBT, (*DEBT[:4], "9", *DEBT[5:])),
        "уже был в строке 2", 3, "Лицевой счёт"),
    Broken("nobody known", lambda: make_csv(("Я-777", *DEBT[1:])), "нет в базе", 0, "Лицевой счёт"),
    Broken("odd area", lambda: make_csv((*ACCOUNT[:5], "много"), heads=ACCOUNTS),
        "не похоже на площадь", 2, "Общая площадь", "accounts"),
    Broken("a novel for a name", lambda: make_csv(
        (*ACCOUNT[:3], "И" * 300, *ACCOUNT[4:]), heads=ACCOUNTS), "больше 200", 2, "ФИО",
        "accounts"),
    # meters
    meter_of("of an unknown kind", "что считает", "Услуга", resource="Домофон"),
    meter_of("of no kind", "что считает", "Услуга", resource=""),
    meter_of("without a number", "нет номера счётчика", "Номер счётчика", serial=""),
    meter_of("a number spoilt by Excel", "не похоже на номер", "Номер счётчика", serial="1,2E+11"),
    meter_of("seven tariffs", "число тарифов", "Тарифов", tariffs="7"),
    meter_of("digits in words", "разрядность", "Разрядность", digits="много"),
    meter_of("31 February", "не похоже на дату", "Поверка до", until="31.02.2030"),
    meter_of("a reading below nought", "не похоже на показание", "Показание", first="-5"),
    meter_of("a reading in words", "не похоже на показание", "Показание", first="сто"),
    meter_of("too fine a reading", "больше трёх знаков", "Показание", first="1,23456"),
    meter_of("one reading of two", "меньше, чем тарифов", "Показание", tariffs="2"),
    meter_of("two readings of one", "больше, чем тарифов", "Показание ночь", second="7"),
    meter_of("no month", "за какой месяц", "Дата показаний", month=""),
    meter_of("no account", "нет лицевого счёта", "Лицевой счёт", number=""),
    Broken("meter: twice", lambda: make_csv(METER, (*METER[:7], "9", ""), heads=METERS),
        "уже был в строке 2", 3, "Лицевой счёт", "meters"),
    Broken("meter: no column of its number", lambda: make_csv(
        METER[:2], heads=METERS[:2]), "нет столбца «номер счётчика»", 1, "", "meters"),
)  # fmt: skip


def _spoil(data: bytes) -> bytes:
    """In the middle of the largest part."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        part = max(package.infolist(), key=lambda each: each.compress_size)
    middle = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


def _spoil_letter(data: bytes) -> bytes:
    lines = data.split(b"\r\n")
    lines[2] += b"\xd0\xff"
    return b"\r\n".join(lines)
