"""`python -m bot posters`: the posters of all houses, or of one, as a file to print."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot import ways_in
from bot.exporting import CannotExport
from bot.settings import Settings
from handlers.papers.poster import posters_of, write_posters
from services.db import Database, migrate
from services.errors import NotFound

NO_COMPANY = "в базе ещё нет компании, сначала загрузите файл: python -m bot apply FILE"
NO_LINKS = "ни один мессенджер не подключён, и PUBLIC_URL пуст: кодам некуда вести"
NO_NAME = (
    "имя бота в Telegram ещё не известно: запустите бота один раз или проверьте TELEGRAM_TOKEN"
)


def add_command(commands: Any) -> None:
    posters: argparse.ArgumentParser = commands.add_parser(
        "posters", help="print posters with codes that open the bot at a house"
    )
    posters.add_argument("--house", default="", help="code of one house; all without it")
    posters.add_argument("--out", type=Path, required=True, help="the PDF to write")


async def write_out(db: Database, settings: Settings, house_code: str, out: Path) -> str:
    """What to tell whoever asked. Raises `CannotExport`."""
    await migrate(db.url)
    async with db.work() as work:
        try:
            await work.company.profile()
        except NotFound:
            raise CannotExport(NO_COMPANY) from None
        await ways_in.write_down(work, settings)
        houses = [h for c in await work.places.complexes() for h in await work.places.houses(c.id)]
        wanted = [house for house in houses if house_code in ("", house.code)]
        if not wanted:
            known = ", ".join(house.code for house in houses) or "никаких"
            raise CannotExport(f"нет дома с кодом {house_code}; есть: {known}")
        posters = await posters_of(work, wanted)
        if settings.telegram_on and not await work.links.in_channel("telegram"):
            raise CannotExport(NO_NAME)
    if not posters:
        raise CannotExport(NO_LINKS)
    await write_posters(out, posters)
    return f"{out}: страниц {len(posters)}"
