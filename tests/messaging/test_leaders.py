"""Leaders come and go: what was in flight, who may claim, and how the program ends."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from services.db import Database
from services.messaging import delivery as delivery_module
from services.messaging.claiming import Claiming
from services.messaging.leadership import lead
from services.messaging.outbox import About
from services.messaging.port import Throttled
from services.messaging.types import Kind, Limits, Outbound
from tests.messaging.fakes import (
    FAST,
    NAME,
    ROOM,
    FakeChannel,
    MovedClock,
    Rig,
    make_place,
    running,
    until,
)
from tests.support.patience import PATIENCE


async def leave_in_flight(rig: Rig, *ids: int) -> None:
    """As a leader who was killed leaves them."""
    epoch = await rig.crown()
    async with rig.db.session() as session:
        await session.execute(
            text(
                "UPDATE outbox SET state = 'sending', epoch = :epoch, attempts = attempts + 1, "
                "started_at = now() WHERE id = ANY(:ids)"
            ),
            {"epoch": epoch, "ids": list(ids)},
        )


# ── Taking over ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", list(Kind))
async def test_what_a_killed_leader_was_sending_follows_its_kind(rig: Rig, kind: Kind) -> None:
    (row,) = await rig.say("1", "в пути", kind=kind)
    await leave_in_flight(rig, row)
    async with rig.delivering():
        await rig.until_settled()
    if kind.repeats:
        assert (await rig.row(row)).state == "sent"
        (sent,) = rig.channel.arrived
        assert sent.message.repeated == (kind is not Kind.REPLY)
    else:
        assert (await rig.row(row)).state == "unknown"
        assert rig.channel.begun == []
        assert [each.state for each in rig.settled] == ["unknown"]


async def test_killed_twice_over_the_same_row_is_not_sent_a_third_time(rig: Rig) -> None:
    (row,) = await rig.say("1", "в пути")
    await leave_in_flight(rig, row)
    await rig.delivery(await rig.crown())._settling.take_over(
        rig.delivery(1)._governor
    )  # a leader that does no more than that
    await leave_in_flight(rig, row)
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "unknown"
    assert rig.channel.begun == []


async def test_with_a_key_everything_in_flight_goes_again(db: Database) -> None:
    rig = Rig(db, FakeChannel(FAST.model_copy(update={"key_lives": 3600})))
    ids = await rig.say("1", "рассылка", kind=Kind.BULK)
    await leave_in_flight(rig, *ids)
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states(ids) == ["sent"]


async def test_a_key_that_the_messenger_has_forgotten_does_not_count(
    db: Database, clock: MovedClock
) -> None:
    """The process was killed while sending and started again in the morning."""
    rig = Rig(db, FakeChannel(FAST.model_copy(update={"key_lives": 3600})))
    (bulk,) = await rig.say("1", "рассылка", kind=Kind.BULK)
    (relay,) = await rig.say("2", "ответ", kind=Kind.RELAY)
    await leave_in_flight(rig, bulk, relay)
    clock.move(seconds=2 * 3600)
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states([bulk, relay]) == ["unknown", "sent"]
    assert [each.message.repeated for each in rig.channel.begun] == [True]


async def test_the_order_holds_over_a_change_of_leaders(rig: Rig) -> None:
    ids = await rig.say("1", "раз", "два", "три")
    await leave_in_flight(rig, ids[0])
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.texts() == ["раз", "два", "три"]


async def test_an_old_leader_claims_nothing(rig: Rig) -> None:
    old = rig.delivery(await rig.crown())
    await rig.crown()
    (row,) = await rig.say("1", "чужое")
    async with running(old.run()):
        await asyncio.sleep(0.3)
    assert (await rig.row(row)).state == "waiting"
    assert rig.channel.begun == []


async def test_an_old_leader_settles_nothing_that_was_claimed_anew(rig: Rig) -> None:
    (message,) = (await make_place(rig.db)).messages
    (row,) = await rig.say("1", "в пути", about=About(message_id=message))
    release = rig.channel.hold("1")
    old = rig.delivery(await rig.crown())
    async with running(rig.bells.listen(), old.run()):
        await until(lambda: len(rig.channel.begun) == 1)
        new = rig.delivery(await rig.crown())
        async with running(new.run()):
            await until(lambda: len(rig.channel.begun) == 2)
            rig.channel.fail("1", Throttled(60))  # the first to go on is the old one
            release()
            await rig.until_settled()
    found = await rig.row(row)
    assert found.state == "sent"
    assert found.epoch == 2
    assert len(rig.settled) == 1


async def test_what_an_old_leader_knows_to_have_arrived_is_not_repeated(rig: Rig) -> None:
    """The new leader put the row back; before it claims it, the old one reports."""
    (message,) = (await make_place(rig.db)).messages
    (row,) = await rig.say("1", "в пути", about=About(message_id=message))
    release = rig.channel.hold("1")
    old = rig.delivery(await rig.crown())
    async with running(rig.bells.listen(), old.run()):
        await until(lambda: rig.channel.begun)
        new = rig.delivery(await rig.crown())
        await new._settling.take_over(new._governor)
        assert (await rig.row(row)).state == "waiting"
        release()
        await until(lambda: rig.settled)
        async with running(new.run()):
            await asyncio.sleep(0.2)
    assert (await rig.row(row)).state == "sent"
    assert len(rig.channel.arrived) == 1


async def test_calls_of_the_leader_before_count_in_a_group(db: Database) -> None:
    rig = Rig(db, FakeChannel(Limits(per_second=1000, group_calls=4, group_window=600)))
    place = await make_place(db)

    async def post(words: str) -> int:
        async with db.work() as work:
            row = await work.outbox.post(place.room, Outbound(text=words), topic="7")
        assert row is not None
        return row

    async with rig.delivering():
        await post("раз")
        await post("два")
        await rig.until_settled()
    rows = [await post("три"), await post("четыре")]
    async with rig.delivering():
        await rig.until_settled(rows[0])
        await asyncio.sleep(0.3)
        assert await rig.states(rows) == ["sent", "waiting"]
    assert len(rig.channel.texts(ROOM)) == 3


# ── Ending ───────────────────────────────────────────────────────────────────


async def test_ending_settles_what_is_in_flight(rig: Rig) -> None:
    release = rig.channel.hold("1")
    first, second = await rig.say("1", "в пути", "за ним")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        asyncio.get_running_loop().call_later(0.3, release)
    assert await rig.states([first, second]) == ["sent", "waiting"]
    assert rig.channel.texts() == ["в пути"]


async def test_ending_does_not_wait_for_ever(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "LAST_WORDS", 0.3)
    rig.channel.hold("1")
    (row,) = await rig.say("1", "в пути")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
    assert (await rig.row(row)).state == "sending", "the next leader decides"


async def test_ending_while_rows_are_claimed_puts_them_back(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim that is committed but not begun must not count as maybe sent."""
    claim = Claiming.claim
    claimed = asyncio.Event()

    async def slow(self: Claiming, *args: object) -> object:
        found = await claim(self, *args)  # type: ignore[arg-type]
        if found[0]:
            claimed.set()
            await asyncio.sleep(0.1)
        return found

    monkeypatch.setattr(Claiming, "claim", slow)
    (row,) = await rig.say("1", "новость", kind=Kind.NOTICE)
    async with rig.delivering():
        await claimed.wait()
    found = await rig.row(row)
    assert (found.state, found.attempts, found.unsure) == ("waiting", 0, 0)
    assert rig.channel.begun == []


async def test_rows_refused_with_a_person_do_not_come_back(rig: Rig) -> None:
    place = await make_place(rig.db)
    about = About(contact_id=place.contact_id)
    ids = await rig.say("7001", "раз", kind=Kind.NOTICE, about=about)
    await leave_in_flight(rig, *ids)
    for _ in range(2):
        async with rig.delivering():
            await rig.until_settled()
    assert await rig.states(ids) == ["unknown"]
    assert len(rig.settled) == 1


# ── The crown ────────────────────────────────────────────────────────────────


async def test_one_leads_and_the_next_takes_over_when_it_ends(db: Database) -> None:
    order: list[str] = []
    first_may_end = asyncio.Event()

    async def reign(name: str, until_then: asyncio.Event | None) -> None:
        async with lead(db, NAME) as leadership:
            order.append(f"{name} {leadership.epoch}")
            if until_then:
                await until_then.wait()
                order.append(f"{name} ends")

    first = asyncio.ensure_future(reign("первый", first_may_end))
    await until(lambda: order)
    second = asyncio.ensure_future(reign("второй", None))
    await asyncio.sleep(1.3)
    assert order == ["первый 1"]
    first_may_end.set()
    await asyncio.gather(first, second)
    assert order == ["первый 1", "первый ends", "второй 2"]


async def test_channels_have_leaders_of_their_own(db: Database) -> None:
    async with lead(db, "telegram"), asyncio.timeout(PATIENCE), lead(db, "vk"):
        pass


async def test_a_leader_whose_connection_dies_learns_of_it_and_another_takes_over(
    db: Database, database_url: str
) -> None:
    other = Database(database_url)
    lost = asyncio.Event()

    async def reign() -> None:
        async with lead(db, NAME) as leadership:
            await leadership.lost.wait()
            lost.set()

    first = asyncio.ensure_future(reign())
    try:
        await asyncio.sleep(0.3)
        async with other.own_connection() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                    "AND database = (SELECT oid FROM pg_database "
                    "WHERE datname = current_database())"
                )
            )
        async with asyncio.timeout(PATIENCE), lead(other, NAME) as leadership:
            assert leadership.epoch == 2
        await asyncio.wait_for(lost.wait(), PATIENCE)
    finally:
        await asyncio.gather(first, return_exceptions=True)
        await other.close()


async def test_ending_a_reign_in_the_middle_of_a_keepalive_ends_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is broken by the cancellation; that must not swallow the cancellation."""
    monkeypatch.setattr("services.messaging.leadership.KEEPALIVE", 0.0)

    async def reign() -> None:
        async with lead(db, NAME):
            await asyncio.Event().wait()

    for pause in range(15):
        task = asyncio.ensure_future(reign())
        await asyncio.sleep(0.05 + pause * 0.0007)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE)
