"""Codes of a house's accounts as a table: the accountant's own file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

HEADS = ("Лицевой счёт", "Адрес", "Код")
WIDTHS = (20, 50, 14)


def write_codes(path: Path, rows: Iterable[tuple[str, str, str]]) -> None:
    """All as text: a number keeps its zeros, and nothing is worked out."""
    from xlsxwriter import Workbook

    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Коды")
    bold = book.add_format({"bold": True})
    text = book.add_format({"num_format": "@"})
    for n, (name, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(n, n, width)
        sheet.write_string(0, n, name, bold)
    for at, (number, place, code) in enumerate(rows, 1):
        for n, cell in enumerate((number, place, f"{code[:4]} {code[4:]}")):
            sheet.write_string(at, n, cell, text)
    book.close()
