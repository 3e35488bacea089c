"""Out of hours: when the answer comes and where an emergency is taken, once while it is closed."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import deadline_texts, wording
from handlers.dialogue.turn import Turn
from services.messaging.types import Attachment
from services.tables import Room, Ticket
from services.waiting import asks_nothing


async def next_opening(turn: Turn, room: Room) -> str | None:
    """When staff are back, in words; None while they are at work."""
    company, now = turn.work.company, turn.work.now
    if await company.is_open(now, room):
        return None
    opens = await company.local(await company.next_opening(now, room))
    return wording.name_moment(opens, await company.local(now))


async def tell_once(turn: Turn, room: Room) -> str | None:
    """The same for words that say it; they count as the telling of this closed time."""
    opens = await next_opening(turn, room)
    if opens is not None:
        await turn.work.waiting.take_closing(turn.viewer.resident_id, room)
    return opens


async def closed_words(
    turn: Turn,
    room: Room,
    ticket: Ticket | None,
    words: str = "",
    files: Sequence[Attachment] = (),
) -> str:
    """Empty while somebody is at work, once it was told, and where nobody waits for hours: in an
    emergency, and after thanks. A room that is cut off has words of its own."""
    if room.trouble or (ticket is not None and ticket.emergency) or asks_nothing(words, files):
        return ""
    opens = await next_opening(turn, room)
    if opens is None or not await turn.work.waiting.take_closing(turn.viewer.resident_id, room):
        return ""
    return deadline_texts.closed_now(await turn.work.company.profile(), opens)
