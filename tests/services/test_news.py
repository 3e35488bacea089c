"""When news of a request leave, and when not: by night, one by one, merged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from services.access import AsMember, AsResident
from services.db import Database
from services.errors import NotYours, ReasonNeeded
from services.messaging.types import Address, Attachment, Inbound, Outbound, Sender
from services.nights import after_quiet
from services.tables import Contact, House, Member, Outgoing, Ticket
from services.tickets import Where
from services.work import Work
from tests.support.clock import MovingClock

DISPATCHER = AsMember(1, "dispatcher")
PHOTO = Attachment(kind="photo", channel="telegram", handle="1")


async def file(work: Work, *, emergency: bool = False) -> tuple[Ticket, Contact]:
    address = Address(channel="telegram", chat="7")
    inbound = Inbound(key="1", address=address, sender=Sender(id="7"), text="капает")
    contact = await work.people.meet(inbound)
    house = await work.session.scalar(select(House).order_by(House.id).limit(1))
    assert house is not None
    room = await work.rooms.of_complex(house.complex_id)
    viewer = AsResident(contact.resident_id, contact.id)
    thread = await work.threads.open(viewer, room, "тема")
    kinds = await work.company.categories(house.complex_id)
    kind = next(kind for kind in kinds if kind.emergency is emergency)
    where = Where(house.complex_id, house.id, None, None, house.address)
    return await work.tickets.file(thread, kind, where, "капает", [], "telegram"), contact


async def tell(db: Database, ticket_id: int, text: str, *, by_night: bool = False) -> None:
    async with db.work() as work:
        ticket = await work.tickets.get(DISPATCHER, ticket_id, lock=True)
        contact = await work.people.contact(1)
        files = (PHOTO,) if "фото" in text else ()
        what = Outbound(text=text, attachments=files)
        await work.news.tell(ticket, contact, what, by_night=by_night)


async def rows(db: Database, *states: str) -> list[Outgoing]:
    async with db.session() as session:
        found = await session.scalars(
            select(Outgoing)
            .where(Outgoing.state.in_(states or ("waiting", "sent")))
            .where(Outgoing.queue.contains("news"))
            .order_by(Outgoing.id)
        )
        return list(found)


async def leave(db: Database) -> None:
    async with db.work() as work:
        for row in await work.session.scalars(
            select(Outgoing).where(Outgoing.state == "waiting", Outgoing.not_before <= work.now)
        ):
            row.state = "sent"


async def filed(db: Database, *, emergency: bool = False) -> int:
    async with db.work() as work:
        ticket, _ = await file(work, emergency=emergency)
        return ticket.id


async def test_first_at_once_then_one_a_minute(db: Database, clock: MovingClock) -> None:
    ticket = await filed(db)
    await tell(db, ticket, "раз")
    (first,) = await rows(db)
    assert first.not_before <= clock.now()
    await leave(db)
    clock.move(seconds=20)
    await tell(db, ticket, "два, фото")
    clock.move(seconds=20)
    await tell(db, ticket, "три")
    first, second = await rows(db)
    assert second.body["text"] == "три"
    assert len(second.body["attachments"]) == 1
    assert second.not_before - first.not_before == timedelta(minutes=1)
    clock.move(seconds=21)
    await leave(db)
    await tell(db, ticket, "четыре")
    *_, last = await rows(db)
    assert last.not_before - second.not_before == timedelta(minutes=1)
    assert [row.state for row in await rows(db, "dropped")] == ["dropped"]


async def test_what_did_not_leave_yet_is_replaced_at_once(db: Database, clock: MovingClock) -> None:
    ticket = await filed(db)
    await tell(db, ticket, "раз")
    await tell(db, ticket, "два")
    (row,) = await rows(db)
    assert (row.body["text"], row.not_before <= clock.now()) == ("два", True)


async def test_by_night_only_what_must(db: Database, clock: MovingClock) -> None:
    ticket = await filed(db)
    clock.move(hours=12)  # 23:00
    await tell(db, ticket, "раз")
    (row,) = await rows(db)
    assert row.not_before == datetime(2026, 3, 5, 5, 0, tzinfo=UTC)  # 8:00 in Moscow
    await tell(db, ticket, "выехал", by_night=True)
    (row,) = await rows(db)
    assert row.body["text"] == "выехал"
    assert row.not_before - clock.now() <= timedelta(minutes=1)


async def test_what_was_dropped_by_night_holds_up_nothing(db: Database, clock: MovingClock) -> None:
    ticket = await filed(db)
    clock.move(hours=12)  # 23:00
    await tell(db, ticket, "решена")
    async with db.work() as work:
        await work.news.drop(await work.tickets.get(DISPATCHER, ticket, lock=True))
    await tell(db, ticket, "выехал", by_night=True)
    (row,) = await rows(db)
    assert row.not_before - clock.now() <= timedelta(minutes=1)


async def test_emergencies_do_not_sleep(db: Database, clock: MovingClock) -> None:
    ticket = await filed(db, emergency=True)
    clock.move(hours=12)
    await tell(db, ticket, "раз")
    (row,) = await rows(db)
    assert row.not_before <= clock.now()


async def test_the_night_is_that_of_the_house(db: Database, clock: MovingClock) -> None:
    ticket_id = await filed(db)
    clock.move(hours=5)  # 16:00 here, 23:00 in Vladivostok
    async with db.work() as work:
        ticket = await work.tickets.get(DISPATCHER, ticket_id)
        there = update(House).where(House.id == ticket.house_id)
        await work.session.execute(there.values(timezone="Asia/Vladivostok"))
    await tell(db, ticket_id, "раз")
    (row,) = await rows(db)
    assert timedelta(hours=8) < row.not_before - clock.now() < timedelta(hours=9)


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (("22:00", "08:00"), "21:59", "21:59"),
        (("22:00", "08:00"), "22:00", "08:00+1"),
        (("22:00", "08:00"), "00:00", "08:00"),
        (("22:00", "08:00"), "07:59", "08:00"),
        (("22:00", "08:00"), "08:00", "08:00"),
        (("01:00", "06:00"), "00:30", "00:30"),
        (("01:00", "06:00"), "01:30", "06:00"),
        (("01:00", "06:00"), "23:00", "23:00"),
        (("00:00", "00:00"), "03:00", "03:00"),
    ],
)
async def test_the_night(db: Database, quiet: tuple[str, str], at: str, until: str) -> None:
    async with db.work() as work:
        company = await work.company.profile()
        moscow = (await work.company.local(work.now)).tzinfo
    company = company.model_copy(update={"quiet_from": quiet[0], "quiet_until": quiet[1]})
    hour, minute = map(int, at.split(":"))
    moment = datetime(2026, 12, 31, hour, minute, tzinfo=moscow).astimezone(UTC)
    clock, _, later = until.partition("+")
    local = after_quiet(company, moment).astimezone(moscow)
    assert f"{local:%H:%M}" == clock
    assert (local.year == 2027) is bool(later)


async def test_declining_needs_a_reason_and_coming_back_forgets_it(db: Database) -> None:
    ticket_id = await filed(db)
    async with db.work() as work:
        await add_members(work)
        ticket = await work.tickets.get(DISPATCHER, ticket_id, lock=True)
        for empty in ("", " ", "—"):
            with pytest.raises(ReasonNeeded):
                await work.tickets.move(DISPATCHER, ticket, "declined", note=empty)
        assert ticket.status == "new"
        await work.tickets.move(DISPATCHER, ticket, "declined", note="не наш дом")
        assert ticket.declined_why == "не наш дом"
        await work.tickets.move(DISPATCHER, ticket, "in_progress")
        assert ticket.declined_why == ""


async def add_members(work: Work) -> None:
    """Whom the journal names."""
    if await work.session.get(Member, 1) is None:
        work.session.add(
            Member(id=1, name="Анна", role="dispatcher", title="", desk=True, source="file",
                   rooms=[])
        )  # fmt: skip
        await work.session.flush()


async def test_a_named_executor_sees_that_request_and_no_other(db: Database) -> None:
    ticket_id = await filed(db)
    async with db.work() as work:
        await add_members(work)
        ivan = Member(
            name="Иван", role="executor", title="", desk=False, source="file", rooms=["elsewhere"]
        )
        work.session.add(ivan)
        await work.session.flush()
        viewer = AsMember(ivan.id, "executor", ("elsewhere",))
        with pytest.raises(NotYours):
            await work.executors.ticket(viewer, ticket_id)
        ticket = await work.tickets.get(DISPATCHER, ticket_id, lock=True)
        await work.executors.name(DISPATCHER, ticket, ivan)
        named, theirs = await work.executors.ticket(viewer, ticket_id)
        assert theirs.id == ticket_id
        await work.tickets.move(named, theirs, "accepted")
        with pytest.raises(NotYours):
            await work.tickets.get(viewer, ticket_id)
        await work.executors.name(DISPATCHER, theirs, None)
        with pytest.raises(NotYours):
            await work.executors.ticket(viewer, ticket_id)
        assert await work.executors.may_act(viewer, theirs.thread_id) is None
