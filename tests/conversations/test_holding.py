"""Proving an account, and who else sees it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from handlers.resident import holding_people, texts
from services.access import AsMember
from services.tables import Account, Contact, Flat, Holding, House, ProofTry
from tests.support.drivers.desk import AtDesk
from tests.support.holders import NUMBER, holders_of, holds, knows_account
from tests.support.people import Member, Resident
from tests.support.world import World

PHONE = "+79161234567"
DECIDED: dict[str, str] = {}
"""What a label stood for: of a button that is gone, too."""
ADMIN = AsMember(1, "admin")


async def knows(world: World, number: str = NUMBER, phone: str | None = None) -> int:
    """An account of Садовая, 5, кв. 4."""
    ident = await knows_account(world.app.db, number)
    async with world.app.db.work() as work:
        house = await work.session.scalar(select(House).where(House.code == "sadovaya-5"))
        assert house is not None
        flat = await work.session.scalar(
            select(Flat).where(Flat.house_id == house.id, Flat.number == "4")
        )
        assert flat is not None
        await work.session.execute(
            update(Account)
            .where(Account.id == ident)
            .values(house_id=house.id, flat_id=flat.id, phone=phone)
        )
    return ident


async def code_of(world: World, number: str = NUMBER) -> str:
    async with world.app.db.work() as work:
        return await work.codes.give(ADMIN, number)


async def begins(who: Resident, number: str = NUMBER, role: str = "Я владелец") -> None:
    await who.forges("hold/begin")
    await who.hears("Подключим лицевой счёт")
    await who.says(number)
    await who.presses(role)


async def binds(who: Resident, code: str, role: str = "Я владелец") -> None:
    await begins(who, role=role)
    await who.presses("Код от компании")
    await who.says(code)


async def decides(member: Member, label: str, thread: Any) -> None:
    """In a group or at the desk, where a press needs no line it stands under."""
    if not isinstance(member.driver, AtDesk):
        await member.presses(label, thread)
        return
    await member.counts_threads()
    for line in reversed(await member.driver.look(thread)):
        for row in (line.raw or {}).get("buttons", ()):
            for each in row:
                if each["label"] == label:
                    DECIDED[label] = each["action"]
    await member.driver.forge(thread, DECIDED[label])


async def test_a_code_of_the_company_opens_the_account_once(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    account = await knows(world)
    code = await code_of(world)
    await begins(resident)
    await resident.presses("Код от компании")
    await resident.hears("код из восьми цифр")
    await resident.says("1")
    await resident.hears("Код — это восемь цифр")
    await resident.says(str((int(code) + 1) % 10**8).zfill(8))
    await resident.hears("Так подтвердить не получилось")
    await resident.says(f"{code[:4]} {code[4:]}")
    await resident.hears("Готово, счёт подключён")
    found = await holders_of(world.app.db, account)
    assert [(each.role, each.sees_money, each.proved_by) for each in found] == [
        ("owner", True, "code")
    ]
    noted = await world.audit("holds an account")
    assert [each.about for each in noted] == [f"account:{account}"]
    assert NUMBER not in str([each.details for each in noted])
    other = world.resident("Другой")
    await other.settles_in("sosnovaya-3", "5", "Другой")
    await binds(other, code)
    await other.hears("Так подтвердить не получилось")
    assert len(await holders_of(world.app.db, account)) == 1


async def test_a_number_that_there_is_not_is_answered_alike(
    resident: Resident, world: World, member: Member
) -> None:
    """Word for word, as often, with the same lock; staff know, and take it away."""
    await resident.settles_in()
    await knows(world)
    other = world.resident("Другой")
    await other.settles_in("sadovaya-5", "5", "Другой")
    heard = []
    for who, number in ((resident, NUMBER), (other, "0099999999")):
        await who.forgets()
        await binds_wrongly(who, number)
        heard.append([line.text for line in await who.unread()])
        await who.forgets()
    assert heard[0] == heard[1]
    assert "Слишком много неверных попыток" in heard[0][-1]
    assert await world.count(ProofTry) == 10
    third = world.resident("Третий")  # the number is locked, whoever comes
    await third.settles_in("sadovaya-5", "6", "Третий")
    await binds(third, await code_of(world))
    await third.hears("Слишком много неверных попыток")
    thread = await member.finds("кв. 4")
    shown = await member.reads(thread)
    assert "не подтвердился 5 раз подряд" in shown
    assert NUMBER not in shown
    await decides(member, "Снять блокировку", thread)
    await member.sees(thread, "Блокировку сняли")
    await resident.hears("Можно снова попробовать")
    await binds(resident, await code_of(world))
    await resident.hears("Готово, счёт подключён")
    assert len(await world.audit("proofs unlocked")) == 1


async def binds_wrongly(who: Resident, number: str) -> None:
    await begins(who, number)
    await who.presses("Код от компании")
    for n in range(5):
        await who.says(f"0000000{n}")


@pytest.mark.only("telegram")
async def test_the_phone_proves_only_where_the_messenger_vouches(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    account = await knows(world, phone=PHONE)
    await begins(resident)
    await resident.presses("По моему телефону")
    await resident.says(PHONE)
    await resident.hears("Набранный номер ничего не подтверждает")
    assert world.tg is not None
    holder = world.tg.user("Хозяин", 4242)
    await resident.driver.user.shares_contact(PHONE, of=holder)  # type: ignore[attr-defined]
    await resident.hears("Это не ваш номер")
    assert await world.count(ProofTry) == 0
    await resident.shares_phone("8 916 123-45-67")
    await resident.hears("Готово, счёт подключён")
    assert [each.proved_by for each in await holders_of(world.app.db, account)] == ["phone"]


@pytest.mark.only("vk", "web")
async def test_no_phone_where_nobody_vouches(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await knows(world, phone=PHONE)
    await begins(resident)
    asked = await resident.hears("Как подтвердим")
    assert asked.buttons[:2] == ["Код от компании", "Попросить подтвердить"]


async def test_a_member_confirms_by_address_without_number_and_sums(
    resident: Resident, world: World, member: Member
) -> None:
    await resident.settles_in()
    account = await knows(world)
    await resident.forges("hold/begin")
    await resident.presses("ул. Садовая, 5, кв. 4", "Снимаю жильё", "Попросить подтвердить")
    await resident.hears("Передали сотрудникам")
    thread = await member.finds("Лицевой счёт: подтвердить · ул. Садовая, 5, кв. 4")
    shown = await member.reads(thread)
    assert "Кем себя называет: жилец" in shown
    assert NUMBER not in shown
    assert "4512" not in shown
    await begins(resident)
    await resident.presses("Попросить подтвердить")
    await resident.hears("Об этом вы уже просили")
    await decides(member, "Подтвердить", thread)
    await resident.hears("Сотрудники подтвердили")
    await decides(member, "Подтвердить", thread)
    await member.sees(thread, "Это уже решено")
    found = await holders_of(world.app.db, account)
    assert [(each.role, each.proved_by) for each in found] == [("tenant", "member")]


async def test_a_new_owner_and_the_one_before(resident: Resident, world: World) -> None:
    """The new one sees nothing until they have said whether the other has gone; then the other
    sees nothing, is told, and the past is hidden."""
    await resident.settles_in()
    account = await knows(world)
    await holds(world.app.db, account)
    await resident.forgets()
    buyer = world.resident("Пётр")
    await buyer.settles_in("sadovaya-5", "4", "Пётр")
    await binds(buyer, await code_of(world))
    await buyer.hears("Прежний владелец больше не здесь?")
    told = await resident.hears("К вашему счёту подключился ещё один человек (владелец)")
    assert told.buttons == ["Это не я"]
    seen = {each.resident_id: each.sees_money for each in await holders_of(world.app.db, account)}
    assert seen == {1: True, 2: False}
    await buyer.presses("Да, теперь владелец я")
    await buyer.hears("Прежних владельцев отключили")
    await resident.hears("У вашего счёта новый владелец")
    found = await holders_of(world.app.db, account)
    assert [(each.resident_id, each.sees_money) for each in found] == [(2, True)]
    async with world.app.db.session() as session:
        row = await session.get_one(Account, account)
    assert str(row.history_from) == "2026-03-01"
    await resident.forges(f"hold/people/{account}")
    await resident.hears(texts.NOT_YOURS)


async def test_this_is_not_me_closes_the_sums_until_staff_decide(
    resident: Resident, world: World, member: Member
) -> None:
    await resident.settles_in()
    account = await knows(world)
    await holds(world.app.db, account)
    guest = world.resident("Гость")
    await guest.settles_in("sadovaya-5", "4", "Гость")
    await binds(guest, await code_of(world), "Снимаю жильё")
    await guest.hears("Готово, счёт подключён")
    await resident.presses("Это не я")
    await resident.hears("Суммы этому человеку закрыли")
    await guest.hears("суммы вам не видны")
    mine, theirs = await holders_of(world.app.db, account)
    assert (mine.sees_money, theirs.sees_money) == (True, False)
    await resident.forges(f"hold/see/{theirs.id}")  # not even by the owner, meanwhile
    await resident.hears("Это уже решено")
    thread = await member.finds("не узнаёт человека")
    await decides(member, "Отключить его", thread)
    await guest.hears("отключили вам лицевой счёт")
    await resident.hears("отключили этого человека")
    assert [each.id for each in await holders_of(world.app.db, account)] == [mine.id]


async def test_an_owner_says_who_sees_the_account(resident: Resident, world: World) -> None:
    await resident.settles_in()
    account = await knows(world)
    await holds(world.app.db, account)
    await resident.forges(f"hold/people/{account}")
    shown = await resident.hears("вы, владелец: суммы видит")
    assert NUMBER not in shown.text
    await resident.presses("Пригласить семью")
    given = await resident.hears("Код для приглашения")
    code = re.sub(r"\D", "", given.text.partition("\n")[0])
    wife = world.resident("Анна")
    await wife.settles_in("sadovaya-5", "4", "Анна")
    await binds(wife, code, "Я владелец")  # the code says what she is
    await wife.hears("Суммы вам пока не видны")
    await resident.hears("подключился ещё один человек (член семьи)")
    await resident.forges(f"hold/people/{account}")
    await resident.presses("Показать суммы: Анна")
    await wife.hears("Владелец открыл вам суммы")
    await resident.hears("Анна, член семьи: суммы видит")
    await wife.forges(f"hold/people/{account}")
    own = await wife.hears("вы, член семьи: суммы видит")
    assert "Мария" not in own.text
    assert own.buttons == ["Я больше не здесь", "Лицевой счёт"]
    await resident.presses("Я больше не здесь", "Да, отключить счёт")
    await resident.hears("Счёт отключили")
    await wife.hears("Лицевой счёт вам больше не виден")
    assert await holders_of(world.app.db, account) == []


@pytest.mark.only("telegram")
async def test_whom_an_owner_let_in_hears_when_the_owner_has_left_us(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    account = await knows(world)
    await holds(world.app.db, account)
    wife = world.resident("Анна")
    await wife.settles_in("sadovaya-5", "4", "Анна")
    async with world.app.db.work() as work:
        contact = await work.session.scalar(select(Contact).order_by(Contact.id.desc()))
        assert contact is not None
        await work.holdings.begin(contact.resident_id, account, "family", "holder")
    await resident.presses("Настройки", "Отозвать согласие", "Да, отозвать")
    told = await wife.hears("Лицевой счёт вам здесь больше не виден")
    assert "соглас" not in told.text, "why is the owner's own"
    assert NUMBER not in told.text
    assert await holders_of(world.app.db, account) == []
    await wife.presses_under(told, "Лицевой счёт")
    await wife.hears("Подключим лицевой счёт")


@pytest.mark.only("telegram")
@pytest.mark.parametrize("what", sorted(holding_people.PRESSES))
async def test_a_forged_press_is_not_yours(resident: Resident, world: World, what: str) -> None:
    await resident.settles_in()
    account = await knows(world)
    await holds(world.app.db, account)
    neighbour = world.resident("Сосед")
    await neighbour.settles_in("sadovaya-5", "4", "Сосед")
    async with world.app.db.session() as session:
        before = [(h.id, h.role, h.sees_money) for h in await session.scalars(select(Holding))]
    for ident in (account, before[0][0], 999, 0):
        await neighbour.forges(f"hold/{what}/{ident}")
        await neighbour.hears(texts.NOT_YOURS)
    async with world.app.db.session() as session:
        after = [(h.id, h.role, h.sees_money) for h in await session.scalars(select(Holding))]
    assert after == before
    await resident.forges(f"hold/{what}/{account + 500}")
    await resident.hears(texts.NOT_YOURS)


@pytest.mark.rooms("forum", "desk")
async def test_a_room_that_shows_neither_names_nor_flats(
    resident: Resident, world: World, member: Member
) -> None:
    """In cards, titles, lists and what is asked with /who; danger is shown with its flat."""
    await world.changes_company(
        lambda text: text.replace(
            "title: Диспетчерская}",
            "title: Диспетчерская, shows_names: false, shows_flats: false}",
        )
    )
    await resident.settles_in(name="Мария")
    await knows(world)
    number = await resident.files("В лифте темно, кв. 4 рядом")
    await resident.presses("Написать диспетчеру")
    await resident.says("Подскажите про лифт, я из кв. 4")
    await resident.hears("Передали")
    await begins(resident)
    await resident.presses("Попросить подтвердить")
    await resident.hears("Передали сотрудникам")
    if world.tg is not None:
        await member.says("/who", await member.finds(f"№{number}"))
    shown = await everything_shown(member)
    assert f"№{number}" in shown
    assert "Садовая, 5" in shown
    assert "Мария" not in shown
    assert "кв. 4" not in shown
    await member.says("Мастер придёт к вам", await member.finds(f"№{number}"))
    await resident.hears("Мастер придёт к вам")
    await resident.says("В квартире пахнет газом")
    await resident.hears("Пахнет газом")
    assert "кв. 4" in await everything_shown(member)


async def everything_shown(member: Member) -> str:
    await member.counts_threads()
    threads = await member.driver.threads()
    read = [await member.reads(thread) for thread in threads]
    return "\n".join([*threads.values(), *read])


async def test_whoever_has_the_code_at_hand_writes_it_at_once(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    account = await knows(world)
    code = await code_of(world)
    await begins(resident)
    await resident.says("у меня есть код")
    await resident.hears("Напишите код из восьми цифр")
    await resident.says("а где его взять?")
    await resident.hears("Код — это восемь цифр")
    await resident.presses("Отмена")
    assert await world.count(ProofTry) == 0
    await begins(resident)
    await resident.says(f"Вот код: {code[:4]} {code[4:]}")
    await resident.hears("Готово, счёт подключён")
    assert await holders_of(world.app.db, account) != []
