"""`/quiet`: what members write in a thread stays among them until it is switched off."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import notices, posts, staff_texts
from handlers.staff import taking_texts
from handlers.staff.turn import StaffTurn
from services.messaging.types import Attachment
from services.tables import Message, Thread


async def switch(turn: StaffTurn) -> None:
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    on = await turn.work.taking.turn_quiet(turn.viewer, turn.thread)
    line = taking_texts.quiet_on if on else taking_texts.quiet_off
    await turn.tell_room(line(turn.member))
    await posts.refresh_card(turn.work, turn.thread)


async def keep_inside(
    turn: StaffTurn,
    thread: Thread,
    text: str,
    attachments: Sequence[Attachment],
    *,
    written: bool = True,
) -> Message:
    """As a note; whoever writes one hears that the mode is on: once in a room, whose card says
    it, and each time in private."""
    note = await keep_note(turn, thread, text, attachments, written=written)
    if await turn.work.taking.tell_quiet(thread, turn.member.id) or turn.in_private:
        await turn.say(taking_texts.KEPT_INSIDE)
    return note


async def keep_note(
    turn: StaffTurn,
    thread: Thread,
    text: str,
    attachments: Sequence[Attachment],
    *,
    written: bool = True,
) -> Message:
    """`written`: it stands in the room already."""
    work = turn.work
    note = await work.threads.add(
        thread,
        "note",
        turn.member.name,
        turn.inbound if written else None,
        text=text,
        attachments=attachments,
        member_id=turn.member.id,
    )
    if turn.at_desk or turn.in_private or not written:
        await notices.show_note(work, thread, turn.room, note)
    return note
