"""What members write and press: answers, notes, commands. The same for a messenger's room and for
the desk in the browser."""

from __future__ import annotations

from handlers import answers, import_chat_texts, outcomes, relay_texts, staff_texts
from handlers.staff import (
    answering,
    articles_drafts,
    articles_typing,
    commands,
    forms,
    imports,
    incidents,
    taking_texts,
)
from handlers.staff.notes import keep_note, strip_mark
from handlers.staff.turn import StaffTurn
from services import rehousing
from services.access import MAY_COUNT, AsMember
from services.errors import NotYours
from services.messaging.types import Happening, Inbound, Outbound
from services.staff import as_member
from services.tables import Incident, Member, Room, Surge, Thread
from services.work import Work


async def hear_desk(work: Work, inbound: Inbound) -> None:
    """The desk's address names the member, and the thread or «room CODE»; the browser's session
    vouches."""
    kind, _, code = (inbound.address.topic or "").partition(" ")
    try:
        member = await work.staff.get(int(inbound.address.chat))
        viewer = as_member(member)
        if kind == "room":
            await hear_at_large(work, inbound, member, await work.rooms.by_code(viewer, code))
            return
        thread = await work.threads.get(viewer, int(kind or 0), lock=True)
    except NotYours:
        work.audit.note(f"desk:{inbound.address.chat}", "refused", str(inbound.address.topic))
        return
    turn = StaffTurn(work, inbound, await work.rooms.get(thread.room_id), member, viewer, thread)
    await turn.turn_to(thread)
    note_done(turn, f"thread:{thread.id}")
    await answer(turn)


async def hear_at_large(work: Work, inbound: Inbound, member: Member, room: Room) -> None:
    """At the desk, about no thread: what General is in a group. Only commands and presses."""
    turn = StaffTurn(work, inbound, room, member, as_member(member), None)
    if turn.command or turn.pressed:
        note_done(turn, f"room:{room.code}")
        await answer(turn)
    elif not (await articles_typing.hear_words(turn) or await forms.hear(turn)):
        await turn.say(staff_texts.ONLY_COMMANDS)


def note_done(turn: StaffTurn, about: str) -> None:
    """All that is done at the desk is written down, what comes of it besides."""
    command = turn.command if turn.command in commands.COMMANDS else "/?"
    did = turn.pressed[:64] or (command if turn.command else "said")
    turn.work.audit.note(turn.viewer.name, "at the desk", about, did=did)


async def hear_group(work: Work, inbound: Inbound) -> None:
    """A room of ours, or a group we were just added to: it is told how to become one."""
    room = await work.rooms.at(inbound.address)
    if room is not None:
        await hear_room(work, inbound, room)
    elif inbound.happening in (Happening.JOINED, Happening.DEMOTED):
        text = staff_texts.chat_id(inbound.address.chat)
        await work.outbox.say(inbound.address, Outbound(text=text))
    elif inbound.happening is Happening.MESSAGE and await work.rooms.once_at(inbound.address):
        await work.outbox.say(inbound.address, Outbound(text=relay_texts.NO_ROOM_ANY_MORE))


async def hear_room(work: Work, inbound: Inbound, room: Room) -> None:
    match inbound.happening:
        case Happening.JOINED:
            await work.rooms.regain_topics(room.id)
            if await work.rooms.clear_trouble(room):
                await outcomes.tell_works_again(work, room)
        case Happening.REMOVED:
            await work.rooms.mark_trouble(room.id, "mute", relay_texts.THROWN_OUT)
            await outcomes.tell_barred(work, room)
        case Happening.DEMOTED:
            await work.rooms.mark_trouble(room.id, "deaf", relay_texts.DEMOTED)
            await outcomes.tell_deaf(work, room)
        case Happening.MIGRATED:
            await rehousing.move(work, room.channel, room.chat, inbound.text)
        case Happening.MESSAGE | Happening.EDIT | Happening.PRESS:
            try:
                await hear_member(work, inbound, room)
            except NotYours:
                await refuse(work, inbound, room)


async def hear_member(work: Work, inbound: Inbound, room: Room) -> None:
    """Raises `NotYours` for whoever may not act in this room."""
    member = await work.staff.in_room(room, inbound.sender)
    viewer = await work.staff.viewer_in(room, member)
    thread_id = await work.rooms.thread_of_topic(inbound.address)
    if thread_id is None:
        quoted = await work.threads.find(inbound.address, inbound.edits or inbound.reply_to)
        incident = await work.incidents.of_post(quoted.id) if quoted else None
        if quoted is None and inbound.edits:  # an answer to all was kept nowhere
            answered = await work.threads.find(inbound.address, inbound.reply_to)
            incident = await work.incidents.of_post(answered.id) if answered else None
        if incident is not None and not incidents.is_surge(incident):
            turn = StaffTurn(work, inbound, room, member, viewer, None)
            await answer_incident(turn, incident)
            return
        surge = await work.surges.of_post(quoted.id) if quoted else None
        if surge is not None:  # it stands for many threads
            turn = StaffTurn(work, inbound, room, member, viewer, None)
            await answer_surge(turn, surge)
            return
        thread_id = quoted.thread_id if quoted else None
    thread: Thread | None = None
    if await keeps_out(work, inbound, room, viewer, in_thread=thread_id is not None):
        return
    if thread_id is not None:
        try:
            thread = await work.threads.get(viewer, thread_id, lock=True)
        except NotYours:
            if viewer.inside is None and await work.rooms.shows(room, thread_id):
                raise
            why = taking_texts.MOVED_AWAY if viewer.inside is None else staff_texts.NOT_HANDED
            await refuse(work, inbound, room, why)
            return
    turn = StaffTurn(work, inbound, room, member, viewer, thread)
    if thread is None and not (turn.command or turn.pressed):
        await articles_typing.hear_words(turn) or await forms.hear(turn)
        return  # else members talking to each other in General
    await answer(turn)


async def keeps_out(
    work: Work, inbound: Inbound, room: Room, viewer: AsMember, *, in_thread: bool
) -> bool:
    """A table of accounts and debts is for a private chat: here all would read it, and in a thread
    the resident, too. In General every table of whoever imports them, in a thread one that is
    called so."""
    found = imports.tables_of(inbound.attachments)
    if in_thread:
        found = [each for each in found if imports.looks_private(each)]
    if not found or (viewer.role not in MAY_COUNT and not in_thread):
        return False
    work.audit.note(viewer.name, "refused", "import in a group")
    told = Outbound(text=import_chat_texts.IN_PRIVATE)
    await work.outbox.post(room, told, topic=inbound.address.topic)
    return True


async def refuse(work: Work, inbound: Inbound, room: Room, why: str = "") -> None:
    """A stranger, an anonymous admin, a bot, `why` else: nothing is done, and it is written
    down."""
    work.audit.note(
        f"{room.channel}:{inbound.sender.id}", "refused", f"room:{room.code}",
        anonymous=inbound.sender.anonymous, pressed=inbound.pressed[:64],
    )  # fmt: skip
    if inbound.sender.bot and not inbound.sender.anonymous:
        return
    text = staff_texts.ANONYMOUS if inbound.sender.anonymous else staff_texts.NOT_A_MEMBER
    text = why or text
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
        await keep_note(turn)
    elif turn.thread is not None:
        quoted = await turn.work.threads.find(inbound.address, inbound.reply_to)
        if articles_drafts.is_learning(turn):
            await articles_drafts.learn(turn, quoted)
        elif quoted is not None and quoted.by == "note":
            await keep_note(turn)
        else:
            await answering.pass_on(turn, turn.thread, quoted)


async def answer_surge(turn: StaffTurn, surge: Surge) -> None:
    """One answer for everybody in a surge, in a thread each; what is meant for one ticket, not
    here."""
    if turn.pressed:
        await commands.press(turn)
        return
    if turn.inbound.happening is Happening.EDIT:
        return
    if turn.command or turn.text.startswith("//") or articles_drafts.is_learning(turn):
        await turn.say(relay_texts.ONE_OF_MANY)
        return
    if turn.member.trainee:
        await turn.say(relay_texts.TRAINEE_TO_MANY)
        return
    threads = [each for each in await turn.work.surges.to_answer(surge) if not each.quiet]
    for thread in threads:
        thread = await turn.work.threads.get(turn.viewer, thread.id, lock=True)
        await answering.pass_on(turn, thread, None, one_of_many=True)
    await turn.say(relay_texts.answered_all(len(threads)))


async def answer_incident(turn: StaffTurn, incident: Incident) -> None:
    if turn.pressed:
        await commands.press(turn)
    elif turn.inbound.happening is Happening.EDIT:
        await incidents.answer_by_edit(turn)
    else:
        await incidents.answer_post(turn, incident)


async def pass_on_edit(turn: StaffTurn) -> None:
    """What was said to many at once changes for all of them."""
    for known in await turn.work.threads.find_all(turn.inbound.address, turn.inbound.edits):
        if known.member_id != turn.member.id:
            continue
        if known.withdrawn_at is not None:
            await turn.say(relay_texts.ALREADY_RECALLED)
            return
        if known.by == "note":
            await turn.work.threads.change(known.id, strip_mark(turn.text))
            return
        if turn.text.startswith("/"):
            # What has been said cannot become a secret, and nothing with a slash leaves.
            await turn.say(staff_texts.EDIT_STAYS)
            return
        thread = await turn.work.threads.get(turn.viewer, known.thread_id, lock=True)
        await turn.work.session.refresh(known, ["released_by", "withdrawn_at"])
        held = known.held_at is not None and known.released_by is None
        if turn.member.trainee and not held:
            await turn.say(taking_texts.TRAINEE_EDIT)
            return
        changed = await turn.work.threads.change(known.id, turn.text)
        if changed is not None and held:
            await turn.say(taking_texts.STILL_HELD)
        elif changed is not None:
            await answers.pass_on_edit(turn.work, thread, turn.member, changed)
