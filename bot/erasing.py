"""`python -m bot erase`: what was erased after a backup is erased again after its restore. Who it
was is told by the numbers in the acts, which is all that is left of them; a mistyped one is
somebody else's, so whom they mean is shown and asked about first."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.staff_texts import MESSENGERS, NAMELESS
from handlers.wording import name_place
from services.db import Database, migrate
from services.erasing import Whom
from services.errors import AlreadySo

YES = ("да", "д", "yes", "y")


def add_command(commands: Any) -> None:
    erase: argparse.ArgumentParser = commands.add_parser(
        "erase", help="erase again, after a restore, whom the acts name by these numbers"
    )
    erase.add_argument("residents", nargs="+", type=int, help="the numbers of the act")
    erase.add_argument("--yes", action="store_true", help="do not ask, for scripts")


@dataclass(frozen=True)
class Found:
    """`left`: the numbers of those who are still to be erased."""

    lines: list[str]
    left: list[int]


async def look(db: Database, residents: Sequence[int]) -> Found:
    await migrate(db.url)
    lines, left = [], []
    async with db.work() as work:
        for number in dict.fromkeys(residents):
            whom = await work.erasing.whom(number)
            lines.append(describe(number, whom))
            if whom is not None and not whom.state:
                left.append(number)
    return Found(lines, left)


def describe(number: int, whom: Whom | None) -> str:
    if whom is None:
        return f"карточки №{number} в базе нет"
    if whom.state == "done":
        return f"карточка №{number}: данные уже удалены"
    if whom.state == "asked":
        return f"карточка №{number}: удаление уже назначено"
    channels = ", ".join(MESSENGERS.get(channel, channel) for channel in whom.channels)
    places = "; ".join(name_place(place) for place in whom.places)
    name = whom.name or NAMELESS
    return (
        f"карточка №{number}: {name} · {channels or 'без мессенджеров'} · {places or 'без адреса'}"
    )


def is_sure() -> bool:
    """Asks on the terminal; where nobody answers, nobody is sure."""
    try:
        said = input("Удалить всё, что известно об этих людях? Вернуть будет нельзя. да/нет: ")
    except EOFError:
        print("\nспросить некого: добавьте --yes")
        return False
    return said.strip().lower() in YES


async def ask_again(db: Database, residents: Sequence[int]) -> list[str]:
    """A line each. The running program does it."""
    lines = []
    for number in residents:
        async with db.work() as work:
            try:
                await work.erasing.ask_for(number, "system", "again", at_once=True)
                lines.append(f"карточка №{number}: удалит запущенная программа, акт — /erasures")
            except AlreadySo:  # while we asked
                lines.append(f"карточка №{number}: удаление уже назначено")
    return lines
