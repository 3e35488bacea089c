"""What members write and press: answers, notes, commands. The same for a messenger's room and for
the desk in the browser."""

from __future__ import annotations

from handlers import notices, staff_texts
from handlers.staff import commands
from handlers.staff.turn import StaffTurn
from handlers.wording import sign_member
from services.errors import NotYours
from services.messaging.types import Happening, Inbound, Outbound
from services.staff import as_member
from services.tables import Member, Message, Room
from services.work import Work


async def hear_desk(work: Work, inbound: Inbound) -> None:
    """The desk's address names the member and the thread; the browser's session vouches."""
    try:
        member = await work.staff.get(int(inbound.address.chat))
        viewer = as_member(member)
        thread = await work.threads.get(viewer, int(inbound.address.topic or 0), lock=True)
    except NotYours:
        work.audit.note(f"desk:{inbound.address.chat}", "refused", str(inbound.address.topic))
        return
    room = await work.rooms.get(thread.room_id)
    await answer(StaffTurn(work, inbound, room, member, thread))


async def hear_room(work: Work, inbound: Inbound, room: Room) -> None:
    if inbound.happening in (Happening.JOINED, Happening.REMOVED):
        if inbound.happening is Happening.JOINED:
            await work.rooms.regain_topics(room.id)
        return
    if inbound.happening is Happening.MIGRATED:
        await work.rooms.move(room.channel, room.chat, inbound.text)
        return
    if inbound.happening in (Happening.TOPIC_CLOSED, Happening.TOPIC_REOPENED):
        return
    try:
        member = await work.staff.in_room(room, inbound.sender)
    except NotYours:
        await refuse(work, inbound, room)
        return
    thread_id = await work.rooms.thread_of_topic(inbound.address)
    if thread_id is None:
        quoted = await work.threads.find(inbound.address, inbound.reply_to)
        thread_id = quoted.thread_id if quoted else None
    thread = None
    if thread_id is not None:
        thread = await work.threads.get(as_member(member), thread_id, lock=True)
    turn = StaffTurn(work, inbound, room, member, thread)
    if thread is None and not (turn.command or turn.pressed):
        return  # members talking to each other in General
    await answer(turn)


async def refuse(work: Work, inbound: Inbound, room: Room) -> None:
    """A stranger, an anonymous admin, a bot: nothing is done, and it is written down."""
    work.audit.note(
        f"{room.channel}:{inbound.sender.id}", "refused", f"room:{room.code}",
        anonymous=inbound.sender.anonymous,
    )  # fmt: skip
    if inbound.sender.bot and not inbound.sender.anonymous:
        return
    text = staff_texts.ANONYMOUS if inbound.sender.anonymous else staff_texts.NOT_A_MEMBER
    await work.outbox.post(room, Outbound(text=text), topic=inbound.address.topic)


async def answer(turn: StaffTurn) -> None:
    inbound = turn.inbound
    if turn.pressed:
        await commands.press(turn)
    elif inbound.happening is Happening.EDIT:
        await pass_on_edit(turn)
    elif turn.command:
        await commands.run(turn)
    elif turn.text.startswith("//"):
        await keep_note(turn, turn.text.removeprefix("//").strip())
    elif turn.thread is not None:
        quoted = await turn.work.threads.find(inbound.address, inbound.reply_to)
        if quoted is not None and quoted.by == "note":
            await keep_note(turn, turn.text)
        else:
            await pass_on(turn, quoted)


async def pass_on(turn: StaffTurn, quoted: Message | None) -> None:
    """Whatever a member writes in a thread reaches the resident."""
    thread = turn.thread
    assert thread is not None
    attachments = [a for a in turn.inbound.attachments if a.kind != "sticker"]
    if not turn.text and not attachments:
        await turn.say(
            staff_texts.unreadable(turn.inbound.unreadable)
            if turn.inbound.unreadable
            else staff_texts.STICKER_SKIPPED
            if turn.inbound.attachments
            else staff_texts.NOTHING_TO_SEND
        )
        return
    message = await turn.work.threads.add(
        thread,
        "member",
        sign_member(turn.member),
        turn.inbound,
        text=turn.text,
        attachments=attachments,
        member_id=turn.member.id,
        reply_to=quoted.id if quoted and quoted.thread_id == thread.id else None,
    )
    await notices.pass_on_answer(
        turn.work, thread, turn.member, message, turn.room, from_desk=turn.at_desk
    )
    turn.work.audit.note(turn.viewer.name, "answered", f"thread:{thread.id}")


async def pass_on_edit(turn: StaffTurn) -> None:
    known = await turn.work.threads.find(turn.inbound.address, turn.inbound.edits)
    if known is None or turn.thread is None or known.member_id != turn.member.id:
        return
    was_inner, is_inner = known.by == "note", turn.text.startswith("/")
    if is_inner and not was_inner:
        return  # what has been said cannot become a secret; nothing new leaves
    changed = await turn.work.threads.change(known.id, turn.text)
    if changed is not None and not was_inner:
        await notices.pass_on_edit(turn.work, turn.thread, turn.member, changed)


async def keep_note(turn: StaffTurn, text: str) -> None:
    """Seen by staff only."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    await turn.work.threads.add(
        turn.thread,
        "note",
        member_name(turn.member),
        turn.inbound,
        text=text,
        member_id=turn.member.id,
    )
    if turn.at_desk:
        await turn.work.outbox.post(
            turn.room,
            Outbound(header=f"{staff_texts.NOTE_KEPT} {turn.member.name}", text=text),
            thread_id=turn.thread.id,
        )


def member_name(member: Member) -> str:
    return member.name
