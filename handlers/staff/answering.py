"""Answers: what a member writes goes to the resident, unless the quiet mode keeps it inside or the
member is a trainee."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import answers, erasing_texts, staff_texts
from handlers.staff import quiet, taking, trainees
from handlers.staff.turn import StaffTurn
from handlers.wording import sign_member
from services.messaging.types import Attachment, Kind
from services.tables import Message, Thread


async def pass_on(
    turn: StaffTurn, thread: Thread, quoted: Message | None, *, one_of_many: bool = False
) -> None:
    """Whatever a member writes in a thread. `one_of_many`: the same is said in others."""
    inbound = turn.inbound
    attachments = [a for a in inbound.attachments if a.kind != "sticker"]
    if inbound.unreadable:
        await turn.say(staff_texts.unreadable(inbound.unreadable))
    elif inbound.attachments and not attachments and not turn.text:
        await turn.say(staff_texts.STICKER_SKIPPED)
    if turn.text or attachments:
        reply_to = quoted.id if quoted and quoted.thread_id == thread.id else None
        await tell_resident(
            turn, thread, turn.text, attachments, reply_to=reply_to, one_of_many=one_of_many
        )


async def tell_resident(
    turn: StaffTurn,
    thread: Thread,
    text: str,
    attachments: Sequence[Attachment] = (),
    *,
    reply_to: int | None = None,
    written: bool = True,
    one_of_many: bool = False,
) -> Message:
    """A member's words in a locked thread. `written`: they stand in the room as the member wrote
    them; else they were put together for them, and the room is shown them."""
    if (await turn.work.people.resident(thread.resident_id)).erased_at is not None:
        await turn.say(erasing_texts.NOBODY)
        return await quiet.keep_note(turn, thread, text, attachments, written=written)
    if thread.quiet:
        return await quiet.keep_inside(turn, thread, text, attachments, written=written)
    held = turn.member.trainee
    message = await turn.work.threads.add(
        thread,
        "member",
        sign_member(turn.member),
        turn.inbound if written else None,
        text=text,
        attachments=attachments,
        member_id=turn.member.id,
        reply_to=reply_to,
        held=held,
    )
    # Wherever they wrote it: on their own desk nothing before it is news.
    await turn.work.desk.mark_seen(turn.viewer, thread.id, message.id)
    shown = written and not (turn.at_desk or turn.in_private)
    if held:
        await trainees.ask_for_yes(turn, thread, message, shown=shown)
    else:
        mirror = Kind.BULK if one_of_many else Kind.RELAY
        await answers.pass_on_answer(
            turn.work, thread, message, turn.room, from_desk=not shown, mirror=mirror
        )
    what = "answer held" if held else "answered"
    turn.work.audit.note(turn.viewer.name, what, f"thread:{thread.id}")
    await taking.after_answer(turn, thread, message, one_of_many=one_of_many)
    return message
