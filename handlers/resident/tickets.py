"""«Мои заявки»: the list, one of them, its history, adding to it, «Не решено»."""

from __future__ import annotations

from handlers import notices
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.begin import button
from services.errors import AlreadySo, NotYours
from services.tickets import ENDED


async def show_list(turn: Turn) -> None:
    turn.leave()
    tickets = await turn.work.tickets.of_resident(turn.viewer, most=10)
    if not tickets:
        await turn.say(texts.NO_TICKETS, [[button(texts.NEW, "menu/new")]])
        return
    rows = [[button(texts.ticket_line(t), f"ticket/show/{t.id}")] for t in tickets]
    await turn.say(texts.YOUR_TICKETS, rows)


async def press(turn: Turn) -> None:
    """`ticket/show|history|add|reopen/ID`. Raises `NotYours`."""
    _, what, ident = [*turn.pressed.split("/"), "", ""][:3]
    if not ident.isdecimal():
        raise NotYours
    match what:
        case "show":
            await show(turn, int(ident))
        case "history":
            await show_history(turn, int(ident))
        case "add":
            await add(turn, int(ident))
        case "reopen":
            await reopen(turn, int(ident))
        case _:
            raise NotYours


async def show(turn: Turn, ticket_id: int) -> None:
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id)
    local = turn.work.company.local
    card = texts.ticket_card(
        ticket,
        await local(ticket.created_at),
        await local(ticket.due_at),
        await local(turn.work.now),
    )
    ended = ticket.status in ENDED
    first = (
        button(texts.NOT_SOLVED, f"ticket/reopen/{ticket.id}")
        if ended
        else button(texts.ADD_TO, f"ticket/add/{ticket.id}")
    )
    rows = [[first, button(texts.HISTORY, f"ticket/history/{ticket.id}")]]
    await turn.say(card, rows, header=texts.receipt_header(ticket))


async def show_history(turn: Turn, ticket_id: int) -> None:
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id)
    messages = await turn.work.threads.messages(turn.viewer, ticket.thread_id, most=15)
    now = await turn.work.company.local(turn.work.now)
    lines = [
        texts.history_line(message, await turn.work.company.local(message.at), now)
        for message in messages
    ]
    await turn.say("\n\n".join(lines) or texts.NO_HISTORY, header=texts.receipt_header(ticket))


async def add(turn: Turn, ticket_id: int) -> None:
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id)
    turn.go("talk", thread=ticket.thread_id)
    await turn.say(texts.WRITE_HERE, header=texts.receipt_header(ticket))


async def reopen(turn: Turn, ticket_id: int) -> None:
    """«Не решено»: opens the ticket again and asks what is wrong."""
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id, lock=True)
    if ticket.status not in ENDED:
        raise AlreadySo
    await turn.work.tickets.move(turn.viewer, ticket, "in_progress")
    await notices.post_reopened(turn.work, ticket)
    turn.go("talk", thread=ticket.thread_id)
    await turn.say(texts.REOPENED, header=texts.receipt_header(ticket))
