"""`/team`: roles given and taken in the chat, and what the company file makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from services.tables import Member as MemberRow
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.rooms("forum"), pytest.mark.only("telegram")]


class InPrivate:
    """A member's own chat with the bot."""

    def __init__(self, world: World, name: str, number: int) -> None:
        assert world.tg is not None
        self.world, self.user = world, world.tg.user(name, number)

    async def asks(self, text: str) -> str:
        await self.user.says(text)
        await self.world.settled()
        return str(self.user.chat.last().text)


@pytest.fixture
def olga(world: World) -> InPrivate:
    return InPrivate(world, "Ольга", 501)


@pytest.fixture
def anna(world: World) -> InPrivate:
    return InPrivate(world, "Анна", 502)


async def role(world: World, code: str) -> tuple[str, bool, bool]:
    await world.settled()
    async with world.app.db.work() as work:
        found: Any = await work.session.get(MemberRow, await ident(world, code))
        return found.role, found.trainee, found.withdrawn_at is not None


async def ident(world: World, code: str) -> int:
    from sqlalchemy import select

    async with world.app.db.work() as work:
        found = await work.session.scalar(select(MemberRow.id).where(MemberRow.code == code))
        assert found is not None
        return found


async def test_the_team_is_listed_for_those_who_manage_it(
    world: World, olga: InPrivate, anna: InPrivate
) -> None:
    shown = await olga.asks("/team")
    assert "👥 В команде 3:" in shown
    assert "Ольга Миронова — администратор · все комнаты" in shown
    assert "Пётр Ильин — мастер · все комнаты" in shown
    assert await anna.asks("/team") == "Командой распоряжаются управляющий и администратор."
    stranger = InPrivate(world, "Чужой", 999)
    assert "team" not in await stranger.asks("/team")


async def test_roles_are_given_and_taken(world: World, olga: InPrivate, anna: InPrivate) -> None:
    assert await olga.asks("/team Анна управляющий") == "Анна Соколова — теперь управляющий."
    assert await role(world, "anna") == ("manager", False, False)
    assert "Так и есть" in await olga.asks("/team анна соколова управляющая")
    assert await anna.asks("/team Пётр диспетчер") == "Пётр Ильин — теперь диспетчер."
    assert "выше вашей" in await anna.asks("/team Пётр администратор")
    assert "выше вашей" in await anna.asks("/team Ольга диспетчер")
    assert "стажёр" in await anna.asks("/team Петр стажёр")
    assert await role(world, "petr") == ("dispatcher", True, False)
    assert "больше не стажёр" in await anna.asks("/team petr не стажер")
    assert len(await world.audit("refused")) == 2


async def test_the_last_admin_stays(world: World, olga: InPrivate) -> None:
    assert "последний администратор" in await olga.asks("/team Ольга диспетчер")
    assert "последний администратор" in await olga.asks("/team Ольга уволена")
    await olga.asks("/team Анна админ")
    assert await olga.asks("/team Ольга диспетчер") == "Ольга Миронова — теперь диспетчер."
    assert "распоряжаются" in await olga.asks("/team Анна диспетчер")


async def test_what_is_typed_wrong(olga: InPrivate) -> None:
    assert "Поменять: /team Анна диспетчер" in await olga.asks("/team Анна директор")
    assert "Поменять: /team Анна диспетчер" in await olga.asks("/team диспетчер")
    assert "Не нашлось, кто «геннадий»" in await olga.asks("/team Геннадий мастер")
    assert "Таких несколько" in await olga.asks("/team н мастер")


async def test_who_is_dismissed_is_out_at_once(
    resident: Resident, member: Member, world: World, olga: InPrivate
) -> None:
    await resident.settles_in()
    await resident.files()
    thread = await member.finds("№1001")
    await member.says("/take", thread)
    desk = await world.desk("anna")
    await desk.get("threads", state="open")
    told = await olga.asks("/team Анна уволена")
    assert "Анна Соколова здесь больше не работает" in told
    assert "В общую очередь вернулось: 1 обращение." in told
    assert world.group is not None
    general = [m.text for m in world.group.general.heard() if m.from_bot]
    assert general == ["Анна Соколова больше не с нами. Снова в общей очереди: 1 обращение."]
    await world.settled()
    assert thread.name.startswith("№1001")
    async with desk.browser.get("/desk/api/threads") as answer:
        assert answer.status == 401
    await member.says("Это я напоследок", thread)
    await member.sees(thread, "Эта комната вам не назначена, поэтому ничего не сделано.")
    assert "напоследок" not in await resident.reads()
    assert await olga.asks("/team Анна вернуть") == "Анна Соколова снова в команде: диспетчер."
    await member.says("Я снова здесь", thread)
    await resident.hears("Я снова здесь")


async def test_the_file_keeps_what_was_changed_in_the_chat(world: World, olga: InPrivate) -> None:
    await olga.asks("/team Анна управляющий")
    await olga.asks("/team Пётр уволен")
    await world.changes_company(lambda text: text)
    assert await role(world, "anna") == ("manager", False, False)
    assert await role(world, "petr") == ("executor", False, True)
    anna = "name: Анна Соколова, role: dispatcher"
    await world.changes_company(
        lambda text: text.replace(anna, anna.replace("dispatcher", "executor"))
    )
    assert await role(world, "anna") == ("manager", False, False)  # a conflict: the chat wins
    await world.changes_company(
        lambda text: text.replace(anna, anna.replace("dispatcher", "manager"))
    )
    assert await role(world, "anna") == ("manager", False, False)


async def test_in_the_room_too(world: World) -> None:
    assert world.group is not None
    olga = await world.member("olga")
    await olga.driver.user.says("/team Пётр стажёр", chat=world.group)  # type: ignore[attr-defined]
    await world.settled()
    said = [m.text for m in world.group.general.heard() if m.from_bot]
    assert said == ["Пётр Ильин — теперь стажёр: ответы ждут проверки коллеги."]
