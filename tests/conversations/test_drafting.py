"""Drafts by the outside machine: whole conversations with one that remembers all it was sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.tables import Suggestion
from tests.support.assist import MODEL, TOKEN, AssistStandIn
from tests.support.people import Member, Resident
from tests.support.world import World, open_world

SAID = "Козу держать в квартире нельзя, а кошку можно."
QUESTION = "Здравствуйте! Это Мария из 4 квартиры, Садовая 5. Можно ли завести козу? 89161234567"
PLANTED = re.compile(
    r"мари[яиюейа]|петров|садов|tupik|916|123-?45|4567|квартир\w* ?\d|\b1001\b|тихий двор|"
    r"анна|соколов|495|dvor\.example",
    re.IGNORECASE,
)


@pytest_asyncio.fixture
async def machine() -> AsyncIterator[AssistStandIn]:
    async with AssistStandIn(SAID) as stand_in:
        yield stand_in


@pytest_asyncio.fixture
async def world(
    database_url: str, tmp_path: Path, channel: str, room: str, machine: AssistStandIn
) -> AsyncIterator[World]:
    on = {"assist_url": machine.url, "assist_token": TOKEN, "assist_model": MODEL}
    async with open_world(database_url, tmp_path, channel, room, **on) as world:
        yield world


async def drafted(world: World) -> None:
    """Until whatever is to be drafted by now is drafted."""
    await world.settled()
    world.clock.move(seconds=6)
    drafts = world.app.drafts
    assert drafts is not None
    async with asyncio.timeout(60):
        for _ in range(2):  # the first round may have begun before
            rounds = drafts.rounds
            while drafts.rounds == rounds:
                world.app.bells.ring("thread")
                await asyncio.sleep(0.01)
    await world.settled()


async def asks(resident: Resident, words: str = QUESTION) -> None:
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says(words)
    await resident.hears("Передали диспетчеру")
    await resident.forgets()


async def test_staff_are_drafted_for_and_the_resident_is_told_nothing(
    resident: Resident, member: Member, world: World, machine: AssistStandIn
) -> None:
    await asks(resident)
    await drafted(world)
    thread = await member.finds("Мария")
    line = await member.sees(thread, "Черновик ответа, проверьте:")
    assert SAID in line.text
    await resident.hears_nothing()
    assert len(machine.asked) == 1


async def test_nothing_of_anybody_ever_arrives_there(
    resident: Resident, member: Member, world: World, machine: AssistStandIn
) -> None:
    await asks(resident)
    await drafted(world)
    thread = await member.finds("Мария")
    await member.says("// спросить у Петровой из 5 квартиры, +7 916 123-45-67", thread)
    await member.says("Мария, добрый день! Анна Соколова, +7 495 000-00-01.", thread)
    await resident.hears("добрый день")
    await resident.says("Спасибо, Мария Петрова, Садовая, 5, кв. 4")
    await drafted(world)
    assert machine.asked
    for heard in machine.heard:
        told = re.sub(r"\\u[0-9a-f]{4}", lambda each: chr(int(each[0][2:], 16)), heard)
        assert not PLANTED.search(told), PLANTED.search(told)
    content = machine.asked[0]["messages"][-1]["content"]
    assert "Можно ли завести козу?" in content


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum", "group")
async def test_in_a_group_a_member_takes_it_or_lets_it_go(
    resident: Resident, member: Member, world: World
) -> None:
    await asks(resident)
    await drafted(world)
    thread = await member.finds("Мария")
    await member.presses("Взять за основу", thread)
    line = await member.sees(thread, "Скопируйте, поправьте и отправьте:")
    assert line.text.endswith(SAID)
    await resident.hears_nothing()
    await member.presses("Отправить жителю", thread)
    answer = await resident.hears(SAID)
    assert answer.text.splitlines()[0] == "Анна Соколова, диспетчер"
    assert "Черновик" not in answer.text
    await member.presses("Отправить жителю", thread)
    await member.sees(thread, "Этот черновик уже отправлен.")
    await resident.hears_nothing()
    assert len(await world.audit("draft sent")) == 1


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_after_an_answer_the_draft_is_not_sent(
    resident: Resident, member: Member, world: World
) -> None:
    await asks(resident)
    await drafted(world)
    thread = await member.finds("Мария")
    await member.says("Нельзя, увы.", thread)
    await resident.hears("Нельзя, увы.")
    await member.presses("Отправить жителю", thread)
    await member.sees(thread, "Жителю уже ответили")
    await resident.hears_nothing()


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_what_is_left_to_fill_in_cannot_be_sent_by_a_press(
    resident: Resident, member: Member, world: World, machine: AssistStandIn
) -> None:
    machine.says = "Позвоните по телефону 8 999 111-22-33, мы поможем."
    await asks(resident)
    await drafted(world)
    thread = await member.finds("Мария")
    line = await member.sees(thread, "Позвоните по телефону [телефон], мы поможем.")
    assert line.rows == [["Взять за основу"]]


@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_at_the_desk_it_goes_into_the_field(
    resident: Resident, member: Member, world: World
) -> None:
    await asks(resident)
    await drafted(world)
    thread = await member.finds("Мария")
    line = await member.sees(thread, "Черновик ответа, проверьте:")
    ((button,),) = line.raw["buttons"]
    assert (button["label"], button["fills"]) == ("Взять за основу", SAID)


@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_a_stranger_presses_in_vain(resident: Resident, member: Member, world: World) -> None:
    await asks(resident)
    await drafted(world)
    for action in ("staff/senddraft/1", "staff/usedraft/1"):
        await resident.forges(action)
    await world.settled()
    assert SAID not in await resident.reads()


@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_a_machine_that_breaks_changes_nothing(
    resident: Resident, member: Member, world: World, machine: AssistStandIn
) -> None:
    machine.next = [500]
    await asks(resident)
    await drafted(world)
    await machine.stop()
    world.clock.move(minutes=1)
    await drafted(world)
    thread = await member.finds("Мария")
    assert "Черновик" not in await member.reads(thread)
    await member.says("Нельзя.", thread)
    await resident.hears("Нельзя.")


class TestOff:
    """By default."""

    @pytest_asyncio.fixture
    async def world(
        self, database_url: str, tmp_path: Path, channel: str, room: str
    ) -> AsyncIterator[World]:
        async with open_world(database_url, tmp_path, channel, room) as world:
            yield world

    @pytest.mark.only("web")
    @pytest.mark.rooms("desk")
    async def test_nothing_is_asked_and_nothing_kept(
        self, resident: Resident, member: Member, world: World, machine: AssistStandIn
    ) -> None:
        await asks(resident)
        await world.waits(minutes=10)
        thread: Any = await member.finds("Мария")
        assert "Черновик" not in await member.reads(thread)
        assert world.app.drafts is None
        assert await world.count(Suggestion) == 0
        assert machine.heard == []
