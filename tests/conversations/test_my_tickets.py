"""«Мои заявки»: list, state, history, adding, «Не решено»."""

from __future__ import annotations

import pytest

from tests.support.people import Member, Resident
from tests.support.world import World


async def test_the_list_and_one_of_it(resident: Resident) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.files("Свет мигает в лифте")
    await resident.presses("Мои заявки")
    shown = await resident.hears("Ваши заявки")
    assert shown.rows == [["🔧 №1002 Лифт"], ["🔧 №1001 Лифт"]]
    await resident.says("2")
    card = await resident.hears("Заявка №1001")
    assert card.text.splitlines() == [
        "Заявка №1001",
        "Лифт, ул. Садовая, 5, кв. 4",
        "Состояние: новая",
        "Подана сегодня в 11:00",
        "Сделаем до: завтра в 11:00",
        "",
        "«Лифт стоит»",
    ]
    assert card.buttons == ["Дописать", "История"]


async def test_no_requests_yet(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Мои заявки")
    told = await resident.hears("Заявок пока нет")
    assert told.buttons == ["Новая заявка"]


async def test_adding_words_and_photos(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.presses("Мои заявки", "🔧 №1001 Лифт", "Дописать")
    await resident.hears("Пишите, добавим к этой заявке")
    await resident.says("Этаж третий")
    await resident.hears("Добавили к заявке")
    await resident.sends_photo("вот")
    thread = await member.finds("№1001")
    shown = await member.reads(thread)
    assert "Этаж третий" in shown
    assert "вот <photo>" in shown


async def test_the_history_tells_what_was_said_and_done_and_no_notes(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    thread = await member.finds("№1001")
    await member.says("// житель ругался", thread)
    await member.says("/status в работе", thread)
    await world.waits(minutes=5)
    await member.says("Мастер выехал", thread)
    await world.waits(minutes=5)
    await resident.presses("Мои заявки", "🔧 №1001 Лифт", "История")
    history = await resident.hears("Лифт стоит\n\nсегодня в 11:00\nСостояние: в работе")
    assert "Заявка принята" in history.text
    assert "сегодня в 11:05\nАнна Соколова, диспетчер: Мастер выехал" in history.text
    assert "ругался" not in history.text
    assert "— Анна" not in history.text


async def test_not_solved_opens_it_again(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/close", thread)
    closed = await resident.hears("Сделали. Если что-то не так, нажмите «Не решено»")
    assert closed.rows == [["1", "2", "3", "4", "5"], ["Не решено"]]
    await resident.presses("Не решено")
    await resident.hears("Заявка снова открыта, диспетчер увидит. Что не так?")
    await member.sees(thread, "Житель говорит «Не решено». Заявка №1001 снова в работе.")
    await resident.says("Опять стоит")
    await member.sees(thread, "Опять стоит")
    await resident.presses_under(closed, "Не решено")
    await resident.hears("Эта заявка уже открыта")


async def test_a_closed_request_is_listed_after_the_open_ones(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.files()
    await member.says("/close", await member.finds("№1002"))
    await resident.hears("Сделали")
    await resident.presses("Мои заявки")
    shown = await resident.hears("Ваши заявки")
    assert shown.buttons == ["🔧 №1001 Лифт", "✅ №1002 Лифт"]
    await resident.presses("✅ №1002 Лифт")
    card = await resident.hears("Состояние: выполнена")
    assert card.buttons == ["Не решено", "История"]


async def test_thanks_for_a_closed_request_do_not_open_it(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/close", thread)
    await resident.hears("Сделали")
    await resident.says("Спасибо большое!")
    told = await resident.hears("Сама заявка закрыта")
    assert told.buttons == ["Не решено"]
    await member.sees(thread, "Спасибо большое!")
    await member.says("/status", thread)
    await member.sees(thread, "Заявка №1001: выполнена")


@pytest.mark.parametrize("action", ["ticket/show/1", "ticket/reopen/1", "ticket/history/1"])
async def test_somebody_elses_request_is_refused_and_written_down(
    resident: Resident, world: World, action: str
) -> None:
    await resident.settles_in()
    await resident.files()
    stranger = world.resident("Чужой")
    await stranger.settles_in("sosnovaya-3", "5", "Чужой")
    await stranger.forges(action)
    await stranger.hears("Не нашли этого среди ваших заявок")
    assert "Лифт стоит" not in await stranger.reads()
    assert [note.about for note in await world.audit("refused")] == [action]
