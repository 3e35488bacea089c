"""The requests that follow an incident: joined by a tap, told all at once, closed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, AsResident
from services.company.declaration import Category
from services.errors import AlreadyEnded, NotFound, NotYours
from services.incidents import LEFT, WITHIN
from services.messaging.types import PHONE, Outbound
from services.notices import URGENT
from services.tables import (
    Contact,
    Incident,
    Notice,
    Room,
    Thread,
    Ticket,
    TicketEvent,
)
from services.tickets import Where

if TYPE_CHECKING:
    from services.work import Work

AT_ONCE = 100  # followers that one round closes: some seconds, for which other chores wait

FOLLOWERS = "SELECT resident_id FROM tickets WHERE incident_id = :incident AND closed_at IS NULL"
WRITE_DOWN = text(
    """
    WITH of_incident AS (
        SELECT th.id FROM tickets t JOIN threads th ON th.id = t.thread_id
        WHERE t.incident_id = :incident AND t.closed_at IS NULL
        ORDER BY th.id FOR UPDATE OF th),
    written AS (
        INSERT INTO messages (thread_id, by, author, member_id, text, attachments, at,
                              earlier_texts)
        SELECT id, 'member', :author, :member, :text, '[]'::jsonb, :now, '[]'::jsonb
        FROM of_incident RETURNING thread_id)
    UPDATE threads SET last_at = :now, last_by = 'member', last_text = left(:text, 160),
                       waits_since = NULL, answer_warn_at = NULL, answer_due_at = NULL,
                       answer_warned = 0
    FROM written WHERE threads.id = written.thread_id
    RETURNING threads.id
    """
)


class Followers:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def count(self, incident: Incident) -> tuple[int, int]:
        """All who ever followed it, and how many of them said afterwards that it is not solved."""
        of_it = select(func.count()).select_from(Ticket).where(Ticket.incident_id == incident.id)
        left = (
            select(func.count())
            .select_from(TicketEvent)
            .where(TicketEvent.what == LEFT, TicketEvent.before == str(incident.id))
        )
        following = await self._work.session.scalar(of_it) or 0
        gone = await self._work.session.scalar(left) or 0
        return following + gone, gone

    async def open_ones(self, incident: Incident) -> int:
        find = select(func.count()).select_from(Ticket)
        of_it = (Ticket.incident_id == incident.id, Ticket.closed_at.is_(None))
        return await self._work.session.scalar(find.where(*of_it)) or 0

    async def people(self, incident: Incident) -> int:
        """Residents whose open requests follow it."""
        find = select(func.count(Ticket.resident_id.distinct()))
        of_it = (Ticket.incident_id == incident.id, Ticket.closed_at.is_(None))
        return await self._work.session.scalar(find.where(*of_it)) or 0

    async def latest(self, incident: Incident, most: int) -> list[tuple[Thread, Ticket]]:
        """The newest ones, in the order they came."""
        rows = await self._work.session.execute(
            select(Thread, Ticket)
            .join(Ticket, Ticket.thread_id == Thread.id)
            .where(Ticket.incident_id == incident.id)
            .order_by(Ticket.id.desc())
            .limit(most)
        )
        return [(thread, ticket) for thread, ticket in reversed(list(rows))]

    # ── Joining ──────────────────────────────────────────────────────────────

    async def attach(
        self, incident: Incident, tickets: Sequence[Ticket], member_id: int | None
    ) -> None:
        """Open requests that follow no other. They are accepted, and nobody waits for an answer of
        their own any more; but an emergency only by a member (`member_id`), who takes its alarm
        too: a resident's press silences none. Raises `AlreadyEnded`."""
        session, now = self._work.session, self._work.now
        await session.flush()
        await self.hold_open(incident.id)
        threads = [ticket.thread_id for ticket in tickets]
        await session.execute(  # threads are locked before tickets, everywhere
            select(Thread.id).where(Thread.id.in_(threads)).order_by(Thread.id).with_for_update()
        )
        attached = await session.execute(
            update(Ticket)
            .where(
                Ticket.id.in_([ticket.id for ticket in tickets]),
                Ticket.incident_id.is_(None),
                Ticket.closed_at.is_(None),
            )
            .values(incident_id=incident.id)
            .returning(Ticket.id, Ticket.thread_id, Ticket.status)
            .execution_options(synchronize_session=False)
        )
        rows = list(attached)
        taken = member_id is not None or not incident.emergency
        new = [row.id for row in rows if row.status == "new" and taken]
        await session.execute(
            update(Ticket)
            .where(Ticket.id.in_(new))
            .values(status="accepted")
            .execution_options(synchronize_session=False)
        )
        if new:
            await session.execute(
                insert(TicketEvent),
                [
                    {
                        "ticket_id": ident, "at": now, "what": "status", "before": "new",
                        "after": "accepted", "member_id": member_id, "note": "",
                    }
                    for ident in new
                ],
            )  # fmt: skip
        for row in rows:
            if incident.emergency and member_id is not None:
                await self._work.alarms.accept(row.thread_id, member_id)
            self._work.ring(f"thread:{row.thread_id}")
        await session.execute(
            update(Thread)
            .where(Thread.id.in_([row.thread_id for row in rows if taken]))
            .values(waits_since=None, answer_warn_at=None, answer_due_at=None, answer_warned=0)
            .execution_options(synchronize_session=False)
        )
        for ticket in tickets:
            await session.refresh(ticket)

    async def hold_open(self, incident_id: int) -> Incident:
        """Locked, so that it does not end meanwhile. Raises `NotYours`, `AlreadyEnded`."""
        incident = await self._work.session.get(
            Incident, incident_id, with_for_update={"read": True}, populate_existing=True
        )
        if incident is None or incident.state in ("offered", "declined"):
            raise NotYours
        if incident.state != "open":
            raise AlreadyEnded
        return incident

    async def follows(self, viewer: AsResident, incident: Incident) -> bool:
        """Whether one of their open requests does."""
        found = await self._work.session.scalar(
            select(Ticket.id)
            .where(
                Ticket.resident_id == viewer.resident_id,
                Ticket.incident_id == incident.id,
                Ticket.closed_at.is_(None),
            )
            .limit(1)
        )
        return found is not None

    async def check_asked(self, viewer: AsResident, incident_id: int) -> None:
        """Only who lives in its house, or has a request that it is about, answers whether it is
        the same. Raises `NotYours`."""
        incident = await self._work.session.get(Incident, incident_id)
        if incident is None:
            raise NotYours
        houses = {place.house_id for place in await self._work.people.places(viewer)}
        if incident.house_id not in houses and await self.of_resident(viewer, incident) is None:
            raise NotYours

    async def of_resident(self, viewer: AsResident, incident: Incident) -> Ticket | None:
        """Their open request that follows it, else a recent one that could and that nobody does."""
        return await self._work.session.scalar(
            select(Ticket)
            .where(
                Ticket.resident_id == viewer.resident_id,
                Ticket.closed_at.is_(None),
                (Ticket.incident_id == incident.id)
                | Ticket.incident_id.is_(None)
                & (Ticket.house_id == incident.house_id)
                & (Ticket.category == incident.category)
                & (Ticket.emergency == incident.emergency)
                & (Ticket.what == incident.what)
                & (Ticket.created_at >= incident.offered_at - WITHIN)
                & Ticket.executor_id.is_(None),
            )
            .order_by(Ticket.incident_id.is_(None), Ticket.id.desc())
            .limit(1)
        )

    async def file(
        self,
        viewer: AsResident,
        incident: Incident,
        where: Where,
        words: str,
        source: str,
        *,
        home_id: int | None,
    ) -> tuple[Thread, Ticket]:
        """A request of their own, with a number, that only follows. Of a locked one."""
        category = await self.category(incident, where.complex_id)
        room: Room = await self._work.rooms.get(incident.room_id)
        thread = await self._work.threads.open(viewer, room, category.title, home_id=home_id)
        ticket = await self._work.tickets.file(thread, category, where, words, [], source)
        return thread, ticket

    async def category(self, incident: Incident, complex_id: int) -> Category:
        """As the company calls it now. Raises `NotFound` once it is called nothing."""
        kinds = [
            each
            for each in await self._work.company.categories(complex_id)
            if each.code == incident.category and each.emergency == incident.emergency
        ]
        named = [each for each in kinds if each.title == incident.what]
        if not kinds:
            raise NotFound(incident.category)
        return (named or kinds)[0]

    # ── Telling ──────────────────────────────────────────────────────────────

    async def tell(
        self, incident: Incident, what: Outbound, author: str, viewer: AsMember
    ) -> Notice:
        """One message to all who follow it still: a line in each thread, a post for each person.
        It is an answer to whoever waited for one."""
        session, now = self._work.session, self._work.now
        await session.flush()
        notice = Notice(
            kind="incident", incident_id=incident.id, text=what.text, at=now, not_before=now,
            member_id=viewer.member_id, people={}, flats=0, flats_reached=0, urgent=True,
            priority=URGENT,
        )  # fmt: skip
        session.add(notice)
        await session.flush()
        written = await session.scalars(
            WRITE_DOWN,
            {
                "incident": incident.id, "author": author, "member": viewer.member_id,
                "text": what.text, "now": now,
            },
        )  # fmt: skip
        for thread_id in written:
            self._work.ring(f"thread:{thread_id}")
        named = {"incident": incident.id}
        await self._work.notices.enqueue(notice, what, FOLLOWERS, named)
        return notice

    async def by_phone(self, incident: Incident) -> list[tuple[Thread, Contact]]:
        """Followers that no messenger reaches: a member calls them."""
        in_messenger = (
            select(Contact.id)
            .where(
                Contact.resident_id == Ticket.resident_id,
                Contact.channel != PHONE,
                Contact.unreachable_since.is_(None),
            )
            .correlate(Ticket)
            .exists()
        )
        rows = await self._work.session.execute(
            select(Thread, Contact)
            .join(Ticket, Ticket.thread_id == Thread.id)
            .join(Contact, Contact.resident_id == Ticket.resident_id)
            .where(
                Ticket.incident_id == incident.id,
                Ticket.closed_at.is_(None),
                Contact.channel == PHONE,
                ~in_messenger,
            )
            .order_by(Ticket.id, Contact.id)
        )
        by_contact = {contact.id: (thread, contact) for thread, contact in rows}
        return list(by_contact.values())

    async def notices(self, incident: Incident) -> list[Notice]:
        rows = await self._work.session.scalars(
            select(Notice).where(Notice.incident_id == incident.id).order_by(Notice.id)
        )
        return list(rows)

    # ── Closing ──────────────────────────────────────────────────────────────

    async def find_to_close(self) -> list[int]:
        """Open requests of incidents that are over."""
        rows = await self._work.session.scalars(
            select(Ticket.id)
            .join(Incident, Ticket.incident_id == Incident.id)
            .where(Incident.state == "closed", Ticket.closed_at.is_(None))
            .order_by(Ticket.id)
            .limit(10 * AT_ONCE)  # those that fail now must not stand before the others
        )
        return list(rows)

    async def close(self, ticket_id: int) -> tuple[Incident, Ticket, Thread] | None:
        """One of them, as its member would; None when that was done meanwhile."""
        session = self._work.session
        thread = await session.scalar(
            select(Thread)
            .join(Ticket, Ticket.thread_id == Thread.id)
            .where(Ticket.id == ticket_id)
            .with_for_update(of=Thread, skip_locked=True),
            execution_options={"populate_existing": True},
        )
        ticket = await session.scalar(
            select(Ticket).where(Ticket.id == ticket_id).with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )
        if thread is None or ticket is None or ticket.closed_at or ticket.incident_id is None:
            return None
        incident = await self._work.incidents.by_id(ticket.incident_id)
        if incident.state != "closed":
            return None
        closer = AsMember(incident.member_id or 0, "admin")
        await self._work.tickets.move(closer, ticket, "done", note=incident.outcome)
        return incident, ticket, thread

    async def leave(self, ticket: Ticket) -> bool:
        """A request that came back after the end of its incident stands for itself again. False
        while the incident goes on, or where there was none."""
        incident = await self._work.incidents.of_ticket(ticket)
        if incident is None or incident.state != "closed":
            return False
        ticket.incident_id = None
        self._work.tickets.note(ticket, LEFT, str(incident.id), None)
        await self._work.session.flush()
        return True
