"""Erasing again, after a restore, whom the acts name: `python -m bot erase`."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable

import pytest

from bot.cli import main
from bot.erasing import ask_again, look
from services.db import Database
from services.dumping import last_act, leave_to_people
from tests.services.linked import give, join, meet
from tests.services.linked import settle as settle_in
from tests.support.clock import MovingClock
from tests.support.erasing import ask, go_through, settle, state
from tests.support.marks import USER


async def test_what_a_restore_brought_back_is_erased_again_at_once(
    db: Database, clock: MovingClock, database_url: str
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    assert await last_act(database_url) == 0
    number = viewer.resident_id
    seen = await look(db, [number, 999, number])
    assert seen.left == [number]
    assert seen.lines[1] == "карточки №999 в базе нет"
    assert len(seen.lines) == 2
    assert "удалит запущенная программа" in (await ask_again(db, seen.left))[0]
    assert "уже назначено" in (await ask_again(db, [number]))[0], "another was quicker"
    seen = await look(db, [number])
    assert (seen.left, "уже назначено" in seen.lines[0]) == ([], True)
    await go_through(db)
    await settle(db)
    await go_through(db)
    assert await state(db) == "done"
    seen = await look(db, [number])
    assert (seen.left, "уже удалены" in seen.lines[0]) == ([], True)
    assert await last_act(database_url) == 1


async def test_nobody_new_gets_a_number_of_an_act_after_a_restore(
    db: Database, database_url: str
) -> None:
    async with db.work() as work:
        old = await meet(work, "telegram", USER)
    await leave_to_people(database_url)
    async with db.work() as work:
        new = await meet(work, "telegram", "222")
    assert new.resident_id > old.resident_id + 100_000
    assert (await ask(db, new)).id > 1


# ── The command ──────────────────────────────────────────────────────────────

Run = Callable[..., Awaitable[int]]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with what is typed to its question."""
    monkeypatch.setenv("DATABASE_URL", database_url)

    async def run(*arguments: object, types: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(types))
        return await asyncio.to_thread(main, ["erase", *map(str, arguments)])

    return run


async def maria(db: Database) -> int:
    """Her number. She is in two messengers, and lives somewhere."""
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        await settle_in(work, viewer, 0, "12", "Мария Котова")
    await join(db, "vk", await give(db, "telegram", USER), "2")
    return viewer.resident_id


async def test_whom_a_number_means_is_shown_before_anything_is_erased(
    db: Database, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    number = await maria(db)
    assert await run(number, types="нет\n") == 1
    shown = capfd.readouterr().out
    assert f"карточка №{number}: Мария Котова · " in shown
    assert "Telegram" in shown
    assert "ВКонтакте" in shown
    assert "ул. Сосновая, 1, корп. 1, кв. 12" in shown
    assert "Вернуть будет нельзя" in shown
    assert "ничего не изменено" in shown
    assert USER not in shown, "no more of a person than it takes to know them"
    assert await state(db) == ""
    assert await run(number, types="Да\n") == 0
    assert "удалит запущенная программа" in capfd.readouterr().out
    assert await state(db) == "asked"
    assert await run(number) == 0
    assert "уже назначено" in capfd.readouterr().out, "and nothing is asked"


async def test_where_nobody_can_be_asked_nothing_is_erased_without_yes(
    db: Database, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    number = await maria(db)
    assert await run(number) == 1
    assert "добавьте --yes" in capfd.readouterr().out
    assert await state(db) == ""
    assert await run(number, 999, "--yes") == 0
    shown = capfd.readouterr().out
    assert "карточки №999 в базе нет" in shown
    assert "Вернуть будет нельзя" not in shown
    assert await state(db) == "asked"


async def test_numbers_of_nobody_ask_for_nothing(
    db: Database, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await run(998, 999) == 0
    shown = capfd.readouterr().out
    assert "карточки №998 в базе нет" in shown
    assert "Вернуть будет нельзя" not in shown
    assert await state(db) == ""
