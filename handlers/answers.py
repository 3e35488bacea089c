"""Answers of staff on their way to a resident: sent, sent again, marked, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers import promises, staff_texts
from handlers.posts import attachments_of, change_post, mirrored
from services.messaging.outbox import About
from services.messaging.types import PHONE, Address, Kind, Outbound
from services.rooms import same_place
from services.tables import Contact, Member, Message, Room, Thread
from services.work import Work

ON_ITS_WAY = "🕊"
DELIVERED = "👍"
PROMISED = "✍"  # arrived, and the time named in it is remembered
READ = "👀"
NOT_DELIVERED = "💔"
NOBODY_KNOWS = "🤔"  # it left, and the messenger's answer did not come
SOON = timedelta(seconds=5)  # an answer that arrives sooner is not marked as being on its way


async def pass_on_answer(
    work: Work,
    thread: Thread,
    message: Message,
    room: Room,
    *,
    from_desk: bool,
    mirror: Kind = Kind.RELAY,
) -> None:
    """A member's words go to the messenger the resident used last, and into the topics of the
    rooms they were not written in. `room`: where they were, but for the desk. `mirror`: what is
    said to many at once stands in their topics when nothing else waits for the group."""
    contact = await work.people.where_to_answer(thread)
    await work.threads.answer_at(thread, contact)
    await send_answer(work, thread, message, contact)
    hidden = await work.surges.hiding(thread) is not None
    for other in await work.rooms.showing(thread):
        written_here = not from_desk and same_place(room, other)
        if written_here or (hidden and other.id == thread.room_id):
            continue
        await work.outbox.post(
            other,
            mirrored(message),
            mirror,
            About(message_id=message.id, reply_to_message=message.reply_to),
            thread_id=thread.id,
        )
    await promises.hear_answer(work, thread, message)


async def change_mirrors(work: Work, thread: Thread, message: Message, what: Outbound) -> None:
    for room in await work.rooms.showing(thread):
        if post := await work.unsent.waiting_with(message.id, room):
            await work.unsent.rewrite(post, what)
        elif await work.unsent.goes_to(room, message.id):
            await change_post(work, room, thread, message, what)


async def pass_on_edit(work: Work, thread: Thread, member: Member, message: Message) -> None:
    """Where the answer stands, or on its way there; in the rooms that show it, too."""
    contact = await work.people.where_answered(thread, message.id)
    ticket = await work.threads.ticket(thread.id)
    what = Outbound(
        header=staff_texts.answer_header(member, ticket),
        text=message.text,
        attachments=attachments_of(message),
    )
    waits = await work.unsent.change_waiting(message.id, what)
    if not waits and contact is not None:  # what was refused goes with its new words, if it goes
        what = what.model_copy(update={"attachments": ()})
        await work.outbox.say(
            Address(channel=contact.channel, chat=contact.chat),
            what,
            Kind.RELAY,
            About(thread_id=thread.id, replaces_message=message.id, contact_id=contact.id),
        )
    await change_mirrors(work, thread, message, mirrored(message))
    if await promises.hear_edit(work, thread, message) and not waits:
        arrived = PROMISED if await work.promises.stands_in(message.id) else DELIVERED
        await mark_where_it_stands(work, thread, message, arrived)


async def send_answer(work: Work, thread: Thread, message: Message, contact: Contact) -> None:
    """A member's words to one messenger of the resident; what they say there next belongs to
    this thread."""
    assert message.member_id is not None
    member = await work.staff.get(message.member_id)
    ticket = await work.threads.ticket(thread.id)
    to = Address(channel=contact.channel, chat=contact.chat)
    await work.outbox.say(
        to,
        Outbound(
            header=staff_texts.answer_header(member, ticket),
            text=message.text,
            attachments=attachments_of(message),
        ),
        Kind.RELAY,
        About(
            thread_id=thread.id,
            message_id=message.id,
            reply_to_message=message.reply_to,
            contact_id=contact.id,
        ),
    )
    if contact.channel == PHONE:  # a chore puts it before the room
        return
    await work.sessions.turn_to(to, contact.user_id, thread.id)
    await mark_where_it_stands(work, thread, message, ON_ITS_WAY)


async def mark_where_it_stands(work: Work, thread: Thread, message: Message, emoji: str) -> None:
    for room in await work.rooms.showing(thread):
        if await work.copies.find_external(room.channel, room.chat, message.id):
            await mark(work, thread, room, message, emoji)


async def mark(work: Work, thread: Thread, room: Room, message: Message, emoji: str) -> None:
    """On the member's own message in the room; the desk shows the same in words."""
    wait = work.now + SOON if emoji == ON_ITS_WAY else None
    about = About(reaction=emoji, reply_to_message=message.id, not_before=wait)
    await work.outbox.post(room, Outbound(), Kind.REPLY, about, thread_id=thread.id)


async def tell_read(work: Work, message_ids: Sequence[int]) -> None:
    """The resident has read these."""
    for message_id in message_ids:
        message = await work.threads.message(message_id)
        if message is not None and message.by == "member" and message.withdrawn_at is None:
            thread = await work.threads.of_message(message)
            await mark_where_it_stands(work, thread, message, READ)


async def take_back(work: Work, thread: Thread, message: Message) -> bool:
    """True when nothing of it reached the resident. What stands with them is deleted there, where
    the messenger can; the member is told what came of it. The words stay in the thread, marked."""
    await work.threads.withdraw(message)
    await promises.hear_recall(work, thread, message)
    await work.unsent.drop_marks(message.id)
    await change_mirrors(work, thread, message, staff_texts.recalled(mirrored(message)))
    if await work.unsent.drop_waiting(message.id):
        return True
    rows = await work.outbox.sent_to_people(message.id)
    for row in rows:
        await work.outbox.say(
            Address(channel=row.channel, chat=row.chat),
            Outbound(),
            Kind.RELAY,
            About(
                thread_id=thread.id,
                replaces_message=message.id,
                withdraws=True,
                contact_id=row.contact_id,
            ),
        )
    return not rows
