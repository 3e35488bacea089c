"""`python -m bot export [FILE]`: the company file, written back from the database."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from services.company.collecting import collect_declaration
from services.company.declaration import Declaration
from services.company.reading import CompanyFileWrong, read_declaration
from services.company.writing import write_declaration
from services.db import Database, migrate
from services.errors import NotFound


class CannotExport(Exception):
    """The text is one line for whoever asked."""


def add_command(commands: Any) -> None:
    export: argparse.ArgumentParser = commands.add_parser(
        "export", help="write the company's declaration back from the database"
    )
    export.add_argument("file", type=Path, nargs="?", help="stdout without it")
    export.add_argument("--yes", action="store_true", help="overwrite a file that is there")


def check_place(file: Path | None, *, replace: bool) -> None:
    """Before the database is started. Raises `CannotExport`."""
    if file is None:
        return
    if file.is_dir():
        raise CannotExport(f"{file} — это папка, назовите сам файл")
    if file.exists() and not replace:
        raise CannotExport(f"файл {file} уже есть. Записать поверх него: --yes")
    if not file.parent.is_dir():
        raise CannotExport(f"папки {file.parent} нет")


async def write_out(db: Database, staff_chat: str) -> str:
    """Read back before it is given out: a file that says anything else is no copy. Raises
    `CannotExport`."""
    await migrate(db.url)
    async with db.work() as work:
        try:
            declaration = await collect_declaration(work, staff_chat)
        except NotFound:
            raise CannotExport(
                "в базе ещё нет компании, сначала загрузите файл: python -m bot apply FILE"
            ) from None
    text = write_declaration(declaration)
    with tempfile.TemporaryDirectory() as folder:
        trial, bare = Path(folder) / "company.yaml", without_pictures(declaration)
        trial.write_text(write_declaration(bare), "utf-8")
        try:
            again = read_declaration(trial)
        except CompanyFileWrong as wrong:
            first = wrong.mistakes[0] if wrong.mistakes else wrong
            raise CannotExport(f"записанное не читается: {first}") from None
    if again != bare:
        raise CannotExport("записанное прочиталось иначе, ничего не записано; напишите нам об этом")
    return text


def without_pictures(declaration: Declaration) -> Declaration:
    """They stand beside the real file, which is elsewhere."""
    articles = [each.model_copy(update={"picture": ""}) for each in declaration.articles]
    return declaration.model_copy(update={"articles": tuple(articles)})


def hand_over(text: str, file: Path | None) -> None:
    """To stdout, or to the file: the whole of it or nothing. Raises `CannotExport`."""
    if file is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    partial = file.with_name(f".{file.name}.part")
    try:
        partial.write_text(text, "utf-8")
        if file.exists():
            partial.chmod(file.stat().st_mode & 0o777)
        partial.replace(file)
    except OSError as refused:
        partial.unlink(missing_ok=True)
        raise CannotExport(f"файл {file} не записать ({refused.strerror})") from None
    print(f"записано: {file}", file=sys.stderr)
