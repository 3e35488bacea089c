"""Talking with a dispatcher; several homes and open tickets: each message goes to one of them."""

from __future__ import annotations

import pytest

from services.tables import Thread
from tests.support.people import Member, Resident
from tests.support.world import World


@pytest.mark.parametrize(
    "word", ["Написать диспетчеру", "оператор", "Человек!", "позовите человека"]
)
async def test_a_human_is_one_word_away(resident: Resident, word: str) -> None:
    await resident.settles_in()
    await resident.says(word)
    told = await resident.hears("Пишите, передадим диспетчеру. Ответим примерно за 20 минут.")
    assert "Быстрее голосом: +7 495 000-00-01. Авария: +7 495 000-00-02." in told.text
    assert told.rows == [["Перезвоните мне"], ["В меню"]]


@pytest.mark.parametrize(
    ("wait", "when"),
    [
        ({"hours": 2.5}, "сегодня в 14:00"),  # lunch
        ({"hours": 10}, "завтра в 08:00"),
        ({"days": 2, "hours": 10}, "10 марта в 08:00"),  # Friday evening, then a holiday Monday
    ],
)
async def test_out_of_hours_it_says_when(
    resident: Resident, world: World, wait: dict[str, float], when: str
) -> None:
    await resident.settles_in()
    await world.waits(**wait)
    await resident.presses("Написать диспетчеру")
    await resident.hears(f"Сейчас диспетчеры не на месте, ответят {when}.")


async def test_a_question_and_its_answer(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Когда поменяют лампу?")
    await resident.hears("Передали диспетчеру. Ответ придёт сюда.")
    thread = await member.finds("Мария")
    await member.sees(thread, "Когда поменяют лампу?")
    await member.says("Завтра до обеда.", thread)
    answer = await resident.hears("Завтра до обеда.")
    assert answer.text.splitlines()[0] == "Анна Соколова, диспетчер"
    await resident.says("Спасибо")
    await resident.hears("Передали диспетчеру")
    await resident.says("И ещё коврик бы")
    await resident.hears_nothing()  # "passed on" is said once in a while
    await member.sees(thread, "И ещё коврик бы")
    assert await member.counts_threads() == 1


async def test_photos_and_voices_go_both_ways(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.sends_album(2, "вот лампа")
    await resident.hears("Передали диспетчеру")
    thread = await member.finds("Мария")
    shown = await member.reads(thread)
    assert "вот лампа" in shown
    assert shown.count("photo") == 2
    await member.sends_photo(thread, "такую поставим")
    got = await resident.hears("такую поставим")
    assert got.files == ["photo"]


async def test_an_open_conversation_goes_on(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Первый вопрос")
    await resident.presses("Написать диспетчеру")
    await resident.says("Второй вопрос")
    thread = await member.finds("Мария")
    assert "Второй вопрос" in await member.reads(thread)
    assert await member.counts_threads() == 1


async def test_after_a_closed_conversation_words_open_it_again(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Вопрос")
    thread = await member.finds("Мария")
    await member.says("/close", thread)
    await resident.hears("Разговор завершили. Если остались вопросы, просто напишите.")
    await resident.says("Остались!")
    await resident.hears("Передали диспетчеру")
    await member.sees(thread, "Остались!")
    await member.says("Слушаю вас", thread)
    await resident.hears("Слушаю вас")


# ── «Перезвоните мне» ────────────────────────────────────────────────────────


async def test_call_me_asks_for_a_number_once(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру", "Перезвоните мне")
    await resident.hears("По какому номеру перезвонить?")
    await resident.says("потом")
    await resident.hears("Не похоже на номер телефона")
    await resident.says("8 912 345 67 89")
    told = await resident.hears("Передали диспетчеру вашу просьбу")
    assert "Перезвонят в течение 20 минут на +7 912 345-67-89." in told.text
    assert told.standing
    await resident.hears_nothing()
    thread = await member.finds("Мария")
    await member.sees(thread, "Просит перезвонить: +7 912 345-67-89")
    await resident.presses("Написать диспетчеру", "Перезвоните мне")
    await resident.hears("Передали диспетчеру вашу просьбу")  # the number is known now


async def test_call_me_out_of_hours_says_when(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await world.waits(hours=10)
    await resident.presses("Написать диспетчеру", "Перезвоните мне")
    await resident.says("89123456789")
    await resident.hears("Диспетчеры будут на месте завтра в 08:00, тогда и перезвонят")


async def test_call_me_may_be_given_up(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру", "Перезвоните мне", "В меню")
    await resident.hears("Чем помочь?")


# ── Which thread ─────────────────────────────────────────────────────────────


async def test_a_word_after_filing_belongs_to_the_request(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.says("Забыла: подъезд первый")
    told = await resident.hears("Добавили к заявке")
    assert told.text.startswith("Заявка №1001")
    await member.sees(await member.finds("№1001"), "подъезд первый")


async def test_hours_later_the_person_is_asked(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.says("Очень ждём")
    await world.waits(hours=3)
    await resident.says("Во дворе сломали лавочку")
    asked = await resident.hears("«Во дворе сломали лавочку»\n\nК чему это относится?")
    assert asked.rows == [["№1001 Лифт"], ["Это новая заявка"], ["Написать диспетчеру"]]
    await resident.presses("Это новая заявка")
    await resident.hears("К чему это отнести?")
    assert "лавочку" not in await member.reads(await member.finds("№1001"))


async def test_an_answer_of_staff_may_be_answered_hours_later(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Какой этаж?", thread)
    await resident.hears("Какой этаж?")
    await world.waits(hours=9)
    await resident.says("Третий")
    await member.sees(thread, "Третий")


async def test_of_two_open_requests_the_last_answered_takes_the_words(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.files("Лифт шумит")
    first = await member.finds("№1001")
    await member.says("На каком этаже стоит?", first)
    await resident.hears("На каком этаже стоит?")
    await resident.says("На пятом")
    await member.sees(first, "На пятом")


async def test_when_both_were_answered_the_person_is_asked(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.files("Лифт шумит")
    first, second = await member.finds("№1001"), await member.finds("№1002")
    await member.says("На каком этаже?", first)
    await resident.hears("На каком этаже?")
    await member.says("Громко?", second)
    await resident.hears("Громко?")
    await resident.says("Да, очень")
    asked = await resident.hears("«Да, очень»\n\nК чему это относится?")
    assert asked.buttons[:2] == ["№1002 Лифт", "№1001 Лифт"]
    await resident.says("1")
    told = await resident.hears("Добавили к заявке")
    assert told.text.startswith("Заявка №1002")
    await member.sees(second, "Да, очень")
    assert "Да, очень" not in await member.reads(first)


async def test_a_quote_says_which(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.files("Лифт шумит")
    first, second = await member.finds("№1001"), await member.finds("№1002")
    await member.says("На каком этаже?", first)
    question = await resident.hears("На каком этаже?")
    await member.says("Громко?", second)
    await resident.hears("Громко?")
    await resident.quotes(question, "На пятом")
    line = await member.sees(first, "На пятом")
    assert line.quotes is not None
    assert "На пятом" not in await member.reads(second)


async def test_a_quote_in_the_middle_of_a_form_leaves_the_form_alone(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.presses("Новая заявка", "Шум")
    thread = await member.finds("№1001")
    await member.says("На каком этаже?", thread)
    question = await resident.hears("На каком этаже?")
    await resident.quotes(question, "На пятом")
    await resident.hears("Добавили к заявке")
    await member.sees(thread, "На пятом")
    await resident.presses("Ремонт")
    await resident.hears("Откуда слышно?")


async def test_an_answer_in_the_middle_of_a_form_does_not_take_its_words(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.presses("Новая заявка", "Лифт")
    thread = await member.finds("№1001")
    await member.says("Мастер едет", thread)
    await resident.hears("Мастер едет")
    await resident.says("Двери не закрываются")
    await resident.hears("Что с лифтом?")
    assert "Двери" not in await member.reads(thread)


async def test_a_sticker_in_a_conversation(resident: Resident) -> None:
    if not resident.can("stickers"):
        return
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.sends_sticker()
    await resident.hears("Напишите, пожалуйста, словами")


async def test_an_emoji_in_a_conversation_is_passed_on(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Готово?", thread)
    await resident.hears("Готово?")
    await resident.says("👍")
    await member.sees(thread, "👍")


async def test_without_a_home_a_question_still_goes_through(
    resident: Resident, world: World
) -> None:
    await resident.opens()
    await resident.presses("Согласен", "Отмена", "Написать диспетчеру")
    await resident.says("Я из другого города, как с вами связаться?")
    await resident.hears("Передали диспетчеру")
    assert await world.count(Thread) == 1
