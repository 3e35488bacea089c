"""Who has a conversation: taking, handing on, forgetting, two at once, the quiet mode, trainees."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from services.tables import Message, Outgoing, Thread
from tests.conversations.test_access import forge
from tests.support.people import Member, Resident, both
from tests.support.world import World


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.files()
    return await member.finds("№1001")


@pytest_asyncio.fixture
async def boris(world: World) -> Member:
    """A second dispatcher in the same group."""
    assert world.group is not None
    boris = world.sits_in(world.group, "Борис", 600)
    await boris.driver.user.says("Всем доброе утро", chat=world.group)  # type: ignore[attr-defined]
    await boris.driver.user.says("/help", chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    return boris


async def lines(member: Member, thread: Any) -> list[str]:
    await member.reads(thread)
    return [line.text for line in await member.driver.look(thread)]


# ── Taking ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["/take", "/взять"])
async def test_a_member_takes_a_request(resident: Resident, member: Member, command: str) -> None:
    thread = await filed(resident, member)
    await member.says(command, thread)
    await member.sees(thread, "🙋 Занимается Анна Соколова.")
    assert "Занимается: Анна Соколова" in await member.reads(thread)
    await member.says(command, thread)
    await member.sees(thread, "Вы этим уже занимаетесь.")
    await resident.hears_nothing()


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_what_another_has_is_taken_with_a_second_press(
    resident: Resident, member: Member, boris: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.presses("Взять", thread)
    await member.sees(thread, "🙋 Занимается Анна Соколова.")
    card = (await member.driver.look(thread))[0]
    assert card.buttons == ["Принять", "Закрыть"]
    assert "Занимается: Анна Соколова" in card.text
    await world.waits(minutes=7)
    await boris.says("/take", thread)
    line = await boris.sees(thread, "Этим уже занимается Анна Соколова, с 11:")
    assert line.buttons == ["Забрать себе"]
    await boris.presses("Забрать себе", thread)
    await member.sees(thread, "🙋 Теперь занимается Борис, до этого — Анна Соколова.")
    await member.says("/release", thread)
    await member.sees(thread, "Снова в общей очереди — Анна Соколова.")
    await member.says("/вернуть", thread)
    await member.sees(thread, "Этим пока никто не занимается")
    assert len(await world.audit("taken")) == 2
    assert len(await world.audit("released")) == 1


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_the_topic_is_called_by_who_has_it(
    resident: Resident, member: Member, boris: Member, world: World
) -> None:
    thread = await filed(resident, member)
    assert thread.name == "№1001 Лифт · ул. Садовая, 5, кв. 4"
    await member.says("/take", thread)
    await member.says("/release", thread)
    await member.says("/assign борис", thread)
    await member.sees(thread, "🙋 Занимается Борис (передача: Анна Соколова).")
    await world.settled()
    assert thread.names == [
        "№1001 Лифт · ул. Садовая, 5, кв. 4",
        "🙋 Борис · №1001 Лифт · ул. Садовая, 5, кв. 4",
    ]
    await member.says("/release", thread)
    await world.settled()
    assert thread.name == "№1001 Лифт · ул. Садовая, 5, кв. 4"


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_a_name_that_it_has_already_troubles_nobody(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await both(member.says("/take", thread), member.says("/release", thread))
    await world.settled()
    assert thread.names == ["№1001 Лифт · ул. Садовая, 5, кв. 4"]
    async with world.app.db.work() as work:
        rows = await work.session.scalars(select(Outgoing.state).where(Outgoing.renames))
        assert list(rows) == ["sent"]


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_a_topic_that_opens_anew_has_the_right_name(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("/take", thread)
    await world.settled()
    assert world.group is not None
    world.group.delete_topic(thread.id)
    await resident.says("Всё ещё стоит")
    anew = await member.finds("№1001")
    assert anew is not thread
    assert anew.names == ["🙋 Анна · №1001 Лифт · ул. Садовая, 5, кв. 4"]


@pytest.mark.rooms("group")
@pytest.mark.only("web")
async def test_in_a_group_without_topics_the_card_says_it(
    resident: Resident, member: Member
) -> None:
    thread = await filed(resident, member)
    await member.says("Уже смотрим", thread)
    await resident.hears("Уже смотрим")
    card = (await member.driver.look(thread))[0]
    await member.reads(thread)
    card = next(line for line in await member.driver.look(thread) if line.id == card.id)
    assert "Занимается: Анна Соколова" in card.text


async def test_the_first_answer_takes_it(resident: Resident, member: Member, world: World) -> None:
    thread = await filed(resident, member)
    await member.says("Мастер выехал", thread)
    await resident.hears("Мастер выехал")
    await world.settled()
    taken = await world.audit("taken")
    assert [each.details["before"] for each in taken] == [None]
    if member.driver.name == "forum":
        assert thread.name.startswith("🙋 Анна · №1001")
        assert await lines(member, thread) == [(await lines(member, thread))[0], "Мастер выехал"]


async def test_a_closed_one_is_not_taken(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/close", thread)
    await member.says("/take", thread)
    await member.sees(thread, "Это обращение закрыто. Сначала верните его")
    await member.says("/assign Анна", thread)
    await member.says("/release", thread)
    await member.sees(thread, "Этим пока никто не занимается")


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_outside_of_a_thread_nothing_is_taken(member: Member, world: World) -> None:
    assert world.group is not None
    for command in ("/take", "/assign Анна", "/release", "/quiet"):
        await member.driver.user.says(command, chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    said = [m.text for m in world.group.general.heard() if m.from_bot]
    assert len(said) == 4
    assert all("непонятно, о какой заявке речь" in text for text in said)


# ── Handing on ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["ольга", "ОЛЬГА МИРОНОВА", "olga", "Мирон"])
async def test_a_colleague_is_given_it(resident: Resident, member: Member, name: str) -> None:
    thread = await filed(resident, member)
    await member.says(f"/assign {name}", thread)
    await member.sees(thread, "🙋 Занимается Ольга Миронова (передача: Анна Соколова).")
    await member.says(f"/assign {name}", thread)
    await member.sees(thread, "Этим уже занимается Ольга Миронова.")
    await resident.hears_nothing()


@pytest.mark.only("web")
async def test_a_name_that_fits_nobody_or_several(resident: Resident, member: Member) -> None:
    thread = await filed(resident, member)
    await member.says("/assign Геннадий", thread)
    await member.sees(thread, "Не нашлось, кто «Геннадий». Здесь работают: Ольга Миронова (")
    await member.says("/assign н", thread)
    await member.sees(thread, "Таких несколько: Анна Соколова (диспетчер), Ольга Миронова")
    await member.says("/assign", thread)
    await member.sees(thread, "Кому передать? Напишите имя")
    await member.says("/assign управляющему", thread)
    await member.sees(thread, "В этой комнате нет никого с должностью «управляющий».")
    await member.says("/assign мастеру", thread)
    await member.sees(thread, "🙋 Занимается Пётр Ильин (передача: Анна Соколова).")


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_a_colleague_hears_of_it_in_private(
    resident: Resident, member: Member, boris: Member, world: World
) -> None:
    thread = await filed(resident, member)
    private = boris.driver.user.chat  # type: ignore[attr-defined]
    await member.says("/assign Борис", thread)
    await member.sees(thread, "🙋 Занимается Борис")
    assert private.messages == []  # never spoke with the bot
    await member.says("/release", thread)
    await boris.driver.user.says("/start")  # type: ignore[attr-defined]
    await world.settled()
    await member.says("/assign Борис", thread)
    await world.settled()
    told = "🙋 Вам передали: №1001 Лифт · ул. Садовая, 5, кв. 4. Передача: Анна Соколова."
    assert [m.text for m in private.messages][-1] == told


# ── Silence ──────────────────────────────────────────────────────────────────


@pytest.mark.rooms("forum")
async def test_a_forgotten_request_goes_back_to_everyone(
    resident: Resident, member: Member, world: World
) -> None:
    """Whoever took it goes silent, and the resident is not forgotten."""
    thread = await filed(resident, member)
    await member.says("/take", thread)
    await member.sees(thread, "🙋 Занимается Анна Соколова.")
    await world.waits(minutes=25)
    assert await world.audit("silent") == []
    await world.waits(minutes=6)
    await member.sees(thread, "⏳ Житель ждёт ответа больше 30 мин. Анна Соколова молчит")
    await world.waits(minutes=40)
    assert len(await world.audit("silent")) == 1
    if member.driver.name == "forum":
        assert thread.name.startswith("№1001")
    await resident.hears_nothing()


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_whoever_answered_keeps_it(resident: Resident, member: Member, world: World) -> None:
    thread = await filed(resident, member)
    await member.says("Разбираемся", thread)
    await resident.hears("Разбираемся")
    await world.waits(hours=3)
    assert await world.audit("silent") == []
    await resident.says("И что там?")
    await member.sees(thread, "И что там?")
    await world.waits(minutes=20)
    await member.says("Меняем плату", thread)
    await resident.hears("Меняем плату")
    await world.waits(hours=2)
    assert await world.audit("silent") == []


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_breaks_and_nights_are_not_silence(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await world.waits(hours=1, minutes=50)  # ten minutes before the break
    await member.says("/take", thread)
    await world.waits(hours=1, minutes=15)  # at 14:05
    assert await world.audit("silent") == []
    await world.waits(minutes=20)
    assert len(await world.audit("silent")) == 1


# ── Two at once ──────────────────────────────────────────────────────────────


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_two_who_answer_at_once_see_each_other(
    resident: Resident, member: Member, boris: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await both(member.says("Мастер будет в три", thread), boris.says("Придём в пять", thread))
    await resident.hears("Мастер будет в три")
    text = await resident.reads()
    assert "Придём в пять" in text
    shown = await lines(member, thread)
    seen = [line for line in shown if line.startswith("👥 Ответили двое: ")]
    assert len(seen) == 1
    await member.says("То есть в пять", thread)
    await resident.hears("То есть в пять")
    assert len([line for line in await lines(member, thread) if "👥" in line]) == 1


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_an_answer_in_a_colleagues_request_goes_and_says_so(
    resident: Resident, member: Member, boris: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("/take", thread)
    for words in ("Мастер уже у вас?", "Ответьте, пожалуйста"):
        await boris.says(words, thread)
        await resident.hears(words)
    told = "Ваш ответ ушёл. Этим обращением занимается Анна Соколова."
    assert (await lines(boris, thread)).count(told) == 1
    await world.waits(minutes=11)
    await boris.says("Вы где?", thread)
    await resident.hears("Вы где?")
    assert (await lines(boris, thread)).count(told) == 2
    assert len(await world.audit("taken")) == 1


# ── Quiet ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["/quiet", "/тихо"])
async def test_in_the_quiet_mode_nothing_leaves(
    resident: Resident, member: Member, command: str
) -> None:
    thread = await filed(resident, member)
    await member.says(command, thread)
    await member.sees(thread, "🤫 Тихий режим — Анна Соколова.")
    for words in ("Он опять ругается", "Что ответим?"):
        await member.says(words, thread)
        await member.sees(thread, words)
    await resident.hears_nothing()
    kept = "🤫 Включён тихий режим: это осталось у нас"
    assert (await member.reads(thread)).count(kept) == 1
    assert "Тихий режим: житель не видит" in await member.reads(thread)
    await member.says("/quiet", thread)
    await member.sees(thread, "Снова пишем жителю — Анна Соколова.")
    await member.says("Мастер в пути", thread)
    await resident.hears("Мастер в пути")
    assert "ругается" not in await resident.reads()


# ── Trainees ─────────────────────────────────────────────────────────────────


@pytest_asyncio.fixture
async def trainee(world: World, boris: Member) -> Member:
    async with world.app.db.work() as work:
        found = await work.taking.colleagues(await work.rooms.every())
        next(each for each in found if each.name == "Борис").trainee = True
    return boris


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_what_a_trainee_may_not_say(
    resident: Resident, member: Member, trainee: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await resident.forgets()
    for said, told in (
        ("/ban 7 дней грубит", "Останавливать сообщения жителя стажёр не может."),
        ("/unban", "разрешает коллега, который уже не стажёр"),
        ("/elder", "Старшего по дому назначает коллега"),
        ("/старший", "Старшего по дому назначает коллега"),
        ("/answerall всем: Чиним", "Сразу многим отвечает коллега"),
        ("/answer + voda Вода\nБудет к шести", "Заготовки меняет коллега"),
        ("/answer - voda", "Заготовки меняет коллега"),
    ):
        await trainee.says(said, thread)
        await trainee.sees(thread, told)
    assert len(await world.audit("refused")) == 7
    await trainee.says("/answer", thread)
    await trainee.says("/help", thread)
    told_all = (await trainee.sees(thread, "Что не уходит")).text
    assert "/answer —" in told_all
    for command in ("/ban", "/unban", "/elder", "/answerall"):
        assert command not in told_all
    await resident.hears_nothing()


@pytest.mark.rooms("forum")
async def test_a_trainees_answer_waits_for_a_yes(
    resident: Resident, member: Member, trainee: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await trainee.says("Мастер будет в три", thread)
    line = await member.sees(thread, "👀 Ответ ждёт проверки: Борис учится. Отправить?")
    assert line.buttons == ["Отправить", "Не отправлять"]
    await resident.hears_nothing()
    await trainee.edits("Мастер будет в три", "Мастер будет в четыре", thread)
    await resident.hears_nothing()
    await trainee.presses("Отправить", thread)
    await trainee.sees(thread, "Такой ответ отправляет коллега, который уже не стажёр.")
    await member.presses("Отправить", thread)
    answer = await resident.hears("Мастер будет в четыре")
    assert answer.text == "Борис, диспетчер · заявка №1001\nМастер будет в четыре"
    await member.sees(thread, "Ответ отправлен: Борис, диспетчер, проверка — Анна Соколова.")
    await member.presses("Отправить", thread)
    await member.sees(thread, "Этот ответ уже проверен.")
    await resident.hears_nothing()


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_a_trainee_moves_a_request_without_words_for_its_resident(
    resident: Resident, member: Member, trainee: Member
) -> None:
    thread = await filed(resident, member)
    await trainee.says("/status отклонена это не к нам", thread)
    await trainee.sees(thread, "Эти слова прочитает житель, а вы пока стажёр")
    await resident.hears_nothing()
    await trainee.says("/status в работе", thread)
    await resident.hears("В работе.")


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_a_trainees_words_do_not_get_round_the_yes(
    resident: Resident, member: Member, trainee: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await member.says("/take", thread)
    await trainee.says("Мастер выйдет в три", thread)
    await member.sees(thread, "👀 Ответ ждёт проверки")
    async with world.app.db.work() as work:
        held = await work.session.scalar(select(Message.id).where(Message.held_at.is_not(None)))
    for action in ("staff/other", "staff/again"):
        await forge(world, trainee.driver.user, f"{action}/{held}")  # type: ignore[attr-defined]
    await trainee.sees(thread, "ничего не сделано")
    await resident.hears_nothing()
    await member.presses("Отправить", thread)
    await resident.hears("Мастер выйдет в три")
    await trainee.edits("Мастер выйдет в три", "Сами чините", thread)
    await trainee.sees(thread, "правку стажёра без проверки он не увидит")
    await resident.hears_nothing()
    assert "чините" not in await resident.reads()
    assert not any(line.startswith("Ваш ответ ушёл") for line in await lines(trainee, thread))


@pytest.mark.rooms("forum")
@pytest.mark.only("web")
async def test_a_trainees_answer_may_be_kept_back(
    resident: Resident, member: Member, trainee: Member, world: World
) -> None:
    thread = await filed(resident, member)
    await world.settled()
    async with world.app.db.work() as work:
        before = (await work.session.get(Thread, 1)).last_by  # type: ignore[union-attr]
    await trainee.says("Сами чините", thread)
    await member.presses("Не отправлять", thread)
    await member.sees(thread, "Ответ не отправлен: Борис, диспетчер, проверка — Анна")
    await resident.hears_nothing()
    await member.presses("Отправить", thread)
    await member.sees(thread, "Этот ответ уже отозван.")
    await resident.hears_nothing()
    assert "чините" not in await resident.reads()
    async with world.app.db.work() as work:
        thread_row = await work.session.get(Thread, 1)
        assert thread_row is not None
        assert (thread_row.last_by, thread_row.waits_since is None) == (before, False)
