"""A post whose words change in place: progress, a result."""

from __future__ import annotations

import pytest

from services.messaging.outbox import About
from services.messaging.port import Blocked, NotSent, Rejected
from services.messaging.types import Kind, Outbound
from tests.messaging.fakes import ROOM, Rig, make_place, until


async def show(rig: Rig, row: int, words: str) -> int:
    async with rig.db.work() as work:
        return await work.outbox.show_again(row, Outbound(text=words))


async def test_what_waits_gets_the_new_words(rig: Rig) -> None:
    (row,) = await rig.say("1", "отправлено 0", kind=Kind.NOTICE)
    assert await show(rig, row, "отправлено 10") == row
    assert await show(rig, row, "отправлено 20") == row
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.texts() == ["отправлено 20"]


async def test_what_stands_is_replaced_in_its_place_by_the_last_words(rig: Rig) -> None:
    (row,) = await rig.say("1", "отправлено 0", kind=Kind.NOTICE)
    async with rig.delivering():
        await rig.until_settled()
        (ident,) = (await rig.row(row)).external_ids or []
        stands = await show(rig, row, "отправлено 10")
        await rig.until_settled()
        release = rig.channel.hold("1")
        stands = await show(rig, stands, "отправлено 20")
        await until(lambda: len(rig.channel.begun) == 3)
        stands = await show(rig, stands, "отправлено 30")  # one is on its way
        stands = await show(rig, stands, "отправлено 40")  # and this one waits
        release()
        await rig.until_settled()
    assert rig.channel.texts() == [f"отправлено {n}" for n in (0, 10, 20, 40)]
    assert [sent.message.replaces for sent in rig.channel.arrived] == [None, *[ident] * 3]


async def test_what_is_on_its_way_is_replaced_where_it_arrives(rig: Rig) -> None:
    (row,) = await rig.say("1", "отправлено 0", kind=Kind.NOTICE)
    release = rig.channel.hold("1")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        assert await show(rig, row, "отправлено 10") == row
        release()
        await rig.until_settled()
        (ident,) = (await rig.row(row)).external_ids or []
    assert rig.channel.arrived[1].message.replaces == ident


@pytest.mark.parametrize("failure", [Rejected("too old to edit"), Blocked("for a while")])
async def test_what_cannot_be_changed_any_more_is_said_anew(rig: Rig, failure: Exception) -> None:
    (row,) = await rig.say("1", "отправлено 0", kind=Kind.NOTICE)
    async with rig.delivering():
        await rig.until_settled()
        rig.channel.fail("1", failure)
        await show(rig, row, "отправлено 10")
        await rig.until_settled()
        anew = await show(rig, row, "отправлено 20")
        await rig.until_settled()
        assert anew != row
        assert await show(rig, anew, "отправлено 30") == anew
        await rig.until_settled()
    assert rig.channel.texts() == ["отправлено 0", "отправлено 20", "отправлено 30"]
    assert [sent.message.replaces for sent in rig.channel.arrived] == [None, None, "2"]


async def test_what_never_arrived_is_said_anew_and_keeps_its_order(rig: Rig) -> None:
    (row,) = await rig.say("1", "отправлено 0", kind=Kind.NOTICE)
    rig.channel.fail("1", Rejected("no"), NotSent("not now"))
    async with rig.delivering():
        await rig.until_settled()
        anew = await show(rig, row, "отправлено 10")
        await show(rig, anew, "отправлено 20")
        await rig.until_settled()
    assert rig.channel.texts()[-1] == "отправлено 20"
    assert await rig.states([row]) == ["refused"]


async def test_who_does_not_exist_is_a_fault(rig: Rig) -> None:
    with pytest.raises(ValueError, match="no row"):
        await show(rig, 123, "нет такого")


async def test_a_post_of_a_room_is_changed_there(rig: Rig) -> None:
    place = await make_place(rig.db)
    async with rig.db.work() as work:
        room = await work.rooms.get(place.room.id)
        row = await work.outbox.post(room, Outbound(text="идёт"), Kind.NOTICE, About())
    assert row is not None
    async with rig.delivering():
        await rig.until_settled()
        await show(rig, row, "готово")
        await rig.until_settled()
    assert [(sent.to.chat, sent.message.replaces) for sent in rig.channel.arrived] == [
        (ROOM, None),
        (ROOM, "1"),
    ]
