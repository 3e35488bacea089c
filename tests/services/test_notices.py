"""Notices on a real database: nights of their zone, and what a claim takes of them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update

from services.db import Database
from services.messaging.claiming import Claiming
from services.messaging.types import Outbound
from services.outage_rules import keeps_to_the_day
from services.tables import Notice, Outgoing
from services.work import Work
from tests.services.test_outages import add_member, draft, flats_of, houses, live
from tests.support.clock import MovingClock

MOSCOW, KAMCHATKA = "Europe/Moscow", "Asia/Kamchatka"


async def tell(work: Work, *, quiet: bool, zone: str = "", guard: str = "") -> Notice:
    """To whoever there is."""
    notice = Notice(
        kind="mailing", text="субботник", at=work.now, not_before=work.now, people={}, flats=0,
        flats_reached=0, quiet=quiet, zone=zone, guard=guard,
    )  # fmt: skip
    work.session.add(notice)
    everybody = "SELECT id AS resident_id FROM residents"
    await work.notices.enqueue(notice, Outbound(text="субботник"), everybody, {})
    return notice


async def somebody(work: Work, *names: str) -> None:
    house = (await houses(work))[0]
    for name in names:
        await live(work, name, await flats_of(work, house, "1"), contacts=[("telegram", True)])


async def claims(db: Database, claiming: Claiming | None = None) -> int:
    """How many leave now; they come back."""
    async with db.session() as session:
        await session.execute(
            text("INSERT INTO channels (name, epoch) VALUES ('telegram', 1) ON CONFLICT DO NOTHING")
        )
    claiming = claiming or Claiming(db, "telegram", 1)
    rows, more = await claiming.claim([], [], [], 30, 30)
    if not rows and more:
        rows, _ = await claiming.claim([], [], [], 30, 30)
    async with db.session() as session:
        await session.execute(
            update(Outgoing).where(Outgoing.state == "sending").values(state="parked")
        )
    return len(rows)


def go_to(clock: MovingClock, hour: int, minute: int = 0, zone: str = MOSCOW) -> None:
    now = clock.now().astimezone(ZoneInfo(zone))
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if at < now:
        at += timedelta(days=1)
    clock.move(seconds=(at - now).total_seconds())


async def test_what_is_quiet_stops_with_the_night_and_goes_on_in_the_morning(
    db: Database, clock: MovingClock
) -> None:
    claiming = Claiming(db, "telegram", 1)
    async with db.work() as work:
        await somebody(work, "Мария")
        await tell(work, quiet=True)
    assert await claims(db, claiming) == 1
    go_to(clock, 21, 59)
    assert await claims(db, claiming) == 1
    go_to(clock, 22)
    assert await claims(db, claiming) == 0
    async with db.work() as work:
        assert await work.outbox.count_waiting() == {}, "what waits for the morning is not stuck"
    go_to(clock, 7, 59)
    assert await claims(db, claiming) == 0
    go_to(clock, 8)
    assert await claims(db, claiming) == 1


async def test_an_accident_does_not_wait_for_the_morning(db: Database, clock: MovingClock) -> None:
    go_to(clock, 3)
    async with db.work() as work:
        await somebody(work, "Мария")
        await tell(work, quiet=False)
    assert await claims(db) == 1


async def test_the_night_is_that_of_the_notice(db: Database, clock: MovingClock) -> None:
    """Also of a zone that nobody asked of before, within the same minute."""
    claiming = Claiming(db, "telegram", 1)
    go_to(clock, 3, zone=KAMCHATKA)  # 18:00 in Moscow
    assert await claims(db, claiming) == 0
    async with db.work() as work:
        await somebody(work, "Мария")
        far = await tell(work, quiet=True, zone=KAMCHATKA)
    assert await claims(db, claiming) == 0
    async with db.work() as work:
        await tell(work, quiet=True, zone="Asia/Omsk")  # 21:00
    assert await claims(db, claiming) == 1
    async with db.work() as work:
        await work.notices.stop(far.id + 1)
    go_to(clock, 8, zone=KAMCHATKA)
    assert await claims(db, claiming) == 1


@pytest.mark.parametrize(
    ("planned", "since", "quiet"),
    [
        (True, timedelta(days=3), True),
        (True, timedelta(hours=22), True),  # tomorrow at nine, after the night
        (True, timedelta(hours=6), False),  # today, before it
        (True, timedelta(hours=20), False),  # in the night
        (False, timedelta(days=3), False),
    ],
)
async def test_planned_works_rest_through_a_night_that_ends_before_them(
    db: Database, planned: bool, since: timedelta, quiet: bool
) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        outage = await draft(work, viewer, (await houses(work))[0], planned=planned, since=since)
        assert await keeps_to_the_day(work, outage) == quiet
        notice = await work.outages.announce(outage, Outbound(text="…"), viewer.member_id)
        assert (notice.quiet, notice.urgent) == (quiet, not planned)
        assert notice.priority == (4 if planned else 3)


async def test_a_change_says_it_to_those_who_were_to_hear_the_first_word(db: Database) -> None:
    """Nothing of what a change takes back leaves, and whom nothing reached hears of no end."""
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await somebody(work, "Мария", "Пётр")
        outage = await draft(work, viewer, house)
        first = await work.outages.announce(outage, Outbound(text="нет воды"), None)
        until = work.now + timedelta(hours=5)
        longer = await work.outages.prolong(viewer, outage, until, Outbound(text="до вечера"))
        assert longer.people == {"telegram": 2}
        rows = list(await work.session.scalars(select(Outgoing).order_by(Outgoing.id)))
        assert [row.state for row in rows] == ["dropped", "dropped", "parked", "parked"]
        await work.session.execute(
            update(Outgoing).where(Outgoing.id == rows[-1].id).values(state="sent")
        )
        over = await work.outages.end(viewer, outage, "restored", Outbound(text="вода есть"))
        assert over is not None
        assert over.people == {"telegram": 1}
        became = await work.notices.outcomes([first.id, longer.id, over.id])
    assert [became[each.id].states for each in (first, longer, over)] == [
        {"dropped": 2}, {"dropped": 1, "sent": 1}, {"parked": 1},
    ]  # fmt: skip


async def test_a_post_for_all_is_nobody(db: Database) -> None:
    async with db.work() as work:
        await somebody(work, "Мария")
        notice = await tell(work, quiet=False)
        await work.session.execute(
            text(
                "INSERT INTO outbox (channel, chat, queue, kind, priority, body, nonce, notice_id, "
                "state, created_at, not_before) VALUES ('vk', 'wall', 'wall', 'notice', 3, '{}', "
                "1, :notice, 'sent', now(), now())"
            ),
            {"notice": notice.id},
        )
        assert (await work.notices.outcomes([notice.id]))[notice.id].states == {"parked": 1}


async def test_nothing_is_known_of_what_nobody_was_told(db: Database) -> None:
    async with db.work() as work:
        notice = await tell(work, quiet=False)
        outcome = (await work.notices.outcomes([notice.id]))[notice.id]
        assert (outcome.states, outcome.left, notice.people) == ({}, 0, {})
        assert await work.notices.find_ended() == [notice.id]
