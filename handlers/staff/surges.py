"""A surge in the room: its threads are opened, and one answer goes to all of them."""

from __future__ import annotations

from datetime import timedelta

from handlers import posts, relay_texts
from handlers.staff.turn import StaffTurn
from services.errors import NotYours

AT_ONCE = 5  # threads that one press opens: each is two calls of the group's budget
JUST_NOW = timedelta(seconds=10)


async def open_threads(turn: StaffTurn, surge_id: int) -> None:
    """«Открыть обращения»: the next ones get posts of their own."""
    surge = await turn.work.surges.get(surge_id)
    room = await turn.work.rooms.get(surge.room_id) if surge else None
    if surge is None or room is None or not turn.viewer.works_in(room):
        raise NotYours
    threads = await turn.work.surges.open(surge, most=AT_ONCE)
    for thread in threads:
        await posts.show_thread(turn.work, thread)
    just_now = turn.work.now - JUST_NOW  # a colleague pressed it as well
    if not threads and not await turn.work.surges.opened_since(surge, just_now):
        await turn.say(relay_texts.ALL_OPEN)
