"""SIGTERM, SIGINT, and the second process that stands by."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.end_to_end.settings import open_to_postgres, telegram_settings
from tests.support.conversation import press
from tests.support.database import connect
from tests.support.drivers.web import OnSite
from tests.support.program import Program
from tests.support.telegram import TelegramStandIn

pytestmark = pytest.mark.slow


async def test_sigterm_settles_what_is_in_flight(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    settings = telegram_settings(tg, tg.forum())
    async with Program(tmp_path, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        await program.works("telegram")
        tg.faults.next("sendMessage", kind="slow", delay=3)
        who = tg.user("Мария")
        await who.starts("dvor-1-1")
        await tg.wait(lambda: tg.stats.calls["sendMessage"])
        assert await program.stop() == 0
    connection = await connect(database_url)
    try:
        states = [
            row["state"] for row in await connection.fetch("SELECT state FROM outbox ORDER BY id")
        ]
    finally:
        await connection.close()
    assert states[0] == "sent"
    assert "sending" not in states
    assert "Traceback" not in program.stderr.read_text()


async def test_sigterm_does_not_wait_for_an_answer_that_never_comes(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    settings = telegram_settings(tg, tg.forum())
    async with Program(tmp_path, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        await program.works("telegram")
        tg.faults.next("sendMessage", kind="hang")
        who = tg.user("Мария")
        await who.starts("dvor-1-1")
        await tg.wait(lambda: tg.stats.calls["sendMessage"])
        assert await program.stop() == 0
        # The next one says it, once more.
        await program.start()
        await who.hears("Здравствуйте")
        await who.hears("Согласны")
        assert await program.stop() == 0


async def test_nothing_that_hangs_keeps_it_from_ending_in_order(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    """A call that never ends, a long poll, an open page, and tables that somebody else holds:
    handling, chores and the settling of rows all wait for them."""
    async with locked_away(database_url) as lock_tables:
        settings = telegram_settings(tg, tg.forum())
        async with Program(tmp_path, DATABASE_URL=database_url, **settings) as program:
            await program.start()
            await program.works("telegram")
            site = OnSite(program.url)
            await site.open("dvor-1-1")
            tg.faults.next("sendMessage", kind="hang")
            await tg.user("Мария").starts("dvor-1-1")
            await tg.wait(lambda: tg.stats.calls["sendMessage"])
            await lock_tables("said_once", "inbox", "outbox")
            await site.browser.get("/chat")  # all its loops had their turn meanwhile
            try:
                assert await program.stop() == 0
            finally:
                await site.close()
    assert "not at an end" not in program.stderr.read_text()


async def test_a_program_that_cannot_end_in_order_goes_all_the_same(
    database_url: str, tmp_path: Path
) -> None:
    async with Program(tmp_path, DATABASE_URL=database_url) as program:
        program.arguments = ["-c", STUCK]
        await program.start()
        await program.works()
        assert await program.stop() == 1
    assert "not at an end" in program.stderr.read_text()


STUCK = """
import sys, time
import bot.cli
async def stop(app):
    while True:
        time.sleep(0.1)
bot.cli.App.stop = stop
sys.exit(bot.cli.main())
"""


@asynccontextmanager
async def locked_away(database_url: str) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Gives what takes tables for itself until the end."""
    connection = await connect(database_url)
    holding = connection.transaction()
    await holding.start()

    async def lock(*tables: str) -> None:
        # One after the other as they come free: else two who wait would wait for each other.
        for table in tables:
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

    try:
        yield lock
    finally:
        await holding.rollback()
        await connection.close()


@pytest.mark.parametrize(("signum", "after"), [(signal.SIGTERM, 0.4), (signal.SIGINT, 1.2)])
async def test_a_signal_during_the_start_ends_it_in_order(
    tmp_path: Path, signum: signal.Signals, after: float
) -> None:
    """The embedded database is not left behind."""
    open_to_postgres(tmp_path)
    async with Program(tmp_path) as program:
        await program.start()
        await asyncio.sleep(after)
        assert program.process is not None
        if program.process.returncode is None:
            program.process.send_signal(signum)
        code, stderr = await program.ends(20)
    assert code in (0, 130, -signum), stderr
    assert "Traceback" not in stderr or code == -signum
    cluster = tmp_path / "data" / "postgres" / "cluster"
    assert not (cluster / "postmaster.pid").exists()


async def test_a_second_process_takes_over_within_seconds_of_a_kill(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    settings = telegram_settings(tg, tg.forum()) | {"DATABASE_URL": database_url}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with (
        Program(tmp_path / "a", **settings) as first,
        Program(tmp_path / "b", **settings) as second,
    ):
        await first.start()
        await first.works("telegram")
        await second.start()
        await second.works("telegram", "standby")
        assert (await second.health())[0] == 200
        who = tg.user("Мария")
        await who.starts("dvor-1-1")
        asked = await who.hears("Согласны")
        await first.kill()
        press(who, asked, "Согласен")
        await who.hears("номер квартиры")
        await second.works("telegram", "up")
        # The first one comes back and stands by.
        await first.start()
        await first.works("telegram", "standby")
        await who.says("12")
        await who.hears("обращаться")
        assert await second.stop() == 0
        await first.works("telegram")
        await who.says("Мария")
        await who.hears("телефон")
        assert await first.stop() == 0
    assert sum("номер квартиры" in each.text for each in who.chat.heard()) == 1
    assert "another program polls" not in second.stderr.read_text()


async def test_a_frozen_leader_is_dismissed_and_wakes_as_the_second(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    """Its kernel answers for it, so only the server can tell."""
    settings = telegram_settings(tg, tg.forum()) | {"DATABASE_URL": database_url}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with (
        Program(tmp_path / "a", **settings) as first,
        Program(tmp_path / "b", **settings) as second,
    ):
        await first.start()
        await first.works("telegram")
        await second.start()
        await second.works("telegram", "standby")
        assert first.process is not None
        first.process.send_signal(signal.SIGSTOP)
        try:
            await second.works("telegram", "up")
            who = tg.user("Мария")
            await who.starts("dvor-1-1")
            await who.hears("Согласны")
        finally:
            first.process.send_signal(signal.SIGCONT)
        await first.works("telegram", "standby")
        assert await second.stop() == 0
        await first.works("telegram")
        assert await first.stop() == 0
    assert sum("Согласны" in each.text for each in who.chat.heard()) == 1
