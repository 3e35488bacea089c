"""Presses of a member that would undo more of an outage than they meant."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import update

from services.tables import Member, Notice, Outage, OutagePlace
from tests.conversations.test_outages import kept
from tests.support.people import Resident
from tests.support.world import World

pytestmark = [pytest.mark.only("web"), pytest.mark.rooms("desk")]


class Desk:
    """The room «Диспетчерская» at the desk of one member."""

    def __init__(self, world: World, driver: Any) -> None:
        self.world, self.driver = world, driver

    async def says(self, text: str) -> dict[str, Any]:
        body = {"key": str(uuid.uuid4()), "text": text, "files": []}
        await self.driver.post("rooms/main/say", body)
        return (await self.reads())[-1]

    async def reads(self) -> list[dict[str, Any]]:
        await self.world.settled()
        return list((await self.driver.get("rooms/main"))["said"])

    async def presses(self, *labels: str) -> dict[str, Any]:
        """Each the newest with that label."""
        for label in labels:
            action = next(
                button["action"]
                for post in reversed(await self.reads())
                for row in post.get("buttons", [])
                for button in row
                if label == button["label"]
            )
            await self.forges(action, label)
        return (await self.reads())[-1]

    async def forges(self, action: str, label: str = "") -> dict[str, Any]:
        body = {
            "key": str(uuid.uuid4()), "room": "main", "action": action, "label": label, "post": 0,
        }  # fmt: skip
        await self.driver.post("press", body)
        return (await self.reads())[-1]


async def at_desk(world: World, code: str) -> Desk:
    return Desk(world, await world.desk(code))


def labels(post: dict[str, Any]) -> list[str]:
    return [button["label"] for row in post.get("buttons", []) for button in row]


async def draft(desk: Desk, *houses: str) -> dict[str, Any]:
    await desk.says("/outage")
    parts = ["Весь дом"] if len(houses) == 1 else []
    return await desk.presses(
        "🚨 Авария", "🛗 Лифт", *houses, "Дальше", *parts, "Через 4 часа", "Пропустить"
    )


async def test_an_old_cancel_calls_off_nothing_that_was_told(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.forgets()
    anna = await at_desk(world, "anna")
    await draft(anna, "ул. Садовая, 5")
    (outage,) = await kept(world, Outage)
    await anna.presses("Отправить сейчас")
    await resident.hears("Лифт не работает")
    told = await anna.forges(f"staff/outdrop/{outage.id}", "Отмена")
    assert "об этом уже объявлено" in told["text"]
    assert labels(told) == ["Отчёт", "Отменить"]
    asked = await anna.presses("Отменить")
    assert "узнают об отмене" in asked["text"]
    assert labels(asked) == ["Да, отменить"]
    (outage,) = await kept(world, Outage)
    assert outage.state == "announced"
    await resident.hears_nothing()
    assert "отменено, узнает 1 человек" in (await anna.presses("Да, отменить"))["text"]
    for action in ("outcallyes", "outcalloff", "outdrop"):
        again = await anna.forges(f"staff/{action}/{outage.id}")
        assert "Это уже сделано" in again["text"]
    assert [notice.kind for notice in await kept(world, Notice)] == ["announced", "cancelled"]


async def test_a_draft_is_cancelled_at_once_but_not_called_off(world: World) -> None:
    anna = await at_desk(world, "anna")
    await draft(anna, "ул. Садовая, 5")
    (outage,) = await kept(world, Outage)
    assert "Это уже сделано" in (await anna.forges(f"staff/outcalloff/{outage.id}"))["text"]
    assert "Это уже сделано" in (await anna.forges(f"staff/outcallyes/{outage.id}"))["text"]
    (outage,) = await kept(world, Outage)
    assert outage.state == "draft"
    assert "жителям ничего не уходило" in (await anna.presses("Отмена"))["text"]
    assert await kept(world, Notice) == []


async def test_a_trainee_changes_nothing_by_an_old_button(world: World) -> None:
    anna = await at_desk(world, "anna")
    await draft(anna, "ул. Садовая, 5")
    (outage,) = await kept(world, Outage)
    async with world.app.db.work() as work:
        became = update(Member).where(Member.code == "anna").values(trainee=True)
        await work.session.execute(became)
    for action in ("outloud", "outopen", "outplan", "outedit", "outsend", "outdrop"):
        refused = await anna.forges(f"staff/{action}/{outage.id}")
        assert "Пока вы стажёр" in refused["text"], action
    (outage,) = await kept(world, Outage)
    assert (outage.state, outage.loud, outage.open_to) == ("draft", False, [])


async def test_no_form_is_begun_where_words_go_to_a_resident(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    anna = await at_desk(world, "anna")
    await draft(anna, "ул. Садовая, 5")
    (outage,) = await kept(world, Outage)
    ident = (await anna.driver.get("threads"))["threads"][0]["id"]
    for count, action in enumerate(("outplan", "outedit"), start=1):
        pressed = f"staff/{action}/{outage.id}"
        body = {"key": str(uuid.uuid4()), "thread": ident, "action": pressed, "label": ""}
        await anna.driver.post("press", {**body, "post": 0})
        await world.settled()
        said = (await anna.driver.get(f"threads/{ident}"))["said"]
        refused = [each for each in said if "уходит жителю" in each["text"]]
        assert len(refused) == count, action


async def two_rooms(world: World) -> None:
    """Anna works in «Диспетчерская» alone, Olga in both."""
    await world.changes_company(
        lambda text: (
            text.replace(
                "- {code: main, title: Диспетчерская}",
                "- {code: main, title: Диспетчерская}\n  - {code: pines, title: Сосны}",
            )
            .replace("  - code: bor\n", "  - code: bor\n    room: pines\n")
            .replace("telegram: 502}", "telegram: 502, rooms: [main]}")
        )
    )


async def test_a_change_drops_no_houses_of_others(world: World) -> None:
    await two_rooms(world)
    olga, anna = await at_desk(world, "olga"), await at_desk(world, "anna")
    await draft(olga, "ул. Садовая, 5", "ул. Сосновая, 1")
    (outage,) = await kept(world, Outage)
    refused = await anna.forges(f"staff/outedit/{outage.id}", "Изменить")
    assert "дома, с которыми вы не работаете" in refused["text"]
    assert len(await kept(world, OutagePlace)) == 2
    await olga.presses("Изменить", "Причину")
    await olga.says("Замена троса")
    (outage,) = await kept(world, Outage)
    assert outage.reason == "Замена троса"
    assert len(await kept(world, OutagePlace)) == 2
    await olga.presses("Изменить", "Где", "ул. Садовая, 5", "Дальше", "Весь дом")
    asked = await anna.forges(f"staff/outedit/{outage.id}", "Изменить")
    assert "Что изменить?" in asked["text"]


async def test_houses_of_others_that_came_while_a_change_was_asked(world: World) -> None:
    await two_rooms(world)
    olga, anna = await at_desk(world, "olga"), await at_desk(world, "anna")
    await draft(olga, "ул. Садовая, 5")
    (outage,) = await kept(world, Outage)
    await anna.forges(f"staff/outedit/{outage.id}", "Изменить")
    await anna.presses("Причину")
    both = ("ул. Садовая, 5", "ул. Сосновая, 1")
    await olga.presses("Изменить", "Где", *both, "Дальше")
    refused = await anna.says("Замена троса")
    assert "дома, с которыми вы не работаете" in refused["text"]
    assert len(await kept(world, OutagePlace)) == 2
