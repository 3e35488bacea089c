"""The straight path through the real program, and what `/health` says meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.settings import telegram_settings
from tests.support.conversation import Staff, converse, press
from tests.support.program import Program
from tests.support.telegram import TelegramStandIn

pytestmark = pytest.mark.slow


async def test_a_request_reaches_the_staff_and_the_answer_comes_back(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    room = tg.forum()
    settings = telegram_settings(tg, room)
    async with Program(tmp_path, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        health = await program.works("telegram")
        assert health["ok"]
        assert health["channels"]["web"]["state"] == "up"
        talk = await converse(tg, Staff(tg, room), 1, seconds=30)
        assert talk.ticket == 1001
        await tg.wait(lambda: not tg.updates.pending)
        who = tg.user("Мария")
        await who.starts("dvor-1-1")
        asked = await who.hears("Согласны", 30)
        assert await program.stop() == 0
        # What is said while it is off is answered when it is back; the dialogue goes on.
        press(who, asked, "Согласен")
        await program.start()
        await who.hears("номер квартиры", 90)
        assert await program.stop() == 0
    assert "fault" not in program.stderr.read_text()
    assert tg.malformed == []
