"""Everything said unprompted: cards and words to rooms, answers and news to residents."""

from __future__ import annotations

from handlers import staff_texts, wording
from services.access import AsResident
from services.messaging.outbox import About
from services.messaging.types import Address, Attachment, Button, Keyboard, Kind, Outbound
from services.people import Place
from services.tables import Member, Message, Resident, Room, Thread, Ticket
from services.work import Work


def subject(ticket: Ticket) -> str:
    """The topic's name."""
    return f"№{ticket.number} {ticket.what} · {ticket.place}"


def subject_of_talk(resident: Resident, place: Place | None) -> str:
    return " · ".join(
        filter(None, [resident.name, wording.name_place(place) if place else ""])
    ) or (staff_texts.NAMELESS)


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    return tuple(Attachment.model_validate(each) for each in message.attachments)


# ── To the room ──────────────────────────────────────────────────────────────


async def card(work: Work, thread: Thread, ticket: Ticket, message: Message) -> Outbound:
    """One post with all that staff need, and no more of the person than that."""
    due = await work.company.local(ticket.due_at)
    now = await work.company.local(work.now)
    resident = await work.people.resident(thread.resident_id)
    entrance = await work.places.entrance(ticket.entrance_id) if ticket.entrance_id else None
    flat = await work.places.flat(ticket.flat_id) if ticket.flat_id else None
    where = staff_texts.where(
        ticket, entrance.number if entrance else "", flat.floor if flat else None
    )
    return Outbound(
        header=staff_texts.card_header(ticket),
        text=staff_texts.card(ticket, where, resident.name or "", message.text, due, now),
        attachments=attachments_of(message),
        keyboard=Keyboard(
            rows=(
                (
                    Button(label=staff_texts.ACCEPT, action=f"staff/accept/{ticket.id}"),
                    Button(label=staff_texts.CLOSE, action=f"staff/close/{ticket.id}"),
                ),
            )
        ),
    )


async def post_card(work: Work, thread: Thread, ticket: Ticket, message: Message) -> None:
    await work.outbox.post(
        await work.rooms.get(thread.room_id),
        await card(work, thread, ticket, message),
        Kind.ALARM if ticket.emergency else Kind.RELAY,
        About(message_id=message.id),
        thread_id=thread.id,
    )


async def post_talk_card(work: Work, thread: Thread, message: Message) -> None:
    """The first post of a conversation without a ticket."""
    await work.outbox.post(
        await work.rooms.get(thread.room_id),
        Outbound(
            header=staff_texts.talk_header(thread.subject),
            text=message.text,
            attachments=attachments_of(message),
        ),
        Kind.RELAY,
        About(message_id=message.id),
        thread_id=thread.id,
    )


async def post_words_of_resident(
    work: Work, thread: Thread, ticket: Ticket | None, message: Message
) -> None:
    await work.outbox.post(
        await work.rooms.get(thread.room_id),
        Outbound(
            header=staff_texts.line_header(message.author, ticket),
            text=message.text,
            attachments=attachments_of(message),
        ),
        Kind.RELAY,
        About(message_id=message.id, reply_to_message=message.reply_to),
        thread_id=thread.id,
    )


async def post_edit_of_resident(work: Work, message: Message) -> None:
    """The room's copy changes, on its way or already there."""
    thread = await work.threads.of_message(message)
    ticket = await work.threads.ticket(thread.id)
    first = await work.threads.first_message(thread)
    if ticket and first == message.id:
        what = await card(work, thread, ticket, message)
    else:
        header = (
            staff_texts.talk_header(thread.subject)
            if first == message.id
            else staff_texts.line_header(message.author, ticket)
        )
        what = Outbound(header=header, text=message.text, attachments=attachments_of(message))
    if not await work.outbox.change_waiting(message.id, what):
        await work.outbox.post(
            await work.rooms.get(thread.room_id),
            what.model_copy(update={"attachments": ()}),
            Kind.RELAY,
            About(replaces_message=message.id),
            thread_id=thread.id,
        )


async def post_reopened(work: Work, ticket: Ticket) -> None:
    thread = await work.threads.of_ticket(ticket)
    await tell_staff(work, thread, staff_texts.reopened(ticket))


async def tell_staff(
    work: Work, thread: Thread, text: str, kind: Kind = Kind.RELAY, *, under: Message | None = None
) -> None:
    """A line of ours in the thread and in its room, where an answer to it finds the thread.
    `under`: the message it is about."""
    line = await work.threads.add(thread, "system", "", None, text=text)
    about = About(message_id=line.id, reply_to_message=under.id if under else None)
    room = await work.rooms.get(thread.room_id)
    await work.outbox.post(room, Outbound(text=text), kind, about, thread_id=thread.id)


async def show_note(work: Work, thread: Thread, room: Room, note: Message) -> None:
    """A note written at the desk, in the topic; an answer to it is a note as well."""
    await work.outbox.post(
        room,
        Outbound(
            header=staff_texts.note_header(note.author),
            text=note.text,
            attachments=attachments_of(note),
        ),
        Kind.RELAY,
        About(message_id=note.id),
        thread_id=thread.id,
    )


async def tell_unlisted_flat(work: Work, viewer: AsResident, place: Place) -> None:
    """Staff are asked to check a flat that the company's data lacks, in a thread in which they
    can ask back."""
    room = await work.rooms.of_complex(place.complex_id)
    subject = staff_texts.unlisted_subject(place)
    thread = await work.threads.open(viewer, room, subject, home_id=place.home_id)
    await tell_staff(work, thread, staff_texts.unlisted_flat(place))


# ── To the resident ──────────────────────────────────────────────────────────


async def pass_on_answer(
    work: Work, thread: Thread, member: Member, message: Message, room: Room, *, from_desk: bool
) -> None:
    """A member's words go to the messenger the resident used last, and, when they were written
    at the desk, into the room's topic too."""
    ticket = await work.threads.ticket(thread.id)
    contact = await work.people.contact(thread.contact_id)
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
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
    await work.sessions.turn_to(
        Address(channel=contact.channel, chat=contact.chat), contact.user_id, thread.id
    )
    if from_desk:
        await work.outbox.post(
            room,
            Outbound(
                header=wording.sign_member(member),
                text=message.text,
                attachments=attachments_of(message),
            ),
            Kind.RELAY,
            About(message_id=message.id, reply_to_message=message.reply_to),
            thread_id=thread.id,
        )


async def pass_on_edit(work: Work, thread: Thread, member: Member, message: Message) -> None:
    contact = await work.people.contact(thread.contact_id)
    ticket = await work.threads.ticket(thread.id)
    what = Outbound(header=staff_texts.answer_header(member, ticket), text=message.text)
    if not await work.outbox.change_waiting(message.id, what):
        await work.outbox.say(
            Address(channel=contact.channel, chat=contact.chat),
            what,
            Kind.RELAY,
            About(thread_id=thread.id, replaces_message=message.id, contact_id=contact.id),
        )


async def tell_status(work: Work, ticket: Ticket) -> None:
    """One sentence on what is new; under a closed ticket, «Не решено»."""
    thread = await work.threads.of_ticket(ticket)
    contact = await work.people.contact(thread.contact_id)
    ended = ticket.status in ("done", "declined")
    rows = (
        ((Button(label=staff_texts.NOT_SOLVED, action=f"ticket/reopen/{ticket.id}"),),)
        if ended
        else ()
    )
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(
            header=staff_texts.ticket_header(ticket),
            text=staff_texts.status_news(ticket.status, (await work.company.profile()).phone),
            keyboard=Keyboard(rows=rows) if rows else None,
        ),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )


async def tell_talk_closed(work: Work, thread: Thread) -> None:
    contact = await work.people.contact(thread.contact_id)
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(text=staff_texts.TALK_CLOSED),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )
