"""What executors say of their requests: «Принято», «В пути», «Готово», «Никого нет дома». In
private or in their room; a dispatcher may say it for one who has no messenger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from handlers import notices, posts, status_texts, visiting
from handlers.staff import statuses
from handlers.staff.turn import StaffTurn
from services.errors import AlreadyEnded, SomebodyElses
from services.tables import Ticket

SAID_LATELY = timedelta(minutes=30)

Does = Callable[[StaffTurn, Ticket], Awaitable[None]]


async def press(turn: StaffTurn, ticket_id: int, does: Does) -> None:
    """Raises `NotYours`."""
    work = turn.work
    try:
        viewer, ticket = await work.executors.ticket(turn.viewer, ticket_id)
    except AlreadyEnded:
        await turn.say(status_texts.ENDED)
        return
    except SomebodyElses:
        ticket = await work.tickets.get(turn.viewer, ticket_id)
        work.audit.note(turn.viewer.name, "refused", turn.pressed[:64])
        name = await work.staff.name_of(ticket.executor_id or 0)
        await turn.say(status_texts.somebody_elses(ticket, name))
        return
    turn.viewer = viewer
    await turn.turn_to(await work.threads.get(viewer, ticket.thread_id))
    if ticket.executor_id is None and turn.member.role == "executor":
        await work.executors.name(viewer, ticket, turn.member)
    await does(turn, ticket)


async def take(turn: StaffTurn, ticket: Ticket) -> None:
    if ticket.status != "new":  # a card in private keeps its buttons
        await turn.say(status_texts.already(ticket, photo=False))
    else:
        await statuses.move(turn, ticket, "accepted")


async def set_out(turn: StaffTurn, ticket: Ticket) -> None:
    """The resident reads who is coming, by night as well."""
    work = turn.work
    if await work.executors.set_out_since(ticket, work.now - SAID_LATELY):
        await turn.say(status_texts.TOLD_ALREADY)
        return
    if ticket.status != "in_progress":
        await work.tickets.move(turn.viewer, ticket, "in_progress")
    work.executors.set_out(turn.viewer, ticket)
    coming = await work.staff.get(ticket.executor_id) if ticket.executor_id else None
    line = status_texts.set_out_told(ticket, turn.member)
    await turn.tell_room(line)
    await tell_here(turn, line)
    assert turn.thread is not None
    await posts.refresh_card(work, turn.thread)
    text = status_texts.set_out(coming)
    await notices.tell_status(work, ticket, text=text, by_night=True)


async def finish(turn: StaffTurn, ticket: Ticket) -> None:
    await statuses.move(turn, ticket, "done")


async def nobody_home(turn: StaffTurn, ticket: Ticket) -> None:
    """The resident is asked for another time at once; the request waits for them."""
    work = turn.work
    assert turn.thread is not None
    offered = await work.visits.nobody_home(turn.viewer, ticket)
    if ticket.status != "waiting":
        await work.tickets.move(turn.viewer, ticket, "waiting")
    await work.news.drop(ticket)
    line = await visiting.nobody_home_line(work, ticket, offered, turn.member)
    await turn.tell_room(line)
    await tell_here(turn, line)
    await posts.refresh_card(work, turn.thread)
    await visiting.ask_another_time(work, turn.thread, ticket, offered)


async def tell_here(turn: StaffTurn, line: str) -> None:
    """To whoever pressed in private, where no room's line is read."""
    if turn.in_private:
        await turn.say(line)


BUTTONS: dict[str, Does] = {
    "got": take,
    "way": set_out,
    "ready": finish,
    "nobody": nobody_home,
}
