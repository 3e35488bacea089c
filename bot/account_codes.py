"""`python -m bot codes --house CODE --out FILE.xlsx`: codes for all accounts of a house, for the
accountant to print and hand out. What was given before and nobody used is off."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path
from typing import Any

from bot.exporting import CannotExport
from handlers.papers.account_codes import write_codes
from services.db import Database, migrate
from services.errors import NotFound

WHO = "cli"


def add_command(commands: Any) -> None:
    codes: argparse.ArgumentParser = commands.add_parser(
        "codes", help="codes by which residents prove their accounts, as XLSX"
    )
    codes.add_argument("--house", required=True, help="code of the house")
    codes.add_argument("--out", type=Path, required=True, help="the XLSX to write")
    codes.add_argument("--yes", action="store_true", help="overwrite a file that is there")


async def write_out(db: Database, house_code: str, out: Path) -> str:
    """What to tell whoever asked. The file is there before the codes count. Raises
    `CannotExport`."""
    await migrate(db.url)
    async with db.work() as work:
        try:
            rules = (await work.company.profile()).accounts.proofs
            given = await work.codes.give_house(house_code, WHO)
        except NotFound:
            raise CannotExport(f"нет дома с кодом {house_code}") from None
        if not given:
            raise CannotExport(f"у дома {house_code} ещё нет лицевых счетов: загрузите их файл")
        rows = [(account.number, account.place, code) for account, code in given]
        await asyncio.to_thread(write_privately, out, rows)
    return (
        f"{out}: счетов {len(rows)}. Коды действуют {rules.code_days} дн.; прежние, которые никто "
        "не использовал, больше не действуют. Файл никому не пересылайте."
    )


def write_privately(out: Path, rows: list[tuple[str, str, str]]) -> None:
    """Readable by whoever asked alone, from its first byte on."""
    part = out.with_name(f"{out.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    write_codes(part, rows)
    part.replace(out)
