"""How a request stands: reasons, questions, photos, merging, the night, executors."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from services.tables import Member as MemberRow
from services.tables import Thread as ThreadRow
from tests.conversations.test_access import forge
from tests.support.people import Member, Resident
from tests.support.world import World


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.files()
    return await member.finds("№1001")


# ── Reasons and questions ────────────────────────────────────────────────────


async def test_nobody_is_turned_away_without_a_reason(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("/status отклонена", thread)
    await member.sees(thread, "Чтобы отклонить заявку, нужна причина: житель её прочитает.")
    await member.says("/status отклонена —", thread)
    await resident.hears_nothing()
    await member.says("/status отклонена лифт обслуживает другая компания", thread)
    told = await resident.hears("Эту заявку выполнить не сможем")
    assert told.text.splitlines()[1] == (
        "Эту заявку выполнить не сможем: лифт обслуживает другая компания. Диспетчер подскажет, "
        "к кому обратиться: +7 495 000-00-01. Не согласны — нажмите «Не решено»."
    )
    assert told.buttons == ["Не решено"]
    await member.sees(thread, "отклонена — Анна Соколова. Жителю: «лифт обслуживает другая")
    await resident.presses("Мои заявки", "✖️ №1001 Лифт")
    await resident.hears("Причина: лифт обслуживает другая компания")


@pytest.mark.only("web")
async def test_the_organisation_that_helps_is_named(
    resident: Resident, member: Member, world: World
) -> None:
    def change(text: str) -> str:
        lift = "title: Лифт\n    own_flat: false\n    term_hours: 24\n"
        outside = "organisations:\n  - {code: lift, title: «Лифтремонт», phone: +7 495 1}\n"
        assert lift in text
        return text.replace(lift, lift + "    organisation: lift\n") + outside

    await world.changes_company(change)
    thread = await filed(resident, member)
    await member.says("/status отклонена не наше", thread)
    await resident.hears("Поможет «Лифтремонт»: +7 495 1. Не согласны")


async def test_what_is_asked_is_told(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/status ждёт какой у вас код домофона?", thread)
    await resident.hears(
        "Ждём вашего ответа, чтобы продолжить: какой у вас код домофона? Напишите прямо сюда."
    )
    await member.sees(thread, "Жителю: «какой у вас код домофона?»")


# ── Photos ───────────────────────────────────────────────────────────────────


async def test_a_photo_goes_along_with_the_news(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.sends_photo(thread, "/status готово поменяли плату")
    told = await resident.hears("Сделали.")
    assert told.files == ["photo"]
    assert "плату" not in told.text
    assert (await resident.last()).buttons[-1] == "Не решено"
    await member.sees(thread, "выполнена — Анна Соколова. Фото ушло жителю.")
    assert "photo" in await member.reads(thread)
    await member.sends_photo(thread, "/close")
    await member.sees(thread, "Заявка №1001 уже выполнена. Фото ушло жителю.")
    await resident.forgets()
    await resident.presses("Мои заявки", "✅ №1001 Лифт", "История")
    history = await resident.last()
    assert "Состояние: выполнена" in history.text
    assert "Анна Соколова, диспетчер: фото или файл" in history.text


@pytest.mark.rooms("forum")
async def test_a_photo_from_the_desk_stands_in_the_topic(
    resident: Resident, member: Member, world: World
) -> None:
    topic = await filed(resident, member)
    desk = await world.member("olga", at_desk=True)
    await desk.sends_photo(await desk.finds("№1001"), "/status в работе")
    assert (await resident.hears("В работе.")).files == ["photo"]
    shown = await member.sees(topic, "Ольга Миронова, администратор")
    assert shown.files == ["photo"]


# ── Merging and the night ────────────────────────────────────────────────────


async def test_the_first_news_leaves_at_once_and_what_follows_is_one(
    resident: Resident, member: Member
) -> None:
    thread = await filed(resident, member)
    await resident.forgets()
    await member.says("/status принята", thread)
    await member.says("/status в работе", thread)
    await member.says("/close", thread)
    await resident.hears("Приняли, занимаемся.")
    closed = await resident.hears("Сделали.")
    assert closed.rows == [["1", "2", "3", "4", "5"], ["Не решено"]]
    assert "В работе." not in await resident.reads()
    await resident.presses("5")
    await resident.hears("Спасибо за оценку!")


async def test_a_photo_is_not_lost_in_the_merging(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/status принята", thread)
    await member.sends_photo(thread, "/status в работе")
    await member.says("/close", thread)
    assert (await resident.hears("Сделали.")).files == ["photo"]
    await resident.hears_nothing()


async def test_news_wait_for_the_morning_and_answers_do_not(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await world.waits(hours=11.5)  # 22:30
    await resident.forgets()
    await member.says("/status принята", thread)
    await member.says("/status в работе", thread)
    await resident.hears_nothing()
    await member.says("Мастер уже в подъезде", thread)
    await resident.hears("Мастер уже в подъезде")
    await world.waits(hours=2)
    await member.says("/close", thread)
    await resident.hears_nothing()
    await world.waits(hours=7.5)  # 8:00
    closed = await resident.hears("Сделали.")
    assert closed.buttons == ["1", "2", "3", "4", "5", "Не решено"]
    await resident.hears_nothing()
    text = await resident.reads()
    assert "Приняли, занимаемся." not in text
    assert "В работе." not in text


async def test_news_of_an_emergency_do_not_wait(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Заливает")
    await resident.gets_number()
    thread = await member.finds("№1001")
    await world.waits(hours=12)
    await member.says("/status в работе", thread)
    await resident.hears("В работе.")


async def test_what_the_resident_said_themselves_is_not_told_in_the_morning(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await world.waits(hours=11.5)
    await member.says("/close", thread)
    await resident.presses("Мои заявки", "✅ №1001 Лифт", "Не решено")
    await resident.hears("Заявка снова открыта")
    await world.waits(hours=10)
    await resident.hears_nothing()


async def test_news_of_one_request_do_not_hold_up_another(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await world.waits(hours=11.5)
    await member.says("/status принята", thread)
    await resident.presses("Новая заявка")
    await resident.says("Заливает")
    await resident.gets_number()
    await member.says("/status в работе", await member.finds("№1002"))
    told = await resident.hears("В работе.")
    assert "№1002" in told.text


# ── Executors ────────────────────────────────────────────────────────────────


async def test_who_may_be_named(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/executor", thread)
    await member.sees(thread, "Исполнителя пока нет. Назначить — по имени, например /executor Пётр")
    await member.sees(thread, "Есть: Пётр Ильин (заявок нет).")
    await member.says("/executor Вася", thread)
    await member.sees(thread, "Мастера «Вася» нет. Есть: Пётр Ильин.")
    await member.says("/executor петр", thread)
    await member.sees(
        thread,
        "Исполнитель по заявке №1001: Пётр Ильин — Анна Соколова. Боту мастер не писал, и группы "
        "мастеров здесь нет: передайте заявку сами.",
    )
    await member.says("/executor Ильин", thread)
    await member.sees(thread, "Заявку №1001 уже ведёт Пётр Ильин.")
    await member.says("/who", thread)
    await member.says("/executor снять", thread)
    await member.sees(thread, "У заявки №1001 больше нет исполнителя — Анна Соколова.")
    await resident.hears_nothing()
    await member.says("/close", thread)
    await member.says("/executor Пётр", thread)
    await member.sees(thread, "Эта заявка уже закрыта.")


async def test_a_talk_has_no_executor(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Вопрос")
    thread = await member.finds("Мария")
    await member.says("/executor Пётр", thread)
    await member.sees(thread, "исполнителя назначают заявке")
    await member.says("/visit завтра 10-12", thread)
    await member.sees(thread, "время визита назначают заявке")


@pytest.mark.only("web")
@pytest.mark.rooms("forum")
async def test_an_old_button_brings_nothing_back(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("/close", thread)
    await resident.hears("Сделали.")
    await forge(world, member.driver.user, "staff/accept/1")  # type: ignore[attr-defined]
    await member.sees(thread, "Эта заявка уже закрыта.")
    await resident.hears_nothing()


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_an_executor_works_in_private(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.starts("")
    thread = await filed(resident, member)
    await member.says("/executor Пётр", thread)
    await member.sees(thread, "Карточка ушла мастеру в личные сообщения, Telegram.")
    card = await petr.hears("Вам заявка №1001 · Лифт")
    assert "ул. Садовая, 5, кв. 4" in card.text
    assert card.rows == [["Принято", "В пути"], ["Готово", "Никого нет дома"]]
    await petr.presses(card, "Принято")
    await resident.hears("Приняли, занимаемся.")
    await petr.hears("Заявка №1001: принята — Пётр Ильин.")
    await petr.presses(card, "В пути")
    await resident.hears("Мастер Пётр Ильин выехал.")
    await petr.hears("Житель знает.")
    await petr.presses(card, "В пути")
    await petr.hears("Житель уже знает, что вы в пути.")
    await petr.presses(card, "Принято")
    await petr.hears("Заявка №1001 уже в работе.")
    asked = await petr.says("Какой этаж?", reply_to=card)
    answer = await resident.hears("Какой этаж?")
    assert answer.text.startswith("Пётр Ильин, мастер · заявка №1001")
    await member.sees(thread, "Пётр Ильин, мастер\nКакой этаж?")
    await petr.edits(asked, "Какой подъезд?")
    await world.waits(seconds=5)
    await resident.becomes(answer, "Какой подъезд?")
    await resident.says("Второй, код 77")
    await member.sees(thread, "Второй, код 77")
    told = await petr.hears("Второй, код 77")
    assert told.text.startswith("Мария · №1001")
    await petr.says("Понял", reply_to=told)
    await resident.hears("Понял")
    await petr.sends_photo(caption="/status готово", reply_to=card)
    done = await resident.hears("Сделали.")
    assert done.files == ["photo"]
    await petr.hears("выполнена — Пётр Ильин. Фото ушло жителю.")
    await petr.presses(card, "Готово")
    await petr.hears("Эта заявка уже закрыта.")


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_an_executor_writes_in_private_without_reply(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.starts("")
    await petr.hears("Вы согласны")
    await petr.says("Ничего мне не поручали")  # a resident's word still
    await world.settled()
    thread = await filed(resident, member)
    await member.says("/executor Пётр", thread)
    await petr.hears("Вам заявка №1001")
    await resident.forgets()
    await petr.says("Буду через час, какой этаж?")
    await petr.hears("Это к заявке №1001, ул. Садовая, 5, кв. 4.")
    answer = await resident.hears("Буду через час, какой этаж?")
    assert answer.text.startswith("Пётр Ильин, мастер · заявка №1001")
    await member.sees(thread, "Пётр Ильин, мастер\nБуду через час, какой этаж?")

    await resident.files("Шумит лифт")
    other = await member.finds("№1002")
    await member.says("/executor Пётр", other)
    card = await petr.hears("Вам заявка №1002")
    await world.waits(hours=1)
    await petr.says("Нужен ключ")
    asked = await petr.hears("По какой заявке передать это жителю?")
    assert [label for row in asked.rows for label in row] == [
        "№1002 Лифт · ул. Садовая, 5, кв. 4", "№1001 Лифт · ул. Садовая, 5, кв. 4",
        "Это про мой дом",
    ]  # fmt: skip
    await resident.hears_nothing()
    await petr.says("от машинного отделения")
    asked = await petr.hears("По какой заявке")
    await petr.presses(asked, "№1001 Лифт · ул. Садовая, 5, кв. 4")
    answer = await resident.hears("Нужен ключ\nот машинного отделения")
    assert "заявка №1001" in answer.text
    await petr.says("Спасибо")  # about the same one
    assert "заявка №1001" in (await resident.hears("Спасибо")).text
    await world.waits(hours=1)
    await petr.presses(card, "В пути")
    await resident.hears("выехал")
    await petr.says("Минут десять")  # about the one whose card was pressed
    assert "заявка №1002" in (await resident.hears("Минут десять")).text
    assert await world.count(ThreadRow) == 2


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_an_executor_who_lives_there_is_asked(
    resident: Resident, member: Member, world: World
) -> None:
    """A word about their own home reaches no other resident."""
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.starts("sosnovaya-3")
    await petr.presses(await petr.hears("Вы согласны"), "Согласен")
    await petr.hears("номер")
    await petr.says("5")
    await petr.hears("обращаться")
    await petr.says("Пётр")
    await petr.hears("телефон")
    await petr.says("+7 912 345-67-80")
    await petr.hears("Чем помочь")
    thread = await filed(resident, member)
    await member.says("/executor Пётр", thread)
    await petr.hears("Вам заявка №1001")
    await resident.forgets()
    await petr.says("Когда у нас покрасят забор?")
    asked = await petr.hears("По какой заявке передать это жителю?")
    await petr.presses(asked, "Это про мой дом")
    await resident.hears_nothing()
    assert "забор" not in await member.reads(thread)


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_what_a_trainee_shows_in_private_is_seen_before_it_leaves(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.starts("")
    thread = await filed(resident, member)
    await member.says("/executor Пётр", thread)
    card = await petr.hears("Вам заявка №1001")
    async with world.app.db.work() as work:
        row = await work.session.scalar(select(MemberRow).where(MemberRow.code == "petr"))
        assert row is not None
        row.trainee = True
    words = "Вот так было. " * 30 + "Так стало."
    await petr.sends_photo(caption=words, reply_to=card)
    held = await member.sees(thread, "👀 Ответ ждёт проверки: Пётр Ильин учится.")
    assert held.text.endswith("Так стало.")
    assert held.files == ["photo"]
    await resident.hears_nothing()
    await member.presses("Отправить", thread)
    assert (await resident.hears("Так стало.")).files == ["photo"]
    await member.says("/quiet", thread)
    for _ in range(2):
        await petr.says("Код от двери?", reply_to=card)
        await petr.hears("Включён тихий режим")
    await resident.hears_nothing()


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_only_its_executor_says_how_a_request_goes(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    masters = await world.names_executors("sad")
    master = world.sits_in(masters, "Пётр", 503)
    newcomer = world.sits_in(masters, "Виктор", 777)
    thread = await filed(resident, member)
    await member.says("/executor Пётр", thread)
    await member.sees(thread, "Карточка в группе «Мастера».")
    theirs = await master.finds("№1001")
    await newcomer.presses("Принято", theirs)
    await master.sees(theirs, "Заявку №1001 ведёт Пётр Ильин. Передать её вам может диспетчер.")
    await resident.hears_nothing()
    await newcomer.says("/executor Виктор", theirs)
    await master.sees(theirs, "Исполнителя назначает диспетчер или управляющий.")
    await master.presses("Принято", theirs)
    await resident.hears("Приняли, занимаемся.")
    await member.presses("В пути", thread)  # on his behalf
    await resident.hears("Мастер Пётр Ильин выехал.")


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_whoever_presses_first_has_it(
    resident: Resident, member: Member, world: World
) -> None:
    masters = await world.names_executors("sad")
    master = world.sits_in(masters, "Пётр", 503)
    thread = await filed(resident, member)
    await member.presses("Мастерам", thread)
    theirs = await master.finds("№1001")
    await master.presses("В пути", theirs)
    await resident.hears("Мастер Пётр Ильин выехал.")
    await member.reads(thread)
    card = (await member.driver.look(thread))[0]
    assert "Исполнитель: Пётр Ильин" in card.text


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
@pytest.mark.parametrize("action", ["staff/got/1", "staff/ready/1", "staff/nobody/1"])
async def test_a_forged_press_in_private(
    resident: Resident, member: Member, world: World, action: str
) -> None:
    """By a resident, and by an executor of whom another room's request is none of theirs."""
    await filed(resident, member)
    stranger = world.resident("Чужой")
    await stranger.settles_in("sosnovaya-3", "5", "Чужой")
    await stranger.forges(action)
    await stranger.hears("Не нашли этого")
    await resident.hears_nothing()
    assert [note.about for note in await world.audit("refused")] == [action]
