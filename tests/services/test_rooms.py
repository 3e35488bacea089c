"""Rooms that are given another group: what waits for them goes along."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.messaging.types import Kind, Outbound
from tests.support.running import SAMPLE


@pytest.mark.parametrize(("chat", "state"), [("-200", "waiting"), ("", "dropped")])
async def test_what_waits_goes_to_the_new_group(database_url: str, chat: str, state: str) -> None:
    db = Database(database_url)
    declaration = read_declaration(SAMPLE)
    async with db.work() as work:
        await apply_declaration(work, declaration, Messengers(telegram=True, staff_chat="-100"))
        room = (await work.rooms.every())[0]
        await work.rooms.mark_trouble(room.id, "mute", "kicked")
        await work.outbox.post(room, Outbound(text="ждёт"), Kind.RELAY, topic="7")
    async with db.work() as work:
        await apply_declaration(work, declaration, Messengers(telegram=bool(chat), staff_chat=chat))
    async with db.session() as session:
        (row,) = await session.execute(text("SELECT chat, queue, state FROM outbox"))
        trouble = await session.scalar(text("SELECT trouble FROM rooms"))
    await db.close()
    assert row.state == state
    assert trouble == ""
    if chat:
        assert (row.chat, row.queue) == (chat, f"{chat}|7|talk")
