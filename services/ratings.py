"""Ratings: what residents think of the work done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import desc, select

from services.access import AsResident
from services.errors import AlreadySo, NotDone, NotYours
from services.tables import Rating, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

STARS = range(1, 6)
LOW = 2  # stars with which «Не решено» is offered again
TYPED_WITHIN = timedelta(days=1)  # after the question a bare figure is an answer to it


class Ratings:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def rate(self, viewer: AsResident, ticket_id: int, stars: int) -> tuple[Rating, Ticket]:
        """Adds a rating to the resident's own ticket, which is done. The one before stays in the
        journal. Raises `NotYours`; `AlreadySo` when the latest says the same; `NotDone`."""
        ticket = await self._work.tickets.get(viewer, ticket_id, lock=True)
        if stars not in STARS:
            raise NotYours
        if ticket.status != "done":
            raise NotDone
        if ticket.rating == stars:
            raise AlreadySo
        rating = Rating(ticket_id=ticket.id, stars=stars, comment="", at=self._work.now)
        self._work.session.add(rating)
        before = None if ticket.rating is None else str(ticket.rating)
        self._work.tickets.note(ticket, "rated", before, str(stars))
        ticket.rating = stars
        self._work.audit.note(viewer.name, "rated", f"ticket:{ticket.number}", stars=stars)
        await self._work.session.flush()
        return rating, ticket

    async def comment(self, viewer: AsResident, rating_id: int, words: str) -> Ticket:
        """Puts words to a rating of one's own. Raises `NotYours`."""
        rating = await self.get(viewer, rating_id)
        rating.comment = words
        await self._work.session.flush()
        return await self._work.tickets.get(viewer, rating.ticket_id)

    async def get(self, viewer: AsResident, rating_id: int) -> Rating:
        """Raises `NotYours`."""
        rating = await self._work.session.get(Rating, rating_id)
        if rating is None:
            raise NotYours
        await self._work.tickets.get(viewer, rating.ticket_id)
        return rating

    async def of_ticket(self, ticket: Ticket) -> list[Rating]:
        """Every rating, the latest last."""
        rows = await self._work.session.scalars(
            select(Rating).where(Rating.ticket_id == ticket.id).order_by(Rating.id)
        )
        return list(rows)

    async def awaited(self, viewer: AsResident) -> Ticket | None:
        """The ticket that the resident was asked to rate a moment ago, if nobody has said a word
        in its thread since: a bare figure can only be the answer."""
        return await self._work.session.scalar(
            select(Ticket)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(
                Ticket.resident_id == viewer.resident_id,
                Ticket.status == "done",
                Ticket.rating.is_(None),
                Ticket.closed_at > self._work.now - TYPED_WITHIN,
                Thread.last_at <= Ticket.closed_at,
            )
            .order_by(desc(Ticket.closed_at))
            .limit(1)
        )
