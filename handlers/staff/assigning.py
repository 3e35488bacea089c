"""`/assign`: a thread goes to a colleague, to whoever has a role here, or to another room."""

from __future__ import annotations

from handlers import notices, posts, staff_texts
from handlers.dialogue.turn import plain
from handlers.staff import executors, taking, taking_texts
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo
from services.messaging.types import Kind, Outbound
from services.rooms import same_place
from services.tables import Member, Room, Thread
from services.work import Work

ROLES = {
    "управляющему": "manager",
    "управляющий": "manager",
    "администратору": "admin",
    "мастеру": "executor",
    "мастер": "executor",
    "мастерам": "executor",
}
MOST_NOTES = 3


async def assign(turn: StaffTurn) -> None:
    """`/assign имя`, `/assign мастеру`, `/assign комната …`."""
    thread, work = turn.thread, turn.work
    if thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    if not turn.rest:
        await turn.say(taking_texts.ASSIGN_HOW)
        return
    if await hand_over(turn, thread):
        return
    colleagues = await work.taking.colleagues(await work.rooms.showing(thread))
    found = work.taking.named(colleagues, turn.rest)
    if len(found) != 1:
        others = [member for member in colleagues if member.id != turn.member.id]
        none = taking_texts.nobody_named(turn.rest, others)
        await turn.say(taking_texts.who_of(found) if found else none)
        return
    await assign_to(turn, thread, found[0])


async def assign_to(turn: StaffTurn, thread: Thread, to: Member) -> None:
    work = turn.work
    if thread.state == "closed":
        await turn.say(taking_texts.CLOSED)
        return
    try:
        await work.taking.assign(turn.viewer, thread, to)
    except AlreadySo:
        mine = to.id == turn.member.id
        await turn.say(taking_texts.YOURS_ALREADY if mine else taking_texts.already_theirs(to))
        return
    if to.id == turn.member.id:
        await turn.tell_room(taking_texts.taken(to))
    else:
        await turn.tell_room(taking_texts.assigned(to, turn.member))
        text = taking_texts.in_your_hands(thread, await work.threads.ticket(thread.id), turn.member)
        await tell_member(work, to, text)
    await taking.show_taker(work, thread)


async def tell_member(work: Work, member: Member, text: str) -> bool:
    """In private, wherever they have spoken with the bot; False where they have nowhere."""
    addresses = await work.staff.addresses_of(member.id)
    for to in addresses:
        await work.outbox.say(to, Outbound(text=text), Kind.NOTICE)
    return bool(addresses)


async def hand_over(turn: StaffTurn, thread: Thread) -> bool:
    """False where the words name neither a room nor a role."""
    word, _, rest = turn.rest.partition(" ")
    if plain(word) in ("комната", "комнате", "в комнату", "комнату"):
        await to_room(turn, thread, rest.strip(" «»\"'"))
    elif role := ROLES.get(plain(turn.rest)):
        await to_role(turn, thread, role)
    else:
        return False
    return True


async def to_role(turn: StaffTurn, thread: Thread, role: str) -> None:
    work = turn.work
    if role == "executor":
        ticket = await work.tickets.of_thread(turn.viewer, thread.id, lock=True)
        if ticket is not None and await work.rooms.executors_of(ticket.complex_id):
            await executors.pass_over(turn, ticket)
            return
    colleagues = await work.taking.colleagues(await work.rooms.showing(thread))
    found = [member for member in colleagues if member.role == role]
    if len(found) == 1:
        await assign_to(turn, thread, found[0])
    elif found:
        await turn.say(taking_texts.who_of(found))
    else:
        await turn.say(taking_texts.nobody_in_role(role))


async def to_room(turn: StaffTurn, thread: Thread, words: str) -> None:
    work = turn.work
    if turn.viewer.inside is not None or turn.viewer.role == "executor":
        await turn.say(taking_texts.EXECUTOR_KEEPS)
        return
    found = await work.taking.rooms_named(thread, words)
    if not words or not found:
        await turn.say(taking_texts.no_room(words, await work.taking.rooms_named(thread, "")))
    elif len(found) > 1:
        await turn.say(taking_texts.which_room(found))
    else:
        await move(turn, thread, found[0])


async def move(turn: StaffTurn, thread: Thread, room: Room) -> None:
    """The new room gets the card, what was said and the last notes; the old topic, one line."""
    work = turn.work
    try:
        before = await work.taking.move(turn.viewer, thread, room)
    except AlreadySo:
        return
    await work.dealing.deal(thread, room)
    line = taking_texts.moved(room, turn.member)
    await work.threads.add(thread, "system", "", None, text=line)
    await work.outbox.post(before, Outbound(text=line), Kind.REPLY, thread_id=thread.id)
    await work.unsent.post_name(before, thread.id)
    if not same_place(before, room):
        here = taking_texts.moved_here(before, turn.member)
        await work.outbox.post(room, Outbound(text=here), Kind.RELAY, thread_id=thread.id)
        await show_all(work, room, thread)
        await work.unsent.post_name(room, thread.id)
    if turn.at_desk:
        await turn.say(line)


async def show_all(work: Work, room: Room, thread: Thread) -> None:
    await posts.hand_over(work, room, thread)
    said = await work.threads.last_words(thread, posts.MOST_SHOWN, but=())
    for note in [each for each in said if each.by == "note"][-MOST_NOTES:]:
        await notices.show_note(work, thread, room, note)
