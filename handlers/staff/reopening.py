"""`/reopen`: what was closed goes on in the same thread, with all that was said and done in it."""

from __future__ import annotations

from handlers import notices, staff_texts
from handlers.staff import closing_texts, statuses
from handlers.staff.turn import StaffTurn
from services.tables import Thread
from services.tickets import ENDED


async def reopen(turn: StaffTurn) -> None:
    """Words after it stay inside."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
    else:
        await bring_back(turn, turn.thread)


async def press(turn: StaffTurn, thread_id: int) -> None:
    """Raises `NotYours`."""
    thread = await turn.work.threads.get(turn.viewer, thread_id, lock=True)
    await turn.turn_to(thread)
    await bring_back(turn, thread)


async def bring_back(turn: StaffTurn, thread: Thread) -> None:
    """One that another goes on from stays closed: the resident would be answered in two."""
    work = turn.work
    ticket = await work.tickets.of_thread(turn.viewer, thread.id, lock=True)
    later = await work.closing.latest(thread)
    if thread.state == "closed" and later.id != thread.id:
        goes_on = await work.threads.ticket(later.id)
        await turn.say(closing_texts.goes_on(f"№{goes_on.number}" if goes_on else later.subject))
    elif ticket is not None and ticket.status in ENDED:
        await statuses.move(turn, ticket, "in_progress", turn.rest)
    elif ticket is not None:
        await turn.say(closing_texts.open_anyway(ticket, staff_texts.STATUSES[ticket.status]))
    elif thread.state == "open":
        await turn.say(closing_texts.TALK_OPEN)
    else:
        await work.threads.reopen(thread)
        await work.waiting.begin_again(thread)  # they may have written to the closed one
        work.audit.note(turn.viewer.name, "reopened", f"thread:{thread.id}")
        await turn.tell_room(closing_texts.talk_reopened(turn.member, turn.rest))
        await notices.tell_talk_reopened(work, thread)
