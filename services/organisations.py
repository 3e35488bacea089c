"""Organisations that do some of the work instead of us: who they are, what was passed on to them,
when to ask whether they came."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.access import AsMember, AsResident
from services.company.declaration import Organisation
from services.errors import AlreadyEnded, AlreadySo, NotFound
from services.tables import Organisation as OrganisationRow
from services.tables import Thread, Ticket, TicketEvent

if TYPE_CHECKING:
    from services.work import Work

AT_MOST = 200


class Organisations:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def every(self) -> list[Organisation]:
        rows = await self._work.session.scalars(
            select(OrganisationRow)
            .where(OrganisationRow.withdrawn_at.is_(None))
            .order_by(OrganisationRow.position)
        )
        return [Organisation.model_validate(row.content) for row in rows]

    async def of(self, ticket: Ticket) -> Organisation | None:
        """Who does it instead of us, also when the company has parted with them since."""
        if not ticket.organisation:
            return None
        row = await self._work.session.scalar(
            select(OrganisationRow).where(OrganisationRow.key == ticket.organisation)
        )
        return Organisation.model_validate(row.content) if row else None

    async def pass_on(
        self, viewer: AsMember | AsResident | None, ticket: Ticket, code: str
    ) -> None:
        """A locked or fresh ticket. Raises `NotFound`, `AlreadySo`, `AlreadyEnded`."""
        named = next((each for each in await self.every() if each.code == code), None)
        if named is None:
            raise NotFound(f"organisation {code}")
        if ticket.organisation == code:
            raise AlreadySo
        if ticket.closed_at is not None:
            raise AlreadyEnded
        before = ticket.organisation or None
        ticket.organisation = code
        ticket.remind_at = self._work.now + timedelta(hours=named.remind_hours)
        await self._note(viewer, ticket, before, code)

    async def pass_on_at_once(self, ticket: Ticket, code: str) -> None:
        """With the filing. An organisation the company has parted with leaves it to us."""
        with suppress(NotFound):
            await self.pass_on(None, ticket, code)

    async def take_back(self, viewer: AsMember, ticket: Ticket) -> None:
        """It is ours again. Raises `AlreadySo`."""
        if not ticket.organisation:
            raise AlreadySo
        before, ticket.organisation, ticket.remind_at = ticket.organisation, "", None
        await self._note(viewer, ticket, before, None)

    async def _note(
        self,
        viewer: AsMember | AsResident | None,
        ticket: Ticket,
        before: str | None,
        after: str | None,
    ) -> None:
        member_id = viewer.member_id if isinstance(viewer, AsMember) else None
        self._work.tickets.note(ticket, "passed", before, after, member_id=member_id)
        self._work.audit.note(
            viewer.name if viewer else "system", "passed on", f"ticket:{ticket.number}",
            organisation=after or "",
        )  # fmt: skip
        await self._work.session.flush()
        self._work.ring(f"thread:{ticket.thread_id}")

    # Asking back.

    async def passed_at(self, ticket: Ticket) -> datetime:
        moment = await self._work.session.scalar(
            select(func.max(TicketEvent.at)).where(
                TicketEvent.ticket_id == ticket.id, TicketEvent.what == "passed"
            )
        )
        return moment or ticket.created_at

    async def remind_at(self, viewer: AsMember, ticket: Ticket, moment: datetime) -> None:
        """Raises `AlreadySo` when it is ours again, `AlreadyEnded`."""
        if not ticket.organisation:
            raise AlreadySo
        if ticket.closed_at is not None:
            raise AlreadyEnded
        ticket.remind_at = moment.astimezone(UTC)
        self._work.audit.note(viewer.name, "reminds later", f"ticket:{ticket.number}")
        await self._work.session.flush()

    async def find_due(self) -> list[int]:
        rows = await self._work.session.scalars(
            select(Ticket.id)
            .where(Ticket.closed_at.is_(None), Ticket.remind_at <= self._work.now)
            .order_by(Ticket.remind_at)
            .limit(AT_MOST)
        )
        return list(rows)

    async def claim_due(self, ticket_id: int) -> Ticket | None:
        """Asked once, and again when the organisation's time is over once more."""
        thread_id = await self._work.session.scalar(
            select(Thread.id)
            .join(Ticket, Ticket.thread_id == Thread.id)
            .where(Ticket.id == ticket_id)
            .with_for_update(of=Thread, skip_locked=True)
        )
        if thread_id is None:
            return None
        ticket = await self._work.session.scalar(
            select(Ticket)
            .where(
                Ticket.id == ticket_id,
                Ticket.closed_at.is_(None),
                Ticket.remind_at <= self._work.now,
            )
            .with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )
        if ticket is None:
            return None
        named = await self.of(ticket)
        hours = named.remind_hours if named else 24
        ticket.remind_at = self._work.now + timedelta(hours=hours)
        await self._work.session.flush()
        return ticket
