"""The morning summary comes to a manager in private, once, and names nobody who has a number."""

from __future__ import annotations

import pytest

from tests.support.people import Member, Resident
from tests.support.world import World


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_in_private_once_a_day_and_not_on_days_off(resident: Resident, world: World) -> None:
    """It is eleven o'clock on a Wednesday; the ninth, a Monday, is a holiday."""
    assert world.tg is not None
    olga = world.tg.user("Ольга", 501)

    def summaries() -> list[str]:
        return [m.text for m in olga.chat.heard() if "Доброе утро!" in m.text]

    await olga.starts("")
    await resident.settles_in()
    await resident.files()
    await world.waits(hours=21, minutes=25)
    assert summaries() == []
    await world.waits(minutes=10)
    await world.waits(minutes=10)
    await world.settled()
    (text,) = summaries()
    assert text.splitlines()[0] == "Доброе утро! Как прошёл день, 4 марта"
    assert text.splitlines()[1] == "1. Новых обращений 1, из них заявок 1; закрыто 0."
    assert len(text.splitlines()) == 6
    for word in ("Мария", "Садовая", "кв."):
        assert word not in text
    await world.waits(days=1)
    await world.settled()
    assert len(summaries()) == 2
    for _ in range(3):
        await world.waits(days=1)
    await world.settled()
    assert len(summaries()) == 2
    await world.waits(days=1)
    await world.settled()
    assert "Как прошли дни с 6 марта по 9 марта" in summaries()[-1]


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_to_whom_today_is_promised(resident: Resident, member: Member, world: World) -> None:
    """Where there is no number, whose conversation it is."""
    assert world.tg is not None
    olga = world.tg.user("Ольга", 501)
    await olga.starts("")
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда покрасят забор?")
    topic = await member.finds("Мария")
    await member.says("Ответим завтра до 15:00", topic)
    await member.sees_mark(topic, "Ответим завтра", "✍")
    await world.waits(hours=21, minutes=35)
    await world.settled()
    (text,) = [m.text for m in olga.chat.heard() if "Доброе утро!" in m.text]
    assert text.splitlines()[-1] == ("5. Сегодня: обещано: Мария · ул. Садовая, 5, кв. 4 до 15:00.")
