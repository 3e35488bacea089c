"""The staff's way: the card, answers, notes, commands, edits, what became of it."""

from __future__ import annotations

import pytest

from tests.support.drivers.desk import AtDesk
from tests.support.people import Member, Resident
from tests.support.world import World


async def test_the_card_has_all_that_is_needed_and_no_more(
    resident: Resident, member: Member
) -> None:
    await resident.opens("sosnovaya-1")
    await resident.presses("Согласен")
    await resident.says("14")
    await resident.says("Мария")
    await resident.says("89123456789")
    await resident.presses("Новая заявка")
    await resident.sends_photo("Капает кран")
    await resident.presses("Сантехника", "Капает кран", "Завтра утром", "Отправить")
    await resident.hears("Заявка №1001")
    thread = await member.finds("№1001")
    card = await member.reads(thread)
    for words in ("№1001", "Сантехника", "ул. Сосновая, 1, кв. 14", "Мария", "Капает кран",
                  "Завтра утром", "7 марта в 11:00", "photo"):  # fmt: skip
        assert words in card, card
    assert ("подъезд 2" in card) or ("Подъезд: 2" in card)
    if member.driver.name == "forum":  # a whole room reads it
        assert "912" not in card
        assert "345" not in card


@pytest.mark.rooms("forum")
async def test_a_request_is_one_post_in_a_topic_of_its_own(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001 Лифт · ул. Садовая, 5, кв. 4")
    lines = await member.driver.look(thread)
    assert len(lines) == 1
    assert lines[0].buttons == ["Принять", "Закрыть", "Взять"]
    assert world.group is not None
    assert world.group.general.heard() == []


async def test_an_answer_is_signed_with_name_and_role(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Мастер будет в три <часа>", thread)
    answer = await resident.hears("Мастер будет в три <часа>")
    assert answer.text == "Анна Соколова, диспетчер · заявка №1001\nМастер будет в три <часа>"
    await member.sees_mark(thread, "Мастер будет", "👍" if member.driver.name == "forum" else "")


@pytest.mark.parametrize(
    "words",
    ["// он грубит", "//он грубит", "/note он грубит", "/unknown он грубит", "/ он грубит",
     "/who он грубит", "/help\nон грубит"],
)  # fmt: skip
async def test_notes_and_anything_with_a_slash_never_reach_the_resident(
    resident: Resident, member: Member, words: str
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says(words, thread)
    await resident.hears_nothing()
    assert "грубит" not in await resident.reads()


async def test_an_answer_to_a_note_is_a_note(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("// позвонить старшей", thread)
    note = await member.sees(thread, "позвонить старшей")
    await member.quotes(note, "позвонила, не берёт", thread)
    await resident.hears_nothing()
    await member.sees(thread, "позвонила, не берёт")


async def test_an_empty_note_is_told_how(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("//", thread)
    await member.sees(thread, "Заметка пустая")


async def test_a_quoted_answer_quotes_for_the_resident_too(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.says("Какой код от двери?")
    thread = await member.finds("№1001")
    asked = await member.sees(thread, "Какой код от двери?")
    await member.quotes(asked, "12К34", thread)
    answer = await resident.hears("12К34")
    assert answer.quotes is not None


# ── Commands ─────────────────────────────────────────────────────────────────


async def test_status_is_shown_and_set(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/status", thread)
    await member.sees(thread, "Заявка №1001: новая. Срок завтра в 11:00.")
    await member.says("/status в работе, едет Пётр", thread)
    await member.sees(thread, "Заявка №1001: в работе — Анна Соколова.")
    news = await resident.hears("В работе.")
    assert "Пётр" not in news.text
    await member.says("/status В РАБОТЕ", thread)
    await member.sees(thread, "Заявка №1001 уже в работе.")
    await resident.hears_nothing()


@pytest.mark.parametrize(
    ("words", "news"),
    [
        ("принята", "Приняли, занимаемся."),
        ("ждёт", "Ждём вашего ответа"),
        ("ждет ответа", "Ждём вашего ответа"),
        ("Готово", "Сделали."),
        ("выполнена.", "Сделали."),
        (
            "отклонена: не наш дом",
            "Эту заявку выполнить не сможем: не наш дом. Диспетчер подскажет",
        ),
    ],
)
async def test_status_in_russian_words(
    resident: Resident, member: Member, words: str, news: str
) -> None:
    await resident.settles_in()
    await resident.files()
    await member.says(f"/status {words}", await member.finds("№1001"))
    await resident.hears(news)


async def test_an_unknown_status_lists_the_known(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/status летит", thread)
    await member.sees(thread, "Состояния «летит» нет. Можно: принята, в работе")
    await resident.hears_nothing()


async def test_close_with_words_that_stay_inside(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/close сам дурак", thread)
    await resident.hears("Сделали")
    assert "дурак" not in await resident.reads()
    await member.says("/close", thread)
    await member.sees(thread, "уже выполнена")


async def test_who(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/who", thread)
    told = await member.sees(thread, "Пишет: ")
    assert "Мария" in told.text
    assert "ул. Садовая, 5, кв. 4" in told.text


async def test_help_and_an_unknown_command(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/help", thread)
    await member.sees(thread, "Всё, что вы пишете в теме, уходит жителю")
    await member.says("/nosuch thing", thread)
    told = await member.sees(thread, "Команды /nosuch нет, жителю ничего не ушло.")
    assert told.text.endswith("нет, жителю ничего не ушло. Все команды — /help.")
    for typed, meant in (
        ("/clos", "/close"), ("/stauts в работе", "/status"), ("/закрть", "/закрыть"),
        ("/relese", "/release"), ("/передаь Анне", "/передать"),
    ):  # fmt: skip
        await member.says(typed, thread)
        told = await member.sees(thread, f"Команды {typed.split()[0]} нет")
        assert f"Может быть, {meant}? Все команды — /help." in told.text
    await member.says("/help", thread)
    told = await member.sees(thread, "Что не уходит")
    for command in ("/note", "/status", "/close", "/who", "/help", "/release", "/ban"):
        assert command in told.text
    assert "/team" not in told.text  # of managers and admins


async def test_status_of_a_conversation_without_a_request(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Вопрос")
    thread = await member.finds("Мария")
    await member.says("/status", thread)
    await member.sees(thread, "У этого разговора нет заявки")
    await member.says("/close", thread)
    await member.sees(thread, "Разговор закрыт — Анна Соколова.")
    await member.says("/close", thread)
    await member.sees(thread, "Разговор уже закрыт")


@pytest.mark.rooms("forum")
async def test_the_buttons_of_the_card(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.presses("Принять", thread)
    await member.sees(thread, "Заявка №1001: принята — Анна Соколова.")
    await resident.hears("Приняли, занимаемся.")
    card = (await member.driver.look(thread))[0]
    assert "Состояние: принята" in card.text
    assert card.buttons == ["Закрыть", "Взять"]
    await member.presses("Закрыть", thread)
    closed = await resident.hears("Сделали.")
    assert closed.buttons[-1] == "Не решено"


@pytest.mark.rooms("forum")
async def test_a_command_in_general_asks_for_the_topic(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.group is not None
    await member.driver.user.says("/close", chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    assert "Здесь непонятно, о какой заявке речь" in world.group.general.heard()[-1].text
    await member.driver.user.says("Коллеги, обед", chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    assert len(world.group.general.heard()) == 1


# ── Edits ────────────────────────────────────────────────────────────────────


@pytest.mark.rooms("forum")
async def test_an_edit_of_an_answer_reaches_the_resident(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Будем в три", thread)
    answer = await resident.hears("Будем в три")
    await member.edits("Будем в три", "Будем в пять", thread)
    await resident.becomes(answer, "Анна Соколова, диспетчер · заявка №1001\nБудем в пять")


@pytest.mark.rooms("forum")
async def test_an_edit_makes_no_secret_of_what_was_said_and_tells_none(
    resident: Resident, member: Member
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("Будем в три", thread)
    answer = await resident.hears("Будем в три")
    await member.edits("Будем в три", "// сам виноват", thread)
    await member.sees(thread, "у него остался прежний текст")
    await member.says("// он грубит", thread)
    await member.edits("он грубит", "он очень грубит", thread)
    await resident.hears_nothing()
    await resident.becomes(answer, "Будем в три")
    assert "груб" not in await resident.reads()
    assert "виноват" not in await resident.reads()


@pytest.mark.needs("edits")
async def test_an_edit_of_the_resident_reaches_staff(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files("Лифт стаит")
    thread = await member.finds("№1001")
    await resident.edits("Лифт стаит", "Лифт стоит")
    await member.sees(thread, "Лифт стоит")
    await resident.says("На питом этаже")
    await member.sees(thread, "На питом этаже")
    await resident.edits("На питом", "На пятом этаже")
    await member.sees(thread, "На пятом этаже")
    assert "питом" not in await member.reads(thread)
    card = (await member.driver.look(thread))[0].text
    assert "№1001" in card


@pytest.mark.needs("edits")
async def test_edits_of_what_is_no_message_of_a_thread(resident: Resident) -> None:
    await resident.settles_in()
    await resident.forgets()
    await resident.edits("4", "5")
    await resident.hears_nothing()


# ── What became of it ────────────────────────────────────────────────────────


@pytest.mark.needs("blocking")
async def test_a_resident_who_stopped_the_bot(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await resident.blocks()
    await member.says("Вы дома?", thread)
    why = "не разрешил сообществу писать" if world.channel == "vk" else "остановил бота"
    line = await member.sees(thread, f"житель {why}")
    assert line.text.startswith("⚠️ Не доставлено")
    await member.says("/who", thread)
    await member.sees(thread, "Сейчас не получает сообщений")


async def test_a_sticker_of_a_member_is_told_not_to_have_left(
    resident: Resident, member: Member
) -> None:
    if member.driver.name == "desk":
        return
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.sends_sticker(thread)
    await member.sees(thread, "Стикер жителю не ушёл")
    await resident.hears_nothing()


# ── Desk and room together ───────────────────────────────────────────────────


@pytest.mark.rooms("forum")
async def test_desk_and_topic_mirror_each_other(
    resident: Resident, member: Member, world: World
) -> None:
    desk = await world.member("olga", at_desk=True)
    await resident.settles_in()
    await resident.files()
    topic, thread = await member.finds("№1001"), await desk.finds("№1001")
    await desk.says("Пишу из браузера", thread)
    answer = await resident.hears("Пишу из браузера")
    assert answer.text.startswith("Ольга Миронова, администратор")
    await member.sees(topic, "Ольга Миронова, администратор\nПишу из браузера")
    await member.says("А я из темы", topic)
    await resident.hears("А я из темы")
    await desk.sees(thread, "А я из темы")
    await desk.says("// заметка из браузера", thread)
    note = await member.sees(topic, "заметка из браузера")
    await member.quotes(note, "ответ на неё", topic)  # an answer to a note is a note
    await desk.sees(thread, "ответ на неё")
    await desk.says("/status в работе", thread)
    await member.sees(topic, "Заявка №1001: в работе — Ольга Миронова.")
    await resident.hears("В работе.")
    await resident.hears_nothing()
    assert "заметка" not in await resident.reads()
    await resident.says("Спасибо")
    await member.sees(topic, "Спасибо")
    await desk.sees(thread, "Спасибо")


# ── The way to the desk ──────────────────────────────────────────────────────


@pytest.mark.only("telegram")
async def test_a_member_gets_a_link_to_the_desk_that_works_once(world: World) -> None:
    assert world.tg is not None
    anna = world.tg.user("Анна", 502)
    await anna.says("/desk")
    told = await anna.hears("Вход в диспетчерскую: http")
    url = told.text.split()[3]
    assert url.startswith(f"{world.app.address}/desk/enter?token=")
    desk = await AtDesk.sign_in(world.app.address, url.partition("=")[2], "Анна")
    assert (await desk.get("me"))["member"]["name"] == "Анна Соколова"
    await desk.close()
    again = await AtDesk.sign_in(world.app.address, url.partition("=")[2], "Анна")
    async with again.browser.get("/desk/api/me") as answer:
        assert answer.status == 401
    await again.close()


@pytest.mark.only("telegram")
async def test_a_member_without_the_desk_is_told_whom_to_ask(world: World) -> None:
    assert world.tg is not None
    petr = world.tg.user("Пётр", 503)
    await petr.says("/desk")
    await petr.hears("Попросите администратора")


@pytest.mark.rooms("forum")
async def test_no_link_is_shown_to_a_whole_room(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/desk", thread)
    told = await member.sees(thread, "только в личном чате")
    assert "token" not in told.text
