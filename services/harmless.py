"""Cells that a spreadsheet must not work out, whoever wrote them. Every CSV we give out is written
here; in XLSX texts go by `write_string`, which is never a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

RUNS = ("=", "+", "-", "@", "|", "%")
_FIRST = ("\t", "\r", "\n")


def harmless(cell: str) -> str:
    """With a mark before what would run, a minus too: what is a number is given as one."""
    runs = cell.lstrip().startswith(RUNS) or cell.startswith(_FIRST)
    return f"'{cell}" if runs else cell


def write_csv(out: TextIO, rows: Iterable[Iterable[Any]]) -> None:
    """As Excel opens it: semicolons between cells. Open `out` as `utf-8-sig`, `newline=""`."""
    writer = csv.writer(out, delimiter=";")
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
