"""One post for many residents of a house who write about one thing: it grows, and each thread
opens when a member looks into it."""

from __future__ import annotations

from datetime import timedelta

from handlers import alarm_texts, incident_posts, incident_texts, relay_texts
from services.danger import holds_voice, sounds_dangerous
from services.matters import Matter
from services.messaging.outbox import About
from services.messaging.types import Attachment, Button, Keyboard, Kind, Outbound
from services.surges import ENOUGH, ENOUGH_FOR_ALARM, ENOUGH_WITHOUT_CATEGORY
from services.tables import Incident, Message, Room, Surge, Thread, Ticket
from services.work import Work

GROWS_EVERY = timedelta(seconds=10)
LINES = 10


async def gather(
    work: Work, room: Room, thread: Thread, ticket: Ticket | None, message: Message
) -> bool:
    """True when the thread is shown in a surge's post and needs none of its own. Danger has a post
    of its own always, and so has a voice, which may tell of it."""
    matter = await work.surges.matter(thread, ticket)
    emergency = ticket is not None and ticket.emergency
    if matter is None or room.channel == "desk":
        return False
    if is_spoken(message) or (sounds_dangerous(message.text) and not emergency):
        return False
    await work.surges.lock(*matter)
    if ticket is not None and not emergency and await work.incidents.open_for(Matter.of(ticket)):
        return False  # whoever says it is something else stands for themselves
    surge = await work.surges.active(room, *matter)
    if surge is not None:
        await work.surges.join(surge, thread)
        await grow(work, surge)
        return True
    alike = await work.surges.alike(room, *matter)
    enough = ENOUGH if ticket is not None else ENOUGH_WITHOUT_CATEGORY
    if len(alike) < (ENOUGH_FOR_ALARM if emergency else enough):
        return False
    offered = await work.incidents.offered_for(Matter.of(ticket)) if ticket else None
    if offered is not None and offered.message_id is not None and not emergency:
        line = await work.threads.message(offered.message_id)  # the offer's post grows into it
        assert line is not None
    else:
        offered = None
        line = await work.threads.add(thread, "system", "", None, text=relay_texts.SURGE_BEGAN)
    surge = await work.surges.begin(room, *matter, line)
    for each in alike:
        await work.surges.join(surge, each, shown=not await unposted(work, room, each, thread))
    if offered is not None:
        await work.incidents.show_in(offered, surge)
        await grow(work, surge)
        return True
    kind = Kind.ALARM if emergency else Kind.RELAY
    await work.outbox.post(room, await compose(work, surge), kind, About(message_id=line.id))
    return True


async def unposted(work: Work, room: Room, thread: Thread, newest: Thread) -> bool:
    """Whether the thread stands in the room nowhere yet; what waits for it does not leave, unless
    it is a voice."""
    if thread.id == newest.id:
        return True
    if any(is_spoken(message) for message in await work.threads.words_of_resident(thread)):
        return False
    return await work.unsent.drop_posts(room, thread.id)


def is_spoken(message: Message) -> bool:
    return holds_voice(Attachment.model_validate(each) for each in message.attachments)


async def grow(work: Work, surge: Surge) -> None:
    await work.surges.lock(surge.house_id, surge.category)
    room = await work.rooms.get(surge.room_id)
    about = About(replaces_message=surge.message_id, not_before=work.now + GROWS_EVERY)
    await work.unsent.post_change(room, await compose(work, surge), about, thread_id=None)


async def offer(work: Work, room: Room, thread: Thread, ticket: Ticket) -> None:
    """Where neighbours have filed the same within minutes, the room is asked whether it is one
    problem: in the surge's post where one stands for them, else by a post of its own. The offer's
    post counts those that come after it."""
    known = await work.incidents.offered_for(Matter.of(ticket))
    if known is not None:
        await show(work, known, GROWS_EVERY)
        return
    incident = await work.incidents.offer(room, ticket)
    if incident is None:
        return
    surge = await work.surges.active(room, ticket.house_id, Matter.of(ticket).key)
    if surge is None or room.channel == "desk":
        await incident_posts.post(work, incident, thread)
        return
    await work.incidents.show_in(incident, surge)
    await grow(work, surge)


async def show(
    work: Work, incident: Incident, after: timedelta = incident_posts.CHANGES_AFTER
) -> None:
    """The post of an incident says how it stands now."""
    surge = await work.surges.get(incident.surge_id) if incident.surge_id else None
    if surge is not None:
        await grow(work, surge)
    if surge is None or incident.message_id != surge.message_id:
        await incident_posts.change(work, incident, after)


async def compose(work: Work, surge: Surge) -> Outbound:
    incident = await work.incidents.of_surge(surge.id)
    if incident is not None and incident.state in ("open", "closed") and not incident.emergency:
        return await compose_incident(work, surge, incident)
    found = await work.surges.threads(surge)
    house = await work.places.house(surge.house_id)
    first = found[0][1]
    what = first.what if first is not None else ""
    emergency = first is not None and first.emergency
    lines = [relay_texts.surge_line(thread, ticket) for thread, ticket in reversed(found[-LINES:])]
    alarms = await work.alarms.of_surge(surge.id) if emergency else []
    free = next((alarm for alarm in alarms if not alarm.outcome), None)
    row = [Button(label=relay_texts.OPEN_THREADS, action=f"staff/open/{surge.id}")]
    if free is not None:
        row.insert(0, alarm_texts.take_button(free))
    rows = [tuple(row)]
    if incident is not None and incident.state == "offered":
        rows.insert(0, incident_texts.offer_row(incident))
    return Outbound(
        header=relay_texts.surge_header(
            house.address if house else "", what, len(found), emergency=emergency
        ),
        text=relay_texts.surge(lines, len(found) - len(lines)),
        keyboard=Keyboard(rows=tuple(rows)),
    )


async def compose_incident(work: Work, surge: Surge, incident: Incident) -> Outbound:
    """The post that was a surge's; its threads are opened from there as before."""
    what = await incident_posts.compose(work, incident)
    row = (Button(label=relay_texts.OPEN_THREADS, action=f"staff/open/{surge.id}"),)
    rows = what.keyboard.rows if what.keyboard else ()
    return what.model_copy(update={"keyboard": Keyboard(rows=(*rows, row))})
