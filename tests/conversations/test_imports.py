"""The accountant sends a file to the bot: asked what is not clear, shown what would change, applied
or not, taken back. In a group nothing is read."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from services.tables import Account, Import, Upload
from tests.conversations.test_mailings import forge
from tests.conversations.test_outages import FORUM, General, in_general, in_private, kept
from tests.support.accounting import ACCOUNT, ACCOUNTS, make_csv
from tests.support.accounting import DEBT as OCTOBER
from tests.support.billing import make_zip, paper
from tests.support.patience import PATIENCE
from tests.support.world import World

CSV = "text/csv"
DEBT = (OCTOBER[0], "02.2026", *OCTOBER[2:])
ONE = make_csv(ACCOUNT, heads=ACCOUNTS)


async def sends(who: General, data: bytes, name: str, caption: str = "") -> str:
    await who.user.sends_document(data, name, caption, mime=CSV, chat=who.chat)
    return await answered(who)


async def answered(who: General) -> str:
    """Once no file is on its way any more."""
    await who.world.settled()
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            async with who.world.app.db.session() as session:
                busy = await session.scalar(
                    select(Upload.id).where(Upload.state.in_(("new", "going"))).limit(1)
                )
            if busy is None:
                break
            await asyncio.sleep(0.02)
    return await who.reads()


async def presses(who: General, label: str) -> str:
    await who.presses(label)
    return await answered(who)


async def olga_there(world: World) -> General:
    olga = in_private(world)
    await olga.user.starts()
    await world.settled()
    return olga


@FORUM[0]
@FORUM[1]
async def test_from_the_file_to_the_way_back(world: World) -> None:
    olga = await olga_there(world)
    shown = await sends(olga, ONE, "счета.csv")
    for words in ("лицевые счета, CSV", "новых счетов: 1", "строки 2", "Загрузить?"):
        assert words in shown, shown
    assert "0000101" not in shown
    assert "Иванова" not in shown
    assert sum("счета.csv" in line.text for line in olga.lines()) == 1  # in place of «Читаю…»
    assert await kept(world, Account) == []
    told = await presses(olga, "Загрузить")
    assert told == "Загружено: счета.csv — лицевые счета, 1 строка (новых 1)."
    assert len(await kept(world, Account)) == 1
    assert "ничего не изменится" in await sends(olga, ONE, "счета.csv")
    debts = make_csv(DEBT)
    shown = await sends(olga, debts, "долги.csv")
    assert "Месяц: февраль 2026" in shown
    assert "234,56" not in shown  # a total of one account is somebody's debt
    await presses(olga, "Загрузить")
    assert "долги.csv — начисления и долги за февраль 2026" in await olga.says("/import")
    assert "Вернуть всё, как было до этой загрузки?" in await olga.presses("Вернуть как было: дол")
    assert "отменено" in await olga.presses("Да, вернуть")
    assert [each.state for each in await kept(world, Import)] == ["applied", "undone"]
    assert await count(world, "balances") == 0
    assert "Это уже сделано" in await olga.presses("Да, вернуть")
    for upload in await kept(world, Upload):
        assert upload.preview is None or upload.state == "shown"
        assert upload.path == ""
    files = world.app.settings.files_dir
    assert [each for each in files.rglob("*") if each.is_file()] == []


async def count(world: World, table: str) -> int:
    async with world.app.db.session() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@FORUM[0]
@FORUM[1]
async def test_what_is_not_clear_is_asked(world: World) -> None:
    olga = await olga_there(world)
    odd = make_csv(("0000101", "Мария", "5"), heads=("Шифр", "Кто", "Итог"))
    assert "что это за файл?" in await sends(olga, odd, "выгрузка.csv")
    assert "как в файле назван столбец «лицевой счёт»?" in await presses(olga, "Лицевые счета")
    shown = await presses(olga, "Шифр")
    assert "новых счетов: 1" in shown
    await presses(olga, "Загрузить")
    assert "столбец «лицевой счёт»?" in await sends(olga, odd, "долги.csv")
    assert "столбец «долг»?" in await presses(olga, "Шифр")
    assert "за какой месяц" in await presses(olga, "Итог")
    assert "новых: 1" in await presses(olga, "февраль 2026")
    assert "не загружаю" in await presses(olga, "Не загружать")
    assert "Это уже сделано" in await again(olga, "Не загружать", "importdrop")
    assert await count(world, "balances") == 0
    # And the next one of its kind is read as this was.
    assert "ничего не изменится" in await sends(olga, odd, "лицевые счета.csv")


async def again(who: General, _: str, what: str) -> str:
    ident = (await kept(who.world, Upload))[-1].id
    await forge(who.world, who, f"staff/{what}/{ident}")
    return await who.reads()


@FORUM[0]
@FORUM[1]
async def test_a_broken_file_and_its_problems(world: World) -> None:
    olga = await olga_there(world)
    await sends(olga, ONE, "счета.csv")
    await presses(olga, "Загрузить")
    bad = [("0000102", *DEBT[1:4], "сто", *DEBT[5:]) for _ in range(30)]
    await sends(olga, make_csv(DEBT, *bad), "долги.csv")
    posts = [line.text for line in olga.lines()]
    shown = next(each for each in posts if "ошибок: 30" in each)
    assert "строка 3, столбец «Долг»: «…» не похоже на сумму. Напишите так: 1234,56" in shown
    assert "исправьте файл" in shown
    assert olga.lines()[-1].media is not None
    assert await count(world, "balances") == 0
    told = await sends(olga, b"%PDF-1.7", "долги.xlsx")
    assert "это PDF" in told
    assert "Ничего не изменено" in told


@FORUM[0]
@FORUM[1]
async def test_not_in_a_group_and_not_by_others(world: World) -> None:
    olga = in_general(world, "Ольга", 501)
    told = await sends(olga, ONE, "счета.csv")
    assert "пришлите мне в личный чат" in told
    assert "личном чате" in await olga.says("/import")
    anna = in_private(world, "Анна", 502)
    await anna.user.starts()
    await sends(anna, ONE, "счета.csv")
    assert "Загрузить" not in str([line.rows for line in anna.lines()])
    assert await count(world, "uploads") == 0
    assert await count(world, "accounts") == 0
    # A button of another's file does nothing.
    olga = await olga_there(world)
    await sends(olga, ONE, "счета.csv")
    for what in ("importload", "importdrop", "importkind", "importmonth", "importcolumn"):
        await again(anna, "", what)
    assert [each.state for each in await kept(world, Upload)] == ["shown"]


@FORUM[0]
@FORUM[1]
async def test_two_presses_and_what_changed_meanwhile(world: World) -> None:
    olga = await olga_there(world)
    await sends(olga, ONE, "счета.csv")
    first = olga.lines()[-1]
    await sends(olga, make_csv((*ACCOUNT[:3], "Петров", *ACCOUNT[4:]), heads=ACCOUNTS), "счета.csv")
    await presses(olga, "Загрузить")
    await olga.user.presses(first, "Загрузить")
    await answered(olga)
    shown = next(each.text for each in olga.lines() if each.id == first.id)
    assert "данные изменились" in shown
    assert "сменился владелец: 1" in shown
    assert "Петров" not in shown
    await olga.user.presses(next(e for e in olga.lines() if e.id == first.id), "Загрузить")
    await olga.user.presses(next(e for e in olga.lines() if e.id == first.id), "Загрузить")
    await answered(olga)
    assert [each.state for each in await kept(world, Import)] == ["applied", "applied"]
    assert [each.holder for each in await kept(world, Account)] == ["Иванова Мария"]


@FORUM[0]
@FORUM[1]
async def test_an_archive_of_bills(world: World) -> None:
    olga = await olga_there(world)
    await sends(olga, ONE, "счета.csv")
    await presses(olga, "Загрузить")
    bills = make_zip({"0000101.pdf": paper("bill"), "0000777.pdf": paper("other")})
    assert "за какой месяц" in await sends(olga, bills, "архив.zip")
    shown = await presses(olga, "февраль 2026")
    assert "новых квитанций: 1" in shown
    assert "счетов нет в базе, не загрузятся: 1" in shown
    assert "000" not in shown
    assert "квитанции за февраль 2026, 2 файла (новых 1)" in await presses(olga, "Загрузить")
    assert await count(world, "bills") == 1


@FORUM[0]
@FORUM[1]
async def test_a_restart_between_and_a_day_later(world: World) -> None:
    """What a process that died had begun is begun again; what nobody decided is forgotten."""
    olga = await olga_there(world)
    await sends(olga, ONE, "счета.csv")
    async with world.app.db.session() as session:  # as it stands when a process dies in the middle
        await session.execute(
            text("UPDATE uploads SET state = 'going', leased_until = :until"),
            {"until": world.clock.now() + timedelta(hours=1)},
        )
    world.clock.move(hours=2)
    world.app.bells.ring("uploads")
    assert "Загружено" in await answered(olga)
    await sends(olga, make_csv(DEBT), "долги.csv")
    await world.waits(hours=25)
    assert (await kept(world, Upload))[-1].state == "dropped"
    assert "Это уже сделано" in await olga.presses("Загрузить")
    assert await count(world, "balances") == 0


@pytest.mark.only("telegram")
async def test_nothing_of_it_is_logged(world: World) -> None:
    olga = await olga_there(world)
    await sends(olga, ONE, "счета.csv")
    await presses(olga, "Загрузить")
    async with world.app.db.session() as session:
        said = str(list(await session.execute(text("SELECT to_jsonb(a)::text FROM audit a"))))
    assert "0000101" not in said
    assert "счета.csv" not in said
