"""Commands and buttons of staff. Nothing that begins with a slash ever reaches a resident."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from handlers import notices, posts, staff_texts
from handlers.dialogue.turn import plain, split_action
from handlers.staff import bans, executors
from handlers.staff.deliveries import recall, send_again, send_otherwise
from handlers.staff.notes import keep_note
from handlers.staff.surges import open_threads
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo, NotYours
from services.tables import Ticket


async def run(turn: StaffTurn) -> None:
    command = COMMANDS.get(turn.command)
    if command is None:
        await turn.say(staff_texts.unknown_command(turn.command[:30]))
        return
    await command(turn)


async def press(turn: StaffTurn) -> None:
    """`staff/WHAT/ID`. A press on what is someone else's is refused and logged."""
    try:
        what, ident = split_action(turn.pressed)
        if not turn.pressed.startswith("staff/") or what not in PRESSES:
            raise NotYours
        await PRESSES[what](turn, ident)
    except NotYours:
        turn.work.audit.note(turn.viewer.name, "refused", turn.pressed[:64])
        await turn.say(staff_texts.GONE)


async def press_status(turn: StaffTurn, ticket_id: int, status: str) -> None:
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id, lock=True)
    await turn.turn_to(await turn.work.threads.get(turn.viewer, ticket.thread_id))
    await move(turn, ticket, status)


async def help_out(turn: StaffTurn) -> None:
    await turn.say(staff_texts.HELP)


async def status(turn: StaffTurn) -> None:
    """`/status` shows, `/status в работе` changes. What follows the state stays inside."""
    ticket = await ticket_here(turn)
    if ticket is None:
        return
    if not turn.rest:
        due = await turn.work.company.local(ticket.due_at)
        now = await turn.work.company.local(turn.work.now)
        await turn.say(staff_texts.status(ticket, due, now))
        return
    wanted, note = find_status(turn.rest)
    if wanted is None:
        await turn.say(staff_texts.bad_status(turn.rest))
        return
    await move(turn, ticket, wanted, note)


def find_status(words: str) -> tuple[str | None, str]:
    """The status that the words begin with, the longest name first, and the rest of them."""
    typed = plain(words)
    for name in sorted(staff_texts.STATUS_WORDS, key=len, reverse=True):
        known = plain(name)
        if typed == known or typed.startswith(known + " "):
            return staff_texts.STATUS_WORDS[name], words[len(name) :].strip(" .,:;—-")
    return None, ""


async def close(turn: StaffTurn) -> None:
    """Ends the ticket, or the conversation where there is none. Words after it stay inside."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    ticket = await turn.work.tickets.of_thread(turn.viewer, turn.thread.id, lock=True)
    if ticket is not None:
        await move(turn, ticket, "done", turn.rest)
    elif turn.thread.state == "closed":
        await turn.say(staff_texts.ALREADY_CLOSED)
    else:
        await turn.work.threads.close(turn.thread)
        turn.work.audit.note(turn.viewer.name, "closed", f"thread:{turn.thread.id}")
        await turn.tell_room(staff_texts.closed(turn.member))
        await notices.tell_talk_closed(turn.work, turn.thread)


async def who(turn: StaffTurn) -> None:
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    work = turn.work
    resident = await work.people.resident(turn.thread.resident_id)
    contacts = await work.people.contacts(turn.thread.resident_id)
    answered = await work.people.where_answered(turn.thread)
    place = await work.people.place_of_thread(turn.viewer, turn.thread)
    ticket = await work.threads.ticket(turn.thread.id)
    known = staff_texts.who(
        resident,
        place,
        ticket,
        [contact.channel for contact in contacts],
        answered.channel if answered else "",
        unreachable=all(contact.unreachable_since for contact in contacts),
    )
    banned = await bans.describe(turn, resident.id)
    await turn.say(f"{known}\n{banned}" if banned else known)


async def desk(turn: StaffTurn) -> None:
    """A way in that a whole room can read would be nobody's."""
    await turn.say(staff_texts.DESK_IN_PRIVATE)


async def move(turn: StaffTurn, ticket: Ticket, status: str, note: str = "") -> None:
    try:
        await turn.work.tickets.move(turn.viewer, ticket, status, note=note)
    except AlreadySo:
        await turn.say(staff_texts.already(ticket))
        return
    await turn.tell_room(staff_texts.status_changed(ticket, turn.member))
    await posts.refresh_card(turn.work, await turn.work.threads.of_ticket(ticket))
    await notices.tell_status(turn.work, ticket)


async def ticket_here(turn: StaffTurn) -> Ticket | None:
    """The thread's ticket, locked; None after the member was told why there is none."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return None
    ticket = await turn.work.tickets.of_thread(turn.viewer, turn.thread.id, lock=True)
    if ticket is None:
        await turn.say(staff_texts.NO_TICKET)
    return ticket


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "accept": partial(press_status, status="accepted"),
    "close": partial(press_status, status="done"),
    "again": send_again,
    "other": send_otherwise,
    "open": open_threads,
    "masters": executors.press,
}
COMMANDS: dict[str, Callable[[StaffTurn], Awaitable[None]]] = {
    "/help": help_out,
    "/start": help_out,
    "/status": status,
    "/close": close,
    "/masters": executors.hand_over,
    "/мастерам": executors.hand_over,
    "/who": who,
    "/note": keep_note,
    "/ban": bans.ban,
    "/unban": bans.unban,
    "/recall": recall,
    "/отозвать": recall,
    "/desk": desk,
}
