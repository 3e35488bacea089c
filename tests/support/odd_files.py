"""Files of accountants who mean well, and of people who do not: what programs and Excel make of
numbers, and what takes long to look at."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from tests.support.accounting import (
    DEBT,
    METER,
    METERS,
    Broken,
    book_of,
    cell,
    heads_row,
    make_csv,
    make_package,
    numbers,
    spoilt,
)


def many_parts(count: int) -> bytes:
    """Hardly anything but a directory, that says so in 64 bits."""
    about = struct.pack("<HHHHIIIHH", 0, 0, 0, 0, 0, 0, 0, 4, 0)
    local = b"PK\x03\x04" + struct.pack("<H", 20) + about + b"0000"
    directory = b"".join(
        b"PK\x01\x02" + struct.pack("<HH", 20, 20) + about + struct.pack("<HHHII", 0, 0, 0, 0, 0)
        + b"%04x" % (n % 65536) for n in range(count)
    )  # fmt: skip
    at = len(local) + len(directory)
    return local + directory + (
        b"PK\x06\x06" + struct.pack("<QHHIIQQ", 44, 45, 45, 0, 0, count, count)
        + struct.pack("<QQ", len(directory), len(local)) + b"PK\x06\x07"
        + struct.pack("<IQI", 0, at, 1) + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    )  # fmt: skip


ODD: Iterable[Broken] = (
    # of accountants who mean well
    Broken("a comma of kopecks is that between cells", lambda: make_csv(
        ("0000101", "10.2026", "1234,56"), heads=("Лицевой счёт", "Месяц", "Долг"), mark=","),
        "ячеек больше, чем столбцов", 2),
    Broken("a row cut short", lambda: make_csv(DEBT, DEBT[:3]), "строка оборвана", 3, "Долг"),
    Broken("account that became a day", lambda: spoilt(number="01.май"), "вместо номера здесь дата",
        3, "Лицевой счёт"),
    Broken("account with three noughts after the point", lambda: spoilt(number="10100002.000"),
        "дробной", 3, "Лицевой счёт"),
    Broken("sums that take long to look at", lambda: make_csv(
        DEBT, *((str(n), "10.2026", *["x " + "1" * 1900] * 3, "0", "") for n in range(1200))),
        "не похоже на сумму", 3, "Долг"),
    Broken("numbers that take long to look at", lambda: make_csv(
        DEBT, *(("a" * 1900, *DEBT[1:]) for _ in range(1200))), "не похоже на номер", 3,
        "Лицевой счёт"),
    Broken("less twice", lambda: spoilt(debt="(-5)"), "не похоже на сумму", 3, "Долг"),
    Broken("half a head", lambda: make_csv(
        ("", "", "начальный", "итоговый"), ("0000101", "10.2026", "1", "2"),
        heads=("Лицевой счёт", "Месяц", "Долг", "")), "нет столбца «долг»", 1),
    book_of("account that is a day", lambda: make_package(
        heads_row(("Лицевой счёт", "Долг", "Месяц")) + '<row r="2">' + cell("A2", "46341", "n", "1")
        + cell("B2", "1") + cell("C2", "10.2026") + "</row>",
        {"xl/styles.xml": '<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>'}),
        "вместо номера здесь дата", 2, "Лицевой счёт"),
    book_of("yes for a sum", lambda: numbers(
        cell("A2", "101"), cell("B2", "1", "b"), cell("C2", "10.2026")), "«ИСТИНА»", 2, "Долг"),
    Broken("a cell of 3000 letters", lambda: spoilt(billed="5" * 3000), "больше 2000 букв", 3),
    Broken("a line without an end", lambda: make_csv(DEBT, ("0", "x" * 2**20)),
        "длиннее 500 000", 3),
    Broken("NUL far below", lambda: make_csv(*[DEBT] * 2000, ("00\x00102", *DEBT[1:])),
        "знак, которого не бывает", 2002),
    Broken("meter: NUL far below", lambda: make_csv(
        *[METER] * 2000, (*METER[:2], "12\x003", *METER[3:]), heads=METERS),
        "знак, которого не бывает", 2002, kind="meters"),
    Broken("page in UTF-16", lambda: "<html><table/></html>".encode("utf-16"), "веб-страница"),
    Broken("page with its pictures", lambda: b"MIME-Version: 1.0\n\n<html>", "веб-страница"),
    Broken("table of 1C", lambda: b"MOXCEL\x00\x08\x00" + bytes(90), "таблица 1С"),
    book_of("a directory of 300 000", lambda: many_parts(300_000), "архив"),
    book_of("a column without an end", lambda: make_package(
        heads_row() + f'<row r="2"><c r="{"A" * 2_000_000}2"><v>1</v></c></row>'), "повреждён"),
    book_of("many sheets of nothing", lambda: make_package(heads_row(), {
        f"xl/worksheets/x{n}.xml": b" " * (7 << 20) for n in range(120)}), "распаковывается"),
)  # fmt: skip
