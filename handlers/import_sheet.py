"""All problems of a file as a table, to be opened beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from handlers import import_texts as texts
from services.accounts.previews import Preview
from services.accounts.reading.wrong import Problem
from services.harmless import write_csv

HEADS = ("Строка", "Столбец", "Что не так", "Отказ")


def write_sheet(preview: Preview, file: Path, *, at: str = texts.LINE) -> None:
    """Raises `OSError`."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        fill_sheet(preview, out, at=at)


def fill_sheet(preview: Preview, out: TextIO, *, at: str = texts.LINE) -> None:
    write_csv(out, _rows(preview, at))


def _rows(preview: Preview, at: str) -> Iterator[tuple[object, ...]]:
    yield HEADS
    found = preview.problems
    for problems, refuses in ((found.errors, "да"), (found.notes, "нет")):
        for each in problems:
            words = texts.sentence(Problem(each.code, 0, "", each.said), preview.kind, at=at)
            yield each.row or "", each.column, words, refuses
