"""What the clock says to staff, and what residents are told out of hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.people import Member, Resident
from tests.support.world import World

MOSCOW = ZoneInfo("Europe/Moscow")
CLOSED = "Сейчас диспетчеры не на месте, ответят"


async def it_is(world: World, words: str) -> None:
    """In Moscow; the story begins on a Wednesday, 2026-03-04, at eleven."""
    await world.settled()
    moment = datetime.fromisoformat(words).replace(tzinfo=MOSCOW)
    await world.waits(seconds=(moment - world.clock.now()).total_seconds())


async def talks(resident: Resident, words: str = "Когда дадут воду?", name: str = "Мария") -> None:
    await resident.settles_in(name=name)
    await resident.presses("Написать диспетчеру")
    await resident.says(words)
    await resident.hears("Передали диспетчеру")


def in_general(world: World) -> list[str]:
    assert world.group is not None
    return [post.text for post in world.group.heard() if post.thread_id is None]


async def reminders(member: Member, thread: Any) -> int:
    read = await member.reads(thread)
    return read.count("⏳") + read.count("⏰")


# ── The first answer ─────────────────────────────────────────────────────────


@pytest.mark.only("web")
async def test_the_room_is_reminded_once_and_an_answer_ends_it(
    resident: Resident, member: Member, world: World
) -> None:
    await talks(resident)
    thread = await member.finds("Когда дадут воду?")
    await it_is(world, "2026-03-04 11:15")
    assert await reminders(member, thread) == 0
    await it_is(world, "2026-03-04 11:17")
    await member.sees(thread, "⏳ Житель ждёт ответа с 11:00. Ответьте, пожалуйста, до 11:20.")
    await member.says("К шести", thread)
    await resident.hears("К шести")
    await it_is(world, "2026-03-04 19:00")
    assert await reminders(member, thread) == 1


@pytest.mark.only("web")
async def test_whoever_has_it_is_called_by_name(
    resident: Resident, member: Member, world: World
) -> None:
    await talks(resident)
    thread = await member.finds("Когда дадут воду?")
    await member.says("/take", thread)
    await it_is(world, "2026-03-04 11:17")
    await member.sees(thread, "⏳ Анна Соколова, житель ждёт ответа с 11:00.")


@pytest.mark.only("web")
@pytest.mark.rooms("forum")
async def test_those_who_run_the_room_hear_of_it_once_in_private(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    olga = world.tg.user("Ольга", 501)
    await olga.starts()
    await talks(resident)
    await it_is(world, "2026-03-04 11:21")
    await world.settled()
    told = [post.text for post in olga.heard() if "⏰" in post.text]
    assert len(told) == 1
    assert told[0].startswith("⏰ «Диспетчерская»: время ответа вышло, 1 житель ждёт:\n• Мария")
    assert told[0].endswith("— ждёт с 11:00, никто не взял")
    await it_is(world, "2026-03-04 12:59")
    assert len([post for post in olga.heard() if "⏰" in post.text]) == 1


@pytest.mark.only("web")
async def test_thanks_wait_for_no_answer(resident: Resident, member: Member, world: World) -> None:
    await talks(resident)
    thread = await member.finds("Когда дадут воду?")
    await member.says("К шести", thread)
    await resident.hears("К шести")
    await resident.says("Спасибо большое!")
    await member.sees(thread, "Спасибо большое!")
    await it_is(world, "2026-03-04 19:00")
    assert await reminders(member, thread) == 0
    assert await world.audit("silent") == []  # nor is it taken from whoever answered
    await resident.says("Спасибо, а к семи точно дадут?")
    await resident.presses("Разговор с диспетчером")
    await it_is(world, "2026-03-04 19:17")
    await member.sees(thread, "житель ждёт ответа с 19:00")


@pytest.mark.only("web")
async def test_lunch_and_a_holiday_are_not_counted(
    resident: Resident, member: Member, world: World
) -> None:
    await it_is(world, "2026-03-04 12:50")
    await talks(resident)
    thread = await member.finds("Когда дадут воду?")
    await it_is(world, "2026-03-04 13:59")
    assert await reminders(member, thread) == 0
    await it_is(world, "2026-03-04 14:07")
    await member.sees(thread, "с 12:50. Ответьте, пожалуйста, до 14:10.")
    await member.says("К шести", thread)
    await it_is(world, "2026-03-06 19:50")  # Friday, and Monday is a holiday
    await resident.says("Опять нет воды")
    await resident.presses("Разговор с диспетчером")
    await it_is(world, "2026-03-09 12:00")
    assert await reminders(member, thread) == 1
    await it_is(world, "2026-03-10 08:07")
    await member.sees(thread, "с 6 марта в 19:50. Ответьте, пожалуйста, до 08:10.")


@pytest.mark.only("web")
@pytest.mark.rooms("forum")
async def test_many_at_once_are_one_list(member: Member, world: World) -> None:
    for number in range(3):
        await talks(world.resident(), f"Вопрос {number}", f"Житель{number}")
    before = in_general(world)
    await it_is(world, "2026-03-04 11:18")
    await world.settled()
    (told,) = in_general(world)[len(before) :]
    assert told.startswith("⏳ Скоро выйдет время ответа, 3 жителя ждут:\n• Житель0 · ул. Садовая")
    assert told.count("никто не взял") == 3
    thread = await member.finds("Вопрос 1")
    assert await reminders(member, thread) == 0


@pytest.mark.only("web")
async def test_how_it_stands_says_since_when_somebody_waits(
    resident: Resident, member: Member, world: World
) -> None:
    await talks(resident)
    thread = await member.finds("Когда дадут воду?")
    await member.says("/who", thread)
    await member.sees(thread, "Ждёт ответа: с 11:00, ответить до 11:20")


@pytest.mark.only("web")
async def test_whoever_answered_once_and_went_silent_has_it_no_more(
    resident: Resident, member: Member, world: World
) -> None:
    await talks(resident)
    thread = await member.finds("Когда дадут воду?")
    await member.says("Узнаю", thread)
    await resident.hears("Узнаю")
    await it_is(world, "2026-03-04 11:40")
    await resident.says("И что узнали?")
    await it_is(world, "2026-03-04 12:09")
    assert await world.audit("silent") == []
    await it_is(world, "2026-03-04 12:12")
    await member.sees(thread, "⏳ Житель ждёт ответа больше 30 мин. Анна Соколова молчит")
    assert len(await world.audit("silent")) == 1


# ── Terms ────────────────────────────────────────────────────────────────────


@pytest.mark.only("web")
async def test_a_term_is_told_at_80_percent_and_at_its_end(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()  # to be done within a day
    thread = await member.finds("№1001")
    await member.says("/status принята", thread)
    await it_is(world, "2026-03-05 06:30")  # 80 % are over, and nobody is there
    assert await reminders(member, thread) == 0
    await it_is(world, "2026-03-05 08:01")
    await member.sees(thread, "⏳ Заявка №1001: срок сегодня в 11:00, осталось 3 ч.")
    assert await reminders(member, thread) == 1
    await it_is(world, "2026-03-05 11:01")
    await member.sees(thread, "⏰ Заявка №1001: срок вышел сегодня в 11:00.")
    await it_is(world, "2026-03-05 12:30")
    assert await reminders(member, thread) == 2


@pytest.mark.only("web")
@pytest.mark.rooms("forum")
async def test_an_emergency_is_told_at_night_and_the_managers_too(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    olga = world.tg.user("Ольга", 501)
    await olga.starts()
    await resident.settles_in()
    await it_is(world, "2026-03-05 02:00")
    await resident.presses("Новая заявка", "Авария", "Затопление")
    thread = await member.finds("№1001")
    await member.says("Едем", thread)
    await it_is(world, "2026-03-05 02:50")
    await member.sees(thread, "заявка №1001: срок сегодня в 03:00, осталось 10 мин.")
    await it_is(world, "2026-03-05 03:01")
    await member.sees(thread, "заявка №1001: срок вышел сегодня в 03:00.")
    assert "№1001 Затопление — сегодня в 03:00, занимается Анна Соколова" in olga.heard()[-1].text


@pytest.mark.only("web")
async def test_what_waits_for_the_resident_reminds_nobody(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/status ждёт", thread)
    await it_is(world, "2026-03-06 12:00")
    assert await reminders(member, thread) == 0


# ── Out of hours ─────────────────────────────────────────────────────────────


async def test_a_resident_is_told_once_when_the_answer_comes(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await it_is(world, "2026-03-04 21:00")
    await resident.files()
    receipt = await resident.last()
    assert f"{CLOSED} завтра в 08:00. Если авария, звоните круглосуточно: +7 495" in receipt.text
    await resident.says("Стоит на третьем")
    added = await resident.hears("Добавили к заявке")
    assert CLOSED not in added.text
    await it_is(world, "2026-03-05 07:00")
    await resident.presses("Написать диспетчеру")
    await resident.hears(f"{CLOSED} сегодня в 08:00")  # asked for, and said again
    await resident.says("Когда починят?")
    passed_on = await resident.hears("Передали диспетчеру")
    assert CLOSED not in passed_on.text
    await it_is(world, "2026-03-05 13:30")
    await resident.says("Лифт всё стоит")
    await resident.presses("№1001 Лифт")
    await resident.hears(f"{CLOSED} сегодня в 14:00")


@pytest.mark.only("web")
async def test_the_room_closes_in_the_middle_of_a_talk(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await it_is(world, "2026-03-06 19:58")
    await resident.presses("Написать диспетчеру")
    await resident.says("Нет воды")
    passed_on = await resident.hears("Передали диспетчеру")
    assert CLOSED not in passed_on.text
    await it_is(world, "2026-03-06 20:01")
    await resident.says("Спасибо!")
    await resident.hears_nothing()
    await resident.says("И света нет")
    await resident.hears(f"{CLOSED} 10 марта в 08:00")  # after the weekend and a holiday
    await resident.says("Совсем")
    await resident.hears_nothing()


@pytest.mark.only("web")
async def test_emergencies_are_never_out_of_hours(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await it_is(world, "2026-03-04 23:00")
    await resident.presses("Новая заявка", "Авария", "Затопление")
    told = await resident.hears("Позвоните прямо сейчас")
    assert CLOSED not in told.text
    await resident.says("Льёт с потолка")
    await resident.hears("Добавили к заявке")
    assert CLOSED not in await resident.reads()


@pytest.mark.only("web")
async def test_a_room_has_hours_of_its_own(resident: Resident, world: World) -> None:
    hours = '[{days: [mon, tue, wed, thu, fri], opens: "08:00", closes: "22:00"}]'
    await world.changes_company(
        lambda text: text.replace(
            "{code: main, title: Диспетчерская}",
            f"{{code: main, title: Диспетчерская, hours: {hours}}}",
        )
    )
    await resident.settles_in()
    await it_is(world, "2026-03-04 21:00")
    await resident.presses("Написать диспетчеру")
    await resident.hears("Ответим примерно за 20 минут")
    await it_is(world, "2026-03-04 22:30")
    await resident.says("Нет воды")
    await resident.hears(f"{CLOSED} завтра в 08:00")
