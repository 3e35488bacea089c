"""«Дозвонились», «Не дозвонились»: what a member did about a resident without a messenger."""

from __future__ import annotations

from handlers import calling, posts, staff_texts
from handlers import calling_texts as words
from handlers.answers import DELIVERED, mark_where_it_stands
from handlers.discretion import Discretion
from handlers.staff.papers import within
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo
from services.tables import Call, Thread


async def press_called(turn: StaffTurn, call_id: int) -> None:
    """Raises `NotYours`."""
    if found := await find(turn, call_id):
        await settle(turn, *found)


async def press_missed(turn: StaffTurn, call_id: int) -> None:
    """Raises `NotYours`."""
    if found := await find(turn, call_id):
        await note_try(turn, *found)


async def called(turn: StaffTurn) -> None:
    """`/called` in the thread, as the button."""
    if found := await find_here(turn):
        await settle(turn, *found)


async def missed(turn: StaffTurn) -> None:
    """`/missed` in the thread, as the button."""
    if found := await find_here(turn):
        await note_try(turn, *found)


async def listing(turn: StaffTurn) -> None:
    """`/calls`: whom somebody should call, in a group those of its threads alone."""
    work, local = turn.work, turn.work.company.local
    waiting = await work.calls.to_call(await within(turn))
    lines = [
        words.listed(
            each,
            Discretion.of(await work.rooms.get(each.thread.room_id)).name(each.resident.name or ""),
            await local(each.call.asked_at),
            await local(work.now),
        )
        for each in waiting[: words.MOST_LISTED]
    ]
    await turn.say(words.listing(lines, len(waiting)))


async def find(turn: StaffTurn, call_id: int) -> tuple[Call, Thread] | None:
    try:
        call, thread = await turn.work.calls.get(turn.viewer, call_id)
    except AlreadySo:
        await turn.say(words.OVER)
        return None
    await turn.turn_to(thread)
    return call, thread


async def find_here(turn: StaffTurn) -> tuple[Call, Thread] | None:
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return None
    call = await turn.work.calls.of_thread(turn.thread.id, lock=True)
    if call is None:
        await turn.say(words.NOTHING)
        return None
    return call, turn.thread


async def settle(turn: StaffTurn, call: Call, thread: Thread) -> None:
    """All that waited was told, also what the line does not say yet: it is said in it now."""
    work = turn.work
    now = await work.company.local(work.now)
    said = await work.calls.said(thread.id)
    told = await work.calls.settle(turn.viewer, call)
    text = words.called(turn.member.name, words.moment(now, now), said)
    await calling.rewrite(work, thread, call, text)
    for message_id in told:
        message = await work.threads.message(message_id)
        if message is not None and message.by == "member":
            await mark_where_it_stands(work, thread, message, DELIVERED)
    await posts.refresh_card(work, thread)


async def note_try(turn: StaffTurn, call: Call, thread: Thread) -> None:
    await turn.work.calls.note_try(turn.viewer, call)
    await calling.rewrite(turn.work, thread, call)
    await posts.refresh_card(turn.work, thread)
