"""Limits against abuse: how many requests a day, how many alike, how many messages a minute.
Emergencies count against none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from services.access import AsResident
from services.errors import TooManyAlike, TooManyToday
from services.tables import Resident, Thread, Ticket
from services.tickets import ENDED

if TYPE_CHECKING:
    from services.work import Work

DAY = timedelta(days=1)
TICKETS_A_DAY = 10
ALIKE = 2
FLOOD = 20  # messages within `MINUTE`; the one after it is folded
MINUTE = timedelta(minutes=1)  # of silence as well, after which each is answered again

# Counts one more message, as a part of what opens a dialogue. The array holds the last moments, at
# most FLOOD.
HEAR = """
    INSERT INTO paces AS p (resident_id, heard)
    VALUES (:resident, ARRAY[CAST(:now AS timestamptz)])
    ON CONFLICT (resident_id) DO UPDATE SET
      heard = (p.heard || excluded.heard)
              [greatest(cardinality(p.heard) + 2 - CAST(:most AS integer), 1):],
      folding_since = CASE
        WHEN p.folding_since IS NOT NULL AND p.heard[cardinality(p.heard)] > :since
          THEN p.folding_since
        WHEN p.heard[cardinality(p.heard) + 1 - CAST(:most AS integer)] > :since
          THEN CAST(:now AS timestamptz)
      END
    RETURNING folding_since
"""


@dataclass(frozen=True)
class Pace:
    """`folding`: so many messages that they are not answered one by one; `began`: since this."""

    folding: bool
    began: bool

    @classmethod
    def since(cls, moment: datetime | None, now: datetime) -> Pace:
        return cls(folding=moment is not None, began=moment == now)


class Limits:
    def __init__(self, work: Work) -> None:
        self._work = work

    def measures(self) -> dict[str, Any]:
        """What `HEAR` is to be given beside the resident and the moment."""
        return {"since": self._work.now - MINUTE, "most": FLOOD}

    async def check(
        self, viewer: AsResident, *, category: str, what: str, house_id: int, home_id: int | None
    ) -> None:
        """Whether the resident may file one more ordinary request; those that file from two
        messengers at once do it one after the other. Raises `TooManyAlike` with those there are,
        or `TooManyToday`."""
        await self._work.session.execute(
            select(Resident.id)
            .where(Resident.id == viewer.resident_id)
            .with_for_update(key_share=True)
        )
        since = self._work.now - DAY
        ordinary = (Ticket.resident_id == viewer.resident_id, Ticket.emergency.is_(False))
        alike = await self._work.session.scalars(
            select(Ticket)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(
                *ordinary,
                Ticket.category == category,
                Ticket.what == what,
                Ticket.house_id == house_id,
                Thread.home_id.is_(None) if home_id is None else Thread.home_id == home_id,
                or_(Ticket.status.not_in(ENDED), Ticket.created_at > since),
            )
            .order_by(Ticket.id)
        )
        if len(found := list(alike)) >= ALIKE:
            raise TooManyAlike(*found)
        today = await self._work.session.scalar(
            select(func.count()).select_from(Ticket).where(*ordinary, Ticket.created_at > since)
        )
        if (today or 0) >= TICKETS_A_DAY:
            raise TooManyToday
