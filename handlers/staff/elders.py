"""`/elder`: a resident becomes «старший по дому», or is it no more."""

from __future__ import annotations

from handlers import elder_texts, staff_texts
from handlers.resident.menu import menu_of
from handlers.staff.turn import StaffTurn
from services.access import AsResident
from services.elders import MAY_APPOINT
from services.messaging.outbox import About
from services.messaging.types import Address, Keyboard, Kind, Outbound


async def elder(turn: StaffTurn) -> None:
    """Of the thread's resident, for the thread's house."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    work = turn.work
    if turn.viewer.role not in MAY_APPOINT:
        work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(elder_texts.NOT_ALLOWED)
        return
    thread = await work.threads.get(turn.viewer, turn.thread.id, lock=True)
    ticket = await work.threads.ticket(thread.id)
    place = await work.people.place_of_thread(turn.viewer, thread)
    house_id = ticket.house_id if ticket else place.house_id if place else None
    if house_id is None:
        await turn.say(elder_texts.NO_HOUSE)
        return
    house = await work.places.house(house_id)
    resident = await work.people.resident(thread.resident_id)
    if house is None or resident.registered_at is None:
        await turn.say(elder_texts.NOT_REGISTERED)
        return
    given = await work.elders.turn(turn.viewer, thread.resident_id, house)
    staff = elder_texts.is_elder if given else elder_texts.is_no_elder
    await turn.tell_room(staff(house.address, turn.member))
    told = elder_texts.appointed if given else elder_texts.dismissed
    contact = await work.people.where_to_answer(thread)
    still = bool(await work.elders.houses(AsResident(thread.resident_id, contact.id)))
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(
            text=told(house.address),
            keyboard=Keyboard(
                rows=tuple(tuple(row) for row in menu_of(elder=still)), standing=True
            ),
        ),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )
