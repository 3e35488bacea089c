"""How the places of an outage are called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handlers import outage_texts as words
from handlers import wording
from services.tables import Outage, OutagePlace
from services.work import Work

Name = Callable[[Work, Sequence[OutagePlace]], Awaitable[list[str]]]


async def name_places(work: Work, outage: Outage, name: Name | None = None) -> list[str]:
    """A line a house: «ул. Садовая, 5: подъезд 2, стояк 3»; a whole complex by its name. `name`:
    another way to call parts of a house."""
    places = await work.outages.places(outage)
    by_house: dict[int, list[OutagePlace]] = {}
    for place in places:
        by_house.setdefault(place.house_id, []).append(place)
    lines, told = [], set[int]()
    for complex_ in await work.places.complexes():
        houses = [house.id for house in await work.places.houses(complex_.id)]
        whole = [h for h in houses if any(is_whole(place) for place in by_house.get(h, []))]
        if len(houses) > 1 and whole == houses:
            lines.append(f"{complex_.name}, все дома")
            told |= set(houses)
    for house_id, parts in by_house.items():
        if house_id in told:
            continue
        house = await work.places.house(house_id)
        assert house is not None
        named = (
            [] if any(is_whole(part) for part in parts) else await (name or name_parts)(work, parts)
        )
        lines.append(f"{house.address}: {'; '.join(named)}" if named else house.address)
    return lines


def is_whole(place: OutagePlace) -> bool:
    narrowed = (place.entrance_id, place.riser, place.floor_from, place.flat_id)
    return all(each is None for each in narrowed)


async def name_parts(work: Work, parts: Sequence[OutagePlace]) -> list[str]:
    told, flats = [], []
    for part in parts:
        if part.flat_id is not None:
            flat = await work.places.flat(part.flat_id)
            flats.append(flat.number if flat else "")
            continue
        one = []
        if part.entrance_id is not None:
            entrance = await work.places.entrance(part.entrance_id)
            one.append(f"подъезд {entrance.number if entrance else ''}")
        if part.riser is not None:
            one.append(f"стояк {part.riser}")
        if part.floor_from is not None:
            same = part.floor_from == part.floor_to
            floors = f"этаж {part.floor_from}" if same else ""
            one.append(floors or f"этажи {part.floor_from}–{part.floor_to}")
        told.append(", ".join(one))
    if flats:
        drawn = words.ranges(flats)
        told.append(wording.name_number(drawn))
    return told
