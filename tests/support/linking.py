"""How people of a conversation link their messengers."""

from __future__ import annotations

import re

from tests.support.drivers import Line
from tests.support.people import Resident


async def takes_code(who: Resident) -> str:
    """From the settings to the six digits."""
    await who.presses("Настройки", "Другой мессенджер", "Получить код")
    shown = await who.hears("Никому его не сообщайте")
    code = re.search(r"Код: (\d{3} \d{3})", shown.text)
    assert code, shown.text
    return code[1]


async def links(first: Resident, second: Resident) -> Line:
    """`second` has written nothing yet. Returns what `first` is told."""
    code = await takes_code(first)
    await second.opens()
    await second.presses("У меня есть код")
    await second.says(code)
    await second.hears("Готово: теперь это один и тот же вы")
    await second.hears("Чем помочь")
    return await first.hears("К вам подключили")


async def enters(who: Resident, code: str) -> None:
    """Of one who is registered."""
    await who.presses("Настройки", "Другой мессенджер", "У меня есть код")
    await who.says(code)
