"""`/journal` and `/print`: files for the room and for the desk."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from handlers.staff import papers
from tests.support.drivers.desk import AtDesk
from tests.support.people import Member, Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("telegram"), pytest.mark.rooms("forum")]

GENERAL: Any = None


async def two_requests(member: Member) -> None:
    for house in ("Садовая 5", "Сосновая 1"):
        await member.says(f"/new {house}, +79123456789, темно", GENERAL)
        await member.sees(GENERAL, "Проверьте")
        await member.presses("Лифт", GENERAL)
    await member.sees(GENERAL, "№1002 подана")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/journal", "Все дома, 01.03.2026 — 04.03.2026. Заявок: 2"),
        ("/journal сегодня", "Все дома, 04.03.2026. Заявок: 2"),
        ("/journal март Садовая 5", "ул. Садовая, 5, 01.03.2026 — 31.03.2026. Заявок: 1"),
        ("/journal 01.03-15.03 на сосновой 1", "ул. Сосновая, 1, 01.03.2026 — 15.03.2026."),
    ],
)
async def test_the_journal_comes_as_files(
    member: Member, world: World, typed: str, said: str
) -> None:
    await two_requests(member)
    await member.says(typed, GENERAL)
    line = await member.sees(GENERAL, said)
    assert "Журнал заявок. Тихий двор" in line.text
    lines = await member.driver.look(GENERAL)
    assert [kind for each in lines for kind in each.files] == ["document", "document"]
    assert len(await world.audit("journal")) == 1


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/journal февраль", "За эти дни заявок нет."),
        ("/journal Невская 4", "За какие дни и по какому дому?"),
        ("/journal 31.02", "Такого дня нет."),
    ],
)
async def test_what_cannot_be_shown_is_said(member: Member, typed: str, answer: str) -> None:
    await member.says(typed, GENERAL)
    await member.sees(GENERAL, answer)


async def test_too_many_for_a_chat(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    await two_requests(member)
    monkeypatch.setattr(papers, "MOST_ON_PAPER", 1)
    await member.says("/journal", GENERAL)
    await member.sees(GENERAL, "PDF делаем до 3000 заявок, поэтому здесь только таблица.")
    monkeypatch.setattr(papers, "MOST_IN_CHAT", 1)
    await member.says("/journal", GENERAL)
    await member.sees(GENERAL, "скачайте журнал в диспетчерской")


async def test_executors_get_no_journal(world: World, member: Member) -> None:
    petr = await world.member("petr")
    await petr.says("/journal", GENERAL)
    await member.sees(GENERAL, "Журнал выгружают диспетчеры и управляющие, в своей группе.")


async def test_a_work_order_in_the_thread(resident: Resident, member: Member, world: World) -> None:
    await resident.settles_in()
    await resident.files()
    topic = await member.finds("№1001")
    await member.says("/print", topic)
    await world.settled()
    lines = await member.driver.look(topic)
    assert lines[-1].files == ["document"]
    assert len(await world.audit("printed")) == 1
    desk = await world.member("anna", at_desk=True)
    thread = await desk.finds("№1001")
    await desk.says("/print", thread)
    await world.settled()
    assert isinstance(desk.driver, AtDesk)
    shown = await desk.driver.get(f"threads/{thread}")
    (file,) = shown["said"][-1]["attachments"]
    async with desk.driver.browser.get(file["url"]) as answer:
        assert answer.status == 200
        assert (await answer.read()).startswith(b"%PDF")
    await resident.hears_nothing()
    await member.says("/print", GENERAL)
    await member.sees(GENERAL, "Здесь непонятно, о какой заявке речь")


async def test_nothing_to_print(resident: Resident, member: Member) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says("Добрый день")
    topic = await member.finds("Мария")
    await member.says("/print", topic)
    await member.sees(topic, "У этого разговора нет заявки, печатать нечего.")


async def test_the_desk_downloads_both(member: Member, world: World) -> None:
    await two_requests(member)
    desk = await world.member("anna", at_desk=True)
    thread = await desk.finds("№1001")
    assert isinstance(desk.driver, AtDesk)
    browser = desk.driver.browser
    days = {"from": "2026-03-01", "to": "2026-03-31"}
    for query, status, begins in (
        (days, 200, b"PK"),
        ({**days, "kind": "pdf"}, 200, b"%PDF"),
        ({**days, "house": "999"}, 404, b"{"),
        ({**days, "house": "x"}, 400, b"{"),
        ({"from": "2026-03-01"}, 400, b"{"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, 400, b"{"),
    ):
        async with browser.get("/desk/api/journal", params=query) as answer:
            assert answer.status == status, query
            assert (await answer.read()).startswith(begins)
    async with browser.get(f"/desk/api/threads/{thread}/order") as answer:
        assert answer.status == 200
        assert (await answer.read()).startswith(b"%PDF")
    async with browser.get("/desk/api/threads/999/order") as answer:
        assert answer.status == 404
    async with ClientSession(world.app.address) as stranger:
        for path in ("journal", f"threads/{thread}/order"):
            async with stranger.get(f"/desk/api/{path}", params=days) as answer:
                assert answer.status == 401
