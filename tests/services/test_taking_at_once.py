"""Two hundred things that members do at the same moment with the same requests: one history."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from handlers import staff_texts, table
from services.access import AsResident
from services.company import declaration
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database, is_passing
from services.messaging.types import Address, Inbound, Sender
from services.tables import AuditRecord, Complex, Member, Message, Outgoing, Thread, Ticket
from services.tables import TicketEvent as Event
from services.tickets import Where
from tests.support.clock import MovingClock

COMPANY = Path(__file__).parents[1] / "conversations" / "company.yaml"
ROOMS = "rooms:\n  - {code: second, title: Садовая комната, telegram: -1002}\n"
TICKETS, MEMBERS, ACTIONS = 4, 8, 200
STATUS = ("filed", "status", "reopened")


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "company.yaml"
    text = COMPANY.read_text().replace("rooms:\n", ROOMS, 1)
    path.write_text(text.replace("  - code: sad\n", "  - code: sad\n    room: second\n"))
    db = Database(database_url, clock)
    async with db.work() as work:
        messengers = Messengers(telegram=True, staff_chat="-1001")
        await apply_declaration(work, read_declaration(path), messengers)
    yield db
    await db.close()


async def prepare(db: Database) -> tuple[list[Ticket], list[int]]:
    async with db.work() as work:
        members = [
            Member(code=f"m{n}", name=f"Сотрудник{n} Петров", role="dispatcher", title="",
                   desk=True, source="file", rooms=[])
            for n in range(MEMBERS)
        ]  # fmt: skip
        work.session.add_all(members)
        await work.session.flush()
        complex_ = await work.session.scalar(select(Complex).where(Complex.code == "bor"))
        assert complex_ is not None
        house = (await work.places.houses(complex_.id))[0]
        room = await work.rooms.of_complex(complex_.id)
        tickets = []
        for number in range(TICKETS):
            chat = str(700 + number)
            address = Address(channel="telegram", chat=chat)
            said = Inbound(key=chat, address=address, sender=Sender(id=chat), text="Стоит")
            contact = await work.people.meet(said)
            viewer = AsResident(contact.resident_id, contact.id)
            thread = await work.threads.open(viewer, room, "Лифт")
            where = Where(complex_.id, house.id, None, None, house.address)
            category = declaration.Category(code="elevator", title="Лифт")
            await work.threads.add(thread, "resident", "Мария", None, text="Стоит")
            tickets.append(
                await work.tickets.file(thread, category, where, "Стоит", [], "telegram")
            )
        return tickets, [member.id for member in members]


def things_to_do(thread_id: int) -> list[dict[str, str]]:
    return [
        {"text": "/take"},
        {"pressed": f"staff/seize/{thread_id}"},
        {"pressed": f"staff/take/{thread_id}"},
        {"text": "/assign Сотрудник3"},
        {"text": "/assign m5"},
        {"text": "/release"},
        {"text": "/status в работе"},
        {"text": "/status принята"},
        {"text": "/close"},
        {"text": "/assign комната second"},
        {"text": "/assign комната Диспетчерская"},
        {"text": "Мастер идёт"},
        {"text": "/quiet"},
    ]


async def act(db: Database, inbound: Inbound) -> int:
    """As the inbox does: what the database broke is done again. Returns how often it was."""
    for tries in range(50):
        try:
            async with db.work() as work:
                await table.handle(work, inbound)
        except SQLAlchemyError as failure:
            if not is_passing(failure):
                raise
        else:
            return tries
    raise AssertionError("never done")


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_two_hundred_at_once_leave_one_history(db: Database, seed: int) -> None:
    tickets, members = await prepare(db)
    chance, inbounds, spoken = random.Random(seed), [], 0
    for number in range(ACTIONS):
        ticket, member = chance.choice(tickets), chance.choice(members)
        thing = chance.choice(things_to_do(ticket.thread_id))
        spoken += thing.get("text") == "Мастер идёт"
        inbounds.append(
            Inbound(
                key=str(number),
                address=Address(channel="desk", chat=str(member), topic=str(ticket.thread_id)),
                sender=Sender(id=str(member)),
                text=thing.get("text", ""),
                pressed=thing.get("pressed", ""),
            )
        )
    await asyncio.gather(*(act(db, inbound) for inbound in inbounds))
    async with db.work() as work:
        for ticket in tickets:
            now = await work.session.get(Ticket, ticket.id)
            thread = await work.session.get(Thread, ticket.thread_id)
            assert now is not None
            assert thread is not None
            rows = await work.session.scalars(
                select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)
            )
            events = list(rows)
            check_chain([e for e in events if e.what in STATUS], None, now.status)
            taker = None if thread.taken_by is None else str(thread.taken_by)
            check_chain([e for e in events if e.what == "taken"], None, taker)
            room = await work.rooms.get(thread.room_id)
            check_chain([e for e in events if e.what == "moved"], "main", room.code)
            quiet = [e.after for e in events if e.what == "quiet"]
            assert quiet == [("on", "off")[n % 2] for n in range(len(quiet))]
            assert thread.quiet == (quiet[-1:] == ["on"])
            assert (thread.state == "closed") == (now.status in ("done", "declined"))
            assert (thread.taken_at is None) == (thread.taken_by is None)
        said = await work.session.scalar(
            select(func.count()).select_from(Message).where(Message.text == "Мастер идёт")
        )
        assert said == spoken
        refused = select(func.count()).select_from(AuditRecord).where(AuditRecord.what == "refused")
        assert await work.session.scalar(refused) == 0
        bodies = await work.session.scalars(select(Outgoing.body))
        words = [body.get("text", "") for body in bodies]
        assert not [text for text in words if "сломалось" in text or text == staff_texts.GONE]


def check_chain(events: Sequence[Event], first: str | None, last: str | None) -> None:
    """Each begins where the one before it ended, and the last is how it stands."""
    for one, next_ in pairwise(events):
        assert next_.before == one.after, [(e.what, e.before, e.after) for e in events]
    assert (events[0].before if events else first) == first
    assert (events[-1].after if events else first) == last


async def test_one_of_many_hands_gets_it(db: Database) -> None:
    tickets, members = await prepare(db)
    thread_id = tickets[0].thread_id
    takes = [
        Inbound(
            key=str(member),
            address=Address(channel="desk", chat=str(member), topic=str(thread_id)),
            sender=Sender(id=str(member)),
            text="/take",
        )
        for member in members
    ]
    await asyncio.gather(*(act(db, each) for each in takes))
    async with db.work() as work:
        thread = await work.threads.by_id(thread_id)
        lines = [m.text for m in await work.session.scalars(
            select(Message).where(Message.thread_id == thread_id, Message.by == "system")
        )]  # fmt: skip
        told = [
            body["text"]
            for body in await work.session.scalars(
                select(Outgoing.body).where(Outgoing.channel == "desk")
            )
        ]
        name = await work.staff.name_of(thread.taken_by or 0)
    assert lines == [f"🙋 Занимается {name}."]
    assert len(told) == len(members) - 1
    assert all(text.startswith(f"Этим уже занимается {name}, с ") for text in told)
