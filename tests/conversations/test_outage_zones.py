"""An outage in a house that lives by another clock than the company."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from services.tables import House, Outage
from tests.conversations.test_outage_mistakes import at_desk, labels
from tests.conversations.test_outages import kept
from tests.support.people import Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("web"), pytest.mark.rooms("desk")]


async def test_it_is_told_by_the_clock_of_the_house(resident: Resident, world: World) -> None:
    async with world.app.db.work() as work:
        ural = update(House).where(House.code == "sadovaya-5")
        await work.session.execute(ural.values(timezone="Asia/Yekaterinburg"))
    anna = await at_desk(world, "anna")
    await anna.says("/outage")
    refused = await anna.presses(
        "🚨 Авария", "🛗 Лифт", "ул. Сосновая, 1", "ул. Садовая, 5", "Дальше"
    )
    assert "по разным часам" in refused["text"]
    assert "✓ ул. Садовая, 5" in labels(refused)  # the answers so far are kept
    asked = await anna.presses("✓ ул. Сосновая, 1", "Дальше", "Весь дом")
    assert "у них сейчас 13:0" in asked["text"]
    await anna.says("до 15:30")
    shown = await anna.presses("Пропустить")
    assert "15:30" in shown["text"]
    (outage,) = await kept(world, Outage)
    assert outage.until is not None
    assert f"{outage.until:%H:%M}" == "10:30"  # UTC
    report = await anna.presses("Отправить сейчас", "Отчёт")
    assert "Объявление, сегодня в 13:0" in report["text"]
