"""Outages: a member announces one, residents read it and answer by a button, changes follow."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from services.tables import Notice, Outage
from tests.support.drivers import Line
from tests.support.people import Member, Resident
from tests.support.world import World

FORUM = (pytest.mark.rooms("forum"), pytest.mark.only("telegram"))


class General:
    """What a member says and reads outside of threads: in the forum's General, at the desk in the
    room, or in their private chat with the bot."""

    def __init__(self, world: World, user: Any, chat: Any = None) -> None:
        self.world, self.user, self.chat = world, user, chat
        self.presses_made = 0

    def lines(self) -> list[Any]:
        topic = self.world.group.general if self.chat is not None and self.world.group else None
        return list(topic.heard() if topic else self.user.chat.heard())

    async def says(self, text: str) -> str:
        if self.chat is None:
            await self.user.says(text)
        else:
            await self.user.says(text, chat=self.chat)
        return await self.reads()

    async def reads(self) -> str:
        await self.world.settled()
        return str(self.lines()[-1].text)

    async def presses(self, *labels: str) -> str:
        for label in labels:
            await self.world.settled()
            line = next(
                line
                for line in reversed(self.lines())
                if any(label in each for each in line.buttons)
            )
            full = next(each for each in line.buttons if label in each)
            await self.user.presses(line, full)
            self.presses_made += 1
        return await self.reads()


def in_general(world: World, name: str = "Анна", number: int = 502) -> General:
    assert world.tg is not None
    assert world.group is not None
    user = world.group.add(world.tg.user(name, number))
    return General(world, user, world.group)


def in_private(world: World, name: str = "Ольга", number: int = 501) -> General:
    assert world.tg is not None
    return General(world, world.tg.user(name, number))


async def kept(world: World, table: type[Any]) -> list[Any]:
    async with world.app.db.session() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


async def announce(anna: General, *where: str) -> str:
    """Cold water in «Садовая, 5», four hours, by an accident."""
    await anna.says("/outage")
    return await anna.presses(
        "Авария", "Холодная вода", "Садовая, 5", "Дальше", "Весь дом", "Через 4 часа",
        "Пропустить", "Отправить сейчас",
    )  # fmt: skip


@FORUM[0]
@FORUM[1]
async def test_from_the_command_to_the_end(resident: Resident, world: World) -> None:
    await resident.settles_in()
    far = world.resident("Сосед")
    await far.settles_in("sosnovaya-1", "2", "Сосед")
    await resident.forgets()
    await far.forgets()
    anna = in_general(world)
    await anna.says("/outage")
    preview = await anna.presses(
        "Авария", "Холодная вода", "Садовая, 5", "Дальше", "Весь дом", "Через 4 часа"
    )
    assert "Причина" in preview
    preview = await anna.says("прорыв на вводе.")
    for words in (
        "Нет холодной воды",
        "ул. Садовая, 5",
        "Должны закончить к 15:0",
        "Причина: прорыв на вводе",
        "Получит 1 человек: Telegram — 1.",
        "Квартиры: есть кому написать в 1 из 9.",
    ):
        assert words in preview, preview
    await resident.hears_nothing()
    sent = await anna.presses("Отправить сейчас")
    assert "ушло, получит 1 человек" in sent
    assert anna.presses_made + 1 <= 10
    heard = await resident.hears("Нет холодной воды")
    assert heard.buttons == ["У меня тоже", "Уже дали"]
    await far.hears_nothing()
    # Residents answer by a button, and are counted.
    await resident.presses("У меня тоже")
    await resident.hears("Отметили: у вас тоже")
    told = await anna.presses("Отчёт")
    assert "доставлено 1 из 1" in told
    assert "у меня тоже — 1" in told
    assert "• ул. Садовая, 5: 1–3, 5–9" in told
    # It takes longer.
    await anna.presses("Продлить")
    assert "о новом сроке узнает 1 человек" in await anna.says("до 19:30")
    await resident.hears("должны закончить к 19:30")
    # The clock asks the member, and says nothing to residents.
    await world.waits(hours=9)
    assert "Восстановили?" in await anna.reads()
    await resident.hears_nothing()
    over = await anna.presses("Дали, всё работает")
    assert "закончено, узнает 1 человек" in over
    line = await resident.hears("Холодная вода снова есть")
    assert line.buttons == ["Всё ещё нет"]
    await resident.presses("Всё ещё нет")
    await resident.hears("Передали диспетчеру")
    assert "«Всё ещё нет» уже есть — 1" in await anna.reads()
    await resident.presses_under(line, "Всё ещё нет")
    await resident.hears("Передали диспетчеру")
    posts = [line.text for line in anna.lines() if "уже есть" in line.text]
    assert len(posts) == 1
    kinds = [notice.kind for notice in await kept(world, Notice)]
    assert kinds == ["announced", "prolonged", "restored"]


@FORUM[0]
@FORUM[1]
async def test_pressed_twice_is_told_once(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    anna, olga = in_general(world), in_general(world, "Ольга", 501)
    await announce(anna)
    await resident.hears("Нет холодной воды")
    assert "Это уже сделано" in await olga.presses("Отправить сейчас")
    assert "Это уже сделано" in await anna.presses("Отправить сейчас")
    await resident.hears_nothing()
    assert len(await kept(world, Notice)) == 1


@FORUM[0]
@FORUM[1]
async def test_words_of_others_are_no_answers(member: Member, world: World) -> None:
    anna, olga = in_general(world), in_general(world, "Ольга", 501)
    await anna.says("/outage")
    before = await anna.presses("Авария")
    assert await olga.says("Коллеги, кто на смене?") == before
    assert "прошлого черновика или чужая" in await olga.presses("Лифт")
    await anna.presses("Лифт")
    await world.waits(minutes=31)
    asked = await anna.reads()
    assert await anna.says("Садовая 5") == asked  # half an hour later it is no answer
    assert await kept(world, Outage) == []


@FORUM[0]
@FORUM[1]
async def test_in_a_thread_words_would_go_to_the_resident(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    topic = await member.finds("№1001")
    await member.says("/outage", topic)
    await member.sees(topic, "Здесь всё, что вы напишете, уходит жителю.")


@FORUM[0]
@FORUM[1]
async def test_who_may_not(resident: Resident, world: World) -> None:
    petr = in_general(world, "Пётр", 503)
    assert "сообщают диспетчеры" in await petr.says("/outage")


@FORUM[0]
@FORUM[1]
async def test_several_houses_and_parts(resident: Resident, world: World) -> None:
    await resident.settles_in("sosnovaya-1", "2")
    await resident.forgets()
    anna = in_general(world)
    await anna.says("/outage")
    await anna.presses("Авария", "Другое")
    await anna.says("Не работает шлагбаум")
    assert "Не нашёл такого дома" in await anna.says("Лесная 7")
    assert "ул. Сосновая, 1, ул. Садовая, 5" in await anna.says("Садовая 5 и Сосновая 1")
    assert "Выбрано: ул. Сосновая, 1" in await anna.presses("Садовая, 5")
    assert "Весь дом или часть?" in await anna.presses("Дальше")
    assert "Нет такого: подъезд 7" in await anna.says("7 подъезд")
    assert "Не понял" in await anna.says("у реки")
    assert "До скольки?" in await anna.says("1 подъезд, этажи 1-2; кв. 12, 13")
    preview = await anna.presses("Пока не знаем", "Пропустить")
    assert "Не работает шлагбаум" in preview
    assert "ул. Сосновая, 1: подъезд 1, этажи 1–2; кв. 12–13" in preview
    assert "Когда закончим, пока не знаем." in preview
    changed = await anna.presses("Изменить", "Где", "все дома", "Дальше", "Отправить сейчас")
    assert "Сосновый бор, все дома" in changed
    await resident.hears("Сосновый бор, все дома")


@FORUM[0]
@FORUM[1]
async def test_scheduled_with_elders_first_and_a_reminder(resident: Resident, world: World) -> None:
    await resident.settles_in()
    elder = world.resident("Старшая")
    await elder.settles_in("sadovaya-5", "5", "Старшая")
    await elder.files("Лифт скрипит")
    member = await world.member("anna")
    await member.says("/elder", await member.finds("№1001"))
    await elder.forgets()
    await resident.forgets()
    olga = in_private(world)
    await olga.says("/outage")
    await olga.presses("Плановые работы", "Горячая вода", "Садовая, 5", "Дальше", "Весь дом")
    for typed, told in (
        ("когда-нибудь", "Не понял время"),
        ("до 18:00", "Во сколько начнутся"),
        ("вчера с 10 до 14", "уже прошло"),
        ("завтра с 14 до 10", "конец раньше начала"),
    ):
        assert told in await olga.says(typed)
    await olga.says("6 марта с 9 до 18")
    preview = await olga.presses("Профилактика")
    assert "Отключим горячую воду" in preview
    assert "В пятницу, 6 марта, с 09:00 до 18:00." in preview
    assert "за 10 рабочих дней, а до этих — 1" in preview
    assert "Это 9 ч, а за один раз разрешено 4 ч" in preview
    await olga.presses("Запланировать")
    assert "начнутся" in await olga.says("6 марта в 12")
    await olga.presses("Запланировать")
    assert "уйдёт сегодня в 18:00" in await olga.says("сегодня в 18")
    first = await elder.hears("Вы старший по дому, поэтому знаете первыми.")
    assert "Сегодня в 18:00 жителям уйдёт" in first.text
    await resident.hears_nothing()
    await world.waits(hours=7, minutes=5)
    line = await resident.hears("Отключим горячую воду")
    assert line.buttons == []
    await elder.hears("Отключим горячую воду")
    await olga.reads()
    assert any("ушло, получит 2 человека" in line.text for line in olga.lines())
    await resident.says("Отключения")
    await resident.hears("В пятницу, 6 марта, с 09:00 до 18:00.")
    await world.waits(days=1)
    line = await resident.hears("Напоминаем: отключим горячую воду")
    assert line.buttons == ["Не присылать напоминания"]
    assert "Отключения сейчас и впереди:" in await olga.says("/outage")
    shown = await olga.presses("Горячая вода")
    assert "жители знают" in shown
    assert "узнают об отмене" in await olga.presses("Отменить")
    assert "отменено, узнает 2 человека" in await olga.presses("Да, отменить")
    await resident.hears("отключения не будет")
    assert "Авария или плановые работы?" in await olga.says("/outage")


@FORUM[0]
@FORUM[1]
async def test_a_reason_that_speaks_of_gas_is_no_alarm(world: World) -> None:
    olga = in_private(world)
    await olga.says("/outage")
    await olga.presses("Авария", "Газ", "Садовая, 5", "Дальше", "Весь дом", "До 18:00")
    preview = await olga.says("Пахнет газом в подвале")
    assert "Причина: Пахнет газом в подвале" in preview
    assert "Получать некому" in preview
    assert "ничего не уходило" in await olga.presses("Отмена")
    assert "Это уже сделано" in await olga.presses("Отправить сейчас")


@FORUM[0]
@FORUM[1]
async def test_at_night_it_waits_for_the_morning(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    await world.waits(hours=12)  # 23:00
    anna = in_general(world)
    await anna.says("/outage")
    await anna.presses("Плановые работы", "Лифт", "Садовая, 5", "Дальше", "Весь дом")
    await anna.says("7 марта с 9 до 18")
    preview = await anna.presses("Пропустить")
    assert "Сейчас тихие часы: жителям уйдёт завтра в 08:00." in preview
    assert "жителям уйдёт завтра в 08:00" in await anna.presses("Отправить сейчас")
    async with world.app.db.session() as session:
        from services.tables import Outgoing

        rows = await session.scalars(select(Outgoing).where(Outgoing.notice_id.is_not(None)))
        (row,) = list(rows)
        assert row.not_before.hour == 5
        assert row.state == "parked"


@pytest.mark.rooms("desk")
@pytest.mark.only("web")
async def test_what_is_off_is_the_answer(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.says("Отключения")
    await resident.hears("ничего не отключено")
    outage = await seeded(world)
    await resident.hears("Нет холодной воды")
    await resident.says("почему нет воды?")
    line = await resident.hears("Нет холодной воды")
    assert line.buttons == [
        "У меня тоже", "Уже дали", "Всё ещё нет", "Другая тема", "Написать диспетчеру",
    ]  # fmt: skip
    await resident.presses("Уже дали")
    await resident.hears("уже заработало")
    await resident.says("нет света")  # of that nothing is known
    other = await resident.last()
    assert "холодной" not in other.text
    await resident.forges("outage/mine_too/999")
    await resident.hears("Не нашли этого")
    async with world.app.db.work() as work:
        found = await work.session.get_one(Outage, outage)
        assert await work.outage_answers.answers(found) == {"back": 1}


@pytest.mark.rooms("desk")
@pytest.mark.only("web")
async def test_what_is_over_is_said_to_be(resident: Resident, world: World) -> None:
    from handlers import outages
    from services.access import AsMember

    await resident.settles_in()
    ident = await seeded(world)
    await resident.hears("Нет холодной воды")
    await world.waits(days=2)  # nobody ended it
    await resident.says("Отключения")
    line = await resident.hears("Похоже, это отключение уже закончилось")
    assert "Нет холодной воды" in line.text
    await resident.presses("Всё ещё нет")
    await resident.hears("Похоже, это отключение уже закончилось")
    await resident.presses_under(line, "Уже дали")
    await resident.hears("Спасибо, что сказали!")
    async with world.app.db.work() as work:
        it = await work.session.get_one(Outage, ident, with_for_update=True)
        viewer = AsMember(it.member_id, "admin")
        what = await outages.compose(work, it, "restored")
        await work.outages.end(viewer, it, "restored", what)
    await resident.hears("Холодная вода снова есть")
    await resident.presses_under(line, "У меня тоже")
    await resident.hears("Это отключение уже закончилось.")
    await resident.presses_under(line, "Всё ещё нет")
    await resident.hears("Отключение уже закончилось, а у вас всё ещё нет.")
    await resident.says("Отключения")
    menu = await resident.hears("Сейчас в ваших домах ничего не отключено")
    assert "✅ Холодная вода снова есть (ул. Садовая, 5): закончилось сегодня в" in menu.text


@FORUM[0]
@FORUM[1]
async def test_works_of_the_night_are_not_kept_for_the_morning(world: World) -> None:
    await world.waits(hours=12)  # 23:00
    olga = in_private(world)
    await olga.says("/outage")
    await olga.presses("Плановые работы", "Лифт", "Садовая, 5", "Дальше", "Весь дом")
    await olga.says("завтра с 05:00 до 07:00")
    assert "уйдёт сразу, без звука" in await olga.presses("Пропустить")
    await olga.presses("Запланировать")
    assert "к утру работы уже начнутся" in await olga.says("завтра в 01:00")
    sent = await olga.presses("Отправить сейчас")
    assert "объявлено" in sent
    assert "тихие часы" not in sent


async def seeded(world: World) -> int:
    """An accident in «Садовая, 5», told by a member at the desk."""
    from handlers import outages
    from services.outages import Draft
    from services.staff import as_member
    from services.tables import House
    from services.tables import Member as MemberRow

    async with world.app.db.work() as work:
        member = await work.session.scalar(select(MemberRow).where(MemberRow.code == "anna"))
        house = await work.session.scalar(select(House).where(House.code == "sadovaya-5"))
        assert member is not None
        assert house is not None
        draft = Draft(
            what="cold_water", title="", planned=False, reason="", since=work.now, until=None,
            places=({"house_id": house.id},), form={},
        )  # fmt: skip
        room = (await work.rooms.every())[0]
        outage = await work.outages.keep(as_member(member), room, "desk", draft)
        await outages.announce(work, outage, member.id)
        return outage.id


@pytest.mark.rooms("desk")
@pytest.mark.only("web")
async def test_at_the_desk(member: Member, resident: Resident, world: World) -> None:
    """Words in the room go to the form; its buttons come back as presses."""
    await resident.settles_in()
    await resident.forgets()
    desk: Any = member.driver

    async def says(text: str) -> list[Line]:
        import uuid

        body = {"key": str(uuid.uuid4()), "text": text, "files": []}
        await desk.post("rooms/main/say", body)
        return await reads()

    async def reads() -> list[Any]:
        await world.settled()
        return list((await desk.get("rooms/main"))["said"])

    async def press(label: str) -> list[Any]:
        import uuid

        said = await reads()
        action = next(
            button["action"]
            for post in reversed(said)
            for row in post.get("buttons", [])
            for button in row
            if label in button["label"]
        )
        body = {
            "key": str(uuid.uuid4()), "room": "main", "action": action, "label": label, "post": 0,
        }  # fmt: skip
        await desk.post("press", body)
        return await reads()

    await says("/outage")
    for label in ("Авария", "Лифт", "Садовая, 5", "Дальше", "Весь дом", "Пока не знаем"):
        await press(label)
    said = await says("Ищем мастера")
    assert "Причина: Ищем мастера" in said[-1]["text"]
    said = await press("Отправить сейчас")
    assert "ушло, получит 1 человек" in said[-1]["text"]
    await resident.hears("Лифт не работает")
