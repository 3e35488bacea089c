"""What a resident said, on its way into a thread: which room, a new thread or an old one, and
the word that it was passed on."""

from __future__ import annotations

from datetime import timedelta

from handlers import notices, posts
from handlers.dialogue.said import Said, files_of
from handlers.dialogue.turn import Turn
from handlers.resident import hours, texts
from handlers.resident.consent import button
from handlers.resident.continuing import tell_continued, thread_for_words
from services.people import Place
from services.tables import Room, Thread, Ticket

QUIET = timedelta(minutes=10)  # after so long a message is answered "passed on" again


async def their_room(turn: Turn) -> tuple[Room, Place | None]:
    """The room of the resident's complex; of several homes, of the one of last time."""
    places = await turn.work.people.places(turn.viewer)
    last = await turn.work.people.home_of_last_time(turn.viewer)
    place = next((p for p in places if p.home_id == last), places[-1] if places else None)
    return await turn.work.rooms.of_complex(place.complex_id if place else None), place


async def open_thread(turn: Turn, said: Said, *, quietly: bool = False) -> Thread:
    """A conversation without a ticket, in the room of the resident's complex."""
    room, place = await their_room(turn)
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    thread = await turn.work.threads.open(
        turn.viewer,
        room,
        posts.subject_of_talk(room, resident, place),
        home_id=place.home_id if place else None,
    )
    await add_to(turn, thread, said, quietly=quietly)
    return thread


async def add_to(
    turn: Turn, thread: Thread, said: Said, *, quietly: bool = False, keep_scene: bool = False
) -> None:
    """Adds what was said and shows it to the room; says so once in a while, not each time.
    `keep_scene`: a question of ours is open and stays so."""
    work = turn.work
    asked_for, thread = thread, await thread_for_words(turn, thread)
    ticket = await work.threads.ticket(thread.id)
    reopened = thread.state == "closed" and ticket is None
    if reopened:
        await work.threads.reopen(thread)
    first = not await work.threads.has_messages(thread)
    room = await work.rooms.get(thread.room_id)
    fresh = (
        turn.session.scene != "talk"
        or turn.session.state.get("chosen")
        or first
        or thread.state == "closed"
        or reopened
        or thread.last_by != "resident"
        or work.now - thread.last_at > QUIET
        or (room.trouble_since is not None and room.trouble_since > thread.last_at)
    )
    await name_question(turn, said, thread)
    resident = await work.people.resident(turn.viewer.resident_id)
    quoted = await work.threads.find(turn.address, turn.inbound.reply_to)
    message = await work.threads.add(
        thread,
        "resident",
        resident.name or "",
        None,
        text=said["words"],
        attachments=files_of(said),
        reply_to=quoted.id if quoted and quoted.thread_id == thread.id else None,
    )
    await work.copies.keep(message.id, turn.contact.channel, turn.contact.chat, said["ids"])
    await work.threads.answer_at(thread, turn.contact)
    await posts.post_words(work, thread, message)
    await notices.tell_executor(work, thread, message)
    if not keep_scene:
        turn.go("talk", thread=thread.id, answered=[])
    if quietly:
        return
    closed = await hours.closed_words(turn, room, ticket, said["words"], files_of(said))
    if thread is not asked_for and first:
        await tell_continued(turn, asked_for)
    elif fresh or keep_scene:
        await tell_passed_on(turn, thread, ticket, closed)
        return
    if closed:
        await turn.say(closed)


async def name_question(turn: Turn, said: Said, thread: Thread) -> None:
    """What was asked of the articles before has come to staff here."""
    if ident := said.get("question"):
        outcome = said.get("outcome", "person")
        await turn.work.articles.name_thread(ident, outcome, thread)


async def tell_passed_on(
    turn: Turn, thread: Thread, ticket: Ticket | None, closed: str = ""
) -> None:
    """`closed`: when staff are back, where that is to be said."""
    room = await turn.work.rooms.get(thread.room_id)
    if room.trouble:
        company = await turn.work.company.profile()
        await turn.say(texts.kept_for_later(company))
    elif ticket is None:
        await turn.say(join_words(texts.PASSED_ON, closed))
    elif thread.state == "closed":
        again = [[button(texts.NOT_SOLVED, f"ticket/reopen/{ticket.id}")]]
        passed_on = join_words(texts.PASSED_ON_CLOSED, closed)
        await turn.say(passed_on, again, header=texts.ticket_header(ticket))
    else:
        await turn.say(join_words(texts.ADDED, closed), header=texts.ticket_header(ticket))


def join_words(*words: str) -> str:
    return "\n".join(filter(None, words))
