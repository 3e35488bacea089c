"""`python -m bot erase`: what was erased after a backup is erased again after its restore. Who it
was is told by the numbers in the acts, which is all that is left of them."""

from __future__ import annotations

import argparse
from typing import Any

from services.db import Database, migrate
from services.errors import AlreadySo
from services.tables import Resident


def add_command(commands: Any) -> None:
    erase: argparse.ArgumentParser = commands.add_parser(
        "erase", help="erase again, after a restore, whom the acts name by these numbers"
    )
    erase.add_argument("residents", nargs="+", type=int, help="the numbers of the act")


async def ask_again(db: Database, residents: list[int]) -> list[str]:
    """A line each. The running program does it."""
    await migrate(db.url)
    lines = []
    for number in residents:
        async with db.work() as work:
            resident = await work.session.get(Resident, number)
            if resident is None:
                lines.append(f"карточки №{number} в базе нет")
            elif resident.erased_at is not None:
                lines.append(f"карточка №{number}: данные уже удалены")
            else:
                try:
                    await work.erasing.ask_for(number, "system", "again", at_once=True)
                    lines.append(
                        f"карточка №{number}: удалит запущенная программа, акт — /erasures"
                    )
                except AlreadySo:
                    lines.append(f"карточка №{number}: удаление уже назначено")
    return lines
