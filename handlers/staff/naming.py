"""`/executor`: who is to do a request, and the card they get."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import notices, posts, staff_texts, status_texts
from handlers.card_buttons import steps_of_work
from handlers.dialogue.turn import plain
from handlers.staff.turn import StaffTurn
from services.errors import AlreadyEnded, AlreadySo, NotFound, NotYours
from services.executors import MAY_NAME
from services.messaging.types import Outbound
from services.tables import Member, Ticket

NOBODY = ("снять", "убрать", "нет", "никто")


async def name(turn: StaffTurn) -> None:
    """`/executor Пётр`, `/executor снять`; alone it shows who it is and who may be."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    work = turn.work
    ticket = await work.tickets.of_thread(turn.viewer, turn.thread.id, lock=True)
    if ticket is None:
        await turn.say(status_texts.NOTHING_TO_DO)
        return
    if turn.viewer.role not in MAY_NAME:
        work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(status_texts.ONLY_DISPATCHERS)
        return
    there_are = await work.executors.every(turn.thread)
    names = ", ".join(member.name for member in there_are)
    if plain(turn.rest) in NOBODY:
        await say_so(turn, ticket, None)
    elif not there_are:
        await turn.say(status_texts.NO_EXECUTORS)
    elif not turn.rest:
        now = await work.staff.name_of(ticket.executor_id) if ticket.executor_id else ""
        busy = await work.executors.count_open(there_are)
        listed = [(member.name, busy.get(member.id, 0)) for member in there_are]
        await turn.say(status_texts.executors(listed, now))
    else:
        found = find_member(turn.rest, there_are)
        if len(found) == 1:
            await say_so(turn, ticket, found[0])
        elif found:
            await turn.say(status_texts.several_executors(", ".join(m.name for m in found)))
        else:
            await turn.say(status_texts.unknown_executor(turn.rest, names))


def find_member(words: str, members: Sequence[Member]) -> list[Member]:
    """Those whose name has each of the words as the beginning of one of its own; the whole name,
    or the code, is one's own."""
    typed = plain(words)
    exact = [m for m in members if typed in (plain(m.name), m.code)]
    if len(exact) == 1:
        return exact

    def fits(member: Member) -> bool:
        parts = plain(member.name).split()
        return all(any(part.startswith(word) for part in parts) for word in typed.split())

    return [member for member in members if fits(member)]


async def say_so(turn: StaffTurn, ticket: Ticket, member: Member | None) -> None:
    work, before = turn.work, ticket.executor_id
    assert turn.thread is not None
    try:
        await work.executors.name(turn.viewer, ticket, member)
    except AlreadySo:
        await turn.say(status_texts.executor_already(ticket, member.name if member else ""))
        return
    except AlreadyEnded:
        await turn.say(status_texts.ENDED)
        return
    if before is not None:
        await notices.tell_in_private(
            work, before, Outbound(text=status_texts.no_longer_yours(ticket))
        )
    if member is None:
        await turn.tell_room(status_texts.executor_dismissed(ticket, turn.member))
    else:
        where = await hand_card(turn, ticket, member)
        await turn.tell_room(status_texts.executor_named(ticket, member, turn.member, where))
    await posts.refresh_card(work, turn.thread)


async def hand_card(turn: StaffTurn, ticket: Ticket, member: Member) -> str:
    """In private where they have started the bot, else in the executors' room. Returns where, in
    words."""
    work, thread = turn.work, turn.thread
    assert thread is not None
    first = await work.threads.first_message(thread)
    message = await work.threads.message(first) if first else None
    words = message.text if message else ticket.text
    files = posts.attachments_of(message) if message else ()
    room = await work.rooms.get(thread.room_id)
    card = await posts.card(work, room, thread, ticket, words, files)
    card = card.model_copy(
        update={
            "header": status_texts.assigned_header(ticket),
            "text": f"{card.text}\n\n{status_texts.HOW_TO_ANSWER}",
            "keyboard": steps_of_work(ticket),
        }
    )
    if channel := await notices.tell_in_private(work, member.id, card, message_id=first):
        return status_texts.card_in_private(staff_texts.CHANNELS.get(channel, channel))
    try:
        handed = await work.tickets.hand_over(turn.viewer, ticket)
    except AlreadySo:
        stands = await work.rooms.get(thread.handed_to or thread.room_id)
        return status_texts.card_in_room(stands.title)
    except (NotFound, NotYours):
        return status_texts.CARD_NOWHERE
    await posts.hand_over(work, handed, thread)
    return status_texts.card_in_room(handed.title)
