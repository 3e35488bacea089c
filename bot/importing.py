"""`python -m bot import accounts|debts|meters|bills FILE`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from bot.early import add_arguments, look, told
from bot.progress import Bar
from handlers import import_texts as texts
from handlers.import_sheet import write_sheet
from services.accounts.imports import Given
from services.accounts.previews import Preview
from services.accounts.reading.columns import parse_columns
from services.accounts.reading.values import read_month
from services.accounts.reading.wrong import CellWrong, FileWrong
from services.accounts.uploads import writable
from services.db import Database, migrate
from services.errors import AlreadySo, NotFound

WHO = "cli"


def add_command(commands: Any) -> None:
    command: argparse.ArgumentParser = commands.add_parser(
        "import",
        help="from the accounting system: accounts, debts, meters (CSV or XLSX), bills (ZIP)",
    )
    add_arguments(command)


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
        own = parse_columns(given.what, given.columns) if given.what != "bills" else {}
        look(given.what, given.file)
    except FileWrong as wrong:
        raise NotImported(told(wrong, given.file, given.what)) from None
    return Given(given.what, given.file, writable(given.file.name), own, month)


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
    rows = texts.rows_of(last.rows, kind)
    print(f"Отменено: {last.file_name} от {day} (UTC), {rows}. Всё как было.")
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
        raise NotImported(told(wrong, file.path, file.kind)) from None
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
        write_sheet(preview, file)
    except OSError as refused:
        raise NotImported(f"файл {file} не записать ({refused.strerror})") from None
    print(f"Список записан: {file}", file=sys.stderr)
