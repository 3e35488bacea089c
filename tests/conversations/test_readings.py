"""«Показания»: one meter after another, in a line, by photo; odd ones twice; and for staff."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.tables import Reading
from tests.conversations.test_mailings import forge
from tests.conversations.test_outages import in_general, in_private
from tests.support.drivers.web import open_browser
from tests.support.holders import NUMBER, holds, knows_account, lets_go
from tests.support.meters import meter, showed
from tests.support.people import Resident
from tests.support.world import World


async def metered(world: World, *, role: str = "owner") -> list[int]:
    """The first resident holds an account with water, cold (120 in February) and hot, and a meter
    of electricity by day and night."""
    account = await knows_account(world.app.db, debt=None)
    await holds(world.app.db, account, role=role, money=role == "owner")
    async with world.app.db.work() as work:
        cold = await meter(work, account, number="11", title="кухня")
        await showed(work, cold, date(2026, 1, 1), 110_000)
        await showed(work, cold, date(2026, 2, 1), 120_000)
        hot = await meter(work, account, "hot_water", "22")
        light = await meter(work, account, "electricity", "33", tariffs=2)
    return [cold, hot, light]


async def held(world: World) -> list[tuple[int, list[int], list[str]]]:
    await world.settled()
    async with world.app.db.session() as session:
        rows = await session.scalars(
            select(Reading)
            .where(~Reading.replaced, Reading.source != "import")
            .order_by(Reading.meter_id)
        )
        return [(row.meter_id, row.figures, row.marks) for row in rows]


async def test_one_meter_after_another(resident: Resident, world: World) -> None:
    await resident.settles_in()
    cold, _, light = await metered(world, role="tenant")
    await resident.presses("Показания")
    asked = await resident.hears("Холодная вода, кухня, № 11")
    assert "Прошлые показания: 120 м³" in asked.text
    assert "принимаем с 20 марта по 25 марта" in asked.text
    await resident.says("сто")
    await resident.hears("Не вижу показаний")
    await resident.says("00119,5")
    await resident.hears("меньше прошлого показания")
    await resident.presses("Ввести заново")
    await resident.hears("Холодная вода, кухня")
    await resident.says("123,4")
    await resident.hears("Горячая вода, № 22")
    await resident.presses("Пропустить")
    await resident.hears("Напишите через пробел: день, ночь.")
    await resident.says("1000")
    await resident.hears("Вижу 1 число, а нужно 2")
    await resident.says("1000 500,5")
    shown = await resident.hears("Проверьте, пожалуйста:")
    assert "Холодная вода, кухня, № 11: 123,4 м³ (расход 3,4 м³)" in shown.text
    assert "день 1000, ночь 500,5 кВт·ч" in shown.text
    await resident.presses("Отправить")
    await resident.hears("Приняли показания за март 2026")
    assert await held(world) == [(cold, [123_400], []), (light, [1_000_000, 500_500], [])]
    await resident.says("показания")
    await resident.hears("Горячая вода, № 22")  # what is sent is not asked for again
    await resident.presses("Пропустить")
    await resident.hears("отправлять нечего")


async def test_all_in_a_line_and_a_correction(resident: Resident, world: World) -> None:
    await resident.settles_in()
    cold, hot, light = await metered(world)
    await resident.presses("Показания")
    await resident.hears("одной строкой через пробел: 4 числа по порядку")
    await resident.says("300 55 1024 512")
    await resident.hears("намного больше, чем обычно")
    await resident.says("300")  # the same again is as good as a yes
    await resident.hears("Проверьте, пожалуйста:")
    await resident.presses("Исправить", "Горячая вода, № 22")
    await resident.hears("Горячая вода, № 22")
    await resident.says("56")
    await resident.hears("№ 22: 56 м³")
    await resident.presses("Отправить")
    await resident.hears("Приняли показания")
    assert await held(world) == [
        (cold, [300_000], ["much"]), (hot, [56_000], []), (light, [1_024_000, 512_000], []),
    ]  # fmt: skip
    await resident.presses("Исправить", "Пропустить")
    assert "Сейчас записано: 56 м³" in (await resident.last()).text
    await resident.says("57")
    await resident.presses("Пропустить", "Отправить")
    await resident.hears("№ 22: 57 м³")
    assert (await held(world))[1] == (hot, [57_000], [])


async def test_a_photo_is_kept_with_the_figures(resident: Resident, world: World) -> None:
    await resident.settles_in()
    cold, *_ = await metered(world)
    await resident.presses("Показания")
    await resident.hears("Холодная вода")
    await resident.sends_photo()
    await resident.hears("Фото получили")
    await resident.says("124")
    await resident.presses("Пропустить", "Пропустить", "Отправить")
    await resident.hears("Приняли показания")
    async with world.app.db.session() as session:
        row = await session.scalar(select(Reading).where(Reading.source == "chat"))
    assert row is not None
    assert row.meter_id == cold
    assert row.file_id is not None


async def test_where_readings_may_not_be_shown(resident: Resident, world: World) -> None:
    rules = "\n".join(f"      {each}: {{readings: hide}}" for each in ("telegram", "vk", "web"))
    told = f"  accounts:\n    showing:\n{rules}\n"
    await world.changes_company(lambda text: text.replace("rooms:\n", f"{told}rooms:\n", 1))
    await resident.settles_in()
    await metered(world)
    await resident.presses("Показания")
    asked = await resident.hears("Холодная вода")
    assert "120" not in asked.text
    await resident.says("125")
    await resident.presses("Пропустить", "Пропустить")
    shown = await resident.hears("Проверьте, пожалуйста:")
    assert "расход" not in shown.text


async def test_where_they_are_linked_they_are_sent_on_our_page(
    resident: Resident, world: World
) -> None:
    rules = "\n".join(f"      {each}: {{readings: link}}" for each in ("telegram", "vk", "web"))
    told = f"  accounts:\n    showing:\n{rules}\n"
    await world.changes_company(lambda text: text.replace("rooms:\n", f"{told}rooms:\n", 1))
    await resident.settles_in()
    cold, *_ = await metered(world, role="family")
    await resident.presses("Показания")
    given = await resident.hears("Передать показания можно на нашей странице")
    assert not [secret for secret in (NUMBER, "120", "№ 11") if secret in given.text]
    url = given.text.split()[-1]
    async with open_browser(world.app.address) as browser:
        async with browser.post(url) as opened:
            assert "Прошлые показания: 120 м³" in await opened.text()
        form = {f"f{cold}-0": "125", f"v{cold}": "2026-03"}
        async with browser.post(f"{url}/readings", data=form) as sent:
            assert "Показания приняли" in await sent.text()
    assert await held(world) == [(cold, [125_000], [])]
    await resident.forges("reading/fix/1")  # an old button
    await resident.hears("Передать показания можно на нашей странице")
    for action in ("reading/open/999", "reading/open", "reading/open/x"):
        await resident.forges(action)
        await resident.hears("Не нашли этого")
    other = await knows_account(world.app.db, "0010100002", "ул. Садовая, 5, кв. 9", debt=None)
    await holds(world.app.db, other)
    await resident.presses("Показания", "ул. Садовая, 5, кв. 9")
    await resident.hears("Счётчиков по этому счёту у нас не записано")


async def test_nobody_else_gives_them(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await metered(world)
    stranger = world.resident("Чужой")
    await stranger.settles_in("sadovaya-5", "5", "Чужой")
    await stranger.forgets()
    for action in ("reading/fix/1", "reading/fix/999", "reading/begin/1", "reading/photo/1"):
        await stranger.forges(action)
        await stranger.hears("Не нашли этого")
    await stranger.presses("Показания")
    await stranger.hears("сначала подключим лицевой счёт")
    assert await held(world) == []


async def test_the_button_of_a_reminder_begins(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await metered(world)
    await resident.forgets()
    noon = world.app.db.clock.now().replace(day=20, hour=9, minute=1)
    await world.waits(seconds=(noon - world.app.db.clock.now()) / timedelta(seconds=1))
    told = await resident.hears("Пора передать показания счётчиков за март 2026")
    assert NUMBER not in told.text
    await world.waits(hours=24)
    await resident.hears_nothing()
    await resident.presses("Передать показания")
    await resident.hears("Холодная вода")


@pytest.mark.only("telegram")
async def test_a_number_typed_is_the_button_when_asked_again(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    cold, *_ = await metered(world)
    await resident.says("передать показания")
    await resident.hears("Холодная вода")
    await resident.says("118")
    await resident.hears("меньше прошлого показания")
    await resident.says("2")
    await resident.hears("Что на счётчике сейчас?")
    await resident.says("119")
    await resident.hears("меньше прошлого показания")
    await resident.says("1")
    await resident.presses("Пропустить", "Пропустить")
    await resident.says("Да, верно")
    await resident.hears("Приняли показания")
    assert await held(world) == [(cold, [119_000], ["less"])]


@pytest.mark.only("telegram")
async def test_thousands_apart_are_one_figure_where_that_is_nothing_odd(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    account = await knows_account(world.app.db, debt=None)
    await holds(world.app.db, account)
    async with world.app.db.work() as work:
        first = await meter(work, account, number="11")
        await showed(work, first, date(2026, 2, 1), 1_230_000)
        second = await meter(work, account, "hot_water", "22")
    await resident.presses("Показания")
    await resident.says("1 234,5")
    await resident.hears("Горячая вода, № 22")
    await resident.says("56")
    await resident.presses("Отправить")
    assert await held(world) == [(first, [1_234_500], []), (second, [56_000], [])]
    await resident.presses("Исправить")
    await resident.says("1235 560")
    await resident.presses("Отправить")
    assert await held(world) == [(first, [1_235_000], []), (second, [560_000], [])]


@pytest.mark.only("telegram")
async def test_one_of_two_accounts(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await metered(world)
    other = await knows_account(world.app.db, "0010100002", "ул. Садовая, 5, кв. 9", debt=None)
    await holds(world.app.db, other)
    async with world.app.db.work() as work:
        gas = await meter(work, other, "gas", "44", verified_until=date(2026, 1, 31))
    await resident.presses("Показания")
    asked = await resident.hears("По какому адресу")
    assert NUMBER not in asked.text + "".join(asked.buttons)
    await resident.presses("ул. Садовая, 5, кв. 9")
    await resident.hears("Газ, № 44")
    await resident.says("7,5")
    await resident.hears("закончился срок поверки")
    await resident.presses("Да, всё верно", "Отправить")
    await resident.hears("Приняли показания")
    assert await held(world) == [(gas, [7_500], ["unverified"])]
    await resident.presses("Показания", "ул. Садовая, 5, кв. 9")
    told = await resident.hears("показания за март 2026 уже у нас")
    assert told.buttons == ["Исправить"]


@pytest.mark.only("telegram")
async def test_late_ones_count_for_the_next_month(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await metered(world)
    now = world.app.db.clock.now()
    late = now.replace(day=25, hour=21, minute=30)  # half past midnight in Moscow
    await world.waits(seconds=(late - now) / timedelta(seconds=1))
    await resident.forgets()
    await resident.presses("Показания")
    asked = await resident.hears("Холодная вода")
    assert "За март 2026 показания принимали по 25 марта." in asked.text
    assert "засчитаем за апрель 2026" in asked.text
    await resident.says("125")
    await resident.presses("Пропустить", "Пропустить")
    await resident.hears("засчитаем за апрель 2026")
    await resident.presses("Отправить")
    await resident.hears("Приняли показания за апрель 2026")
    assert [marks for _, _, marks in await held(world)] == [["late"]]


@pytest.mark.only("telegram")
async def test_whoever_lets_the_account_go_gives_none(resident: Resident, world: World) -> None:
    """In the middle of it; old buttons are no way in either."""
    await resident.settles_in()
    await metered(world)
    await resident.presses("Показания")
    await resident.hears("Холодная вода")
    await resident.says("125")
    await resident.presses("Пропустить", "Пропустить")
    await resident.hears("Проверьте, пожалуйста:")
    await lets_go(world.app.db, 1)
    await resident.presses("Отправить")
    await resident.hears("Не нашли этого")
    await resident.forges("reading/fix/1")
    await resident.hears("Не нашли этого")
    assert await held(world) == []


@pytest.mark.only("telegram")
async def test_one_of_the_household_was_quicker(resident: Resident, world: World) -> None:
    """What was sent meanwhile is not overwritten by what nobody looked at again."""
    await resident.settles_in()
    cold, *_ = await metered(world)
    await resident.presses("Показания")
    await resident.says("125")
    await resident.presses("Пропустить", "Пропустить")
    await resident.hears("Проверьте, пожалуйста:")
    wife = world.resident("Мария")
    await wife.settles_in(flat="4")
    await holds(world.app.db, 1, 2, role="family", money=False)
    await wife.presses("Показания")
    await wife.says("126")
    await wife.presses("Пропустить", "Пропустить", "Отправить")
    await wife.hears("Приняли показания")
    await resident.presses("Отправить")
    await resident.hears("Холодная вода, кухня, № 11: 126 м³")
    assert await held(world) == [(cold, [126_000], [])]


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_staff_count_export_and_give(resident: Resident, world: World) -> None:
    await resident.settles_in()
    cold, *_ = await metered(world)
    olga = in_private(world)
    assert "0 из 3" in await olga.says("/readings")
    assert "Новых показаний нет" in await olga.presses("Выгрузить CSV")
    assert "Холодная вода" in await olga.says(f"/reading {NUMBER}")
    await olga.says("126")
    await olga.presses("Пропустить", "Пропустить", "Отправить")
    assert (await held(world))[0] == (cold, [126_000], [])
    assert "1 из 3" in await olga.says("/readings")
    assert "Выгрузка № 1: 1 показание" in await olga.presses("Выгрузить XLSX")
    assert await olga.says("/readings 1") == "Выгрузка № 1 ещё раз."
    assert "Такой выгрузки нет" in await olga.says("/readings 7")
    await olga.says("/readings")
    assert "счётчиков 2. Список" in await olga.presses("Кто не передал")
    room: Any = in_general(world, "Ольга", 501)
    assert "только в личном чате" in await room.says("/readings")
    anna = in_private(world, "Анна", 502)
    assert "управляющие и администраторы" in await anna.says(f"/reading {NUMBER}")


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_staff_look_at_the_photo_of_what_is_odd(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await metered(world)
    olga = in_private(world)
    await olga.says("/readings")
    assert "с отметками нет" in await olga.presses("С отметками")
    await resident.presses("Показания")
    await resident.sends_photo()
    await resident.says("118")
    await resident.presses("Да, всё верно", "Пропустить", "Пропустить", "Отправить")
    await resident.hears("Приняли показания")
    await olga.says("/readings")
    told = await olga.presses("С отметками")
    assert "1. ул. Садовая, 5, кв. 4 — Холодная вода, кухня, № 11: 118 м³ за март 2026" in told
    assert "меньше прошлого показания" in told
    assert NUMBER not in told
    shown = await olga.presses("Фото 1")
    assert "Холодная вода" in shown
    assert olga.lines()[-1].media is not None
    async with world.app.db.session() as session:
        ident = await session.scalar(select(Reading.id).where(Reading.source == "chat"))
    (looked,) = await world.audit("looked at a photo of a meter")
    assert looked.about == f"reading:{ident}"
    await olga.says(f"/reading {NUMBER}")
    assert any("К показаниям по этому счёту есть фото" in line.text for line in olga.lines())
    await olga.presses("Отмена")
    anna, room = in_private(world, "Анна", 502), in_general(world, "Ольга", 501)
    await anna.says("/start")
    await room.says("/help")
    for action in (f"staff/readphoto/{ident}", "staff/readmarked/0"):
        await forge(world, anna, action)
        assert "управляющие и администраторы" in await anna.reads()
        await forge(world, room, action)
        assert "только в личном чате" in await room.reads()
        await resident.forges(action)
        await resident.hears("Не нашли этого")
    assert len(await world.audit("looked at a photo of a meter")) == 1
    rules = "  accounts:\n    showing:\n      telegram: {readings: link}\n"
    await world.changes_company(lambda text: text.replace("rooms:\n", f"{rules}rooms:\n", 1))
    assert "в этом мессенджере не показываем" in await olga.presses("Фото 1")
    assert len(await world.audit("looked at a photo of a meter")) == 1
