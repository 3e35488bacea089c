"""Incidents: many requests of one house with one cause, from the offer to the end.

Rows are locked in the order matter → incident → thread → ticket. A second press finds it done:
`AlreadySo`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, desc, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, AsResident
from services.errors import AlreadyEnded, AlreadySo, NotYours
from services.matters import Matter
from services.tables import (
    Home,
    Incident,
    Message,
    Outage,
    Outgoing,
    Room,
    SaidOnce,
    Surge,
    Thread,
    Ticket,
    TicketEvent,
    Topic,
)

if TYPE_CHECKING:
    from services.work import Work

LEFT = "left incident"  # the line in a ticket's journal
MAY_MAKE = ("dispatcher", "manager", "admin")
WITHIN = timedelta(minutes=15)
ENOUGH = 3  # residents within it: the room is offered an incident
OFFERED_FOR = timedelta(hours=2)  # so long nobody is asked once more about the same
NO_THING = ("billing", "other")  # of these the words do not tell what is broken
ASK_OPEN_AFTER = timedelta(hours=6)  # of one without a term
SHOWN_FOR = timedelta(days=1)  # of those that are over, in the list


class Incidents:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Finding ──────────────────────────────────────────────────────────────

    async def get(self, viewer: AsMember, incident_id: int, *, lock: bool = False) -> Incident:
        """Raises `NotYours`: only for those who may make one, and work in its room."""
        check(viewer)
        incident = await self._work.session.get(
            Incident, incident_id, with_for_update=lock or None, populate_existing=True
        )
        if incident is None or not viewer.works_in(await self._work.rooms.get(incident.room_id)):
            raise NotYours
        return incident

    async def by_id(self, incident_id: int) -> Incident:
        """For the program itself."""
        incident = await self._work.session.get(Incident, incident_id)
        assert incident is not None
        return incident

    async def of_ticket(self, ticket: Ticket) -> Incident | None:
        return await self.by_id(ticket.incident_id) if ticket.incident_id is not None else None

    async def open_for(self, matter: Matter) -> Incident | None:
        return await self._latest(*matter.fits(Incident), Incident.state == "open")

    async def offered_for(self, matter: Matter) -> Incident | None:
        """The offer that nobody has answered yet."""
        lately = Incident.offered_at > self._work.now - OFFERED_FOR
        return await self._latest(*matter.fits(Incident), Incident.state == "offered", lately)

    async def open_at(self, viewer: AsResident, category: str) -> Incident | None:
        """Where the viewer lives, what their words may be about; no emergency, which has words of
        its own."""
        houses = select(Home.house_id).where(
            Home.resident_id == viewer.resident_id, Home.until.is_(None)
        )
        return await self._latest(
            Incident.house_id.in_(houses),
            Incident.category == category,
            Incident.emergency.is_(False),
            Incident.state == "open",
        )

    async def of_surge(self, surge_id: int) -> Incident | None:
        return await self._latest(Incident.surge_id == surge_id)

    async def of_post(self, message_id: int) -> Incident | None:
        """The incident, or the offer of one, that this post in the room shows."""
        return await self._latest(Incident.message_id == message_id)

    async def of_outage(self, outage_id: int) -> Incident | None:
        """One that goes on."""
        return await self._latest(Incident.outage_id == outage_id, Incident.state == "open")

    async def now(self, viewer: AsMember) -> list[Incident]:
        """Those that go on, then those that ended lately; the newest first."""
        check(viewer)
        lately = self._work.now - SHOWN_FOR
        rows = await self._work.session.scalars(
            select(Incident)
            .where((Incident.state == "open") | (Incident.closed_at > lately))
            .order_by(Incident.state == "closed", desc(Incident.id))
        )
        rooms = {room.id: room for room in await self._work.rooms.every()}
        return [
            each for each in rows if each.room_id in rooms and viewer.works_in(rooms[each.room_id])
        ]

    async def _latest(self, *which: ColumnElement[bool]) -> Incident | None:
        return await self._work.session.scalar(
            select(Incident).where(*which).order_by(desc(Incident.id)).limit(1)
        )

    # ── Offering ─────────────────────────────────────────────────────────────

    async def offer(self, room: Room, ticket: Ticket) -> Incident | None:
        """A new offer, where so many neighbours have filed the same within minutes and nobody was
        asked of it lately; else None."""
        matter = Matter.of(ticket)
        if matter.category in NO_THING and not matter.emergency:
            return None
        await self._work.surges.lock(matter.house_id, matter.key)
        lately = self._work.now - OFFERED_FOR
        asked = await self._latest(
            *matter.fits(Incident),
            (Incident.state == "open")
            | Incident.state.in_(("offered", "declined")) & (Incident.offered_at > lately),
        )
        if asked is not None:
            return None
        alike = await self._alike(matter, self._work.now - WITHIN, self._work.now)
        if len({each.resident_id for each in alike}) < ENOUGH:
            return None
        return await self._add(room, alike[-1], "offered")

    async def alike(self, incident: Incident) -> list[Ticket]:
        """What an offer is of, however late it is answered."""
        at = incident.offered_at
        return await self._alike(Matter.of(incident), at - WITHIN, at + OFFERED_FOR)

    async def _alike(self, matter: Matter, since: datetime, until: datetime) -> list[Ticket]:
        """Open requests of this matter that follow no incident, the oldest first."""
        rows = await self._work.session.scalars(
            select(Ticket)
            .where(
                *matter.fits(Ticket),
                Ticket.created_at.between(since, until),
                Ticket.closed_at.is_(None),
                Ticket.incident_id.is_(None),
            )
            .order_by(Ticket.id)
        )
        return list(rows)

    async def _add(self, room: Room, ticket: Ticket, state: str) -> Incident:
        incident = Incident(
            house_id=ticket.house_id,
            room_id=room.id,
            category=ticket.category,
            what=ticket.what,
            emergency=ticket.emergency,
            state=state,
            offered_at=self._work.now,
        )
        self._work.session.add(incident)
        await self._work.session.flush()
        return incident

    async def decline(self, viewer: AsMember, incident_id: int) -> Incident:
        """«Нет, разные». Raises `NotYours`, `AlreadySo`."""
        incident = await self.get(viewer, incident_id, lock=True)
        expect(incident, "offered")
        incident.state, incident.member_id = "declined", viewer.member_id
        self._note(viewer, "declined an incident", incident)
        await self._work.session.flush()
        return incident

    # ── Making ───────────────────────────────────────────────────────────────

    async def open(self, viewer: AsMember, incident_id: int) -> Incident:
        """«Одна проблема»: what was filed alike follows it. Raises `NotYours`, `AlreadySo`."""
        incident = await self.get(viewer, incident_id)
        matter = Matter.of(incident)
        await self._work.surges.lock(matter.house_id, matter.key)
        incident = await self.get(viewer, incident_id, lock=True)
        expect(incident, "offered")
        if await self.open_for(matter) is not None:
            raise AlreadySo
        await self._open(viewer, incident)
        return incident

    async def make(self, viewer: AsMember, ticket: Ticket) -> tuple[Incident, bool]:
        """Of one request that a member has before them, and those alike of the last minutes. False:
        there is one already, which the request follows from now on. Raises `NotYours`, `AlreadySo`
        where it does so, `AlreadyEnded`."""
        check(viewer)
        if ticket.incident_id is not None:
            raise AlreadySo
        if ticket.closed_at is not None:
            raise AlreadyEnded
        matter = Matter.of(ticket)
        await self._work.surges.lock(matter.house_id, matter.key)
        incident = await self.open_for(matter)
        if incident is not None:
            await self._work.followers.attach(incident, [ticket], viewer.member_id)
            return incident, False
        incident = await self.offered_for(matter)
        if incident is None:
            room = await self._work.rooms.of_complex(ticket.complex_id)
            incident = await self._add(room, ticket, "offered")
        await self._open(viewer, incident, ticket)
        return incident, True

    async def _open(
        self, viewer: AsMember, incident: Incident, ticket: Ticket | None = None
    ) -> None:
        now = self._work.now
        incident.state, incident.opened_at, incident.member_id = "open", now, viewer.member_id
        alike = await self.alike(incident)
        if ticket is not None and ticket.id not in {each.id for each in alike}:
            alike.append(ticket)
        await self._work.followers.attach(incident, alike, viewer.member_id)
        self._note(viewer, "made an incident", incident, tickets=len(alike))
        await self._work.session.flush()

    async def expect_until(
        self, viewer: AsMember, incident_id: int, until: datetime | None
    ) -> Incident:
        """When it should be over; None: nobody knows. Raises `NotYours`, `AlreadyEnded`."""
        incident = await self.get(viewer, incident_id, lock=True)
        if incident.state != "open":
            raise AlreadyEnded
        incident.until = until
        self._note(viewer, "said until when", incident)
        await self._work.session.flush()
        return incident

    async def link(self, outage: Outage) -> None:
        """It was just announced; its form says of which incident."""
        ident = outage.form.get("incident")
        if not isinstance(ident, int):
            return
        incident = await self._work.session.get(Incident, ident, with_for_update=True)
        if incident is not None and incident.state == "open":
            incident.outage_id = outage.id
            await self._work.session.flush()

    async def close(self, viewer: AsMember, incident_id: int, outcome: str) -> Incident:
        """From now on nobody joins; a chore closes its followers. Raises `NotYours`,
        `AlreadySo`."""
        incident = await self.get(viewer, incident_id, lock=True)
        expect(incident, "open")
        incident.state, incident.closed_at = "closed", self._work.now
        incident.outcome, incident.member_id = outcome.strip(), viewer.member_id
        self._note(viewer, "closed an incident", incident)
        await self._work.session.flush()
        self._work.ring("chores")
        return incident

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_late(self) -> list[int]:
        """Those that go on past their term, or for long without one: the room is asked, once a
        day."""
        now, asked_after = self._work.now, self._work.now - ASK_OPEN_AFTER
        rows = await self._work.session.scalars(
            select(Incident)
            .where(
                Incident.state == "open",
                or_(
                    Incident.until <= now,
                    and_(Incident.until.is_(None), Incident.opened_at <= asked_after),
                ),
            )
            .order_by(Incident.id)
        )
        keys = {late_key(each, now): each.id for each in rows}
        told = await self._work.session.scalars(select(SaidOnce.key).where(SaidOnce.key.in_(keys)))
        return [keys[key] for key in keys.keys() - set(told)]

    async def claim_late(self, incident_id: int) -> Incident | None:
        """Marked as asked; None where another process was quicker, or it is over."""
        incident = await self._work.session.get(Incident, incident_id, populate_existing=True)
        if incident is None or incident.state != "open":
            return None
        row = insert(SaidOnce).values(key=late_key(incident, self._work.now), at=self._work.now)
        made = await self._work.session.execute(
            row.on_conflict_do_nothing().returning(SaidOnce.key)
        )
        return incident if made.first() is not None else None

    # ── In the room ──────────────────────────────────────────────────────────

    async def show_by(self, incident: Incident, post: Message) -> None:
        incident.message_id = post.id
        await self._work.session.flush()

    async def show_in(self, incident: Incident, surge: Surge) -> None:
        """The surge's post is the incident's from now on."""
        incident.surge_id, incident.message_id = surge.id, surge.message_id
        await self._work.session.flush()

    async def hides(self, thread: Thread) -> bool:
        """Whether the thread stands in no room yet, because its request only follows an incident,
        or did."""
        left = select(TicketEvent.id).where(
            TicketEvent.ticket_id == Ticket.id, TicketEvent.what == LEFT
        )
        posts = select(Outgoing.id).where(
            Outgoing.thread_id == thread.id,
            Outgoing.room_id.is_not(None),
            Outgoing.state != "dropped",
        )
        topics = select(Topic.thread_id).where(Topic.thread_id == thread.id)
        found = await self._work.session.scalar(
            select(Ticket.id).where(
                Ticket.thread_id == thread.id,
                or_(Ticket.incident_id.is_not(None), left.exists()),
                ~posts.exists(),
                ~topics.exists(),
            )
        )
        return found is not None

    def _note(self, viewer: AsMember, what: str, incident: Incident, **more: Any) -> None:
        self._work.audit.note(viewer.name, what, f"incident:{incident.id}", **more)
        self._work.ring(f"incident:{incident.id}")


def late_key(incident: Incident, now: datetime) -> str:
    since = incident.until or incident.opened_at or incident.offered_at
    return f"incident {incident.id} late {since:%Y-%m-%d %H:%M} {(now - since).days}"


def check(viewer: AsMember) -> None:
    if viewer.role not in MAY_MAKE:
        raise NotYours


def expect(incident: Incident, *states: str) -> None:
    if incident.state not in states:
        raise AlreadySo
