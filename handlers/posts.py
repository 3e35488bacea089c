"""What stands in a room: cards, and words of residents. What one person says in a burst, or while
the room's budget is used up, is one post; what changes it is one edit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers import card_buttons, gathering, relay_texts, staff_texts, standing, wording
from handlers.discretion import Discretion
from services.danger import sounds_dangerous
from services.messaging.outbox import About
from services.messaging.types import Attachment, Kind, Outbound
from services.messaging.unsent import Post
from services.people import Place
from services.tables import Message, Resident, Room, Thread, Ticket
from services.waiting import asks_nothing
from services.work import Work

FOLD_FOR = timedelta(seconds=2)  # after each word
FOLD_AT_MOST = timedelta(seconds=6)  # after the first
MOST_WORDS = 3000
MOST_FILES = 10
LINES_OF_RECAP = 5
MOST_SHOWN = 20
MOST_ANSWERS = 3  # of those given before a request is handed over


def subject(ticket: Ticket) -> str:
    """The topic's name."""
    return f"№{ticket.number} {ticket.what} · {ticket.place}"


def subject_of_talk(room: Room, resident: Resident, place: Place | None) -> str:
    """No more than the room may show: it stands in lists of many threads as well."""
    shows = Discretion.of(room)
    where = ""
    if place:
        where = wording.name_place(place) if shows.flats else place.address
    return " · ".join(filter(None, [shows.name(resident.name or ""), where])) or (
        staff_texts.NAMELESS
    )


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    return tuple(Attachment.model_validate(each) for each in message.attachments)


def mirrored(message: Message) -> Outbound:
    """An answer as the other rooms show it."""
    return Outbound(header=message.author, text=message.text, attachments=attachments_of(message))


# ── What a post says ─────────────────────────────────────────────────────────


async def compose(work: Work, room: Room, thread: Thread, messages: Sequence[Message]) -> Outbound:
    """One post of these messages of a resident: a card where the first of the thread is among
    them."""
    first, ticket = messages[0], await work.threads.ticket(thread.id)
    words = "\n\n".join(filter(None, (message.text for message in messages)))
    files = tuple(file for message in messages for file in attachments_of(message))
    if first.id != await work.threads.first_message(thread):
        header = staff_texts.line_header(first.author, ticket)
        return Outbound(header=header, text=words, attachments=files)
    earlier = await work.threads.continued(thread)
    if ticket is None:
        header = staff_texts.talk_header(thread.subject, earlier)
        buttons = await card_buttons.of_talk(work, room, thread)
        lines = await standing.describe(work, thread, None)
        words = "\n".join(filter(None, [words, *lines]))
        return Outbound(header=header, text=words, attachments=files, keyboard=buttons)
    return await card(work, room, thread, ticket, words, files, earlier)


async def card(
    work: Work,
    room: Room,
    thread: Thread,
    ticket: Ticket,
    words: str,
    files: tuple[Attachment, ...] = (),
    earlier: str = "",
) -> Outbound:
    """All that staff need, and no more of the person than that."""
    due = await work.company.local(ticket.due_at)
    now = await work.company.local(work.now)
    resident = await work.people.resident(thread.resident_id)
    entrance = await work.places.entrance(ticket.entrance_id) if ticket.entrance_id else None
    flat = await work.places.flat(ticket.flat_id) if ticket.flat_id else None
    where = staff_texts.where(
        ticket, entrance.number if entrance else "", flat.floor if flat else None
    )
    text = staff_texts.card(ticket, where, resident.name or "", words, due, now)
    return Outbound(
        header=staff_texts.card_header(ticket, earlier),
        text="\n".join([text, *await standing.describe(work, thread, ticket, on_card=True)]),
        attachments=files,
        keyboard=await card_buttons.of_ticket(work, room, thread, ticket),
    )


# ── Posting ──────────────────────────────────────────────────────────────────


async def post_card(work: Work, thread: Thread, ticket: Ticket, message: Message) -> None:
    """An emergency stands in General first, in a single call; its topic follows."""
    room = await work.rooms.get(thread.room_id)
    if await gathering.gather(work, room, thread, ticket, message):
        await gathering.offer(work, room, thread, ticket)
        return
    alarmed = ticket.emergency and room.has_topics and room.channel != "desk"
    if alarmed:
        alarm = await work.alarms.of_thread(thread.id)
        line_id = alarm.message_id if alarm else None
        if line_id is None:
            text = staff_texts.alarm_raised(ticket)
            line_id = (await work.threads.add(thread, "system", "", None, text=text)).id
        in_general = await card(work, room, thread, ticket, message.text)
        await work.outbox.post(room, in_general, Kind.ALARM, About(message_id=line_id))
    await work.outbox.post(
        room,
        await compose(work, room, thread, [message]),
        Kind.ALARM if ticket.emergency and not alarmed else Kind.RELAY,
        About(message_id=message.id),
        thread_id=thread.id,
    )
    await gathering.offer(work, room, thread, ticket)


async def post_words(work: Work, thread: Thread, message: Message) -> None:
    """To every room that shows the thread."""
    hidden = await work.incidents.hides(thread)
    if hidden and asks_nothing(message.text, attachments_of(message)):
        return  # thanks of hundreds
    surge = await work.surges.hiding(thread)
    if surge and (sounds_dangerous(message.text) or gathering.is_spoken(message)):
        surge = None
    shown = surge is None and (await work.surges.show(thread) or hidden)
    for room in await work.rooms.showing(thread):
        if surge is not None and room.id == thread.room_id:
            await gathering.grow(work, surge)
        elif shown and room.id == thread.room_id:
            await show_thread(work, thread)
        else:
            await post_words_in(work, room, thread, message)


async def post_words_in(work: Work, room: Room, thread: Thread, message: Message) -> None:
    """Into the post of this thread that waits to leave, else as a new one, which waits a moment
    for what else is said."""
    if room.channel == "desk" or await fold(work, room, thread, message):
        return
    first = message.id == await work.threads.first_message(thread)
    if first and await gathering.gather(work, room, thread, None, message):
        return
    await work.outbox.post(
        room,
        await compose(work, room, thread, [message]),
        Kind.RELAY,
        About(
            message_id=message.id,
            reply_to_message=message.reply_to,
            not_before=work.now + FOLD_FOR,
        ),
        thread_id=thread.id,
    )


async def show_thread(work: Work, thread: Thread) -> None:
    """A thread that stood in a surge's post alone, with all that was said so far."""
    room = await work.rooms.get(thread.room_id)
    said = await work.threads.last_words(thread, MOST_SHOWN, but=())
    opening = await work.threads.first_message(thread)
    if opening is not None and opening not in [message.id for message in said]:
        first = await work.threads.message(opening)
        said = [first, *said] if first is not None else said
    mine = [message for message in said if message.by == "resident"]
    if not mine:
        return
    about = About(message_id=mine[0].id, also=tuple(message.id for message in mine[1:]))
    what = await compose(work, room, thread, mine)
    answered = [relay_texts.recap_line(message) for message in said if message.by == "member"]
    what = what.model_copy(update={"text": "\n".join([what.text, *answered])})
    await work.outbox.post(room, what, Kind.RELAY, about, thread_id=thread.id)


async def hand_over(work: Work, room: Room, thread: Thread) -> None:
    """The card and all that the resident has said, in as few posts as it takes; then what staff
    answered last, so that nobody promises anything else."""
    parts: list[list[Message]] = []
    for message in await work.threads.words_of_resident(thread):
        together = [*(parts[-1] if parts else ()), message]
        words = sum(len(each.text) + 2 for each in together)
        files = sum(len(each.attachments) for each in together)
        if parts and words <= MOST_WORDS and files <= MOST_FILES:
            parts[-1] = together
        else:
            parts.append([message])
    for said in parts:
        about = About(message_id=said[0].id, also=tuple(message.id for message in said[1:]))
        what = await compose(work, room, thread, said)
        await work.outbox.post(room, what, Kind.RELAY, about, thread_id=thread.id)
    latest = await work.threads.last_words(thread, MOST_SHOWN, but=())
    for answer in [each for each in latest if each.by == "member"][-MOST_ANSWERS:]:
        if not await work.copies.find_external(room.channel, room.chat, answer.id):
            about = About(message_id=answer.id, reply_to_message=answer.reply_to)
            what = mirrored(answer)
            await work.outbox.post(room, what, Kind.RELAY, about, thread_id=thread.id)


async def fold(work: Work, room: Room, thread: Thread, message: Message) -> bool:
    """False when the post is gone, full, or says something else."""
    post = await work.unsent.last_waiting(room, thread.id)
    if post is None or message.reply_to is not None:
        return False
    messages = await messages_of(work, post)
    if any(each.by != "resident" for each in messages):
        return False
    what = await compose(work, room, thread, [*messages, message])
    if len(what.text) > MOST_WORDS or len(what.attachments) > MOST_FILES:
        return False
    until = min(max(post.not_before, work.now + FOLD_FOR), post.created_at + FOLD_AT_MOST)
    waits = post.not_before > post.created_at  # a card does not
    await work.unsent.rewrite(post, what, also=message.id, not_before=until if waits else None)
    return True


async def post_edit(work: Work, message: Message) -> None:
    """The rooms' copies change, on their way or already there."""
    thread = await work.threads.of_message(message)
    for room in await work.rooms.showing(thread):
        await post_edit_in(work, room, thread, message)


async def post_edit_in(work: Work, room: Room, thread: Thread, message: Message) -> None:
    surge = await work.surges.hiding(thread)
    if surge is not None and room.id == thread.room_id:
        await gathering.grow(work, surge)
        return
    if await work.incidents.hides(thread):
        return
    if post := await work.unsent.waiting_with(message.id, room):
        what = await compose(work, room, thread, await messages_of(work, post))
        await work.unsent.rewrite(post, what)
        return
    ids = await work.copies.companions(room.channel, room.chat, message.id)
    found = [await work.threads.message(each) for each in ids or [message.id]]
    what = await compose(work, room, thread, [each for each in found if each is not None])
    await change_post(work, room, thread, message, what)


async def refresh_card(work: Work, thread: Thread) -> None:
    """The cards say how the ticket stands."""
    first = await work.threads.first_message(thread)
    message = await work.threads.message(first) if first else None
    if message is not None and message.by == "resident":
        await post_edit(work, message)


async def change_post(
    work: Work, room: Room, thread: Thread, message: Message, what: Outbound
) -> None:
    await work.unsent.post_change(
        room,
        what.model_copy(update={"attachments": ()}),
        About(replaces_message=message.id, not_before=work.now + FOLD_FOR),
        thread_id=thread.id,
    )


def without_files(what: Outbound, why: str) -> Outbound:
    """What is left of a post whose files a messenger did not take or no longer gives."""
    lost = relay_texts.files_lost(len(what.attachments), why)
    text = "\n\n".join(filter(None, [what.text, lost]))
    return what.model_copy(update={"text": text, "attachments": ()})


async def recap(
    work: Work, room: Room, thread_id: int, what: Outbound, among: Sequence[int]
) -> Outbound:
    """A post for a new topic of an old thread, with its card and the last words before it."""
    thread = await work.threads.by_id(thread_id)
    ticket = await work.threads.ticket(thread_id)
    said = await work.threads.last_words(
        thread, LINES_OF_RECAP, but=among, before=min(among, default=None)
    )
    said = [each for each in said if each.by != "note" or not await elsewhere(work, room, each)]
    first = await work.threads.first_message(thread)
    if first in among:
        return what
    lines = [relay_texts.recap_line(message) for message in said if message.id != first]
    opening = await work.threads.message(first) if first else None
    words = opening.text if opening else ""
    if ticket is not None:
        before = await card(work, room, thread, ticket, words)
    else:
        before = Outbound(header=staff_texts.talk_header(thread.subject), text=words)
    end = relay_texts.RECAP_END if room.has_topics else relay_texts.RECAP_END_IN_GROUP
    parts = [before.text, *lines, end, what.header, what.text]
    return what.model_copy(
        update={
            "header": before.header,
            "text": "\n".join(filter(None, parts)),
            "keyboard": what.keyboard or before.keyboard,
        }
    )


async def elsewhere(work: Work, room: Room, note: Message) -> bool:
    """Whether a note was written for another of the thread's rooms: there it stays, wherever
    these have moved since."""
    thread = await work.threads.of_message(note)
    return room.id not in (await work.copies.rooms_of(note) or {thread.room_id})


async def messages_of(work: Work, post: Post) -> list[Message]:
    found = [await work.threads.message(each) for each in post.message_ids]
    return [each for each in found if each is not None]
