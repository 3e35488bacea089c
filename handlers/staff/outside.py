"""`/pass`: a request that somebody else does, and asking back whether they did."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from handlers import outside_texts as words
from handlers import posts, staff_texts
from handlers.dialogue.turn import plain
from handlers.notices import tell_staff
from handlers.staff.turn import StaffTurn
from services.company.declaration import Organisation
from services.errors import AlreadyEnded, AlreadySo, NotFound
from services.messaging.outbox import About
from services.messaging.types import Address, Button, Keyboard, Kind, Outbound
from services.tables import Thread, Ticket
from services.work import Work

ASKED_AT = time(10)  # «завтра»


async def pass_on(turn: StaffTurn) -> None:
    """`/pass код`, `/pass нам`; alone it shows to whom. Words of the name do as well."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    work, thread = turn.work, turn.thread
    ticket = await work.tickets.of_thread(turn.viewer, thread.id, lock=True)
    if ticket is None:
        await turn.say(staff_texts.NO_TICKET)
        return
    every = await work.organisations.every()
    ours = plain(turn.rest) in words.OURS
    named = [each for each in every if turn.rest and is_named(each, turn.rest)]
    if not ours and len(named) != 1:
        await turn.say(words.which(every))
        return
    try:
        if ours:
            await work.organisations.take_back(turn.viewer, ticket)
            line, told = words.taken_back(ticket, turn.member.name), words.OURS_AGAIN
        else:
            await work.organisations.pass_on(turn.viewer, ticket, named[0].code)
            line = words.passed(ticket, named[0], turn.member.name)
            told = words.told_later(named[0])
    except NotFound:
        await turn.say(words.which(every))
    except AlreadyEnded:
        await turn.say(words.ended(ticket))
    except AlreadySo:
        await turn.say(words.already(ticket, await work.organisations.of(ticket)))
    else:
        await turn.tell_room(line)
        await posts.refresh_card(work, thread)
        await tell_resident(work, thread, ticket, told)


def is_named(organisation: Organisation, typed: str) -> bool:
    return typed.lower() == organisation.code or (
        len(plain(typed)) > 2 and plain(typed) in plain(organisation.title)
    )


async def tell_resident(work: Work, thread: Thread, ticket: Ticket, text: str) -> None:
    contact = await work.people.where_to_answer(thread)
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(header=staff_texts.ticket_header(ticket), text=text),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )


async def ask_back(work: Work, ticket_id: int) -> None:
    """A chore: did they do it?"""
    ticket = await work.organisations.claim_due(ticket_id)
    outside = await work.organisations.of(ticket) if ticket else None
    if ticket is None or outside is None:
        return
    thread = await work.threads.of_ticket(ticket)
    passed, now = await work.organisations.passed_at(ticket), work.now
    local = work.company.local
    row = (
        Button(label=words.DONE, action=f"staff/close/{ticket.id}"),
        Button(label=words.LATER, action=f"staff/later/{ticket.id}"),
    )
    text = words.ask(ticket, outside, await local(passed), await local(now))
    await tell_staff(work, thread, text, buttons=Keyboard(rows=(row,)))


async def remind_later(turn: StaffTurn, ticket_id: int) -> None:
    """«Напомнить завтра». Raises `NotYours`."""
    work = turn.work
    ticket = await work.tickets.get(turn.viewer, ticket_id, lock=True)
    await turn.turn_to(await work.threads.get(turn.viewer, ticket.thread_id))
    now = await work.company.local(work.now)
    moment = datetime.combine(now.date() + timedelta(days=1), ASKED_AT, tzinfo=now.tzinfo)
    try:
        await work.organisations.remind_at(turn.viewer, ticket, moment)
    except AlreadySo:
        await turn.say(words.already(ticket, None))
    except AlreadyEnded:
        await turn.say(words.ended(ticket))
    else:
        await turn.say(words.later(ticket, moment, now))
