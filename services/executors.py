"""Who is to do a request: naming an executor, where they are reached, what they may press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, desc, func, select

from services.access import AsMember
from services.errors import AlreadyEnded, AlreadySo, NotYours, SomebodyElses
from services.tables import Contact, Member, MemberAccount, Thread, Ticket, TicketEvent
from services.tickets import ENDED

if TYPE_CHECKING:
    from services.work import Work

MAY_NAME = ("dispatcher", "manager", "admin")


class Executors:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def every(self, thread: Thread) -> list[Member]:
        """Who may be named: executors of the rooms that show the thread or its complex has for
        them, those with a room of their own last."""
        rooms = await self._work.rooms.showing(thread)
        ticket = await self._work.threads.ticket(thread.id)
        if ticket is not None and (
            theirs := await self._work.rooms.executors_of(ticket.complex_id)
        ):
            rooms.append(theirs)
        codes = {room.code for room in rooms}
        found = await self._work.session.scalars(
            select(Member)
            .where(Member.role == "executor", Member.withdrawn_at.is_(None))
            .order_by(Member.name, Member.id)
        )
        return [member for member in found if not member.rooms or codes & set(member.rooms)]

    async def open_tickets(self, member_id: int) -> list[Ticket]:
        """What this member is to do, the newest first."""
        found = await self._work.session.scalars(
            select(Ticket)
            .where(Ticket.executor_id == member_id, Ticket.closed_at.is_(None))
            .order_by(desc(Ticket.id))
        )
        return list(found)

    async def acted_on(self, member_id: int, since: datetime) -> int | None:
        """The id of the request they did something with last."""
        return await self._work.session.scalar(
            select(TicketEvent.ticket_id)
            .where(TicketEvent.member_id == member_id, TicketEvent.at > since)
            .order_by(desc(TicketEvent.id))
            .limit(1)
        )

    async def count_open(self, members: Sequence[Member]) -> dict[int, int]:
        """How many requests each of them has to do, by their ids; who has none is left out."""
        rows = await self._work.session.execute(
            select(Ticket.executor_id, func.count())
            .where(
                Ticket.executor_id.in_([member.id for member in members]),
                Ticket.closed_at.is_(None),
            )
            .group_by(Ticket.executor_id)
        )
        return {ident: many for ident, many in rows if ident is not None}

    async def name(self, viewer: AsMember, ticket: Ticket, member: Member | None) -> None:
        """Somebody, or nobody any more, is to do a locked ticket. Raises `NotYours` for whoever
        may not say so, `AlreadySo`, `AlreadyEnded`."""
        takes_it = member is not None and member.id == viewer.member_id and not ticket.executor_id
        if viewer.role not in MAY_NAME and not takes_it:
            raise NotYours
        if ticket.status in ENDED:
            raise AlreadyEnded
        if ticket.executor_id == (member.id if member else None):
            raise AlreadySo
        before = ticket.executor_id
        ticket.executor_id = member.id if member else None
        self._work.tickets.note(
            ticket,
            "executor",
            await self._work.staff.name_of(before) if before else None,
            member.name if member else None,
            member_id=viewer.member_id,
        )
        self._work.audit.note(
            viewer.name,
            "executor named",
            f"ticket:{ticket.number}",
            member=member.id if member else None,
        )
        await self._work.visits.come(ticket)
        await self._work.session.flush()
        self._work.ring(f"thread:{ticket.thread_id}")

    async def ticket(self, viewer: AsMember, ticket_id: int) -> tuple[AsMember, Ticket]:
        """The locked ticket for what only its executor may say of it, or a dispatcher on their
        behalf, and the viewer as that. Raises `NotYours`; `SomebodyElses` for a colleague of the
        executor; `AlreadyEnded`."""
        found = await self._work.session.get(Ticket, ticket_id)
        if found is None:
            raise NotYours
        if found.executor_id == viewer.member_id:
            viewer = replace(viewer, named_for=found.thread_id)
        ticket = await self._work.tickets.get(viewer, ticket_id, lock=True)
        if ticket.status in ENDED:
            raise AlreadyEnded(ticket.id)
        if viewer.role not in MAY_NAME and ticket.executor_id not in (None, viewer.member_id):
            raise SomebodyElses(ticket.id)
        return viewer, ticket

    async def may_act(self, viewer: AsMember, thread_id: int) -> AsMember | None:
        """The viewer as the executor of that thread's ticket; None when they are not."""
        ticket = await self._work.threads.ticket(thread_id)
        if ticket is None or ticket.executor_id != viewer.member_id:
            return None
        return replace(viewer, named_for=thread_id)

    async def where_reached(self, member_id: int) -> Contact | None:
        """The private chat in which this member started the bot, the one used last."""
        return await self._work.session.scalar(
            select(Contact)
            .join(
                MemberAccount,
                and_(
                    MemberAccount.channel == Contact.channel,
                    MemberAccount.user_id == Contact.user_id,
                ),
            )
            .where(MemberAccount.member_id == member_id, Contact.unreachable_since.is_(None))
            .order_by(desc(Contact.last_heard_at), Contact.id)
            .limit(1)
        )

    def set_out(self, viewer: AsMember, ticket: Ticket) -> None:
        """The executor is on the way."""
        self._work.tickets.note(ticket, "set out", None, None, member_id=viewer.member_id)
        self._work.audit.note(viewer.name, "set out", f"ticket:{ticket.number}")

    async def set_out_since(self, ticket: Ticket, since: datetime) -> bool:
        found = await self._work.session.scalar(
            select(TicketEvent.id)
            .where(
                TicketEvent.ticket_id == ticket.id,
                TicketEvent.what == "set out",
                TicketEvent.at > since,
            )
            .limit(1)
        )
        return found is not None
