"""«Подходит», «Другое время»: a resident answers when somebody may come."""

from __future__ import annotations

from handlers import notices, posts, visit_texts, visiting
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import texts
from handlers.windows import name_window
from services.errors import AlreadyEnded, AlreadySo, InThePast, NotYours, StaleButton
from services.tables import Ticket, Visit


async def press(turn: Turn) -> None:
    """`visit/yes|no/VISIT`. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    presses = {"yes": agree, "no": ask_otherwise}
    if what not in presses:
        raise NotYours
    visit, ticket = await turn.work.visits.get(turn.viewer, ident)
    await presses[what](turn, visit, ticket)


async def agree(turn: Turn, visit: Visit, ticket: Ticket) -> None:
    work, header = turn.work, texts.ticket_header(ticket)
    try:
        await work.visits.agree(turn.viewer, visit, ticket)
    except AlreadySo:
        await turn.say(visit_texts.AGREED_ALREADY, header=header)
        return
    except AlreadyEnded:
        await turn.say(visit_texts.CLOSED, header=header)
        return
    except (StaleButton, InThePast) as refusal:
        listen(turn, ticket)
        over = isinstance(refusal, InThePast)
        await turn.say(visit_texts.OVER if over else visit_texts.NOT_OFFERED, header=header)
        return
    window = await name_window(work, visit)
    thread = await work.threads.of_ticket(ticket)
    line = visit_texts.agreed_line(ticket, window)
    await notices.tell_staff(work, thread, line)
    await posts.refresh_card(work, thread)
    await visiting.tell_executor(work, ticket, line)
    await turn.say(visit_texts.agreed(window), header=header)


async def ask_otherwise(turn: Turn, visit: Visit, ticket: Ticket) -> None:
    """What they say next goes to staff as an answer."""
    work, header = turn.work, texts.ticket_header(ticket)
    thread = await work.threads.of_ticket(ticket)
    listen(turn, ticket)
    try:
        await work.visits.decline(turn.viewer, visit, ticket)
    except StaleButton:
        await turn.say(visit_texts.ASK_WHEN, header=header)
        return
    line = visit_texts.declined_line(ticket, await name_window(work, visit))
    await notices.tell_staff(work, thread, line)
    await posts.refresh_card(work, thread)
    await visiting.tell_executor(work, ticket, line)
    await turn.say(visit_texts.ASK_WHEN, header=header)


def listen(turn: Turn, ticket: Ticket) -> None:
    turn.go("talk", thread=ticket.thread_id, chosen=True)
