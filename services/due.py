"""What the clock brings: tickets whose resident is silent, tickets that close by themselves.

`find` lists what is due, `claim` locks one of it in the transaction that does the work. What
another process holds, or has done meanwhile, is not claimed: nothing happens twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, select

from services.bans import holding
from services.closing import OVER_AFTER
from services.messaging.types import PHONE
from services.tables import Contact, Message, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

SILENT_AFTER = timedelta(days=3)
AT_MOST = 200  # items a round; the rest waits for the next


class Due:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_silent(self) -> list[int]:
        """Tickets that wait for an answer of their resident, who said nothing in three days and
        was not asked yet. Whoever is banned or cannot be reached is asked once they can answer."""
        return await self._find(self._silent())

    async def claim_silent(self, ticket_id: int) -> Ticket | None:
        ticket = await self._claim(ticket_id, self._silent())
        if ticket is not None:
            ticket.asked_at = self._work.now
            self._work.tickets.note(ticket, "asked", None, None)
            await self._work.session.flush()
        return ticket

    async def find_unrated(self) -> list[int]:
        """Done seven days ago, and neither rated nor reopened. No other status ever closes."""
        return await self._find(self._unrated())

    async def claim_unrated(self, ticket_id: int) -> Ticket | None:
        ticket = await self._claim(ticket_id, self._unrated())
        if ticket is not None:
            ticket.closed_for_good_at = self._work.now
            self._work.tickets.note(ticket, "closed", "done", "done")
            self._work.audit.note("system", "closed for good", f"ticket:{ticket.number}")
            await self._work.session.flush()
        return ticket

    def _silent(self) -> Sequence[ColumnElement[bool]]:
        since = self._work.now - SILENT_AFTER
        spoke = exists().where(
            Message.thread_id == Ticket.thread_id, Message.by == "resident", Message.at > since
        )
        banned = exists().where(*holding(Ticket.resident_id, self._work.now))
        reachable = exists().where(
            Contact.resident_id == Ticket.resident_id,
            Contact.unreachable_since.is_(None),
            Contact.channel != PHONE,  # no machine calls
        )
        return (
            and_(
                Ticket.status == "waiting",
                Ticket.asked_at.is_(None),
                Ticket.waiting_since <= since,
            ),
            ~spoke,
            ~banned,
            reachable,
        )

    def _unrated(self) -> Sequence[ColumnElement[bool]]:
        return (
            and_(
                Ticket.status == "done",
                Ticket.rating.is_(None),
                Ticket.closed_for_good_at.is_(None),
                Ticket.closed_at <= self._work.now - OVER_AFTER,
            ),
        )

    async def _find(self, which: Sequence[ColumnElement[bool]]) -> list[int]:
        rows = await self._work.session.scalars(self._select(which).limit(AT_MOST))
        return list(rows)

    async def _claim(self, ticket_id: int, which: Sequence[ColumnElement[bool]]) -> Ticket | None:
        """Thread, then ticket: rows are locked in that order everywhere. What was found is looked
        at once more under the lock."""
        find = self._select(which).where(Ticket.id == ticket_id)
        locked = find.with_for_update(of=Thread, skip_locked=True)
        if await self._work.session.scalar(locked) is None:
            return None
        return await self._work.session.scalar(
            select(Ticket)
            .where(Ticket.id == ticket_id, Ticket.id.in_(find))
            .with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )

    def _select(self, which: Sequence[ColumnElement[bool]]) -> Select[Any]:
        return (
            select(Ticket.id)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(*which)
            .order_by(Ticket.id)
        )
