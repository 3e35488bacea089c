"""Whom an outage concerns, chosen and counted by the database alone: one person, however many flats
they have, at the messenger that reaches them."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from services.messaging.types import PHONE
from services.notices import REACHED
from services.wishes import wants

if TYPE_CHECKING:
    from services.work import Work

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# A flat of which neither riser nor floor is known is told rather than left out; a parking place,
# which has none, is not.
FITS = """
    (p.flat_id IS NULL OR f.id = p.flat_id)
    AND (p.riser IS NULL OR f.riser = p.riser
         OR (f.riser IS NULL AND coalesce(f.kind, 'flat') = 'flat'))
    AND (p.floor_from IS NULL OR f.floor BETWEEN p.floor_from AND p.floor_to
         OR (f.floor IS NULL AND coalesce(f.kind, 'flat') = 'flat'))
"""
OF_PLACES = f"""
    SELECT DISTINCT h.resident_id, h.flat_id FROM outage_places p
    JOIN homes h ON h.house_id = p.house_id AND h.until IS NULL
    LEFT JOIN flats f ON f.id = h.flat_id
    WHERE p.outage_id = :outage AND {FITS}
      AND (p.entrance_id IS NULL
           OR coalesce(h.entrance_id, f.entrance_id, p.entrance_id) = p.entrance_id)
"""
TOLD = """  -- those to whom earlier notices of it went; `dropped_too`: or were to go
    SELECT DISTINCT c.resident_id FROM notices n
    JOIN outbox o ON o.notice_id = n.id
    JOIN contacts c ON c.id = o.contact_id
    WHERE n.outage_id = :outage AND n.id <> :notice
      AND (:dropped_too
           OR NOT (o.state = 'dropped' OR o.state = 'parked' AND n.state = 'stopped'))
"""
PEOPLE_OF_PLACES = f"SELECT DISTINCT resident_id FROM ({OF_PLACES}) homes_there"
WANT_REMINDERS = f"{PEOPLE_OF_PLACES} WHERE {wants('reminders', 'homes_there.resident_id')}"

COUNT = text(
    f"""
    WITH people AS ({PEOPLE_OF_PLACES}), reached AS ({REACHED})
    SELECT channel, count(*) FROM reached GROUP BY channel ORDER BY count(*) DESC, channel
    """
)
FLATS = f"""
    SELECT h.address, f.number, EXISTS (
        SELECT 1 FROM homes JOIN contacts c ON c.resident_id = homes.resident_id
        WHERE homes.flat_id = f.id AND homes.until IS NULL
          AND c.unreachable_since IS NULL AND c.channel <> :phone) AS covered
    FROM flats f JOIN houses h ON h.id = f.house_id
    WHERE f.kind = 'flat' AND f.withdrawn_at IS NULL AND EXISTS (
        SELECT 1 FROM outage_places p
        WHERE p.outage_id = :outage AND p.house_id = f.house_id AND {FITS}
          AND (p.entrance_id IS NULL OR coalesce(f.entrance_id, p.entrance_id) = p.entrance_id))
"""
COUNT_FLATS = text(f"SELECT count(*), count(*) FILTER (WHERE covered) FROM ({FLATS}) flats_there")


@dataclass(frozen=True)
class Reach:
    """Flats alone, without parking places and the like; `missed` are those in which nobody can be
    told: address and number."""

    people: dict[str, int]
    flats: int
    missed: tuple[tuple[str, str], ...]

    @property
    def everybody(self) -> int:
        return sum(self.people.values())


class Audience:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def measure(self, outage_id: int) -> Reach:
        """Who would be told now, by messenger, and which flats would not."""
        session, named = self._work.session, {"outage": outage_id, "phone": PHONE}
        people = {row[0]: int(row[1]) for row in await session.execute(COUNT, named)}
        flats = [tuple(row) for row in await session.execute(text(FLATS), named)]
        missed = tuple((address, number) for address, number, covered in flats if not covered)
        return Reach(people, len(flats), missed)

    async def count_flats(self, outage_id: int) -> tuple[int, int]:
        """Flats it is for, and those of them in which somebody can be told now."""
        named = {"outage": outage_id, "phone": PHONE}
        flats, covered = (await self._work.session.execute(COUNT_FLATS, named)).one()
        return flats, covered

    async def fits(self, outage_id: int, resident_id: int) -> bool:
        """Whether one of this person's homes is in a place of the outage."""
        found = await self._work.session.scalar(
            text(f"SELECT 1 FROM ({OF_PLACES}) there WHERE resident_id = :resident LIMIT 1"),
            {"outage": outage_id, "resident": resident_id},
        )
        return found is not None

    async def fitting(
        self, resident_id: int, states: Sequence[str], ended_after: datetime = LONG_AGO
    ) -> list[int]:
        """The outages in these states that concern one of this person's homes, earliest first."""
        found = await self._work.session.scalars(
            text(
                f"""
                SELECT o.id FROM outages o WHERE o.state = ANY(CAST(:states AS text[]))
                  AND (o.ended_at IS NULL OR o.ended_at > :ended_after) AND EXISTS (
                    SELECT 1 FROM ({OF_PLACES.replace(":outage", "o.id")}) there
                    WHERE there.resident_id = :resident)
                ORDER BY o.since, o.id
                """
            ),
            {"states": list(states), "resident": resident_id, "ended_after": ended_after},
        )
        return list(found)
