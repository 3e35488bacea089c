"""Hours of outages in a month against the permitted ones, on a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from services.access import AsMember
from services.company.declaration import OutageRules
from services.db import Database
from services.interruptions import Interrupted, merge, month_of, reduction, too_long
from services.tables import Flat, House, Outage
from services.work import Work
from tests.services.test_outages import add_member, draft, flats_of, houses
from tests.support.clock import MovingClock

MOSCOW = ZoneInfo("Europe/Moscow")
MARCH = date(2026, 3, 1)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MOSCOW)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


async def off(
    work: Work,
    viewer: AsMember,
    house: House,
    begins: datetime,
    ends: datetime | None,
    places: tuple[dict[str, object], ...] = ({},),
    *,
    what: str = "cold_water",
    state: str = "restored",
) -> Outage:
    """An outage as it stands in the tables once it is over, or goes on (`ends` is its term)."""
    outage = await draft(work, viewer, house, places, what=what)
    outage.since, outage.until, outage.state = begins, ends, state
    outage.announced_at = begins
    outage.ended_at = ends if state in ("restored", "cancelled") else None
    await work.session.flush()
    return outage


async def of(work: Work, viewer: AsMember, first: date = MARCH) -> list[Interrupted]:
    return await work.interruptions.of_month(viewer, first)


async def test_overlapping_ones_are_counted_once(db: Database, clock: MovingClock) -> None:
    clock.move(days=40)
    async with db.work() as work:
        viewer, house = await add_member(work), (await houses(work))[0]
        await off(work, viewer, house, at(3, 10), at(3, 13))
        await off(work, viewer, house, at(3, 12), at(3, 15))
        await off(work, viewer, house, at(10, 9), at(10, 14, 30))
        [it] = await of(work, viewer)
        assert (it.address, it.what, it.flats) == (house.address, "cold_water", ())
        assert (it.times, it.total, it.longest) == (2, hours(10.5), hours(5.5))
        # 2.5 h more than 8 in the month; at once 1 h and 1.5 h more than 4: as much.
        assert it.beyond == hours(2.5)
        assert it.percent == 0.3
        assert not it.goes_on


async def test_what_was_called_off_or_is_ahead_is_nothing(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer, house = await add_member(work), (await houses(work))[0]
        await off(work, viewer, house, at(1, 10), at(1, 20), state="cancelled")
        await off(work, viewer, house, at(1, 10), at(1, 20), state="draft")
        await off(work, viewer, house, work.now + hours(1), work.now + hours(9), state="announced")
        assert await of(work, viewer) == []


async def test_one_that_goes_on_counts_until_now_and_not_past_its_term(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house, other = (await houses(work))[:2]
        await off(work, viewer, house, work.now - hours(6), None, state="announced")
        await off(work, viewer, other, work.now - hours(6), work.now - hours(1), state="announced")
        month = work.now.astimezone(MOSCOW).date()
        found = await of(work, viewer, month)
        assert [(it.total, it.beyond, it.goes_on) for it in found] == [
            (hours(6), hours(2), True),
            (hours(5), hours(1), True),
        ]


async def test_a_month_is_split_by_the_clock_of_the_house(db: Database, clock: MovingClock) -> None:
    clock.move(days=60)
    async with db.work() as work:
        viewer = await add_member(work)
        house, far = (await houses(work))[:2]
        far.timezone = "Asia/Vladivostok"
        # 20:00 of the last of February till 06:00 of the first of March in Moscow.
        begins, ends = at(28, 20, month=2), at(1, 6)
        await off(work, viewer, house, begins, ends)
        await off(work, viewer, far, begins, ends)
        february, march = await of(work, viewer, date(2026, 2, 1)), await of(work, viewer)
        # Of the 6 h beyond 4 at once, all but the first 4 h before midnight are March's.
        assert [(it.total, it.beyond) for it in february] == [(hours(4), hours(0))]
        here, there = march
        assert (here.total, here.longest, here.beyond) == (hours(6), hours(10), hours(6))
        # In Vladivostok it was the first of March already when it began.
        assert (there.total, there.beyond) == (hours(10), hours(6))


async def test_flats_are_told_apart_by_what_was_off_for_them(
    db: Database, clock: MovingClock
) -> None:
    clock.move(days=40)
    async with db.work() as work:
        viewer, house = await add_member(work), (await houses(work))[0]
        first = (await work.places.entrances(house.id))[0]
        await off(work, viewer, house, at(3, 8), at(3, 12))
        await off(work, viewer, house, at(5, 8), at(5, 14), ({"entrance_id": first.id},))
        [one] = await flats_of(work, house, "1")
        await off(work, viewer, house, at(6, 8), at(6, 10), ({"flat_id": one.id},))
        found = {it.flats: it for it in await of(work, viewer)}
        everybody = await work.session.scalars(
            select(Flat.number).where(
                Flat.house_id == house.id, Flat.kind == "flat", Flat.withdrawn_at.is_(None)
            )
        )
        assert sorted(number for flats in found for number in flats) == sorted(everybody)
        assert found["1",].total == hours(12)
        assert found["1",].beyond == hours(4)
        totals = sorted(it.total for flats, it in found.items() if flats != ("1",))
        assert totals == [hours(4), hours(10)]


async def test_only_of_the_viewers_houses(db: Database, clock: MovingClock) -> None:
    clock.move(days=40)
    async with db.work() as work:
        viewer, every = await add_member(work), await houses(work)
        await off(work, viewer, every[0], at(3, 8), at(3, 18))
        assert await of(work, AsMember(viewer.member_id, "manager", ("elsewhere",))) == []
        nobody = await work.interruptions.of_month(viewer, MARCH, every[1].id)
        assert nobody == []


@pytest.mark.parametrize(
    ("spans", "beyond"),
    [
        ([(at(1, 0), at(1, 4))], 0),
        ([(at(1, 0), at(1, 5))], 1),
        ([(at(1, 0), at(1, 4)), (at(2, 0), at(2, 4)), (at(3, 0), at(3, 4))], 4),
        ([(at(1, 0), at(1, 12))], 8),
    ],
)
def test_the_greater_of_both_bounds(spans: list[tuple[datetime, datetime]], beyond: float) -> None:
    month = month_of(MARCH, MOSCOW)
    assert too_long(merge(spans), month, hours(4), hours(8)) == hours(beyond)
    assert too_long(merge(spans), month, None, None) == hours(0)


def test_the_share_is_of_full_hours_and_of_no_more_than_all() -> None:
    assert reduction(hours(1.9), 0.15) == 0.15
    assert reduction(timedelta(minutes=59), 0.15) == 0
    assert reduction(hours(10_000), 0.15) == 100


def test_hours_of_decree_354_are_the_defaults() -> None:
    rules = OutageRules()
    assert (rules.permitted_hours.cold_water, rules.permitted_hours_a_month.cold_water) == (4, 8)
    assert (rules.permitted_hours.gas, rules.permitted_hours_a_month.gas) == (4, 4)
    assert rules.permitted_hours_a_month.heating == 24
    assert rules.reduction_percent == 0.15
    assert month_of(date(2026, 3, 17), ZoneInfo("UTC"))[1] == datetime(2026, 4, 1, tzinfo=UTC)
