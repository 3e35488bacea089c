"""Erasing by the clock: the last word to the person, the erasure, a line to whoever goes on."""

from __future__ import annotations

from datetime import timedelta

from handlers import erasing_texts as words
from handlers import holding_notices
from handlers.notices import tell_staff
from services.chores import Chore
from services.erasing import Due
from services.messaging.outbox import About
from services.messaging.types import PHONE, Address, Kind, Outbound
from services.tables import Erasure
from services.work import Work

TRY_AGAIN = timedelta(minutes=10)


async def do(work: Work, erasure_id: int) -> None:
    due = await work.erasing.claim(erasure_id)
    if due is None:
        return
    if due.say_goodbye:
        await say_goodbye(work, due)
        return
    left = await work.erasing.erase(due, words.GONE, words.subject)
    for thread in left.topics:
        for room in await work.rooms.showing(thread):
            await work.unsent.post_name(room, thread.id)
    for thread in left.open:
        await tell_staff(work, thread, words.ERASED_STAFF, Kind.NOTICE)
    await holding_notices.tell_left_alone(work, left.guests)


async def say_goodbye(work: Work, due: Due) -> None:
    """Where they would be answered; to nobody where nothing reaches them."""
    reachable = await work.people.reachable(due.erasure.resident_id)
    contacts = [contact for contact in reachable if contact.channel != PHONE]
    row = None
    if contacts:
        to = contacts[0]
        row = await work.outbox.say(
            Address(channel=to.channel, chat=to.chat),
            Outbound(text=words.goodbye(await work.company.profile())),
            Kind.REPLY,
            About(contact_id=to.id),
        )
    work.erasing.said_goodbye(due, row)
    await work.session.flush()


async def tell_rooms(work: Work, erasure: Erasure) -> None:
    """Staff hear in time that what is open there has an end."""
    ends = await work.company.local(erasure.due_at)
    for ticket in await work.erasing.open_tickets([erasure.resident_id]):
        thread = await work.threads.of_ticket(ticket)
        await tell_staff(work, thread, words.told_staff(ends), Kind.NOTICE)


async def tell_rooms_kept(work: Work, resident_id: int) -> None:
    for ticket in await work.erasing.open_tickets([resident_id]):
        thread = await work.threads.of_ticket(ticket)
        await tell_staff(work, thread, words.KEPT_STAFF, Kind.NOTICE)


async def forget_files(work: Work, _: int) -> None:
    await work.my_data.forget_old()


CHORES = (
    Chore("erasing whoever asked for it", lambda work: work.erasing.find_due(), do, TRY_AGAIN),
    Chore("forgetting files of one's own data", lambda work: work.my_data.find_old(), forget_files),
)
