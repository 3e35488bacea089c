"""The dispatch journal: every request of a period by number, as Government Decree 416 (p. 13) wants
it shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from services.access import AsMember, threads_of
from services.errors import NotYours
from services.tables import Entrance, Member, Message, Thread, Ticket, TicketEvent
from services.tables import Organisation as OrganisationRow

if TYPE_CHECKING:
    from services.work import Work

AT_ONCE = 1000
PHOTO = [{"kind": "photo"}]


@dataclass(frozen=True)
class Period:
    """From `since` until just before `until`; of one house, or of all of the member's."""

    since: datetime
    until: datetime
    house_id: int | None = None


@dataclass(frozen=True)
class Entry:
    """`accepted_by`: who filed it, else who was the first to do something about it. `done_by`:
    the executor or the organisation, else who closed it. `photo`: a member sent one."""

    number: int
    created_at: datetime
    source: str
    accepted_by: str
    place: str
    entrance: str
    what: str
    text: str
    emergency: bool
    done_by: str
    due_at: datetime
    status: str
    closed_at: datetime | None
    photo: bool


class Journal:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def count(self, viewer: AsMember, period: Period) -> int:
        find = (
            select(func.count())
            .select_from(Ticket)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(*self._within(viewer, period))
        )
        return await self._work.session.scalar(find) or 0

    async def entries(self, viewer: AsMember, period: Period) -> AsyncIterator[list[Entry]]:
        """In order, so many at once: a year of a large company does not fit into memory. Raises
        `NotYours` for a house of other rooms."""
        if period.house_id is not None:
            await self._check(viewer, period.house_id)
        result = await self._work.session.stream(
            self._select(viewer, period), execution_options={"yield_per": AT_ONCE}
        )
        async for rows in result.partitions():
            yield [Entry(*row) for row in rows]

    async def _check(self, viewer: AsMember, house_id: int) -> None:
        house = await self._work.places.house(house_id)
        if house is None:
            raise NotYours
        room = await self._work.rooms.of_complex(house.complex_id)
        if not viewer.works_in(room):
            raise NotYours

    def _within(self, viewer: AsMember, period: Period) -> list[ColumnElement[bool]]:
        where = [
            threads_of(viewer),
            Ticket.created_at >= period.since,
            Ticket.created_at < period.until,
        ]
        if period.house_id is not None:
            where.append(Ticket.house_id == period.house_id)
        return where

    def _select(self, viewer: AsMember, period: Period) -> Select[*tuple[Any, ...]]:
        filer, executor = aliased(Member), aliased(Member)

        def who(newest: bool) -> ColumnElement[str | None]:
            """Of the journal's lines that a member caused."""
            order = TicketEvent.id.desc() if newest else TicketEvent.id.asc()
            return (
                select(Member.name)
                .join(TicketEvent, TicketEvent.member_id == Member.id)
                .where(TicketEvent.ticket_id == Ticket.id)
                .where(TicketEvent.what.in_(("status", "reopened")))
                .order_by(order)
                .limit(1)
                .scalar_subquery()
            )

        photo = (
            select(Message.id)
            .where(
                Message.thread_id == Ticket.thread_id,
                Message.by == "member",
                Message.attachments.contains(PHOTO),
                Message.withdrawn_at.is_(None),
            )
            .exists()
        )
        return (
            select(
                Ticket.number,
                Ticket.created_at,
                Ticket.source,
                func.coalesce(filer.name, who(newest=False), ""),
                Ticket.place,
                func.coalesce(Entrance.number, ""),
                Ticket.what,
                Ticket.text,
                Ticket.emergency,
                func.coalesce(
                    executor.name,
                    OrganisationRow.content["title"].astext,
                    who(newest=True),
                    "",
                ),
                Ticket.due_at,
                Ticket.status,
                Ticket.closed_at,
                photo,
            )
            .join(Thread, Ticket.thread_id == Thread.id)
            .outerjoin(filer, filer.id == Ticket.filed_by)
            .outerjoin(executor, executor.id == Ticket.executor_id)
            .outerjoin(Entrance, Entrance.id == Ticket.entrance_id)
            .outerjoin(OrganisationRow, OrganisationRow.key == Ticket.organisation)
            .where(*self._within(viewer, period))
            .order_by(Ticket.number)
        )
