"""A messenger that is off in the settings: nobody is reached there, and nothing is left waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select, update

from services.db import Database
from services.messaging.leadership import lead
from services.messaging.outbox import About
from services.messaging.rows import Settled
from services.messaging.settling import tell
from services.messaging.switched_off import GIVES_UP_AFTER, MOVES_AFTER, mark, move_on
from services.messaging.types import OFF, Kind
from services.tables import ChannelState, Contact, Message, Outgoing
from services.work import Work
from tests.messaging.fakes import NAME, MovedClock, Rig, make_place, until
from tests.messaging.telling import OTHER, parts, people, tell_all
from tests.support.patience import PATIENCE
from tests.support.running import running_app
from tests.support.telegram import TelegramStandIn


async def knows(db: Database, *names: str) -> None:
    """Those were at work once."""
    async with db.work() as work:
        work.session.add_all([ChannelState(name=name) for name in names])


async def looks(db: Database, *on: str) -> list[str]:
    async with db.work() as work:
        return list(await mark(work, on))


async def moves(rig: Rig) -> bool:
    async with rig.db.work() as work:
        return await move_on(work, OTHER, partial(tell, rig.telling))


async def reached(db: Database) -> list[str]:
    async with db.session() as session:
        find = select(Contact.chat).where(Contact.unreachable_since.is_(None))
        return sorted(await session.scalars(find))


async def stands(rig: Rig, notice: int) -> list[tuple[str, str, str]]:
    return [(part.channel, part.chat, part.state) for part in await parts(rig, notice)]


async def arrived(rig: Rig, words: str) -> bool:
    return rig.channel.texts() == [words]


async def test_nobody_is_told_where_a_messenger_is_off(rig: Rig) -> None:
    await knows(rig.db, NAME, OTHER)
    these = await people(rig.db, ["1", f"{OTHER}:8"], [f"{OTHER}:9"])
    assert await looks(rig.db, NAME) == [OTHER]
    notice = await tell_all(rig, these)
    assert await stands(rig, notice) == [(NAME, "1", "parked")], "nobody else can be reached"
    async with rig.db.work() as work:
        assert [c.chat for c in await work.people.reachable(these[0])] == ["1"]
        assert await work.people.reachable(these[1]) == []


async def test_it_is_as_before_when_the_messenger_is_on_again(rig: Rig) -> None:
    await knows(rig.db, NAME, OTHER)
    await people(rig.db, ["1", f"{OTHER}:8"], [f"{OTHER}:9"])
    async with rig.db.work() as work:
        blocked = await work.session.scalar(select(Contact.id).where(Contact.chat == "9"))
        assert blocked is not None
        await work.people.mark_unreachable(blocked, "bot was blocked by the user")
    for _ in range(2):
        assert await looks(rig.db, NAME) == [OTHER]
        assert await reached(rig.db) == ["1"]
    assert await looks(rig.db, NAME, OTHER) == []
    assert await reached(rig.db) == ["1", "8"], "who stopped the bot is not reached for that"


async def test_what_another_process_leads_for_is_not_off(rig: Rig) -> None:
    await knows(rig.db, NAME, OTHER)
    await people(rig.db, [f"{OTHER}:9"])
    async with lead(rig.db, OTHER):
        assert await looks(rig.db, NAME) == []
        assert await reached(rig.db) == ["9"]
    assert await looks(rig.db, NAME) == [OTHER]


async def test_urgent_words_that_wait_there_go_by_the_next_one(rig: Rig, clock: MovedClock) -> None:
    await knows(rig.db, NAME, OTHER)
    these = await people(rig.db, ["1", f"{OTHER}:8"], [f"{OTHER}:9"])
    accident = await tell_all(rig, these, "прорвало", urgent=True)
    mailing = await tell_all(rig, these, "субботник")
    await looks(rig.db, NAME)
    await moves(rig)
    waits = [(OTHER, "8", "parked"), (OTHER, "9", "parked")]
    assert await stands(rig, accident) == waits, "a restart by mistake moves nothing"
    clock.move(MOVES_AFTER.total_seconds())
    await looks(rig.db, NAME)
    assert not await moves(rig)
    told = [(OTHER, "8", "dropped"), (OTHER, "9", "parked"), (NAME, "1", "parked")]
    assert await stands(rig, accident) == told
    assert await stands(rig, mailing) == waits
    async with rig.delivering():
        await until(lambda: arrived(rig, "прорвало"))
    clock.move(GIVES_UP_AFTER.total_seconds())
    assert not await moves(rig)
    assert await stands(rig, mailing) == [(OTHER, "8", "refused"), (OTHER, "9", "refused")]
    async with rig.db.work() as work:
        outcome = (await work.notices.outcomes([accident]))[accident]
        assert (outcome.states, outcome.reasons) == ({"sent": 1, "refused": 1}, {OFF: 1})
        assert set(await work.notices.find_ended()) == {accident, mailing}


async def test_answers_that_wait_there_are_told_of(rig: Rig, clock: MovedClock) -> None:
    """Also of those who have no other messenger: a member must not take them for sent."""
    await knows(rig.db, NAME, OTHER)
    at = await make_place(rig.db, chat="1")
    async with rig.db.work() as work:
        await work.session.execute(update(Message).values(by="member"))
        await work.session.execute(update(Contact).values(channel=OTHER))
    await rig.say(
        "1", "слесарь будет в шесть", kind=Kind.RELAY,
        about=About(thread_id=at.thread_id, message_id=at.messages[0], contact_id=at.contact_id),
    )  # fmt: skip
    async with rig.db.work() as work:
        await work.session.execute(update(Outgoing).values(channel=OTHER))
    told: list[Settled] = []

    async def note(work: Work, settled: Settled) -> None:
        told.append(settled)

    rig.on_settled = note
    await looks(rig.db, NAME)
    await moves(rig)
    assert told == []
    clock.move(MOVES_AFTER.total_seconds())
    await moves(rig)
    assert [(each.state, each.reason) for each in told] == [("refused", OFF)]
    await moves(rig)
    assert len(told) == 1


async def test_an_answer_nobody_could_be_told_of_goes_on_waiting(
    rig: Rig, clock: MovedClock
) -> None:
    await knows(rig.db, OTHER)
    at = await make_place(rig.db, chat="1")
    (row,) = await rig.say(
        "1", "едем", kind=Kind.RELAY,
        about=About(thread_id=at.thread_id, message_id=at.messages[0], contact_id=at.contact_id),
    )  # fmt: skip
    async with rig.db.work() as work:
        await work.session.execute(update(Message).values(by="member"))
        await work.session.execute(update(Outgoing).values(channel=OTHER))

    async def breaks(work: Work, settled: Settled) -> None:
        raise ValueError("words that break")

    rig.on_settled = breaks
    await looks(rig.db, NAME)
    clock.move(MOVES_AFTER.total_seconds())
    await moves(rig)
    assert await rig.states([row]) == ["waiting"]


async def test_admins_hear_of_troubles_where_something_is_on(rig: Rig) -> None:
    """Also an admin of the settings who is known in a messenger that never was on."""
    async with rig.db.work() as work:
        await work.staff.grant_admins([(OTHER, "7"), (NAME, "8")])
    assert await looks(rig.db, NAME) == [OTHER]
    async with rig.db.work() as work:
        assert [to.chat for to in await work.staff.addresses_of_admins()] == ["8"]


async def test_the_program_without_a_token_and_with_it_again(
    database_url: str, tmp_path: Path
) -> None:
    db = Database(database_url)
    await knows(db, "telegram", "web")
    async with db.work() as work:
        ago = work.now - timedelta(days=1)
    (one,) = await people(db, ["web:w", "telegram:1"])

    async def reaches(*chats: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while await reached(db) != sorted(chats):
                await asyncio.sleep(0.05)

    async with running_app(database_url, tmp_path) as app:
        await reaches("w")
        async with app.db.work() as work:
            assert [c.channel for c in await work.people.reachable(one)] == ["web"]
            off = await work.session.get_one(ChannelState, "telegram")
            assert off.off_since is not None
            assert off.off_since > ago
    async with (
        TelegramStandIn(privacy=False) as tg,
        running_app(database_url, tmp_path, telegram=tg, web_chat=False),
    ):
        await reaches("1")
    await db.close()
