"""Visits: a window in which somebody comes, agreed with the resident and reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import desc, select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, AsResident, Viewer
from services.errors import (
    AlreadyEnded,
    AlreadySo,
    InThePast,
    NotFound,
    NotYours,
    StaleButton,
    TooFarAhead,
)
from services.tables import SaidOnce, Thread, Ticket, Visit
from services.tickets import ENDED

if TYPE_CHECKING:
    from services.work import Work

FARTHEST = timedelta(days=60)
EVENING = time(18)
SOON = timedelta(hours=1)
OFFERED = (time(10), time(17))  # windows of two hours that are offered without being asked for
LONG = timedelta(hours=2)
NOT_BEFORE = timedelta(hours=2)  # from now
AHEAD = 14  # days that are looked through for a window

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Due:
    """A visit to be reminded of, with its locked ticket."""

    visit: Visit
    ticket: Ticket


class Visits:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def current(self, ticket: Ticket) -> Visit | None:
        """The one that stands: agreed, else offered, else the one at which nobody was home."""
        visits = await self._standing(ticket)
        order = {"agreed": 0, "proposed": 1, "nobody_home": 2}
        return min(visits, key=lambda visit: (order[visit.state], -visit.id), default=None)

    async def offered(self, ticket: Ticket) -> list[Visit]:
        return [visit for visit in await self._standing(ticket) if visit.state == "proposed"]

    async def propose(
        self, viewer: AsMember, ticket: Ticket, windows: Sequence[Window]
    ) -> list[Visit]:
        """Instead of what was agreed or offered before. One of several windows may be chosen.
        Raises `AlreadyEnded`, `InThePast`, `TooFarAhead`."""
        if ticket.status in ENDED:
            raise AlreadyEnded
        for begins, ends in windows:
            if ends <= self._work.now or begins <= self._work.now - LONG:
                raise InThePast
            if begins > self._work.now + FARTHEST:
                raise TooFarAhead
        await self._replace(ticket)
        made = [
            Visit(
                ticket_id=ticket.id,
                member_id=ticket.executor_id,
                begins_at=begins,
                ends_at=ends,
                state="proposed",
                proposed_at=self._work.now,
            )
            for begins, ends in windows
        ]
        self._work.session.add_all(made)
        await self._work.session.flush()
        for visit in made:
            self._note(viewer, ticket, "visit offered", visit)
        return made

    async def get(self, viewer: Viewer, visit_id: int) -> tuple[Visit, Ticket]:
        """Both locked. Raises `NotYours`."""
        visit = await self._work.session.get(Visit, visit_id)
        if visit is None:
            raise NotYours
        ticket = await self._work.tickets.get(viewer, visit.ticket_id, lock=True)
        await self._work.session.refresh(visit, with_for_update=True)
        return visit, ticket

    async def agree(self, viewer: Viewer, visit: Visit, ticket: Ticket) -> None:
        """By the resident, or by a member who spoke with them. Raises `AlreadySo`, `StaleButton`
        where another stands instead, `InThePast`, `AlreadyEnded`."""
        self._check_open(visit, ticket)
        await self._replace(ticket, but=visit.id)
        visit.state = "agreed"
        visit.answered_at = self._work.now
        self._note(viewer, ticket, "visit agreed", visit)
        if ticket.status == "waiting":
            await self._work.tickets.move(viewer, ticket, "in_progress")
        await self._work.session.flush()

    async def decline(self, viewer: AsResident, visit: Visit, ticket: Ticket) -> None:
        """«Другое время»: none of those offered; one that was agreed is off, too."""
        if visit.state not in ("proposed", "agreed"):
            raise StaleButton
        for other in await self._standing(ticket):
            if other.state == "proposed" or other.id == visit.id:
                other.state, other.answered_at = "declined", self._work.now
        self._note(viewer, ticket, "visit declined", visit)
        await self._work.session.flush()

    async def cancel(self, viewer: AsMember, ticket: Ticket) -> Visit:
        """Raises `NotFound` where none stands."""
        visit = await self.current(ticket)
        if visit is None or visit.state == "nobody_home":
            raise NotFound("visit")
        await self._replace(ticket)
        self._note(viewer, ticket, "visit off", visit)
        await self._work.session.flush()
        return visit

    async def nobody_home(self, viewer: AsMember, ticket: Ticket) -> list[Visit]:
        """Somebody came in vain: the next two windows are offered."""
        visit = await self.current(ticket)
        if visit is None or visit.state != "agreed":
            visit = Visit(
                ticket_id=ticket.id,
                member_id=ticket.executor_id,
                begins_at=self._work.now,
                ends_at=self._work.now,
                proposed_at=self._work.now,
                state="agreed",
            )
            self._work.session.add(visit)
        visit.answered_at = self._work.now
        await self._work.session.flush()
        offered = await self.propose(viewer, ticket, await self.next_windows())
        visit.state = "nobody_home"
        self._note(viewer, ticket, "nobody home", visit)
        await self._work.session.flush()
        return offered

    async def next_windows(self, most: int = 2) -> list[Window]:
        """The next ones within the company's hours, local moments."""
        company, local = self._work.company, await self._work.company.local(self._work.now)
        found: list[Window] = []
        for ahead in range(AHEAD):
            day = local.date() + timedelta(days=ahead)
            for clock in OFFERED:
                begins = datetime.combine(day, clock, tzinfo=local.tzinfo)
                if begins > local + NOT_BEFORE and await company.is_open(begins):
                    found.append((begins, begins + LONG))
        return found[:most]

    async def end(self, ticket: Ticket) -> None:
        """The request is over, and so is what was agreed on."""
        for visit in await self._standing(ticket):
            visit.state = "done" if visit.state != "proposed" else "replaced"
        await self._work.session.flush()

    async def come(self, ticket: Ticket) -> None:
        """Whoever is to do the request now is the one who comes."""
        for visit in await self._standing(ticket):
            if visit.state in ("proposed", "agreed"):
                visit.member_id = ticket.executor_id

    # ── Reminders ────────────────────────────────────────────────────────────

    async def find_tomorrow(self) -> list[int]:
        """Agreed for tomorrow before six in the evening, when it is past that."""
        local = await self._work.company.local(self._work.now)
        if local.time() < EVENING:
            return []
        evening = datetime.combine(local.date(), EVENING, tzinfo=local.tzinfo)
        tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=local.tzinfo)
        return await self._find(
            tomorrow, tomorrow + timedelta(days=1), agreed_before=evening, what="tomorrow"
        )

    async def find_soon(self) -> list[int]:
        """Within the hour; not what was agreed on only now."""
        now = self._work.now
        return await self._find(now, now + SOON, agreed_before=None, what="soon")

    async def claim(self, visit_id: int, what: str) -> Due | None:
        """Once each. None when another process did it, or it is agreed no more."""
        visit = await self._work.session.get(Visit, visit_id)
        if visit is None:
            return None
        ticket = await self._work.session.get(Ticket, visit.ticket_id)
        assert ticket is not None
        locked = select(Thread.id).where(Thread.id == ticket.thread_id)
        if await self._work.session.scalar(locked.with_for_update(skip_locked=True)) is None:
            return None
        await self._work.session.refresh(ticket, with_for_update=True)
        await self._work.session.refresh(visit)
        if visit.state != "agreed" or ticket.status in ENDED:
            return None
        said = await self._work.session.scalar(
            insert(SaidOnce)
            .values(key=key_of(visit.id, what), at=self._work.now)
            .on_conflict_do_nothing()
            .returning(SaidOnce.key)
        )
        if said is None:
            return None
        visit.reminded_at = self._work.now
        await self._work.session.flush()
        return Due(visit, ticket)

    async def _find(
        self, begin: datetime, end: datetime, *, agreed_before: datetime | None, what: str
    ) -> list[int]:
        rows = await self._work.session.execute(
            select(Visit.id, Visit.begins_at, Visit.answered_at).where(
                Visit.state == "agreed", Visit.begins_at > begin, Visit.begins_at <= end
            )
        )
        due = [row.id for row in rows if row.answered_at <= (agreed_before or row.begins_at - SOON)]
        keys = {key_of(visit_id, what): visit_id for visit_id in due}
        told = await self._work.session.scalars(
            select(SaidOnce.key).where(SaidOnce.key.in_(list(keys)))
        )
        for key in told:
            del keys[key]
        return list(keys.values())

    # ── Within ───────────────────────────────────────────────────────────────

    def _check_open(self, visit: Visit, ticket: Ticket) -> None:
        if ticket.status in ENDED:
            raise AlreadyEnded
        if visit.state == "agreed":
            raise AlreadySo
        if visit.state != "proposed":
            raise StaleButton
        if visit.ends_at <= self._work.now:
            raise InThePast

    async def _standing(self, ticket: Ticket) -> list[Visit]:
        rows = await self._work.session.scalars(
            select(Visit)
            .where(
                Visit.ticket_id == ticket.id,
                Visit.state.in_(("proposed", "agreed", "nobody_home")),
            )
            .order_by(desc(Visit.id))
        )
        return list(rows)

    async def _replace(self, ticket: Ticket, *, but: int | None = None) -> None:
        for visit in await self._standing(ticket):
            if visit.id != but:
                visit.state = "replaced"
        await self._work.session.flush()

    def _note(self, viewer: Viewer, ticket: Ticket, what: str, visit: Visit) -> None:
        member_id = None if isinstance(viewer, AsResident) else viewer.member_id
        window = f"{visit.begins_at.isoformat()}/{visit.ends_at.isoformat()}"
        self._work.tickets.note(ticket, what, None, window, member_id=member_id)
        self._work.audit.note(viewer.name, what, f"ticket:{ticket.number}", visit=visit.id)
        self._work.ring(f"thread:{ticket.thread_id}")


def key_of(visit_id: int, what: str) -> str:
    return f"visit {visit_id} {what}"
