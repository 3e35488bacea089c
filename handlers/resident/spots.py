"""Where a danger is, as far as words, a form, the person's homes or a deep link tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers import wording
from handlers.dialogue.turn import Turn
from services.people import Place
from services.tables import Alarm, House, Thread
from services.tickets import Where
from services.understanding.saying.addresses import find_address

WHOLE_HOUSE = frozenset({"lift", "falling", "blackout"})  # a flat is not asked for


@dataclass(frozen=True)
class Spot:
    """`where` None: nobody knows. `exact`: nothing is left to ask. `homes`: it may be any of
    these. `likely`: whose room hears of it meanwhile."""

    where: Where | None = None
    home_id: int | None = None
    exact: bool = False
    homes: tuple[Place, ...] = ()
    likely: Place | None = None
    complex_id: int | None = None


async def find_spot(turn: Turn, words: str, kind: str) -> Spot:
    """What was said just now counts most; then what a form has heard, then where they live."""
    homes = await turn.work.people.places(turn.viewer)
    spot = await in_words(turn, words, homes) or await in_form(turn, homes)
    if spot is None and len(homes) == 1:
        spot = at_home(homes[0])
    if spot is None and homes:
        last = await turn.work.people.home_of_last_time(turn.viewer)
        likely = next((place for place in homes if place.home_id == last), homes[-1])
        return Spot(homes=tuple(homes), likely=likely, complex_id=likely.complex_id)
    spot = spot or await in_link(turn) or Spot()
    if spot.where is not None and kind in WHOLE_HOUSE:
        return Spot(spot.where, spot.home_id, exact=True, complex_id=spot.complex_id)
    return spot


async def find_in(turn: Turn, house: House, words: str, kind: str) -> Spot:
    """In a house that was named of the danger: what these words add to it. Where the person lives
    and what a form has heard are other places."""
    homes = await turn.work.people.places(turn.viewer)
    spot = await in_words(turn, f"{house.address} {words}", homes)
    if spot is None or spot.where is None or spot.where.house_id != house.id:
        spot = in_house(house)
    return Spot(
        spot.where,
        spot.home_id,
        exact=spot.exact or kind in WHOLE_HOUSE,
        complex_id=spot.complex_id,
    )


def at_home(place: Place) -> Spot:
    where = Where.of(place, wording.name_place(place))
    return Spot(where, place.home_id, exact=True, complex_id=place.complex_id)


async def in_words(turn: Turn, words: str, homes: list[Place]) -> Spot | None:
    """«Садовая 5, кв 12»; a house alone is the home in it, if there is one."""
    places = turn.work.places
    houses = [h for c in await places.complexes() for h in await places.houses(c.id)]
    found = find_address(words, houses)
    if len(found.houses) != 1:
        return None
    house = found.houses[0]
    if not found.flat:
        here = [place for place in homes if place.house_id == house.id]
        return at_home(here[0]) if len(here) == 1 else in_house(house)
    return await in_flat(turn, house, found.flat)


async def in_flat(turn: Turn, house: House, number: str) -> Spot:
    """The number at the door, in the company's list or not."""
    flats = await turn.work.places.find_flats(house.id, number)
    flat = flats[0] if flats else None
    label = f"{house.address}, {wording.name_number(flat.number if flat else number)}"
    entrance_id = flat.entrance_id if flat else None
    where = Where(house.complex_id, house.id, entrance_id, flat.id if flat else None, label)
    return Spot(where, exact=True, complex_id=house.complex_id)


def in_house(house: House, entrance_id: int | None = None, label: str = "") -> Spot:
    where = Where(house.complex_id, house.id, entrance_id, None, label or house.address)
    return Spot(where, complex_id=house.complex_id)


async def in_form(turn: Turn, homes: list[Place]) -> Spot | None:
    """What was answered so far: a request's home or house, a new resident's flat."""
    session, places = turn.session, turn.work.places
    answers: dict[str, Any] = session.state.get("answers", {})
    if session.scene == "request" and "home" in answers:
        return next((at_home(place) for place in homes if place.home_id == answers["home"]), None)
    new_home = session.scene == "registration" and not answers.get("only_home")
    common = session.scene == "request" and answers.get("common")
    if not (new_home or common):
        return None
    house = await places.house(answers["house"]) if "house" in answers else None
    if house is None:
        return Spot(complex_id=answers["complex"]) if "complex" in answers else None
    if "flat_id" in answers:
        flat = await places.flat(answers["flat_id"])
        assert flat is not None
        label = f"{house.address}, {wording.name_number(flat.number)}"
        where = Where(house.complex_id, house.id, flat.entrance_id, flat.id, label)
        return Spot(where, exact=True, complex_id=house.complex_id)
    if isinstance(answers.get("unlisted"), str):
        return await in_flat(turn, house, answers["unlisted"])
    return in_house(house, answers.get("entrance"))


async def of_alarm(turn: Turn, alarm: Alarm, thread: Thread) -> Spot | None:
    """What was said of its address before, once that was all; the thread is called by it."""
    house = await turn.work.places.house(alarm.house_id) if alarm.house_id else None
    if house is None or not alarm.exact:
        return None
    spot = in_house(house, label=thread.subject.partition(" · ")[2])
    return Spot(spot.where, exact=True, complex_id=spot.complex_id)


async def in_link(turn: Turn) -> Spot | None:
    """The deep link they came by, while it waits for the consent."""
    payload = str(turn.session.state.get("payload", "") or turn.inbound.payload)
    found = await turn.work.places.find_by_code(payload) if payload else None
    if found is None:
        return None
    if found.house is None:
        return Spot(complex_id=found.complex.id)
    if found.entrance is None:
        return in_house(found.house)
    label = f"{found.house.address}, подъезд {found.entrance.number}"
    return in_house(found.house, found.entrance.id, label)
