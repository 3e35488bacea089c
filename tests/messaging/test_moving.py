"""Whom one messenger refuses or does not reach: urgent notices go by the next one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.messaging import delivery, reach
from services.messaging.outbox import About
from services.messaging.port import Ambiguous, Blocked, NotSent, Rejected, Throttled
from services.messaging.reach import Reach
from services.messaging.rows import Settled
from services.messaging.types import Kind, Limits
from services.tables import Contact, Message
from services.work import Work
from tests.messaging.fakes import NAME, FakeChannel, MovedClock, Rig, make_place, until
from tests.messaging.telling import (
    claims_go_by,
    parts,
    people,
    states,
    tell_all,
    until_told,
)


async def told(rig: Rig, notice: int) -> list[tuple[str, str, str, bool]]:
    return [(part.channel, part.chat, part.state, part.moved) for part in await parts(rig, notice)]


@pytest.mark.parametrize("failure", [Blocked("blocked"), Rejected("no such words")])
async def test_whom_a_messenger_refuses_is_told_by_the_next(rig: Rig, failure: Exception) -> None:
    these = await people(rig.db, ["other:9", "1"], ["2"])
    rig.channel.fail("1", failure)
    notice = await tell_all(rig, these, urgent=True)
    async with rig.delivering():
        await until(lambda: moved_rows(rig, notice, 1))
    assert await told(rig, notice) == [
        (NAME, "1", "refused", True),
        (NAME, "2", "sent", False),
        ("other", "9", "parked", False),
    ]
    assert (await parts(rig, notice))[2].queue.startswith("9||")
    async with rig.db.work() as work:
        outcome = (await work.notices.outcomes([notice]))[notice]
    assert (outcome.states, outcome.reasons) == ({"sent": 1, "parked": 1}, {})


async def moved_rows(rig: Rig, notice: int, count: int) -> bool:
    found = await parts(rig, notice)
    settled = all(part.state not in ("parked", "sending") for part in found if part.channel == NAME)
    return settled and sum(part.moved for part in found) == count


async def test_it_goes_on_until_no_messenger_is_left(rig: Rig) -> None:
    (one,) = await people(rig.db, ["3", "2", "1"])
    for chat in "123":
        rig.channel.fail(chat, Blocked("blocked"))
    notice = await tell_all(rig, [one], urgent=True)
    async with rig.delivering():
        await until_told(rig, notice)
    assert await told(rig, notice) == [
        (NAME, "1", "refused", True),
        (NAME, "2", "refused", True),
        (NAME, "3", "refused", False),
    ]
    async with rig.db.work() as work:
        outcome = (await work.notices.outcomes([notice]))[notice]
    assert (outcome.states, outcome.reasons) == ({"refused": 1}, {"blocked": 1})


async def test_the_next_one_is_the_one_they_prefer(rig: Rig) -> None:
    (one,) = await people(rig.db, ["3", "other:2", "1"])
    async with rig.db.work() as work:
        (await work.people.resident(one)).prefers = NAME
    rig.channel.fail("1", Blocked("blocked"))
    notice = await tell_all(rig, [one], urgent=True)
    async with rig.delivering():
        await until_told(rig, notice)
    assert await told(rig, notice) == [(NAME, "1", "refused", True), (NAME, "3", "sent", False)]


async def test_what_is_not_urgent_stays_refused(rig: Rig) -> None:
    (one,) = await people(rig.db, ["2", "1"])
    rig.channel.fail("1", Blocked("blocked"))
    notice = await tell_all(rig, [one])
    async with rig.delivering():
        await until_told(rig, notice)
    assert await told(rig, notice) == [(NAME, "1", "refused", False)]


async def test_all_that_waits_for_a_person_is_refused_with_it(rig: Rig, clock: MovedClock) -> None:
    """Parked parts of other notices too, and urgent ones of them go otherwise."""
    (one,) = await people(rig.db, ["other:9", "1"])
    later = clock.now() + timedelta(hours=1)
    mailing = await tell_all(rig, [one], "субботник", not_before=later)
    accident = await tell_all(rig, [one], "прорвало", not_before=later, urgent=True)
    async with rig.db.session() as session:
        contact = await session.scalar(select(Contact.id).where(Contact.chat == "1"))
    rig.channel.fail("1", Blocked("blocked"))
    async with rig.delivering():
        (row,) = await rig.say("1", "ответ", about=About(contact_id=contact))
        await rig.until_settled(row)
    assert await told(rig, mailing) == [(NAME, "1", "refused", False)]
    assert await told(rig, accident) == [
        (NAME, "1", "refused", True),
        ("other", "9", "parked", False),
    ]


# ── Out of reach ─────────────────────────────────────────────────────────────


@pytest.fixture
def soon_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "AWAY_AFTER", 0.0)
    monkeypatch.setattr(delivery, "MOVE_EVERY", 0.01)


def out_of_reach(rig: Rig, *chats: str, times: int = 1) -> None:
    for chat in chats:
        rig.channel.fail(chat, *[NotSent("out of reach")] * times)


@pytest.mark.usefixtures("soon_away")
async def test_who_has_another_messenger_does_not_wait_for_one_out_of_reach(rig: Rig) -> None:
    these = await people(rig.db, ["other:9", "1"], ["2"])
    out_of_reach(rig, "1", "2")
    notice = await tell_all(rig, these, urgent=True)
    async with rig.delivering():
        await until(lambda: until_sent(rig, notice, "2"))
    assert await told(rig, notice) == [
        (NAME, "1", "dropped", True),
        (NAME, "2", "sent", False),
        ("other", "9", "parked", False),
    ]
    assert rig.channel.texts("1") == [], "nobody is told twice when it is back"
    async with rig.db.work() as work:
        outcome = (await work.notices.outcomes([notice]))[notice]
    assert outcome.states == {"sent": 1, "parked": 1}


async def until_sent(rig: Rig, notice: int, chat: str) -> bool:
    return any(part.chat == chat and part.state == "sent" for part in await parts(rig, notice))


@pytest.mark.usefixtures("soon_away")
async def test_what_is_not_urgent_or_may_have_arrived_waits_there(rig: Rig) -> None:
    rig.channel = FakeChannel(Limits(key_lives=3600).scaled(1000))
    these = await people(rig.db, ["other:9", "1"])
    mailing = await tell_all(rig, these, "субботник")
    accident = await tell_all(rig, these, "прорвало", urgent=True)
    rig.channel.fail("1", Ambiguous("no answer"))
    out_of_reach(rig, "1", times=2)
    async with rig.delivering():
        await until_told(rig, mailing, accident)
    assert await told(rig, accident) == [(NAME, "1", "sent", False)]
    assert await told(rig, mailing) == [(NAME, "1", "sent", False)]


@pytest.mark.usefixtures("soon_away")
async def test_an_answer_of_staff_is_given_up_where_another_way_is_left(rig: Rig) -> None:
    """Whoever speaks sends it by that; what has no other way, and what the program says, waits."""
    place = await make_place(rig.db, messages=2, chat="1")
    alone = await make_place(rig.db, chat="2")
    async with rig.db.work() as work:
        said = (place.messages[0], alone.messages[0])
        await work.session.execute(update(Message).where(Message.id.in_(said)).values(by="member"))
        contact = await work.session.get_one(Contact, place.contact_id)
        work.session.add(
            Contact(
                resident_id=contact.resident_id, channel="other", user_id="9", chat="9",
                created_at=work.now, last_heard_at=work.now - timedelta(days=1),
            )
        )  # fmt: skip
    out_of_reach(rig, "1", "2")
    ways = [
        await rig.say(
            chat, "слесарь будет в шесть", kind=Kind.RELAY,
            about=About(thread_id=at.thread_id, message_id=message, contact_id=at.contact_id),
        )
        for at, chat, message in [
            (place, "1", place.messages[0]),
            (place, "1", place.messages[1]),
            (alone, "2", alone.messages[0]),
        ]
    ]  # fmt: skip
    answer, other, lonely = [row for (row,) in ways]
    told_of: list[Settled] = []

    async def note(work: Work, settled: Settled) -> None:
        told_of.append(settled)

    rig.on_settled = note
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states([answer, other, lonely]) == ["refused", "sent", "sent"]
    (away,) = [each for each in told_of if each.state == "refused"]
    assert (away.row.id, away.reason) == (answer, "away")


class Seconds:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_messenger_is_away_when_nothing_left_for_two_minutes() -> None:
    now = Seconds()
    messenger = Reach(now)
    seen = [messenger.away]
    for at, happens in [
        (0, messenger.miss),
        (119, messenger.miss),
        (121, None),  # away
        (122, messenger.reach),
        (123, messenger.miss),
        (4000, None),  # nobody tried for an hour
        (4001, messenger.miss),
        (4002, lambda: messenger.miss(3600)),
        (6000, None),  # it said itself that it takes nothing for an hour
    ]:
        now.at = at
        if happens is not None:
            happens()
        seen.append(messenger.away)
    assert seen == [False, False, False, True, False, False, False, False, False, True]


async def test_a_short_silence_moves_nothing(rig: Rig) -> None:
    these = await people(rig.db, ["other:9", "1"])
    out_of_reach(rig, "1", times=1)
    rig.channel.fail("1", Throttled(0.05, everywhere=True))
    notice = await tell_all(rig, these, urgent=True)
    async with rig.delivering():
        await until_told(rig, notice)
        await claims_go_by(rig)
    assert await states(rig, notice) == ["sent"]
