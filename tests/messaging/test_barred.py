"""A room that does not let us write: what is for it waits in order, and nobody else is held up."""

from __future__ import annotations

import pytest

from services.messaging.outbox import About
from services.messaging.port import Barred, Blocked, Rejected
from services.messaging.types import Address, Attachment, Kind, Outbound
from services.tables import Room
from tests.messaging.fakes import ROOM, Place, Rig, make_place, until


async def post(rig: Rig, place: Place, words: str) -> int:
    async with rig.db.work() as work:
        row = await work.outbox.post(
            place.room, Outbound(text=words), Kind.RELAY, thread_id=place.thread_id
        )
    assert row is not None
    return row


async def trouble(rig: Rig, place: Place) -> str:
    async with rig.db.session() as session:
        room = await session.get(Room, place.room.id)
        assert room is not None
        return room.trouble


@pytest.mark.parametrize("failure", [Barred, Blocked])
async def test_what_is_for_it_waits_until_it_lets_us_in(rig: Rig, failure: type[Exception]) -> None:
    place = await make_place(rig.db)
    rig.channel.fail(ROOM, failure("bot was kicked"))
    rows = [await post(rig, place, "раз"), await post(rig, place, "два")]
    async with rig.delivering():
        await until(lambda: rig.barred)
        await rig.say("7001", "другим можно")
        await until(lambda: "другим можно" in rig.channel.texts())
        assert await rig.states(rows) == ["waiting", "waiting"]
        assert await trouble(rig, place) == "mute"
        async with rig.db.work() as work:
            room = await work.rooms.get(place.room.id)
            assert await work.rooms.clear_trouble(room)
        await rig.until_settled()
    assert rig.channel.texts(ROOM) == ["раз", "два"]
    assert rig.barred == [(place.room.id, "bot was kicked")]
    assert rig.settled == [each for each in rig.settled if each.state == "sent"]


async def test_a_post_that_arrives_ends_the_trouble(rig: Rig) -> None:
    place = await make_place(rig.db)
    async with rig.db.work() as work:
        await work.rooms.mark_trouble(place.room.id, "mute", "no rights")
    await post(rig, place, "прошло")
    async with rig.delivering():
        await rig.until_settled()
    assert await trouble(rig, place) == ""


async def test_words_go_without_the_files_that_are_refused(rig: Rig) -> None:
    file = Attachment(kind="document", channel="test", handle="f1")
    rig.channel.fail("7001", Rejected("file must be non-empty"))
    async with rig.db.work() as work:
        row = await work.outbox.say(
            Address(channel="test", chat="7001"),
            Outbound(text="акт", attachments=(file,)),
            Kind.RELAY,
            About(),
        )
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states([row]) == ["sent"]
    assert [len(each.message.attachments) for each in rig.channel.begun] == [1, 0]
