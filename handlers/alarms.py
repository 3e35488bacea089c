"""An alarm in the room and by the clock: its post, its address, who took it, whom to call next."""

from __future__ import annotations

from datetime import timedelta

from handlers import alarm_texts as words
from handlers import gathering, notices, posts
from handlers.resident import danger_texts
from handlers.staff_texts import ticket_header
from handlers.wording import sign_member
from services.chores import Chore
from services.company.declaration import Category
from services.emergencies import CODES, choose_category, kinds_of
from services.messaging.outbox import About
from services.messaging.types import PHONE, Address, Kind, Outbound
from services.rooms import same_place
from services.tables import Alarm, Message, Room, Thread, Ticket
from services.tickets import Where
from services.work import Work

# ── Raising ──────────────────────────────────────────────────────────────────


async def category_for(work: Work, kind: str, complex_id: int | None) -> Category:
    """The company's own emergency for this danger; where it has none, one of ours, as urgent as
    the most urgent of theirs."""
    categories = await work.company.categories(complex_id)
    own = choose_category(kind, categories)
    if own is not None:
        return own
    terms = [each.term for each in categories if each.emergency]
    minutes = int(min(terms).total_seconds() // 60) if terms else 60
    return Category(
        code=CODES[kind],
        key=f"danger-{kind}",
        title=words.TITLES[kind],
        emergency=True,
        own_flat=False,
        term_minutes=max(minutes, 1),
    )


async def file(
    work: Work, thread: Thread, kind: str, where: Where, text: str, source: str
) -> Ticket:
    category = await category_for(work, kind, where.complex_id)
    ticket = await work.tickets.file(thread, category, where, text, [], source)
    work.threads.name(thread, posts.subject(ticket))
    return ticket


async def raise_for_ticket(work: Work, thread: Thread, ticket: Ticket, category: Category) -> Alarm:
    """An emergency that was chosen by its button is an alarm as well."""
    kind = next(iter(sorted(kinds_of(category))), "other")
    line = await work.threads.add(thread, "system", "", None, text=words.raised(ticket.what))
    return await work.alarms.begin(
        thread, kind, line, house_id=ticket.house_id, exact=True, anonymous=False
    )


async def post(work: Work, alarm: Alarm, thread: Thread, message: Message) -> None:
    """Danger without a ticket yet: in General first, its topic follows."""
    room = await work.rooms.get(thread.room_id)
    in_general = await post_in_general(work, alarm, thread)
    await work.outbox.post(
        room,
        await posts.compose(work, room, thread, [message]),
        Kind.RELAY if in_general else Kind.ALARM,
        About(message_id=message.id),
        thread_id=thread.id,
    )


async def post_in_general(work: Work, alarm: Alarm, thread: Thread) -> bool:
    """False in a room that has no place for all."""
    room = await work.rooms.get(thread.room_id)
    if not room.has_topics or room.channel == "desk":
        return False
    what = await compose(work, room, thread)
    await work.outbox.post(room, what, Kind.ALARM, About(message_id=alarm.message_id))
    return True


async def compose(work: Work, room: Room, thread: Thread) -> Outbound:
    """The alarm's own post as it should stand now."""
    opening = await work.threads.first_message(thread)
    first = await work.threads.message(opening) if opening else None
    assert first is not None
    what = await posts.compose(work, room, thread, [first])
    if await work.threads.ticket(thread.id) is not None:
        return what
    return what.model_copy(update={"header": thread.subject})


# ── Changing ─────────────────────────────────────────────────────────────────


async def refresh(work: Work, alarm: Alarm, thread: Thread) -> None:
    """Its post in General, its card, and the post of its surge say how it stands."""
    room = await work.rooms.get(thread.room_id)
    surge = await work.surges.of_thread(thread)
    if surge is not None:
        await gathering.grow(work, surge)
    if await work.surges.hiding(thread) is None:
        await posts.refresh_card(work, thread)
    if room.channel == "desk" or not room.has_topics:
        return
    what = (await compose(work, room, thread)).model_copy(update={"attachments": ()})
    if waiting := await work.unsent.waiting_with(alarm.message_id, room):
        await work.unsent.rewrite(waiting, what)
    elif await work.unsent.goes_to(room, alarm.message_id):
        about = About(replaces_message=alarm.message_id)
        await work.unsent.post_change(room, what, about, thread_id=None)


async def locate(
    work: Work,
    alarm: Alarm,
    thread: Thread,
    where: Where,
    home_id: int | None,
    *,
    exact: bool,
    consent: bool,
) -> Ticket | None:
    """The address came, or is better known. Returns the ticket, if that could be filed now; it
    goes to the room of that complex without a second alarm, unless the room is another."""
    ticket, filed = await work.threads.ticket(thread.id), None
    same_house = alarm.house_id == where.house_id
    alarm.house_id, alarm.exact = where.house_id, exact
    thread.home_id = home_id or thread.home_id
    room, before = (
        await work.rooms.of_complex(where.complex_id),
        await work.rooms.get(thread.room_id),
    )
    moves = ticket is None and room.id != before.id
    if moves:
        await notices.tell_staff(work, thread, words.moves_to(room.title), Kind.REPLY)
        await work.alarms.move(alarm, thread, room)
    if ticket is not None:
        await work.tickets.correct(ticket, where)
        work.threads.name(thread, posts.subject(ticket))
    elif consent:
        said = await work.threads.words_of_resident(thread)
        text = next((message.text for message in said if message.text), "")
        contact = await work.people.where_to_answer(thread)
        filed = await file(work, thread, alarm.kind, where, text, contact.channel)
        alarm.anonymous = False
    else:
        work.threads.name(thread, words.subject(alarm.kind, where.place))
    if moves and not same_place(room, before):
        first = (await work.threads.words_of_resident(thread))[0]
        await post(work, alarm, thread, first)
    line = words.filed(filed) if filed and same_house else words.located(where.place, filed)
    await notices.tell_staff(work, thread, line, Kind.REPLY)
    for each in await work.rooms.showing(thread):
        await work.unsent.post_name(each, thread.id)
    await refresh(work, alarm, thread)
    return filed


async def announce(work: Work, alarm: Alarm, thread: Thread) -> None:
    """Somebody took it: the resident hears who, unless that was said in their own words."""
    member = await work.alarms.taker(alarm)
    assert alarm.settled_at is not None
    contact = await work.people.where_to_answer(thread)
    answer = await work.threads.last_answer(thread, member.id)
    answered = answer is not None and answer.at >= alarm.settled_at and answer.held_at is None
    if contact.channel != PHONE and not answered:
        text = danger_texts.taken(sign_member(member))
        await tell_resident(work, thread, text, Kind.RELAY)
    await refresh(work, alarm, thread)


async def tell_resident(work: Work, thread: Thread, text: str, kind: Kind) -> None:
    ticket = await work.threads.ticket(thread.id)
    contact = await work.people.where_to_answer(thread)
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(header=ticket_header(ticket) if ticket else "", text=text),
        kind,
        About(thread_id=thread.id, contact_id=contact.id),
    )


# ── By the clock ─────────────────────────────────────────────────────────────


async def tell_taken(work: Work, alarm_id: int) -> None:
    found = await work.alarms.claim_untold(alarm_id)
    if found is not None:
        await announce(work, *found)


async def call_next(work: Work, alarm_id: int) -> None:
    """Nobody took it in time: others are called, each in private; after the last one the resident
    is told to call."""
    found = await work.alarms.claim_due(alarm_id)
    if found is None:
        return
    alarm, thread = found
    if await work.alarms.stands_behind(alarm):
        return
    room = await work.rooms.get(thread.room_id)
    called = await work.alarms.call_next(alarm, room)
    minutes = max(int((work.now - alarm.raised_at).total_seconds() // 60), 1)
    if not called.members:
        company = await work.company.profile()
        await tell_resident(work, thread, danger_texts.nobody_took(company), Kind.ALARM)
        await notices.tell_staff(work, thread, words.NOBODY_LEFT, Kind.ALARM)
        return
    ticket = await work.threads.ticket(thread.id)
    said = await work.threads.words_of_resident(thread)
    name = posts.subject(ticket) if ticket else thread.subject
    what = Outbound(
        header=words.nobody_took(minutes),
        text=words.call_out(name, said[0].text if said else ""),
        keyboard=words.keyboard(alarm),
    )
    desks = [
        Address(channel="desk", chat=str(member.id), topic=f"room {room.code}")
        for member in called.members
        if member.desk
    ]
    for to in (*called.at, *desks):
        await work.outbox.say(to, what, Kind.ALARM, About(message_id=alarm.message_id))
    names = [member.name for member in called.members]
    await notices.tell_staff(work, thread, words.calling(minutes, names), Kind.ALARM)


async def forget(work: Work, alarm_id: int) -> None:
    """Words said without consent have been kept for as long as they may."""
    alarm = await work.alarms.get(alarm_id)
    assert alarm is not None
    house = await work.places.house(alarm.house_id) if alarm.house_id else None
    address = house.address if house else ""
    await work.forgetting.erase(
        alarm_id, words.erased(alarm.kind, address), address or words.ERASED_PLACE
    )


AGAIN = timedelta(minutes=1)  # an alarm does not wait an hour because something failed
CHORES = (
    Chore("an alarm nobody took", lambda work: work.alarms.find_due(), call_next, again=AGAIN),
    Chore("telling who took an alarm", lambda work: work.alarms.find_untold(), tell_taken),
    Chore("erasing words said without consent", lambda work: work.forgetting.find_due(), forget),
)
