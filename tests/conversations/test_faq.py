"""Questions and answers: browsing them, asking in one's own words, and the way to a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from services.tables import Question, Thread
from tests.support.people import Member, Resident
from tests.support.pictures import png
from tests.support.world import World

ARTICLES = (Path(__file__).parent / "articles.yaml").read_text()


async def knows(world: World, change: Callable[[str], str] = str) -> None:
    """The company has these articles."""
    await world.changes_company(lambda text: text + change(ARTICLES))


async def questions(world: World) -> list[Question]:
    await world.settled()
    async with world.app.db.session() as session:
        return list(await session.scalars(select(Question).order_by(Question.id)))


# ── Browsing ─────────────────────────────────────────────────────────────────


async def test_topics_questions_answer_and_back(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.presses("Вопросы и ответы")
    asked = await resident.hears("О чём рассказать?")
    assert asked.buttons == ["Счётчики", "О нас", "Дом и двор", "Оплата"]
    await resident.presses("Счётчики")
    asked = await resident.hears("Счётчики. Что подсказать?")
    one, long, back = asked.buttons  # the long one is cut where a messenger takes no more
    assert (one, back) == ("Когда передать показания счётчиков?", "К темам")
    assert long.startswith("Что делать, если подошё")
    await resident.presses("Когда передать показания счётчиков?")
    answer = await resident.hears("С 20 по 25 число.")
    assert "https://dvor.example" in answer.text
    assert "+7 495 000-00-01" in answer.text
    assert "{" not in answer.text
    assert answer.rows == [["Помогло", "Не помогло"], ["Написать диспетчеру", "К вопросам"]]
    await resident.presses("К вопросам")
    await resident.hears("Счётчики. Что подсказать?")
    await resident.presses("К темам")
    await resident.hears("О чём рассказать?")


async def test_typed_labels_and_numbers_do_what_buttons_do(
    resident: Resident, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("/faq")
    await resident.hears("О чём рассказать?")
    await resident.says("4")
    await resident.hears("Оплата. Что подсказать?")
    await resident.says("как оплатить квитанцию")
    await resident.hears("На сайте https://dvor.example")
    await resident.says("помогло")
    await resident.unread()
    assert [(each.decision, each.chosen, each.outcome) for each in await questions(world)] == [
        ("browse", "pay", "helped")
    ]


async def test_many_questions_are_paged(resident: Resident, world: World) -> None:
    many = "".join(
        f"  - {{id: q{n}, topic: Разное, question: Вопрос номер {n}?, answer: Ответ {n}.}}\n"
        for n in range(1, 21)
    )
    await knows(world, lambda text: text + many)
    await resident.settles_in()
    await resident.presses("Вопросы и ответы", "Разное")
    asked = await resident.hears("Разное. Что подсказать?")
    assert asked.buttons == [*(f"Вопрос номер {n}?" for n in range(1, 9)), "Ещё", "К темам"]
    await resident.presses("Ещё")
    asked = await resident.hears("Разное. Что подсказать?")
    assert asked.buttons[0] == "Вопрос номер 9?"
    await resident.presses("Ещё")
    asked = await resident.hears("Разное. Что подсказать?")
    assert asked.buttons == [*(f"Вопрос номер {n}?" for n in range(17, 21)), "Назад", "К темам"]
    await resident.presses("Назад")
    asked = await resident.hears("Разное. Что подсказать?")
    assert asked.buttons[0] == "Вопрос номер 9?"


async def test_without_articles_the_menu_says_so(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Вопросы и ответы")
    await resident.hears("Готовых ответов пока нет")


async def test_each_complex_has_its_own_answer(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in("sadovaya-5")
    await resident.says("Как получить ключ от домофона?")
    await resident.hears("В Садовом домофона нет")
    other = world.resident("Пётр")
    await other.settles_in("sosnovaya-3", "7", "Пётр")
    await other.says("Как получить ключ от домофона?")
    await other.hears("новый ключ стоит 300 рублей")


async def test_hours_and_house_are_named_in_words(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("Где ваш офис?")
    answer = await resident.hears("Офис «Тихий двор» в доме ул. Садовая, 5.")
    assert "по будням с 8:00 до 20:00, перерыв с 13:00 до 14:00" in answer.text


async def test_a_picture_goes_with_the_answer(resident: Resident, world: World) -> None:
    (world.app.settings.data_dir / "bin.png").write_bytes(png(200, 80, 20))
    await knows(
        world, lambda text: text.replace("  - id: bulky\n", "  - id: bulky\n    picture: bin.png\n")
    )
    await resident.settles_in()
    await resident.says("Куда выбросить старый диван?")
    answer = await resident.hears("вывозим по средам")
    assert answer.files == ["photo"]


# ── In one's own words ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "когда передавать показания счётчиков?",
        "КОГДА ПЕРЕДАВАТЬ ПОКАЗАНИЯ СЧЕТЧИКОВ",
        "rjulf gthtlfdfnm gjrfpfybz cxtnxbrjd",
        "kogda peredavat pokazaniya schetchikov",
    ],
)
async def test_what_is_sure_is_answered(resident: Resident, world: World, words: str) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says(words)
    answer = await resident.hears("С 20 по 25 число.")
    assert answer.rows == [["Помогло", "Не помогло"], ["Написать диспетчеру"]]
    await resident.presses("Помогло")
    await resident.unread()
    kept = await questions(world)
    assert [(q.decision, q.chosen, q.outcome) for q in kept] == [("answer", "readings", "helped")]
    assert await world.count(Thread) == 0


async def test_what_is_likely_is_offered(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("что насчёт счётчиков")
    asked = await resident.hears("Возможно, вы об этом:")
    assert 2 <= len(asked.buttons) <= 4
    assert asked.buttons[-1] == "Другое"
    await resident.presses("Когда передать показания счётчиков?")
    await resident.hears("С 20 по 25 число.")
    await resident.presses("Помогло")
    (kept,) = await questions(world)
    assert (kept.decision, kept.chosen, kept.outcome) == ("suggest", "readings", "helped")
    assert set(kept.shown) == {"readings", "check"}


async def test_what_is_unknown_offers_a_person(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("Можно ли держать пчёл на балконе?")
    asked = await resident.hears("«Можно ли держать пчёл на балконе?»")
    assert asked.buttons == ["Это новая заявка", "Написать диспетчеру"]
    await resident.presses("Написать диспетчеру")
    await resident.hears("Передали диспетчеру")
    await member.sees(await member.finds("Мария"), "Можно ли держать пчёл на балконе?")
    (kept,) = await questions(world)
    assert (kept.decision, kept.outcome, kept.thread_id) == ("handoff", "person", 1)


# ── To a person ──────────────────────────────────────────────────────────────


async def test_what_did_not_help_goes_to_staff_with_what_was_shown(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("Где ваш офис?")
    await resident.presses("Не помогло")
    await resident.hears("Передали диспетчеру. Ответ придёт сюда.")
    card = await member.reads(await member.finds("Мария"))
    assert "Где ваш офис?" in card
    assert "Бот показал: «Где ваш офис и когда он открыт?» — не помогло" in card
    await resident.says("Мне нужно сегодня")
    await member.sees(await member.finds("Мария"), "Мне нужно сегодня")
    assert await member.counts_threads() == 1


@pytest.mark.parametrize("word", ["человек", "Оператор!", "живой человек", "Написать диспетчеру"])
async def test_a_word_for_a_person_takes_the_question_along(
    resident: Resident, member: Member, world: World, word: str
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("что насчёт счётчиков")
    await resident.hears("Возможно, вы об этом")
    await resident.says(word)
    await resident.hears("Передали диспетчеру")
    card = await member.reads(await member.finds("Мария"))
    assert "что насчёт счётчиков" in card
    assert "«Когда передать показания счётчиков?» — предложил на выбор" in card


async def test_another_question_opens_a_thread(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("что насчёт счётчиков")
    await resident.presses("Другое")
    await resident.hears("Передали диспетчеру")
    assert "что насчёт счётчиков" in await member.reads(await member.finds("Мария"))
    (kept,) = await questions(world)
    assert (kept.outcome, kept.thread_id) == ("person", 1)


async def test_what_was_only_browsed_asks_for_words(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.presses("Вопросы и ответы", "Оплата", "Как оплатить квитанцию?", "Не помогло")
    await resident.hears("Напишите, что осталось непонятно")
    await resident.says("Карта не проходит")
    await resident.hears("Передали диспетчеру")
    card = await member.reads(await member.finds("Мария"))
    assert "Карта не проходит" in card
    assert "Бот показал: «Как оплатить квитанцию?» — не помогло" in card


async def test_into_the_conversation_that_goes_on(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Первый вопрос")
    await resident.presses("Вопросы и ответы")
    await resident.says("Где ваш офис?")
    await resident.hears("Офис «Тихий двор»")
    await resident.presses("Не помогло")
    thread = await member.finds("Мария")
    await member.sees(thread, "Где ваш офис?")
    await member.sees(thread, "Бот показал: «Где ваш офис и когда он открыт?» — не помогло")
    assert await member.counts_threads() == 1


async def test_a_conversation_with_staff_is_not_interrupted(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Здравствуйте, вопрос")
    thread = await member.finds("Мария")
    await member.says("Слушаю вас", thread)
    await resident.hears("Слушаю вас")
    await resident.says("Где ваш офис?")
    await member.sees(thread, "Где ваш офис?")
    assert await questions(world) == []


async def test_a_file_with_the_words_is_for_a_person(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.sends_photo("Где ваш офис?")
    asked = await resident.hears("«Где ваш офис?»")
    assert asked.buttons == ["Это новая заявка", "Написать диспетчеру"]


async def test_no_is_pressed_twice_and_later(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("Где ваш офис?")
    answer = await resident.hears("Офис «Тихий двор»")
    await resident.presses("Мои заявки")
    await resident.hears("Заявок пока нет")
    await resident.presses_under(answer, "Не помогло")
    await resident.hears("Передали диспетчеру")
    await resident.presses_under(answer, "Не помогло")
    await resident.hears("уже записали")
    assert await member.counts_threads() == 1
    assert "Где ваш офис?" in await member.reads(await member.finds("Мария"))


async def test_somebody_elses_answer_is_not_theirs_to_judge(
    resident: Resident, world: World
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("Где ваш офис?")
    await resident.hears("Офис «Тихий двор»")
    stranger = world.resident("Пётр")
    await stranger.settles_in("sosnovaya-3", "7", "Пётр")
    for action in ("faq/yes/1", "faq/no/1", "faq/read/1/office", "faq/yes/x", "faq/boo/1"):
        await stranger.forges(action)
        await stranger.hears("Не нашли этого")
    assert [q.outcome for q in await questions(world)] == [""]


# ── Without consent ──────────────────────────────────────────────────────────


async def test_a_stranger_is_answered_and_not_remembered(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.opens("sadovaya-5")
    await resident.hears("Вы согласны")
    await resident.says("Где ваш офис? Я Мария, тел. 8 912 345-67-89")
    await resident.hears("Офис «Тихий двор»")
    (kept,) = await questions(world)
    assert kept.resident_id is None
    assert "345" not in kept.text
    assert "Мария" not in kept.text
    await resident.presses("Помогло")
    assert [q.outcome for q in await questions(world)] == ["helped"]
    await resident.presses("Согласен")
    await resident.hears("ул. Садовая, 5. Какой номер")


async def test_who_refused_may_browse_and_ask(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.opens()
    await resident.presses("Не даю согласия", "Вопросы и ответы", "Оплата")
    await resident.presses("Как оплатить квитанцию?")
    await resident.hears("На сайте https://dvor.example")
    await resident.says("когда передавать показания счётчиков?")
    await resident.hears("С 20 по 25 число.")
    assert {q.resident_id for q in await questions(world)} == {None}


async def test_a_person_needs_consent_and_then_gets_the_words(
    resident: Resident, member: Member, world: World
) -> None:
    await knows(world)
    await resident.opens("sadovaya-5")
    await resident.presses("Не даю согласия")
    await resident.says("Где ваш офис?")
    await resident.hears("Офис «Тихий двор»")
    await resident.presses("Не помогло")
    await resident.hears("нужно ваше согласие")
    await resident.presses("Согласен")
    await resident.says("4")
    await resident.says("Мария")
    await resident.presses("Пропустить")
    await resident.hears("Передали диспетчеру")
    card = await member.reads(await member.finds("Мария"))
    assert "Где ваш офис?" in card
    assert "не помогло" in card


# ── Courtesy ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "answers"),
    [
        ("Здравствуйте!", ("Чем помочь", "Рассказывайте", "Слушаю вас")),
        ("спасибо большое", ("Пожалуйста", "Не за что", "На здоровье")),
        ("до свидания", ("До свидания", "Всего доброго", "Хорошего дня")),
        ("вы идиоты", ("накипело", "подвели", "сердитесь")),
        ("ты бот?", ("Тихий двор",)),
    ],
)
async def test_kind_words_and_others_get_a_human_reply(
    resident: Resident, world: World, words: str, answers: tuple[str, ...]
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says(words)
    told = (await resident.last()).text
    assert any(answer in told for answer in answers), told
    assert "Помогло" not in (await resident.last()).buttons
    assert await questions(world) == []


async def test_abuse_reaches_a_person_when_they_wish(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.says("вы идиоты")
    await resident.presses("Написать диспетчеру")
    await resident.hears("Передали диспетчеру")
    await member.sees(await member.finds("Мария"), "вы идиоты")


async def test_thanks_under_an_answer_say_that_it_helped(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.says("Где ваш офис?")
    await resident.hears("Офис «Тихий двор»")
    await resident.says("спасибо!")
    assert [q.outcome for q in await questions(world)] == ["helped"]


# ── One's own case ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", ["где мой мастер по заявке 1001", "Когда придут по моей заявке?", "что с моей заявкой"]
)
async def test_a_question_about_ones_own_request_opens_it(
    resident: Resident, member: Member, world: World, words: str
) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.files()
    await resident.says("/menu")
    await resident.says(words)
    card = await resident.hears("Состояние: новая")
    assert card.text.startswith("Заявка №1001")
    assert card.buttons == [
        "Дописать", "История", "Спросить по этой заявке", "Другая тема", "Написать диспетчеру",
    ]  # fmt: skip
    await resident.presses("Спросить по этой заявке")
    await member.sees(await member.finds("№1001"), words)


async def test_somebody_elses_number_is_refused(resident: Resident, world: World) -> None:
    await knows(world)
    await resident.settles_in()
    await resident.files()
    stranger = world.resident("Пётр")
    await stranger.settles_in("sosnovaya-3", "7", "Пётр")
    for number in ("1001", "4242"):
        await stranger.says(f"что с заявкой {number}?")
        await stranger.hears(f"Не нашли №{number} среди ваших заявок")
