"""A trainee's answers wait for the yes of a colleague who is none."""

from __future__ import annotations

from handlers import answers, notices
from handlers.posts import attachments_of
from handlers.staff import taking_texts
from handlers.staff.turn import StaffTurn
from services.errors import NotYours
from services.tables import Message, Room, Thread
from services.taking import may_release
from services.work import Work


async def ask_for_yes(turn: StaffTurn, thread: Thread, message: Message, *, shown: bool) -> None:
    """`shown`: the words stand in the room already; else whoever says yes sees all that leaves."""
    await notices.tell_staff(
        turn.work,
        thread,
        taking_texts.waits_for_yes(turn.member.name, "" if shown else message.text),
        under=message if shown else None,
        buttons=taking_texts.held_buttons(message),
        files=() if shown else attachments_of(message),
    )


async def let_go(turn: StaffTurn, message_id: int) -> None:
    """«Отправить»: it goes as its author's."""
    found = await find_held(turn, message_id)
    if found is None:
        return
    thread, message = found
    work = turn.work
    await work.threads.release(turn.viewer, thread, message)
    work.audit.note(turn.viewer.name, "answer released", f"message:{message.id}")
    room = await written_in(work, thread, message)
    await answers.pass_on_answer(work, thread, message, room or turn.room, from_desk=room is None)
    await turn.tell_room(taking_texts.let_go(turn.member, message.author))


async def drop(turn: StaffTurn, message_id: int) -> None:
    """«Не отправлять»."""
    found = await find_held(turn, message_id)
    if found is None:
        return
    _, message = found
    await turn.work.threads.withdraw(message)
    turn.work.audit.note(turn.viewer.name, "answer dropped", f"message:{message.id}")
    await turn.tell_room(taking_texts.dropped(turn.member, message.author))


async def find_held(turn: StaffTurn, message_id: int) -> tuple[Thread, Message] | None:
    """None after the member was told why nothing is done. Raises `NotYours`."""
    message = await turn.work.threads.message(message_id)
    if message is None or message.held_at is None:
        raise NotYours
    thread = await turn.work.threads.get(turn.viewer, message.thread_id, lock=True)
    await turn.work.session.refresh(message, ["released_by", "withdrawn_at", "text"])
    await turn.turn_to(thread)
    if not may_release(turn.viewer, turn.member):
        await turn.say(taking_texts.NOT_YOUR_YES)
    elif message.released_by is not None:
        await turn.say(taking_texts.SETTLED)
    elif message.withdrawn_at is not None:
        await turn.say(taking_texts.TAKEN_BACK)
    else:
        return thread, message
    return None


async def written_in(work: Work, thread: Thread, message: Message) -> Room | None:
    """The room in whose group the trainee wrote; None: at the desk."""
    for room in await work.rooms.showing(thread):
        if await work.copies.find_external(room.channel, room.chat, message.id):
            return room
    return None
