"""Where a voice message went, and the request that may be filed there later."""

from __future__ import annotations

from handlers import alarm_texts, alarms, notices, posts
from handlers.dialogue.form import Answers
from handlers.dialogue.said import Said, files_of
from handlers.dialogue.turn import Turn
from handlers.resident.consent import consented
from handlers.resident.danger_place import put
from handlers.resident.passing import their_room
from services.company.declaration import Category
from services.messaging.types import Kind
from services.tables import Room, Thread, Ticket


async def new_thread(turn: Turn) -> Thread:
    work, consent = turn.work, await consented(turn)
    room, place = await their_room(turn)
    resident = await work.people.resident(turn.viewer.resident_id)
    subject = alarm_texts.voice_subject()
    if consent:
        subject = posts.subject_of_talk(room, resident, place)
    home_id = place.home_id if place and consent else None
    return await work.threads.open(turn.viewer, room, subject, home_id=home_id)


async def post(turn: Turn, thread: Thread, said: Said, *, named: bool) -> None:
    message = await put(turn, thread, said, named=named)
    await posts.post_words(turn.work, thread, message)
    await notices.tell_executor(turn.work, thread, message)
    if not named and await turn.work.alarms.of_thread(thread.id) is None:
        text = alarm_texts.VOICE_WITHOUT_CONSENT
        line = await turn.work.threads.add(thread, "system", "", None, text=text)
        await turn.work.alarms.keep_voice(thread, line)


# ── The request that a voice was told for ────────────────────────────────────


async def find_thread(turn: Turn, answers: Answers, room: Room | None = None) -> Thread | None:
    """Where voices of this form went, while a request may be filed there: in that room, if one
    is given."""
    if "voiced" not in answers:
        return None
    thread = await turn.work.threads.get(turn.viewer, answers["voiced"], lock=True)
    has_ticket = await turn.work.threads.ticket(thread.id) is not None
    elsewhere = room is not None and thread.room_id != room.id
    return None if has_ticket or elsewhere or thread.state != "open" else thread


async def show(
    turn: Turn, thread: Thread, ticket: Ticket, category: Category, said: Said, *, again: bool
) -> None:
    """A request that was just filed, to the room. `again`: its thread stands there since a voice
    of it was heard."""
    work = turn.work
    if again:
        await show_in_place(turn, thread, ticket, category, said)
        return
    message = await put(turn, thread, said, named=True)
    if category.emergency:
        await alarms.raise_for_ticket(work, thread, ticket, category)
    await posts.post_card(work, thread, ticket, message)
    if category.emergency:
        await work.alarms.join_surge(thread)


async def show_in_place(
    turn: Turn, thread: Thread, ticket: Ticket, category: Category, said: Said
) -> None:
    """The thread has become a request: what was told besides the voices joins them."""
    work = turn.work
    told = await work.threads.words_of_resident(thread)
    had = {file.handle for message in told for file in posts.attachments_of(message)}
    files = [f for f in said["attachments"] if files_of({"attachments": [f]})[0].handle not in had]
    if said["words"] or files:
        message = await put(turn, thread, said | {"attachments": files}, named=True)
        await posts.post_words(work, thread, message)
    if category.emergency:
        alarm = await alarms.raise_for_ticket(work, thread, ticket, category)
        await alarms.post_in_general(work, alarm, thread)
    await notices.tell_staff(work, thread, alarm_texts.became(ticket), Kind.REPLY)
    for room in await work.rooms.showing(thread):
        await work.unsent.post_name(room, thread.id)
    await posts.refresh_card(work, thread)
