"""Visits agreed at the same moment, reminders found by two processes, windows offered."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.access import AsResident
from services.db import Database
from services.errors import AlreadyEnded, AlreadySo, InThePast, NotYours, StaleButton, TooFarAhead
from services.tables import Ticket, Visit
from services.tickets import ENDED
from tests.services.test_news import DISPATCHER, add_members, file
from tests.support.clock import MovingClock

HOUR = timedelta(hours=1)


async def offered(db: Database, *after: float) -> tuple[int, list[int], AsResident]:
    """A ticket, and windows of two hours that begin so many hours from now."""
    async with db.work() as work:
        await add_members(work)
        ticket, contact = await file(work)
        windows = [(work.now + hours * HOUR, work.now + hours * HOUR + 2 * HOUR) for hours in after]
        made = await work.visits.propose(DISPATCHER, ticket, windows)
        return ticket.id, [v.id for v in made], AsResident(contact.resident_id, contact.id)


async def agree(db: Database, viewer: AsResident, visit_id: int) -> str:
    async with db.work() as work:
        visit, ticket = await work.visits.get(viewer, visit_id)
        try:
            await work.visits.agree(viewer, visit, ticket)
        except (AlreadySo, StaleButton) as refusal:
            return type(refusal).__name__
    return "agreed"


async def test_of_two_windows_pressed_at_once_one_is_agreed(db: Database) -> None:
    _, visits, viewer = await offered(db, 24, 48)
    outcomes = await asyncio.gather(*(agree(db, viewer, visit) for visit in visits * 3))
    assert outcomes.count("agreed") == 1
    async with db.session() as session:
        states = sorted(await session.scalars(select(Visit.state)))
    assert states == ["agreed", "replaced"]


async def test_a_reminder_is_claimed_once(db: Database, clock: MovingClock) -> None:
    _, (visit,), viewer = await offered(db, 24)
    assert await agree(db, viewer, visit) == "agreed"
    clock.move(hours=23.5)

    async def claim() -> bool:
        async with db.work() as work:
            assert await work.visits.find_soon() in ([visit], [])
            return await work.visits.claim(visit, "soon") is not None

    assert sum(await asyncio.gather(*(claim() for _ in range(4)))) == 1
    async with db.work() as work:
        assert await work.visits.find_soon() == []


async def test_the_evening_before(db: Database, clock: MovingClock) -> None:
    _, (visit,), viewer = await offered(db, 24)  # tomorrow at eleven
    assert await agree(db, viewer, visit) == "agreed"
    for hours, found in ((6.9, []), (0.2, [visit]), (3, [visit]), (3, [])):
        clock.move(hours=hours)
        async with db.work() as work:
            assert await work.visits.find_tomorrow() == found


async def test_what_cannot_be_offered(db: Database) -> None:
    ticket_id, _, _ = await offered(db, 24)
    async with db.work() as work:
        ticket = await work.tickets.get(DISPATCHER, ticket_id, lock=True)
        for begins, refusal in ((-3 * HOUR, InThePast), (61 * 24 * HOUR, TooFarAhead)):
            window = (work.now + begins, work.now + begins + HOUR)
            with pytest.raises(refusal):
                await work.visits.propose(DISPATCHER, ticket, [window])
        await work.tickets.move(DISPATCHER, ticket, "done")
        with pytest.raises(AlreadyEnded):
            await work.visits.propose(DISPATCHER, ticket, [(work.now + HOUR, work.now + 2 * HOUR)])


async def test_the_end_of_a_request_is_the_end_of_its_visits(db: Database) -> None:
    ticket_id, (visit_id,), viewer = await offered(db, 24)
    assert await agree(db, viewer, visit_id) == "agreed"
    async with db.work() as work:
        ticket = await work.tickets.get(viewer, ticket_id, lock=True)
        await work.tickets.move(viewer, ticket, "done")
        assert ticket.status in ENDED
        assert await work.visits.current(ticket) is None
        visit, ticket = await work.visits.get(viewer, visit_id)
        assert visit.state == "done"


async def test_windows_within_the_hours(db: Database, clock: MovingClock) -> None:
    """On Friday evening the next ones are those of the next day at work."""
    clock.move(days=2, hours=8)
    async with db.work() as work:
        for begins, ends in await work.visits.next_windows():
            assert await work.company.is_open(begins)
            assert ends - begins == 2 * HOUR
            assert begins > work.now


async def test_somebody_elses_visit(db: Database) -> None:
    _, (visit,), viewer = await offered(db, 24)
    stranger = AsResident(viewer.resident_id + 1, viewer.contact_id + 1)
    async with db.work() as work:
        for ident in (visit, 10**9):
            with pytest.raises(NotYours):
                await work.visits.get(stranger, ident)
        assert await work.session.scalar(select(Ticket.id)) is not None
