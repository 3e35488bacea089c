"""What became of what was said: told to whoever said it, and to admins where they must act."""

from __future__ import annotations

from datetime import timedelta

from handlers import staff_texts
from handlers.notices import tell_staff
from services.messaging.outbox import About
from services.messaging.settling import Paused, Settled
from services.messaging.types import Inbound, Kind, Outbound
from services.work import Work

TOLD_AGAIN_AFTER = timedelta(minutes=30)


async def tell_settled(work: Work, settled: Settled) -> None:
    """Called when a row of the outbox is settled: the member whose answer it was learns of it,
    by a mark on their message or by a sentence."""
    row = settled.row
    if row.room_id is not None and row.thread_id is not None and settled.state != "sent":
        await tell_lost_post(work, settled)
    if row.room_id is not None or row.message_id is None:
        return
    message = await work.threads.message(row.message_id)
    if message is None or message.by != "member":
        return
    thread = await work.threads.of_message(message)
    room = await work.rooms.get(thread.room_id)
    stands_there = await work.copies.find_external(room.channel, room.chat, message.id)
    if settled.state == "sent":
        if stands_there:
            about = About(reaction="👍", reply_to_message=message.id)
            await work.outbox.post(room, Outbound(), Kind.REPLY, about, thread_id=thread.id)
        return
    await tell_staff(
        work,
        thread,
        staff_texts.not_delivered(settled.reason, settled.why),
        Kind.REPLY,
        under=message if stands_there else None,
    )


async def tell_lost_post(work: Work, settled: Settled) -> None:
    """A room did not take what residents wrote: it stands at the desk all the same, and admins
    hear of it in private."""
    row = settled.row
    if row.reaction or row.room_id is None or row.thread_id is None:
        return
    room = await work.rooms.get(row.room_id)
    thread = await work.threads.by_id(row.thread_id)
    text = staff_texts.room_lost(room.title, settled.why)
    await work.threads.add(thread, "system", "", None, text=text)
    await tell_admins(work, "room lost", f"room:{room.id}", text)


async def tell_paused(work: Work, pause: Paused) -> None:
    """A messenger takes nothing for a while, in one room or anywhere: admins hear why."""
    room = await work.rooms.get(pause.room_id) if pause.room_id is not None else None
    text = staff_texts.paused(pause.channel, room.title if room else "", pause.seconds, pause.why)
    about = f"room:{room.id}" if room else f"channel:{pause.channel}"
    await tell_admins(work, "paused", about, text)


async def tell_admins(work: Work, what: str, about: str, text: str) -> None:
    """In private, wherever they are known; of one trouble once in half an hour."""
    if await work.audit.noted_since(what, about, work.now - TOLD_AGAIN_AFTER):
        return
    work.audit.note("system", what, about)
    for to in await work.staff.addresses_of_admins():
        await work.outbox.say(to, Outbound(text=text), Kind.NOTICE)


async def tell_fault(work: Work, inbound: Inbound, number: str) -> None:
    """Something of ours broke over this message."""
    company = await work.company.profile()
    await work.outbox.say(inbound.address, Outbound(text=staff_texts.fault(number, company.phone)))
