"""«Мой дом»: the common requests of a house, for its elder."""

from __future__ import annotations

from handlers import elder_texts
from handlers.dialogue.turn import Turn, plain
from services.errors import NotYours


async def is_asked_for(turn: Turn) -> bool:
    """Its words, typed by an elder; of anyone else they are words like others."""
    if plain(turn.text) != plain(elder_texts.MY_HOUSE):
        return False
    return await turn.work.elders.is_one(turn.viewer)


async def show(turn: Turn) -> None:
    """Raises `NotYours`."""
    houses, local = await turn.work.elders.houses(turn.viewer), turn.work.company.local
    if not houses:
        raise NotYours
    turn.leave()
    now = await local(turn.work.now)
    for house in houses:
        tickets = await turn.work.elders.common_tickets(turn.viewer, house)
        terms = [(ticket, await local(ticket.due_at)) for ticket in tickets]
        await turn.say(elder_texts.house(house.address, terms, now))
