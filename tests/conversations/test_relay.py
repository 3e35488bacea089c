"""The honest relay: what either side says arrives once, in order and whole, and whoever said it
knows what became of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from services.tables import Member as MemberRow
from tests.support.linking import links
from tests.support.patience import PATIENCE
from tests.support.people import Member, Resident, both
from tests.support.telegram import Group, User
from tests.support.world import World

forum = pytest.mark.rooms("forum")


def group_of(world: World) -> Group:
    assert world.group is not None
    return world.group


def person(resident: Resident) -> User:
    return resident.driver.user  # type: ignore[attr-defined, no-any-return]


async def filed(resident: Resident) -> None:
    await resident.settles_in()
    await resident.files()


# ── A burst is one post ──────────────────────────────────────────────────────


@forum
async def test_a_burst_is_one_post_and_an_edit_finds_it(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident)
    thread = await member.finds("№1001")
    words = ["Кабина на первом", "Свет моргает", "Внутри никого", "Дверь открыта", "Ждём"]
    for word in words:
        await resident.says(word)
    await world.settled()
    lines = await member.driver.look(thread)
    assert [line.text for line in lines[1:]] == ["Мария · №1001\n" + "\n\n".join(words)]
    if resident.can("edits"):
        await resident.edits(words[1], "Света нет")
        await world.settled()
        lines = await member.driver.look(thread)
        assert "Света нет" in lines[1].text
        assert "моргает" not in lines[1].text
        assert len(lines) == 2


@forum
async def test_a_quote_of_a_folded_post_reaches_the_resident(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident)
    thread = await member.finds("№1001")
    for word in ("Раз", "Два"):
        await resident.says(word)
    post = await member.sees(thread, "Два")
    await member.quotes(post, "Поняли", thread)
    heard = await resident.hears("Поняли")
    assert heard.quotes is not None


# ── What became of an answer ─────────────────────────────────────────────────


@pytest.mark.only("telegram")
async def test_a_refused_answer_can_be_sent_again(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    thread = await member.finds("№1001")
    chat = person(resident).chat.id
    world.tg.faults.next("sendMessage", chat=chat, kind="error", code=400, times=1)
    await member.says("Мастер выехал", thread)
    line = await member.sees(thread, "⚠️ Не доставлено (Telegram)")
    await resident.hears_nothing()
    if member.driver.name == "forum":
        await member.sees_mark(thread, "Мастер выехал", "💔")
        assert line.buttons == ["Повторить"]
        await member.presses("Повторить", thread)
        await resident.hears("Мастер выехал")
        await member.sees_mark(thread, "Мастер выехал", "👍")
        await member.presses("Повторить", thread)
        await member.sees(thread, "уже ушёл")
        await resident.hears_nothing()


@pytest.mark.only("telegram")
@forum
async def test_the_mark_of_a_slow_answer_changes_when_it_is_refused(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    thread = await member.finds("№1001")
    chat = person(resident).chat.id
    slow = world.tg.faults.next("sendMessage", chat=chat, kind="429", times=None)
    await member.says("Мастер выехал", thread)
    async with asyncio.timeout(PATIENCE):
        while not await is_marked(member, thread, "Мастер выехал", "🕊"):
            world.clock.move(seconds=1)
            world.app.bells.ring("outbox:telegram")
            await asyncio.sleep(0.02)
    slow.cancel()
    world.tg.faults.next("sendMessage", chat=chat, kind="error", code=400)
    await member.sees(thread, "⚠️ Не доставлено (Telegram)")
    await member.sees_mark(thread, "Мастер выехал", "💔")


async def is_marked(member: Member, thread: Any, words: str, mark: str) -> bool:
    lines = await member.driver.look(thread)
    return any(words in line.text and mark in line.state for line in lines)


@pytest.mark.only("vk")
@forum
async def test_what_was_read_is_marked_so(resident: Resident, member: Member, world: World) -> None:
    await filed(resident)
    thread = await member.finds("№1001")
    await member.says("Мастер выехал", thread)
    await resident.hears("Мастер выехал")
    await member.sees_mark(thread, "Мастер выехал", "👍")
    await resident.driver.user.reads()  # type: ignore[attr-defined]
    await member.sees_mark(thread, "Мастер выехал", "👀")


async def test_an_answer_is_taken_back(resident: Resident, member: Member, world: World) -> None:
    await filed(resident)
    thread = await member.finds("№1001")
    await member.says("Не туда написал", thread)
    await resident.hears("Не туда написал")
    await member.says("/recall", thread)
    await member.sees(thread, "Отозвали: у жителя этого сообщения больше нет.")
    assert not [line for line in await resident.driver.look() if "Не туда" in line.text]
    await member.says("/recall", thread)
    await member.sees(thread, "Этот ответ уже отозван")


@pytest.mark.only("telegram")
@forum
async def test_an_answer_too_old_to_be_deleted_stays_and_that_is_told(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    thread = await member.finds("№1001")
    await member.says("Старый ответ", thread)
    await resident.hears("Старый ответ")
    world.tg.faults.next(
        "deleteMessage", kind="error", code=400,
        description="Bad Request: message can't be deleted for everyone",
    )  # fmt: skip
    await member.says("/recall", thread)
    await member.sees(thread, "Отозвать не вышло")


# ── A group that does not let us ─────────────────────────────────────────────


@pytest.mark.only("telegram")
@forum
async def test_thrown_out_nothing_is_lost_and_everybody_knows(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    olga = world.tg.user("Ольга", 501)
    await olga.starts()
    await filed(resident)
    await world.settled()
    group = group_of(world)
    await group.kick_bot()
    await olga.hears("исключили")
    await resident.says("Алло, вы где?")
    await person(resident).hears("Записали, ничего не пропадёт")  # the post waits all the while
    await resident.says("Очень жду")
    await group.promote_bot()
    await olga.hears("снова работает")
    thread = await member.finds("№1001")
    await member.sees(thread, "Очень жду")
    text = await member.reads(thread)
    assert text.index("Алло, вы где?") < text.index("Очень жду")
    assert text.count("Очень жду") == 1


@pytest.mark.only("telegram")
@forum
async def test_a_bot_that_is_no_admin_any_more_says_it_hears_nothing(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    olga = world.tg.user("Ольга", 501)
    await olga.starts()
    await filed(resident)
    await group_of(world).demote_bot()
    await olga.hears("больше не администратор")
    await resident.says("Есть новости?")
    await resident.hears("связь с диспетчерской сейчас прервана")
    await group_of(world).promote_bot()
    await olga.hears("снова работает")
    await world.waits(minutes=11)
    await resident.says("А теперь?")
    await resident.hears("Добавили к заявке")


# ── Topics that are gone ─────────────────────────────────────────────────────


@pytest.mark.only("telegram")
@forum
async def test_a_deleted_topic_comes_back_once_with_what_was_said(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident)
    thread = await member.finds("№1001")
    await member.says("Мастер едет", thread)
    await resident.hears("Мастер едет")
    group = group_of(world)
    group.delete_topic(thread.id)
    before = len(group.topics)
    for number in range(10):
        await resident.says(f"слово {number}")
    await world.settled()
    alive = [topic for topic in group.topics.values() if not topic.deleted]
    assert len(group.topics) == before + 1
    text = "\n".join(m.text for m in alive[-1].heard())
    assert "Заявка №1001" in text
    assert "Мастер едет" in text
    places = [text.index(f"слово {number}") for number in range(10)]
    assert places == sorted(places)


@pytest.mark.only("telegram")
@forum
async def test_a_group_that_became_a_supergroup_goes_on(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident)
    await member.finds("№1001")
    new = await group_of(world).migrate(keep_topics=False)
    await resident.says("Вы переехали?")
    await world.settled()
    said = [m.text for topic in new.topics.values() for m in topic.heard()]
    assert any("Вы переехали?" in text and "Заявка №1001" in text for text in said), said


# ── Files ────────────────────────────────────────────────────────────────────


@pytest.mark.only("telegram")
@forum
async def test_words_arrive_though_their_file_does_not(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    thread = await member.finds("№1001")
    world.tg.faults.next(
        "sendDocument", kind="error", code=400, description="Bad Request: file must be non-empty"
    )
    await resident.sends_document(caption="Акт во вложении")
    line = await member.sees(thread, "Акт во вложении")
    assert "Не передали 1 файл" in line.text


@pytest.mark.only("vk")
@forum
async def test_a_photo_that_an_edit_adds_arrives_once(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident)
    thread = await member.finds("№1001")
    user = resident.driver.user  # type: ignore[attr-defined]
    said = await user.says("Вот так течёт")
    await member.sees(thread, "Вот так течёт")
    photo = user.file("photo", b"\xff\xd8flood")
    for words in ("Вот так течёт, фото", "Вот так течёт, на фото"):
        await user.edits(said, words, [photo])
        await world.settled()
    lines = await member.driver.look(thread)
    assert [line.files for line in lines if line.files] == [["photo"]]
    assert any("на фото" in line.text for line in lines)


# ── Many residents, one matter ───────────────────────────────────────────────


@pytest.mark.only("telegram")
@forum
async def test_many_of_one_house_are_one_post_that_grows(
    resident: Resident, member: Member, world: World
) -> None:
    people = [resident, *(world.resident(f"Сосед{number}") for number in range(6))]
    for number, each in enumerate(people):
        await each.settles_in(flat=str(number + 1), name=f"Житель{number}")
        await each.files(f"Лифт стоит, {number}")
    await world.settled()
    group = group_of(world)
    assert len([t for t in group.topics.values() if not t.deleted]) == 4
    posts = group.general.heard()
    assert len(posts) == 1
    assert "пишут 7 жителей" in posts[0].text
    assert "№1005" in posts[0].text
    assert "№1007" in posts[0].text
    await member.driver.user.presses(posts[0], "Открыть обращения")  # type: ignore[attr-defined]
    await world.settled()
    assert len(group.topics) == 4 + 3
    thread = await member.finds("№1006")
    await member.says("Вам перезвонят", thread)
    await people[5].hears("Вам перезвонят")
    await member.driver.user.says("Мастер уже в доме", chat=group, reply_to=posts[0])  # type: ignore[attr-defined]
    for each in people:
        await each.hears("Мастер уже в доме")


@pytest.mark.only("telegram")
@forum
async def test_an_emergency_stands_in_general_at_once_and_in_a_topic(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Новая заявка", "🚨 Авария", "🚨 Пахнет газом")
    await world.settled()
    [alarm] = group_of(world).general.heard()
    assert alarm.text.startswith("🚨 Заявка №1001 · Пахнет газом")
    thread = await member.finds("№1001")
    await member.driver.user.says("Выехали", chat=group_of(world), reply_to=alarm)  # type: ignore[attr-defined]
    await resident.hears("Выехали")
    await member.sees(thread, "Пахнет газом")


# ── Another way to the same person ───────────────────────────────────────────


@pytest.mark.only("telegram")
@pytest.mark.also("vk")
async def test_a_messenger_that_refuses_is_followed_by_the_next(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident)
    vk = world.resident("Мария", channel="vk")
    await links(resident, vk)
    await resident.says("Пишу отсюда последней")
    thread = await member.finds("№1001")
    await resident.blocks()
    await world.settled()
    await member.says("Мастер выехал", thread)
    await vk.hears("Мастер выехал")


@pytest.mark.only("telegram")
@pytest.mark.also("vk")
async def test_the_member_sees_which_messenger_took_it(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    vk = world.resident("Мария", channel="vk")
    await links(resident, vk)
    await resident.says("Пишу отсюда последней")
    thread = await member.finds("№1001")
    world.tg.faults.next(
        "sendMessage", chat=person(resident).chat.id, kind="error", code=403,
        description="Forbidden: user is deactivated",
    )  # fmt: skip
    await member.says("Мастер выехал", thread)
    await vk.hears("Мастер выехал")
    line = await member.sees(thread, "житель удалил аккаунт")
    assert line.text.endswith("Отправили через ВКонтакте.")
    assert line.buttons == []


@pytest.mark.only("telegram")
@pytest.mark.also("vk")
async def test_a_messenger_out_of_reach_is_followed_by_the_next(
    resident: Resident, member: Member, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The member sees it, and the resident is not told twice when it is back."""
    monkeypatch.setattr("services.messaging.reach.AWAY_AFTER", 0.0)
    monkeypatch.setattr("services.messaging.delivery.MOVE_EVERY", 0.01)
    assert world.tg is not None
    await filed(resident)
    vk = world.resident("Мария", channel="vk")
    await links(resident, vk)
    await resident.says("Пишу отсюда последней")
    thread = await member.finds("№1001")
    await world.settled()
    await resident.forgets()
    world.tg.faults.next(
        "sendMessage", chat=person(resident).chat.id, kind="error", code=401,
        description="Unauthorized",
    )  # fmt: skip
    await member.says("Мастер выехал", thread)
    await vk.hears("Мастер выехал")
    line = await member.sees(thread, "мессенджер не отвечает больше двух минут")
    assert line.text.endswith("Отправили через ВКонтакте.")
    assert line.buttons == []
    await resident.hears_nothing()


@pytest.mark.only("telegram")
@pytest.mark.also("vk")
@forum
async def test_another_channel_by_a_press(resident: Resident, member: Member, world: World) -> None:
    assert world.tg is not None
    await filed(resident)
    vk = world.resident("Мария", channel="vk")
    await links(resident, vk)
    await resident.says("Пишу отсюда последней")
    thread = await member.finds("№1001")
    world.tg.faults.next("sendMessage", chat=person(resident).chat.id, kind="error", code=400)
    await member.says("Мастер выехал", thread)
    line = await member.sees(thread, "⚠️ Не доставлено (Telegram)")
    assert line.buttons == ["Повторить", "Другой канал"]
    await member.presses("Другой канал", thread)
    await vk.hears("Мастер выехал")
    await member.sees(thread, "Отправляем ещё раз: ВКонтакте")


# ── What is no answer ────────────────────────────────────────────────────────


@pytest.mark.only("telegram")
@forum
async def test_pins_and_joins_are_no_answers_and_stop_nothing(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    thread = await member.finds("№1001")
    staff: User = member.driver.user  # type: ignore[attr-defined]
    group = group_of(world)
    await group.pin(thread.messages[0], by=staff)
    await group.rename("Диспетчерская №2", by=staff)
    group.add(world.tg.user("Новый сотрудник"))
    await world.settled()
    await resident.hears_nothing()
    await member.says("Мастер едет", thread)
    await resident.hears("Мастер едет")


# ── Rooms of another kind ────────────────────────────────────────────────────


@pytest.mark.only("telegram")
@forum
async def test_a_room_may_become_another_group_and_no_thread_is_lost(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    await member.finds("№1001")
    plain = world.tg.group(forum=False)
    staff: User = plain.add(world.tg.user("Анна", 502))
    async with world.app.db.work() as work:
        (room,) = await work.rooms.every()
        room.chat, room.has_topics = str(plain.id), False
    await resident.says("Вы получили?")
    await world.settled()
    post = plain.heard()[-1]
    assert "№1001" in post.text
    assert "Вы получили?" in post.text
    await staff.says("Да, занимаемся", chat=plain, reply_to=post)
    await resident.hears("Да, занимаемся")
    # What the bot itself said of the request is as good to answer to.
    await staff.says("/status", chat=plain, reply_to=post)
    await world.settled()
    standing = plain.heard()[-1]
    assert "Заявка №1001: новая" in standing.text
    await staff.says("Будем к пяти", chat=plain, reply_to=standing)
    await resident.hears("Будем к пяти")
    new = world.tg.group(forum=True)
    staff = new.add(world.tg.user("Анна", 502))
    async with world.app.db.work() as work:
        (room,) = await work.rooms.every()
        room.chat, room.has_topics = str(new.id), True
    await resident.says("А теперь?")
    await world.settled()
    (topic,) = [each for each in new.topics.values() if not each.deleted]
    text = topic.heard()[-1].text
    for words in ("Заявка №1001", "Вы получили?", "Да, занимаемся", "А теперь?"):
        assert words in text
    await staff.says("И теперь", topic=topic)
    await resident.hears("И теперь")


# ── A surge, and after it ────────────────────────────────────────────────────


async def surge_of(world: World, first: Resident, count: int) -> list[Resident]:
    people = [first, *(world.resident(f"Сосед{number}") for number in range(count - 1))]
    for number, each in enumerate(people):
        await each.settles_in(flat=str(number + 1), name=f"Житель{number}")
        await each.files(f"Лифт стоит, {number}")
    await world.settled()
    return people


@pytest.mark.only("telegram")
@forum
async def test_what_was_said_to_a_surge_is_changed_and_taken_back_for_all(
    resident: Resident, member: Member, world: World
) -> None:
    people = await surge_of(world, resident, 6)
    group = group_of(world)
    staff: User = member.driver.user  # type: ignore[attr-defined]
    (post,) = group.general.heard()
    topics = len(group.topics)
    said = await staff.says("Мастер через 3 дня", chat=group, reply_to=post)
    for each in people:
        await each.hears("Мастер через 3 дня")
    assert len(group.topics) == topics, "a mark opens no topic"
    assert "Ответ уходит 6 жителям" in group.general.heard()[-1].text
    await staff.edits(said, "Мастер через 3 часа")
    await world.settled()
    for each in people:
        assert "через 3 часа" in await each.reads()
    await staff.says("/close", chat=group, reply_to=post)
    await world.settled()
    assert "про многих" in group.general.heard()[-1].text
    async with world.app.db.work() as work:
        (anna,) = await work.session.scalars(select(MemberRow).where(MemberRow.code == "anna"))
        anna.trainee = True
    await staff.says("Сами чините", chat=group, reply_to=post)
    await world.settled()
    assert "Ответы стажёра сначала смотрит коллега" in group.general.heard()[-1].text
    assert len(group.topics) == topics
    await staff.says("/recall", chat=group, reply_to=said)
    await world.settled()
    for each in people:
        assert "через 3" not in await each.reads()


@pytest.mark.only("telegram")
@forum
async def test_a_hidden_thread_comes_out_with_danger_or_after_the_surge(
    resident: Resident, member: Member, world: World
) -> None:
    people = await surge_of(world, resident, 7)
    await people[5].says("Пахнет газом!")
    thread = await member.finds("Житель пишет здесь об опасности")
    assert "Заявка №1006" in await member.reads(thread)
    thread = await member.finds("Пахнет газом!")
    assert "🚨 Заявка №1008" in await member.reads(thread)
    await world.waits(hours=3)
    await people[6].says("Так и стоит")
    thread = await member.finds("№1007")
    text = await member.reads(thread)
    assert "Заявка №1007" in text
    assert text.count("Так и стоит") == 1


@pytest.mark.only("telegram")
@forum
async def test_an_edit_of_a_refused_answer_goes_only_with_it(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    thread = await member.finds("№1001")
    world.tg.faults.next("sendMessage", chat=person(resident).chat.id, kind="error", code=400)
    await member.says("Отказной", thread)
    await member.sees(thread, "⚠️ Не доставлено")
    await member.edits("Отказной", "Исправлен", thread)
    await world.settled()
    await resident.hears_nothing()
    await member.presses("Повторить", thread)
    await resident.hears("Исправлен")
    await member.says("/recall", thread)
    await member.sees(thread, "Отозвали: у жителя этого сообщения больше нет.")
    await member.says("/recall", thread)
    await member.sees(thread, "уже отозван")


@pytest.mark.only("telegram")
@forum
async def test_a_refused_answer_is_not_said_to_be_taken_back(
    resident: Resident, member: Member, world: World
) -> None:
    assert world.tg is not None
    await filed(resident)
    thread = await member.finds("№1001")
    world.tg.faults.next("sendMessage", chat=person(resident).chat.id, kind="error", code=400)
    await member.says("Отказной", thread)
    await member.sees(thread, "⚠️ Не доставлено")
    await member.says("/recall", thread)
    await member.sees(thread, "до жителя ответ не дошёл и уже не дойдёт")
    await member.presses("Повторить", thread)
    await member.sees(thread, "уже отозван")
    await resident.hears_nothing()


# ── Many at once ─────────────────────────────────────────────────────────────


@pytest.mark.only("telegram", "vk")
@forum
async def test_ten_first_messages_at_once_make_one_topic(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    words = [f"слово {number}" for number in range(10)]
    await both(*(resident.says(word) for word in words))
    assert await member.counts_threads() == 1
    assert len(group_of(world).topics) == 1
    text = await member.reads(await member.finds("слово 0"))
    assert [text.count(word) for word in words] == [1] * 10
    places = [text.index(word) for word in words]
    assert places == sorted(places)


@pytest.mark.only("telegram", "vk")
@forum
async def test_ten_albums_arrive_whole_each_with_its_words(
    resident: Resident, member: Member, world: World
) -> None:
    await filed(resident)
    await world.settled()
    for number in range(10):
        await resident.sends_album(3, f"альбом {number}.")
    thread = await member.finds("№1001")
    shown: dict[object, tuple[int, str]] = {}  # photos and words of each album in the room
    for message in thread.heard():
        if message.media is not None:
            album = message.media_group_id or message.id
            files, words = shown.get(album, (0, ""))
            shown[album] = files + 1, words + message.text
    assert sum(files for files, _ in shown.values()) == 30
    for files, words in shown.values():
        assert files == 3 * words.count("альбом "), shown
    text = await member.reads(thread)
    assert [text.count(f"альбом {number}.") for number in range(10)] == [1] * 10


@pytest.mark.only("telegram")
@forum
async def test_three_words_of_each_cost_the_group_one_call(
    resident: Resident, member: Member, world: World
) -> None:
    """Of twenty a minute: a topic when there is none yet, one post, and nothing beside it."""
    assert world.tg is not None
    houses = [("sosnovaya-1", "3"), ("sosnovaya-3", "4"), ("sadovaya-5", "5")]
    people = [resident, *(world.resident(f"Житель{number}") for number in range(8))]
    for number, each in enumerate(people):
        code, flat = houses[number % 3]
        await each.settles_in(code, flat, name=f"Житель{number}")
        await each.presses("Написать диспетчеру")
    group = group_of(world)
    for cost, round_ in ((2, "впервые"), (1, "потом")):
        await world.settled()
        before = len(world.tg.calls)
        said = [f"{round_} {number}/{word}" for number in range(9) for word in range(3)]
        for each, word in zip([each for each in people for _ in range(3)], said, strict=True):
            await each.says(word)
        await world.settled()
        calls = [call.method for call in world.tg.calls[before:] if call.chat == group.id]
        assert len(calls) == cost * len(people), calls
        posts = "\n".join(message.text for message in group.heard())
        assert [posts.count(word) for word in said] == [1] * 27
