"""Reports as accounting programs, Java libraries and paper make them: read rightly, or told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.accounts.reading.table import Table
from tests.support.accounting import cell, heads_row, make_package
from tests.support.importing import put


def read(folder: Path, text: str, kind: str = "debts") -> list[tuple[object, ...]]:
    table = Table(put(folder, text.encode()), kind)
    found = [tuple(record) for record in table.records()]
    assert table.problems.refused == 0
    return found


@pytest.mark.parametrize(
    "heads",
    [
        "Лицевой счёт;Сальдо;;;\n;на начало;;на конец;\n;Дебет;Кредит;Дебет;Кредит\n",
        "Счёт;Задолженность;;;Переплата\n;на начало;;на конец;\n",
        "Абонент;Задолженность;;;\nЛицевой счёт;на начало;;на конец;Переплата\n",
    ],
)  # fmt: skip
def test_the_debt_at_the_end_and_not_at_the_beginning(tmp_path: Path, heads: str) -> None:
    found = read(tmp_path, f"За октябрь 2026;;;;\n{heads}00101;900;0;5,50;0\n")
    assert [(row[1], row[5]) for row in found] == [("00101", 550)]


def test_a_report_of_several_pages(tmp_path: Path) -> None:
    """Its heads again on each, and totals that count the accounts."""
    heads = "№;Лицевой счёт;Месяц;Долг\n1;2;3;4\n"
    page = "1;{};10.2026;5\nИтого по листу;1;;5\n"
    found = read(tmp_path, heads + page.format("0017") + heads + page.format("0018"))
    assert [row[1] for row in found] == ["0017", "0018"]


def test_what_programs_do_to_keep_zeros_and_people_do_not_see(tmp_path: Path) -> None:
    text = '\u200bЛицевой счёт;Месяц;До\u00adлг\n="0000101";10.2026;\u20111\u00a0234,50\n'
    (row,) = read(tmp_path, text)
    assert (row[1], row[5]) == ("0000101", -123450)


def test_two_bytes_a_letter_without_a_mark_and_hardly_any_latin(tmp_path: Path) -> None:
    text = "Лицевой счёт;Месяц;Долг;ФИО\n00101;10.2026;5;" + "Константинопольский " * 9
    path = put(tmp_path, text.encode("utf-16-le"))
    assert [row[1] for row in Table(path, "debts").records()] == ["00101"]


def test_whole_numbers_that_a_library_writes_as_parts(tmp_path: Path) -> None:
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="00000000000_ ;-0"/></numFmts>'
        '<cellXfs><xf/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    heads = heads_row(("ЛС", "Услуга", "Номер счётчика", "Тарифов", "Месяц", "Показание"))
    row = "".join(
        (cell("A2", "1.0100001E7", "n", "1"), cell("B2", "ХВС_x000D_"),
         cell("C2", "1.2345678E7", "n"), cell("D2", "1.0", "n"),
         cell("E2", "10.202600000000001", "n"), cell("F2", "1.23455E3", "n"))
    )  # fmt: skip
    path = put(tmp_path, make_package(f'{heads}<row r="2">{row}</row>', {"xl/styles.xml": styles}))
    (found,) = Table(path, "meters").records()
    assert found[1:6] == ("00010100001", "cold_water", "12345678", "", 1)
    assert found[8:] == (date(2026, 10, 1), "[1234550]")


def test_tables_on_other_sheets_are_told(tmp_path: Path) -> None:
    names = ("Дом 1", "Дом 2", "Пояснения")
    sheets = "".join(f'<sheet name="{name}" r:id="r{n}"/>' for n, name in enumerate(names))
    links = "".join(
        f'<Relationship Id="r{n}" Type="worksheet" Target="worksheets/{n}.xml"/>' for n in range(3)
    )
    row = f'<row r="2">{cell("A2", "101")}{cell("B2", "1")}{cell("C2", "10.2026")}</row>'
    full = f"<x>{heads_row(('ЛС', 'Долг', 'Месяц'))}{row}</x>"
    path = put(tmp_path, make_package(more={
        "xl/workbook.xml": f'<workbook xmlns:r="r"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "xl/worksheets/0.xml": full, "xl/worksheets/1.xml": full, "xl/worksheets/2.xml": "<x/>",
    }))  # fmt: skip
    table = Table(path, "debts")
    assert (table.sheet, table.left) == ("Дом 1", ["Дом 2"])
    assert len(list(table.records())) == 1


def test_spaces_and_dashes_of_cp1251_between_sums_are_no_letters_of_dos(tmp_path: Path) -> None:
    """A report has few words and hundreds of them."""
    rows = "".join(f"0010{n};{n}\xa0234,56;{n}\xa0567,00;—\n" for n in range(1, 60))
    text = f"Лицевой счёт;Долг;Начислено;Пени\n{rows}".encode("cp1251")
    table = Table(put(tmp_path, text), "debts", month=date(2026, 10, 1))
    assert table.form == "CSV, cp1251"
    assert [row[5] for row in table.records()][:2] == [123456, 223456]


@pytest.mark.parametrize("word", ["Ответственный:", "Бухгалтер", "Руководитель", "Исполнитель:"])
def test_a_signature_under_the_numbers(tmp_path: Path, word: str) -> None:
    text = f"Лицевой счёт;Месяц;Сальдо;Долг\n00101;10.2026;1;5\n{word};;Смирнова О. В.;\n"
    assert [row[1] for row in read(tmp_path, text)] == ["00101"]


def test_a_sum_that_stands_under_no_number_is_told(tmp_path: Path) -> None:
    """The number is merged over the rows of its services."""
    text = "Лицевой счёт;Услуга;Долг;Месяц\n00101;ХВС;5;10.2026\n;ГВС;7;\nИтого;;12;\n"
    table = Table(put(tmp_path, text.encode()), "debts")
    assert len(list(table.records())) == 1
    assert [(each.code, each.row) for each in table.problems.notes] == [("no_account", 3)]


def test_names_that_1c_prints(tmp_path: Path) -> None:
    heads = "Лиц. счет;Ф.И.О. собственника;Тел.;S общ., кв.м\n"
    table = Table(put(tmp_path, f"{heads}00101;Ли;;45,3\n".encode()), "accounts")
    assert {"holder", "phone", "area"} <= table.columns.keys()
    heads = "Л/с;Обороты за период;;Сальдо на конец периода;\n;Начислено;Оплачено;Дебет;Кредит\n"
    (row,) = read(tmp_path, f"за октябрь 2026;;;;\n{heads}00101;7;2;5;\n")
    assert row[3:6] == (700, 200, 500)
