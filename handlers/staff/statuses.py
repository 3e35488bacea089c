"""How a request stands: members say so, its resident is told in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import answers, notices, posts, staff_texts, status_texts
from handlers.dialogue.turn import plain
from handlers.staff import articles_drafts, closing_texts
from handlers.staff.turn import StaffTurn
from handlers.wording import sign_member
from services.errors import AlreadySo, ReasonNeeded
from services.messaging.outbox import About
from services.messaging.types import Attachment, Button, Keyboard, Kind
from services.tables import Message, Thread, Ticket
from services.tickets import ENDED

TOLD = ("waiting", "declined")  # of these the member's words are for the resident


async def press(turn: StaffTurn, ticket_id: int, status: str) -> None:
    """A button that stands there from before brings nothing back. Raises `NotYours`."""
    ticket = await turn.work.tickets.get(turn.viewer, ticket_id, lock=True)
    await turn.turn_to(await turn.work.threads.get(turn.viewer, ticket.thread_id))
    if ticket.status in ENDED and ticket.status != status:
        await turn.say(status_texts.ENDED)
    elif status == "accepted" and ticket.status != "new":
        await turn.say(status_texts.already(ticket, photo=False))
    else:
        await move(turn, ticket, status)


async def status(turn: StaffTurn) -> None:
    """`/status` shows, `/status в работе` changes. What follows the state stays inside, but for
    what is asked and why it is declined."""
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
            return staff_texts.STATUS_WORDS[name], words[len(name) :].strip(" .,:;—-\n")
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
        again = Button(label=closing_texts.OPEN_AGAIN, action=f"staff/reopen/{turn.thread.id}")
        line = staff_texts.closed(turn.member)
        learn = await articles_drafts.offer_learning(turn.work, turn.thread)
        await turn.tell_room(line, Keyboard(rows=((again, *learn),)))
        await notices.tell_talk_closed(turn.work, turn.thread)


async def move(turn: StaffTurn, ticket: Ticket, status: str, note: str = "") -> None:
    """Of the locked ticket that the turn is about. Photos that came with the command go along."""
    work, thread = turn.work, await turn.work.threads.of_ticket(ticket)
    files = [a for a in turn.inbound.attachments if a.kind != "sticker"]
    if turn.member.trainee and (files or (status in TOLD and note)):
        await turn.say(status_texts.TRAINEE)
        return
    try:
        before = await work.tickets.move(turn.viewer, ticket, status, note=note)
    except AlreadySo:
        await turn.say(status_texts.already(ticket, photo=bool(files)))
        if files:
            late = await keep_photo(turn, thread, ticket, files)
            contact = await work.people.where_to_answer(thread)
            await answers.send_answer(work, thread, late, contact)
        return
    except ReasonNeeded:
        await turn.say(status_texts.REASON_NEEDED)
        return
    photo = await keep_photo(turn, thread, ticket, files) if files else None
    told = note if status in TOLD else ""
    line = status_texts.changed(ticket, turn.member, told, photo=bool(files))
    learn = await articles_drafts.offer_learning(work, thread) if status == "done" else ()
    await turn.tell_room(line, Keyboard(rows=(learn,)) if learn else None)
    if turn.in_private:
        await turn.say(line)
    await posts.refresh_card(work, thread)
    back = before in ENDED and status == "in_progress"
    words = status_texts.BROUGHT_BACK if back else ""
    await notices.tell_status(work, ticket, asked=told, photo=photo, text=words)


async def keep_photo(
    turn: StaffTurn, thread: Thread, ticket: Ticket, files: Sequence[Attachment]
) -> Message:
    """In the thread as a message of the member's, in the journal, and in the rooms it was not
    sent in."""
    work = turn.work
    photo = await work.threads.add(
        thread,
        "member",
        sign_member(turn.member),
        turn.inbound,
        text="",
        attachments=files,
        member_id=turn.member.id,
    )
    work.tickets.note(ticket, "photo", None, str(photo.id), member_id=turn.member.id)
    here = turn.inbound.address
    for room in await work.rooms.showing(thread):
        if (room.channel, room.chat) != (here.channel, here.chat):
            about, what = About(message_id=photo.id), posts.mirrored(photo)
            await work.outbox.post(room, what, Kind.RELAY, about, thread_id=thread.id)
    return photo


async def ticket_here(turn: StaffTurn) -> Ticket | None:
    """The thread's ticket, locked; None after the member was told why there is none."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return None
    ticket = await turn.work.tickets.of_thread(turn.viewer, turn.thread.id, lock=True)
    if ticket is None:
        await turn.say(staff_texts.NO_TICKET)
    return ticket
