"""Tickets: what residents ask for, by number, with a term and a journal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import desc, select

from services.access import AsMember, AsResident, Viewer
from services.company.declaration import Category
from services.errors import AlreadyEnded, AlreadySo, NotFound, NotYours, ReasonNeeded
from services.people import Place
from services.tables import Room, Thread, Ticket, TicketEvent

if TYPE_CHECKING:
    from services.work import Work

STATUSES = ("new", "accepted", "in_progress", "waiting", "done", "declined")
ENDED = ("done", "declined")


@dataclass(frozen=True)
class Where:
    """The address of a request; without a home it is about the common parts of a house."""

    complex_id: int
    house_id: int
    entrance_id: int | None
    flat_id: int | None
    place: str

    @classmethod
    def of(cls, place: Place, label: str) -> Where:
        return cls(place.complex_id, place.house_id, place.entrance_id, place.flat_id, label)


class Tickets:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def file(
        self,
        thread: Thread,
        category: Category,
        where: Where,
        text: str,
        answers: list[tuple[str, str]],
        source: str,
        *,
        filed_by: int | None = None,
        source_link: str = "",
    ) -> Ticket:
        """Gives the request its number and its term, counted from now."""
        warn_at, due_at = await self._work.terms.begin(category, where.complex_id)
        ticket = Ticket(
            thread_id=thread.id,
            resident_id=thread.resident_id,
            complex_id=where.complex_id,
            house_id=where.house_id,
            entrance_id=where.entrance_id,
            flat_id=where.flat_id,
            place=where.place,
            category=category.code,
            what=category.title,
            text=text,
            answers=[list(pair) for pair in answers],
            emergency=category.emergency,
            status="new",
            source=source,
            filed_by=filed_by,
            source_link=source_link,
            created_at=self._work.now,
            warn_at=warn_at,
            due_at=due_at,
        )
        self._work.session.add(ticket)
        await self._work.session.flush()
        await self._work.session.refresh(ticket, ["number"])
        self.note(ticket, "filed", None, "new", member_id=filed_by)
        if ticket.emergency:  # what was said before the ticket was there
            await self._work.waiting.count(thread, emergency=True)
        if category.organisation:
            await self._work.organisations.pass_on_at_once(ticket, category.organisation)
        return ticket

    async def file_again(self, thread: Thread, old: Ticket, source: str) -> Ticket:
        """The same request once more, with a number and a term of its own."""
        warn_at, due_at = await self._work.terms.begin_again(old)
        ticket = Ticket(
            thread_id=thread.id,
            resident_id=thread.resident_id,
            complex_id=old.complex_id,
            house_id=old.house_id,
            entrance_id=old.entrance_id,
            flat_id=old.flat_id,
            place=old.place,
            category=old.category,
            what=old.what,
            text=old.text,
            answers=old.answers,
            emergency=old.emergency,
            status="new",
            source=source,
            created_at=self._work.now,
            warn_at=warn_at,
            due_at=due_at,
        )
        self._work.session.add(ticket)
        await self._work.session.flush()
        await self._work.session.refresh(ticket, ["number"])
        self.note(ticket, "filed", None, "new")
        if old.organisation:
            await self._work.organisations.pass_on_at_once(ticket, old.organisation)
        return ticket

    async def get(self, viewer: Viewer, ticket_id: int, *, lock: bool = False) -> Ticket:
        """Raises `NotYours`."""
        find = select(Ticket).where(Ticket.id == ticket_id)
        ticket = await self._work.session.scalar(find)
        if ticket is None:
            raise NotYours
        # Rows are locked in the order thread → ticket, everywhere.
        await self._work.threads.get(viewer, ticket.thread_id, lock=lock)
        if lock:
            await self._work.session.refresh(ticket, with_for_update=True)
        return ticket

    async def of_thread(self, viewer: Viewer, thread_id: int, *, lock: bool) -> Ticket | None:
        await self._work.threads.get(viewer, thread_id, lock=lock)
        find = select(Ticket).where(Ticket.thread_id == thread_id)
        if lock:  # threads.get has written down what was changed so far
            find = find.with_for_update().execution_options(populate_existing=True)
        return await self._work.session.scalar(find)

    async def of_number(self, viewer: Viewer, number: int) -> Ticket:
        """Raises `NotYours`."""
        ident = await self._work.session.scalar(select(Ticket.id).where(Ticket.number == number))
        return await self.get(viewer, ident or 0)

    async def of_resident(self, viewer: AsResident, *, most: int = 50) -> list[Ticket]:
        """The resident's own, open ones first, then the newest."""
        rows = await self._work.session.scalars(
            select(Ticket)
            .where(Ticket.resident_id == viewer.resident_id)
            .order_by(Ticket.closed_at.is_not(None), desc(Ticket.created_at))
            .limit(most)
        )
        return list(rows)

    async def history(self, viewer: Viewer, ticket_id: int) -> list[TicketEvent]:
        await self.get(viewer, ticket_id)
        rows = await self._work.session.scalars(
            select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
        )
        return list(rows)

    async def move(self, viewer: Viewer, ticket: Ticket, status: str, *, note: str = "") -> str:
        """Changes the status of a locked ticket and returns the one before. Its thread closes
        when the ticket ends and opens when it comes back. `note` is why it is declined. Raises
        `AlreadySo`, `ReasonNeeded`."""
        before = ticket.status
        if before == status:
            raise AlreadySo
        if status == "declined" and not re.search(r"\w", note):
            raise ReasonNeeded
        ticket.declined_why = note.strip()[:500] if status == "declined" else ""
        if isinstance(viewer, AsResident):
            await self._work.news.drop(ticket)  # of what they have said themselves now
        ticket.status = status
        await self._work.terms.follow(viewer, ticket, before, status)
        ticket.waiting_since = self._work.now if status == "waiting" else None
        ticket.asked_at = ticket.rating = ticket.closed_for_good_at = None
        thread = await self._work.threads.get(viewer, ticket.thread_id)
        if isinstance(viewer, AsMember):
            await self._work.alarms.accept(thread.id, viewer.member_id)
        if status in ENDED:
            ticket.closed_at = self._work.now
            await self._work.visits.end(ticket)
            await self._work.threads.close(thread)
        elif before in ENDED:
            ticket.closed_at = None
            await self._work.followers.leave(ticket)
            await self._work.threads.reopen(thread)
        await self._work.waiting.follow(viewer, thread, ticket, before)
        came_back = before in ENDED and status not in ENDED
        if isinstance(viewer, AsMember):
            await self._work.promises.hear(thread.id)
        member_id = None if isinstance(viewer, AsResident) else viewer.member_id
        self.note(
            ticket, "reopened" if came_back else "status", before, status,
            member_id=member_id, note=note,
        )  # fmt: skip
        self._work.audit.note(
            viewer.name, "ticket status", f"ticket:{ticket.number}", before=before, after=status
        )
        await self._work.session.flush()
        self._work.ring(f"thread:{ticket.thread_id}")
        return before

    async def correct(self, ticket: Ticket, where: Where) -> None:
        """Where it is, is better known now."""
        ticket.complex_id, ticket.house_id = where.complex_id, where.house_id
        ticket.entrance_id, ticket.flat_id = where.entrance_id, where.flat_id
        ticket.place = where.place
        await self._work.session.flush()

    async def hand_over(self, viewer: AsMember, ticket: Ticket) -> Room:
        """To the executors of a locked ticket's complex, besides the dispatchers. Raises
        `NotFound` where the complex has none, `AlreadySo`, `AlreadyEnded`."""
        thread = await self._work.threads.get(viewer, ticket.thread_id)
        room = await self._work.rooms.executors_of(ticket.complex_id)
        if room is None:
            raise NotFound(f"executors of complex {ticket.complex_id}")
        if room.id in (thread.room_id, thread.handed_to):
            raise AlreadySo
        if ticket.status in ENDED:
            raise AlreadyEnded
        thread.handed_to = room.id
        await self._work.alarms.accept(thread.id, viewer.member_id)
        self.note(ticket, "handed", None, room.code, member_id=viewer.member_id)
        self._work.audit.note(viewer.name, "handed over", f"ticket:{ticket.number}", room=room.code)
        await self._work.session.flush()
        self._work.ring(f"thread:{thread.id}")
        return room

    def note(
        self,
        ticket: Ticket,
        what: str,
        before: str | None,
        after: str | None,
        *,
        member_id: int | None = None,
        note: str = "",
    ) -> None:
        """A line of the ticket's journal."""
        self._work.session.add(
            TicketEvent(
                ticket_id=ticket.id,
                at=self._work.now,
                what=what,
                before=before,
                after=after,
                member_id=member_id,
                note=note,
            )
        )
