"""Parts of notices: parked until a claim takes them, held, stopped, put off, in their order."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from services import notices as notices_module
from services.messaging import claiming
from services.messaging.arrived import Arrived
from services.messaging.claiming import Claiming
from services.messaging.port import Throttled
from services.messaging.types import Address, Kind, Limits, Outbound
from services.tables import Notice, Outgoing
from tests.messaging.fakes import FAST, NAME, FakeChannel, MovedClock, Rig, until
from tests.messaging.telling import (
    claims_go_by,
    hurry_parts,
    parts,
    people,
    states,
    tell,
    tell_all,
    until_told,
)
from tests.messaging.test_leaders import leave_in_flight


async def test_everybody_is_told_once_and_the_notice_ends(rig: Rig) -> None:
    these = await people(rig.db, ["1"], ["2"], ["3"])
    notice = await tell_all(rig, [*these, these[0]])
    async with rig.delivering():
        await until_told(rig, notice)
    assert sorted(sent.to.chat for sent in rig.channel.arrived) == ["1", "2", "3"]
    async with rig.db.work() as work:
        assert (await work.notices.outcomes([notice]))[notice].states == {"sent": 3}
        assert await work.notices.find_ended() == [notice]
        await work.notices.end(notice)
        assert await work.notices.find_ended() == []
        row = await work.session.get_one(Notice, notice)
        assert (row.state, row.people) == ("done", {NAME: 3})


async def test_nothing_leaves_while_it_is_held(rig: Rig) -> None:
    these = await people(rig.db, ["1"], ["2"])
    notice = await tell_all(rig, these)
    async with rig.db.work() as work:
        assert await work.notices.hold(notice) == [notice]
        assert await work.notices.hold(notice) == [], "it is held already"
        assert await work.notices.find_ended() == []
    async with rig.delivering():
        await claims_go_by(rig)
        assert await states(rig, notice) == ["parked", "parked"]
        async with rig.db.work() as work:
            assert await work.outbox.count_waiting() == {}, "what is held is not stuck"
            assert await work.notices.go_on(notice) == [notice]
        await until_told(rig, notice)
    assert await states(rig, notice) == ["sent", "sent"]


async def test_what_failed_before_a_pause_waits_for_its_end_too(rig: Rig) -> None:
    these = await people(rig.db, ["1"])
    notice = await tell_all(rig, these)
    rig.channel.fail("1", Throttled(0.01))
    release = rig.channel.hold("1")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        async with rig.db.work() as work:
            await work.notices.hold(notice)
        release()
        await until(lambda: states_are(rig, notice, "parked"))
        await claims_go_by(rig)
        assert len(rig.channel.begun) == 2, "the other is the bystander's"
        async with rig.db.work() as work:
            await work.notices.go_on(notice)
        await until_told(rig, notice)
    assert await states(rig, notice) == ["sent"]


async def states_are(rig: Rig, notice: int, *wanted: str) -> bool:
    return await states(rig, notice) == list(wanted)


async def test_what_is_stopped_is_dropped_and_does_not_go_on(rig: Rig) -> None:
    these = await people(rig.db, ["1"], ["2"])
    notice = await tell_all(rig, these)
    async with rig.db.work() as work:
        assert await work.notices.stop(notice) == [notice]
        assert await work.notices.stop(notice) == []
        assert await work.notices.go_on(notice) == []
    async with rig.delivering():
        await claims_go_by(rig)
    assert await states(rig, notice) == ["dropped", "dropped"]


async def test_what_is_being_sent_when_it_is_stopped_is_not_tried_again(rig: Rig) -> None:
    these = await people(rig.db, ["1"])
    notice = await tell_all(rig, these)
    rig.channel.fail("1", Throttled(0.01))
    release = rig.channel.hold("1")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        async with rig.db.work() as work:
            await work.notices.stop(notice)
        release()
        await until_told(rig, notice)
    assert await states(rig, notice) == ["dropped"]
    assert rig.channel.arrived == []


async def test_a_crowd_is_dropped_in_portions_and_counts_as_dropped_at_once(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices_module, "AT_ONCE", 1)
    monkeypatch.setattr(notices_module, "PORTION", 1)
    notice = await tell_all(rig, await people(rig.db, ["1"], ["2"], ["3"]))
    async with rig.db.work() as work:
        await work.notices.stop(notice)
        assert (await work.notices.outcomes([notice]))[notice].states == {"dropped": 3}
    for left in (2, 1):
        assert (await states(rig, notice)).count("parked") == left
        async with rig.db.work() as work:
            assert await work.notices.find_ended() == [notice]
            await work.notices.end(notice)
    async with rig.db.work() as work:
        assert await work.notices.find_ended() == []


async def test_a_moment_to_come_is_waited_for(rig: Rig, clock: MovedClock) -> None:
    these = await people(rig.db, ["1"])
    at = clock.now() + timedelta(hours=3)
    notice = await tell_all(rig, these, not_before=at)
    async with rig.db.work() as work:
        assert 10_000 < (await work.outbox.next_due_in() or 0) <= 10_800
        assert await work.outbox.count_waiting() == {}
    async with rig.delivering():
        await claims_go_by(rig)
        assert await states(rig, notice) == ["parked"]
        clock.move(3 * 3600)
        await until_told(rig, notice)
    assert rig.channel.texts("1") == ["воды не будет"]


# ── Order ────────────────────────────────────────────────────────────────────


async def test_what_is_said_to_one_goes_before_what_is_told_to_all(db: object, rig: Rig) -> None:
    these = await people(rig.db, *([str(number)] for number in range(20)))
    notice = await tell_all(rig, these)
    await rig.say("900", "ответ")
    await rig.say("901", "новость о заявке", kind=Kind.NOTICE)
    async with rig.delivering():
        await until_told(rig, notice)
    assert [sent.to.chat for sent in rig.channel.begun[:2]] == ["900", "901"]


async def test_an_accident_does_not_stand_behind_a_mailing(rig: Rig) -> None:
    these = await people(rig.db, ["1"], ["2"], ["3"])
    mailing = await tell_all(rig, these, "субботник")
    accident = await tell_all(rig, these, "прорвало трубу", urgent=True)
    async with rig.delivering():
        await until_told(rig, mailing, accident)
    assert rig.channel.texts()[:3] == ["прорвало трубу"] * 3


async def outage(rig: Rig) -> int:
    async with rig.db.session() as session:
        found = await session.scalar(
            text(
                """
                WITH member AS (INSERT INTO members (name, role, title, desk, source, rooms, code)
                                VALUES ('Анна', 'dispatcher', '', true, 'file', '[]', 'anna')
                                RETURNING id),
                     room AS (INSERT INTO rooms (code, title, channel, chat, has_topics)
                              VALUES ('main', 'Диспетчерская', 'desk', '', false) RETURNING id)
                INSERT INTO outages (what, planned, since, state, member_id, room_id, way, form,
                                     made_at)
                SELECT 'gas', false, now(), 'announced', member.id, room.id, 'desk', '{}', now()
                FROM member, room RETURNING id
                """
            )
        )
    assert found is not None
    return int(found)


async def test_a_person_hears_of_one_outage_in_order(rig: Rig) -> None:
    """Also where the first word has to be tried again."""
    these = await people(rig.db, ["1"], ["2"])
    one = await outage(rig)
    rig.channel.fail("1", Throttled(0.2))
    first = await tell_all(rig, these, "отключили", outage_id=one)
    then = await tell_all(rig, these, "продлили", outage_id=one)
    async with rig.delivering():
        await until_told(rig, first, then)
    assert rig.channel.texts("1") == ["отключили", "продлили"]
    assert rig.channel.texts("2") == ["отключили", "продлили"]


async def test_one_outage_does_not_hold_up_another_thing(rig: Rig) -> None:
    these = await people(rig.db, ["1"])
    first = await tell_all(rig, these, "отключили", outage_id=await outage(rig))
    other = await tell_all(rig, these, "субботник")
    async with rig.db.work() as work:
        await work.notices.hold(first)
    async with rig.delivering():
        await until_told(rig, other)
    assert rig.channel.texts() == ["субботник"]


# ── News, an hour apart ──────────────────────────────────────────────────────


async def test_news_come_at_most_once_an_hour(rig: Rig, clock: MovedClock) -> None:
    both, one = await people(rig.db, ["1"], ["2"])
    first = await tell_all(rig, [both], "праздник двора", guard="news")
    async with rig.delivering():
        await until_told(rig, first)
        second = await tell_all(rig, [both, one], "субботник", guard="news")
        await until(lambda: states_are(rig, second, "parked", "sent"))
        put_off = (await parts(rig, second))[0].not_before - clock.now()
        assert timedelta(minutes=58) < put_off <= timedelta(hours=1)
        await claims_go_by(rig)
        assert rig.channel.texts("1") == ["праздник двора"]
        clock.move(3601)
        await until_told(rig, second)
    assert rig.channel.texts("1") == ["праздник двора", "субботник"]


async def test_news_by_another_messenger_count_and_what_matters_does_not_wait(rig: Rig) -> None:
    (one,) = await people(rig.db, ["1", "other:1"])
    first = await tell_all(rig, [one], "праздник двора", guard="news")
    async with rig.db.work() as work:
        sent = {"state": "sent", "settled_at": work.now}
        await work.session.execute(update(Outgoing).values(**sent))
        await work.session.execute(
            text(
                "UPDATE contacts SET last_heard_at = now() + interval '1 hour' WHERE channel = :c"
            ),
            {"c": NAME},
        )
    news = await tell_all(rig, [one], "субботник", guard="news")
    important = await tell_all(rig, [one], "замена счётчиков")
    async with rig.delivering():
        await until_told(rig, important)
        await claims_go_by(rig)
    assert await states(rig, first) == ["sent"]
    assert await states(rig, news) == ["parked"]
    assert rig.channel.texts("1") == ["замена счётчиков"]


async def test_those_put_off_cost_no_turn(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of them stand before those who may be told."""
    monkeypatch.setattr(claiming, "CANDIDATES", 8)
    many = await people(rig.db, *([str(number)] for number in range(40)))
    first = await tell_all(rig, many[:39], "праздник двора", guard="news")
    async with rig.delivering():
        await until_told(rig, first)
        begun = len(rig.channel.begun)
        second = await tell_all(rig, many, "субботник", guard="news")
        await until(lambda: rig.channel.texts("39"))
    assert len(rig.channel.begun) == begun + 1
    assert (await states(rig, second)).count("parked") == 39


# ── What a claim looks at ────────────────────────────────────────────────────


async def test_a_claim_does_not_look_at_what_may_not_leave(rig: Rig, clock: MovedClock) -> None:
    """Thousands that are held, wait for their hour or for the morning are as good as none."""
    async with rig.db.session() as session:
        await session.execute(
            text(
                """
                WITH many AS (INSERT INTO residents (created_at)
                              SELECT now() FROM generate_series(1, 3000) RETURNING id)
                INSERT INTO contacts (resident_id, channel, user_id, chat, created_at,
                                      last_heard_at)
                SELECT id, 'test', id, id, now(), now() FROM many
                """
            )
        )
        many = list(await session.scalars(text("SELECT id FROM residents")))
    async with rig.db.work() as work:
        held = await tell(work, many)
        await work.notices.hold(held)
        await tell(work, many, quiet=True, zone="a night")
        at = clock.now() + timedelta(hours=1)
        await tell(work, many, not_before=at)
        put_off = await work.session.get_one(Notice, await tell(work, many, not_before=at))
        put_off.not_before = clock.now()
    pages = await pages_of_a_claim(rig)
    assert pages < 120, "12 000 rows stand on more than 500 pages"


async def pages_of_a_claim(rig: Rig) -> int:
    named = {
        "channel": NAME, "now": rig.db.clock.now(), "resting": ["1", "2"], "alarms_only": [],
        "hurried": [], "candidates": 500, "parked": 24, "known": ["", "a night"], "awake": [""],
        "most": 30, "news": 24, "epoch": await rig.crown(),
        "decent": [],
    }  # fmt: skip
    explain = text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {claiming.CLAIM.text}")
    async with rig.db.session() as session:
        (plan,) = await session.scalar(explain, named)
    return int(plan["Plan"]["Shared Hit Blocks"]) + int(plan["Plan"]["Shared Read Blocks"])


async def test_a_claim_over_a_backlog_reads_each_row_a_few_times(rig: Rig) -> None:
    """Whatever the database believes of a table that was empty a moment ago."""
    async with rig.db.work() as work:
        for number in range(400):
            to = Address(channel=NAME, chat=str(1000 + number % 40))
            await work.outbox.say(to, Outbound(text=str(number)))
    pages = await pages_of_a_claim(rig)
    assert pages < 400 * 10, "each with each are 69 000"


async def test_parts_that_arrived_are_settled_one_by_one_where_all_at_once_breaks(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(Arrived, "_write", broken)
    notice = await tell_all(rig, await people(rig.db, ["1"], ["2"], ["3"]))
    async with rig.delivering():
        await until_told(rig, notice)
    assert await states(rig, notice) == ["sent"] * 3
    assert len(rig.channel.arrived) == 3


async def test_few_rise_at_a_time(
    rig: Rig, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "RISING", 2)
    for number in range(5):
        await rig.say(str(number), "новость", kind=Kind.NOTICE)
    parked = await tell_all(rig, await people(rig.db, ["900"]))
    clock.move(24 * 3600)
    await Claiming(rig.db, NAME, 1).let_rise()
    async with rig.db.session() as session:
        rows = await session.scalars(text("SELECT priority FROM outbox WHERE kind = 'notice'"))
        assert sorted(rows) == [2, 2, 3, 3, 3]
    assert [part.priority for part in await parts(rig, parked)] == [4]


# ── Leaders ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key_lives", [0.0, 3600.0])
async def test_a_part_in_flight_when_the_leader_died(rig: Rig, key_lives: float) -> None:
    """Where the messenger knows a key it goes again, held ones after the pause; else nobody knows
    whether it arrived."""
    rig.channel = FakeChannel(Limits(key_lives=key_lives).scaled(1000))
    notice = await tell_all(rig, await people(rig.db, ["1"]))
    (part,) = await parts(rig, notice)
    await leave_in_flight(rig, part.id)
    async with rig.db.work() as work:
        await work.notices.hold(notice)
    async with rig.delivering():
        await claims_go_by(rig)
        assert await states(rig, notice) == ["parked" if key_lives else "unknown"]
        async with rig.db.work() as work:
            await work.notices.go_on(notice)
        await until_told(rig, notice)
    sent = [each for each in rig.channel.arrived if each.to.chat == "1"]
    assert [each.nonce for each in sent] == ([part.nonce] if key_lives else [])


async def test_two_leaders_claim_a_part_once(rig: Rig) -> None:
    notice = await tell_all(rig, await people(rig.db, *([str(n)] for n in range(30))))
    epoch = await rig.crown()
    both = [Claiming(rig.db, NAME, epoch) for _ in range(2)]
    claims = await asyncio.gather(*(each.claim([], [], [], 30, 30) for each in both))
    ids = [row.id for rows, _ in claims for row in rows]
    assert len(ids) == len(set(ids)) > 0
    assert await Claiming(rig.db, NAME, epoch - 1).claim([], [], [], 30, 30) == ([], False)
    assert FAST.at_once >= 30
    assert set(await states(rig, notice)) <= {"sending", "parked"}
    await hurry_parts(rig)
