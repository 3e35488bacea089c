"""Promises of members, from the words that make one to the day it is kept or missed."""

from __future__ import annotations

from handlers import posts, promise_texts
from handlers.notices import tell_staff
from handlers.staff_texts import ticket_header
from services.chores import Chore
from services.messaging.outbox import About
from services.messaging.types import PHONE, Address, Kind, Outbound
from services.tables import Message, Promise, Thread
from services.work import Work


async def hear_answer(work: Work, thread: Thread, message: Message) -> None:
    """An answer left for the resident: it may keep a promise, and make the next one."""
    kept = await work.promises.hear(thread.id)
    if await work.promises.make(thread, message) or kept:
        await posts.refresh_card(work, thread)


async def hear_edit(work: Work, thread: Thread, message: Message) -> bool:
    """True when the answer promises something else than before."""
    if message.held_at is not None and message.released_by is None:
        return False  # nobody has read it yet
    changed = await work.promises.reread(thread, message)
    if changed:
        await posts.refresh_card(work, thread)
    return changed


async def hear_recall(work: Work, thread: Thread, message: Message) -> None:
    if await work.promises.withdraw(message):
        await posts.refresh_card(work, thread)


async def name_term(work: Work, promise: Promise) -> str:
    local = work.company.local
    return promise_texts.term(await local(promise.until), await local(work.now))


# ── By the clock ─────────────────────────────────────────────────────────────


async def remind(work: Work, promise_id: int) -> None:
    promise = await work.promises.claim_to_warn(promise_id)
    if promise is None:
        return
    thread = await work.threads.by_id(promise.thread_id)
    text = promise_texts.soon(
        await name_term(work, promise), await work.staff.name_of(promise.member_id)
    )
    answer = await work.threads.message(promise.message_id)
    await tell_staff(work, thread, text, under=answer)


async def tell_missed(work: Work, promise_id: int) -> None:
    """The resident is told the truth, and the room that they were."""
    promise = await work.promises.claim_missed(promise_id)
    if promise is None:
        return
    thread = await work.threads.by_id(promise.thread_id)
    contact = await work.people.where_to_answer(thread)
    until = await name_term(work, promise)
    call = contact.channel == PHONE
    if not call:
        ticket = await work.threads.ticket(thread.id)
        company = await work.company.profile()
        phone = company.emergency_phone if ticket and ticket.emergency else company.phone
        await work.outbox.say(
            Address(channel=contact.channel, chat=contact.chat),
            Outbound(
                header=ticket_header(ticket) if ticket else "",
                text=promise_texts.missed_to_resident(until, phone),
            ),
            Kind.NOTICE,
            About(thread_id=thread.id, contact_id=contact.id),
        )
    name = await work.staff.name_of(promise.member_id)
    answer = await work.threads.message(promise.message_id)
    await tell_staff(work, thread, promise_texts.missed(until, name, call=call), under=answer)
    await posts.refresh_card(work, thread)


CHORES = (
    Chore("reminding of a promise", lambda work: work.promises.find_to_warn(), remind),
    Chore("a missed promise", lambda work: work.promises.find_missed(), tell_missed),
)
