"""Two rooms for a request: dispatchers hand it over to executors, and it stays with both."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.conversations.test_access import forge
from tests.support.people import Member, Resident
from tests.support.telegram import Group
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.rooms("forum")]


@pytest_asyncio.fixture
async def group(world: World) -> Group:
    """The executors' forum of «Садовый»; «Сосновый бор» has none."""
    return await world.names_executors("sad")


@pytest.fixture
def master(world: World, group: Group) -> Member:
    """Of the company file, with every room: what is refused is refused for the room's sake."""
    return world.sits_in(group, "Пётр", 503)


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.files()
    return await member.finds("№1001")


async def handed(resident: Resident, member: Member, master: Member) -> tuple[Any, Any]:
    """The topics of both rooms."""
    topic = await filed(resident, member)
    await member.presses("Мастерам", topic)
    return topic, await master.finds("№1001")


async def lines(member: Member, topic: Any) -> list[str]:
    await member.reads(topic)
    return [line.text for line in await member.driver.look(topic)]


# ── Handing over ─────────────────────────────────────────────────────────────


async def test_a_request_is_handed_over_with_all_that_was_said(
    resident: Resident, member: Member, master: Member
) -> None:
    topic = await filed(resident, member)
    assert await master.counts_threads() == 0
    await resident.says("Кабина на третьем")
    await resident.sends_photo("Вот так")
    await member.says("Понял, передаю", topic)
    await member.says("// он вежливый", topic)
    await member.sees(topic, "Вот так")
    await member.presses("Мастерам", topic)
    await member.sees(topic, "Заявка №1001 передана в группу «Мастера» — Анна Соколова.")
    theirs = await master.finds("№1001 Лифт · ул. Садовая, 5, кв. 4")
    shown = await master.driver.look(theirs)
    assert [line.text.splitlines()[0] for line in shown if line.rows] == ["Заявка №1001 · Лифт"]
    card = next(line for line in shown if line.rows)
    assert card.buttons == ["Принято", "В пути", "Готово", "Никого нет дома"]
    for words in ("Лифт стоит", "Кабина на третьем", "Вот так", "ул. Садовая, 5, кв. 4", "Срок"):
        assert words in card.text
    text = await master.reads(theirs)
    assert "photo" in text
    assert "вежливый" not in text
    assert "прежняя тема" not in text
    await resident.hears("Понял, передаю")
    await resident.hears_nothing()


@pytest.mark.parametrize("command", ["/masters", "/мастерам", "/Мастерам"])
async def test_a_command_hands_over_too_and_twice_is_once(
    resident: Resident, member: Member, master: Member, world: World, command: str
) -> None:
    topic = await filed(resident, member)
    await member.says(command, topic)
    theirs = await master.finds("№1001")
    before = await lines(master, theirs)
    await member.presses("Мастерам", topic)
    await member.sees(topic, "Заявка №1001 уже в группе «Мастера».")
    await master.says("/masters", theirs)
    await master.sees(theirs, "Заявка №1001 уже в группе «Мастера».")
    assert (await lines(master, theirs))[: len(before)] == before
    assert len(await world.audit("handed over")) == 1
    assert await master.counts_threads() == 1
    await resident.hears_nothing()


async def test_from_the_desk(
    resident: Resident, member: Member, master: Member, world: World
) -> None:
    topic = await filed(resident, member)
    desk = await world.member("anna", at_desk=True)
    thread = await desk.finds("№1001")
    await desk.says("/masters", thread)
    theirs = await master.finds("№1001")
    await member.sees(topic, "передана в группу «Мастера»")
    await desk.says("Мастер придёт к шести", thread)
    await resident.hears("Мастер придёт к шести")
    for who, where in ((member, topic), (master, theirs)):
        await who.sees(where, "Анна Соколова, диспетчер\nМастер придёт к шести")
    await desk.says("// ключ у консьержа", thread)
    await member.sees(topic, "ключ у консьержа")
    assert "консьержа" not in await master.reads(theirs)


async def test_a_complex_without_executors(
    resident: Resident, member: Member, master: Member
) -> None:
    await resident.settles_in("sosnovaya-3", "5")
    await resident.files()
    topic = await member.finds("№1001")
    assert (await member.driver.look(topic))[0].buttons == ["Принять", "Закрыть", "Взять"]
    await member.says("/masters", topic)
    await member.sees(topic, "Мастерам не передано: у этого ЖК нет группы мастеров")
    assert await master.counts_threads() == 0


async def test_what_cannot_be_handed_over(
    resident: Resident, member: Member, master: Member, world: World
) -> None:
    topic = await filed(resident, member)
    await member.says("/close", topic)
    await member.sees(topic, "выполнена")
    await member.says("/masters", topic)
    await member.sees(topic, "Заявка №1001 уже выполнена, мастерам не передана.")
    await resident.presses("Написать диспетчеру")
    await resident.says("А вы до скольки?")
    talk = await member.finds("А вы до скольки?")
    await member.says("/masters", talk)
    await member.sees(talk, "У этого разговора нет заявки, а мастерам передают только заявки.")
    assert world.group is not None
    await member.driver.user.says("/masters", chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    assert "непонятно, о какой заявке" in world.group.general.heard()[-1].text
    assert await master.counts_threads() == 0


# ── From then on ─────────────────────────────────────────────────────────────


async def test_what_the_resident_says_and_edits_stands_in_both(
    resident: Resident, member: Member, master: Member, world: World
) -> None:
    topic, theirs = await handed(resident, member, master)
    await world.settled()
    for words in ("Раз", "Два", "Три"):
        await resident.says(words)
    for who, where in ((member, topic), (master, theirs)):
        assert (await lines(who, where))[-1] == "Мария · №1001\nРаз\n\nДва\n\nТри"
    await resident.edits("Два", "Пять")
    await resident.edits("Лифт стоит", "Лифт встал")
    for who, where in ((member, topic), (master, theirs)):
        assert (await lines(who, where))[-1] == "Мария · №1001\nРаз\n\nПять\n\nТри"
        assert "Лифт встал" in (await lines(who, where))[0]


async def test_both_answer_and_each_reads_the_other(
    resident: Resident, member: Member, master: Member
) -> None:
    topic, theirs = await handed(resident, member, master)
    await master.says("Буду через час", theirs)
    answer = await resident.hears("Буду через час")
    assert answer.text == "Пётр Ильин, мастер · заявка №1001\nБуду через час"
    await member.sees(topic, "Пётр Ильин, мастер\nБуду через час")
    await master.sees_mark(theirs, "Буду через час", "✍")
    await member.says("И позвонит снизу", topic)
    await resident.hears("Анна Соколова, диспетчер · заявка №1001\nИ позвонит снизу")
    await master.sees(theirs, "Анна Соколова, диспетчер\nИ позвонит снизу")
    mirrored = await master.sees(theirs, "И позвонит снизу")
    await master.quotes(mirrored, "Код не нужен", theirs)
    await resident.hears("Код не нужен")
    await master.edits("Буду через час", "Буду через два", theirs)
    await resident.becomes(answer, "Буду через два")
    await member.sees(topic, "Пётр Ильин, мастер\nБуду через два")


async def test_an_answer_taken_back_says_so_in_the_other_room(
    resident: Resident, member: Member, master: Member
) -> None:
    topic, theirs = await handed(resident, member, master)
    await master.says("Не туда", theirs)
    await resident.hears("Не туда")
    await member.sees(topic, "Не туда")
    await master.says("/recall", theirs)
    await master.sees(theirs, "Отозвали: у жителя этого сообщения больше нет.")
    await member.sees(topic, "(отозвано) Не туда")
    assert "Не туда" not in await resident.reads()


async def test_an_undelivered_answer_is_sent_again_by_its_executor(
    resident: Resident, member: Member, master: Member, world: World
) -> None:
    assert world.tg is not None
    _, theirs = await handed(resident, member, master)
    chat = resident.driver.user.chat.id  # type: ignore[attr-defined]
    world.tg.faults.next("sendMessage", chat=chat, kind="error", code=400, times=1)
    await master.says("Выехал", theirs)
    await master.sees(theirs, "⚠️ Не доставлено (Telegram)")
    await master.presses("Повторить", theirs)
    await master.sees(theirs, "Отправляем ещё раз")
    await resident.hears("Выехал")


async def test_notes_stay_in_their_room(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    topic, theirs = await handed(resident, member, master)
    await member.says("// жалуется каждый день", topic)
    await master.says("// нужен второй ключ", theirs)
    await world.settled()
    assert "каждый день" not in await master.reads(theirs)
    assert "второй ключ" not in await member.reads(topic)
    desk = await world.member("anna", at_desk=True)
    thread = await desk.reads(await desk.finds("№1001"))
    assert "каждый день" in thread
    assert "второй ключ" in thread
    # Not even by a new topic with the last words.
    group.delete_topic(theirs.id)
    await resident.says("Вы тут?")
    again = await master.finds("Вы тут?")
    text = await master.reads(again)
    assert "второй ключ" in text
    assert "каждый день" not in text
    assert world.group is not None
    world.group.delete_topic(topic.id)
    await resident.says("Ау")
    text = await member.reads(await member.finds("Ау"))
    assert "каждый день" in text
    assert "второй ключ" not in text


async def test_the_state_shows_in_both(resident: Resident, member: Member, master: Member) -> None:
    topic, theirs = await handed(resident, member, master)
    rooms = ((member, topic), (master, theirs))
    await master.presses("Принято", theirs)
    await resident.hears("Приняли, занимаемся.")
    for who, where in rooms:
        await who.sees(where, "Заявка №1001: принята — Пётр Ильин.")
        assert "Состояние: принята" in (await lines(who, where))[0]
    await member.says("/status отклонена не наш лифт", topic)
    await resident.hears("выполнить не сможем")
    for who, where in rooms:
        await who.sees(where, "Заявка №1001: отклонена — Анна Соколова.")
        card = (await who.driver.look(where))[0]
        assert "Состояние: отклонена" in card.text
        assert card.buttons == (["Вернуть в работу"] if who is member else [])
    await resident.presses("Не решено")
    await resident.hears("Заявка снова открыта")
    for who, where in rooms:
        await who.sees(where, "Житель говорит «Не решено»")
        assert "Состояние: в работе" in (await lines(who, where))[0]
    await master.presses("Готово", theirs)
    for who, where in rooms:
        await who.sees(where, "Заявка №1001: выполнена — Пётр Ильин.")
        assert "Состояние: выполнена" in (await lines(who, where))[0]


async def test_an_alarm_and_a_talk_stay_with_dispatchers(
    resident: Resident, member: Member, master: Member, group: Group, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка")
    await resident.says("Заливает")
    await resident.gets_number()
    topic = await member.finds("№1001")
    assert world.group is not None
    assert "№1001" in world.group.general.heard()[-1].text
    await member.presses("Мастерам", topic)
    theirs = await master.finds("🚨 Заявка №1001")
    await master.sees(theirs, "Заливает")
    assert group.general.heard() == []
    await resident.presses("Написать диспетчеру")
    await resident.says("Спасибо, вопрос про счёт")
    await member.finds("вопрос про счёт")
    assert "счёт" not in await master.reads(theirs)
    assert await master.counts_threads() == 1


# ── Who may what ─────────────────────────────────────────────────────────────


async def test_a_newcomer_among_executors_is_a_master_and_cannot_ban(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    _, theirs = await handed(resident, member, master)
    newcomer = world.sits_in(group, "Виктор", 777)
    await newcomer.says("Еду", theirs)
    answer = await resident.hears("Еду")
    assert answer.text.splitlines()[0] == "Виктор, мастер · заявка №1001"
    await newcomer.says("/ban 7 дней грубит", theirs)
    await world.settled()
    assert [note.about for note in await world.audit("refused")] == ["/ban"]
    await resident.hears_nothing()


@pytest.mark.parametrize("number", [501, 503, 777])  # an admin, one with every room, a newcomer
@pytest.mark.parametrize("action", ["staff/close/2", "staff/masters/2", "staff/accept/2"])
async def test_a_forged_press_about_another_request(
    resident: Resident, member: Member, master: Member, group: Group, world: World,
    action: str, number: int,
) -> None:  # fmt: skip
    _, theirs = await handed(resident, member, master)
    neighbour = world.resident("Игорь")
    await neighbour.settles_in("sadovaya-5", "5", "Игорь")
    await neighbour.files()
    await neighbour.forgets()
    await world.settled()
    thief = world.sits_in(group, "Виктор", number)
    card = (await thief.driver.look(theirs))[0]
    card.raw.reply_markup["inline_keyboard"][0][0]["callback_data"] = action
    await thief.presses("Принято", theirs)
    await thief.sees(theirs, "Такой заявки в этой комнате нет, ничего не сделано.")
    await neighbour.hears_nothing()
    assert [note.about for note in await world.audit("refused")] == [action]
    assert await master.counts_threads() == 1


async def test_a_stranger_to_the_room_is_refused(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    """Of the dispatchers' room by their own word, of this one not."""
    topic, theirs = await handed(resident, member, master)
    assert world.group is not None
    await world.sits_in(world.group, "Виктор", 777).says("Я диспетчер", topic)
    await resident.hears("Я диспетчер")
    stranger = world.sits_in(group, "Виктор", 777)
    await stranger.says("Я и тут", theirs)
    await stranger.sees(theirs, "Эта комната вам не назначена")
    await resident.hears_nothing()


async def test_what_is_no_longer_handed_is_out_of_reach(
    resident: Resident, member: Member, master: Member, world: World, group: Group
) -> None:
    """The complex has no executors any more, the group is another complex's."""
    topic, theirs = await handed(resident, member, master)
    await world.settled()
    await world.names_executors("bor", group=group)
    await resident.says("Только диспетчеру")
    await member.sees(topic, "Только диспетчеру")
    assert "Только диспетчеру" not in await master.reads(theirs)
    await resident.forgets()
    await master.says("Я всё ещё тут", theirs)
    await master.sees(theirs, "Этой заявки у мастеров больше нет, поэтому ничего не сделано")
    await master.presses("Готово", theirs)
    await resident.hears_nothing()
    refused = await world.audit("refused")
    assert [note.who for note in refused] == ["telegram:503", "telegram:503"]
    assert refused[1].details["pressed"].startswith("staff/ready/")
    # Named again, it is handed over again, into the same topic.
    await world.names_executors("sad", group=group)
    await member.says("/masters", topic)
    await master.sees(theirs, "Только диспетчеру")
    assert await master.counts_threads() == 1


async def test_what_is_not_said_in_a_group_of_executors(
    resident: Resident, member: Member, master: Member, world: World
) -> None:
    topic, theirs = await handed(resident, member, master)
    await member.says("/take", topic)
    for said, told in (
        ("/quiet", "Тихий режим включают диспетчеры в своей группе."),
        ("/тихо", "Тихий режим включают диспетчеры в своей группе."),
        ("/release", "Вернуть обращение в общую очередь может диспетчер"),
        ("/вернуть", "Вернуть обращение в общую очередь может диспетчер"),
    ):
        await master.says(said, theirs)
        await master.sees(theirs, told)
    async with world.app.db.work() as work:
        thread = await work.threads.by_id(1)
        assert (thread.quiet, thread.taken_by is None) == (False, False)
    await master.says("/help", theirs)
    text = (await master.sees(theirs, "Что не уходит")).text
    for command in ("/status", "/close", "/note", "/take", "/help"):
        assert command in text
    for command in ("/quiet", "/release", "/ban", "/elder", "/masters", "/journal", "/team"):
        assert command not in text
    await master.says("/relese", theirs)  # what they may not say is not guessed
    assert "/release?" not in (await master.sees(theirs, "Команды /relese нет")).text


async def test_a_press_from_the_general_topic_of_executors(
    resident: Resident, member: Member, group: Group, world: World
) -> None:
    """Nothing was handed over, and the bot has said one thing there."""
    await filed(resident, member)
    assert world.tg is not None
    petr = world.sits_in(group, "Пётр", 503)
    await petr.driver.user.says("/help", chat=group)  # type: ignore[attr-defined]
    await world.settled()
    world.group, ours = group, world.group
    await forge(world, world.tg.user("Пётр", 503), "staff/close/1")
    world.group = ours
    await world.settled()
    assert "Такой заявки в этой комнате нет" in group.general.heard()[-1].text
    await resident.hears_nothing()
