"""A one-time link to the company's own page, instead of what may not be shown in a messenger."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.dialogue.turn import Turn
from handlers.resident import account_texts as words
from services.messaging.types import Button
from services.page_links import What


async def give_link(
    turn: Turn, what: What, account_id: int, said: str, besides: Sequence[Sequence[Button]] = ()
) -> None:
    """Under a button, where the address is one that messengers take for a button. Whoever calls has
    made sure that the viewer may see it."""
    url = await turn.work.page_links.make(turn.viewer, what, account=account_id)
    if url.startswith("https://"):
        await turn.say(said, [[Button(label=words.OPEN_PAGE, url=url)], *besides])
    else:
        await turn.say(f"{said}\n\n{url}", besides)
