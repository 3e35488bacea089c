"""The straight path through the real program, and what `/health` says meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.settings import telegram_settings
from tests.support.conversation import Staff, converse
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
        talk = await converse(tg, Staff(tg, room), 1, seconds=20)
        assert talk.ticket == 1001
        await tg.wait(lambda: not tg.updates.pending, 5)
        assert await program.stop() == 0
    assert "fault" not in program.stderr.read_text()
    assert tg.malformed == []


async def test_it_goes_on_where_it_stood_after_a_stop(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    """What was said while it was off is answered when it is back; the dialogue goes on."""
    settings = telegram_settings(tg, tg.forum())
    async with Program(tmp_path, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        await program.works("telegram")
        who = tg.user("Мария")
        await who.starts("dvor-1-1")
        asked = await who.hears("Согласны", 10)
        assert await program.stop() == 0
        tg.press(who, asked, "Согласен")
        await program.start()
        await who.hears("номер квартиры", 20)
        assert await program.stop() == 0
