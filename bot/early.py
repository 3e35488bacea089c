"""A file that is of no use to `python -m bot import` is refused by what is light: before the whole
program is loaded and a database is started."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from services.accounts.reading.archives import Bills
from services.accounts.reading.columns import parse_columns
from services.accounts.reading.kinds import tell_kind
from services.accounts.reading.packages import Package
from services.accounts.reading.table import Table
from services.accounts.reading.wrong import FileWrong

ANSWERED = (
    "no_heads",
    "no_column",
    "column_twice",
    "no_month",
)  # by an option, or by the last import
KINDS = ("accounts", "debts", "meters", "bills")


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", choices=KINDS)
    command.add_argument("file", type=Path, nargs="?")
    command.add_argument("--yes", action="store_true", help="apply it, all or nothing")
    command.add_argument("--sure", action="store_true", help="apply it in spite of the doubts")
    command.add_argument("--undo", action="store_true", help="take back the last one of its kind")
    command.add_argument("--month", default="", metavar="YYYY-MM", help="of every row")
    command.add_argument(
        "--columns", default="", metavar="OURS=THEIRS;…", help="what the file calls its columns"
    )
    command.add_argument("--problems", type=Path, metavar="CSV", help="write all problems there")


class _Quiet(argparse.ArgumentParser):
    """What is wrong with the command is told by the whole program."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def refuse(arguments: Sequence[str]) -> int:
    """1 where the file was refused, in a line on stderr; else 0."""
    parser = _Quiet(add_help=False)
    add_arguments(parser)
    try:
        given = parser.parse_args(arguments)
    except ValueError:
        return 0
    if given.undo or given.file is None:
        return 0
    try:
        look(given.what, given.file)
        if given.what != "bills":
            parse_columns(given.what, given.columns)
    except FileWrong as wrong:
        print(f"domovoy: {told(wrong, given.file, given.what)}", file=sys.stderr)
        return 1
    return 0


def look(what: str, file: Path) -> None:
    """What it is, and how large it would become. Raises `FileWrong`."""
    if what == "bills":
        Bills(file).close()
    elif tell_kind(file) == "xlsx":
        Package(file).close()
    else:
        try:
            Table(file, what).close()
        except FileWrong as wrong:
            if wrong.problem.code not in ANSWERED:
                raise


def told(wrong: FileWrong, file: Path, kind: str) -> str:
    from handlers.import_texts import sentence

    return f"{file.name}: {sentence(wrong.problem, kind)}. Ничего не изменено"
