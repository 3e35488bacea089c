"""The list for recalculation as a file."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

from handlers.interruption_texts import COLUMNS, cells
from handlers.staff.interruptions import write_sheet
from services.interruptions import Interrupted

HOUR = timedelta(hours=1)
LONG = Interrupted(
    house_id=1,
    address="=HYPERLINK(1)",
    what="other",
    title="+1-1",
    flats=("1", "2", "3", "7"),
    times=2,
    total=10 * HOUR,
    longest=6 * HOUR,
    month_bound=8 * HOUR,
    once_bound=None,
    beyond=2 * HOUR,
    percent=0.3,
    goes_on=True,
)


def test_words_are_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_sheet(path, "Список", [LONG])
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK(1)" in words
    assert "+1-1" in words


def test_a_cell_for_each_column() -> None:
    row = dict(zip([name for name, _ in COLUMNS], cells(LONG), strict=True))
    assert row["Квартиры"] == "кв. 1–3, 7"
    assert row["Можно подряд, ч"] == "нет"
    assert (row["Всего, ч"], row["Сверх, ч"], row["Снизить плату, %"]) == (10, 2, 0.3)
