"""«Мастерам»: a request is handed over to the executors' room, and stays with dispatchers too."""

from __future__ import annotations

from handlers import notices, posts, staff_texts
from handlers.staff.turn import StaffTurn
from services.errors import AlreadyEnded, AlreadySo, NotFound
from services.messaging.types import Kind
from services.tables import Ticket


async def press(turn: StaffTurn, ticket_id: int) -> None:
    """Raises `NotYours`."""
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id, lock=True)
    await turn.turn_to(await turn.work.threads.get(turn.viewer, ticket.thread_id))
    await pass_over(turn, ticket)


async def hand_over(turn: StaffTurn) -> None:
    """`/masters`, `/мастерам`."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    ticket = await turn.work.tickets.of_thread(turn.viewer, turn.thread.id, lock=True)
    if ticket is None:
        await turn.say(staff_texts.NOTHING_TO_HAND)
    else:
        await pass_over(turn, ticket)


async def pass_over(turn: StaffTurn, ticket: Ticket) -> None:
    assert turn.thread is not None
    work, thread = turn.work, turn.thread
    try:
        room = await work.tickets.hand_over(turn.viewer, ticket)
    except NotFound:
        await turn.say(staff_texts.NO_EXECUTORS)
    except AlreadyEnded:
        await turn.say(staff_texts.handed_too_late(ticket))
    except AlreadySo:
        there = await work.rooms.get(thread.handed_to or thread.room_id)
        await turn.say(staff_texts.handed_already(ticket, there))
    else:
        await posts.hand_over(work, room, thread)
        line = staff_texts.handed_over(ticket, room, turn.member)
        await notices.tell_staff(work, thread, line, Kind.REPLY)
