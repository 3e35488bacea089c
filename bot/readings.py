"""`python -m bot readings`: what was not exported yet, or an export again, as a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.exporting import CannotExport
from handlers.papers.readings import write_export
from services.db import Database, migrate
from services.errors import NotFound
from services.meters.export import Layout


def add_command(commands: Any) -> None:
    command: argparse.ArgumentParser = commands.add_parser(
        "readings", help="readings for the accounting system, each once"
    )
    command.add_argument("--out", type=Path, required=True, help="the CSV or XLSX to write")
    command.add_argument("--cp1251", action="store_true", help="CSV for old programs")
    command.add_argument("--again", type=int, metavar="N", help="the file of export N once more")
    command.add_argument("--yes", action="store_true", help="overwrite a file that is there")


async def write_out(db: Database, given: argparse.Namespace) -> str:
    """What to tell whoever asked. The file is whole before anything counts as exported. Raises
    `CannotExport`."""
    await migrate(db.url)
    out: Path = given.out
    layout: Layout = "xlsx" if out.suffix == ".xlsx" else "csv-1251" if given.cp1251 else "csv"
    partial = out.with_name(f".{out.name}.part")
    try:
        async with db.work() as work:
            try:
                if given.again is None:
                    export, _ = await work.reading_exports.begin(None, layout)
                else:
                    export = await work.reading_exports.get(None, given.again)
            except NotFound:
                raise CannotExport(
                    "новых показаний нет" if given.again is None else "такой выгрузки нет"
                ) from None
            lines = await work.reading_exports.lines(export)
            sha256 = write_export(partial, layout, lines, await work.company.local(export.at))
            if given.again is None:
                await work.reading_exports.end(export, out.name, sha256)
        partial.replace(out)
    except OSError as refused:
        raise CannotExport(f"файл {out} не записать ({refused.strerror})") from None
    finally:
        partial.unlink(missing_ok=True)
    return f"{out}: выгрузка № {export.id}, показаний {len(lines)}"
