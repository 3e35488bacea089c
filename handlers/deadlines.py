"""Reminders by the clock: who waits for an answer, what is to be done by now.

What is due in a room at once is told at once: a thread or two each under itself, more as one list
in General, so that a busy morning does not use up the room's calls.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from handlers import deadline_texts as words
from handlers import notices
from services.chores import Chore
from services.messaging.types import Kind, Outbound
from services.tables import Room
from services.waiting import Late
from services.work import Work

EACH_BY_ITSELF = 2  # threads at once; more are a list

Say = Callable[[Late], Awaitable[str]]


async def remind_of_answers(work: Work, room_id: int) -> None:
    """At 80 % the room, at 100 % those who run it; where none of them has a messenger, the room
    once more."""
    found = await work.waiting.claim(room_id)
    room, now = await work.rooms.get(room_id), await work.company.local(work.now)

    async def soon(late: Late) -> str:
        since, due = await times(work, late)
        return words.answer_soon(await who_has(work, late), since, due, now)

    async def soon_line(late: Late) -> str:
        _, due = await times(work, late)
        return words.answer_soon_line(late, await who_has(work, late), due)

    async def over(late: Late) -> str:
        since, _ = await times(work, late)
        return words.answer_late(since, now)

    async def over_line(late: Late) -> str:
        since, _ = await times(work, late)
        return words.answer_late_line(late, await who_has(work, late), since, now)

    near, gone = sort(found)
    await tell_room(work, near, soon, soon_line, words.answers_soon(len(near)))
    header = words.answers_late(room.title, len(gone))
    if not await tell_managers(work, room, gone, over_line, header):
        await tell_room(work, gone, over, over_line, header)


async def remind_of_terms(work: Work, room_id: int) -> None:
    """At 80 % the room, at 100 % the room and those who run it."""
    found = await work.terms.claim(room_id)
    room, now = await work.rooms.get(room_id), await work.company.local(work.now)

    async def due_of(late: Late) -> datetime:
        assert late.ticket is not None
        return await work.company.local(late.ticket.due_at)

    async def soon(late: Late) -> str:
        return words.term_soon(late, await who_has(work, late), await due_of(late), now)

    async def over(late: Late) -> str:
        return words.term_over(late, await who_has(work, late), await due_of(late), now)

    async def line(late: Late) -> str:
        return words.term_line(late, await who_has(work, late), await due_of(late), now)

    near, gone = sort(found)
    await tell_room(work, near, soon, line, words.terms_soon(len(near)))
    await tell_room(work, gone, over, line, words.terms_over(len(gone)))
    await tell_managers(work, room, gone, line, words.terms_over_in(room.title, len(gone)))


def sort(found: Sequence[Late]) -> tuple[list[Late], list[Late]]:
    """Those that are near their end, and those past it."""
    near = [late for late in found if late.percent < 100]
    return near, [late for late in found if late.percent == 100]


async def times(work: Work, late: Late) -> tuple[datetime, datetime]:
    """Since when the resident waits, and until when somebody should have answered; local."""
    since, due = late.thread.waits_since, late.thread.answer_due_at
    assert since is not None
    assert due is not None
    return await work.company.local(since), await work.company.local(due)


async def who_has(work: Work, late: Late) -> str:
    """Who does the work, else who has taken the conversation; nobody: empty."""
    executor = late.ticket.executor_id if late.ticket is not None else None
    member_id = late.thread.taken_by or executor
    return await work.staff.name_of(member_id) if member_id is not None else ""


async def tell_room(work: Work, found: Sequence[Late], alone: Say, line: Say, header: str) -> None:
    """Every room that shows the threads. What stands in a post of many neighbours is not taken
    out of it for this."""
    few = len(found) <= EACH_BY_ITSELF
    if few and not any([await work.surges.hiding(late.thread) for late in found]):
        for late in found:
            await notices.tell_staff(work, late.thread, await alone(late), Kind.NOTICE)
        return
    lines: dict[int, list[str]] = {}
    rooms: dict[int, Room] = {}
    for late in found:
        await work.threads.add(late.thread, "system", "", None, text=await alone(late))
        for room in await work.rooms.showing(late.thread):
            rooms[room.id] = room
            lines.setdefault(room.id, []).append(await line(late))
    for room in rooms.values():
        what = Outbound(text=words.listed(header, lines[room.id]))
        await work.outbox.post(room, what, Kind.NOTICE)


async def tell_managers(
    work: Work, room: Room, found: Sequence[Late], line: Say, header: str
) -> bool:
    """In private, whoever of them works in that room; False when nobody can be told there."""
    addresses = await work.staff.addresses_of_managers(room)
    if not found or not addresses:
        return not found
    for late in found:
        work.audit.note("system", "managers told", f"thread:{late.thread.id}")
    what = Outbound(text=words.listed(header, [await line(late) for late in found]))
    for to in addresses:
        await work.outbox.say(to, what, Kind.NOTICE)
    return True


CHORES = (
    Chore("answers due", lambda work: work.waiting.find_rooms(), remind_of_answers),
    Chore("terms due", lambda work: work.terms.find_rooms(), remind_of_terms),
)
