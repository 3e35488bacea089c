"""What comes of an incident: its followers are told, it ends for each of them, an outage is
announced of it."""

from __future__ import annotations

from datetime import datetime

from handlers import gathering, incident_posts, notices, outages, posts
from handlers import incident_texts as words
from services.access import AsMember
from services.chores import Chore
from services.followers import AT_ONCE
from services.messaging.outbox import About
from services.messaging.types import Address, Keyboard, Kind, Outbound
from services.nights import after_quiet
from services.tables import Incident, Notice, Outage, Ticket
from services.work import Work

SHOWN_AT_ONCE = 10  # cards that change with the state of their incident


async def tell_all(
    work: Work, incident: Incident, viewer: AsMember, author: str, text: str
) -> tuple[Notice, int]:
    """One message to all who follow it, and how many people that are; at night without a sound.
    Whoever has no messenger is called."""
    address = await incident_posts.address_of(work, incident)
    silent = await at_night(work, incident)
    what = Outbound(header=words.about(incident, address), text=text, silent=silent)
    notice = await work.followers.tell(incident, what, author, viewer)
    by_phone = await work.followers.by_phone(incident)
    for thread, contact in by_phone:
        to = Address(channel=contact.channel, chat=contact.chat)
        about = About(thread_id=thread.id, contact_id=contact.id)
        await work.outbox.say(to, what, Kind.NOTICE, about)
    return notice, sum(notice.people.values()) + len(by_phone)


async def at_night(work: Work, incident: Incident) -> bool:
    """Where its house stands."""
    zone = await work.company.zone_of_house(incident.house_id)
    return after_quiet(await work.company.profile(), work.now, zone) > work.now


async def begin(work: Work, incident: Incident, viewer: AsMember, author: str) -> int:
    """It was just made: those who wrote are told, the cards say it, the post shows it. Returns how
    many requests follow it."""
    wall = await incident_posts.wall_of(work, incident)
    until = wall(incident.until) if incident.until else None
    several = await work.followers.people(incident) > 1
    await tell_all(work, incident, viewer, author, words.begun(until, wall(work.now), several))
    found = await work.followers.latest(incident, SHOWN_AT_ONCE)
    for thread, _ in found:
        await posts.refresh_card(work, thread)
    of_surge = incident.emergency and incident.surge_id is not None
    if found and (incident.message_id is None or of_surge):
        await incident_posts.post(work, incident, found[0][0])  # else the surge's post is its own
    await gathering.show(work, incident)
    count, _ = await work.followers.count(incident)
    return count


async def expect_until(
    work: Work, viewer: AsMember, incident: Incident, author: str, until: datetime | None
) -> int:
    """Everybody hears of a new term, nobody of none. Returns how many people do."""
    count = 0
    if until is not None:
        wall = await incident_posts.wall_of(work, incident)
        text = words.new_term(wall(until), wall(work.now))
        _, count = await tell_all(work, incident, viewer, author, text)
    await gathering.show(work, incident)
    return count


async def end(work: Work, incident: Incident) -> None:
    """Of one that was just closed; its followers hear of it one by one, by a chore."""
    if incident.surge_id is not None and (surge := await work.surges.get(incident.surge_id)):
        await work.surges.end(surge)
    await gathering.show(work, incident)


async def close_follower(work: Work, ticket_id: int) -> None:
    found = await work.followers.close(ticket_id)
    if found is None:
        return
    incident, ticket, thread = found
    await notices.tell_status(work, ticket, text=words.over(incident))
    await posts.refresh_card(work, thread)
    work.ring("chores")  # the next ones do not wait for the next round


async def tell_left(work: Work, incident: Incident | None, ticket: Ticket) -> None:
    """«Не решено» after its end."""
    if incident is None or ticket.incident_id is not None:
        return
    thread = await work.threads.of_ticket(ticket)
    await notices.tell_staff(work, thread, words.not_solved(incident))
    await gathering.show(work, incident)


async def standing(work: Work, ticket: Ticket) -> str:
    """«Авария № 12: примерно до 18:00»; empty for a request that follows none."""
    incident = await work.incidents.of_ticket(ticket)
    if incident is None:
        return ""
    wall = await incident_posts.wall_of(work, incident)
    until = wall(incident.until) if incident.until else None
    return words.card_line(incident, until, wall(work.now))


# ── The outage that was announced of it ──────────────────────────────────────


async def ask_whether_over(work: Work, outage: Outage) -> None:
    """The outage is over: the incident behind it is probably as well."""
    incident = await work.incidents.of_outage(outage.id)
    if incident is not None:
        rows = [[words.close_button(incident)]]
        await outages.tell_maker(work, outage, words.is_it_over(incident), rows)


# ── By the clock ─────────────────────────────────────────────────────────────


async def ask_whether_late(work: Work, incident_id: int) -> None:
    """The room, not residents: they are told what a member says."""
    incident = await work.incidents.claim_late(incident_id)
    if incident is None:
        return
    wall = await incident_posts.wall_of(work, incident)
    until = wall(incident.until) if incident.until else None
    address = await incident_posts.address_of(work, incident)
    what = Outbound(
        text=words.is_late(incident, address, until, wall(work.now)),
        keyboard=Keyboard(rows=(words.late_row(incident),)),
    )
    room = await work.rooms.get(incident.room_id)
    if room.channel == "desk":
        await incident_posts.tell_desk(work, room, what)
    else:
        await work.outbox.post(room, what, Kind.RELAY)


CHORES = (
    Chore(
        "asking whether an incident is over",
        lambda work: work.incidents.find_late(),
        ask_whether_late,
    ),
    Chore(
        "closing followers of an incident",
        lambda work: work.followers.find_to_close(),
        close_follower,
        most=AT_ONCE,
    ),
)
