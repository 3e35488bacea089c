"""An admin reads of the program's own troubles where they work."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from services.tables import Heard
from tests.conversations.test_outage_mistakes import at_desk
from tests.support.world import World

pytestmark = [pytest.mark.only("web"), pytest.mark.rooms("desk")]


async def test_an_admin_without_a_messenger_reads_it_at_the_desk(world: World) -> None:
    olga, anna = await at_desk(world, "olga"), await at_desk(world, "anna")
    async with world.app.db.work() as work:
        await work.session.execute(
            insert(Heard).values(
                channel="web", key="1", chat="1", body={}, state="set_aside", attempts=5,
                received_at=work.now, ready_at=work.now, handled_at=work.now, fault="40417",
            )
        )  # fmt: skip
    await world.waits(minutes=2)
    told = [post["text"] for post in await olga.reads() if "Отложено" in post["text"]]
    assert len(told) == 1
    assert "40417" in told[0]
    assert not [post for post in await anna.reads() if "Отложено" in post["text"]]
    async with world.app.db.work() as work:
        await work.session.execute(update(Heard).values(state="handled"))
    for _ in range(2):
        await world.waits(minutes=11)
    assert "Отложенных сообщений больше нет" in (await olga.reads())[-1]["text"]
