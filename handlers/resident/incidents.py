"""«Да, у меня то же» and «Нет, другое» under what is known of a house."""

from __future__ import annotations

from handlers import incident_texts as words
from handlers.dialogue.said import Said
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import known, sorting
from handlers.resident.asked import recall
from services.errors import AlreadyEnded, NotYours

NOTHING: Said = {"words": "", "attachments": [], "ids": []}


async def press(turn: Turn) -> None:
    """`incident/yes|no/ID`. The words that wait for it go along, or their own way. Raises
    `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what not in ("yes", "no"):
        raise NotYours
    asked = recall(turn)
    said = asked if asked and asked.get("incident") == ident else None
    if what == "yes":
        try:
            await known.join(turn, ident, said or NOTHING, home_id=None)
        except AlreadyEnded:
            await turn.say(words.OVER_MEANWHILE)
            if said is not None:  # it may have broken again
                await sorting.sort_out(turn, said)
    elif said is not None:
        apart = [*said.get("apart", ()), ident]
        await sorting.sort_out(turn, {**said, "apart": apart})
    else:
        await turn.say(words.GOES_ITS_WAY)
