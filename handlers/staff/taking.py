"""Who has a thread: `/take`, `/release`, «Взять», and what follows from an answer."""

from __future__ import annotations

from datetime import timedelta

from handlers import holding_staff_texts, notices, posts, staff_texts
from handlers.staff import taking_texts
from handlers.staff.turn import StaffTurn
from services.chores import Chore
from services.errors import AlreadySo, TakenByAnother
from services.tables import Message, Thread
from services.work import Work

TOLD_AGAIN_AFTER = timedelta(minutes=10)


async def take(turn: StaffTurn) -> None:
    """`/take`."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
    else:
        await take_thread(turn, turn.thread)


async def press(turn: StaffTurn, thread_id: int) -> None:
    """«Взять». Raises `NotYours`."""
    await take_thread(turn, await turn_to(turn, thread_id))


async def seize(turn: StaffTurn, thread_id: int) -> None:
    """«Забрать себе»: from whoever has it. Raises `NotYours`."""
    await take_thread(turn, await turn_to(turn, thread_id), from_another=True)


async def turn_to(turn: StaffTurn, thread_id: int) -> Thread:
    thread = await turn.work.threads.get(turn.viewer, thread_id, lock=True)
    await turn.turn_to(thread)
    return thread


async def take_thread(turn: StaffTurn, thread: Thread, *, from_another: bool = False) -> None:
    work = turn.work
    if thread.state == "closed":
        await turn.say(taking_texts.CLOSED)
        return
    before = None if thread.taken_by is None else await work.staff.name_of(thread.taken_by)
    try:
        await work.taking.take(turn.viewer, thread, from_another=from_another)
    except AlreadySo:
        await turn.say(taking_texts.YOURS_ALREADY)
    except TakenByAnother:
        assert before is not None
        assert thread.taken_at is not None
        since, now = await work.company.local(thread.taken_at), await work.company.local(work.now)
        buttons = taking_texts.seize_button(thread)
        await turn.say(taking_texts.has_it(before, since, now), buttons)
    else:
        line = taking_texts.taken(turn.member)
        if before is not None:
            line = taking_texts.taken_from(turn.member, before)
        await turn.tell_room(line)
        await show_taker(work, thread)


async def release(turn: StaffTurn) -> None:
    """`/release`. With the number of an account it is the one that is said in private."""
    if any(letter.isdigit() for letter in turn.rest):
        await turn.say(holding_staff_texts.ONLY_PRIVATE)
        return
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    try:
        await turn.work.taking.release(turn.viewer, turn.thread)
    except AlreadySo:
        await turn.say(taking_texts.NOBODYS)
        return
    await turn.tell_room(taking_texts.released(turn.member))
    await show_taker(turn.work, turn.thread)


async def show_taker(work: Work, thread: Thread, *, on_card: bool = True) -> None:
    """In the topic's name, and on the card; a group without topics has the card alone."""
    hidden = await work.surges.hiding(thread) is not None
    for room in await work.rooms.showing(thread):
        if not (hidden and room.id == thread.room_id):
            await work.unsent.post_name(room, thread.id)
            on_card = on_card or not room.has_topics
    if on_card:
        await posts.refresh_card(work, thread)


async def after_answer(
    turn: StaffTurn, thread: Thread, message: Message, *, one_of_many: bool
) -> None:
    """The first answer takes the thread. Two who answer at once see each other; whoever answers
    in somebody else's thread is told so."""
    work, executor = turn.work, turn.member.role == "executor"
    if thread.taken_by is None and thread.state == "open" and not (executor or one_of_many):
        await work.taking.take(turn.viewer, thread)
        await show_taker(work, thread, on_card=False)
    other = None if message.held_at else await work.taking.answered_by_another(thread, message)
    taker = thread.taken_by
    if other is not None and other.member_id is not None:
        both = sorted((other.member_id, turn.member.id))
        if await work.taking.once(f"both {thread.id} {both}", TOLD_AGAIN_AFTER):
            name = await work.staff.name_of(other.member_id)
            ago = (work.now - other.at).total_seconds()
            await turn.tell_room(taking_texts.both_answered(name, ago))
    elif taker is None or taker == turn.member.id or executor or message.held_at:
        return
    elif await work.taking.once(f"others {thread.id} {turn.member.id}", TOLD_AGAIN_AFTER):
        await turn.say(taking_texts.others_thread(await work.staff.name_of(taker)))


async def return_forgotten(work: Work, thread_id: int) -> None:
    """A taken thread whose resident waits too long is everyone's again."""
    found = await work.taking.claim_forgotten(thread_id)
    if found is None:
        return
    thread, had = found
    room = await work.rooms.get(thread.room_id)
    minutes = room.rules.get("pool_after_minutes", 30)
    line = taking_texts.silent(await work.staff.name_of(had), minutes)
    await notices.tell_staff(work, thread, line)
    await show_taker(work, thread)


CHORES = (
    Chore(
        "taking back forgotten threads", lambda work: work.taking.find_forgotten(), return_forgotten
    ),
)
