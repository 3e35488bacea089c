"""«Другой мессенджер»: one person in Telegram, in VK and on the site."""

from __future__ import annotations

import pytest

from services.tables import ConsentRecord, LinkCode
from tests.support.linking import enters, links, takes_code
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.also("vk")]


# ── Linked ───────────────────────────────────────────────────────────────────


async def test_one_code_makes_one_person(resident: Resident, world: World) -> None:
    vk = world.resident("Мария Петрова", channel="vk")
    await resident.settles_in()
    number = await resident.files()
    told = await links(resident, vk)
    assert "ВКонтакте (Мария" in told.text
    assert told.buttons == ["Это не я"]
    await vk.presses("Мои заявки", f"№{number} Лифт")
    await vk.hears("ул. Садовая, 5, кв. 4")
    await vk.presses("Настройки")
    await vk.hears("Имя: Мария\n")
    await resident.presses("Настройки", "Другой мессенджер")
    shown = await resident.hears("— ВКонтакте")
    assert "— Telegram (вы сейчас здесь)" in shown.text
    assert "Отключить ВКонтакте" in shown.buttons
    assert "У меня есть код" not in shown.buttons
    assert await world.count(LinkCode) == 0
    assert len(await world.audit("linked")) == 1


@pytest.mark.parametrize("typed", ["{}", " {}-{}."])
async def test_the_code_may_be_typed_in_any_dress(
    resident: Resident, world: World, typed: str
) -> None:
    web = world.resident(channel="web")
    await resident.settles_in()
    first, second = (await takes_code(resident)).split()
    await web.opens()
    await web.presses("У меня есть код")
    await web.says(
        typed.format(first + second) if typed.count("{}") == 1 else typed.format(first, second)
    )
    await web.hears("Готово")


async def test_what_was_said_before_is_not_lost(resident: Resident, world: World) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    code = await takes_code(resident)
    await vk.says("В подъезде нет света")
    await vk.presses("У меня есть код", "Отмена")
    await vk.hears("одну из кнопок")
    await vk.presses("У меня есть код")
    await vk.says(code)
    await vk.hears("Готово")
    asked = await vk.hears("В подъезде нет света")
    assert "Это новая заявка" in asked.buttons
    assert code not in asked.text


async def test_two_who_had_requests_become_one(
    resident: Resident, member: Member, world: World
) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in("sadovaya-5", "4")
    await resident.files("Лифт стоит")
    await vk.settles_in("sadovaya-5", "4", "Маша")
    await vk.files("Лифт гудит")
    consents = await world.count(ConsentRecord)
    code = await takes_code(resident)
    await enters(vk, code)
    await vk.hears("Готово")
    await vk.presses("Мои заявки")
    mine = await vk.hears("Ваши заявки")
    assert len(mine.buttons) == 2
    await vk.presses("Настройки")
    shown = await vk.hears("Имя: Мария")
    assert shown.text.count("Адрес:") == 1  # the same flat
    assert await world.count(ConsentRecord) == consents
    await resident.says("Уже два дня")
    await resident.hears("К чему это относится?")


async def test_a_form_that_was_open_ends(resident: Resident, world: World) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    code = await takes_code(resident)
    await vk.opens("sadovaya-5")
    await vk.presses("Согласен")
    asked = await vk.hears("номер квартиры")
    await vk.says("У меня есть код")
    await vk.hears("Напишите шесть цифр")
    await vk.says(code)
    await vk.hears("Чем помочь")
    await vk.presses_under(asked, "Моей квартиры нет в списке")
    await vk.hears("Эта кнопка уже не работает")


async def test_three_messengers_and_one_of_them_twice(resident: Resident, world: World) -> None:
    vk, home, office = (world.resident(channel=c) for c in ("vk", "web", "web"))
    await resident.settles_in()
    await links(resident, vk)
    await links(resident, home)
    await vk.hears("К вам подключили чат на сайте")  # each of them is told
    await links(vk, office)  # by a code from any of them
    await resident.hears("К вам подключили чат на сайте")
    await office.presses("Настройки", "Другой мессенджер")
    shown = await office.hears("Вы пишете нам отсюда")
    assert "— чат на сайте, подключён сегодня" in shown.text
    assert {"Отключить Telegram", "Отключить ВКонтакте"} <= set(shown.buttons)


async def test_staff_answer_where_the_person_wrote_last(
    resident: Resident, member: Member, world: World
) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    await resident.files()
    await links(resident, vk)
    await vk.forgets()
    await resident.forgets()
    thread = await member.finds("№1001")
    await member.says("Мастер едет", thread)
    answer = await vk.hears("Мастер едет")
    await resident.hears_nothing()
    await vk.says("Спасибо, ждём")  # an answer to it
    await member.sees(thread, "Спасибо, ждём")
    await resident.says("Я уже дома")
    await member.says("/who", thread)
    told = await member.sees(thread, "Пишет: Telegram, ВКонтакте")
    assert "Последний ответ ушёл сюда: ВКонтакте" in told.text
    if member.driver.name == "forum":
        await member.edits("Мастер едет", "Мастер едет к вам", thread)
        await vk.becomes(answer, "Мастер едет к вам")  # where it stands
    await member.says("Открывайте", thread)
    await resident.hears("Открывайте")
    await member.says("/close", thread)
    await resident.hears("Сделали.")


@pytest.mark.rooms("desk")
async def test_staff_answer_elsewhere_when_the_last_messenger_takes_nothing(
    resident: Resident, member: Member, world: World
) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    await resident.files()
    await links(resident, vk)
    await vk.blocks()
    thread = await member.finds("№1001")
    await member.says("Мастер едет", thread)
    await resident.hears("Мастер едет")
    await member.says("/who", thread)
    told = await member.sees(thread, "Пишет: Telegram, ВКонтакте")
    assert "не получает" not in told.text


# ── Not linked ───────────────────────────────────────────────────────────────


@pytest.mark.rooms("forum")
async def test_the_same_name_flat_and_phone_make_nobody_one_person(
    resident: Resident, member: Member, world: World
) -> None:
    vk = world.resident("Мария", channel="vk")
    for each in (resident, vk):
        await each.opens("sadovaya-5")
        await each.presses("Согласен")
        for words in ("4", "Мария", "89123456789"):
            await each.says(words)
        await each.hears("Чем помочь")
    number = await resident.files()
    await vk.says("Есть кто?")  # the last to write
    await vk.presses("Мои заявки")
    assert f"№{number}" not in await vk.reads()
    await vk.forgets()
    await member.says("Мастер едет", await member.finds(f"№{number}"))
    await resident.hears("Мастер едет")
    await vk.hears_nothing()


async def test_codes_that_do_not_fit(resident: Resident, world: World) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    old = await takes_code(resident)
    new = await takes_code(resident)
    if old == new:
        new = await takes_code(resident)
    await resident.presses("У меня есть код")
    await resident.says(new)
    await resident.hears("Этот код вы получили здесь же")
    await vk.opens()
    await vk.presses("У меня есть код")
    await vk.says("сто двадцать три")
    await vk.hears("Код — это шесть цифр")
    await vk.says("123 45")
    await vk.hears("Код — это шесть цифр")
    await vk.says(old)
    await vk.hears("Этот код не подошёл")  # a newer one took its place
    await world.waits(minutes=11)
    await vk.says(new)
    await vk.hears("Этот код не подошёл")
    fresh = await takes_code(resident)
    await vk.presses("У меня есть код")
    await vk.says(fresh)
    await vk.hears("Готово")
    web = world.resident(channel="web")
    await web.opens()
    await web.presses("У меня есть код")
    await web.says(fresh)
    await web.hears("Этот код не подошёл")  # used
    await web.presses("Отмена")
    await web.hears("Хорошо, отменили")
    assert len(await world.audit("wrong link code")) == 3


async def test_after_five_wrong_codes_one_must_wait(resident: Resident, world: World) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    code = (await takes_code(resident)).replace(" ", "")
    wrong = [f"{(int(code) + n) % 10**6:06}" for n in range(1, 6)]
    await vk.opens()
    await vk.presses("У меня есть код")
    for each in wrong:
        await vk.says(each)
        await vk.hears("Этот код не подошёл")
    await vk.says(code)
    await vk.hears("Слишком много неверных кодов")
    asked = await vk.hears("Вы согласны?")
    assert "У меня есть код" in asked.buttons
    await world.waits(minutes=61)
    code = await takes_code(resident)
    await vk.presses("У меня есть код")
    await vk.says(code)
    await vk.hears("Готово")


async def test_those_who_are_linked_already(resident: Resident, world: World) -> None:
    vk, web = world.resident(channel="vk"), world.resident(channel="web")
    await resident.settles_in()
    await links(resident, vk)
    code = await takes_code(resident)
    await vk.says("У меня есть код")
    await vk.says(code)
    await vk.hears("Эти мессенджеры уже связаны")
    await web.settles_in("sosnovaya-3", "7", "Олег")
    theirs = await takes_code(web)
    await vk.says("У меня есть код")
    await vk.says(theirs)
    told = await vk.hears("Этот мессенджер уже связан: Telegram")
    assert "Сделайте наоборот" in told.text
    await enters(web, code)  # the other way round, with the code that is still good
    await web.hears("Готово")


async def test_a_code_dies_with_the_consent(resident: Resident, world: World) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    code = await takes_code(resident)
    await resident.presses("Настройки", "Отозвать согласие", "Да, отозвать")
    await vk.opens()
    await vk.presses("У меня есть код")
    await vk.says(code)
    await vk.hears("Этот код не подошёл")
    await resident.forges("link/code")
    await resident.hears("нужно ваше согласие")
