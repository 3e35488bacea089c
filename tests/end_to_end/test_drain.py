"""SIGTERM in the middle of a broadcast, with residents writing: it ends in order, and the next
start goes on where it stopped."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from services.db import Database
from tests.end_to_end.settings import telegram_settings
from tests.messaging.telling import people, tell
from tests.support.database import connect
from tests.support.patience import PATIENCE
from tests.support.program import Program
from tests.support.telegram import TelegramStandIn

pytestmark = pytest.mark.slow

PEOPLE, TALKERS = 1200, 12
FASTER = 10  # than the published limits: four seconds for all of them
WORDS = "Завтра не будет воды"


def times_told(tg: TelegramStandIn, words: str) -> Counter[int]:
    """By the chat of each person."""
    return Counter(
        number for number, who in tg.users.items() for each in who.heard() if words in each.text
    )


async def begin_broadcast(tg: TelegramStandIn, database_url: str) -> None:
    """To people who know the bot already."""
    chats = [tg.user("Житель", 200_000 + number, started=True).id for number in range(PEOPLE)]
    db = Database(database_url)
    try:
        these = await people(db, *[[f"telegram:{chat}"] for chat in chats])
        async with db.work() as work:
            await tell(work, these, WORDS)
    finally:
        await db.close()


async def states(database_url: str) -> Counter[str]:
    """Of all rows of the outbox."""
    connection = await connect(database_url)
    try:
        return Counter(
            row["state"] for row in await connection.fetch("SELECT state FROM outbox ORDER BY id")
        )
    finally:
        await connection.close()


async def test_sigterm_during_a_broadcast_misses_nobody_and_tells_nobody_twice(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    settings = telegram_settings(tg, tg.forum())
    async with Program(tmp_path, faster=FASTER, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        await program.works("telegram")
        await begin_broadcast(tg, database_url)
        await tg.wait(lambda: len(times_told(tg, WORDS)) >= PEOPLE // 4)
        tg.faults.next("sendMessage", kind="slow", delay=2)  # so that something is on its way
        talkers = [tg.user("Мария", 300_000 + number) for number in range(TALKERS)]
        for who in talkers:
            await who.starts("dvor-1-1")
        assert await program.stop() == 0
        assert "not at an end" not in program.stderr.read_text(), "within ten seconds"
        left = await states(database_url)
        assert left["parked"] > 0, "the broadcast was still going"
        assert left["sending"] == left["unknown"] == left["refused"] == 0
        assert left["sent"] == sum(len(who.heard()) for who in tg.users.values())
        await program.start()
        await tg.wait(lambda: len(times_told(tg, WORDS)) == PEOPLE, 4 * PATIENCE)
        for who in talkers:
            await who.hears("Согласны")
        assert await program.stop() == 0
    assert set(times_told(tg, WORDS).values()) == {1}
    assert set(times_told(tg, "Согласны").values()) == {1}
    ended = await states(database_url)
    assert ended["parked"] == ended["sending"] == ended["unknown"] == 0
    assert "Traceback" not in program.stderr.read_text()
