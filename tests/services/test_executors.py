"""The second room of a complex: who sees what was handed over to it, and what the file changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from services.access import AsMember, AsResident
from services.company import declaration
from services.company.apply import Change, Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.errors import AlreadyEnded, AlreadySo, NotFound, NotYours
from services.messaging.types import Address, Inbound, Sender
from services.tables import Complex, Room, StoredFile, Thread, Ticket
from services.tickets import Where
from services.work import Work
from tests.support.clock import MovingClock

COMPANY = Path(__file__).parents[1] / "conversations" / "company.yaml"
ROOMS = """rooms:
  - {code: masters, title: Мастера, telegram: -1002}
  - {code: others, title: Другие, telegram: -1003}
"""
MASTERS = AsMember(1, "executor", ("masters",))
EVERYWHERE = AsMember(1, "executor")
DISPATCHER = AsMember(1, "dispatcher", ("main",))
ADMIN = AsMember(1, "admin")
THERE = ("telegram", "-1002")


async def apply(db: Database, folder: Path, executors: str, chat: str = "-1001") -> list[Change]:
    path = folder / "company.yaml"
    text = COMPANY.read_text().replace("rooms:\n", ROOMS)
    if executors:
        text = text.replace("  - code: sad\n", f"  - code: sad\n    executors: {executors}\n")
    path.write_text(text)
    async with db.work() as work:
        messengers = Messengers(telegram=True, staff_chat=chat)
        return await apply_declaration(work, read_declaration(path), messengers)


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Database]:
    db = Database(database_url, clock)
    await apply(db, tmp_path, "masters")
    yield db
    await db.close()


async def file(work: Work, code: str = "sad") -> Ticket:
    address = Address(channel="telegram", chat="7")
    inbound = Inbound(key="1", address=address, sender=Sender(id="7"), text="капает")
    contact = await work.people.meet(inbound)
    complex_ = await work.session.scalar(select(Complex).where(Complex.code == code))
    assert complex_ is not None
    house = (await work.places.houses(complex_.id))[0]
    viewer = AsResident(contact.resident_id, contact.id)
    room = await work.rooms.of_complex(complex_.id)
    thread = await work.threads.open(viewer, room, "Лифт")
    where = Where(complex_.id, house.id, None, None, house.address)
    category = declaration.Category(code="elevator", title="Лифт")
    return await work.tickets.file(thread, category, where, "Стоит", [], "telegram")


# ── Who sees it ──────────────────────────────────────────────────────────────


async def test_executors_see_what_was_handed_over_and_nothing_else(db: Database) -> None:
    async with db.work() as work:
        ticket, other = await file(work), await file(work)
        inside = [replace(each, inside=THERE) for each in (MASTERS, EVERYWHERE, ADMIN)]
        for viewer in (MASTERS, *inside):
            for each in (ticket, other):
                with pytest.raises(NotYours):
                    await work.threads.get(viewer, each.thread_id)
        await work.tickets.hand_over(DISPATCHER, ticket)
        for viewer in (MASTERS, *inside, DISPATCHER, EVERYWHERE, ADMIN):
            assert (await work.threads.get(viewer, ticket.thread_id)).id == ticket.thread_id
        for viewer in (MASTERS, *inside):
            with pytest.raises(NotYours):
                await work.tickets.get(viewer, other.id)
            with pytest.raises(NotYours):
                await work.tickets.hand_over(viewer, other)
        with pytest.raises(NotYours):
            await work.threads.get(replace(MASTERS, rooms=("others",)), ticket.thread_id)


async def test_the_desk_lists_the_same(db: Database) -> None:
    async with db.work() as work:
        ticket, other = await file(work), await file(work)
        thread = await work.threads.by_id(ticket.thread_id)
        message = await work.threads.add(thread, "resident", "Мария", None, text="Вот")
        message.attachments = [{"channel": "telegram", "handle": "abc", "kind": "photo"}]
        shown = StoredFile(channel="telegram", handle="abc")
        await work.session.flush()
        assert await work.desk.threads(MASTERS) == []
        assert not await work.desk.shows_file(MASTERS, shown)
        await work.tickets.hand_over(DISPATCHER, ticket)
        assert [line.ticket for line in await work.desk.threads(MASTERS)] == [ticket]
        assert [line.ticket for line in await work.desk.threads(ADMIN, room="masters")] == [ticket]
        assert {line.ticket for line in await work.desk.threads(DISPATCHER)} == {ticket, other}
        assert await work.desk.shows_file(MASTERS, shown)


async def test_what_is_refused(db: Database) -> None:
    async with db.work() as work:
        ticket, ended, without = await file(work), await file(work), await file(work, "bor")
        assert (await work.tickets.hand_over(DISPATCHER, ticket)).code == "masters"
        with pytest.raises(AlreadySo):
            await work.tickets.hand_over(DISPATCHER, ticket)
        with pytest.raises(NotFound):
            await work.tickets.hand_over(DISPATCHER, without)
        await work.tickets.move(DISPATCHER, ended, "done")
        with pytest.raises(AlreadyEnded):
            await work.tickets.hand_over(DISPATCHER, ended)


async def test_whoever_is_let_into_the_room_is_an_executor(db: Database) -> None:
    async with db.work() as work:
        rooms = {room.code: room for room in await work.rooms.every()}
        roles = {}
        for number, code in enumerate(("main", "masters", "others")):
            member = await work.staff.in_room(rooms[code], Sender(id=str(number), name="Кто-то"))
            roles[code] = member.role
            viewer = await work.staff.viewer_in(rooms[code], member)
            assert (viewer.inside is None) == (code == "main")
    assert roles == {"main": "dispatcher", "masters": "executor", "others": "dispatcher"}


async def test_people_without_a_complex_are_the_dispatchers(db: Database) -> None:
    async with db.work() as work:
        rooms = await work.rooms.every()
        assert rooms[0].code == "masters"
        assert (await work.rooms.of_complex(None)).code != "masters"


# ── What the file changes ────────────────────────────────────────────────────


async def handed_to(db: Database) -> str | None:
    async with db.work() as work:
        return await work.session.scalar(
            select(Room.code).join(Thread, Thread.handed_to == Room.id)
        )


@pytest.mark.parametrize("executors", ["", "others"])
async def test_another_room_takes_back_what_the_first_was_handed(
    db: Database, tmp_path: Path, executors: str
) -> None:
    async with db.work() as work:
        ticket = await file(work)
        await work.tickets.hand_over(DISPATCHER, ticket)
    assert await apply(db, tmp_path, "masters") == []
    assert await handed_to(db) == "masters"
    assert await apply(db, tmp_path, executors) == [Change("changed", "complex", "sad")]
    assert await handed_to(db) is None
    async with db.work() as work:
        with pytest.raises(NotYours):
            await work.tickets.get(MASTERS, ticket.id)
        if executors:
            room = await work.tickets.hand_over(ADMIN, await work.tickets.get(ADMIN, ticket.id))
            assert room.code == executors
        else:
            assert await work.rooms.executors_of(ticket.complex_id) is None


async def test_the_dispatchers_own_group_is_no_second_room(db: Database, tmp_path: Path) -> None:
    """The file cannot know which group the settings name."""
    await apply(db, tmp_path, "masters", chat="-1002")
    async with db.work() as work:
        with pytest.raises(NotFound):
            await work.tickets.hand_over(ADMIN, await file(work))


async def test_without_a_group_executors_sit_at_the_desk(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "company.yaml"
    path.write_text(path.read_text().replace(", telegram: -1002", ""))
    async with db.work() as work:
        await apply_declaration(
            work, read_declaration(path), Messengers(telegram=True, staff_chat="-1001")
        )
    async with db.work() as work:
        room = await work.tickets.hand_over(ADMIN, await file(work))
        assert (room.channel, room.chat) == ("desk", "masters")
