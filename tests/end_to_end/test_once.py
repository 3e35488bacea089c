"""Heard once: over the webhook, and confirmed only after the commit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.end_to_end.settings import telegram_settings
from tests.support.conversation import press
from tests.support.database import connect
from tests.support.program import Program
from tests.support.telegram import TelegramStandIn, User

pytestmark = pytest.mark.slow
SECRET = "a-secret-of-32-letters"

# Beside what the program asked about its own standing in the group.
HEARD = "SELECT count(*) FROM inbox WHERE key NOT LIKE 'standing%'"


def webhook(folder: Path, tg: TelegramStandIn, database_url: str) -> Program:
    program = Program(
        folder,
        unpaced=True,
        DATABASE_URL=database_url,
        TELEGRAM_TRANSPORT="webhook",
        TELEGRAM_WEBHOOK_SECRET=SECRET,
        **telegram_settings(tg, tg.forum()),
    )
    program.env["PUBLIC_URL"] = program.url
    return program


async def said_to(who: User) -> int:
    """Waits until the bot has said its word and no more comes."""
    before = -1
    while before != len(who.chat.heard()):
        before = len(who.chat.heard())
        await asyncio.sleep(0.7)
    return before


async def test_over_the_webhook_all_is_heard_once_and_confirmed_after_the_commit(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    """One start of the program for all of it: it takes seconds."""
    async with webhook(tmp_path, tg, database_url) as program:
        await program.start()
        await program.works("telegram")
        connection = await connect(database_url)
        try:
            await refuses_strangers_and_nonsense(program, connection)
            who = tg.user("Мария")
            await brings_again_what_was_not_kept(tg, who, connection)
            await has_one_effect_of_five(tg, who, program, connection)
            await waits_for_the_commit(tg, connection)
        finally:
            await connection.close()
        assert await program.stop() == 0


async def refuses_strangers_and_nonsense(program: Program, connection: Any) -> None:
    assert await hand_over(program, {"update_id": 1}, secret="wrong") == 401
    assert await hand_over(program, ["what"]) == 400
    assert await hand_over(program, {"update_id": 1}) == 200
    assert await connection.fetchval(HEARD) == 0


async def brings_again_what_was_not_kept(tg: TelegramStandIn, who: User, connection: Any) -> None:
    """While the inbox refuses, Telegram hears 5xx and brings it again; then it is answered."""
    await connection.execute("ALTER TABLE inbox RENAME TO inbox_away")
    await who.starts("dvor-1-1")
    update = max(tg.updates.all)
    await tg.wait(lambda: len(tg.updates.all[update].handed_at) >= 2)
    assert tg.updates.all[update].confirmed_at is None
    assert "500" in tg.updates.webhook.last_error_message
    await connection.execute("ALTER TABLE inbox_away RENAME TO inbox")
    await who.hears("Согласны", 30)
    assert tg.updates.all[update].confirmed_at is not None


async def has_one_effect_of_five(
    tg: TelegramStandIn, who: User, program: Program, connection: Any
) -> None:
    said = await said_to(who)
    assert await tg.redeliver(max(tg.updates.all), 5) == [200] * 5
    assert await said_to(who) == said
    # A press, too: the one that moves the dialogue on.
    asked = next(each for each in who.chat.heard() if each.rows)
    press(who, asked, "Согласен")
    await who.hears("номер квартиры", 30)
    said = await said_to(who)
    assert await tg.redeliver(max(tg.updates.all), 5) == [200] * 5
    assert await said_to(who) == said
    # And one nobody has seen yet, five times at once.
    fresh = {"update_id": max(tg.updates.all) + 100, "message": tg_message(who, 4242, "12")}
    statuses = await asyncio.gather(*(hand_over(program, fresh) for _ in range(5)))
    assert statuses == [200] * 5
    await who.hears("обращаться", 30)
    await said_to(who)
    assert sum("обращаться" in each.text for each in who.chat.heard()) == 1
    assert await connection.fetchval(HEARD) == 3


async def waits_for_the_commit(tg: TelegramStandIn, connection: Any) -> None:
    other = tg.user("Пётр")
    async with connection.transaction():
        await connection.execute("LOCK TABLE inbox IN EXCLUSIVE MODE")
        await other.starts("dvor-1-1")
        update = max(tg.updates.all)
        await tg.wait(lambda: tg.updates.all[update].handed_at)
        await asyncio.sleep(0.7)
        assert tg.updates.all[update].confirmed_at is None
    await other.hears("Согласны", 30)


def tg_message(who: User, message_id: int, text: str) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "date": 1_700_000_000,
        "chat": {"id": who.id, "type": "private", "first_name": "Мария"},
        "from": {"id": who.id, "is_bot": False, "first_name": "Мария"},
        "text": text,
    }


async def hand_over(program: Program, update: object, secret: str = SECRET) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{program.url}/telegram", json=update, headers=headers) as answer,
    ):
        return answer.status


async def test_what_cannot_be_kept_is_not_confirmed_by_the_offset(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    settings = telegram_settings(tg, tg.forum())
    async with Program(tmp_path, unpaced=True, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        await program.works("telegram")
        connection = await connect(database_url)
        try:
            await connection.execute("ALTER TABLE inbox RENAME TO inbox_away")
            who = tg.user("Мария")
            await who.starts("dvor-1-1")
            update = max(tg.updates.all)
            await tg.wait(lambda: len(tg.updates.all[update].handed_at) >= 2)
            assert update in tg.updates.pending
            await connection.execute("ALTER TABLE inbox_away RENAME TO inbox")
        finally:
            await connection.close()
        await who.hears("Согласны", 30)
        await tg.wait(lambda: update not in tg.updates.pending)
        assert await program.stop() == 0
