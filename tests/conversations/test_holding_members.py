"""What members do about accounts in private, who else may not, and how an account goes along with
a home and a messenger."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from handlers import holding_staff_texts as words
from handlers.resident import holding_people, texts
from services.tables import Holding, Message
from tests.conversations.test_holding import begins, binds, decides, knows
from tests.conversations.test_outages import in_general, in_private
from tests.support.holders import NUMBER, holders_of, holds
from tests.support.linking import links
from tests.support.people import Member, Resident
from tests.support.world import World


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_the_accountant_gives_a_code_and_lets_go_in_private(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    account = await knows(world)
    olga = in_private(world)
    assert "/code 0012345" in await olga.says("/code")
    assert "данных нет" in await olga.says("/code 0099999999")
    said = await olga.says(f"/code {NUMBER}")
    first = re.sub(r"\D", "", said.partition("\n")[0])
    said = await olga.says(f"/код {NUMBER}")
    second = re.sub(r"\D", "", said.partition("\n")[0])
    await binds(resident, first)
    await resident.hears("Так подтвердить не получилось")  # a fresh one came in its place
    await resident.says(second)
    await resident.hears("Готово, счёт подключён")
    assert "/release 0012345" in await olga.says("/release")
    assert "данных нет" in await olga.says("/release 0099999999")
    assert "Отключили 1 человека" in await olga.says(f"/release {NUMBER}")
    await resident.hears("Управляющая компания отключила вам лицевой счёт")
    assert await holders_of(world.app.db, account) == []
    assert "никто не подключён" in await olga.says(f"/отключить {NUMBER}")
    assert NUMBER not in str([each.details for each in await world.audit("account code")])


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_nobody_else_gives_codes_or_lets_go(
    resident: Resident, world: World, member: Member
) -> None:
    """A dispatcher, a master, a stranger; and in a group not even the accountant."""
    await resident.settles_in()
    account = await knows(world)
    await holds(world.app.db, account)
    anna, petr = in_private(world, "Анна", 502), in_private(world, "Пётр", 503)
    stranger = in_private(world, "Чужой", 777)
    for command in (f"/code {NUMBER}", f"/release {NUMBER}"):
        for who in (anna, petr):
            await who.says(command)
            assert who.lines()[-1].text == words.FOR_MANAGERS
        await stranger.says(command)
        assert not any("Код для" in line.text for line in stranger.lines())
    await resident.files()
    thread = await member.finds("№1001")
    olga = in_general(world, "Ольга", 501)
    for command in (f"/code {NUMBER}", f"/release {NUMBER}", f"/отключить {NUMBER}"):
        assert words.ONLY_PRIVATE in await olga.says(command)
    await member.says(f"/release {NUMBER}", thread)  # there it is the word for another thing, too
    await member.sees(thread, words.ONLY_PRIVATE)
    assert len(await holders_of(world.app.db, account)) == 1


async def test_a_decision_is_taken_back_by_its_button(
    resident: Resident, world: World, member: Member
) -> None:
    await resident.settles_in()
    account = await knows(world)
    await begins(resident, role="Снимаю жильё")
    await resident.presses("Попросить подтвердить")
    thread = await member.finds("Лицевой счёт: подтвердить")
    await decides(member, "Подтвердить", thread)
    await resident.hears("Сотрудники подтвердили")
    await begins(resident, role="Снимаю жильё")
    await resident.presses("Попросить подтвердить")
    await resident.hears("Этот счёт у вас уже подключён")
    await decides(member, words.UNDO, thread)
    await resident.hears("Управляющая компания отключила вам лицевой счёт")
    await member.sees(thread, "Отключили от счёта")
    await decides(member, words.UNDO, thread)
    await member.sees(thread, words.GONE_ALREADY)
    assert await holders_of(world.app.db, account) == []
    assert NUMBER not in await member.reads(thread)


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_a_dispatcher_does_not_let_themselves_in(world: World, member: Member) -> None:
    account = await knows(world)
    anna = world.resident("Анна", channel="telegram")
    assert world.tg is not None
    anna.driver.user = world.tg.user("Анна", 502)  # type: ignore[attr-defined]
    await anna.settles_in(name="Анна")
    await begins(anna)
    await anna.presses("Попросить подтвердить")
    await anna.hears("Передали сотрудникам")
    thread = await member.finds("Лицевой счёт: подтвердить")
    await member.presses("Подтвердить", thread)
    await member.sees(thread, words.OWN)
    assert await holders_of(world.app.db, account) == []


@pytest.mark.only("telegram")
async def test_who_gives_up_an_address_is_asked_about_its_account(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    account = await knows(world)
    await holds(world.app.db, account)
    await resident.presses("Настройки", "Добавить адрес", "Сосновый бор", "ул. Сосновая, 3")
    await resident.says("7")
    await resident.hears("Добавили")
    await resident.presses("Настройки", "Убрать ул. Садовая, 5, кв. 4")
    asked = await resident.hears("Отключить и его?")
    assert NUMBER not in asked.text
    assert len(await holders_of(world.app.db, account)) == 1  # until they say so
    await resident.presses("Да, отключить счёт")
    await resident.hears("Отключить вам этот счёт?")
    await resident.presses("Да, отключить счёт")
    await resident.hears("Счёт отключили")
    assert await holders_of(world.app.db, account) == []
    await resident.presses("Настройки", "Добавить адрес", "Садовый")
    await resident.says("4")
    await resident.hears("Добавили")
    await resident.forgets()
    await resident.presses("Настройки", "Убрать ул. Сосновая, 3, кв. 7")
    await resident.hears("Адрес убрали")
    assert not any("Отключить и его?" in line.text for line in await resident.unread())


@pytest.mark.only("telegram")
@pytest.mark.also("vk")
async def test_a_messenger_takes_its_account_along(resident: Resident, world: World) -> None:
    """Linked, both see who sees it; parted, each has what it brought."""
    vk = world.resident("Мария Петрова", channel="vk")
    await resident.settles_in()
    await vk.settles_in()
    account = await knows(world)
    await holds(world.app.db, account, contact_id=2)
    await resident.forges(f"hold/people/{account}")
    await resident.hears(texts.NOT_YOURS)
    await links(resident, vk)
    for who in (resident, vk):
        await who.forges(f"hold/people/{account}")
        await who.hears("вы, владелец: суммы видит")
    await resident.presses("Настройки", "Другой мессенджер", "Отключить ВКонтакте")
    await vk.hears("Telegram")
    await resident.forgets()
    await resident.forges(f"hold/people/{account}")
    await resident.hears(texts.NOT_YOURS)
    await vk.forges(f"hold/people/{account}")
    await vk.hears("вы, владелец: суммы видит")
    assert [each.resident_id for each in await holders_of(world.app.db, account)] == [2]


@pytest.mark.only("vk", "web")
async def test_a_press_forged_in_vk_and_on_the_site(resident: Resident, world: World) -> None:
    """By a neighbour who holds another account, and by one who holds the same, but sees no sums
    and owns nothing."""
    await resident.settles_in()
    account, own = await knows(world), await knows(world, "0010100002")
    await holds(world.app.db, account)
    neighbour = world.resident("Сосед")
    await neighbour.settles_in("sadovaya-5", "4", "Сосед")
    await holds(world.app.db, own, contact_id=2)
    before = await all_held(world)
    await forge_all(neighbour, set(holding_people.PRESSES), account)
    assert before[0][0] == account  # of whichever the number is, it is tried
    assert await all_held(world) == before
    await holds(world.app.db, account, contact_id=2, role="family", money=False)
    before = await all_held(world)
    of_holdings = {"see", "hide", "letgo", "notme"}
    await forge_all(neighbour, set(holding_people.PRESSES) - {"people", "leave", "left"}, account)
    await forge_all(neighbour, of_holdings, before[-1][0])
    assert await all_held(world) == before


async def forge_all(who: Resident, presses: set[str], ident: int) -> None:
    for what in sorted(presses):
        await who.forgets()
        await who.forges(f"hold/{what}/{ident}")
        await who.hears(texts.NOT_YOURS)


async def all_held(world: World) -> list[Any]:
    async with world.app.db.session() as session:
        rows = await session.scalars(select(Holding).order_by(Holding.id))
        return [(each.id, each.role, each.sees_money, each.until) for each in rows]


# ── What a room may show ─────────────────────────────────────────────────────

SHOWS_NOTHING = "title: Диспетчерская, shows_names: false, shows_flats: false}"


@pytest.mark.rooms("forum", "desk")
async def test_what_is_found_and_drafted_is_veiled_as_well(
    resident: Resident, world: World, member: Member
) -> None:
    """In the group, in private and at the desk."""
    await world.changes_company(lambda text: text.replace("title: Диспетчерская}", SHOWS_NOTHING))
    await resident.settles_in(name="Мария")
    number = await resident.files("Лифт стоит, это Мария из 4 квартиры, кв. 4")
    thread = await member.finds(f"№{number}")
    await member.says("/answer + hello Привет\nЗдравствуйте, {name}! Смотрим.", thread)
    await member.says("/answer hello", thread)
    await member.sees(thread, "Здравствуйте! Смотрим.")
    await member.says("/who", thread)
    await member.says("/find лифт", thread)
    await member.sees(thread, "Нашлось по «лифт»")
    told = await member.reads(thread)
    if world.tg is not None:
        told += await in_private(world, "Анна", 502).says("/find лифт")
    if world.group is not None:
        told += await in_general(world).says("/find лифт")
    else:
        desk: Any = member.driver
        told += str(await desk.get(f"threads/{thread}"))
        told += str(await desk.get("search", q="лифт"))
    assert f"№{number}" in told
    assert "Мария" not in told
    assert "кв. 4" not in told
    assert "4 квартиры" not in told
    async with world.app.db.session() as session:
        assert "Мария" in "".join(await session.scalars(select(Message.text)))
