"""Complexes, houses, entrances and flats: what the company serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.access import AsMember
from services.company.flats import normalize_number
from services.tables import Complex, Entrance, Flat, House, Room

if TYPE_CHECKING:
    from services.work import Work


@dataclass(frozen=True)
class Found:
    """What a deep-link code means, from the complex down to what it names."""

    complex: Complex
    house: House | None = None
    entrance: Entrance | None = None


class Places:
    """Complexes and houses are read once a transaction: a form asks for them again and again."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._complexes: list[Complex] | None = None
        self._houses: dict[int, list[House]] = {}

    async def complexes(self) -> list[Complex]:
        if self._complexes is None:
            rows = await self._work.session.scalars(
                select(Complex).where(Complex.withdrawn_at.is_(None)).order_by(Complex.position)
            )
            self._complexes = list(rows)
        return self._complexes

    async def complex(self, complex_id: int) -> Complex | None:
        return await self._work.session.get(Complex, complex_id)

    async def houses(self, complex_id: int) -> list[House]:
        if complex_id not in self._houses:
            rows = await self._work.session.scalars(
                select(House)
                .where(House.complex_id == complex_id, House.withdrawn_at.is_(None))
                .order_by(House.position)
            )
            self._houses[complex_id] = list(rows)
        return self._houses[complex_id]

    async def houses_of(self, viewer: AsMember) -> list[House]:
        """Of the rooms this member works in."""
        rows = await self._work.session.execute(
            select(House, Room)
            .join(Complex, House.complex_id == Complex.id)
            .join(Room, Complex.room_id == Room.id)
            .where(House.withdrawn_at.is_(None), Complex.withdrawn_at.is_(None))
            .order_by(Complex.position, House.position)
        )
        return [house for house, room in rows if viewer.works_in(room)]

    async def house(self, house_id: int) -> House | None:
        return await self._work.session.get(House, house_id)

    async def entrances(self, house_id: int) -> list[Entrance]:
        rows = await self._work.session.scalars(
            select(Entrance)
            .where(Entrance.house_id == house_id, Entrance.withdrawn_at.is_(None))
            .order_by(Entrance.id)
        )
        return list(rows)

    async def entrance(self, entrance_id: int) -> Entrance | None:
        return await self._work.session.get(Entrance, entrance_id)

    async def find_by_code(self, code: str) -> Found | None:
        """The complex, house or entrance of a deep link."""
        code = code.strip().lower()
        session = self._work.session
        entrance = await session.scalar(
            select(Entrance).where(Entrance.code == code, Entrance.withdrawn_at.is_(None))
        )
        house = (
            await session.get(House, entrance.house_id)
            if entrance
            else await session.scalar(
                select(House).where(House.code == code, House.withdrawn_at.is_(None))
            )
        )
        place = (
            await session.get(Complex, house.complex_id)
            if house
            else await session.scalar(
                select(Complex).where(Complex.code == code, Complex.withdrawn_at.is_(None))
            )
        )
        return Found(place, house, entrance) if place else None

    async def find_flats(self, house_id: int, typed: str) -> list[Flat]:
        """What the typed number can mean in a house: a flat, a parking place, a storeroom. A
        flat comes first."""
        rows = await self._work.session.scalars(
            select(Flat).where(
                Flat.house_id == house_id,
                Flat.number_key == normalize_number(typed),
                Flat.withdrawn_at.is_(None),
            )
        )
        return sorted(rows, key=lambda flat: (flat.kind != "flat", flat.kind))

    async def lists_flats(self, house_id: int) -> bool:
        """Whether the company's file says anything of the house's numbers."""
        found = await self._work.session.scalar(
            select(Flat.id).where(Flat.house_id == house_id, Flat.withdrawn_at.is_(None)).limit(1)
        )
        return found is not None

    async def risers(self, house_id: int) -> set[str]:
        """As the company's file calls them; none where it does not say."""
        rows = await self._work.session.scalars(
            select(Flat.riser)
            .where(Flat.house_id == house_id, Flat.riser.is_not(None), Flat.withdrawn_at.is_(None))
            .distinct()
        )
        return {riser for riser in rows if riser is not None}

    async def flat(self, flat_id: int) -> Flat | None:
        return await self._work.session.get(Flat, flat_id)
