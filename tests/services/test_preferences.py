"""A person's own quiet hours and the messenger they are written to first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from services.access import AsResident
from services.db import Database
from services.errors import NotYours
from services.messaging.claiming import Claiming
from services.messaging.types import Outbound
from services.nights import after_night
from services.tables import ChannelState, Contact, Notice, Outgoing
from services.work import Work
from tests.services.linked import give, join, meet, settle
from tests.support.clock import MovingClock

THESE = "SELECT unnest(CAST(:these AS bigint[])) AS resident_id"
MOSCOW, URAL, EAST = "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Kamchatka"


async def tell(db: Database, these: Sequence[int], **more: Any) -> int:
    async with db.work() as work:
        given: dict[str, Any] = {
            "kind": "mailing", "text": "!", "at": work.now, "not_before": work.now, "people": {},
            "flats": 0, "flats_reached": 0, "quiet": True,
        }  # fmt: skip
        notice = Notice(**{**given, **more})
        work.session.add(notice)
        await work.notices.enqueue(notice, Outbound(text="!"), THESE, {"these": list(these)})
        return notice.id


async def quiet(db: Database, begins: str, ends: str, user: str = "1") -> AsResident:
    async with db.work() as work:
        viewer = await meet(work, "telegram", user)
        await work.preferences.be_quiet(viewer, begins, ends)
        if await work.session.get(ChannelState, "telegram") is None:
            work.session.add(ChannelState(name="telegram", epoch=1, about={}))
    return viewer


async def claim(db: Database) -> list[str]:
    """The chats that what leaves now is for."""
    rows, _ = await Claiming(db, "telegram", 1).claim([], [], [], 30, 24)
    return [row.chat for row in rows]


async def row_of(db: Database) -> Outgoing:
    async with db.session() as session:
        return (await session.scalars(select(Outgoing).order_by(Outgoing.id.desc()))).first()  # type: ignore[return-value]


@pytest.mark.parametrize("zone", [MOSCOW, URAL, EAST])
@pytest.mark.parametrize(("begins", "ends"), [("13:00", "16:30"), ("20:00", "11:00")])
async def test_nothing_leaves_in_quiet_hours_by_the_clock_of_the_house(
    database_url: str, db: Database, clock: MovingClock, zone: str, begins: str, ends: str
) -> None:
    """Hour by hour over the turn of the year."""
    await no_company_night(db)
    viewer = await quiet(db, begins, ends)
    local = ZoneInfo(zone)
    start = datetime(2026, 12, 31, 8, 30, tzinfo=local).astimezone(UTC)
    clock.move(seconds=(start - clock.now()).total_seconds())
    told = asleep = 0
    for _ in range(26):
        at = clock.now().astimezone(local)
        hour = f"{at:%H:%M}"
        inside = begins <= hour < ends if begins < ends else not ends <= hour < begins
        await tell(db, [viewer.resident_id], zone=zone)
        left = await claim(db)
        if inside:
            assert left == [], f"{hour} is in {begins}–{ends}"
            until = (await row_of(db)).not_before
            assert until == after_night(clock.now(), begins, ends, zone)
            assert f"{until.astimezone(local):%H:%M}" == ends
            asleep += 1
        else:
            assert left == ["1"], f"{hour} is not in {begins}–{ends}"
            told += 1
        async with db.work() as work:
            await work.session.execute(text("DELETE FROM outbox"))
        clock.move(hours=1)
    assert told > 5
    assert asleep >= 3


async def no_company_night(db: Database) -> None:
    async with db.work() as work:
        await work.session.execute(
            text(
                """UPDATE company SET revision = revision + 1, content = content ||
                '{"quiet_from": "00:00", "quiet_until": "00:00"}'"""
            )
        )


async def test_what_was_put_off_leaves_in_the_morning(db: Database, clock: MovingClock) -> None:
    await no_company_night(db)
    viewer = await quiet(db, "10:00", "12:00")  # it is 11:00 in Moscow
    await tell(db, [viewer.resident_id])
    assert await claim(db) == []
    clock.move(minutes=59)
    assert await claim(db) == []
    clock.move(minutes=2)
    assert await claim(db) == ["1"]


async def test_both_nights_count(db: Database, clock: MovingClock) -> None:
    """The company's is from 21:00 or so till the morning; the person's goes on."""
    viewer = await quiet(db, "06:00", "11:30")
    clock.move(hours=17)  # 04:00
    await tell(db, [viewer.resident_id])
    for _ in range(7):
        assert await claim(db) == []
        clock.move(hours=1)  # up to 11:00
    clock.move(minutes=31)
    assert await claim(db) == ["1"]


async def test_others_are_told_meanwhile_and_dangers_at_once(
    db: Database, clock: MovingClock
) -> None:
    await no_company_night(db)
    sleeper, other = await quiet(db, "10:00", "12:00"), await quiet(db, "", "", "2")
    await tell(db, [sleeper.resident_id, other.resident_id])
    assert await claim(db) == ["2"]
    await tell(db, [sleeper.resident_id], quiet=False)  # an accident
    assert await claim(db) == ["1"]


async def test_a_guard_and_quiet_hours_hold_both(db: Database, clock: MovingClock) -> None:
    """What has a guard of its own, like a reminder, keeps the person's hours as well."""
    await no_company_night(db)
    viewer = await quiet(db, "10:00", "12:00")
    await tell(db, [viewer.resident_id], quiet=False, guard="news")
    assert await claim(db) == []


async def test_quiet_hours_do_not_hold_back_answers(db: Database, clock: MovingClock) -> None:
    await no_company_night(db)
    viewer = await quiet(db, "10:00", "12:00")
    async with db.work() as work:
        contact = await work.people.contact(viewer.contact_id)
        assert contact.chat == "1"
        from services.messaging.types import Address

        await work.outbox.say(Address(channel="telegram", chat="1"), Outbound(text="Едем"))
    assert await claim(db) == ["1"]


# ── Where first ──────────────────────────────────────────────────────────────


async def two_messengers(db: Database) -> AsResident:
    async with db.work() as work:
        await meet(work, "telegram", "1")
    await join(db, "vk", await give(db, "telegram", "1"), "2")
    async with db.work() as work:
        await meet(work, "vk", "2")  # the last word was said there
        return AsResident(
            (await work.session.scalars(select(Contact.resident_id).order_by(Contact.id))).first()
            or 0,
            1,
        )


async def where_told(db: Database, resident_id: int) -> str:
    await tell(db, [resident_id])
    return (await row_of(db)).channel


async def test_notices_go_where_the_person_prefers(db: Database) -> None:
    viewer = await two_messengers(db)
    assert await where_told(db, viewer.resident_id) == "vk"
    async with db.work() as work:
        await work.preferences.prefer(viewer, "telegram")
    assert await where_told(db, viewer.resident_id) == "telegram"
    async with db.work() as work:
        await block(work, "telegram")
    assert await where_told(db, viewer.resident_id) == "vk", "which takes nothing now"


async def block(work: Work, channel: str) -> None:
    contact = await work.session.scalar(select(Contact).where(Contact.channel == channel))
    assert contact is not None
    contact.unreachable_since = work.now


async def test_answers_go_where_the_person_wrote_last(db: Database) -> None:
    viewer = await two_messengers(db)
    async with db.work() as work:
        await work.preferences.prefer(viewer, "telegram")
        _, thread = await settle(work, viewer, 0, "5", "Мария")
        assert (await work.people.where_to_answer(thread)).channel == "vk"
        assert (await work.preferences.where_to_tell(thread)).channel == "telegram"
        await block(work, "telegram")
        assert (await work.preferences.where_to_tell(thread)).channel == "vk"


async def test_nobody_prefers_what_is_not_theirs(db: Database) -> None:
    viewer = await two_messengers(db)
    async with db.work() as work:
        for channel in ("web", "email", "phone"):
            with pytest.raises(NotYours):
                await work.preferences.prefer(viewer, channel)
        await work.preferences.prefer(viewer, "")


async def test_news_of_a_request_wait_for_the_end_of_quiet_hours(
    db: Database, clock: MovingClock
) -> None:
    viewer = await quiet(db, "10:00", "13:00")
    async with db.work() as work:
        ends = await work.preferences.after_quiet(viewer.resident_id, work.now, MOSCOW)
        assert timedelta(minutes=119) < ends - work.now < timedelta(minutes=121)


async def test_quiet_hours_leave_some_of_the_day(db: Database) -> None:
    """Beside the company's own night, or news would wait for ever."""
    async with db.work() as work:
        await work.session.execute(
            text(
                """UPDATE company SET revision = revision + 1, content = content ||
                '{"quiet_from": "21:00", "quiet_until": "09:00"}'"""
            )
        )
        assert await work.preferences.leaves_time("22:00", "08:00")
        assert await work.preferences.leaves_time("09:00", "19:00")
        assert not await work.preferences.leaves_time("09:00", "19:30")
        assert not await work.preferences.leaves_time("08:00", "07:00")
