"""The post of an incident in its room: the offer first, then how it stands. It grows instead of
being followed by others."""

from __future__ import annotations

from datetime import timedelta

from handlers import incident_texts as words
from services.incidents import MAY_MAKE
from services.messaging.outbox import About
from services.messaging.types import Address, Keyboard, Kind, Outbound
from services.staff import as_member
from services.tables import Incident, Room, Thread
from services.work import Work
from services.zones import Wall, wall

LINES = 5
CHANGES_AFTER = timedelta(seconds=2)  # a press; what neighbours do gathers for longer


async def compose(work: Work, incident: Incident) -> Outbound:
    address = await address_of(work, incident)
    if incident.state in ("offered", "declined"):
        return await compose_offer(work, incident, address)
    count, gone = await work.followers.count(incident)
    name = await work.staff.name_of(incident.member_id) if incident.member_id else ""
    local = await wall_of(work, incident)
    now = local(work.now)
    if incident.state == "closed":
        assert incident.closed_at is not None
        text = words.closed(incident, name, local(incident.closed_at), now, gone)
    else:
        found = await work.followers.latest(incident, LINES)
        lines = [words.ticket_line(ticket) for _, ticket in reversed(found)]
        until = local(incident.until) if incident.until else None
        opened = local(incident.opened_at or work.now)
        stands = words.standing(incident, name, opened, until, now)
        text = words.opened_body(stands, lines, count - len(lines))
    return Outbound(
        header=words.header(incident, address, count),
        text=text,
        keyboard=Keyboard(rows=words.buttons(incident)),
    )


async def compose_offer(work: Work, incident: Incident, address: str) -> Outbound:
    alike = await work.incidents.alike(incident)
    lines = [words.ticket_line(ticket) for ticket in reversed(alike[-LINES:])]
    header = words.offer_header(address, incident.what, len(alike))
    if incident.state == "declined":
        name = await work.staff.name_of(incident.member_id) if incident.member_id else ""
        return Outbound(header=header, text=words.declined(lines, name))
    return Outbound(
        header=header,
        text=words.offer(lines),
        keyboard=Keyboard(rows=(words.offer_row(incident),)),
    )


async def address_of(work: Work, incident: Incident) -> str:
    house = await work.places.house(incident.house_id)
    return house.address if house else ""


async def wall_of(work: Work, incident: Incident) -> Wall:
    """The clock on the walls of its house."""
    return wall(await work.company.zone_of_house(incident.house_id))


async def post(work: Work, incident: Incident, thread: Thread) -> None:
    """In General of its room, or on the desk of each member who may answer it. `thread`: the one
    that the post's line stands in."""
    room = await work.rooms.get(incident.room_id)
    offered = incident.state == "offered"
    text = words.OFFERED_LINE if offered else words.OPENED_LINE
    line = await work.threads.add(thread, "system", "", None, text=text)
    await work.incidents.show_by(incident, line)
    what = await compose(work, incident)
    if room.channel != "desk":
        await work.outbox.post(room, what, Kind.RELAY, About(message_id=line.id))
    elif offered:
        await tell_desk(work, room, what)


async def tell_desk(work: Work, room: Room, what: Outbound) -> None:
    for member in await work.staff.desk_members():
        viewer = as_member(member)
        if viewer.role in MAY_MAKE and viewer.works_in(room):
            to = Address(channel="desk", chat=str(member.id), topic=f"room {room.code}")
            await work.outbox.say(to, what, Kind.RELAY)


async def change(work: Work, incident: Incident, after: timedelta = CHANGES_AFTER) -> None:
    """Its own post says how it stands now."""
    room = await work.rooms.get(incident.room_id)
    if incident.message_id is None or room.channel == "desk":
        return
    about = About(replaces_message=incident.message_id, not_before=work.now + after)
    await work.unsent.post_change(room, await compose(work, incident), about, thread_id=None)
