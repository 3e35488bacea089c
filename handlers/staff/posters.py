"""`/poster`: codes to hang up, and `/reach`: how many flats they have brought."""

from __future__ import annotations

from handlers.papers import texts
from handlers.papers.poster import posters_of, write_posters
from handlers.staff import papers
from handlers.staff import posters_texts as words
from handlers.staff.turn import StaffTurn
from services.arrivals import MAY_SEE
from services.tables import House
from services.understanding.saying.addresses import find_address
from services.work import Work


async def poster(turn: StaffTurn) -> None:
    """`/poster Садовая 5`; alone, of all the houses of the member."""
    if await is_refused(turn):
        return
    houses = await which_houses(turn)
    if not houses:
        return
    posters = await posters_of(turn.work, houses)
    if not posters:
        await turn.say(words.NO_LINKS)
        return
    if len(posters) > words.MOST_PAGES:
        await turn.say(words.too_many(len(posters)))
        return
    relative, path = turn.work.attachments.new_place()
    await write_posters(path, posters)
    file = await turn.work.attachments.keep_made(
        relative, texts.POSTERS_NAME, papers.PAPER, papers.owner(turn)
    )
    await papers.give(turn, words.given(len(posters)), [file])


async def is_refused(turn: StaffTurn) -> bool:
    """Told so."""
    if turn.viewer.role in MAY_SEE:
        return False
    turn.work.audit.note(turn.viewer.name, "refused", turn.command)
    await turn.say(words.ONLY_MANAGERS)
    return True


async def which_houses(turn: StaffTurn) -> list[House]:
    """None after the member was told what is not clear."""
    mine = await turn.work.places.houses_of(turn.viewer)
    if not mine:
        await turn.say(words.NO_HOUSES)
        return []
    if not turn.rest.strip(" .,;"):
        return list(mine)
    found = find_address(turn.rest, mine).houses
    if len(found) != 1:
        await turn.say(words.which_house(found) if found else words.NO_SUCH_HOUSE)
        return []
    return list(found)


async def reach(turn: StaffTurn) -> None:
    """`/reach Садовая 5`; alone, of all the houses of the member."""
    if await is_refused(turn):
        return
    wanted = {house.id for house in await which_houses(turn)}
    if not wanted:
        return
    every = await turn.work.arrivals.by_house(turn.viewer)
    houses = [house for house in every if house.house_id in wanted]
    codes = {code for house in houses for code in house.brought}
    await turn.say(words.reached(houses, await name_codes(turn.work, codes)))


async def name_codes(work: Work, codes: set[str]) -> dict[str, str]:
    """«дом», «подъезд 2», the name of a complex; what is withdrawn keeps its code."""
    named = {}
    for code in codes:
        found = await work.places.find_by_code(code)
        if found is None:
            continue
        if found.entrance is not None:
            named[code] = words.entrance(found.entrance.number)
        else:
            named[code] = words.HOUSE if found.house is not None else found.complex.name
    return named
