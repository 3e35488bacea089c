"""Only members of the room act; whoever else tries is refused, and it is written down."""

from __future__ import annotations

import pytest

from tests.support.drivers.telegram import InGroup, heard
from tests.support.people import Member, Resident
from tests.support.telegram import Press, User
from tests.support.world import World


def who_sits_in_the_room(world: World, name: str, number: int, *, admin: bool = False) -> Member:
    assert world.tg is not None
    assert world.group is not None
    user = world.tg.user(name, number)
    return Member(InGroup(world.tg, world.group, user, admin=admin), world.settled)


async def forge(world: World, user: User, action: str, topic: object = None) -> None:
    """A press made with a client of one's own, under the bot's last message in the room."""
    assert world.tg is not None
    assert world.group is not None
    under = world.group.heard()[-1]
    press = Press(world.tg.number(), user, under, action)
    world.tg.presses[press.id] = press
    world.tg.updates.put(
        "callback_query",
        {
            "id": press.id,
            "from": user.wire(),
            "message": under.wire(),
            "chat_instance": "7",
            "data": action,
        },
        under.chat.id,
    )
    await heard(world.tg)


@pytest.mark.rooms("forum")
async def test_whoever_sits_in_the_room_is_a_dispatcher(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    newcomer = who_sits_in_the_room(world, "Виктор", 777)
    thread = await newcomer.finds("№1001")
    await newcomer.says("Здравствуйте", thread)
    answer = await resident.hears("Виктор")
    assert answer.text.splitlines()[0] == "Виктор, диспетчер · заявка №1001"


@pytest.mark.rooms("forum")
async def test_a_member_of_other_rooms_is_refused(resident: Resident, world: World) -> None:
    await world.changes_company(
        lambda text: text.replace(
            "telegram: 503, desk: false}", "telegram: 503, desk: false, rooms: [other]}"
        ).replace("- {code: main, title: Диспетчерская}",
                  "- {code: main, title: Диспетчерская}\n"
                  "  - {code: other, title: Другая, telegram: -100555}")
    )  # fmt: skip
    await resident.settles_in()
    await resident.files()
    stranger = who_sits_in_the_room(world, "Пётр", 503)
    thread = await stranger.finds("№1001")
    await stranger.says("Я тут мимо", thread)
    await stranger.sees(thread, "Эта комната вам не назначена, поэтому ничего не сделано.")
    await stranger.presses("Закрыть", thread)
    await resident.hears_nothing()
    assert "мимо" not in await resident.reads()
    refused = await world.audit("refused")
    assert [note.who for note in refused] == ["telegram:503", "telegram:503"]
    assert refused[1].details["pressed"].startswith("staff/close/")


@pytest.mark.rooms("forum")
async def test_an_anonymous_admin_is_asked_to_show_the_face(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    assert world.tg is not None
    assert world.group is not None
    boss = who_sits_in_the_room(world, "Начальник", 778, admin=True)
    thread = await boss.finds("№1001")
    await world.tg.user("Начальник", 778).says(
        "Сделаем", chat=world.group, topic=thread, anonymous=True
    )
    await boss.sees(thread, "Вы пишете от имени группы, и жителю ответ не ушёл")
    await resident.hears_nothing()
    assert [note.details["anonymous"] for note in await world.audit("refused")] == [True]


@pytest.mark.rooms("forum")
@pytest.mark.parametrize(
    "action", ["staff/close/999", "staff/explode/1", "staff/close/x", "ticket/reopen/1", "menu/new"]
)
async def test_a_forged_button_in_the_room(
    resident: Resident, member: Member, world: World, action: str
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    assert world.tg is not None
    await forge(world, world.tg.user("Anna", 502), action)
    await member.sees(thread, "Такой заявки в этой комнате нет, ничего не сделано.")
    await resident.hears_nothing()
    assert [note.about for note in await world.audit("refused")] == [action]


@pytest.mark.rooms("forum")
async def test_a_button_of_another_room(resident: Resident, world: World) -> None:
    """A dispatcher of one room presses a button of a ticket that stands in another."""
    assert world.tg is not None
    other = world.tg.forum("Другая")
    await world.changes_company(
        lambda text: text.replace(
            "- {code: main, title: Диспетчерская}",
            "- {code: main, title: Диспетчерская}\n"
            f"  - {{code: other, title: Другая, telegram: {other.id}}}",
        ).replace("telegram: 503, desk: false}", "telegram: 503, desk: false, rooms: [other]}")
        .replace("    name: Сосновый бор\n", "    name: Сосновый бор\n    room: other\n")
    )  # fmt: skip
    await resident.settles_in("sadovaya-5")
    await resident.files()
    neighbour = world.resident("Игорь")
    await neighbour.settles_in("sosnovaya-3", "5", "Игорь")
    await neighbour.files()
    petr = Member(InGroup(world.tg, other, world.tg.user("Пётр", 503), admin=False), world.settled)
    thread = await petr.finds("№1002")
    lines = await petr.driver.look(thread)
    lines[0].raw.reply_markup["inline_keyboard"][0][1]["callback_data"] = "staff/close/1"
    await petr.presses("Закрыть", thread)
    await petr.sees(thread, "Такой заявки в этой комнате нет")
    await resident.hears_nothing()
    assert [note.about for note in await world.audit("refused")] == ["staff/close/1"]


@pytest.mark.parametrize(
    "action",
    ["staff/close/1", "staff/accept/1", "talk/to/1", "settings/leave/1", "nonsense", "form/x/y/z",
     "ticket/show/0", "ticket//", "talk/to/99999999999999999999"],
)  # fmt: skip
async def test_a_forged_button_of_a_resident(resident: Resident, world: World, action: str) -> None:
    await resident.settles_in()
    await resident.files()
    await resident.says("Жду")
    stranger = world.resident("Чужой")
    await stranger.settles_in("sosnovaya-3", "5", "Чужой")
    await stranger.forges(action)
    if action == "form/x/y/z":
        await stranger.hears("Эта кнопка уже не работает")
    else:
        await stranger.hears("Не нашли этого среди ваших заявок и адресов.")
        assert [note.about for note in await world.audit("refused")] == [action]
    await stranger.hears("Чем помочь?")
    await resident.forgets()
    await resident.says("Всё ещё жду")
    await resident.hears_nothing()  # the stranger changed nothing here


@pytest.mark.rooms("desk")
async def test_the_desk_shows_and_takes_only_what_is_ones_own(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    await world.settled()
    desk = await world.desk("anna")
    await desk.forge(1, "staff/close/999")
    await resident.hears_nothing()
    assert [note.about for note in await world.audit("refused")] == ["staff/close/999"]


# ── A plain group, without topics ────────────────────────────────────────────


@pytest.mark.rooms("group")
async def test_a_plain_group_is_answered_by_reply(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files("Лифт стоит")
    await resident.says("На третьем этаже")
    card = await member.finds("Заявка №1001 · Лифт")
    await member.says("Мастер едет", card)
    answer = await resident.hears("Мастер едет")
    assert answer.text.startswith("Анна Соколова, диспетчер") or answer.text.startswith("Anna")
    line = await member.sees(card, "На третьем этаже")
    await member.quotes(line, "Понял, третий", card)
    await resident.hears("Понял, третий")
    await member.says("/status в работе", card)
    status = await member.sees(card, "Заявка №1001: в работе")
    await resident.hears("В работе.")
    await member.quotes(status, "Осталось немного", card)  # a line of ours is answered as well
    await resident.hears("Осталось немного")
    await member.says("// без спешки", card)
    note = await member.sees(card, "// без спешки")
    await member.quotes(note, "ок", card)
    await resident.hears_nothing()
    await member.edits("Мастер едет", "Мастер уже едет", card)
    await resident.becomes(answer, "Мастер уже едет")


@pytest.mark.rooms("group")
async def test_words_without_a_reply_in_a_plain_group_stay_there(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    assert world.group is not None
    await member.driver.user.says("Кто на обед?", chat=world.group)  # type: ignore[attr-defined]
    await resident.hears_nothing()
