"""`python -m bot import accounts FILE` and `import debts FILE`."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from bot.progress import Bar
from handlers import import_texts as texts
from services.accounts.imports import Given
from services.accounts.previews import Preview
from services.accounts.reading.columns import parse_columns
from services.accounts.reading.kinds import tell_kind
from services.accounts.reading.values import read_month
from services.accounts.reading.wrong import CellWrong, FileWrong, Problem
from services.db import Database, migrate
from services.errors import AlreadySo, NotFound

WHO = "cli"


def add_command(commands: Any) -> None:
    command: argparse.ArgumentParser = commands.add_parser(
        "import", help="accounts or debts from the accounting system: CSV or XLSX"
    )
    command.add_argument("what", choices=("accounts", "debts"))
    command.add_argument("file", type=Path, nargs="?")
    command.add_argument("--yes", action="store_true", help="apply it, all or nothing")
    command.add_argument("--sure", action="store_true", help="apply it in spite of the doubts")
    command.add_argument("--undo", action="store_true", help="take back the last one of its kind")
    command.add_argument("--month", default="", metavar="YYYY-MM", help="of every row")
    command.add_argument(
        "--columns", default="", metavar="OURS=THEIRS;…", help="what the file calls its columns"
    )
    command.add_argument("--problems", type=Path, metavar="CSV", help="write all problems there")


class NotImported(Exception):
    """The text is one line for whoever asked."""


def read_given(given: argparse.Namespace) -> Given:
    """Before the database is started. Raises `NotImported`."""
    if given.file is None:
        raise NotImported(f"назовите файл: python -m bot import {given.what} ФАЙЛ")
    try:
        month = read_month(given.month)
    except CellWrong:
        raise NotImported(f"--month «{given.month}» не понять. Напишите так: 2026-10") from None
    try:
        own = parse_columns(given.what, given.columns)
        tell_kind(given.file)
    except FileWrong as wrong:
        raise _told(wrong, given.file, given.what) from None
    return Given(given.what, given.file, given.file.name, own, month)


def _told(wrong: FileWrong, file: Path, kind: str) -> NotImported:
    return NotImported(f"{file.name}: {texts.sentence(wrong.problem, kind)}. Ничего не изменено")


async def run(
    given: argparse.Namespace, database: Callable[[], AbstractAsyncContextManager[str]]
) -> int:
    """The exit code. Raises `NotImported`."""
    file = None if given.undo else read_given(given)
    async with database() as url:
        await migrate(url)
        db = Database(url)
        try:
            if file is None:
                return await _undo(db, given.what)
            return await _import(db, file, given)
        finally:
            await db.close()


async def _undo(db: Database, kind: str) -> int:
    try:
        async with db.work() as work:
            last = await work.imports.undo(kind, WHO)
    except NotFound:
        raise NotImported("отменять нечего: такого ещё не загружали") from None
    except AlreadySo:
        raise NotImported("последняя загрузка уже отменена") from None
    day = last.at.strftime("%d.%m.%Y %H:%M")
    print(f"Отменено: {last.file_name} от {day} (UTC), {texts.rows_of(last.rows)}. Всё как было.")
    return 0


async def _import(db: Database, file: Given, given: argparse.Namespace) -> int:
    bar = Bar("Чтение")
    try:
        async with db.work() as work:
            preview = await work.imports.look(file, bar)
            applies = given.yes and not preview.refused and bool(preview.changes)
            applies = applies and (given.sure or not preview.doubts)
            if applies:
                await work.imports.apply(preview, WHO, sure=given.sure)
            else:
                await work.session.rollback()
    except FileWrong as wrong:
        raise _told(wrong, file.path, file.kind) from None
    finally:
        bar.close()
    _show(preview)
    if given.problems is not None:
        write_problems(preview, given.problems)
    return _conclude(preview, asked=given.yes, applied=applies)


def _show(preview: Preview) -> None:
    for line in texts.describe(preview):
        print(line)
    problems = list(texts.list_problems(preview))
    if problems:
        print("", *problems, sep="\n")
    print()


def _conclude(preview: Preview, *, asked: bool, applied: bool) -> int:
    if preview.refused:
        print("Ничего не изменено: исправьте ошибки и загрузите снова.")
    elif not preview.changes:
        print("Всё это уже загружено: ничего не изменилось.")
    elif applied:
        print(f"Загружено. Вернуть как было: python -m bot import {preview.kind} --undo")
    elif asked:
        print("Ничего не изменено: есть сомнения. Если всё верно, добавьте --sure.")
        return 1
    else:
        print("Это проверка, ничего не изменено. Применить: --yes")
    return 1 if preview.refused else 0


def write_problems(preview: Preview, file: Path) -> None:
    """For a spreadsheet. Raises `NotImported`."""
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            rows = csv.writer(out, delimiter=";")
            rows.writerow(("Строка", "Столбец", "Что не так", "Отказ"))
            found = preview.problems
            for problems, refuses in ((found.errors, "да"), (found.notes, "нет")):
                rows.writerows(_line(each, preview.kind, refuses) for each in problems)
    except OSError as refused:
        raise NotImported(f"файл {file} не записать ({refused.strerror})") from None
    print(f"Список записан: {file}", file=sys.stderr)


def _line(problem: Problem, kind: str, refuses: str) -> tuple[str, ...]:
    words = texts.sentence(Problem(problem.code, 0, "", problem.said), kind)
    return str(problem.row or ""), harmless(problem.column), harmless(words), refuses


def harmless(cell: str) -> str:
    """A spreadsheet works out what begins with these signs: a name of a column must not run."""
    return (
        f"'{cell}"
        if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r")
        else cell
    )
