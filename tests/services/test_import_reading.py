"""What a cell says, which letters a file is in, which column is which, whose house it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.accounts.reading.addresses import Houses
from services.accounts.reading.columns import find_heads, plain
from services.accounts.reading.table import Table
from services.accounts.reading.values import (
    Num,
    read_day,
    read_money,
    read_month,
    read_number,
    read_phone,
)
from services.accounts.reading.wrong import CellWrong, FileWrong
from tests.support.accounting import DEBT, DEBTS, cell, heads_row, make_book, make_csv, make_package
from tests.support.importing import put


@pytest.mark.parametrize(
    ("said", "kopecks"),
    [
        ("1 234,56", 123456), ("1234.56", 123456), ("(1 234,56)", -123456), ("1\xa0234,5", 123450),
        ("1\u202f234\u202f567,89", 123456789), ("1,234.56", 123456), ("1.234,56", 123456),
        ("1'234.56", 123456), ("-5", -500), ("−5,1", -510), ("5-", -500),
        ("12,30 руб.", 1230), ("12 ₽", 1200), ("1234,5р", 123450), ("", 0), ("—", 0),
        ("0,10", 10), (",5", 50),
        ("12,345,678", 1234567800), ("1234,5600", 123456), ("1 000 000", 100000000),
        (Num("0.30000000000000004"), 30), (Num("1234.5600000000001"), 123456),
        (Num("1.23E3"), 123000), (Num("-7"), -700), (Num("90071992547409.93"), None),
    ],
)  # fmt: skip
def test_sums(said: str, kopecks: int | None) -> None:
    if kopecks is None:
        with pytest.raises(CellWrong):
            read_money(said)
    else:
        assert read_money(said) == kopecks


@pytest.mark.parametrize(
    "said",
    ["abc", "1,2,3", "1.234", "12 34", "1e5", "12,3456", "NaN", "∞", "١٢x", "1..2", "#Н/Д", "=A1",
     "200\n300", Num("1.234"), Num("NaN"), Num("1E400"), Num("1E999999999"), Num("Infinity")],
)  # fmt: skip
def test_what_is_no_sum(said: str) -> None:
    with pytest.raises(CellWrong):
        read_money(said)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("0012345", "0012345"), ("№ 0012 34", "001234"), ("ЛС 123", "123"), ("'0012", "0012"),
        ("л/с №12-34", "12-34"), ("А-12/3", "А-12/3"), ("\xa0000123\t", "000123"),
        ("Лицевой счёт № 17", "17"), (Num("123"), "123"), (Num("1.2345678E7"), "12345678"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)  # fmt: skip
def test_numbers_of_accounts(said: str, number: str) -> None:
    assert read_number(said) == number


@pytest.mark.parametrize(
    "said",
    ["1,23457E+11", "ул. Сосновая, 1", "Итого", "12345.0", "нет", "-", "1" * 40, "1;2", "=A1",
     Num("12.5"), Num("1E999999999"), Num("12345678901234567890"), Num("-3")],
)  # fmt: skip
def test_what_is_no_account(said: str) -> None:
    with pytest.raises(CellWrong):
        read_number(said)


def test_days_and_months() -> None:
    november = date(2026, 11, 15)
    for said in (
        "15.11.2026",
        "2026-11-15",
        "15/11/2026",
        "15.11.26",
        "15.11.2026 0:00:00",
        "15-11-2026",
    ):
        assert read_day(said) == november
        assert read_month(said) == date(2026, 11, 1)
    assert read_day(Num("46341")) == november
    for said in (
        "11.2026",
        "2026-11",
        "ноябрь 2026 г.",
        "Ноября 2026",
        "нояб. 2026",
        Num("11.2026"),
    ):
        assert read_month(said) == date(2026, 11, 1), said
    assert read_month("май 2026") == date(2026, 5, 1)
    assert read_day(" ") is None
    for said in ("31.02.2026", "15.13.2026", "1.1.1900", "завтра", "11.15.2026", Num("5")):
        with pytest.raises(CellWrong):
            read_day(said)


def test_phones() -> None:
    for said in ("+7 (900) 000-00-01", "89000000001", "9000000001", "8 900 000 00 01, жена"):
        assert read_phone(said) == "+79000000001"
    assert read_phone("") is None
    with pytest.raises(CellWrong):
        read_phone("123")


@pytest.mark.parametrize(
    "encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp866"]
)
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_letters_and_marks(tmp_path: Path, encoding: str, mark: str) -> None:
    row = [f'"{value}"' if mark == "," else value for value in DEBT]
    path = put(tmp_path, make_csv(row, mark=mark, encoding=encoding))
    (record,) = Table(path, "debts").records()
    assert record[1:] == (
        "0000101", date(2026, 10, 1), 123456, 100000, 23456, None, 0, date(2026, 11, 15),
    )  # fmt: skip


def test_a_book_reads_as_the_text_does(tmp_path: Path) -> None:
    """Numbers as numbers and a day as a day, too."""
    book = put(tmp_path, make_book((*DEBT[:2], 1234.56, 1000, 234.56, 0.1 + 0.2, "15.11.2026")))
    assert next(iter(Table(book, "debts").records()))[3:] == (
        123456, 100000, 23456, None, 30, date(2026, 11, 15),
    )  # fmt: skip


def test_leading_zeros_that_a_format_shows(tmp_path: Path) -> None:
    """And a day that is a number with the look of a day; 1904 as well."""
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0000000"/><numFmt numFmtId="171" '
        'formatCode="dd/mm/yyyy;@"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/>'
        '<xf numFmtId="171"/></cellXfs></styleSheet>'
    )
    row = (
        '<row r="5">' + cell("A5", "101", "n", "1") + cell("B5", "7.5", "n")
        + cell("C5", "46341", "n", "2") + "</row>"
    )  # fmt: skip
    heads = heads_row(("ЛС", "Долг", "Период"))
    path = put(tmp_path, make_package(heads + row, {"xl/styles.xml": styles}))
    (record,) = Table(path, "debts").records()
    assert record[:3] == (5, "0000101", date(2026, 11, 1))


def test_another_writers_xml(tmp_path: Path) -> None:
    """Prefixes, cells without a place, texts in runs, an empty sheet before."""
    sheet = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c>'
        '<x:c t="s"><x:v>1</x:v></x:c></x:row><x:row><x:c t="str"><x:f>A</x:f><x:v>0042</x:v></x:c>'
        "<x:c><x:v>3.5</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    texts = "<sst><si><r><t>Лицевой </t></r><r><t>счёт</t></r></si><si><t>Долг</t></si></sst>"
    book = (
        '<workbook xmlns:r="r"><sheets><sheet name="Пусто" r:id="rId2"/>'
        '<sheet name="Долги" r:id="rId1"/></sheets></workbook>'
    )
    links = (
        '<Relationships><Relationship Id="rId1" Type="worksheet" Target="/xl/worksheets/sheet1.xml"'
        '/><Relationship Id="rId2" Type="worksheet" Target="worksheets/e.xml"/></Relationships>'
    )
    path = put(tmp_path, make_package(more={
        "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts, "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": links, "xl/worksheets/e.xml": "<worksheet><x/></worksheet>",
    }))  # fmt: skip
    table = Table(path, "debts", month=date(2026, 10, 1))
    assert table.sheet == "Долги"
    assert [record[:2] for record in table.records()] == [(2, "0042")]


def test_a_report_with_merged_heads_totals_and_empty_rows(tmp_path: Path) -> None:
    report = """;;;;
Оборотная ведомость с 01.10.2026 по 31.10.2026;;;;
;;;;
№;Лицевой счёт;Сальдо на конец;;Начислено, руб.
;;Дебет;Кредит;
1;2;3;4;5
ул. Сосновая, 1;;;;
1;00017;1 000,00;;500,00

2;00018;;20,00;0
Итого по дому:;;1 000,00;20,00;500,00
;Всего;1 000,00;20,00;500,00
Главный бухгалтер;;_______;Иванова;
"""
    table = Table(put(tmp_path, report.encode("cp1251")), "debts")
    found = list(table.records())
    assert [(row[0], row[1], row[2], row[3], row[5]) for row in found] == [
        (8, "00017", date(2026, 10, 1), 50000, 100000),
        (10, "00018", date(2026, 10, 1), 0, -2000),
    ]
    assert table.problems.refused == 0
    assert table.skipped == 4


@pytest.mark.parametrize(
    ("said", "means"),
    [("Долг на 01.11.2026, руб.", "долг"), ("Начислено за октябрь 2026 г.", "начислено"),
     ("ЛИЦЕВОЙ  СЧЁТ", "лицевой счет"), ("Сальдо на конец (руб.)", "сальдо на конец")],
)  # fmt: skip
def test_names_of_columns(said: str, means: str) -> None:
    assert plain(said) == means


def test_the_better_of_two_columns_is_taken() -> None:
    heads = ["К оплате", "Задолженность", "Л/с"]
    _, found = find_heads("debts", [heads], {})
    assert found.called == {"debt": "Задолженность", "number": "Л/с"}
    _, found = find_heads("debts", [heads], {"debt": "к оплате"})
    assert found.called["debt"] == "К оплате"
    with pytest.raises(FileWrong):
        find_heads("debts", [heads], {"paid": "Касса"})


HOUSES = Houses(
    [
        (1, "ул. Сосновая, 1, корп. 1", "sosnovaya-1"), (2, "ул. Сосновая, 1, корп. 2", "s2"),
        (3, "ул. Садовая, 5", "sad5"), (4, "ул. Новая Садовая, 5", "ns5"),
        (5, "ул. Заводская, 12а", "z"), (6, "ул. 8 Марта, 3", "m"), (7, "пр-т Мира, 10/2", "mir"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "flat", "house", "key"),
    [
        ("г. Химки, ул. Сосновая, д. 1, к. 2, кв. 15", "", 2, "15"),
        ("141400, МО, Химки г, Сосновая ул, дом № 1, корпус 1", "15", 1, "15"),
        ("Сосновая, 1к1, кв. 5", "", 1, "5"), ("Садовая 5", "12 А", 3, "12а"),
        ("Новая Садовая ул., 5, кв. 8", "", 4, "8"), ("Заводская, д. 12 А, кв 3", "", 5, "3"),
        ("ул. 8-го Марта, д.3, м/м 15", "", 6, "мм15"), ("пр-кт Мира, 10 корп. 2", "1", 7, "1"),
        ("sosnovaya-1", "4", 1, "4"),
        # by a guess no house is found
        ("Старая Садовая ул, д 5", "1", None, "1"), ("пер. Мира, 10/2", "1", None, "1"),
        ("Сосновая 1", "1", None, "1"), ("Сосновая, 11, корп. 1", "1", None, "1"),
        ("", "1", None, "1"),
    ],
)  # fmt: skip
def test_houses_of_addresses(address: str, flat: str, house: int | None, key: str) -> None:
    found = HOUSES.find(address, flat)
    assert (found.house_id, found.flat_key) == (house, key)


def test_the_heads_of_our_own_files_are_known() -> None:
    _, found = find_heads("debts", [DEBTS], {})
    assert len(found.at) == len(DEBTS)
