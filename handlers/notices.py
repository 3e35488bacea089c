"""Everything said unprompted: cards and words to rooms, answers and news to residents."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import posts, staff_texts, status_texts
from handlers.posts import attachments_of
from services.access import AsResident
from services.messaging.outbox import About
from services.messaging.types import Address, Attachment, Button, Keyboard, Kind, Outbound
from services.people import Place
from services.tables import Message, Room, Thread, Ticket
from services.work import Work

# ── To the room ──────────────────────────────────────────────────────────────


async def post_reopened(work: Work, ticket: Ticket) -> None:
    thread = await work.threads.of_ticket(ticket)
    await tell_staff(work, thread, staff_texts.reopened(ticket))
    await posts.refresh_card(work, thread)


async def tell_staff(
    work: Work,
    thread: Thread,
    text: str,
    kind: Kind = Kind.RELAY,
    *,
    under: Message | None = None,
    buttons: Keyboard | None = None,
    files: Sequence[Attachment] = (),
    aside: bool = False,
) -> None:
    """A line of ours in the thread and in its rooms, where an answer to it finds the thread.
    `under`: the message it is about. `aside`: not worth a post where the thread has none."""
    hidden = await work.incidents.hides(thread)
    line = await work.threads.add(thread, "system", "", None, text=text)
    if hidden and aside:
        return
    if await work.surges.hiding(thread):
        hidden = True
    if hidden:
        await work.surges.show(thread)
        await posts.show_thread(work, thread)
    about = About(message_id=line.id, reply_to_message=under.id if under else None)
    what = Outbound(text=text, keyboard=buttons, attachments=tuple(files))
    for room in await work.rooms.showing(thread):
        await work.outbox.post(room, what, kind, about, thread_id=thread.id)


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


async def tell_status(
    work: Work,
    ticket: Ticket,
    *,
    asked: str = "",
    photo: Message | None = None,
    text: str = "",
    by_night: bool = False,
) -> None:
    """One sentence on what is new of a locked ticket; under a closed one «Не решено», and the
    question how the work was where it is done. `photo`: a member's message whose files go along.
    `text` instead of the usual words; `by_night`: also while people sleep."""
    thread = await work.threads.of_ticket(ticket)
    contact = await work.people.where_to_answer(thread)
    rows: list[tuple[Button, ...]] = []
    if ticket.status == "done":
        rows.append(
            tuple(Button(label=str(n), action=f"rate/{n}/{ticket.id}") for n in range(1, 6))
        )
    if ticket.status in ("done", "declined"):
        rows.append((Button(label=staff_texts.NOT_SOLVED, action=f"ticket/reopen/{ticket.id}"),))
    if not text:
        organisation = await work.organisations.of(ticket)
        text = status_texts.news(ticket, asked, await work.company.profile(), organisation)
    what = Outbound(
        header=staff_texts.ticket_header(ticket),
        text=text,
        attachments=attachments_of(photo) if photo else (),
        keyboard=Keyboard(rows=tuple(rows)) if rows else None,
    )
    message_id = photo.id if photo else None
    await work.news.tell(ticket, contact, what, message_id=message_id, by_night=by_night)


async def tell_talk_closed(work: Work, thread: Thread) -> None:
    contact = await work.people.where_to_answer(thread)
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(text=staff_texts.TALK_CLOSED),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )


async def tell_talk_reopened(work: Work, thread: Thread) -> None:
    contact = await work.people.where_to_answer(thread)
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(text=staff_texts.TALK_REOPENED),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )


# ── To a member ──────────────────────────────────────────────────────────────


async def tell_executor(work: Work, thread: Thread, message: Message) -> None:
    """What the resident says goes along to whoever does the request, where they got its card."""
    ticket = await work.threads.ticket(thread.id)
    if ticket is None or ticket.executor_id is None or ticket.closed_at is not None:
        return
    what = Outbound(
        header=staff_texts.line_header(message.author, ticket),
        text=message.text,
        attachments=attachments_of(message),
    )
    await tell_in_private(work, ticket.executor_id, what, message_id=message.id)


async def tell_in_private(
    work: Work, member_id: int, what: Outbound, *, message_id: int | None = None
) -> str:
    """Returns the messenger; empty when the member has not started the bot in any. An answer to
    it finds the message named."""
    contact = await work.executors.where_reached(member_id)
    if contact is None:
        return ""
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        what,
        Kind.RELAY,
        About(contact_id=contact.id, message_id=message_id),
    )
    return contact.channel
