"""Notes: what staff write to each other in a thread. No resident ever sees them."""

from __future__ import annotations

from handlers import notices, staff_texts
from handlers.staff.turn import StaffTurn

MARKS = ("//", "/note")


def strip_mark(text: str) -> str:
    """The words of a note without what marks it as one."""
    for mark in MARKS:
        if text.startswith(mark):
            return text.removeprefix(mark).strip()
    return text


async def keep_note(turn: StaffTurn) -> None:
    text = strip_mark(turn.text)
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
    elif not text and not turn.inbound.attachments:
        await turn.say(staff_texts.EMPTY_NOTE)
    else:
        note = await turn.work.threads.add(
            turn.thread,
            "note",
            turn.member.name,
            turn.inbound,
            text=text,
            member_id=turn.member.id,
        )
        if turn.at_desk or turn.in_private:
            await notices.show_note(turn.work, turn.thread, turn.room, note)
