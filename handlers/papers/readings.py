"""Readings as files: for the accounting system, and the list of those who sent none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from handlers.resident.readings_texts import DOUBTS, RESOURCES, month
from services.harmless import write_csv
from services.meters.counts import Missing
from services.meters.export import Layout, Line
from services.meters.figures import write_figure

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = "text/csv"
COLUMNS = (
    "Лицевой счёт", "Ресурс", "Номер счётчика", "Месяц", "Дата", "Показание 1", "Показание 2",
    "Показание 3", "Отметки", "Кто передал",
)  # fmt: skip
MISSING = (
    "Дом", "Адрес", "Лицевой счёт", "Ресурс", "Номер счётчика", "Где стоит", "Нет за месяц",
    "Последние показания", "Подключён к боту",
)  # fmt: skip
MARKS = {**DOUBTS, "late": "передано после срока"}
SOURCES = {"chat": "житель", "staff": "сотрудник", "import": "загрузка"}


def file_name(number: int, at: datetime, layout: Layout) -> str:
    return f"Показания {at:%Y-%m-%d} №{number}.{'xlsx' if layout == 'xlsx' else 'csv'}"


def mime_of(layout: Layout) -> str:
    return SHEET if layout == "xlsx" else TABLE


def cells(line: Line) -> list[str]:
    figures = [write_figure(each) for each in line.figures]
    return [
        line.account,
        RESOURCES[line.resource],
        line.meter,
        f"{line.month:%m.%Y}",
        f"{line.day:%d.%m.%Y}",
        *figures,
        *[""] * (3 - len(figures)),
        "; ".join(MARKS[mark] for mark in line.marks if mark in MARKS),
        SOURCES[line.source],
    ]


def write_export(path: Path, layout: Layout, lines: Sequence[Line], at: datetime) -> str:
    """Returns the file's hash: the same lines make the same file."""
    rows = [cells(line) for line in lines]
    if layout == "xlsx":
        write_sheet(path, COLUMNS, rows, at)
    else:
        write_table(path, COLUMNS, rows, "cp1251" if layout == "csv-1251" else "utf-8-sig")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_missing(path: Path, found: Sequence[Missing], at: datetime) -> None:
    rows = [
        [
            each.address, each.place, each.account, RESOURCES[each.resource], each.number,
            each.title, month(each.month), month(each.last) if each.last else "",
            "да" if each.connected else "нет",
        ]
        for each in found
    ]  # fmt: skip
    write_sheet(path, MISSING, rows, at)


def write_table(
    path: Path, head: Sequence[str], rows: Sequence[Sequence[str]], encoding: str
) -> None:
    """`;` between cells. What a spreadsheet would take for a formula gets an apostrophe before
    it."""
    with path.open("w", encoding=encoding, errors="replace", newline="") as out:
        write_csv(out, (head, *rows))


def write_sheet(
    path: Path, head: Sequence[str], rows: Sequence[Sequence[str]], at: datetime
) -> None:
    """All cells are text: accounts keep their zeros, and nothing is a formula."""
    from xlsxwriter import Workbook

    book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": at.replace(tzinfo=None, microsecond=0)})
    sheet = book.add_worksheet("Показания")
    bold = book.add_format({"bold": True, "bottom": 1})
    for n, name in enumerate(head):
        sheet.set_column(n, n, max(12, len(name) + 2))
        sheet.write_string(0, n, name, bold)
    for at_row, row in enumerate(rows, 1):
        for n, cell in enumerate(row):
            sheet.write_string(at_row, n, cell)
    sheet.freeze_panes(1, 0)
    book.close()
