"""What a person may ask for about themselves: their data, quiet hours, to be forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from services.my_data import OWNER
from services.tables import Contact, Erasure, StoredFile, Table
from services.tables import Resident as ResidentRow
from tests.conversations.test_outages import in_private
from tests.support.linking import links
from tests.support.paper import read_words
from tests.support.people import Member, Resident
from tests.support.world import World


async def files_of(world: World, owner: str = OWNER) -> dict[str, Path]:
    async with world.app.db.work() as work:
        rows = await work.session.scalars(
            select(StoredFile).where(StoredFile.owner.startswith(owner)).order_by(StoredFile.id)
        )
        return {row.mime: work.files / row.path for row in rows}


# ── The file ─────────────────────────────────────────────────────────────────


async def test_everything_that_is_known_as_a_file(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    number = await resident.files("Лифт стоит с утра")
    thread = await member.finds(f"№{number}")
    await member.says("Мастер едет", thread)
    await member.says("// между нами: ворчит", thread)
    await resident.hears("Мастер едет")
    neighbour = world.resident("Сосед")
    await neighbour.settles_in("sosnovaya-1", "2", "Соседушкин")
    await resident.presses("Настройки", "Мои данные")
    await resident.hears("Здесь всё, что мы о вас знаем")
    await resident.presses("Получить файл")
    given = await resident.hears("Ваши данные")
    assert "в течение суток" in given.text
    assert len((await resident.last()).files) or len(given.files)
    files = await files_of(world)
    data: dict[str, Any] = json.loads(files["application/json"].read_text())
    assert data["person"]["name"] == "Мария"
    assert [home["flat"] for home in data["homes"]] == ["4"]
    assert [consent["given"] for consent in data["consents"]] == [True]
    (talk,) = data["conversations"]
    assert talk["request"]["number"] == int(number)
    said = [message["text"] for message in talk["messages"]]
    assert said == ["Лифт стоит с утра", "Мастер едет"], "no notes of staff"
    words = " ".join(read_words(files["application/pdf"].read_bytes()))
    for each in ("Мария", "ул. Садовая, 5", f"№{number}", "Мастер едет", "Согласия"):
        assert each in words
    assert "Соседушкин" not in words + json.dumps(data, ensure_ascii=False)
    assert "ворчит" not in words
    await world.waits(hours=25)
    assert await files_of(world) == {}
    assert not files["application/pdf"].exists()


async def test_the_file_is_not_made_without_end(resident: Resident) -> None:
    await resident.settles_in()
    for _ in range(5):
        await resident.presses("Настройки", "Мои данные", "Получить файл")
        await resident.hears("Ваши данные")
    await resident.presses("Настройки", "Мои данные", "Получить файл")
    await resident.hears("Сегодня вы уже брали файл")


# ── When and where ───────────────────────────────────────────────────────────


async def test_quiet_hours(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Настройки", "Не беспокоить")
    await resident.hears("С какого часа")
    await resident.says("поздно вечером")
    await resident.hears("Не похоже на время")
    await resident.says("с 22")
    await resident.hears("До какого часа?")
    await resident.says("22:00")
    await resident.hears("Это тот же час")
    await resident.presses("09:00")
    told = await resident.hears("Записали. С 22:00 до 09:00")
    assert "Об авариях напишем сразу" in told.text
    assert told.standing
    async with world.app.db.session() as session:
        row = await session.get_one(ResidentRow, 1)
    assert (row.quiet_from, row.quiet_until) == ("22:00", "09:00")
    await resident.presses("Настройки", "Не беспокоить")
    await resident.hears("С 22:00 до 09:00")
    await resident.presses("Писать в любое время")
    await resident.hears("своих тихих часов больше нет")
    for action in ("my", "my/", "my/steal/1", "my/prefer/email", "my/prefer/phone", "my/prefer"):
        await resident.forges(action)
        await resident.hears("Не нашли этого")


@pytest.mark.only("telegram")
@pytest.mark.also("vk")
async def test_which_messenger_first(resident: Resident, world: World) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    await resident.presses("Настройки")
    assert "Куда писать сначала" not in (await resident.hears("Имя:")).buttons
    await links(resident, vk)
    await vk.presses("Настройки", "Куда писать сначала")
    shown = await vk.hears("Сейчас пишем туда, где вы писали последним")
    assert shown.buttons == ["Telegram", "ВКонтакте", "Где писал последним"]
    await vk.presses("Telegram")
    await vk.hears("сначала пишем сюда — Telegram")
    async with world.app.db.session() as session:
        assert "telegram" in set(await session.scalars(select(ResidentRow.prefers)))
    await vk.presses("Настройки", "Куда писать сначала", "Где писал последним")
    await vk.hears("где вы писали последним")


# ── To be forgotten ──────────────────────────────────────────────────────────


async def test_to_be_forgotten(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    number = await resident.files("Лифт стоит с утра")
    await resident.presses("Настройки", "Мои данные", "Удалить мои данные")
    warned = await resident.hears("Вернуть это будет нельзя")
    assert f"№{number}" in warned.text
    assert "через 24 часа" in warned.text
    await resident.presses("Да, удалить")
    await resident.hears("Приняли. Удалим ваши данные не раньше")
    thread = await member.finds(f"№{number}")
    await member.sees(thread, "Житель попросил удалить свои данные")
    await resident.presses_under(warned, "Да, удалить")
    await resident.hears("Уже приняли")
    await resident.presses("Не удалять")
    await resident.hears("Хорошо, ничего не удаляем")
    await resident.presses_under(warned, "Оставить как есть")
    await resident.presses("Настройки", "Мои данные", "Удалить мои данные", "Да, удалить")
    await member.says("/close", thread)
    await world.waits(hours=25)
    await resident.hears("Это последнее сообщение")
    await world.waits(minutes=2)
    await world.waits(minutes=2)
    async with world.app.db.session() as session:
        states = list(await session.scalars(select(Erasure.state).order_by(Erasure.id)))
        assert states == ["withdrawn", "done"]
        assert all(
            each.startswith("erased") for each in await session.scalars(select(Contact.user_id))
        )
    await resident.forgets()
    if resident.driver.name == "web":
        return  # the page has been emptied
    await resident.says("Здравствуйте")
    await resident.hears("Вы согласны")


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_the_act_and_who_may_see_it(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Настройки", "Мои данные", "Удалить мои данные", "Да, удалить")
    await resident.hears("Приняли")
    olga = in_private(world, "Ольга", 501)
    assert "№1 — попросили" in await olga.says("/erasures")
    assert "Акт № 1 появится, когда удалим" in await olga.says("/erasures 1")
    assert "Такого акта нет" in await olga.says("/erasures 2")
    await world.waits(hours=25)
    await world.waits(minutes=2)
    await world.waits(minutes=2)
    assert "№1 — выполнен" in await olga.says("/erasures")
    assert "Акт № 1" in await olga.says("/erasures 1")
    (paper,) = (await files_of(world, "member:")).values()
    (words,) = read_words(paper.read_bytes())
    assert "учётные записи в мессенджерах — 1" in words
    assert "Мария" not in words
    anna = in_private(world, "Анна", 502)
    assert "видят администраторы" in await anna.says("/erasures 1")
    await resident.says("/erasures")
    told = await resident.last()
    assert "Акт" not in told.text


@pytest.mark.only("telegram")
@pytest.mark.also("vk")
async def test_the_other_messenger_hears_of_it_and_may_say_no(
    resident: Resident, world: World
) -> None:
    vk = world.resident(channel="vk")
    await resident.settles_in()
    await links(resident, vk)
    await resident.presses("Настройки", "Мои данные", "Удалить мои данные", "Да, удалить")
    told = await vk.hears("Из мессенджера «Telegram» попросили удалить все ваши данные")
    await vk.presses_under(told, "Не удалять")
    await vk.hears("ничего не удаляем")
    await resident.hears("ничего не удаляем")


@pytest.mark.only("telegram")
async def test_consent_taken_back_leads_to_the_same(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Настройки", "Отозвать согласие", "Да, отозвать")
    await resident.hears("Согласие отозвано")
    told = await resident.hears("Остальное — переписку")
    assert "не позже, чем" in told.text
    await resident.forges("my/keep")
    await resident.hears("Вы отозвали согласие")
    await resident.presses("Согласен")
    await resident.hears("Больше ничего не удаляем")
    async with world.app.db.session() as session:
        assert list(await session.scalars(select(Erasure.state))) == ["withdrawn"]
    await resident.presses("Отмена")
    await resident.forges("settings/withdraw")
    await resident.presses("Да, отозвать")
    await resident.hears("Остальное — переписку")
    await world.waits(hours=25)
    await resident.hears("Это последнее сообщение")
    await world.waits(minutes=2)
    async with world.app.db.session() as session:
        states = list(await session.scalars(select(Erasure.state).order_by(Erasure.id)))
        assert states == ["withdrawn", "done"]


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum", "desk")
async def test_an_answer_to_nobody_is_not_sent(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    number = await resident.files()
    thread = await member.finds(f"№{number}")
    await member.says("/close", thread)
    await resident.presses("Настройки", "Мои данные", "Удалить мои данные", "Да, удалить")
    await world.waits(hours=25)
    await world.waits(minutes=2)
    await world.waits(minutes=2)
    await resident.forgets()
    await member.says("Всё ли хорошо?", thread)
    await member.sees(thread, "писать ему больше некуда")
    await resident.hears_nothing()


async def standing(world: World, *marks: str) -> dict[str, list[str]]:
    """The rows in which one of these words stands, by table."""
    found: dict[str, list[str]] = {}
    async with world.app.db.session() as session:
        for table in Table.metadata.sorted_tables:
            rows = await session.scalars(text(f"SELECT row_to_json(t)::text FROM {table.name} t"))
            if there := [row for row in rows if any(mark in row for mark in marks)]:
                found[table.name] = there
    return found


@pytest.mark.parametrize("seldom", [False, True])
async def test_nothing_is_left_of_a_life_in_the_bot(
    resident: Resident, member: Member, world: World, seldom: bool
) -> None:
    """Everything here was said through the messengers' own doors. `seldom`: a second messenger of
    theirs, and staff at the desk as well."""
    await resident.settles_in(name="Зоя Меченая")
    await resident.presses("Настройки", "Изменить телефон")
    await resident.says("+7 916 123-45-67")
    await resident.hears("Телефон записали")
    number = await resident.files("Лифт стоит тайныеслова")
    await resident.sends_photo("И вот фото, тайныеслова")
    await resident.says("тайныеслова, когда мастер?")
    thread = await member.finds(f"№{number}")
    for said in ("Зоя, мастер едет", "/who", "// Меченая ворчит", "/find Меченая", "/history"):
        await member.says(said, thread)
    last = resident
    if seldom:
        desk = await world.member("olga", at_desk=True)
        at_desk = await desk.finds(f"№{number}")
        await desk.says("Зоя, это Ольга", at_desk)
        await desk.says("/find 123-45-67", at_desk)
        await desk.says("/who", at_desk)
        second = world.resident(channel="web")
        await links(resident, second)
        await second.says("тайныеслова с сайта")
        last = second
    await member.says("/close", thread)
    await last.hears("Сделали")
    await last.presses("5")
    await last.says("спасибо тайныеслова")
    await resident.presses("Вопросы и ответы")
    await resident.says("/new")
    await resident.says("брошенная заявка тайныеслова")
    async with world.app.db.session() as session:
        users = set(await session.scalars(select(Contact.user_id).where(Contact.id <= 2)))
        mine = {each for each in users if len(each) > 4}
    marks = ("Меченая", "Зоя", "9161234567", "916 123-45-67", "тайныеслова", *mine)
    before = await standing(world, *marks)
    assert {"residents", "messages", "tickets", "inbox", "outbox"} <= set(before)
    await resident.says("/menu")
    await resident.presses("Настройки", "Мои данные", "Получить файл")
    await resident.hears("Ваши данные")
    await resident.presses("Настройки", "Мои данные", "Удалить мои данные", "Да, удалить")
    await resident.hears("Приняли")
    await world.waits(hours=25)
    await resident.hears("Это последнее сообщение")
    await world.waits(minutes=2)
    await world.waits(hours=2)
    await world.waits(minutes=2)
    async with world.app.db.session() as session:
        assert list(await session.scalars(select(Erasure.state))) == ["done"]
    assert await standing(world, *marks) == {}
