"""What goes on after the end: a thread that was closed for good is not opened again, another
continues it."""

from __future__ import annotations

from handlers import posts
from handlers.dialogue.turn import Turn
from handlers.resident import closing_texts, limits, texts
from services.errors import TooManyAlike, TooManyToday
from services.tables import Thread, Ticket


async def thread_for_words(turn: Turn, thread: Thread) -> Thread:
    """Where words for this thread belong now: itself; once it is over, the thread that continues
    it, a new one if need be."""
    work = turn.work
    if not await work.closing.is_over(thread):
        return thread
    thread = await work.threads.get(turn.viewer, thread.id, lock=True)
    latest = await work.closing.latest(thread)
    if not await work.closing.is_over(latest):
        return latest
    resident = await work.people.resident(turn.viewer.resident_id)
    places = await work.people.places(turn.viewer)
    place = next((p for p in places if p.home_id == latest.home_id), None)
    subject = posts.subject_of_talk(await work.rooms.get(latest.room_id), resident, place)
    return await work.closing.go_on(turn.viewer, latest, subject)


async def tell_continued(turn: Turn, thread: Thread) -> None:
    ticket = await turn.work.closing.first_ticket(thread)
    await turn.say(closing_texts.continued_talk(ticket.number if ticket else None))


async def ticket_to_reopen(turn: Turn, ticket: Ticket) -> Ticket | None:
    """«Не решено» under a locked ticket: itself; once that is over, the one that continues it.
    None when a new one was filed, or could not be, and the person was told."""
    work = turn.work
    thread = await work.threads.of_ticket(ticket)
    if not await work.closing.is_over(thread):
        return ticket
    latest = await work.closing.latest(thread, with_ticket=True)
    later = await work.threads.ticket(latest.id)
    assert later is not None
    if not await work.closing.is_over(latest):
        return await work.tickets.get(turn.viewer, later.id, lock=True)
    if not later.emergency:
        try:
            await work.limits.check(
                turn.viewer,
                category=later.category,
                what=later.what,
                house_id=later.house_id,
                home_id=latest.home_id,
            )
        except (TooManyAlike, TooManyToday) as refusal:
            await limits.refuse(turn, refusal)
            return None
    await file_again(turn, latest, later)
    return None


async def file_again(turn: Turn, old_thread: Thread, old: Ticket) -> None:
    work = turn.work
    thread = await work.closing.go_on(turn.viewer, old_thread, old.what)
    ticket = await work.tickets.file_again(thread, old, turn.contact.channel)
    work.threads.name(thread, posts.subject(ticket))
    resident = await work.people.resident(turn.viewer.resident_id)
    text = old.text or texts.NOT_SOLVED
    message = await work.threads.add(thread, "resident", resident.name or "", None, text=text)
    await posts.post_card(work, thread, ticket, message)
    turn.go("talk", thread=thread.id, chosen=True)
    company = await work.company.profile()
    text = closing_texts.continued_ticket(old, ticket, company)
    await turn.say(text, header=texts.receipt_header(ticket))
