"""«Мои заявки»: the list, one of them, its history, adding to it, «Не решено»."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import incidents, notices
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import texts
from handlers.resident.asked import recall_fresh
from handlers.resident.consent import button, consented
from handlers.resident.continuing import ticket_to_reopen
from services.errors import NotYours
from services.messaging.types import Button
from services.tickets import ENDED


async def show_list(turn: Turn) -> None:
    tickets = await turn.work.tickets.of_resident(turn.viewer, most=10)
    turn.leave(numbered=bool(tickets))
    if not tickets:
        new = ("menu/new", texts.NEW) if await consented(turn) else ("menu/common", texts.COMMON)
        await turn.say(texts.NO_TICKETS, [[button(new[1], new[0])]])
        return
    rows = [[button(texts.ticket_line(t), f"ticket/show/{t.id}")] for t in tickets]
    await turn.say(texts.YOUR_TICKETS, rows)


async def press(turn: Turn) -> None:
    """`ticket/show|history|add|reopen/ID`. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    presses = {"show": show, "history": show_history, "add": add, "reopen": reopen}
    if what not in presses:
        raise NotYours
    await presses[what](turn, ident)


async def show(turn: Turn, ticket_id: int, more: Sequence[Sequence[Button]] = ()) -> None:
    """`more`: rows of buttons."""
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id)
    local = turn.work.company.local
    card = texts.ticket_card(
        ticket,
        await local(ticket.created_at),
        await local(ticket.due_at),
        await local(turn.work.now),
    )
    if standing := await incidents.standing(turn.work, ticket):
        card = f"{card}\n{standing}"
    first = (
        button(texts.NOT_SOLVED, f"ticket/reopen/{ticket.id}")
        if ticket.status in ENDED
        else button(texts.ADD_TO, f"ticket/add/{ticket.id}")
    )
    rows = [[first, button(texts.HISTORY, f"ticket/history/{ticket.id}")]]
    await turn.say(card, [*rows, *more], header=texts.ticket_header(ticket))


async def show_history(turn: Turn, ticket_id: int) -> None:
    """What was said and what became of it, in order; nothing that staff keep to themselves."""
    work, ticket = turn.work, await turn.work.tickets.get(turn.viewer, ticket_id)
    zone = (await work.company.local(work.now)).tzinfo
    now = work.now.astimezone(zone)
    events = await work.tickets.history(turn.viewer, ticket_id)
    messages = await work.threads.messages(turn.viewer, ticket.thread_id, most=15)
    lines = [(e.at, texts.history_event(e, e.at.astimezone(zone), now)) for e in events] + [
        (m.at, texts.history_line(m, m.at.astimezone(zone), now))
        for m in messages
        if m.by in ("resident", "member")
    ]
    lines.sort(key=lambda line: line[0])
    told = [words for _, words in lines if words]
    await turn.say("\n\n".join(told), header=texts.ticket_header(ticket))


async def add(turn: Turn, ticket_id: int) -> None:
    """What was asked about this very request goes along with what is written next."""
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id)
    asked = recall_fresh(turn, "which")
    kept = {"said": asked} if asked and asked.get("case") == ticket.id else {}
    turn.go("talk", thread=ticket.thread_id, chosen=True, **kept)
    await turn.say(texts.WRITE_HERE, header=texts.ticket_header(ticket))


async def reopen(turn: Turn, ticket_id: int) -> None:
    """«Не решено»: opens the ticket again and asks what is wrong."""
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id, lock=True)
    goes_on = await ticket_to_reopen(turn, ticket)
    if goes_on is None:
        return
    ticket = goes_on
    turn.go("talk", thread=ticket.thread_id, chosen=True)
    if ticket.status not in ENDED:
        await turn.say(texts.ALREADY_OPEN, header=texts.ticket_header(ticket))
        return
    incident = await turn.work.incidents.of_ticket(ticket)
    await turn.work.tickets.move(turn.viewer, ticket, "in_progress")
    await notices.post_reopened(turn.work, ticket)
    await incidents.tell_left(turn.work, incident, ticket)
    await turn.say(texts.REOPENED, header=texts.ticket_header(ticket))
