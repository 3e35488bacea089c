"""How residents came to us: the code of the link or poster that brought each, and how many flats of
each house we can write to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import text

from services.access import AsMember
from services.errors import NotYours
from services.messaging.types import PHONE
from services.tables import Contact

if TYPE_CHECKING:
    from services.work import Work

MAY_SEE = ("manager", "admin")
ENOUGH = 0.3  # of a house's flats; below, it still needs its chat

FLATS = text(
    """
    SELECT f.house_id, count(*), count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM homes JOIN contacts c ON c.resident_id = homes.resident_id
        WHERE homes.flat_id = f.id AND homes.until IS NULL
          AND c.unreachable_since IS NULL AND c.channel <> :phone))
    FROM flats f
    WHERE f.house_id = ANY(:houses) AND f.kind = 'flat' AND f.withdrawn_at IS NULL
    GROUP BY f.house_id
    """
)
BROUGHT = text(
    """
    SELECT homes.house_id, c.came_by, count(DISTINCT homes.flat_id)
    FROM homes JOIN contacts c ON c.resident_id = homes.resident_id
    JOIN flats f ON f.id = homes.flat_id
    WHERE homes.house_id = ANY(:houses) AND homes.until IS NULL AND c.came_by <> ''
      AND f.kind = 'flat' AND f.withdrawn_at IS NULL
    GROUP BY homes.house_id, c.came_by
    """
)


@dataclass(frozen=True)
class Reached:
    """Of a house: its flats, those of which somebody can be written to, and how many flats each
    code has brought."""

    house_id: int
    address: str
    code: str
    flats: int = 0
    covered: int = 0
    brought: dict[str, int] = field(default_factory=dict)

    @property
    def enough(self) -> bool:
        return self.covered >= self.flats * ENOUGH


class Arrivals:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def note(self, contact: Contact, payload: str) -> None:
        """After consent. Once a contact, at the first code that is one of ours, and only before
        they are known to us: what somebody presses later has brought nobody."""
        if contact.came_by or not payload:
            return
        resident = await self._work.people.resident(contact.resident_id)
        if resident.registered_at is not None:
            return
        found = await self._work.places.find_by_code(payload)
        if found is None:
            return
        named = found.entrance or found.house or found.complex
        contact.came_by = named.code

    async def by_house(self, viewer: AsMember) -> list[Reached]:
        """Of the houses that the viewer works for, in the company's order. Raises `NotYours`."""
        if viewer.role not in MAY_SEE:
            raise NotYours
        houses = await self._work.places.houses_of(viewer)
        ids = [house.id for house in houses]
        named = {"houses": ids, "phone": PHONE}
        rows = await self._work.session.execute(FLATS, named)
        flats = {house_id: (every, covered) for house_id, every, covered in rows}
        brought: dict[int, dict[str, int]] = {}
        for house_id, code, count in await self._work.session.execute(BROUGHT, {"houses": ids}):
            brought.setdefault(house_id, {})[code] = count
        found = []
        for house in houses:
            every, covered = flats.get(house.id, (0, 0))
            by_code = brought.get(house.id, {})
            found.append(Reached(house.id, house.address, house.code, every, covered, by_code))
        return found
