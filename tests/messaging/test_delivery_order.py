"""In which order the outbox leaves, and who waits for whom."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import text, update

from services.db import Database
from services.messaging import claiming
from services.messaging.outbox import About
from services.messaging.port import Throttled
from services.messaging.types import Kind, Limits, Outbound
from services.tables import Outgoing
from tests.messaging.fakes import NAME, ROOM, FakeChannel, Rig, make_place, only_by_bell, until


async def test_replies_and_relays_of_a_chat_leave_in_the_order_they_were_said(rig: Rig) -> None:
    for number in range(20):
        await rig.say("1", f"{number}", kind=(Kind.REPLY, Kind.RELAY)[number % 2])
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.texts() == [str(number) for number in range(20)]
    assert rig.channel.most_at_once["1"] == 1


async def test_chats_are_written_to_side_by_side(rig: Rig) -> None:
    release = [rig.channel.hold(str(chat)) for chat in range(10)]
    for chat in range(10):
        await rig.say(str(chat), "раз", "два")
    async with rig.delivering():
        await until(lambda: rig.channel.at_once == 10)
        for each in release:
            each()
        await rig.until_settled()
    assert all(rig.channel.texts(str(chat)) == ["раз", "два"] for chat in range(10))


async def test_a_row_that_failed_keeps_its_place(rig: Rig) -> None:
    rig.channel.fail("1", Throttled(0.05))
    await rig.say("1", "раз", "два", "три")
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.texts() == ["раз", "два", "три"]


async def test_notices_and_mailings_hold_nobody_back(rig: Rig) -> None:
    await rig.say("1", "рассылка 1", "рассылка 2", kind=Kind.BULK)
    await rig.say("1", "новость", kind=Kind.NOTICE)
    await rig.say("1", "ответ")
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.texts() == ["ответ", "новость", "рассылка 1", "рассылка 2"]


async def test_a_notice_put_off_lets_replies_by(rig: Rig) -> None:
    later = rig.db.clock.now().replace(year=2100)
    (notice,) = await rig.say("1", "утром", kind=Kind.NOTICE, about=About(not_before=later))
    (reply,) = await rig.say("1", "сейчас")
    async with rig.delivering():
        await rig.until_settled(reply)
    assert await rig.states([notice, reply]) == ["waiting", "sent"]


async def test_an_alarm_passes_everything_and_has_its_own_call(db: Database) -> None:
    """A group's budget is spent to the last call but one: that one is the alarm's."""
    rig = Rig(db, FakeChannel(Limits(per_second=1000, group_calls=3, group_window=600)))
    place = await make_place(db)
    async with db.work() as work:
        for number in range(4):
            await work.outbox.post(place.room, Outbound(text=f"слово {number}"), topic="7")
    async with rig.delivering():
        await until(lambda: len(rig.channel.arrived) == 2)
        await asyncio.sleep(0.3)
        assert rig.channel.texts() == ["слово 0", "слово 1"]
        async with db.work() as work:
            await work.outbox.post(place.room, Outbound(text="потоп"), Kind.ALARM, topic="7")
        await until(lambda: len(rig.channel.arrived) == 3)
        assert rig.channel.texts()[-1] == "потоп"
        await asyncio.sleep(0.3)
    assert len(rig.channel.arrived) == 3


async def test_a_throttled_chat_holds_up_only_itself(rig: Rig) -> None:
    rig.channel.fail("1", Throttled(30))
    (first,) = await rig.say("1", "раз")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        (other,) = await rig.say("2", "другой")
        await rig.until_settled(other)
        (row,) = await rig.states([first])
        assert row == "waiting"
    assert (await rig.row(first)).attempts == 0, "waiting for one's turn is no try"


async def test_a_pause_of_the_whole_channel_holds_everything_then_all_goes(rig: Rig) -> None:
    rig.channel.fail("1", Throttled(0.5, everywhere=True))
    await rig.say("1", "раз")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        start = time.perf_counter()
        await rig.say("2", "два")
        await rig.until_settled()
        assert time.perf_counter() - start > 0.3
    assert sorted(rig.channel.texts()) == ["два", "раз"]
    assert len(rig.channel.begun) == 3


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        (Throttled(0.1, everywhere=True), []),
        (Throttled(90), []),  # one person's chat
        (Throttled(300, everywhere=True, why="captcha"), [(300, "captcha", None)]),
    ],
)
async def test_a_long_rest_is_told(
    rig: Rig, rest: Throttled, told: list[tuple[float, str, int | None]]
) -> None:
    rig.channel.fail("1", rest)
    await rig.say("1", "слово")
    async with rig.delivering():
        await until(lambda: rig.channel.begun and not rig.channel.at_once_now())
        await asyncio.sleep(0.2)
    assert [(pause.seconds, pause.why, pause.room_id) for pause in rig.pauses] == told


async def test_a_room_that_rests_for_a_day_holds_up_nobody_and_is_told(rig: Rig) -> None:
    place = await make_place(rig.db)
    rig.channel.fail(ROOM, Throttled(86_400))
    async with rig.db.work() as work:
        for words in ("раз", "два"):
            await work.outbox.post(place.room, Outbound(text=words), topic="7")
    async with rig.delivering():
        await until(lambda: rig.pauses)
        await rig.say("1", "другим можно")
        await until(lambda: rig.channel.texts() == ["другим можно"])
    assert [(pause.seconds, pause.room_id) for pause in rig.pauses] == [(86_400, place.room.id)]
    assert len([sent for sent in rig.channel.begun if sent.to.chat == ROOM]) == 1


async def test_while_it_rests_delivery_does_not_ask_the_database(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.channel.fail("1", Throttled(30, everywhere=True))
    await rig.say("1", "раз")
    asked = 0
    claim = claiming.Claiming.claim

    async def counted(*args: object) -> object:
        nonlocal asked
        asked += 1
        return await claim(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(claiming.Claiming, "claim", counted)
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        await asyncio.sleep(0.1)
        before = asked
        for _ in range(50):
            rig.bells.ring(f"outbox:{NAME}")
            await asyncio.sleep(0.005)
        assert asked == before


async def test_an_idle_delivery_does_not_spin(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    claim = claiming.Claiming.claim

    async def counted(*args: object) -> object:
        nonlocal asked
        asked += 1
        return await claim(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(claiming.Claiming, "claim", counted)
    rig.channel.fail("1", Throttled(20))
    await rig.say("1", "раз")
    async with rig.delivering():
        await asyncio.sleep(1.5)
    assert asked < 10


async def test_hundreds_of_rows_of_one_chat_do_not_hide_another(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads of a busy room stand before a resident's row in the order of the outbox."""
    monkeypatch.setattr(claiming, "CANDIDATES", 20)
    place = await make_place(rig.db)
    async with rig.db.work() as work:
        for number in range(60):
            await work.outbox.post(place.room, Outbound(text="x"), topic=str(number))
    rig.channel.hold(ROOM)
    (person,) = await rig.say("1", "ответ", kind=Kind.RELAY)
    async with rig.delivering():
        await rig.until_settled(person)


async def test_a_row_is_delivered_as_soon_as_it_is_committed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_by_bell(monkeypatch)
    async with rig.delivering():
        await asyncio.sleep(0.3)
        for number in range(10):
            (row,) = await rig.say(str(number), "быстро")
            await rig.until_settled(row)


async def test_an_edit_of_a_waiting_row_changes_it(rig: Rig) -> None:
    place = await make_place(rig.db)
    (message,) = place.messages
    release = rig.channel.hold("1")
    await rig.say("1", "в пути")
    await rig.say("1", "старое", about=About(message_id=message))
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        async with rig.db.work() as work:
            assert await work.unsent.change_waiting(message, Outbound(text="новое"))
        release()
        await rig.until_settled()
    assert rig.channel.texts() == ["в пути", "новое"]
    async with rig.db.work() as work:
        assert not await work.unsent.change_waiting(message, Outbound(text="поздно"))


async def test_an_edit_of_a_sent_row_replaces_it_and_of_a_lost_one_is_sent(rig: Rig) -> None:
    place = await make_place(rig.db, messages=2)
    sent, lost = place.messages
    async with rig.delivering():
        (row,) = await rig.say("1", "старое", about=About(message_id=sent))
        await rig.until_settled()
        await rig.say("1", "новое", about=About(replaces_message=sent))
        await rig.say("1", "впервые", about=About(replaces_message=lost))
        await rig.until_settled()
    external = (await rig.row(row)).external_ids
    assert external is not None
    assert [each.message.replaces for each in rig.channel.arrived] == [None, external[0], None]


async def test_a_row_locked_by_a_handler_does_not_stop_the_others(rig: Rig) -> None:
    (locked,) = await rig.say("1", "меняется")
    await rig.say("2", "свободен")
    async with rig.db.session() as session:
        await session.execute(
            update(Outgoing).where(Outgoing.id == locked).values(body={"text": "изменён"})
        )
        async with rig.delivering():
            await until(lambda: rig.channel.texts() == ["свободен"])
            await session.commit()
            await rig.until_settled()
    assert rig.channel.texts() == ["свободен", "изменён"]


async def test_who_waited_long_rises_one_class(rig: Rig) -> None:
    async with rig.db.session() as session:
        await session.execute(text("INSERT INTO channels (name, epoch) VALUES ('test', 1)"))
    (old,) = await rig.say("1", "давно", kind=Kind.NOTICE)
    (new,) = await rig.say("2", "сейчас", kind=Kind.NOTICE)
    async with rig.db.session() as session:
        await session.execute(
            text("UPDATE outbox SET not_before = not_before - interval '1 hour' WHERE id = :id"),
            {"id": old},
        )
    delivery = rig.delivery(1)
    for _ in range(3):
        await delivery._claiming.let_rise()
    assert (await rig.row(old)).priority == Kind.RELAY.priority
    assert (await rig.row(new)).priority == Kind.NOTICE.priority


async def test_the_published_pace_is_kept(db: Database) -> None:
    rig = Rig(db, FakeChannel(Limits(per_second=50, chat_per_second=10, chat_burst=2)))
    for chat in range(3):
        await rig.say(str(chat), *(str(n) for n in range(6)))
    start = time.perf_counter()
    async with rig.delivering():
        await rig.until_settled()
    assert time.perf_counter() - start > 0.35
