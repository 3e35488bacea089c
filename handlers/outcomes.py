"""What became of what was said: told to whoever said it, and to admins where they must act."""

from __future__ import annotations

from datetime import timedelta

from handlers import discretion, open_outcomes, posts, relay_texts, staff_texts
from handlers.answers import (
    DELIVERED,
    NOBODY_KNOWS,
    NOT_DELIVERED,
    PROMISED,
    READ,
    mark_where_it_stands,
    send_answer,
)
from handlers.notices import tell_staff
from services.messaging.rows import Paused, Settled, Telling
from services.messaging.types import PHONE, Inbound, Kind, Outbound
from services.tables import Room
from services.work import Work

TOLD_AGAIN_AFTER = timedelta(minutes=30)
SELDOM = timedelta(days=365)  # a group without topics may be meant so


async def tell_settled(work: Work, settled: Settled) -> None:
    """Called when a row of the outbox is settled: the member whose answer it was learns of it,
    by a mark on their message or by a sentence."""
    row = settled.row
    if row.room_id is not None:
        if settled.state != "sent":
            await tell_lost_post(work, settled)
        return
    if row.withdraws:
        await tell_withdrawn(work, settled)
    if row.message_id is None:
        if row.contact_id is None and settled.state != "sent":
            await open_outcomes.tell_lost(work, settled)
        return
    message = await work.threads.message(row.message_id)
    if message is None or message.by != "member":
        return
    thread = await work.threads.of_message(message)
    await work.unsent.drop_marks(message.id)
    if settled.state == "sent":
        seen = row.channel == "web" and await work.posts.is_seen(row.id)
        arrived = READ if seen else DELIVERED
        if await work.promises.stands_in(message.id):
            arrived = PROMISED
        await mark_where_it_stands(work, thread, message, arrived)
        return
    if message.withdrawn_at is not None:
        return  # taken back while it was on its way: nobody misses it
    others = await work.people.reachable(thread.resident_id, but=row.contact_id)
    if settled.reason == "away":  # for a while: nobody is called because of that
        others = [each for each in others if each.channel not in (row.channel, PHONE)]
    text = relay_texts.not_delivered(settled.reason, settled.why, row.channel)
    if settled.reason in ("blocked", "away", "off") and others:
        await send_answer(work, thread, message, others[0])
        text = relay_texts.went_otherwise(text, others[0].channel)
        buttons = None
    else:
        buttons = relay_texts.retry_buttons(message, others=bool(others))
        emoji = NOBODY_KNOWS if settled.state == "unknown" else NOT_DELIVERED
        await mark_where_it_stands(work, thread, message, emoji)  # where it was slow, 🕊 stands
    await tell_staff(work, thread, text, Kind.REPLY, under=message, buttons=buttons)


async def tell_withdrawn(work: Work, settled: Settled) -> None:
    assert settled.row.thread_id is not None
    thread = await work.threads.by_id(settled.row.thread_id)
    text = relay_texts.not_recalled(settled.row.channel)
    if settled.state == "sent":
        text = relay_texts.RECALLED
    elif settled.reason == "blocked":  # it was on its way, and refused
        text = relay_texts.RECALLED_IN_TIME
    await tell_staff(work, thread, text, Kind.REPLY)


async def tell_lost_post(work: Work, settled: Settled) -> None:
    """A room did not take what residents wrote: it stands at the desk all the same, and admins
    hear of it in private. What stands there as it was, because it could not be changed, is not
    lost."""
    row = settled.row
    message = await work.threads.message(row.message_id) if row.message_id else None
    if not row.is_post or row.room_id is None:
        return
    if not (row.thread_id or message):
        return
    room = await work.rooms.get(row.room_id)
    thread_id = message.thread_id if message else row.thread_id
    thread = await work.threads.by_id(thread_id or 0)
    text = relay_texts.room_lost(room.title, settled.why)
    await work.threads.add(thread, "system", "", None, text=text)
    await tell_admins(work, "room lost", f"room:{room.id}", text)


async def tell_paused(work: Work, pause: Paused) -> None:
    """A messenger takes nothing for a while, in one room or anywhere: admins hear why."""
    room = await work.rooms.get(pause.room_id) if pause.room_id is not None else None
    text = relay_texts.paused(pause.channel, room.title if room else "", pause.seconds, pause.why)
    about = f"room:{room.id}" if room else f"channel:{pause.channel}"
    await tell_admins(work, "paused", about, text)


async def tell_barred(work: Work, room: Room) -> None:
    """A room does not let us write: what is for it waits, and admins are asked to mend it."""
    text = relay_texts.barred(room.title, room.trouble_why or "")
    await tell_admins(work, "barred", since(room), text, SELDOM)


async def tell_deaf(work: Work, room: Room) -> None:
    await tell_admins(work, "deaf", since(room), relay_texts.deaf(room.title), SELDOM)


def since(room: Room) -> str:
    """One trouble is told once, another one at once."""
    return f"room:{room.id} {room.trouble_since:%m-%d %H:%M:%S}"


async def tell_works_again(work: Work, room: Room) -> None:
    for to in await work.staff.addresses_of_admins():
        await work.outbox.say(to, Outbound(text=relay_texts.works_again(room.title)), Kind.NOTICE)


async def tell_no_topics(work: Work, room: Room) -> None:
    """From now on threads are told apart by replies there."""
    text = relay_texts.no_topics(room.title)
    await tell_admins(work, "no topics", f"room:{room.id} {room.chat}", text, SELDOM)


async def tell_admins(
    work: Work, what: str, about: str, text: str, again_after: timedelta = TOLD_AGAIN_AFTER
) -> None:
    """In private, wherever they are known; at the desk where no admin has a messenger. Of one
    trouble once in a while."""
    if await work.audit.noted_since(what, about, work.now - again_after):
        return
    work.audit.note("system", what, about)
    private = await work.staff.addresses_of_admins()
    for to in private or await work.troubles.where_admins_read():
        await work.outbox.say(to, Outbound(text=text), Kind.NOTICE)


async def tell_fault(work: Work, inbound: Inbound, number: str) -> None:
    """Something of ours broke over this message."""
    company = await work.company.profile()
    await work.outbox.say(inbound.address, Outbound(text=staff_texts.fault(number, company.phone)))


TELLING = Telling(
    tell_settled, tell_paused, tell_barred, tell_no_topics, posts.without_files, posts.recap,
    discretion.veil,
)  # fmt: skip
